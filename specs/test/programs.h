/* For test_dpdk.c: random programs without loops, on ten registers with given values. */
#ifndef THUMBPROOF_SPECS_TEST_PROGRAMS_H
#define THUMBPROOF_SPECS_TEST_PROGRAMS_H

#include "specs/specs.h"

enum { PROGRAM_REGISTERS = 10, PROGRAM_SLOTS = 96, PROGRAM_PROLOGUE = PROGRAM_REGISTERS };

struct program {
    struct bpf_insn insns[PROGRAM_SLOTS]; /* by slot; the row is NULL in the second slot of lddw */
    size_t length;                        /* in slots */
};

struct generator {
    uint64_t random; /* the seed, at first */
    /* Whether programs may contain the instruction, or better not: then most of them do not. */
    enum program_wish { PROGRAM_NEVER, PROGRAM_SELDOM, PROGRAM_YES } (*wish)(const struct bpf_insn *insn);
};

/* Appends an instruction; returns its slot. */
size_t program_append(struct program *program, const struct bpf_insn *insn);
/* The instruction of a row, with constant fields. */
struct bpf_insn program_insn(const struct bpf_opcode *row, unsigned dst, unsigned src, int16_t off, int32_t imm);
/* Appends what every program ends with: r0 = a mixture of r0 .. r9, then exit. No register's value is lost in it. */
void program_fold(struct program *program);
/* A program of about 20 random instructions and the end. All its jumps go forward and every instruction can be reached.
 */
void program_random(struct program *program, struct generator *generator);
/* Values to start with: corners, several of them alike. */
void program_values(uint64_t *values, struct generator *generator);
/*
 * The raw slots of the program, after a prologue of PROGRAM_PROLOGUE slots that loads the registers from the context
 * that r1 points to. `slots` has room for PROGRAM_PROLOGUE + PROGRAM_SLOTS.
 */
void program_encode(const struct program *program, uint64_t *slots);
void program_print(FILE *out, const struct program *program);

#endif
