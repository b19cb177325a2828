/* The Thumb-2 encodings that the compiler emits. Each function appends one instruction. */
#ifndef JIT_THUMB_H
#define JIT_THUMB_H

#include <stdint.h>

struct jit;

/* Data processing that sets the flags: rd = rn op operand. Rows of thumb.c. */
enum thumb_op {
    THUMB_ADDS,
    THUMB_ADCS,
    THUMB_SUBS,
    THUMB_SBCS,
    THUMB_RSBS,
    THUMB_ANDS,
    THUMB_BICS,
    THUMB_ORRS,
    THUMB_ORNS,
    THUMB_EORS,
    THUMB_NO_OP,
};

/* Shifts, in the manual's order of the type field. Short forms may set the flags. */
enum thumb_shift {
    THUMB_LSL,
    THUMB_LSR,
    THUMB_ASR,
};

/* rd = op rm; the flags are dead afterwards. */
enum thumb_unary {
    THUMB_SXTB,
    THUMB_SXTH,
    THUMB_UXTB,
    THUMB_UXTH,
    THUMB_REV,
    THUMB_MVNS,
    THUMB_NEGS, /* leaves the carry of 0 - rm */
};

/* Multiplication and division. */
enum thumb_multiply {
    THUMB_MLA,   /* rd = ra + rn * rm */
    THUMB_MLS,   /* rd = ra - rn * rm */
    THUMB_UMULL, /* rd:ra = rn * rm */
    THUMB_UDIV,  /* rd = rn / rm, 0 if rm is 0; ra is THUMB_NONE */
    THUMB_SDIV,
};

/* Condition codes, A7.3. A code and its inverse differ in bit 0. */
enum thumb_cond {
    THUMB_EQ = 0,
    THUMB_NE = 1,
    THUMB_CS = 2, /* unsigned >= */
    THUMB_CC = 3, /* unsigned < */
    THUMB_HI = 8, /* unsigned > */
    THUMB_LS = 9, /* unsigned <= */
    THUMB_GE = 10,
    THUMB_LT = 11,
    THUMB_GT = 12,
    THUMB_LE = 13,
};

#define THUMB_SP 13u
#define THUMB_NONE 15u

/* r0 to r12 and lr: what all encodings take in a register field. */
static inline uint32_t thumb_is_register(uint32_t reg)
{
    return reg < THUMB_SP || reg == 14;
}

/* Data processing. An imm12 is an encoded modified immediate, see jit_modimm. */
void thumb_op_reg(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t rm);
void thumb_op_shifted(struct jit *j, enum thumb_op op, uint32_t rd, uint32_t rn, uint32_t rm,
                      enum thumb_shift shift, uint32_t amount);
void thumb_op_imm8(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t imm8);
void thumb_op_imm12(struct jit *j, enum thumb_op op, uint32_t rd, uint32_t rn, uint32_t imm12);
void thumb_unary(struct jit *j, enum thumb_unary op, uint32_t rd, uint32_t rm);

/* Comparisons. */
void thumb_cmp_reg(struct jit *j, uint32_t rn, uint32_t rm);
void thumb_cmp_imm8(struct jit *j, uint32_t rn, uint32_t imm8);
void thumb_cmp_imm12(struct jit *j, uint32_t rn, uint32_t imm12);
void thumb_cmn_imm8(struct jit *j, uint32_t rn, uint32_t imm8);
void thumb_tst_reg(struct jit *j, uint32_t rn, uint32_t rm);
void thumb_tst_imm12(struct jit *j, uint32_t rn, uint32_t imm12);

/* Moves; the flags are dead afterwards. */
void thumb_mov_reg(struct jit *j, uint32_t rd, uint32_t rm);
void thumb_mov_imm8(struct jit *j, uint32_t rd, uint32_t imm8);
void thumb_mov_imm12(struct jit *j, uint32_t rd, uint32_t imm12);
void thumb_mvn_imm8(struct jit *j, uint32_t rd, uint32_t imm8);
void thumb_movw(struct jit *j, uint32_t rd, uint32_t imm16);
void thumb_movt(struct jit *j, uint32_t rd, uint32_t imm16);

/* Shifts by 1 to 31, or by the low byte of rm. */
void thumb_shift_imm(struct jit *j, enum thumb_shift shift, uint32_t rd, uint32_t rm,
                     uint32_t amount);
void thumb_shift_reg(struct jit *j, enum thumb_shift shift, uint32_t rd, uint32_t rn, uint32_t rm);

void thumb_mul(struct jit *j, uint32_t rdn, uint32_t rm);
void thumb_multiply(struct jit *j, enum thumb_multiply op, uint32_t rd, uint32_t ra, uint32_t rn,
                    uint32_t rm);

/* Words at [rn, #offset]: a multiple of 4, below 1024. The flags are kept. */
void thumb_ldr(struct jit *j, uint32_t rt, uint32_t rn, uint32_t offset);
void thumb_str(struct jit *j, uint32_t rt, uint32_t rn, uint32_t offset);

/* Words at [sp, #4 * number], number below 256. The first returns rt. The flags are kept. */
uint32_t thumb_ldr_sp(struct jit *j, uint32_t rt, uint32_t number);
void thumb_str_sp(struct jit *j, uint32_t rt, uint32_t number);

/* The stack. bytes is a multiple of 4, below 512; registers a mask of low registers. */
void thumb_push_saved(struct jit *j);
void thumb_pop_saved_and_return(struct jit *j);
void thumb_push(struct jit *j, uint32_t registers);
void thumb_pop(struct jit *j, uint32_t registers);
void thumb_sub_sp(struct jit *j, uint32_t bytes);
void thumb_add_sp(struct jit *j, uint32_t bytes);

/* Short forward control. Distances in halfwords from this instruction to the target. */
void thumb_nop(struct jit *j);
void thumb_it(struct jit *j, enum thumb_cond cond);
void thumb_blx(struct jit *j, uint32_t rm);
void thumb_skip(struct jit *j, uint32_t distance);
void thumb_skip_from(struct jit *j, uint16_t *at); /* rewrite the skip at a place: to here */
void thumb_skip_if(struct jit *j, enum thumb_cond cond, uint32_t distance);

/* 32-bit branches to a position. TP_BRANCH_RANGE when it is out of reach. */
uint32_t thumb_branch(struct jit *j, uint32_t target_pos);
uint32_t thumb_branch_if(struct jit *j, enum thumb_cond cond, uint32_t target_pos);

#endif
