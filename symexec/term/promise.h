/*
 * Opaque functions, and what a machine-code function promises, both as terms only: specifications state them, the path
 * engine uses them at calls, and proofs of the function itself take them as postcondition.
 */
#ifndef THUMBPROOF_PROMISE_H
#define THUMBPROOF_PROMISE_H

#include "symexec/term/term.h"

enum { OPAQUE_MAX_ARGUMENTS = 4, OPAQUE_MAX_RESULTS = 2, PROMISE_MAX_FACTS = 4, PROMISE_MAX_CASES = 2 };

/* A function of which only this is known: equal arguments give equal results. */
struct opaque_function {
    unsigned arity, result_count;
    struct {
        const char *prefix; /* of the variables that stand for it */
        unsigned width;
    } results[OPAQUE_MAX_RESULTS];
    bool expands; /* results[0] is an i:imm3:imm8 that means arguments[0] (A5.3.2) wherever it is used */
};

/* One way that a function can return. The guards exclude each other and cover everything. */
struct promise_case {
    term guard;
    term words[OPAQUE_MAX_RESULTS];
};

struct promise {
    const char *name, *meaning;
    unsigned arguments, results;   /* words of 32 bits, in the registers from r0 on */
    struct opaque_function opaque; /* parts of the results of which only facts are known; may have no results */
    /* NULL, or what is known of the opaque parts; returns the number of facts. */
    size_t (*facts)(const term *arguments, const term *opaque, term *facts);
    /* The cases; returns their number. `parameter` is the manifest's: the value for "none". */
    size_t (*cases)(uint32_t parameter, const term *arguments, const term *opaque, struct promise_case *cases);
    /* NULL if nothing is opaque; else the opaque parts that explain the words which the function really returned. */
    void (*witness)(uint32_t parameter, const term *words, term *opaque);
};

#endif
