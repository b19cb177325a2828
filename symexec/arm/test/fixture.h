/* A machine for tests of single rules: five blocks, known registers, and answers that are given in advance. */
#ifndef THUMBPROOF_ARM_TEST_FIXTURE_H
#define THUMBPROOF_ARM_TEST_FIXTURE_H

#include "symexec/arm/internal.h"

enum { CODE = 0x8000, DATA = 0x20000, CONSTANTS = 0x21000, FIXTURE_STACK = 64, FIXTURE_HALFWORDS = 32 };
enum { FIXTURE_CODE, FIXTURE_DATA, FIXTURE_CONSTANTS, FIXTURE_STACK_BLOCK, FIXTURE_BUFFER };

/*
 * r0 data, r1 undefined, r2 any value, r3 constants, r4 no block, r5 data + 2, r6 zero, r7 data | 1, r8 data of a
 * symbolic size; sp is in the middle of its stack; the flags are undefined. The constants are 1, 2, 3, ...
 */
struct fixture {
    struct arm_state s;
    struct undo undo;
    struct arm_env env;
    bool answer;    /* of every question, */
    bool by_value;  /* or what is true where */
    uint64_t value; /* every variable has this value */
    unsigned asked; /* questions */
    uint8_t code[2 * FIXTURE_HALFWORDS];
};

void fixture_open(struct fixture *f, const uint16_t *code, unsigned count);
void fixture_close(struct fixture *f);
/* An address with three low zeros. */
term fixture_base(const char *name);
/* What a term is where every variable has the fixture's value. */
uint64_t fixture_eval(struct fixture *f, term t);

#endif
