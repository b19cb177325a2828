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

/* The variables that a term depends on, in order of id, and for each the bits that can matter; computed once for each
 * term that was asked about. */
struct support {
    struct used {
        term var;
        uint64_t bits;
    } * items;
    uint32_t count;
    bool known;
};
/* By term id. */
struct supports {
    struct support *items;
    size_t room;
};
void supports_free(struct supports *table);
/* The support of `t`; good until the next call for another term. */
const struct support *support_of(struct supports *table, term t);
/*
 * Copies to `kept` (room for count) the conditions that share a variable with `t`: directly, or, if `transitive`,
 * through other conditions too. Returns their number; order is kept.
 */
size_t support_slice(struct supports *table, const term *conditions, size_t count, term t, bool transitive, term *kept);

/* ---- few_bits.c: what depends on few bits is decided by trying all of their values ---- */

/* Whether the conditions can hold together. False if they depend on too many bits to try. */
bool few_bits_feasible(struct supports *supports, const term *conditions, size_t count, bool *feasible);
/* The bits of `var` that have one value wherever the conditions that depend on nothing but a few bits of it hold. */
void few_bits_known(struct supports *supports, const term *conditions, size_t count, term var, uint64_t *zeros,
                    uint64_t *ones);

/* ---- known.c ---- */

/* `t` with the bits that the conditions decide (a sign, a bound's leading bits, a few bits) as constants: equal to `t`
 * wherever the conditions hold. */
term known_bits_substitute(struct supports *supports, const term *conditions, size_t count, term t);

/* ---- witness.c: assignments that met an earlier query, tried before Z3 is asked ---- */

enum { WITNESSES = 8 };

struct witnesses {
    struct witness {
        uint64_t *values; /* by index of the variable; 0 beyond the end */
        size_t count;
    } items[WITNESSES];
    size_t newest;
};
void witnesses_free(struct witnesses *w);
/* Whether an assignment that is remembered meets all the conditions, or one that differs from the newest in variables of
 * the last condition; that one is then remembered. */
bool witness_found(struct witnesses *w, struct supports *supports, const term *conditions, size_t count);
/* Remembers the newest assignment with the values of `model` in place of its own. */
void witness_add(struct witnesses *w, const struct model *model);

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
    struct cache asked;    /* of feasibility, as it was asked: all conditions in their order */
    struct cache feasible, proved;
    struct supports supports;
    struct witnesses witnesses;
};

#endif
