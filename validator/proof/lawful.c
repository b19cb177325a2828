/*
 * What every call of the compiler must keep to, in each pass, whether it accepts or refuses: it returns as the AAPCS says; its
 * status, the length of its code and its code depend on declared inputs only; and of all memory it changes nothing but its own
 * stack, its own code and the words of the context that its contract names.
 */
#include "validator/proof/proof.h"

enum { MAX_CHANGES = CODE_MAX_HALFWORDS };

static term num(uint64_t value)
{
    return term_const(32, value);
}

term compiler_field(struct compiler *c, enum role role)
{
    return place_get(&c->world, compiler_context_place(c, role));
}

term compiler_halfword(struct compiler *c, unsigned index)
{
    term word = arm_peek(&c->world.machine.arm, c->world.blocks[BLOCK_OUTPUT], 2 * index & ~3u);
    return path_canonical(c->world.machine.path, term_extract(word, index % 2 * 16, 16), TERM_UNDEFINED | TERM_PRIVATE);
}

/* ---- values that the tool must know ---- */

static bool status_of(struct compiler *c, term r0, uint32_t *status)
{
    const struct manifest *m = &c->world.target->manifest;
    const uint32_t likely[] = {m->accepted.value, m->code_full.value, m->branch_range.value};
    for (size_t i = 0; i < sizeof likely / sizeof *likely && !term_is_const(r0); i++)
        if (!path_feasible(c->world.machine.path, term_ne(r0, num(likely[i]))))
            r0 = num(likely[i]);
    return path_only_value(c->world.machine.path, r0, status);
}

static term count_of(struct compiler *c)
{
    return term_sub(compiler_field(c, ROLE_POSITION), c->insn ? c->position : num(0));
}

bool compiler_result(struct compiler *c, struct emission *e)
{
    struct path *path = c->world.machine.path;
    const unsigned classes = TERM_UNDEFINED | TERM_PRIVATE;
    *e = (struct emission){0};
    if (!status_of(c, path_canonical(path, c->world.machine.arm.r[0], classes), &e->status))
        return false;
    e->decided = true;
    e->accepted = e->status == c->world.target->manifest.accepted.value;
    return !e->accepted || (path_only_value(path, path_canonical(path, count_of(c), classes), &e->count) &&
                            e->count <= CODE_MAX_HALFWORDS - 2);
}

/* Whether a term depends on declared inputs only. */
static bool claim_pure(const struct situation *s, struct place at, term t, const char *about)
{
    term equal = path_canonical(s->proof->path, t, TERM_UNDEFINED | TERM_PRIVATE);
    return claim_value(s, GOAL_PURE, at, t, equal, about);
}

static struct place output_place(unsigned halfword)
{
    return (struct place){PLACE_HALFWORD, BLOCK_OUTPUT, 2 * halfword};
}

/* ---- registers ---- */

bool claim_saved(const struct situation *s, struct path_machine *m, size_t stack, bool ours)
{
    static const char *const names[16] = {[4] = "r4", [5] = "r5",   [6] = "r6",   [7] = "r7",     [8] = "r8",
                                          [9] = "r9", [10] = "r10", [11] = "r11", [ARM_SP] = "sp"};
    bool all = true;
    for (unsigned i = 4; i <= ARM_SP; i++) {
        term is = m->arm.r[i], must = path_machine_entry(m, i, stack);
        if (names[i] && ours)
            all &= claim_of_ours(s, GOAL_SAVED, term_eq(is, must), names[i]);
        else if (names[i])
            all &= claim_value(s, GOAL_SAVED, (struct place){PLACE_REGISTER, 0, i}, is, must, names[i]);
    }
    return all;
}

/* ---- memory ---- */

/* Whether the contract lets this call change the word at `offset` of the context. */
static bool may_change_context(const struct compiler *c, uint32_t offset, bool accepted)
{
    const struct manifest *m = &c->world.target->manifest;
    if (accepted && offset == m->context_fields[ROLE_POSITION].offset)
        return true;
    for (unsigned way = 1; accepted && c->pass == PASS_PRELUDE && way < BPF_OUTCOMES; way++)
        if (offset == m->context_fields[ROLE_WAYS + way].offset)
            return true;
    for (size_t i = 0; i < m->scratch_count; i++)
        if (offset >= m->scratch[i].offset && offset < m->scratch[i].offset + m->scratch[i].size)
            return true;
    return false;
}

