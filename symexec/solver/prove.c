/* Goals: a fresh Z3 context for each, deleted with everything in it. */
#include "symexec/solver/internal.h"

#include <stdlib.h>

uint64_t model_lookup(term var, void *data)
{
    const struct model *model = data;
    for (size_t i = 0; i < model->count; i++)
        if (model->entries[i].var == var)
            return model->entries[i].value;
    return 0;
}

void model_set(struct model *model, term var, uint64_t value)
{
    for (size_t i = 0; i < model->count; i++)
        if (model->entries[i].var == var) {
            model->entries[i].value = value;
            return;
        }
    if (model->count == model->room) {
        model->room = model->room ? 2 * model->room : 16;
        model->entries = realloc(model->entries, model->room * sizeof *model->entries);
        if (!model->entries)
            abort();
    }
    model->entries[model->count++] = (struct model_entry){var, value};
}

void model_free(struct model *model)
{
    free(model->entries);
    *model = (struct model){0};
}

static void note_variable(term var, uint64_t bits, void *data)
{
    (void)bits;
    model_set(data, var, 0);
}

/* Whether `var` can have `value` besides what the solver holds already; if so it is asserted. */
static bool fix(struct z3_scope *z, Z3_solver solver, term var, uint64_t value)
{
    Z3_ast equal = z3_truth(z, term_eq(var, term_const(var->width, value)));
    if (z3_check(z, solver, 1, &equal) != Z3_L_TRUE)
        return false;
    Z3_solver_assert(z->context, solver, equal);
    return true;
}

/* A model with dull values: each variable in turn gets the simplest value that is still possible. */
static void simplest_model(struct z3_scope *z, Z3_solver solver, struct hypotheses h, term goal, struct model *model)
{
    static const uint64_t simple[] = {0, 1, 2, 3, 4, 7, 8, 16, 0x100};
    term_variables(goal, note_variable, model);
    for (size_t i = 0; i < h.count; i++)
        term_variables(h.items[i], note_variable, model);
    for (size_t i = 0; i < model->count; i++) {
        term var = model->entries[i].var;
        bool fixed = false;
        for (size_t k = 0; k < sizeof simple / sizeof *simple && !fixed; k++) {
            fixed = simple[k] <= term_mask(var->width) && fix(z, solver, var, simple[k]);
            model->entries[i].value = simple[k];
        }
        if (fixed || z3_check(z, solver, 0, NULL) != Z3_L_TRUE)
            continue;
        Z3_model any = Z3_solver_get_model(z->context, solver);
        Z3_model_inc_ref(z->context, any);
        model->entries[i].value = z3_value(z, any, var);
        Z3_model_dec_ref(z->context, any);
        fix(z, solver, var, model->entries[i].value);
    }
}

/* One run of Z3, with products and quotients opaque or real. The solver is made last: its logic depends on what was
 * translated. */
static struct answer ask(struct solver *s, bool opaque, struct hypotheses h, term goal, struct model *model)
{
    struct z3_scope z;
    z3_scope_open(&z, s->limits.backstop_ms);
    z.opaque = opaque;
    double start = solver_clock();
    for (size_t i = 0; i < h.count; i++)
        z3_truth(&z, h.items[i]);
    z3_truth(&z, goal);
    Z3_solver solver = z3_solver(&z, false, s->limits.goal_steps);
    for (size_t i = 0; i < h.count; i++)
        Z3_solver_assert(z.context, solver, z3_truth(&z, h.items[i]));
    for (unsigned i = 0; i < z.axiom_count; i++)
        Z3_solver_assert(z.context, solver, z.axioms[i]);
    Z3_solver_assert(z.context, solver, Z3_mk_not(z.context, z3_truth(&z, goal)));
    Z3_lbool answer = z3_check(&z, solver, 0, NULL);
    struct answer result = {VERDICT_UNKNOWN, z.used_opaque, z3_steps(&z, solver)};
    if (answer == Z3_L_FALSE)
        result.verdict = VERDICT_PROVED;
    else if (answer == Z3_L_TRUE)
        result.verdict = VERDICT_REFUTED;
    if (result.verdict == VERDICT_REFUTED && model)
        simplest_model(&z, solver, h, goal, model);
    s->stats.goal_seconds += solver_clock() - start;
    s->stats.goal_calls++;
    Z3_solver_dec_ref(z.context, solver);
    z3_scope_close(&z);
    return result;
}

