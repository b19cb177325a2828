/* Emitted code on a machine of its own: the VM block, a native stack, and the code. */
#include "validator/proof/proof.h"

#include <assert.h>
#include <string.h>

enum { RUN_LIMIT = 2000 };

term code_begin(const struct code *c)
{
    return c->world.machine.arm.memory.blocks[c->world.blocks[BLOCK_CODE]].base;
}

/* The halfword that the machine is at, or -1 if it has left the code. */
static int at(const struct code *c)
{
    term distance = term_sub(c->world.machine.arm.r[ARM_PC], code_begin(c));
    return term_is_const(distance) && distance->value < 2 * c->count ? (int)(distance->value / 2) : -1;
}

static enum path_arrival arrived(struct path_machine *m)
{
    struct code *c = (struct code *)m; /* a code begins with its world, and that with its machine */
    int index = at(c);
    if (index == 0 && m->steps > 0) /* the instruction's own begin is a boundary like any other */
        return PATH_LEFT;
    if (index >= 0)
        c->executed[index] = true;
    return index >= 0 || path_contract_at(m) ? PATH_GOES_ON : PATH_LEFT; /* a call of a routine comes back */
}

bool code_is_wide(term halfword)
{
    return (halfword->ones >> 11 & 0x1f) >= 0x1d; /* 0b11101, 0b11110 and 0b11111 begin 32 bits */
}

bool code_open(struct code *c, const struct target *target, struct path *path, struct diag *diag)
{
    *c = (struct code){0};
    world_open(&c->world, target, path, "code");
    c->world.machine.arrived = arrived;
    c->world.machine.step_limit = RUN_LIMIT;
    if (!world_map_image(&c->world, diag)) /* the code may call its routines */
        return false;
    world_add(&c->world, BLOCK_VM, target->manifest.vm.size, NULL);
    world_add(&c->world, BLOCK_STACK, target->manifest.stack_bytes.value, NULL);
    world_add(&c->world, BLOCK_CODE, 2 * CODE_MAX_HALFWORDS, NULL);
    return true;
}

bool code_is_data(const struct code *c, unsigned index)
{
    return arm_was_loaded(&c->world.machine.arm, c->world.blocks[BLOCK_CODE], 2 * index);
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
        undo_set_term(s->undo, &s->r[i], path_machine_fresh(m, "scratch_r", i, 32, TERM_UNDEFINED));
    for (unsigned i = 0; i < 4; i++)
        undo_set_term(s->undo, flags[i], path_machine_fresh(m, "scratch_flag", i, 1, TERM_UNDEFINED));
    undo_set_u32(s->undo, &s->it, 0);
    undo_set_u32(s->undo, &m->steps, 0);
    undo_set_term(s->undo, &s->r[ARM_PC], term_add(code_begin(c), term_const(32, 2 * entry)));
    rely(c->world.machine.path, LEDGER_CODE);
    rely(c->world.machine.path, LEDGER_STACK);
    rely(c->world.machine.path, LEDGER_RELATED);
    assertion_establish(initial, &c->world);
    c->count = count;
    arm_forget_code(s, c->world.blocks[BLOCK_CODE]);
    world_block(&c->world, BLOCK_CODE)->limit = term_const(32, 2 * count);
    for (unsigned i = 0; i < count; i += 2) {
        term high = i + 1 < count ? halfwords[i + 1] : path_machine_fresh(m, "behind", count, 16, TERM_UNDEFINED);
        arm_poke(s, c->world.blocks[BLOCK_CODE], 2 * i, term_concat(high, halfwords[i]));
    }
    memset(c->executed, 0, count * sizeof *c->executed);
}
