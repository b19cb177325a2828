/* Emitted code on a machine of its own: the VM block, a native stack, and the code. */
#include "validator/proof/proof.h"

#include <assert.h>
#include <string.h>

enum { STACK_BYTES = 1024, RUN_LIMIT = 2000 };

/* The halfword that the machine is at, or -1 if it has left the code. */
static int at(const struct code *c)
{
    term distance = term_sub(c->world.machine.arm.r[ARM_PC], c->here);
    return term_is_const(distance) && distance->value < 2 * c->count ? (int)(distance->value / 2) : -1;
}

static enum path_arrival arrived(struct path_machine *m)
{
    struct code *c = (struct code *)m; /* a code begins with its world, and that with its machine */
    int index = at(c);
    if (index >= 0)
        c->executed[index] = true;
    return index >= 0 || path_contract_at(m) ? PATH_GOES_ON : PATH_LEFT; /* a call of a routine comes back */
}

bool code_is_wide(term halfword)
{
    return (halfword->ones >> 11 & 0x1f) >= 0x1d; /* 0b11101, 0b11110 and 0b11111 begin 32 bits */
}

void code_open(struct code *c, const struct target *target, struct path *path, term here)
{
    static const char *const names[] = {"scratch_n", "scratch_z", "scratch_c", "scratch_v"};
    char name[32];
    *c = (struct code){.here = here};
    world_open(&c->world, target, path);
    c->world.machine.arrived = arrived;
    c->world.machine.step_limit = RUN_LIMIT;
    world_add(&c->world, BLOCK_VM, target->manifest.vm.size, NULL);
    world_add(&c->world, BLOCK_STACK, STACK_BYTES, NULL);
    world_add(&c->world, BLOCK_CODE, 2 * CODE_MAX_HALFWORDS, NULL);
    for (unsigned i = 0; i < 15; i++) {
        snprintf(name, sizeof name, "scratch_r%u", i);
        c->scratch[i] = term_var(name, 32, TERM_UNDEFINED);
    }
    for (unsigned i = 0; i < 4; i++)
        c->flags[i] = term_var(names[i], 1, TERM_UNDEFINED);
}

void code_close(struct code *c)
{
    world_close(&c->world);
}

void code_start(struct code *c, const term *halfwords, unsigned count, unsigned entry, const struct assertion *initial)
{
    struct path_machine *m = &c->world.machine;
    struct arm_state *s = &m->arm;
    term *const flags[] = {&s->n, &s->z, &s->c, &s->v};
    assert(count <= CODE_MAX_HALFWORDS && (entry < count || count == 0));
    for (unsigned i = 0; i < 15; i++)
        undo_set_term(s->undo, &s->r[i], c->scratch[i]);
    for (unsigned i = 0; i < 4; i++)
        undo_set_term(s->undo, flags[i], c->flags[i]);
    undo_set_u32(s->undo, &s->it, 0);
    undo_set_u32(s->undo, &m->steps, 0);
    undo_set_term(s->undo, &s->r[ARM_PC], term_add(c->here, term_const(32, 2 * entry)));
    assertion_establish(initial, &c->world);
    c->count = count;
    world_block(&c->world, BLOCK_CODE)->limit = term_const(32, 2 * count);
    for (unsigned i = 0; i < count; i += 2) {
        term high = i + 1 < count ? halfwords[i + 1] : term_const(16, 0);
        arm_poke(s, c->world.blocks[BLOCK_CODE], 2 * i, term_concat(high, halfwords[i]));
    }
    memset(c->executed, 0, count * sizeof *c->executed);
}
