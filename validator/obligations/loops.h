/*
 * Inside obligations/: loops that are proved by their invariants.
 *
 * A loop is a function that takes one step on a struct and is called until it says that there is nothing left to do. At its
 * first arrival there a proof shows the invariant, forgets the fields and assumes it; at the second it shows that the step
 * has kept it, and nothing else, and that the measure fell.
 */
#ifndef THUMBPROOF_LOOPS_H
#define THUMBPROOF_LOOPS_H

#include "validator/obligations/obligations.h"

enum { LOOP_MAX_FIELDS = 8, LOOP_MAX_CONJUNCTS = 8, LOOP_MAX_AXIOMS = 4 };

struct conjunct {
    const char *name; /* for whoever reads that it fails */
    term truth;
};

struct loop_row {
    const char *routine; /* the promise whose proof may use it */
    size_t field_count;
    const struct {
        const char *name;
        unsigned width;
    } fields[LOOP_MAX_FIELDS];
    /* What is true of the fields at each arrival, a list: conjuncts prove faster than their conjunction. */
    size_t (*invariant)(struct path *path, const term *arguments, const term *fields, struct conjunct *conjuncts);
    /* True facts of arithmetic (lemma/...) that the first arrival and a return need. At a return, `fields` is NULL where the
     * loop was not entered. */
    size_t (*enter)(struct path *path, const term *arguments, term *axioms);
    size_t (*leave)(struct path *path, const term *arguments, const term *fields, term *axioms);
    /* Stations on the way from one invariant to the next: each is shown, and then used. Together they are the premises of a
     * lemma, whose conclusion is used where all of them were shown. */
    size_t (*stations)(struct path *path, const term *arguments, const term *before, const term *after,
                       struct conjunct *conjuncts);
    term (*conclusion)(struct path *path, const term *arguments, const term *after);
    /* Falls in each step; unsigned. */
    term (*measure)(const term *fields);
};
/* The row for a routine, or NULL. */
const struct loop_row *loop_find(const char *routine);

/* division.c */
extern const struct loop_row division_loop;

/* lemma.c: a fact about integers, as SMT-LIB 2 text that is unsatisfiable iff it holds. */
struct lemma {
    const char *name, *meaning, *text;
};
extern const struct lemma lemmas[];
extern const size_t lemma_count;

#endif
