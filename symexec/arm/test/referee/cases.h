/*
 * What the referee runs: a few instructions each, on an emulated board that traps as the hardware does. The same table
 * is built into the program for the board and into the test that compares it with the model.
 */
#ifndef THUMBPROOF_ARM_TEST_REFEREE_CASES_H
#define THUMBPROOF_ARM_TEST_REFEREE_CASES_H

#include <stddef.h>
#include <stdint.h>

enum {
    REFEREE_CODE = 0x20010000, /* the case, SVC instructions behind it */
    REFEREE_DATA = 0x20020000, /* bytes 0, 1, 2, ... */
    REFEREE_STACK = 0x20030000,
    REFEREE_BLOCK = 0x100, /* bytes of each of the three */
    REFEREE_SP = REFEREE_STACK + 0x80,
    REFEREE_HALFWORDS = 6,
    REFEREE_SHOWN = 8,                     /* words of data and of the stack that are compared */
    REFEREE_STACK_SHOWN = REFEREE_SP - 16, /* the first of the stack */
    REFEREE_SVC = 0xdf00,
};

/* CCR bits that a case sets. */
enum { REFEREE_UNALIGN_TRP = 8, REFEREE_DIV_0_TRP = 16 };

enum referee_outcome {
    REFEREE_RUNS,
    REFEREE_UNALIGNED,
    REFEREE_DIVIDES_BY_ZERO,
    REFEREE_LEAVES_THUMB, /* UsageFault, INVSTATE */
    REFEREE_UNDEFINED,    /* UNDEFINSTR or NOCP */
};

struct referee_case {
    const char *name;
    uint16_t code[REFEREE_HALFWORDS];
    uint32_t r0, r1; /* r2 to r12 hold patterns */
    uint32_t ccr;
    enum referee_outcome outcome; /* what the manual says */
    const char *stricter;         /* NULL, or the rule that the model breaks instead */
};
extern const struct referee_case referee_cases[];
extern const size_t referee_case_count;

/* Initial contents of a register, r2 to r12, of LR, and of a word of memory. */
static inline uint32_t referee_register(unsigned reg)
{
    return 0x11111111u * reg + 0x80000000u;
}

static inline uint32_t referee_word(uint32_t address)
{
    return 0x03020100u + 0x01010101u * (address & 0xfcu);
}

#endif