/* The answer without a model, remembered. Its steps are charged to everyone who asks. */
static struct answer ask_once(struct solver *s, struct hypotheses h, term goal)
{
    uint32_t key[h.count + 1];
    for (size_t i = 0; i < h.count; i++)
        key[i] = h.items[i]->id;
    key[h.count] = goal->id;
    const struct answer *known = cache_find(&s->proved, key, h.count + 1);
    struct answer answer;
    if (known) {
        answer = *known;
        s->stats.cached++;
    } else {
        struct shared_key shared;
        shared_key("prove", h, goal, &shared);
        if (shared_find(s->shared, &shared, &answer)) {
            s->stats.shared++;
            s->stats.goal_calls++;
        } else {
            answer = ask(s, true, h, goal, NULL);
            shared_add(s->shared, &shared, answer);
        }
        cache_add(&s->proved, key, h.count + 1, answer);
    }
    s->stats.steps += answer.steps;
    return answer;
}

/* A goal that is not implied if products and quotients may be any functions: is it implied by the real ones? */
static enum verdict with_real_operations(struct solver *s, struct hypotheses h, term goal, struct model *model)
{
    struct model own = {0};
    if (!model)
        model = &own;
    ask(s, true, h, goal, model);
    enum verdict verdict = VERDICT_REFUTED;
    if (!search_counterexample(h, goal, model)) {
        model->count = 0;
        verdict = ask(s, false, h, goal, model).verdict;
    }
    model_free(&own);
    return verdict;
}

enum verdict solver_prove(struct solver *solver, const term *conditions, size_t count, const term *definitions,
                          size_t definition_count, term goal, struct model *model)
{
    solver->stats.goals++;
    if (term_is_true(goal)) {
        solver->stats.by_identity++;
        return VERDICT_PROVED;
    }
    term all[count + definition_count + 1];
    if (!term_is_const(goal)) { /* a sign that a path has decided makes extensions constants on both sides */
        goal = known_bits_substitute(&solver->supports, conditions, count, goal);
        if (term_is_true(goal)) {
            solver->stats.by_identity++;
            return VERDICT_PROVED;
        }
    }
    if (!term_is_const(goal)) {
        struct hypotheses sliced = {all, support_slice(&solver->supports, conditions, count, goal, false, all)};
        if (ask_once(solver, sliced, goal).verdict == VERDICT_PROVED)
            return VERDICT_PROVED;
    }
    for (size_t i = 0; i < count; i++)
        all[i] = conditions[i];
    for (size_t i = 0; i < definition_count; i++)
        all[count + i] = definitions[i];
    struct hypotheses full = {all, count + definition_count};
    struct answer answer = ask_once(solver, full, goal);
    if (answer.verdict != VERDICT_PROVED && answer.opaque)
        return with_real_operations(solver, full, goal, model);
    if (answer.verdict == VERDICT_REFUTED && model)
        return ask(solver, true, full, goal, model).verdict;
    return answer.verdict;
}

enum verdict solver_prove_text(struct solver *s, const char *smt2)
{
    struct z3_scope z;
    enum verdict verdict = VERDICT_UNKNOWN;
    z3_scope_open(&z, s->limits.backstop_ms);
    double start = solver_clock();
    Z3_ast_vector assertions = Z3_parse_smtlib2_string(z.context, smt2, 0, NULL, NULL, 0, NULL, NULL);
    if (assertions)
        Z3_ast_vector_inc_ref(z.context, assertions);
    Z3_solver solver = z3_solver(&z, true, s->limits.goal_steps);
    if (assertions && Z3_ast_vector_size(z.context, assertions)) {
        for (unsigned i = 0; i < Z3_ast_vector_size(z.context, assertions); i++)
            Z3_solver_assert(z.context, solver, Z3_ast_vector_get(z.context, assertions, i));
        Z3_lbool answer = z3_check(&z, solver, 0, NULL);
        verdict = answer == Z3_L_FALSE ? VERDICT_PROVED : answer == Z3_L_TRUE ? VERDICT_REFUTED : VERDICT_UNKNOWN;
    }
    if (assertions)
        Z3_ast_vector_dec_ref(z.context, assertions);
    s->stats.goals++;
    s->stats.goal_calls++;
    s->stats.steps += z3_steps(&z, solver);
    s->stats.goal_seconds += solver_clock() - start;
    Z3_solver_dec_ref(z.context, solver);
    z3_scope_close(&z);
    return verdict;
}
