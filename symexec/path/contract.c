/*
 * Calls by contract and by summary.
 *
 * A contract replaces a call on symbolic arguments by an opaque result with a property. The property is proved on the
 * function's own machine code, as an obligation of its own. On constant arguments the function itself runs.
 */
#include "symexec/path/path.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the modified immediate, A5.3.2 ---- */

term path_expand_imm(term imm12)
{
    term imm8 = term_extract(imm12, 0, 8), zero = term_const(8, 0);
    term rotated = term_zext(term_concat(term_const(1, 1), term_extract(imm12, 0, 7)), 32);
    term amount = term_zext(term_extract(imm12, 7, 5), 32); /* 8 to 31 where it is used */
    term right = term_lshr(rotated, amount), left = term_shl(rotated, term_sub(term_const(32, 32), amount));
    term pair = term_concat(zero, imm8), swapped = term_concat(imm8, zero), four = term_concat(imm8, imm8);
    term kind = term_extract(imm12, 8, 2);
    term plain = term_ite(
        term_eq(kind, term_const(2, 0)), term_zext(imm8, 32),
        term_ite(term_eq(kind, term_const(2, 1)), term_concat(pair, pair),
                 term_ite(term_eq(kind, term_const(2, 2)), term_concat(swapped, swapped), term_concat(four, four))));
    return term_ite(term_eq(term_extract(imm12, 10, 2), term_const(2, 0)), plain, term_or(right, left));
}

term path_encodable(term value)
{
    term byte[4], zero = term_const(8, 0);
    for (unsigned i = 0; i < 4; i++)
        byte[i] = term_extract(value, 8 * i, 8);
    term low = term_and(term_eq(byte[1], zero), term_eq(byte[3], zero));
    term high = term_and(term_eq(byte[0], zero), term_eq(byte[2], zero));
    term any = term_and(low, term_eq(byte[0], byte[2]));
    any = term_or(any, term_and(high, term_eq(byte[1], byte[3])));
    any = term_or(any,
                  term_and(term_and(term_eq(byte[0], byte[1]), term_eq(byte[2], byte[3])), term_eq(byte[0], byte[2])));
    for (unsigned shift = 0; shift <= 24; shift++) /* eight bits anywhere, not across the ends */
        any = term_or(any, term_eq(term_and(value, term_const(32, ~(UINT64_C(0xff) << shift))), term_const(32, 0)));
    return any;
}

/* ---- what contracts have returned so far ---- */

term path_contract_expansion(const struct path *p, term imm12)
{
    for (size_t i = 0; i < p->encoding_count; i++)
        if (p->encodings[i].field == imm12)
            return p->encodings[i].argument;
    return NULL;
}

static const struct path_encoding *encoding_of(struct path *p, term argument)
{
    for (size_t i = 0; i < p->encoding_count; i++)
        if (p->encodings[i].argument == argument)
            return &p->encodings[i];
    char field[32], possible[32];
    snprintf(field, sizeof field, "modimm_%zu", p->encoding_count);
    snprintf(possible, sizeof possible, "encodable_%zu", p->encoding_count);
    p->encodings = realloc(p->encodings, (p->encoding_count + 1) * sizeof *p->encodings);
    if (!p->encodings)
        abort();
    struct path_encoding *e = &p->encodings[p->encoding_count++];
    *e = (struct path_encoding){argument, term_var(field, 12, TERM_ORDINARY), term_var(possible, 1, TERM_ORDINARY)};
    path_define(p, term_eq(e->possible, path_encodable(argument)));
    path_define(p, term_or(term_not(e->possible), term_eq(path_expand_imm(e->field), argument)));
    return e;
}

/* Bit 0 of a return address is 1 (call_is_lawful), so the subtraction clears it, and the address stays linear. A
 * CONCAT that ends in 1 has no sum to stay in. */
static term without_thumb_bit(term address)
{
    if (address->op == TERM_SUM)
        return term_sub(address, term_const(32, 1));
    return term_concat(term_extract(address, 1, 31), term_const(1, 0));
}

static term clobbered(const struct path_machine *m, const char *what, unsigned number, unsigned width)
{
    char name[48];
    snprintf(name, sizeof name, "clobbered_%s%u_%u", what, number, m->steps); /* another call, other garbage */
    return term_var(name, width, TERM_UNDEFINED);
}

/* A function that returns: r0 is the result, what the AAPCS lets a callee change is undefined. */
static void return_from(struct path_machine *m, term result)
{
    static const unsigned registers[] = {1, 2, 3, 12};
    struct arm_state *s = &m->arm;
    term *const flags[] = {&s->n, &s->z, &s->c, &s->v};
    term target = s->r[ARM_LR];
    undo_set_term(s->undo, &s->r[0], result);
    for (unsigned i = 0; i < 4; i++) {
        undo_set_term(s->undo, &s->r[registers[i]], clobbered(m, "r", registers[i], 32));
        undo_set_term(s->undo, flags[i], clobbered(m, "flag", i, 1));
    }
    undo_set_term(s->undo, &s->r[ARM_LR], clobbered(m, "r", ARM_LR, 32));
    undo_set_term(s->undo, &s->r[ARM_PC], without_thumb_bit(target));
}

