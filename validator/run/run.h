/*
 * Deciding obligations: one (decide.c), or many in worker processes (schedule.c).
 */
#ifndef THUMBPROOF_RUN_H
#define THUMBPROOF_RUN_H

#include "validator/obligations/obligations.h"

struct run_options {
    unsigned jobs;
    bool progress, color, audit;
    bool fail_fast;          /* what comes after the first refutation of the list is not decided */
    struct telling *telling; /* NULL, or what to tell; then everything is decided here, one after the other */
};

/* What all deciding of a target's obligations shares. */
struct session {
    const struct target *target;
    struct prelude prelude;
    struct solver_shared *shared; /* answers that workers share */
};

/* ---- decide.c ---- */

/* Runs the prelude. Never fails: obligations that need a prelude which is not to be had are unknown, and say so. */
void session_open(struct session *session, const struct target *target);
void session_close(struct session *session);
/* Decides one obligation, from an empty term store: proves it, and confirms what is found wrong. */
struct result decide(const struct session *session, const struct obligation *o, const struct run_options *options);

/* ---- schedule.c ---- */

/* Decides obligations in `jobs` worker processes; results[i] belongs to list->items[i]. */
void schedule_run(const struct session *session, const struct obligations *list, const struct run_options *options,
                  struct result *results);

/* ---- wire.c: results as text, between processes and in reports ---- */

struct cJSON;
/* Parts of a result that not every reader wants. */
enum result_part {
    RESULT_TIMES = 1, /* what two runs need not agree on */
    RESULT_READS = 2, /* bytes of the image */
};
/* A result as an object, with some parts (enum result_part); and back. */
struct cJSON *result_to_json(const struct result *result, unsigned with);
bool result_from_json(const char *text, struct result *result);
/* Counters of a result, by name; NULL beyond the last. */
const char *result_counter(const struct result *result, size_t i, uint64_t *value);
/* Times of a result. */
struct cJSON *result_times(const struct result *result);
extern const char *const verdict_names[3];

#endif
