/*
 * Inside obligations/: the two passes over an instruction. The first finds out how long its code is, the second emits it with the
 * final offset table; what the first came to is kept, and each path of the second is compared with it.
 */
#ifndef THUMBPROOF_PASSES_H
#define THUMBPROOF_PASSES_H

#include "validator/obligations/obligations.h"

struct passes {
    struct compiler sizing; /* opened by whoever proves */
    struct sized {          /* what one of its paths came to */
        term condition;     /* of the path, beyond the domain */
        struct emission emission;
        term *halfwords; /* owned; NULL if it refuses */
    } * paths;
    size_t count, room;
};

/* Runs the sizing pass for the instruction of a situation, and states the goals of it alone: each call is lawful, refuses only where
 * it may, and neither status nor length depend on what is not filled yet. Forgets what was there before. */
void passes_size(struct passes *passes, const struct situation *situation);
/* States the goals of a path of the final pass, which has returned: under each path of the sizing pass that can be together with it, it
 * emits as much, and the same where nothing jumps; or, if it refuses, may refuse, and has left other code alone.
 * `halfwords` are the code if it accepts. */
void passes_compare(const struct passes *passes, const struct situation *situation, struct compiler *final,
                    const struct emission *emission, const term *halfwords);
void passes_close(struct passes *passes);

#endif
