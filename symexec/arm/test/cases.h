/*
 * Random instructions and states for the tests of the semantics: a case is a machine with three blocks (code, data,
 * stack), values for its registers, and the halfwords of one instruction or of one IT block.
 */
#ifndef THUMBPROOF_ARM_TEST_CASES_H
#define THUMBPROOF_ARM_TEST_CASES_H

#include "symexec/arm/execute.h"

enum {
    CODE_BASE = 0x10000,
    CODE_SIZE = 0x4000,
    DATA_BASE = 0x20000,
    DATA_SIZE = 0x2000,
    STACK_BASE = 0x30000,
    STACK_SIZE = 0x1000,
    MAX_HALFWORDS = 10,
};

struct test_case {
    uint32_t r[16];
    bool n, z, c, v;
    uint16_t halfwords[MAX_HALFWORDS]; /* at r[15] */
    unsigned count;
    unsigned instructions; /* of them the last is of the row; the first may be IT */
    bool it;
};

/* The contents of the three blocks; the same in all cases. */
struct test_memory {
    uint8_t code[CODE_SIZE], data[DATA_SIZE], stack[STACK_SIZE];
};

uint32_t test_random(void);
void test_seed(uint32_t seed);
void test_memory_fill(struct test_memory *memory);
/* A random case whose last instruction is of pattern `p`; with `it`, it may be inside of an IT block. */
void test_case_make(struct test_case *c, const struct arm_pattern *p, bool it);
/* Whether the case is of row `p` and not of another that stands before it, such as TST before AND. */
bool test_case_is(const struct test_case *c, const struct arm_pattern *p);
/* Rows that the model executes, where whatever can be allowed is. */
bool test_row_executes(const struct arm_pattern *p);
/* Whether the row accesses memory through Rn. */
bool test_row_accesses(const struct arm_pattern *p);
/* The machine of a case over constants. The blocks are 0 code, 1 data, 2 stack. */
void test_machine(struct arm_state *s, struct undo *undo, const struct arm_env *env, const struct test_memory *memory);
/* Sets registers, flags and code to the case. */
void test_machine_set(struct arm_state *s, const struct test_case *c);
/*
 * Runs `run` for `cases` cases in all; many cases run in rounds, each in a process of its own, because terms live as
 * long as theirs.
 */
void test_rounds(unsigned long cases, void (*run)(uint32_t seed, unsigned long cases, void *data), void *data);
/* Environment whose decide must not be called. */
extern const struct arm_env test_constant_env;

#endif
