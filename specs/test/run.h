/*
 * For the tests of the specification: one instruction run on numbers and compared with what is expected of it.
 *
 * Tables of cases write opcode bytes from their parts, as RFC 9669 section 4 does, so that they owe nothing to the
 * table of opcodes.
 */
#ifndef THUMBPROOF_SPECS_TEST_RUN_H
#define THUMBPROOF_SPECS_TEST_RUN_H

#include "specs/specs.h"

/* Classes (section 3), sources and operations (section 4). */
enum { ALU = 4, JMP = 5, JMP32 = 6, ALU64 = 7 };
enum { K = 0, X = 8, TO_LE = 0, TO_BE = 8 };
enum {
    ADD = 0x00,
    SUB = 0x10,
    MUL = 0x20,
    DIV = 0x30,
    OR = 0x40,
    AND = 0x50,
    LSH = 0x60,
    RSH = 0x70,
    NEG = 0x80,
    MOD = 0x90,
    XOR = 0xa0,
    MOV = 0xb0,
    ARSH = 0xc0,
    END = 0xd0,
};
enum {
    JA = 0x00,
    JEQ = 0x10,
    JGT = 0x20,
    JGE = 0x30,
    JSET = 0x40,
    JNE = 0x50,
    JSGT = 0x60,
    JSGE = 0x70,
    EXIT = 0x90,
    JLT = 0xa0,
    JLE = 0xb0,
    JSLT = 0xc0,
    JSLE = 0xd0,
};
enum { LDDW = 0x18 }; /* IMM, DW, LD: section 5.4 */

/* What an instruction must do. Registers other than `dst` keep their values; dst is BPF_REGISTERS if all do. */
struct run_result {
    enum bpf_outcome outcome;
    unsigned dst;
    uint64_t value;
    uint32_t pc, fuel; /* if outcome is BPF_NEXT */
};

/* The instruction with these fields. The test fails if there is none, or if it does not cite `section` of RFC 9669. */
struct bpf_insn run_insn(const char *section, unsigned opcode, unsigned dst, unsigned src, int16_t off, int32_t imm);
/* A state whose registers hold different numbers, none of them a corner case. */
struct bpf_state run_state(uint32_t pc, uint32_t fuel);
/* The case of one step whose guard is true. The test fails if there is not exactly one. */
struct bpf_case run_step(const struct bpf_state *before, const struct bpf_insn *insn);
/* Whether the instruction does what is expected; if not, says on standard error what it does instead. */
bool run_check(const struct bpf_state *before, const struct bpf_insn *insn, const struct run_result *expected);
/* Number of cases that name a row of the table by these fields: for tests of coverage. */
struct run_coverage {
    unsigned cases[256]; /* by row of bpf_opcodes */
};
void run_cover(struct run_coverage *coverage, const struct bpf_insn *insn);

#endif
