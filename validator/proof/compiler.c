/*
 * Running the JIT's own code on one instruction, with everything else symbolic.
 *
 * Inputs are given so that addresses and bounds cancel: the program pointer is the address of the instruction minus 8 *
 * pc, the buffer pointer is the place of the next halfword minus 2 * position, and length and capacity are what is left
 * of them plus pc and position.
 */
#include "validator/proof/proof.h"

#include <assert.h>
#include <stdlib.h>

enum { STACK_BYTES = 2048, OUT_BYTES = 2 * CODE_MAX_HALFWORDS, MAX_ROOM = 1 << 28 };

static term num(uint64_t value)
{
    return term_const(32, value);
}

static term input(const char *name)
{
    return term_var(name, 32, TERM_ORDINARY);
}

/* ---- the offset table ---- */

/*
 * Entries of the table are positions in the buffer, given by their distance from the code being emitted, so that
 * displacements are simple. In the pass that finds positions only those up to the instruction's own are filled; the others
 * hold anything, which says nothing about what the final pass will read there.
 */
static const struct opaque_function distances = {.arity = 1, .result_count = 1, .results = {{"distance", 32}}};
static const struct opaque_function garbage = {.arity = 1, .result_count = 1, .results = {{"garbage", 32}}};

static term byte_of(term index)
{
    return term_shl(index, num(2));
}

static term entry_at(struct compiler *c, term offset)
{
    struct path *path = c->world.machine.path;
    bool is_new;
    term entry = term_add(c->position, *path_apply(path, &distances, &offset, &is_new));
    if (is_new)
        define(path, LEDGER_POSITIONS, term_ule(entry, c->capacity)); /* proofs hold without it */
    return entry;
}

static term table_read(void *data, term offset, unsigned width)
{
    struct compiler *c = data;
    bool is_new;
    if (width != 4 || (offset->zeros & 3) != 3)
        return NULL;
    if (c->pass == PASS_FINAL)
        return entry_at(c, offset);
    term filled = term_ule(offset, byte_of(c->pc));
    if (term_is_true(filled))
        return entry_at(c, offset);
    rely(c->world.machine.path, LEDGER_FILLED);
    term any = *path_apply(c->world.machine.path, &garbage, &offset, &is_new);
    return term_is_false(filled) ? any : term_ite(filled, entry_at(c, offset), any);
}

term compiler_offset_of(struct compiler *c, term index)
{
    return entry_at(c, byte_of(index));
}

static term other_garbage(term var, void *data)
{
    const struct path *path = data;
    char name[64];
    for (size_t i = 0; i < path->application_count; i++)
        if (path->applications[i]->function == &garbage && path->applications[i]->results[0] == var) {
            snprintf(name, sizeof name, "other_%s", term_name(var));
            return term_var(name, 32, TERM_ORDINARY);
        }
    return var;
}

term compiler_with_other_garbage(const struct compiler *c, term t)
{
    return term_substitute(t, other_garbage, c->world.machine.path);
}

/* Two entries have a meaning of their own: where the instruction's code begins, and where it ends. */
static void know_own_entries(struct compiler *c)
{
    struct path *path = c->world.machine.path;
    term begin = byte_of(c->pc), zero = num(0), next = term_add(c->pc, num(bpf_slots(c->insn->row)));
    rely(path, LEDGER_OWN_ENTRIES);
    path_give(path, &distances, &begin, &zero);
    c->own_length = term_sub(compiler_offset_of(c, next), c->position);
}

bool compiler_table_entry(const struct path *path, size_t k, struct table_entry *entry)
{
    for (size_t i = 0; i < path->application_count; i++) {
        const struct path_application *a = path->applications[i];
        if ((a->function != &distances && a->function != &garbage) || k-- > 0)
            continue;
        *entry = (struct table_entry){.offset = a->arguments[0], .value = a->results[0]};
        entry->filled = a->function == &distances;
        if (entry->filled)
            entry->value = term_add(world_position(), entry->value);
        return true;
    }
    return false;
}

/* ---- the machine ---- */