static void apply_modified_immediate(struct path_machine *m, const struct path_contract *contract)
{
    const struct path_encoding *e = encoding_of(m->path, m->arm.r[0]);
    bool possible = path_decide(m->path, e->possible);
    return_from(m, possible ? term_zext(e->field, 32) : term_const(32, contract->none));
}

/* ---- summaries ---- */

struct summary {
    bool (*outer_stopped)(struct path_machine *);
    size_t outer_conditions, undo_mark;
    term return_to; /* pc after the call */
    term sp;
    term result; /* merged so far: the last path's result, guarded by the others' conditions */
    bool failed;
};

static bool summary_stopped(struct path_machine *m)
{
    return m->arm.r[ARM_PC] == m->summary->return_to && m->arm.r[ARM_SP] == m->summary->sp;
}

/* A summary stands for a value, so the function may write nothing but its own stack. */
static bool wrote_memory(const struct path_machine *m)
{
    const struct arm_memory *memory = &m->arm.memory;
    for (size_t i = 0; i < memory->count; i++) {
        const struct arm_block *b = &memory->blocks[i];
        if (!b->stack && undo_touched(m->arm.undo, m->summary->undo_mark, b->cells, b->cells + b->size / 4))
            return true;
    }
    return false;
}

static void summary_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct summary *current = m->summary;
    if (status == PATH_BROKEN || wrote_memory(m)) {
        current->failed = true;
        m->path->stop = true;
        return;
    }
    term guard = term_const(1, 1);
    for (size_t i = current->outer_conditions; i < m->path->count; i++)
        guard = term_and(guard, m->path->conditions[i]);
    current->result = current->result ? term_ite(guard, m->arm.r[0], current->result) : m->arm.r[0];
}

/* Runs the function's paths here and now and merges what they return. A path that breaks a rule or writes memory
 * leaves the call to be run plainly, so that the error is reported where it happens. */
static bool apply_summary(struct path_machine *m)
{
    struct summary s = {.outer_stopped = m->stopped,
                        .outer_conditions = m->path->count,
                        .undo_mark = m->arm.undo->count,
                        .sp = m->arm.r[ARM_SP]};
    const struct path_contract *contracts = m->contracts;
    s.return_to = without_thumb_bit(m->arm.r[ARM_LR]);
    m->summary = &s;
    m->stopped = summary_stopped;
    m->contracts = NULL;
    size_t count = m->contract_count;
    m->contract_count = 0;
    path_explore(m->path, path_machine_step, summary_end, m);
    m->stopped = s.outer_stopped;
    m->contracts = contracts;
    m->contract_count = count;
    m->summary = NULL;
    if (s.failed) {
        m->path->stop = false;
        return false;
    }
    return_from(m, s.result);
    return true;
}

/* ---- division ---- */

static bool is_constant(const struct path_machine *m, unsigned registers)
{
    for (unsigned i = 0; i < registers; i++)
        if (!term_is_const(m->arm.r[i]))
            return false;
    return true;
}

static void apply_division(struct path_machine *m, enum path_contract_kind kind)
{
    struct arm_state *s = &m->arm;
    term n = term_concat(s->r[1], s->r[0]), d = term_concat(s->r[3], s->r[2]);
    bool is_signed = kind == PATH_SDIV64 || kind == PATH_SMOD64;
    term result = is_signed ? term_sdiv(n, d) : term_udiv(n, d);
    if (kind == PATH_MOD64 || kind == PATH_SMOD64)
        result = term_sub(n, term_mul(result, d));
    return_from(m, term_extract(result, 0, 32));
    undo_set_term(s->undo, &s->r[1], term_extract(result, 32, 32));
}

/* ---- calls ---- */

const struct path_contract *path_contract_at(const struct path_machine *m)
{
    term pc = m->arm.r[ARM_PC];
    if (!term_is_const(pc))
        return NULL;
    for (size_t i = 0; i < m->contract_count; i++)
        if (m->contracts[i].address == pc->value)
            return &m->contracts[i];
    return NULL;
}

/* What the AAPCS asks of every call of a public function. */
static bool call_is_lawful(struct path_machine *m)
{
    struct arm_state *s = &m->arm;
    if ((s->r[ARM_SP]->zeros & 7) != 7) { /* 6.2.1.2 */
        s->broken = ARM_BAD_SP;
        snprintf(s->detail, sizeof s->detail, "sp is not a multiple of 8 at a call");
        return false;
    }
    if (!(s->r[ARM_LR]->ones & 1)) {
        s->broken = ARM_BAD_BRANCH;
        snprintf(s->detail, sizeof s->detail, "lr is no return address at a call");
        return false;
    }
    return true;
}

enum path_status path_contract_apply(struct path_machine *m, const struct path_contract *contract)
{
    const bool wide = contract->kind != PATH_MODIFIED_IMMEDIATE && contract->kind != PATH_SUMMARY;
    if (!call_is_lawful(m))
        return PATH_BROKEN;
    if (is_constant(m, wide ? 4 : 1))
        return PATH_DONE;
    if (contract->kind == PATH_SUMMARY)
        return apply_summary(m) ? PATH_RUNNING : PATH_DONE;
    if (contract->kind == PATH_MODIFIED_IMMEDIATE)
        apply_modified_immediate(m, contract);
    else
        apply_division(m, contract->kind);
    return PATH_RUNNING;
}
