/* The two passes over an instruction: what the sizing pass came to, and the final pass beside it. */
#include "validator/obligations/passes.h"

#include <stdlib.h>

static term num(uint64_t value)
{
    return term_const(32, value);
}

/* ---- refusals ---- */

/* Out of the reach that the manifest promises (bytes, here halfwords) from the instruction's own code. */
static term out_of_reach(const struct compiler *c, term position)
{
    uint32_t reach = c->world.target->manifest.branch_reach.value / 2;
    term distance = term_sub(position, c->position);
    return term_or(term_slt(distance, num(0 - (uint64_t)reach)), term_slt(num(reach), distance));
}

/* Some place that the instruction can go to. */
static term somewhere_is_out_of_reach(struct compiler *c)
{
    term any = term_truth(false), distance = bpf_distance(c->insn);
    if (distance)
        any = out_of_reach(c, compiler_offset_of(c, term_add(term_add(c->pc, num(1)), distance)));
    for (int way = 1; way < BPF_OUTCOMES; way++)
        if (bpf_may_take(c->insn->row->form, (enum bpf_outcome)way))
            any = term_or(any, out_of_reach(c, num(c->prelude->position[way])));
    return any;
}

/* A refusal must be for one of the stated limits, and the limit must really be reached: no room, or a place that it can go
 * to is too far away. */
static void claim_refusal(const struct situation *s, struct compiler *c, uint32_t status)
{
    const struct manifest *m = &c->world.target->manifest;
    struct situation refused = *s;
    term allowed = term_truth(false);
    char about[16];
    if (status == m->code_full.value)
        allowed = term_ult(term_sub(c->capacity, c->position), num(m->headroom.value));
    else if (status == m->branch_range.value)
        allowed = somewhere_is_out_of_reach(c);
    snprintf(about, sizeof about, "%u", status);
    refused.at = (struct place){PLACE_REGISTER, 0, 0};
    refused.must = num(m->accepted.value);
    claim(&refused, GOAL_REFUSAL, allowed, about);
}

/* ---- the sizing pass ---- */

/*
 * No two paths that come to different ends may differ in nothing but what is in entries of the table that are not filled yet:
 * whatever was in that memory would decide.
 */
static void claim_independent(struct passes *passes, const struct situation *s, const struct sized *now)
{
    const struct compiler *c = &passes->sizing;
    for (size_t i = 0; i < passes->count; i++) {
        const struct emission *other = &passes->paths[i].emission, *e = &now->emission;
        struct situation about = *s;
        if (other->status == e->status && other->count == e->count)
            continue;
        term both = compiler_with_other_garbage(c, passes->paths[i].condition);
        if (!path_feasible(s->proof->path, both))
            continue;
        about.at = (struct place){PLACE_REGISTER, 0, 0};
        about.must = num(other->status);
        if (other->status == e->status) {
            about.at = compiler_context_place(c, ROLE_POSITION);
            about.must = term_add(c->position, num(other->count));
        }
        claim(&about, GOAL_SIZING_PURE, term_not(both), NULL);
    }
}

static void keep(struct passes *passes, struct sized sized)
{
    if (passes->count == passes->room) {
        passes->room = passes->room ? 2 * passes->room : 8;
        passes->paths = realloc(passes->paths, passes->room * sizeof *passes->paths);
        if (!passes->paths)
            abort();
    }
    passes->paths[passes->count++] = sized;
}

static void judge_sizing(struct triple *t)
{
    struct passes *passes = t->data;
    const struct path *path = t->situation.proof->path;
    struct sized now = {.condition = term_truth(true)};
    if (!compiler_was_lawful(&t->situation, &passes->sizing, &now.emission))
        return;
    for (size_t i = t->assumed; i < path->count; i++)
        now.condition = term_and(now.condition, path->conditions[i]);
    claim_independent(passes, &t->situation, &now);
    if (now.emission.accepted) {
        now.halfwords = calloc(now.emission.count + 1, sizeof(term));
        if (!now.halfwords)
            abort();
        for (unsigned i = 0; i < now.emission.count; i++)
            now.halfwords[i] = compiler_halfword(&passes->sizing, i);
    } else {
        claim_refusal(&t->situation, &passes->sizing, now.emission.status);
    }
    keep(passes, now);
}

static void forget(struct passes *passes)
{
    for (size_t i = 0; i < passes->count; i++)
        free(passes->paths[i].halfwords);
    passes->count = 0;
}

void passes_size(struct passes *passes, const struct situation *s)
{
    struct path *path = s->proof->path;
    size_t undo = path->undo.count;
    struct triple t = {.situation = *s, .world = &passes->sizing.world, .judge = judge_sizing, .data = passes};
    t.situation.pass = PASS_SIZING;
    forget(passes);
    compiler_call(&passes->sizing, s->homes, s->insn);
    triple_prove(&t);
    undo_to(&path->undo, undo);
}

void passes_close(struct passes *passes)
{
    forget(passes);
    free(passes->paths);
    compiler_close(&passes->sizing);
}

/* ---- the final pass ---- */

/* What does not jump does not depend on positions either: a driver may keep the code of the first pass. */
static void claim_same_code(const struct situation *s, const struct sized *sized, const term *halfwords)
{
    for (unsigned i = 0; i < sized->emission.count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%u", i);
        if (!claim_value(s, GOAL_SAME_CODE, (struct place){PLACE_HALFWORD, BLOCK_OUTPUT, 2 * i}, sized->halfwords[i],
                         halfwords[i], name))
            return;
    }
}

static void compare(const struct situation *s, const struct sized *sized, struct compiler *final,
                    const struct emission *e, const term *halfwords)
{
    struct situation of_sizing = *s;
    unsigned own = sized->emission.count;
    if (!e->accepted) {
        claim_refusal(s, final, e->status);
        claim_output_kept(s, final, own);
        return;
    }
    of_sizing.pass = PASS_SIZING;
    if (claim_value(&of_sizing, GOAL_SAME_LENGTH, compiler_context_place(final, ROLE_POSITION),
                    term_add(final->position, num(own)), term_add(final->position, num(e->count)), NULL) &&
        !bpf_distance(final->insn) && own == e->count)
        claim_same_code(&of_sizing, sized, halfwords);
}

/* The final pass is only called where the sizing pass accepted, and finds in the table where that ended. */
void passes_compare(const struct passes *passes, const struct situation *s, struct compiler *final,
                    const struct emission *e, const term *halfwords)
{
    struct path *path = s->proof->path;
    for (size_t i = 0; i < passes->count && !path->stop; i++) {
        const struct sized *sized = &passes->paths[i];
        size_t mark = path_mark(path);
        if (!sized->emission.accepted || !path_feasible(path, sized->condition))
            continue;
        assume(path, LEDGER_OWN_ENTRIES, sized->condition);
        assume(path, LEDGER_OWN_ENTRIES, term_eq(final->own_length, num(sized->emission.count)));
        compare(s, sized, final, e, halfwords);
        path_release(path, mark);
    }
}
