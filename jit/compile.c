/*
 * The driver: two passes over the program.
 *
 * The first pass emits everything and so learns where each slot's code begins. The second emits the
 * jumps again, now that their targets are known: nothing else depends on the offset table or on the
 * pass. Lengths do not depend on them either, so the check that each jump ends where the first pass
 * ended it never fails; it makes the offsets of the final code right by construction.
 */
#include "jit.h"
#include "opcode.h"

/*
 * First pass, one slot. Returns 0 at the end or when status is set. The second slot of lddw has no
 * code of its own: it is part of the first slot's.
 */
JIT_STANDALONE uint32_t jit_compile_step(struct jit_driver *d)
{
    struct jit *j = &d->jit;

    JIT_ASSERT(j->pc <= j->len);
    j->offsets[j->pc] = j->pos;
    if (j->pc == j->len)
        return 0;

    if (j->prog[j->pc].opcode != OPCODE_SECOND_SLOT) {
        d->status = jit_emit(j);
        if (d->status != TP_OK)
            return 0;
    }
    j->pc++;
    return 1;
}

/* JMP and JMP32: the instructions whose code depends on where others are. */
static uint32_t is_jump(uint32_t opcode)
{
    uint32_t class = opcode & CLASS_MASK;

    return class == CLASS_JMP || class == CLASS_JMP32;
}

/* Second pass, one slot. Returns 0 at the end or when status is set. */
JIT_STANDALONE uint32_t jit_link_step(struct jit_driver *d)
{
    struct jit *j = &d->jit;
    uint32_t pc = j->pc;

    JIT_ASSERT(pc <= j->len);
    if (pc == j->len)
        return 0;

    if (is_jump(j->prog[pc].opcode)) {
        j->pos = j->offsets[pc];
        d->status = jit_emit(j);
        if (d->status == TP_OK && j->pos != j->offsets[pc + 1])
            d->status = TP_TABLE_CHANGED;
        if (d->status != TP_OK)
            return 0;
    }
    j->pc = pc + 1;
    JIT_ASSERT(j->pc > pc); /* so the pass ends */
    return 1;
}

/*
 * Expects prog, len, offsets, code, capacity, homes and routines in d->jit. After success the code
 * ends at pos.
 */
uint32_t jit_compile(struct jit_driver *d)
{
    struct jit *j = &d->jit;

    j->pc = 0;
    j->final = 0;
    d->status = jit_prelude(j);
    if (d->status != TP_OK)
        return d->status;
    while (jit_compile_step(d))
        ;
    if (d->status != TP_OK)
        return d->status;

    j->pc = 0;
    j->final = 1;
    while (jit_link_step(d))
        ;
    j->pos = j->offsets[j->len];
    return d->status;
}

uint32_t tp_compile(struct tp_compilation *c)
{
    uint32_t status = tp_check(c->prog, c->len, &c->bad_index);
    if (status != TP_OK)
        return status;
    if ((uintptr_t)c->code & 3)
        return TP_BAD_BUFFER;

    struct jit_driver d;
    d.jit.prog = c->prog;
    d.jit.len = c->len;
    d.jit.offsets = c->offsets;
    d.jit.code = c->code;
    d.jit.capacity = c->capacity;
    d.jit.homes = jit_homes_default;
    d.jit.routines = jit_routines;

    status = jit_compile(&d);
    c->size = d.jit.pos;
    c->bad_index = d.jit.pc;
    return status;
}
