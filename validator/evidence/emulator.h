/* Inside evidence/: machine states carried over to Unicorn. */
#ifndef THUMBPROOF_EMULATOR_H
#define THUMBPROOF_EMULATOR_H

#include "validator/proof/proof.h"

#include <unicorn/unicorn.h>

/* Numbers for all variables: the model's, addresses that do not collide for private bases, noise for class U. */
struct numbers {
    struct model *model;
    unsigned variant; /* another variant has other addresses and other noise */
    unsigned shake;   /* 0: the model; else what `pinned` has, and noise for the rest, another one for each number */
    const struct model *pinned;
};
uint64_t numbers_lookup(term var, void *numbers);
uint64_t numbers_of(struct numbers *numbers, term t);

enum { EMULATOR_MAX_SEGMENTS = 32 };

struct emulator {
    uc_engine *uc;
    struct numbers *numbers;
    char fault[120]; /* what went wrong, or empty */
    struct emulator_segment {
        uint32_t address, size;
    } segments[EMULATOR_MAX_SEGMENTS]; /* code that may be called; see emulator_add_image */
    size_t segment_count;
};

/* A Cortex-M3 with the registers and blocks of `state`, evaluated. */
bool emulator_open(struct emulator *e, const struct arm_state *state, struct numbers *numbers);
/* Loads the image, so that what is run may call its routines. */
bool emulator_add_image(struct emulator *e, const struct arm_image *image);
void emulator_close(struct emulator *e);
/* Runs until the pc is `until` (a function's return), or, if `until` is 0, until it is neither in [from, to) nor in
 * the image. False on a fault or after too many instructions. */
bool emulator_run(struct emulator *e, uint32_t until, uint32_t from, uint32_t to);
uint32_t emulator_register(struct emulator *e, unsigned reg);
uint32_t emulator_word(struct emulator *e, uint32_t address);
void emulator_write(struct emulator *e, uint32_t address, uint32_t value);

#endif
