/*
 * The driver: two passes over the program.
 *
 * The first pass learns where each slot's code begins, the second emits with these offsets and
 * checks that it finds the same ones. Lengths do not depend on the offset table, so the check never
 * fails; it makes the offsets of the final code right by construction. The first pass also writes
 * code, which the second overwrites: it costs less than telling them apart at every halfword.
 */
#include "jit.h"
#include "opcode.h"

/* The entry for pc, one past the last slot included. */
static uint32_t settle_offset(struct jit *j)
{
    if (!j->final) {
        j->offsets[j->pc] = j->pos;
        return RBPF_OK;
    }
    return j->offsets[j->pc] == j->pos ? RBPF_OK : RBPF_TABLE_CHANGED;
}

/*
 * One slot. Returns 0 at the end of the pass or when status is set. The second slot of lddw
 * compiles to nothing: its code is part of the first slot's.
 */
JIT_STANDALONE uint32_t jit_compile_step(struct jit_driver *d)
{
    struct jit *j = &d->jit;

    d->status = settle_offset(j);
    if (d->status != RBPF_OK || j->pc == j->len)
        return 0;

    if (j->prog[j->pc].opcode != OPCODE_SECOND_SLOT) {
        d->status = jit_emit(j);
        if (d->status != RBPF_OK)
            return 0;
    }
    j->pc++;
    return 1;
}

static uint32_t pass(struct jit_driver *d, uint32_t final)
{
    d->jit.final = final;
    d->jit.pos = d->body_pos;
    d->jit.pc = 0;
    while (jit_compile_step(d))
        ;
    return d->status;
}

/* Expects prog, len, offsets, code, capacity, homes and routines in d->jit. */
uint32_t jit_compile(struct jit_driver *d)
{
    struct jit *j = &d->jit;

    j->pc = 0;
    d->status = jit_prelude(j);
    if (d->status != RBPF_OK)
        return d->status;
    d->body_pos = j->pos;

    uint32_t status = pass(d, 0);
    if (status != RBPF_OK)
        return status;
    return pass(d, 1);
}

uint32_t rbpf_compile(struct rbpf_compilation *c)
{
    uint32_t status = rbpf_preflight(c->prog, c->len, &c->bad_index);
    if (status != RBPF_OK)
        return status;
    if ((uintptr_t)c->code & 3)
        return RBPF_BAD_BUFFER;

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
