/* Worlds: which blocks there are, where they are, and places in them. */
#include "validator/proof/proof.h"

#include <assert.h>
#include <string.h>

enum { EMITTED_STACK_BYTES = 1024 };

enum { R = ARM_READ, W = ARM_WRITE, X = ARM_EXECUTE };

/*
 * A base is a variable for the leading bits and `zeros` bits of 0. An emulator that runs the same case with numbers takes
 * `address`: blocks are apart from each other and from images.
 */
static const struct block_row {
    const char *name, *base;
    unsigned zeros, permissions;
    enum term_class fresh;
    bool stack;
    uint32_t address;
} rows[BLOCK_IDS] = {
    [BLOCK_CONTEXT] = {"context", "context_base", 3, R | W, TERM_UNDEFINED, false, 0x20000000},
    [BLOCK_PROGRAM] = {"program", "program_base", 3, R, TERM_UNDEFINED, false, 0x21000000},
    [BLOCK_OFFSETS] = {"offsets", "offsets_base", 3, R, TERM_UNDEFINED, false, 0x22000000},
    [BLOCK_COMPILER_STACK] = {"stack", "compiler_stack_base", 3, R | W, TERM_UNDEFINED, true, 0x24000000},
    [BLOCK_VM] = {"vm", "vm_base", 3, R | W, TERM_ORDINARY, false, 0x25000000},
    [BLOCK_STACK] = {"stack", "stack_base", 3, R | W, TERM_UNDEFINED, true, 0x26000000},
    [BLOCK_OUTPUT] = {"output", "here", 1, R | W, TERM_UNDEFINED, false, 0x38000000},
    [BLOCK_CODE] = {"code", "here", 1, R | X, TERM_UNDEFINED, false, 0x38000000},
};

/* Return addresses are low: nothing at or above 0xe0000000 executes. */
static const struct {
    const char *variable;
    uint32_t address;
} returns[] = {{"return_address", 0x100}, {"caller_lr", 0x200}};

bool world_number(const char *variable, unsigned width, uint32_t shift, uint64_t *value)
{
    for (size_t i = 0; i < sizeof returns / sizeof *returns; i++)
        if (strcmp(returns[i].variable, variable) == 0) {
            *value = returns[i].address >> (32 - width);
            return true;
        }
    for (size_t i = 0; i < BLOCK_IDS; i++)
        if (strcmp(rows[i].base, variable) == 0) {
            *value = (rows[i].address + shift) >> (32 - width);
            return true;
        }
    return false;
}

term block_base(enum block_id id)
{
    const struct block_row *row = &rows[id];
    return term_concat(term_var(row->base, 32 - row->zeros, TERM_PRIVATE), term_const(row->zeros, 0));
}

term world_entry_sp(void)
{
    return term_add(block_base(BLOCK_STACK), term_const(32, EMITTED_STACK_BYTES));
}

void world_open(struct world *w, const struct target *target, struct path *path)
{
    *w = (struct world){.target = target};
    path_machine_init(&w->machine, path);
    w->machine.contracts = target->contracts;
    w->machine.contract_count = target->manifest.routine_count;
    w->machine.arm.core = target->manifest.core;
}

void world_close(struct world *w)
{
    arm_state_free(&w->machine.arm);
}

bool world_map_image(struct world *w, struct diag *diag)
{
    return arm_image_map(w->target->image, &w->machine.arm, diag);
}

void world_add(struct world *w, enum block_id id, uint32_t size, term limit)
{
    const struct block_row *row = &rows[id];
    assert(!w->present[id]);
    w->blocks[id] = arm_add_block(&w->machine.arm, (struct arm_block){.name = row->name,
                                                                      .base = block_base(id),
                                                                      .size = size,
                                                                      .limit = limit,
                                                                      .permissions = row->permissions,
                                                                      .stack = row->stack,
                                                                      .fresh = row->fresh});
    w->present[id] = true;
}

struct arm_block *world_block(struct world *w, enum block_id id)
{
    assert(w->present[id]);
    return &w->machine.arm.memory.blocks[w->blocks[id]];
}

/* A frame place as the cell that it is. */
static struct place cell_of(const struct world *w, struct place p)
{
    if (p.kind == PLACE_FRAME)
        p = (struct place){PLACE_CELL, BLOCK_STACK, EMITTED_STACK_BYTES - w->target->manifest.frame_bytes + p.index};
    assert(p.kind == PLACE_REGISTER ? p.index < 16 : w->present[p.block]);
    return p;
}

term place_get(struct world *w, struct place place)
{
    struct place p = cell_of(w, place);
    if (p.kind == PLACE_REGISTER)
        return w->machine.arm.r[p.index];
    return arm_peek(&w->machine.arm, w->blocks[p.block], p.index);
}

void place_set(struct world *w, struct place place, term value)
{
    struct arm_state *s = &w->machine.arm;
    struct place p = cell_of(w, place);
    if (p.kind == PLACE_REGISTER)
        undo_set_term(s->undo, &s->r[p.index], value);
    else
        arm_poke(s, w->blocks[p.block], p.index, value);
}