static void claim_context_word(const struct situation *s, const struct compiler *c, const struct arm_change *change)
{
    char name[32];
    const char *member = NULL;
    for (size_t i = 0; i < c->given.count; i++)
        if (c->given.clauses[i].at.index == change->offset)
            member = c->given.clauses[i].name;
    snprintf(name, sizeof name, "at byte %u", change->offset);
    claim_value(s, GOAL_CONTEXT, (struct place){PLACE_CELL, BLOCK_CONTEXT, change->offset}, change->after,
                change->before, member ? member : name);
}

static size_t changes_of(const struct situation *s, struct compiler *c, size_t block, struct arm_change *changes)
{
    struct arm_state *arm = &c->world.machine.arm;
    size_t count = arm_changes(arm, block, c->called, 0, changes, MAX_CHANGES);
    if (count == MAX_CHANGES)
        proof_fail(s->proof, VERDICT_UNKNOWN, "%d or more words of block %s are changed", MAX_CHANGES,
                   arm->memory.blocks[block].name);
    return count;
}

void claim_output_kept(const struct situation *s, struct compiler *c, unsigned own)
{
    struct arm_change changes[MAX_CHANGES];
    size_t count = changes_of(s, c, c->world.blocks[BLOCK_OUTPUT], changes);
    for (size_t i = 0; i < 2 * count; i++) {
        const struct arm_change *change = &changes[i / 2];
        unsigned low = 16 * (i % 2), index = change->offset / 2 + i % 2;
        term before = term_extract(change->before, low, 16), after = term_extract(change->after, low, 16);
        char name[32];
        if (before == after || index < own)
            continue;
        snprintf(name, sizeof name, "%u", index - own);
        claim_value(s, GOAL_OUTPUT, output_place(index), after, before, name);
    }
}

static void claim_memory_kept(const struct situation *s, struct compiler *c, bool accepted)
{
    const struct arm_memory *memory = &c->world.machine.arm.memory;
    struct arm_change changes[MAX_CHANGES];
    for (size_t b = 0; b < memory->count; b++) {
        const struct arm_block *block = &memory->blocks[b];
        if (block->stack || !(block->permissions & ARM_WRITE) || b == c->world.blocks[BLOCK_OUTPUT])
            continue; /* its own to write; a store to it breaks a rule; judged above */
        size_t count = changes_of(s, c, b, changes);
        for (size_t i = 0; i < count; i++)
            if (!may_change_context(c, changes[i].offset, accepted))
                claim_context_word(s, c, &changes[i]);
    }
}

/* The offset table of the final pass has what calls have accepted, so what it says of the buffer rests on this. */
static void claim_fits(const struct situation *s, struct compiler *c, unsigned count)
{
    struct situation about = *s;
    char name[16];
    snprintf(name, sizeof name, "%u", count);
    about.at = (struct place){PLACE_REGISTER, 0, 0};
    about.must = num(c->world.target->manifest.code_full.value);
    claim(&about, GOAL_FITS, term_ule(num(count), c->insn ? term_sub(c->capacity, c->position) : c->capacity), name);
}

/* ---- code ---- */

/* Each halfword of the code depends on declared inputs only. */
static void claim_pure_code(const struct situation *s, struct compiler *c, unsigned count)
{
    bool all = true;
    for (unsigned i = 0; i < count && all; i++) {
        term word = arm_peek(&c->world.machine.arm, c->world.blocks[BLOCK_OUTPUT], 2 * i & ~3u);
        char name[48];
        snprintf(name, sizeof name, "halfword %u of the code", i);
        all = claim_pure(s, output_place(i), term_extract(word, i % 2 * 16, 16), name);
    }
}

/* ---- the whole ---- */

bool compiler_was_lawful(const struct situation *s, struct compiler *c, struct emission *e)
{
    if (!claim_saved(s, &c->world.machine, c->world.blocks[BLOCK_COMPILER_STACK], false) ||
        !claim_pure(s, (struct place){PLACE_REGISTER, 0, 0}, c->world.machine.arm.r[0], "the status") ||
        !claim_pure(s, compiler_context_place(c, ROLE_POSITION), compiler_field(c, ROLE_POSITION),
                    "the length of the code"))
        return false;
    if (!compiler_result(c, e)) {
        claim_of_ours(s, e->decided ? GOAL_LENGTH : GOAL_STATUS, term_truth(false), NULL);
        return false;
    }
    claim_memory_kept(s, c, e->accepted);
    if (e->accepted) {
        claim_output_kept(s, c, e->count);
        claim_fits(s, c, e->count);
        claim_pure_code(s, c, e->count);
    }
    return !s->proof->path->stop;
}
