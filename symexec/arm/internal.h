/* What the files of this folder share: questions to the environment, places in memory, arithmetic with flags. */
#ifndef THUMBPROOF_ARM_INTERNAL_H
#define THUMBPROOF_ARM_INTERNAL_H

#include "symexec/arm/arm.h"
#include "symexec/arm/decode.h"

/* ---- rules.c ---- */

/* Notes the broken rule and a line of detail; returns false. */
bool arm_break(struct arm_state *s, enum arm_rule rule, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- state.c ---- */

/* The truth of `cond`, asked if it is not constant. False if a rule is broken: it depends on what is not declared. */
bool arm_decide(struct arm_state *s, term cond, bool *answer);
/* The value of `t` on this path, asked bit by bit from the top; a sum addend by addend. False if a rule is broken. */
bool arm_concretise(struct arm_state *s, term t, uint32_t *value);
/* The value of register `reg` as an operand: r15 reads as the address of this instruction plus 4 (A2.3.1). */
term arm_read(const struct arm_state *s, unsigned reg);
/* Align(PC, 4), the base of literals: bit 1 of the PC is asked for. NULL if a rule is broken. */
term arm_aligned_pc(struct arm_state *s);

/* ---- decode.c ---- */

/* Breaks a rule about an encoding that ARMv7-M leaves open; it may have a meaning in a newer architecture, and then nothing is
 * known of it: ARM_UNSUPPORTED. */
bool arm_break_encoding(struct arm_state *s, enum arm_rule rule, term word, const char *what);

/* ---- resolve.c ---- */

/* A place in a block: `offset` if `symbolic` is NULL, otherwise the term. */
struct arm_place {
    size_t block;
    uint32_t offset;
    term symbolic;
    bool guessed; /* only the constant part of the address points into the block: it may yet be another address */
};
bool arm_find(const struct arm_state *s, term address, struct arm_place *place);
/* The place of a stack pointer: a constant offset in a stack block, or its very end (an empty stack). */
bool arm_find_stack(const struct arm_state *s, term sp, struct arm_place *place);

/* ---- memory.c ---- */

/* Four bytes as a word. */
term arm_word(const uint8_t *bytes);
/* Forgets the stack words in [from, to). */
void arm_release_stack(struct arm_state *s, size_t block, uint32_t from, uint32_t to);

/* ---- marks.c ---- */

/* What is known of a halfword. */
enum mark {
    MARK_READ = 1,     /* it was read on from here: it_blocks.c */
    MARK_INSIDE = 2,   /* it is governed by an IT instruction */
    MARK_ENTERED = 4,  /* it was reached with ITSTATE = 0 */
    MARK_LOADED = 8,   /* its low byte was read as data; the next bit: its high byte */
    MARK_FETCHED = 32, /* it was fetched from a constant image, as an instruction or the second half of one */
};
/* The marks of a block, by halfword. */
uint8_t *arm_marks(struct arm_block *block);
/* Notes that `width` bytes were fetched. */
void arm_note_fetch(struct arm_state *s, size_t block, uint32_t offset, unsigned width);
/* Notes a load from a block. */
void arm_note_load(struct arm_state *s, size_t block, uint32_t offset, unsigned width);

/* ---- it_blocks.c ---- */

/* Notes that an instruction outside of an IT block begins at `offset`. False if it is known to lie inside of one. */
bool arm_enter(struct arm_state *s, size_t block, uint32_t offset);

/* ---- step.c ---- */

/* Frees what fetch remembers about a block. */
void arm_forget_fetched(struct arm_block *block);

/* ---- alu.c ---- */

enum arm_shift { ARM_LSL, ARM_LSR, ARM_ASR, ARM_ROR };

/* A result and the flags C and V that it gives; `carry` and `overflow` are not set where the caller wants no flags. */
struct arm_result {
    term value, carry, overflow;
};
/* AddWithCarry(x, y, carry_in) (A2.2.1). */
struct arm_result arm_add(term x, term y, term carry_in, bool flags);
/* AddWithCarry(x, NOT y, carry_in): x - y where carry_in is 1. */
struct arm_result arm_subtract(term x, term y, term carry_in, bool flags);
/* Shift_C by an immediate as DecodeImmShift reads it (A7.4.2): LSR and ASR by 0 mean 32, ROR by 0 means RRX. */
struct arm_result arm_shift_immediate(term x, enum arm_shift type, unsigned amount, term carry_in, bool flags);
/* Shift_C by the low byte of a register (A7.4.2). */
struct arm_result arm_shift_register(term x, enum arm_shift type, term amount, term carry_in, bool flags);
/* The sign and zero tests of a 32-bit value. */
term arm_sign(term value);
term arm_is_zero(term value);

/* ---- exec_branch.c ---- */

/* BranchWritePC and BXWritePC (A2.3.1); the first ignores bit 0, the second wants it set. */
bool arm_branch(struct arm_state *s, term target);
bool arm_branch_exchange(struct arm_state *s, term target);

#endif
