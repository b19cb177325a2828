/*
 * One instruction on numbers: the real compiler and its real output under Unicorn. A goal is confirmed by the very difference that it
 * names: the value at its place, on the very code of its path, is not what it must be; or, where an emulator cannot
 * show it, by the same rule broken again by our own machine on the same constants.
 */
#include "validator/evidence/internal.h"
#include "validator/evidence/listing.h"

#include <inttypes.h>

bool code_of_finding(struct code *code, struct proof *proof, struct path *path, const struct compiled *c)
{
    const struct situation *s = &proof->finding.situation;
    term halfwords[CODE_MAX_HALFWORDS];
    struct diag diag;
    for (uint32_t i = 0; i < c->count; i++)
        halfwords[i] = term_const(16, c->code[i]);
    if (!code_open(code, proof->target, path, &diag))
        return false;
    code_start(code, halfwords, c->count, s->entry < c->count ? s->entry : 0, s->initial);
    return true;
}

/* Whether the real compiler emits what the path of the proof has. */
static bool same_code(const struct finding *f, const struct compiled *c, struct numbers *numbers)
{
    bool same = c->accepted && c->count == f->situation.count;
    for (uint32_t i = 0; same && i < c->count; i++)
        same = numbers_of(numbers, f->halfwords[i]) == c->code[i];
    return same;
}

struct replay {
    struct proof *proof;
    const struct situation *s;
    struct numbers *numbers;
    const struct compiled *compiled; /* by the real compiler, in the pass of the goal */
    FILE *out;
};

static bool differs(const struct replay *r, const char *what, uint32_t is)
{
    uint32_t must = (uint32_t)numbers_of(r->numbers, r->s->must);
    if (is == must)
        return false;
    fprintf(r->out, "    %-28s must be 0x%08" PRIx32 ", is 0x%08" PRIx32 "\n", what, must, is);
    return true;
}

static const char *name_of(const struct replay *r, char *name, size_t size)
{
    const struct assertion *a = r->s->expected;
    struct place at = r->s->at;
    for (size_t i = 0; r->s->phase == PHASE_CODE && i < a->count; i++)
        if (place_equal(a->clauses[i].at, at))
            return a->clauses[i].name;
    if (at.kind == PLACE_REGISTER)
        snprintf(name, size, "r%u", at.index);
    else if (at.kind == PLACE_HALFWORD)
        snprintf(name, size, "halfword %u of the code", at.index / 2);
    else
        snprintf(name, size, "byte %u of the context", at.index);
    return name;
}

/* ---- what shows a goal ---- */

/* The value after the call. */
static bool call_differs(const struct replay *r)
{
    char name[40];
    return r->compiled->end == EMULATION_ENDED && differs(r, name_of(r, name, sizeof name), r->compiled->value);
}

/* The value after the emitted code. */
static bool code_differs(const struct replay *r)
{
    struct path *path = path_open(NULL);
    struct code code;
    struct emulator emu;
    char name[40];
    bool shown = false;
    if (code_of_finding(&code, r->proof, path, r->compiled) &&
        emulator_open(&emu, &code.world.machine.arm, r->numbers)) {
        if (emulator_may_call(&emu, r->proof->target->image)) {
            enum emulation end = emulator_run_code(&emu, &code);
            if (end == EMULATION_ENDED)
                shown = differs(r, name_of(r, name, sizeof name), emulated_value(&emu, &code.world, r->s->at));
            else
                fprintf(r->out, "    the code ends in a %s\n", emu.fault);
        }
        emulator_close(&emu);
    }
    code_close(&code);
    path_close(path);
    return shown;
}

/* What the tool could not follow, tried. */
static bool run_differs(const struct replay *r)
{
    return trial_differs(r->proof, r->numbers, r->compiled, r->out);
}

static bool (*const shows[GOALS])(const struct replay *) = {
    [GOAL_SAVED] = call_differs,
    [GOAL_CONTEXT] = call_differs,
    [GOAL_OUTPUT] = call_differs,
    [GOAL_REFUSAL] = call_differs,
    [GOAL_FITS] = call_differs,
    [GOAL_PURE] = call_differs,
    [GOAL_SIZING_PURE] = call_differs,
    [GOAL_SAME_CODE] = call_differs,
    [GOAL_SAME_LENGTH] = call_differs,
    [GOAL_AFTER] = code_differs,
    [GOAL_ENDS] = run_differs,
    [GOAL_MODELLED] = run_differs,
    [GOAL_PRELUDE_CONSTANT] = call_differs,
};

/* Whether these numbers are on the path, and violate the goal. */
static bool is_case(const struct finding *f, struct numbers *numbers)
{
    for (size_t i = 0; i < f->condition_count; i++)
        if (!numbers_of(numbers, f->conditions[i]))
            return false;
    return !numbers_of(numbers, f->truth);
}

enum confirmation replay_instruction(struct proof *proof, struct numbers *numbers, FILE *out)
{
    const struct finding *f = &proof->finding;
    const bool is_code = f->situation.phase == PHASE_CODE;
    struct compiled c;
    struct replay r = {proof, &f->situation, numbers, &c, out};
    compile(proof, numbers, f->situation.pass, &c);
    counterexample_case(out, proof, numbers);
    if (is_code)
        listing_print(out, c.code, c.count, f->situation.entry);
    if (is_code && !same_code(f, &c, numbers))
        return CONFIRMED_NOT;
    if (f->rule != ARM_RULE_NONE)
        return rule_breaks(proof, numbers, &c, out) ? CONFIRMED_BY_RULE : CONFIRMED_NOT;
    return is_case(f, numbers) && shows[f->goal] && shows[f->goal](&r) ? CONFIRMED_BY_DIVERGENCE : CONFIRMED_NOT;
}
