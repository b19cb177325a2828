/* Inside the solver library: what its files share. */
#ifndef THUMBPROOF_SOLVER_INTERNAL_H
#define THUMBPROOF_SOLVER_INTERNAL_H

#include "symexec/solver/z3.h"

/* ---- cache.c: answers by a key of term ids ---- */

struct answer {
    enum verdict verdict;
    bool opaque; /* products or quotients were uninterpreted: a refutation may be spurious */
    uint64_t steps;
};

/* Conditions and definitions of one goal. */
struct hypotheses {
    const term *items;
    size_t count;
};

struct cache {
    struct cache_entry *entries; /* open addressing, power of two */
    size_t room, count;
};
/* The answer remembered for this key, or NULL. Keys are compared whole. */
const struct answer *cache_find(const struct cache *cache, const uint32_t *key, size_t length);
/* Remembers an answer; the key is copied. */
void cache_add(struct cache *cache, const uint32_t *key, size_t length, struct answer answer);
void cache_free(struct cache *cache);

/* ---- support.c: which conditions matter to a term ---- */

/* The variables of terms, by term id. */
struct supports {
    struct support *items;
    size_t room;
};
void supports_free(struct supports *table);
/*
 * Copies to `kept` (room for count) the conditions that share a variable with `t`: directly, or, if `transitive`,
 * through other conditions too. Returns their number; order is kept.
 */
size_t support_slice(struct supports *table, const term *conditions, size_t count, term t, bool transitive, term *kept);

/* ---- shared.c ---- */

struct shared_key {
    uint8_t digest[32];
};
/* The key of a query: `kind` says what is asked of the hypotheses and the goal. */
void shared_key(const char *kind, struct hypotheses h, term goal, struct shared_key *key);
/* A table that is NULL holds nothing. */
bool shared_find(struct solver_shared *shared, const struct shared_key *key, struct answer *answer);
void shared_add(struct solver_shared *shared, const struct shared_key *key, struct answer answer);

/* ---- search.c ---- */

/* Looks for an assignment near `model` that meets the hypotheses and not the goal, with the real meaning of every
 * operation. True if it found one: then it is in `model`. */
bool search_counterexample(struct hypotheses h, term goal, struct model *model);

struct solver {
    struct solver_limits limits;
    struct solver_shared *shared;
    struct solver_stats stats;
    struct z3_scope paths; /* of feasibility queries */
    struct cache feasible, proved;
    struct supports supports;
};

#endif
