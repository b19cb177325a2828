/* The meaning of programs, as plainly as it can be said. Opcodes are spelled out as in RFC 9669. */
#ifndef TEST_REFERENCE_H
#define TEST_REFERENCE_H

#include "../tp_vm.h"

uint32_t reference_run(const struct tp_insn *prog, struct tp_vm *vm);

#endif
