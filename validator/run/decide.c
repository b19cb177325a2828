/* One obligation: a proof, and evidence for what it found. */
#include "validator/run/run.h"

#include "validator/evidence/evidence.h"

#include <sys/resource.h>
#include <time.h>

/* Limits of one query in solver steps; the clock is only a backstop. */
static const struct solver_limits limits = {.goal_steps = 200000000, .feasible_steps = 20000000, .backstop_ms = 120000};

/* Of a whole obligation: fifteen times what the largest of ours takes, or more. */
static const struct path_limits path_limits = {
    .instructions = 4000000, .conditions = 200000, .solver_steps = 2000000000};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void session_open(struct session *session, const struct target *target)
{
    *session = (struct session){.target = target, .shared = solver_shared_open()};
    term_reset();
    struct solver *solver = solver_open(&limits, NULL);
    prelude_find(target, solver, &session->prelude);
    solver_close(solver);
}

void session_close(struct session *session)
{
    prelude_free(&session->prelude);
    solver_shared_close(session->shared);
    session->shared = NULL;
}

/* A wrong rewrite makes whatever was proved with it worthless. */
static void check_rewrites(struct proof *proof)
{
    struct audit audit = solver_audit(&limits);
    proof->result.rewrites = audit.proved;
    if (audit.refuted)
        proof_fail(proof, VERDICT_UNKNOWN, "a term rewrite is wrong: %s", audit.first);
    else if (audit.unknown)
        proof_fail(proof, VERDICT_UNKNOWN, "%llu term rewrites are not proved: %s", (unsigned long long)audit.unknown,
                   audit.first);
}

static void count(struct proof *proof, const struct solver_stats *s)
{
    struct result *r = &proof->result;
    r->forks = proof->path->forks;
    if (proof->path->believed)
        rely(proof->path, LEDGER_PROMISE);
    r->relied = proof->path->relied;
    r->goals = s->goals;
    r->by_identity = s->by_identity;
    r->cached = s->cached;
    r->solver_calls = s->goal_calls + s->feasible_calls;
    r->solver_steps = s->steps;
    r->z3_seconds = s->goal_seconds + s->feasible_seconds;
    r->step_seconds = proof->path->step_seconds;
}

static void collect_reads(struct proof *proof, const struct obligation *o)
{
    arm_ranges_add_all(&proof->result.reads, &proof->path->reads);
    if (o->kind->needs_prelude)
        arm_ranges_add_all(&proof->result.reads, &proof->prelude->reads);
}

struct result decide(const struct session *session, const struct obligation *o, const struct run_options *options)
{
    struct rusage usage;
    double start = now();
    term_reset();
    struct solver *solver = solver_open(&limits, session->shared);
    struct proof proof = {.target = session->target,
                          .prelude = &session->prelude,
                          .path = path_open(solver),
                          .telling = options->telling};
    proof.path->limits = path_limits;
    proof.result.verdict = VERDICT_PROVED;
    proof.result.halfwords_min = proof.result.arm_min = UINT64_MAX;
    snprintf(proof.result.id, sizeof proof.result.id, "%s", o->id);
    if (o->kind->needs_prelude && !session->prelude.found && o->kind->prove != prologue_prove)
        proof_fail(&proof, VERDICT_UNKNOWN, "there is no prelude to prove it with: %s: %s",
                   session->target->manifest.prelude, session->prelude.problem);
    else
        o->kind->prove(&proof, o);
    if (options->audit)
        check_rewrites(&proof);
    claim_fact(&(struct situation){.proof = &proof}, GOAL_EXPLORED, proof.result.paths > 0, NULL);
    if (proof.result.halfwords_max == 0 && proof.result.halfwords_min == UINT64_MAX)
        proof.result.halfwords_min = 0;
    if (proof.result.arm_min == UINT64_MAX)
        proof.result.arm_min = 0;
    collect_reads(&proof, o);
    count(&proof, solver_stats(solver));
    evidence_confirm(&proof);
    getrusage(RUSAGE_SELF, &usage);
    proof.result.seconds = now() - start;
    proof.result.peak_kib = (uint64_t)usage.ru_maxrss;
    proof_close(&proof);
    path_close(proof.path);
    solver_close(solver);
    return proof.result;
}
