/* Worlds: which blocks there are, where they are, and places in them. */
#include "validator/proof/proof.h"

#include <assert.h>
#include <string.h>

enum { R = ARM_READ, W = ARM_WRITE, X = ARM_EXECUTE };

/*
 * A base is a variable for the leading bits and `zeros` bits of 0: what the AAPCS promises of any struct of words, and of
 * stacks. The code begins at a multiple of 4, so bit 1 of the address of a halfword is bit 0 of its position. An emulator
 * that runs the same case with numbers takes `address` or one above it that is clear of the image, as blocks are apart.
 */
static const struct block_row {
    const char *name, *base;
    unsigned zeros, permissions;
    enum term_class fresh;
    bool stack;
    uint32_t address;
} rows[BLOCK_IDS] = {
    [BLOCK_CONTEXT] = {"context", "context_base", 2, R | W, TERM_UNDEFINED, false, 0x20000000},
    [BLOCK_PROGRAM] = {"program", "program_base", 2, R, TERM_UNDEFINED, false, 0x21000000},
    [BLOCK_OFFSETS] = {"offsets", "offsets_base", 2, R, TERM_UNDEFINED, false, 0x22000000},
    [BLOCK_COMPILER_STACK] = {"stack", "compiler_stack_base", 3, R | W, TERM_UNDEFINED, true, 0x24000000},
    [BLOCK_VM] = {"vm", "vm_base", 2, R | W, TERM_ORDINARY, false, 0x25000000},
    [BLOCK_STACK] = {"stack", "stack_base", 3, R | W, TERM_UNDEFINED, true, 0x26000000},
    [BLOCK_OUTPUT] = {"output", "here", 2, R | W, TERM_UNDEFINED, false, 0x38000000},
    [BLOCK_CODE] = {"code", "here", 2, R | X, TERM_UNDEFINED, false, 0x38000000},
};

/* Return addresses are low: nothing at or above 0xe0000000 executes. */
static const struct {
    const char *variable;
    uint32_t address;
} returns[] = {{"return_address", 0x100}, {"caller_lr", 0x200}};

/* Where an emulator puts a block, clear of the target's image. */
static uint32_t address_of(const struct target *target, const struct block_row *row)
{
    enum { STEP = 0x00800000, BELOW = 0x00100000, ABOVE = 0x00200000 };
    uint32_t address = row->address;
    while (arm_image_overlaps(target->image, address - BELOW, ABOVE))
        address += STEP;
    return address;
}

bool world_number(const struct target *target, term variable, uint64_t *value)
{
    const char *name = term_name(variable);
    for (size_t i = 0; i < sizeof returns / sizeof *returns; i++)
        if (strcmp(returns[i].variable, name) == 0) {
            *value = returns[i].address >> (32 - variable->width);
            return true;
        }
    for (size_t i = 0; i < BLOCK_IDS; i++)
        if (strcmp(rows[i].base, name) == 0) {
            *value = address_of(target, &rows[i]) >> (32 - variable->width);
            return true;
        }
    return false;
}

/* Undeclared values at which everything else is like at any others. */
static uint64_t canonical(term variable, void *data)
{
    uint64_t value = 0;
    if (variable->classes == TERM_PRIVATE && !world_number(data, variable, &value))
        assert(!"every address has a number");
    return value;
}

term world_position(void)
{
    return term_var("position", 32, TERM_ORDINARY);
}

term block_base(enum block_id id)
{
    const struct block_row *row = &rows[id];
    term zeros = term_const(row->zeros, 0);
    if (id == BLOCK_OUTPUT || id == BLOCK_CODE)
        zeros = term_concat(term_extract(world_position(), 0, 1), term_const(1, 0));
    return term_concat(term_var(row->base, 32 - row->zeros, TERM_PRIVATE), zeros);
}

term world_entry_sp(const struct target *target)
{
    return term_add(block_base(BLOCK_STACK), term_const(32, target->manifest.stack_bytes.value));
}

void world_open(struct world *w, const struct target *target, struct path *path, const char *owner)
{
    *w = (struct world){.target = target};
    path_machine_init(&w->machine, path, owner);
    path->canonical = canonical;
    path->canonical_data = (void *)(uintptr_t)target;
    w->machine.contracts = target->contracts;
    w->machine.contract_count = target->manifest.routine_count;
    w->machine.arm.core = target->manifest.core;
    if (target->architecture != ARM_UNKNOWN_ARCHITECTURE)
        w->machine.arm.core.architecture = arm_core_architecture(target->manifest.core_name);
    rely(path, LEDGER_CORE);
}

void world_close(struct world *w)
{
    if (w->machine.path) /* it was opened */
        arm_add_reads(&w->machine.arm, &w->machine.path->reads);
    arm_state_free(&w->machine.arm);
}

bool world_map_image(struct world *w, struct diag *diag)
{
    const struct manifest *m = &w->target->manifest;
    if (!arm_image_map(w->target->image, &w->machine.arm, diag))
        return false;
    rely(w->machine.path, LEDGER_IMAGE);
    if (m->global_count)
        rely(w->machine.path, LEDGER_GLOBALS);
    for (size_t i = 0; i < m->global_count; i++)
        arm_image_map_constant(w->target->image, &w->machine.arm, m->globals[i].address, m->globals[i].size);
    return true;
}

/* No block is at address 0, and none wraps around: `size` bytes, or fewer than `limit`. */
static void state_bounds(struct path *path, term base, uint32_t size, term limit)
{
    define(path, LEDGER_BLOCKS, term_ne(base, term_const(32, 0)));
    define(path, LEDGER_BLOCKS, term_ule(base, limit ? term_not(limit) : term_const(32, ~(uint64_t)size)));
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
    state_bounds(w->machine.path, block_base(id), size, limit);
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
        p = (struct place){PLACE_CELL, BLOCK_STACK,
                           w->target->manifest.stack_bytes.value - w->target->manifest.frame_bytes + p.index};
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
