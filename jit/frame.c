/*
 * Around the body: uint32_t f(struct tp_vm *vm), by the procedure call standard (AAPCS).
 *
 *   entry:       push {r4-r11, lr}, make the frame, fill the homes, take the fuel, go to the body
 *   fuel fault:  no fuel left, status TP_FUEL, go to leave
 *   exit:        store r0 as the result, status TP_OK
 *   leave:       store the fuel, drop the frame, pop {r4-r11, pc}; the status is in r0
 *   body:
 */
#include <stddef.h>

#include "jit.h"

#define SAVED_BYTES 36u /* r4 to r11 and lr */

/* What a BPF register holds at entry: a field of struct tp_vm, zero-extended, or zero. */
struct entry_value {
    uint8_t known;
    uint8_t field;
};

static const struct entry_value entry_values[JIT_REGISTERS] = {
    [1] = {1, offsetof(struct tp_vm, ctx)},
    [2] = {1, offsetof(struct tp_vm, ctx_len)},
    [10] = {1, offsetof(struct tp_vm, stack_top)},
};

#define RESULT_OFFSET ((uint32_t)offsetof(struct tp_vm, result))
#define FUEL_OFFSET ((uint32_t)offsetof(struct tp_vm, fuel))

/* sp is 8-aligned at a public interface, so saved registers and frame together keep it so. */
static uint32_t frame_bytes(const struct jit *j)
{
    uint32_t total = SAVED_BYTES + jit_slots(j->homes) * 4;

    return ((total + 7) & ~7u) - SAVED_BYTES;
}

/* r1 holds zero throughout, r0 the struct tp_vm: neither is a home. */
static void fill_zero(struct jit *j, uint32_t word)
{
    uint32_t reg = jit_place(word, JIT_SCRATCH_1);

    if (reg != JIT_SCRATCH_1)
        thumb_mov_reg(j, reg, JIT_SCRATCH_1);
    jit_commit(j, word, reg);
}

static void fill_field(struct jit *j, uint32_t word, uint32_t field)
{
    uint32_t reg = jit_place(word, JIT_SCRATCH_2);

    thumb_ldr(j, reg, JIT_SCRATCH_0, field);
    jit_commit(j, word, reg);
}

static void enter(struct jit *j)
{
    thumb_push_saved(j);
    thumb_sub_sp(j, frame_bytes(j));
    thumb_mov_reg(j, JIT_VM, JIT_SCRATCH_0);
    thumb_ldr(j, JIT_FUEL, JIT_SCRATCH_0, FUEL_OFFSET);
    thumb_mov_imm8(j, JIT_SCRATCH_1, 0);

    for (uint32_t i = 0; i < JIT_REGISTERS; i++) {
        if (entry_values[i].known)
            fill_field(j, j->homes[i].lo, entry_values[i].field);
        else
            fill_zero(j, j->homes[i].lo);
        fill_zero(j, j->homes[i].hi);
    }
}

/*
 * The fuel register may hold anything at fuel_pos. JIT_SCRATCH_0 is also the register of the return
 * value.
 */
static void leave(struct jit *j)
{
    j->fuel_pos = jit_here(j);
    thumb_mov_imm8(j, JIT_FUEL, 0);
    thumb_mov_imm8(j, JIT_SCRATCH_0, TP_FUEL);
    uint16_t *to_leave = j->next;
    thumb_skip(j, 2);

    j->exit_pos = jit_here(j);
    thumb_str(j, jit_use(j, j->homes[0].lo, JIT_SCRATCH_0), JIT_VM, RESULT_OFFSET);
    thumb_str(j, jit_use(j, j->homes[0].hi, JIT_SCRATCH_0), JIT_VM, RESULT_OFFSET + 4);
    thumb_mov_imm8(j, JIT_SCRATCH_0, TP_OK);

    thumb_skip_from(j, to_leave);
    thumb_str(j, JIT_FUEL, JIT_VM, FUEL_OFFSET);
    thumb_add_sp(j, frame_bytes(j));
    thumb_pop_saved_and_return(j);
}

uint32_t jit_prelude(struct jit *j)
{
    j->pos = 0;
    if (j->capacity < JIT_PRELUDE_HEADROOM)
        return TP_CODE_FULL;

    JIT_ASSERT(jit_are_homes(j->homes));
    j->next = j->code;
    enter(j);
    uint16_t *to_body = j->next;
    thumb_skip(j, 2);
    leave(j);
    thumb_skip_from(j, to_body);
    j->pos = jit_here(j);
    JIT_ASSERT(j->pos <= JIT_PRELUDE_HEADROOM);
    return TP_OK;
}
