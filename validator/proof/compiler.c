/*
 * Running the JIT's own code on one instruction, with everything else symbolic.
 *
 * Inputs are given so that addresses and bounds cancel: the program pointer is the address of the instruction minus 8 *
 * pc, the buffer pointer is the place of the next halfword minus 2 * position, and length and capacity are what is left
 * of them plus pc and position.
 */
#include "validator/proof/proof.h"

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
 * displacements are simple. The pass that finds positions has a table that is being filled: what it reads there says
 * nothing about what the final pass will read.
 */
static const struct opaque_function distances = {.arity = 1, .result_count = 1, .results = {{"distance", 32}}};
static const struct opaque_function early_distances = {
    .arity = 1, .result_count = 1, .results = {{"early_distance", 32}}};

static term entry_at(struct compiler *c, const struct opaque_function *table, term offset)
{
    struct path *path = c->world.machine.path;
    bool is_new;
    term entry = term_add(c->position, *path_apply(path, table, &offset, &is_new));
    if (is_new)
        path_define(path, term_ule(entry, c->capacity)); /* proofs hold without it */
    return entry;
}

static term table_read(void *data, term offset, unsigned width)
{
    struct compiler *c = data;
    return width == 4 ? entry_at(c, c->final ? &distances : &early_distances, offset) : NULL;
}

term compiler_offset_of(struct compiler *c, term index)
{
    return entry_at(c, &distances, term_shl(index, num(2)));
}

bool compiler_table_entry(const struct path *path, term position, size_t k, term *offset, term *value)
{
    for (size_t i = 0; i < path->application_count; i++) {
        const struct path_application *a = path->applications[i];
        if (a->function != &distances || k-- > 0)
            continue;
        *offset = a->arguments[0];
        *value = term_add(position, a->results[0]);
        return true;
    }
    return false;
}

/* ---- the machine ---- */

