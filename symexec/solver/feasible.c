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
    cache_free(&solver->feasible);
    cache_free(&solver->proved);
    supports_free(&solver->supports);
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

/* A solver of its own for each query, in one context that keeps the translations: an incremental solver gets slower
 * with everything that it was ever asked. */
static bool ask(struct solver *s, const term *conditions, size_t count)
{
    if (!s->paths.context)
        z3_scope_open(&s->paths);
    struct shared_key key;
    struct answer known;
    s->stats.feasible_calls++;
    shared_key("feasible", (struct hypotheses){conditions, count}, term_const(1, 0), &key);
    if (shared_find(s->shared, &key, &known)) {
        s->stats.shared++;
        return known.verdict != VERDICT_REFUTED;
    }
    double start = solver_clock();
    Z3_solver solver = z3_solver(&s->paths, true, s->limits.feasible_steps, s->limits.backstop_ms);
    for (size_t i = 0; i < count; i++)
        Z3_solver_assert(s->paths.context, solver, z3_truth(&s->paths, conditions[i]));
    Z3_lbool answer = z3_check(&s->paths, solver, 0, NULL);
    Z3_solver_dec_ref(s->paths.context, solver);
    s->stats.feasible_seconds += solver_clock() - start;
    shared_add(s->shared, &key, (struct answer){.verdict = answer != Z3_L_FALSE ? VERDICT_PROVED : VERDICT_REFUTED});
    return answer != Z3_L_FALSE;
}

bool solver_feasible(struct solver *solver, const term *conditions, size_t count, term extra)
{
    term kept[count + 1];
    uint32_t key[count + 1];
    size_t length = 0;
    solver->stats.feasible_asked++;
    if (extra) {
        if (term_is_const(extra))
            return term_is_true(extra);
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
    bool feasible = ask(solver, kept, length);
    cache_add(&solver->feasible, key, length, (struct answer){.verdict = feasible ? VERDICT_PROVED : VERDICT_REFUTED});
    return feasible;
}
