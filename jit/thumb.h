/* The Thumb-2 encodings that the compiler emits. Each function appends one instruction. */
#ifndef JIT_THUMB_H
#define JIT_THUMB_H

#include <stdint.h>

struct jit;

/* Two-operand data processing that sets the flags: rdn = rdn op operand. Rows of thumb.c. */
enum thumb_op {
    THUMB_ADDS,
    THUMB_ADCS,
    THUMB_SUBS,
    THUMB_SBCS,
};

/* Condition codes, A7.3. A code and its inverse differ in bit 0. */
enum thumb_cond {
    THUMB_EQ = 0,
    THUMB_NE = 1,
    THUMB_CS = 2,
};

#define THUMB_SP 13u

/* The next halfword of the code. */
void jit_put(struct jit *j, uint32_t halfword);

/* Data processing. An imm12 is an encoded modified immediate, see jit_modimm. */
void jit_op_reg(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t rm);
void jit_op_imm8(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t imm8);
void jit_op_imm12(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t imm12);
void jit_cmp_reg(struct jit *j, uint32_t rn, uint32_t rm);
void jit_cmp_imm8(struct jit *j, uint32_t rn, uint32_t imm8);
void jit_cmp_imm12(struct jit *j, uint32_t rn, uint32_t imm12);
void jit_cmn_imm8(struct jit *j, uint32_t rn, uint32_t imm8);

/* Moves; the flags are dead afterwards. */
void jit_mov_reg(struct jit *j, uint32_t rd, uint32_t rm);
void jit_mov_imm8(struct jit *j, uint32_t rd, uint32_t imm8);
void jit_mov_imm12(struct jit *j, uint32_t rd, uint32_t imm12);
void jit_mvn_imm8(struct jit *j, uint32_t rd, uint32_t imm8);
void jit_movw(struct jit *j, uint32_t rd, uint32_t imm16);
void jit_movt(struct jit *j, uint32_t rd, uint32_t imm16);

/* Words at [rn, #offset]: a multiple of 4, below 1024. The flags are kept. */
void jit_ldr(struct jit *j, uint32_t rt, uint32_t rn, uint32_t offset);
void jit_str(struct jit *j, uint32_t rt, uint32_t rn, uint32_t offset);

/* The stack. bytes is a multiple of 4, below 512. */
void jit_push_saved(struct jit *j);
void jit_pop_saved_and_return(struct jit *j);
void jit_sub_sp(struct jit *j, uint32_t bytes);
void jit_add_sp(struct jit *j, uint32_t bytes);

/* Short forward control. Distances in halfwords from this instruction to the target. */
void jit_it(struct jit *j, enum thumb_cond cond);
void jit_skip(struct jit *j, uint32_t distance);
void jit_skip_from(struct jit *j, uint32_t at); /* rewrite the skip at a position: to here */
void jit_skip_if(struct jit *j, enum thumb_cond cond, uint32_t distance);

/* 32-bit branches to a position. RBPF_BRANCH_RANGE when it is out of reach. */
uint32_t jit_branch(struct jit *j, uint32_t target_pos);
uint32_t jit_branch_if(struct jit *j, enum thumb_cond cond, uint32_t target_pos);

#endif
