/* Path feasibility: answers remembered by the set of conditions. */
#include "symexec/solver/internal.h"

#include <stdlib.h>
#include <time.h>

double solver_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct solver *solver_open(const struct solver_limits *limits, struct solver_shared *shared)
{
    struct solver *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    z3_forget_errors();
    s->limits = *limits;
    s->shared = shared;
    return s;
}

void solver_close(struct solver *solver)
{
    if (solver->paths.context)
        z3_scope_close(&solver->paths);
    cache_free(&solver->asked);
    cache_free(&solver->feasible);
    cache_free(&solver->proved);
    supports_free(&solver->supports);
    witnesses_free(&solver->witnesses);
    free(solver);
}

struct solver_stats *solver_stats(struct solver *solver)
{
    return &solver->stats;
}

static int by_id(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Keeps the values of a model as a witness. */
static void remember(struct solver *s, Z3_solver solver, const term *conditions, size_t count)
{
    struct model values = {0};
    Z3_model model = Z3_solver_get_model(s->paths.context, solver);
    if (!model)
        return;
    Z3_model_inc_ref(s->paths.context, model);
    for (size_t i = 0; i < count; i++) {
        const struct support *support = support_of(&s->supports, conditions[i]);
        for (uint32_t k = 0; k < support->count; k++)
            model_set(&values, support->items[k].var, z3_value(&s->paths, model, support->items[k].var));
    }
    Z3_model_dec_ref(s->paths.context, model);
    witness_add(&s->witnesses, &values);
    model_free(&values);
}

/* A solver of its own for each query, in one context that keeps the translations: an incremental solver gets slower
 * with everything that it was ever asked. */
static bool ask(struct solver *s, const term *conditions, size_t count)
{
    struct shared_key key;
    struct answer known;
    s->stats.feasible_calls++;
    s->stats.feasible_conditions += count;
    if (witness_found(&s->witnesses, &s->supports, conditions, count))
        return true;
    if (!s->paths.context)
        z3_scope_open(&s->paths, s->limits.backstop_ms);
    shared_key("feasible", (struct hypotheses){conditions, count}, term_const(1, 0), &key);
    if (shared_find(s->shared, &key, &known)) {
        s->stats.shared++;
        return known.verdict != VERDICT_REFUTED;
    }
    double start = solver_clock();
    Z3_solver solver = z3_solver(&s->paths, true, s->limits.feasible_steps);
    for (size_t i = 0; i < count; i++)
        Z3_solver_assert(s->paths.context, solver, z3_truth(&s->paths, conditions[i]));
    Z3_lbool answer = z3_check(&s->paths, solver, 0, NULL);
    if (answer == Z3_L_TRUE)
        remember(s, solver, conditions, count);
    Z3_solver_dec_ref(s->paths.context, solver);
    s->stats.feasible_seconds += solver_clock() - start;
    shared_add(s->shared, &key, (struct answer){.verdict = answer != Z3_L_FALSE ? VERDICT_PROVED : VERDICT_REFUTED});
    return answer != Z3_L_FALSE;
}

/* The conditions that matter to `extra`, and it, as a set. */
static bool decide(struct solver *solver, const term *conditions, size_t count, term extra)
{
    term kept[count + 1];
    uint32_t key[count + 1];
    size_t length = 0;
    bool feasible;
    if (extra) {
        length = support_slice(&solver->supports, conditions, count, extra, true, kept);
        kept[length++] = extra;
    } else {
        for (; length < count; length++)
            kept[length] = conditions[length];
    }
    for (size_t i = 0; i < length; i++)
        key[i] = kept[i]->id;
    qsort(key, length, sizeof *key, by_id);
    const struct answer *known = cache_find(&solver->feasible, key, length);
    if (known)
        return known->verdict != VERDICT_REFUTED;
    term reduced = extra ? known_bits_substitute(&solver->supports, kept, length - 1, extra) : NULL;
    if (reduced && term_is_const(reduced))
        feasible = term_is_true(reduced);
    else if (!few_bits_feasible(&solver->supports, kept, length, &feasible))
        feasible = ask(solver, kept, length);
    cache_add(&solver->feasible, key, length, (struct answer){.verdict = feasible ? VERDICT_PROVED : VERDICT_REFUTED});
    return feasible;
}

bool solver_feasible(struct solver *solver, const term *conditions, size_t count, term extra)
{
    uint32_t key[count + 1];
    size_t length = 0;
    solver->stats.feasible_asked++;
    key[count] = UINT32_MAX; /* no term: the conditions alone */
    if (extra && term_is_const(extra))
        return term_is_true(extra);
    for (; length < count; length++)
        key[length] = conditions[length]->id;
    if (extra)
        key[count] = extra->id;
    length = count + 1;
    const struct answer *known = cache_find(&solver->asked, key, length);
    if (known)
        return known->verdict != VERDICT_REFUTED;
    bool feasible = decide(solver, conditions, count, extra);
    cache_add(&solver->asked, key, length, (struct answer){.verdict = feasible ? VERDICT_PROVED : VERDICT_REFUTED});
    return feasible;
}