bool compiler_open(struct compiler *c, const struct target *target, const struct prelude *prelude, struct path *path,
                   struct diag *diag)
{
    const struct manifest *m = &target->manifest;
    *c = (struct compiler){.prelude = prelude};
    world_open(&c->world, target, path);
    c->world.machine.arrived = path_machine_returned;
    c->position = input("position");
    c->pc = input("pc");
    c->length = term_add(c->pc, input("slots_left"));
    c->capacity = term_add(c->position, input("room"));
    c->here = block_base(BLOCK_OUTPUT);
    if (!world_map_image(&c->world, diag))
        return false;
    world_add(&c->world, BLOCK_CONTEXT, m->context.size, NULL);
    world_add(&c->world, BLOCK_PROGRAM, 16, term_shl(input("slots_left"), num(3)));
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

static struct place context_place(const struct compiler *c, unsigned role)
{
    return (struct place){PLACE_CELL, BLOCK_CONTEXT, c->world.target->manifest.context_fields[role].offset};
}

static void give(struct compiler *c, unsigned role, term value)
{
    const struct field *f = &c->world.target->manifest.context_fields[role];
    if (*f->member)
        assertion_add(&c->given, context_place(c, role), value, f->member);
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

void compiler_call(struct compiler *c, const struct homes *homes, const struct bpf_insn *insn, bool final)
{
    const struct target *t = c->world.target;
    term position = insn ? c->position : num(0);
    c->homes = homes;
    c->insn = insn;
    c->final = final;
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
        give(c, ROLE_FINAL, num(final));
        for (unsigned way = 1; way < BPF_OUTCOMES; way++)
            give(c, ROLE_WAYS + way, num(c->prelude->position[way]));
        give_program(c);
    }
    assertion_establish(&c->given, &c->world);
    world_block(&c->world, BLOCK_OUTPUT)->limit = term_shl(insn ? input("room") : c->capacity, num(1));
    term argument = block_base(BLOCK_CONTEXT);
    path_machine_call(&c->world.machine, insn ? t->emit_address : t->prelude_address, &argument, 1,
                      c->world.blocks[BLOCK_COMPILER_STACK]);
}

void compiler_assume_domain(struct compiler *c)
{
    struct path *p = c->world.machine.path;
    term slots = num(c->world.target->manifest.program_slots.value);
    path_assume(p, term_ule(input("room"), num(MAX_ROOM)));
    path_assume(p, term_ule(c->position, num(MAX_ROOM)));
    path_assume(p, term_ule(input("slots_left"), slots));
    path_assume(p, term_ule(c->pc, slots));
    path_assume(p, term_ule(c->length, slots));
    if (c->insn) {
        path_assume(p, term_ne(input("slots_left"), num(0)));
        path_assume(p, bpf_must_accept(c->insn, c->pc, c->length));
    }
}

/* ---- after the call ---- */

/* A compiler may return a value that is constant only because of the branches taken, so the solver is asked. */
bool compiler_status(const struct compiler *c, uint32_t *status)
{
    const struct manifest *m = &c->world.target->manifest;
    const uint32_t candidates[] = {m->accepted.value, m->code_full.value, m->branch_range.value};
    term r0 = c->world.machine.arm.r[0];
    if (term_is_const(r0)) {
        *status = (uint32_t)r0->value;
        return true;
    }
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (!path_feasible(c->world.machine.path, term_ne(r0, num(candidates[i])))) {
            *status = candidates[i];
            return true;
        }
    return false;
}

term compiler_field(struct compiler *c, enum role role)
{
    return place_get(&c->world, context_place(c, role));
}

int compiler_count(struct compiler *c)
{
    term before = c->insn ? c->position : num(0);
    term count = term_sub(compiler_field(c, ROLE_POSITION), before);
    return term_is_const(count) && count->value <= CODE_MAX_HALFWORDS - 2 ? (int)count->value : -1;
}

term compiler_halfword(struct compiler *c, unsigned index)
{
    term word = arm_peek(&c->world.machine.arm, c->world.blocks[BLOCK_OUTPUT], 2 * index & ~3u);
    return term_extract(word, index % 2 * 16, 16);
}

/* The AAPCS and the context: what a call of emit may change is the position, the output and scratch registers. */
bool compiler_was_clean(const struct situation *s, struct compiler *c)
{
    const char *lost = path_machine_lost_register(&c->world.machine, c->world.blocks[BLOCK_COMPILER_STACK]);
    uint32_t position = context_place(c, ROLE_POSITION).index;
    if (!claim(s, GOAL_SAVED, term_truth(lost == NULL), lost))
        return false;
    for (size_t i = 0; i < c->given.count; i++) {
        const struct clause *g = &c->given.clauses[i];
        if (g->at.index != position && !claim(s, GOAL_CONTEXT, term_eq(place_get(&c->world, g->at), g->value), g->name))
            return false;
    }
    return true;
}

/* ---- the prelude ---- */

struct search {
    struct compiler compiler;
    struct prelude *prelude;
};

static void give_up(struct search *s, const char *problem)
{
    if (!*s->prelude->problem)
        snprintf(s->prelude->problem, sizeof s->prelude->problem, "%s", problem);
}

static void keep(struct search *s, unsigned count)
{
    struct prelude *p = s->prelude;
    for (unsigned way = 1; way < BPF_OUTCOMES; way++) {
        term position = compiler_field(&s->compiler, (enum role)(ROLE_WAYS + way));
        if (!term_is_const(position) || position->value >= count) {
            give_up(s, "where a way out begins is not constant, or not in its code");
            return;
        }
        p->position[way] = (uint32_t)position->value;
    }
    p->code = malloc((count + 1) * sizeof *p->code);
    if (!p->code)
        abort();
    for (unsigned i = 0; i < count; i++) {
        term halfword = compiler_halfword(&s->compiler, i);
        if (!term_is_const(halfword)) {
            give_up(s, "its code is not constant");
            return;
        }
        p->code[i] = (uint16_t)halfword->value;
    }
    p->count = count;
    p->found = true;
}

static void search_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct search *s = m->data;
    uint32_t returned;
    if (s->prelude->found || s->prelude->code) /* the first that is accepted */
        return;
    if (status == PATH_BROKEN) {
        give_up(s, m->arm.detail);
    } else if (compiler_status(&s->compiler, &returned) &&
               returned == s->compiler.world.target->manifest.accepted.value) {
        int count = compiler_count(&s->compiler);
        if (count <= 0)
            give_up(s, "the length of its code is not constant");
        else
            keep(s, (unsigned)count);
    }
}

void prelude_find(const struct target *target, struct solver *solver, struct prelude *prelude)
{
    struct search s = {.prelude = prelude};
    struct path *path = path_open(solver);
    struct diag diag;
    *prelude = (struct prelude){0};
    if (compiler_open(&s.compiler, target, prelude, path, &diag)) {
        compiler_call(&s.compiler, &target->manifest.homes[0], NULL, true);
        compiler_assume_domain(&s.compiler);
        s.compiler.world.machine.data = &s;
        path_explore(path, path_machine_step, search_end, &s.compiler.world.machine);
    } else {
        give_up(&s, diag.message);
    }
    if (!prelude->found)
        give_up(&s, "it is refused");
    compiler_close(&s.compiler);
    path_close(path);
}

void prelude_free(struct prelude *prelude)
{
    free(prelude->code);
    *prelude = (struct prelude){0};
}
