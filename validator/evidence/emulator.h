/* Inside evidence/: machine states carried over to Unicorn. */
#ifndef THUMBPROOF_EMULATOR_H
#define THUMBPROOF_EMULATOR_H

#include "validator/proof/proof.h"

#include <unicorn/unicorn.h>

/*
 * Numbers for all variables: the model's where it has any. Addresses are those of the emulator's blocks, with the model's low bits,
 * so that a dependence on these shows.
 */
struct numbers {
    const struct target *target;
    struct model *model;
    unsigned shake;             /* 0: the model; else what `pinned` has, and noise for the rest, other noise for each */
    const struct model *pinned; /* NULL: nothing */
    bool exact;                 /* addresses are the model's: nothing is run that has to find its blocks */
};
uint64_t numbers_lookup(term var, void *numbers);
uint64_t numbers_of(struct numbers *numbers, term t);

enum { EMULATOR_MAX_SEGMENTS = 32 };

/* How a run ends. */
enum emulation {
    EMULATION_ENDED,
    EMULATION_FAULT,
    EMULATION_REPEATS, /* it comes to the same complete state twice, so it never ends */
    EMULATION_LIMIT,   /* more instructions than anyone waits for */
};

struct emulator {
    uc_engine *uc;
    struct numbers *numbers;
    bool wrote;      /* memory has other contents than at the last snapshot */
    char fault[120]; /* how it ended, for a reader; empty if well */
    struct emulator_segment {
        uint32_t address, size;
    } segments[EMULATOR_MAX_SEGMENTS]; /* code that may be called; see emulator_may_call */
    size_t segment_count;
};

/* The manifest's core with the registers and blocks of `state`, evaluated. */
bool emulator_open(struct emulator *e, const struct arm_state *state, struct numbers *numbers);
/* What is run may call routines of the image, which is among the blocks. */
bool emulator_may_call(struct emulator *e, const struct arm_image *image);
void emulator_close(struct emulator *e);
/* Runs until the pc is `until`: a function's return. */
enum emulation emulator_call(struct emulator *e, uint32_t until);
/* Runs the code of `c` until the pc is neither in it nor in the image, or is where it begins. A routine that has a contract leaves to its caller what the
 * contract promises; what a callee may change is then noise, below sp too. */
enum emulation emulator_run_code(struct emulator *e, const struct code *c);
uint32_t emulator_register(struct emulator *e, unsigned reg);
uint32_t emulator_word(struct emulator *e, uint32_t address);
void emulator_write(struct emulator *e, uint32_t address, uint32_t value);

#endif
