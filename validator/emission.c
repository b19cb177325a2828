/*
 * Running the JIT's own code on one instruction, with everything else symbolic.
 *
 * Inputs are given so that addresses and bounds cancel: the program pointer is the address of the instruction minus 8 *
 * pc, the buffer pointer is the place of the next halfword minus 2 * position, and length and capacity are what is left
 * of them plus pc and position.
 */
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>

enum { STACK_BYTES = 2048, OUT_BYTES = 2 * UNIT_MAX_HALFWORDS };

static term num(uint64_t value)
{
    return term_const(32, value);
}

static term base(const char *name)
{
    return term_concat(term_var(name, 29, TERM_PRIVATE), term_const(3, 0));
}

static term input(const char *name)
{
    return term_var(name, 32, TERM_ORDINARY);
}

/* The entry of the offset table at a byte offset; the same offset is always the same variable. Entries are positions
 * in the buffer, given by their distance from the code being emitted, so that displacements are simple. */
static term entry_at(struct emission *e, term offset)
{
    size_t i = 0;
    while (i < e->table_count && e->table[i].offset != offset)
        i++;
    if (i == e->table_count) {
        char name[32];
        snprintf(name, sizeof name, "distance_%zu", i);
        e->table = realloc(e->table, (i + 1) * sizeof *e->table);
        if (!e->table)
            abort();
        e->table[e->table_count++] = (struct table_entry){offset, term_add(e->position, input(name))};
        path_define(e->machine.path, term_ule(e->table[i].value, e->capacity)); /* proofs hold without it */
    }
    return e->table[i].value;
}

static term table_read(void *data, term offset, unsigned width)
{
    return width == 4 ? entry_at(data, offset) : NULL;
}

term emission_offset_of(struct emission *e, term index)
{
    return entry_at(e, term_shl(index, num(2)));
}

bool emission_open(struct emission *e, const struct target *target, struct path *path, struct diag *diag)
{
    struct arm_state *s = &e->machine.arm;
    *e = (struct emission){.target = target};
    path_machine_init(&e->machine, path);
    e->machine.stopped = path_machine_returned;
    e->machine.contracts = target->manifest.contracts;
    e->machine.contract_count = target->manifest.contract_count;
    s->core = target->manifest.core;
    e->position = input("position");
    e->pc = input("pc");
    e->length = term_add(e->pc, input("slots_left"));
    e->capacity = term_add(e->position, input("room"));
    e->here = term_concat(term_var("here", 31, TERM_PRIVATE), term_const(1, 0));
    if (!arm_image_map(target->image, s, diag))
        return false;
    const unsigned rw = ARM_READ | ARM_WRITE;
    e->context = arm_add_block(s, (struct arm_block){.name = "context",
                                                     .base = base("context_base"),
                                                     .size = target->manifest.context.size,
                                                     .permissions = rw,
                                                     .fresh = TERM_UNDEFINED});
    e->program = arm_add_block(s, (struct arm_block){.name = "program",
                                                     .base = base("program_base"),
                                                     .size = 16,
                                                     .permissions = ARM_READ,
                                                     .limit = term_shl(input("slots_left"), num(3)),
                                                     .fresh = TERM_UNDEFINED});
    e->offsets = arm_add_block(s, (struct arm_block){.name = "offsets",
                                                     .base = base("offsets_base"),
                                                     .size = 4 * (target->manifest.program_slots + 1),
                                                     .permissions = ARM_READ,
                                                     .limit = term_shl(term_add(e->length, num(1)), num(2)),
                                                     .fresh = TERM_UNDEFINED,
                                                     .table_read = table_read,
                                                     .table_data = e});
    e->out = arm_add_block(
        s, (struct arm_block){
               .name = "output", .base = e->here, .size = OUT_BYTES, .permissions = rw, .fresh = TERM_UNDEFINED});
    e->stack = arm_add_block(s, (struct arm_block){.name = "stack",
                                                   .base = base("compiler_stack_base"),
                                                   .size = STACK_BYTES,
                                                   .permissions = rw,
                                                   .stack = true,
                                                   .fresh = TERM_UNDEFINED});
    return true;
}

