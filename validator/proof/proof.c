/* Goals, and what becomes of them: verdicts only get worse, and the first finding of the worst verdict is kept. */
#include "validator/proof/proof.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int badness(enum verdict verdict)
{
    return verdict == VERDICT_PROVED ? 0 : verdict == VERDICT_UNKNOWN ? 1 : 2;
}

void proof_fail(struct proof *proof, enum verdict verdict, const char *format, ...)
{
    if (badness(verdict) <= badness(proof->result.verdict))
        return;
    va_list list;
    va_start(list, format);
    vsnprintf(proof->result.reason, sizeof proof->result.reason, format, list);
    va_end(list);
    *proof->result.goal = '\0';
    proof->result.verdict = verdict;
    if (verdict == VERDICT_REFUTED) /* one counterexample is enough */
        proof->path->stop = true;
}

struct relation *proof_relation(struct proof *proof)
{
    struct relation *r = calloc(1, sizeof *r);
    proof->relations = realloc(proof->relations, (proof->relation_count + 1) * sizeof(struct relation *));
    if (!r || !proof->relations)
        abort();
    proof->relations[proof->relation_count++] = r;
    return r;
}

void result_free(struct result *result)
{
    free(result->example.text);
    arm_ranges_free(&result->reads);
    result->example.text = NULL;
}

/* ---- findings ---- */

static void forget(struct finding *f)
{
    assertion_free(&f->initial);
    assertion_free(&f->expected);
    free(f->conditions);
    model_free(&f->model);
    *f = (struct finding){0};
}

void proof_close(struct proof *proof)
{
    forget(&proof->finding);
    for (size_t i = 0; i < proof->relation_count; i++) {
        relation_free(proof->relations[i]);
        free(proof->relations[i]);
    }
    free(proof->relations);
    proof->relations = NULL;
    proof->relation_count = 0;
}

/* Keeps a copy of the case, since what the situation points to belongs to the course of the proof. */
static void keep(const struct situation *s, enum goal goal, enum arm_rule rule, term truth, struct model *model)
{
    struct finding *f = &s->proof->finding;
    const struct path *path = s->proof->path;
    forget(f);
    f->present = true;
    f->goal = goal;
    f->rule = rule;
    f->truth = truth;
    f->situation = *s;
    if (s->insn) {
        f->insn = *s->insn;
        f->situation.insn = &f->insn;
    }
    if (s->before) {
        f->before = *s->before;
        f->situation.before = &f->before;
    }
    assertion_copy(&f->initial, s->initial);
    assertion_copy(&f->expected, s->expected);
    f->situation.initial = &f->initial;
    f->situation.expected = &f->expected;
    for (unsigned i = 0; s->routine && s->routine->promise && i < s->routine->promise->arguments; i++)
        f->arguments[i] = s->arguments[i];
    f->situation.arguments = f->arguments;
    f->condition_count = path->count;
    f->conditions = malloc((path->count + 1) * sizeof(term));
    if (!f->conditions)
        abort();
    if (path->count)
        memcpy(f->conditions, path->conditions, path->count * sizeof(term));
    for (unsigned i = 0; i < s->count; i++)
        f->halfwords[i] = s->halfwords[i];
    f->situation.halfwords = f->halfwords;
    f->model = *model;
    *model = (struct model){0};
}

/* ---- goals ---- */

static void note(const struct situation *s, enum goal goal, term truth, const char *about, enum arm_rule rule,
                 enum verdict verdict, const char *reason, struct model *model)
{
    char sentence[300];
    if (badness(verdict) <= badness(s->proof->result.verdict))
        return;
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"");
    snprintf(sentence, sizeof sentence, goal_rows[goal].sentence, about ? about : "");
    _Pragma("GCC diagnostic pop");
    proof_fail(s->proof, verdict, "%s%s%s%s%s%s", s->title ? s->title : "", s->subtitle && *s->subtitle ? ", " : "",
               s->subtitle ? s->subtitle : "", s->title ? ": " : "", sentence, reason);
    goal_name(goal, rule, s->proof->result.goal, sizeof s->proof->result.goal);
    keep(s, goal, rule, truth, model);
}

/*
 * A test build can drop a goal by its name, in the environment: what would not be noticed without it? With "*" it says of each
 * goal that fails which it is, and goes on.
 */