bool compiler_open(struct compiler *c, const struct target *target, const struct prelude *prelude, struct path *path,
                   enum pass pass, struct diag *diag)
{
    static const char *const owners[] = {[PASS_PRELUDE] = "prelude", [PASS_SIZING] = "sizing", [PASS_FINAL] = "final"};
    const struct manifest *m = &target->manifest;
    *c = (struct compiler){.prelude = prelude, .pass = pass};
    world_open(&c->world, target, path, owners[pass]);
    c->world.machine.arrived = path_machine_returned;
    c->world.machine.env.undeclared = TERM_UNDEFINED | TERM_PRIVATE; /* emission is a function of its inputs */
    c->position = world_position();
    c->pc = input("pc");
    c->length = term_add(c->pc, input("slots_left"));
    c->capacity = term_add(c->position, input("room"));
    c->here = block_base(BLOCK_OUTPUT);
    if (!world_map_image(&c->world, diag))
        return false;
    world_add(&c->world, BLOCK_CONTEXT, m->context.size, NULL);
    world_add(&c->world, BLOCK_PROGRAM, 16, term_shl(input("slots_left"), num(3)));
    define(path, LEDGER_BLOCKS,
           term_ult(term_shl(c->pc, num(3)), block_base(BLOCK_PROGRAM))); /* nor does what lies before */
    define(path, LEDGER_BLOCKS, term_ult(term_shl(c->position, num(1)), c->here));
    world_add(&c->world, BLOCK_OFFSETS, 4 * (m->program_slots.value + 1),
              term_shl(term_add(c->length, num(1)), num(2)));
    world_block(&c->world, BLOCK_OFFSETS)->table_read = table_read;
    world_block(&c->world, BLOCK_OFFSETS)->table_data = c;
    world_add(&c->world, BLOCK_OUTPUT, OUT_BYTES, NULL);
    world_add(&c->world, BLOCK_COMPILER_STACK, STACK_BYTES, NULL);
    return true;
}

void compiler_close(struct compiler *c)
{
    world_close(&c->world);
    assertion_free(&c->given);
}

struct place compiler_context_place(const struct compiler *c, unsigned role)
{
    return (struct place){PLACE_CELL, BLOCK_CONTEXT, c->world.target->manifest.context_fields[role].offset};
}

static void give(struct compiler *c, unsigned role, term value)
{
    const struct field *f = &c->world.target->manifest.context_fields[role];
    if (*f->member)
        assertion_add(&c->given, compiler_context_place(c, role), value, f->member);
}

static void give_program(struct compiler *c)
{
    struct arm_state *s = &c->world.machine.arm;
    for (unsigned slot = 0; slot < bpf_slots(c->insn->row); slot++) {
        term bytes = bpf_slot(c->insn, slot);
        arm_poke(s, c->world.blocks[BLOCK_PROGRAM], 8 * slot, term_extract(bytes, 0, 32));
        arm_poke(s, c->world.blocks[BLOCK_PROGRAM], 8 * slot + 4, term_extract(bytes, 32, 32));
    }
}

void compiler_call(struct compiler *c, const struct homes *homes, const struct bpf_insn *insn)
{
    assert((c->pass == PASS_PRELUDE) == (insn == NULL));
    const struct target *t = c->world.target;
    term position = insn ? c->position : num(0);
    c->homes = homes;
    c->insn = insn;
    c->given.count = 0;
    give(c, ROLE_PROGRAM, term_sub(block_base(BLOCK_PROGRAM), term_shl(c->pc, num(3))));
    give(c, ROLE_LENGTH, c->length);
    give(c, ROLE_OFFSETS, block_base(BLOCK_OFFSETS));
    give(c, ROLE_CODE, term_sub(c->here, term_shl(position, num(1))));
    give(c, ROLE_CAPACITY, c->capacity);
    give(c, ROLE_POSITION, position);
    give(c, ROLE_HOMES, num(homes->address));
    give(c, ROLE_ROUTINES, num(t->routine_table_address));
    if (insn) {
        give(c, ROLE_PC, c->pc);
        give(c, ROLE_FINAL, num(c->pass == PASS_FINAL));
        for (unsigned way = 1; way < BPF_OUTCOMES; way++)
            give(c, ROLE_WAYS + way, num(c->prelude->position[way]));
        give_program(c);
        know_own_entries(c);
    }
    assertion_establish(&c->given, &c->world);
    term limit = term_shl(insn ? input("room") : c->capacity, num(1));
    world_block(&c->world, BLOCK_OUTPUT)->limit = limit;
    define(c->world.machine.path, LEDGER_BLOCKS, term_ule(c->here, term_not(limit)));
    term argument = block_base(BLOCK_CONTEXT);
    path_machine_call(&c->world.machine, insn ? t->emit_address : t->prelude_address, &argument, 1,
                      c->world.blocks[BLOCK_COMPILER_STACK]);
    c->called = c->world.machine.path->undo.count;
}

void compiler_assume_domain(struct compiler *c)
{
    struct path *p = c->world.machine.path;
    term slots = num(c->world.target->manifest.program_slots.value);
    assume(p, LEDGER_BUFFER, term_ule(input("room"), num(MAX_ROOM)));
    assume(p, LEDGER_BUFFER, term_ule(c->position, num(MAX_ROOM)));
    assume(p, LEDGER_LENGTH, term_ule(input("slots_left"), slots));
    assume(p, LEDGER_LENGTH, term_ule(c->pc, slots));
    assume(p, LEDGER_LENGTH, term_ule(c->length, slots));
    if (c->insn) {
        assume(p, LEDGER_LENGTH, term_ne(input("slots_left"), num(0)));
        assume(p, LEDGER_FORM, bpf_must_accept(c->insn, c->pc, c->length));
    } else {
        assume(p, LEDGER_PRELUDE, term_eq(c->position, num(0)));
    }
}