void emission_close(struct emission *e)
{
    arm_state_free(&e->machine.arm);
    free(e->table);
}

static void put(struct emission *e, enum role role, term value)
{
    e->given[role] = value;
    arm_poke(&e->machine.arm, e->context, e->target->manifest.context.fields[role].offset, value);
}

void emission_setup(struct emission *e, const struct homes *homes, const struct bpf_insn *insn, bool final)
{
    const struct target *t = e->target;
    struct arm_state *s = &e->machine.arm;
    size_t chosen = (size_t)(homes - t->manifest.homes);
    term position = insn ? e->position : num(0);
    e->homes = homes;
    e->insn = insn;
    put(e, ROLE_PROGRAM, term_sub(base("program_base"), term_shl(e->pc, num(3))));
    put(e, ROLE_LENGTH, e->length);
    put(e, ROLE_OFFSETS, base("offsets_base"));
    put(e, ROLE_CODE, term_sub(e->here, term_shl(position, num(1))));
    put(e, ROLE_CAPACITY, e->capacity);
    put(e, ROLE_POSITION, position);
    put(e, ROLE_HOMES, num(t->homes_address[chosen]));
    if (t->manifest.context.fields[ROLE_ROUTINES].present)
        put(e, ROLE_ROUTINES, num(t->routines_address));
    if (insn) {
        put(e, ROLE_PC, e->pc);
        put(e, ROLE_FINAL, num(final));
        put(e, ROLE_EXIT_POSITION, num(t->exit_position));
        put(e, ROLE_FUEL_POSITION, num(t->fuel_position));
        for (unsigned slot = 0; slot < bpf_slots(insn->row); slot++) {
            term bytes = bpf_slot(insn, slot);
            arm_poke(s, e->program, 8 * slot, term_extract(bytes, 0, 32));
            arm_poke(s, e->program, 8 * slot + 4, term_extract(bytes, 32, 32));
        }
    }
    s->memory.blocks[e->out].limit = term_shl(insn ? input("room") : e->capacity, num(1));
    term argument = base("context_base");
    path_machine_call(&e->machine, insn ? t->emit_address : t->prelude_address, &argument, 1, e->stack);
}

void emission_start(struct emission *e, const struct homes *homes, const struct bpf_insn *insn, bool final)
{
    struct path *p = e->machine.path;
    emission_setup(e, homes, insn, final);
    path_assume(p, term_ule(input("room"), num(1u << 28)));
    path_assume(p, term_ule(e->position, num(1u << 28)));
    path_assume(p, term_ule(input("slots_left"), num(e->target->manifest.program_slots)));
    path_assume(p, term_ule(e->pc, num(e->target->manifest.program_slots)));
    path_assume(p, term_ule(e->length, num(e->target->manifest.program_slots)));
    if (insn) {
        path_assume(p, term_ne(input("slots_left"), num(0)));
        path_assume(p, bpf_must_accept(insn, e->pc, e->length));
    }
}

/* A compiler may return a value that is constant only because of the branches taken, so the solver is asked. */
bool emission_status(const struct emission *e, uint32_t *status)
{
    const struct manifest *m = &e->target->manifest;
    const uint32_t candidates[] = {m->status_ok, m->status_code_full, m->status_branch_range};
    term r0 = e->machine.arm.r[0];
    if (term_is_const(r0)) {
        *status = (uint32_t)r0->value;
        return true;
    }
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (!path_feasible(e->machine.path, term_ne(r0, num(candidates[i])))) {
            *status = candidates[i];
            return true;
        }
    return false;
}

term emission_field(struct emission *e, enum role role)
{
    return arm_peek(&e->machine.arm, e->context, e->target->manifest.context.fields[role].offset);
}

int emission_count(struct emission *e)
{
    term before = e->insn ? e->position : num(0);
    term count = term_sub(emission_field(e, ROLE_POSITION), before);
    return term_is_const(count) && count->value <= UNIT_MAX_HALFWORDS - 2 ? (int)count->value : -1;
}

term emission_halfword(struct emission *e, unsigned index)
{
    term word = arm_peek(&e->machine.arm, e->out, 2 * index & ~3u);
    return term_extract(word, index % 2 * 16, 16);
}