#ifdef THUMBPROOF_TEST_BUILD
static const char *drops(void)
{
    return getenv("THUMBPROOF_DROP");
}
#else
static const char *drops(void)
{
    return NULL;
}
#endif

static bool is_dropped(const struct situation *s, enum goal goal, enum arm_rule rule)
{
    char name[48];
    if (!drops())
        return false;
    goal_name(goal, rule, name, sizeof name);
    bool all = strcmp(drops(), "*") == 0;
    if (all)
        fprintf(stderr, "fails: %s %s\n", s->proof->result.id, name);
    return all || strcmp(drops(), name) == 0;
}

/* What becomes of a goal with a verdict. True if the proof goes on as after one that is proved. */
static bool settle(const struct situation *s, enum goal goal, term truth, enum verdict verdict, const char *about,
                   enum arm_rule rule, bool ours, struct model *model)
{
    if (verdict != VERDICT_PROVED && is_dropped(s, goal, rule))
        return true;
    if (verdict == VERDICT_REFUTED)
        note(s, goal, truth, about, rule, ours ? VERDICT_UNKNOWN : VERDICT_REFUTED, "", model);
    else if (verdict == VERDICT_UNKNOWN)
        note(s, goal, truth, about, rule, VERDICT_UNKNOWN, ": the solver gave up", model);
    return verdict == VERDICT_PROVED;
}

static bool decide(const struct situation *s, enum goal goal, term truth, const char *about, enum arm_rule rule,
                   bool ours)
{
    struct proof *proof = s->proof;
    struct model model = {0};
    /* A model costs more than the answer, and only a finding that is kept needs one. */
    bool wanted = !drops() && badness(proof->result.verdict) < badness(ours ? VERDICT_UNKNOWN : VERDICT_REFUTED);
    assert(goal < GOALS && truth->width == 1);
    uint64_t steps = solver_stats(proof->path->solver)->steps;
    enum verdict verdict = path_prove(proof->path, truth, wanted ? &model : NULL);
    trace_goal(proof, goal, about, truth, solver_stats(proof->path->solver)->steps - steps, verdict);
    bool goes_on = settle(s, goal, truth, verdict, about, rule, ours, &model);
    model_free(&model);
    return goes_on;
}

bool claim(const struct situation *s, enum goal goal, term truth, const char *about)
{
    return decide(s, goal, truth, about, ARM_RULE_NONE, false);
}

bool claim_value(const struct situation *s, enum goal goal, struct place at, term is, term must, const char *about)
{
    struct situation of_value = *s;
    of_value.at = at;
    of_value.must = must;
    return decide(&of_value, goal, term_eq(is, must), about, ARM_RULE_NONE, false);
}

bool claim_of_ours(const struct situation *s, enum goal goal, term truth, const char *about)
{
    return decide(s, goal, truth, about, ARM_RULE_NONE, true);
}

bool claim_fact(const struct situation *s, enum goal goal, bool holds, const char *about)
{
    enum verdict verdict = holds ? VERDICT_PROVED : VERDICT_REFUTED;
    trace_goal(s->proof, goal, about, term_truth(holds), 0, verdict);
    return settle(s, goal, term_truth(holds), verdict, about, ARM_RULE_NONE, true, &(struct model){0});
}

bool claim_all(const struct situation *s, enum goal goal, const struct assertion *a, struct world *w)
{
    bool all = true;
    for (size_t i = 0; i < a->count && !s->proof->path->stop; i++) {
        const struct clause *c = &a->clauses[i];
        all &= claim_value(s, goal, c->at, place_get(w, c->at), c->value, c->name);
    }
    return all;
}

void claim_broken(const struct situation *s, const struct arm_state *arm)
{
    static const char *const whose[] = {"compiler", "emitted code", "routine"};
    struct situation of_rule = *s;
    char what[280];
    const struct arm_rule_info *rule = arm_rule_info(arm->broken);
    assert(arm->broken != ARM_RULE_NONE && arm->broken != ARM_UNSUPPORTED); /* limits of ours: see triple.c */
    snprintf(what, sizeof what, "%s: %s (%s)", rule->name, arm->detail, rule->section);
    of_rule.title = whose[s->phase];
    of_rule.subtitle = NULL;
    decide(&of_rule, GOAL_RULE, arm->unless ? arm->unless : term_truth(false), what, arm->broken, false);
}
