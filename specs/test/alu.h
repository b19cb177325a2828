/* Cases of arithmetic: what the tables of test_alu32.c and test_alu64.c are made of. */
#ifndef THUMBPROOF_SPECS_TEST_ALU_H
#define THUMBPROOF_SPECS_TEST_ALU_H

#include "specs/test/run.h"

/* dst op= imm */
struct imm_case {
    const char *section; /* of RFC 9669 */
    unsigned opcode;
    int16_t off;
    uint64_t dst;
    int32_t imm;
    uint64_t expected;
};

/* dst op= src, two registers */
struct reg_case {
    const char *section;
    unsigned opcode;
    int16_t off;
    uint64_t dst, src, expected;
};

/* dst op= dst: the same register twice */
struct same_case {
    const char *section;
    unsigned opcode;
    int16_t off;
    uint64_t both, expected;
};

/* dst = op dst; imm is 0 or the size of a byte swap */
struct unary_case {
    const char *section;
    unsigned opcode;
    int32_t imm;
    uint64_t dst, expected;
};

/*
 * Each runs a table with every choice of registers, says on standard error which cases go wrong, notes in `coverage`
 * what it ran, and returns the number of cases that went wrong.
 */
size_t alu_imm_cases(const struct imm_case *cases, size_t count, struct run_coverage *coverage);
size_t alu_reg_cases(const struct reg_case *cases, size_t count, struct run_coverage *coverage);
size_t alu_same_cases(const struct same_case *cases, size_t count, struct run_coverage *coverage);
size_t alu_unary_cases(const struct unary_case *cases, size_t count, struct run_coverage *coverage);

#endif
