/*
 * Z3 behind two questions: can these conditions hold together, and do these hypotheses imply this goal?
 *
 * Feasibility is remembered by the set of conditions; a goal gets a fresh context of its own and is remembered by its
 * hypotheses and itself. Limits are counted in solver steps (Z3's rlimit), which repeat exactly; the wall clock is only
 * a backstop against a step that does not end.
 */
#ifndef THUMBPROOF_SOLVER_H
#define THUMBPROOF_SOLVER_H

#include "symexec/term/term.h"

enum verdict { VERDICT_PROVED, VERDICT_REFUTED, VERDICT_UNKNOWN };

/* Values of variables, in order of creation. Variables that are absent do not matter and count as 0. */
struct model {
    struct model_entry {
        term var;
        uint64_t value;
    } * entries;
    size_t count, room;
};
/* Value of `var`, 0 if absent. Fit for term_eval: `data` is a struct model. */
uint64_t model_lookup(term var, void *data);
void model_set(struct model *model, term var, uint64_t value);
void model_free(struct model *model);

struct solver_limits {
    unsigned goal_steps;     /* rlimit of one goal */
    unsigned feasible_steps; /* rlimit of one feasibility query */
    unsigned backstop_ms;    /* wall clock of either */
};

struct solver_stats {
    uint64_t goals;       /* asked, identities included */
    uint64_t by_identity; /* closed without Z3: both sides are the same node */
    uint64_t cached;      /* answered before */
    uint64_t goal_calls;  /* Z3 runs for goals, or answers of runs in another process */
    uint64_t feasible_asked, feasible_calls;
    uint64_t feasible_conditions; /* in all of the latter together: what they cost */
    uint64_t shared;              /* of these, answers of another process */
    uint64_t steps;               /* of all goals, a remembered answer charged again */
    double goal_seconds, feasible_seconds;
};

/* ---- shared.c: answers shared by the processes that are forked after it was opened; NULL if there is no memory --- */

struct solver_shared;
struct solver_shared *solver_shared_open(void);
void solver_shared_close(struct solver_shared *shared);

struct solver;
/* `shared` may be NULL. */
struct solver *solver_open(const struct solver_limits *limits, struct solver_shared *shared);
void solver_close(struct solver *solver);
struct solver_stats *solver_stats(struct solver *solver);
/* Seconds since some fixed point. */
double solver_clock(void);

/* ---- feasible.c ---- */

/* Whether conditions[0..count) and `extra` (may be NULL) can hold together, given that the conditions alone can:
 * only those that are connected with `extra` by variables are asked. True also if Z3 does not know. */
bool solver_feasible(struct solver *solver, const term *conditions, size_t count, term extra);

/* ---- prove.c ---- */

/*
 * Whether the conditions imply `goal` (width 1). First with the conditions that share a variable with the goal, then
 * with all of them and with `definitions` (facts about opaque variables that are needed only to refute). On
 * VERDICT_REFUTED and with a model, it gets an assignment with simple values where there is a choice.
 */
enum verdict solver_prove(struct solver *solver, const term *conditions, size_t count, const term *definitions,
                          size_t definition_count, term goal, struct model *model);

/* A fact as an SMT-LIB 2 text of declarations and assertions, which is proved if they cannot be met together. For facts that
 * terms cannot express, such as those about integers. */
enum verdict solver_prove_text(struct solver *solver, const char *smt2);

/* ---- audit.c ---- */

struct audit {
    uint64_t rewrites, proved, refuted, unknown;
    char first[300]; /* the first rewrite that is not proved, as text */
};
/* Has Z3 prove every rewrite that the term library logged (term_audit_start): the application as it was asked for
 * equals the node that was built. */
struct audit solver_audit(const struct solver_limits *limits);

#endif
