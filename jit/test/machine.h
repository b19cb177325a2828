/* A Cortex-M3 that calls compiled code once, under Unicorn. */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include "../jit.h"

struct machine;

/* The routines of enum jit_routine as emitted code reaches them here. */
extern jit_routine_fn *const machine_routines[JIT_ROUTINES];

struct machine *machine_new(void);
void machine_free(struct machine *m);

/*
 * Call the code with vm. Fails the running test if it does not come back, or breaks the procedure
 * call standard. Returns its status; vm is updated.
 */
uint32_t machine_call(struct machine *m, const uint16_t *code, uint32_t halfwords,
                      struct tp_vm *vm);

#endif
