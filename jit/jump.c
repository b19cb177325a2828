/*
 * Jumps, RFC 9669 section 4.3. compare.c has the comparisons.
 *
 * A conditional jump is a comparison, then a branch. The branch is 32 bits wide whatever its
 * distance, so that lengths do not depend on the offset table. A jump with a negative offset takes
 * one unit of fuel:
 *
 *       b<inverse>  over             forward:  b<cond>.w  target
 *       subs.w      r10, r10, #1
 *       bcs.w       target
 *       b.w         fuel fault
 *   over:
 *
 * With no fuel left the subtraction borrows, which on Arm clears the carry.
 */
#include "jit.h"
#include "opcode.h"

/* subs.w, bcs.w, b.w */
#define FUEL_SEQUENCE 6u

static const struct jit_jump rows[16] = {
    [JMP_JEQ >> 4] = {jit_equal_imm, jit_equal_reg, THUMB_EQ, THUMB_EQ, THUMB_EQ},
    [JMP_JNE >> 4] = {jit_equal_imm, jit_equal_reg, THUMB_NE, THUMB_NE, THUMB_NE},
    [JMP_JSET >> 4] = {jit_test_imm, jit_test_reg, THUMB_NE, THUMB_NE, THUMB_NE},
    [JMP_JGE >> 4] = {jit_order_imm, jit_order_reg, THUMB_CS, THUMB_CS, THUMB_CS},
    [JMP_JLT >> 4] = {jit_order_imm, jit_order_reg, THUMB_CC, THUMB_CC, THUMB_CC},
    [JMP_JSGE >> 4] = {jit_order_imm, jit_order_reg, THUMB_GE, THUMB_GE, THUMB_GE},
    [JMP_JSLT >> 4] = {jit_order_imm, jit_order_reg, THUMB_LT, THUMB_LT, THUMB_LT},
    [JMP_JGT >> 4] = {jit_order_imm, jit_order_reg, THUMB_HI, THUMB_CS, THUMB_CC},
    [JMP_JLE >> 4] = {jit_order_imm, jit_order_reg, THUMB_LS, THUMB_CC, THUMB_CS},
    [JMP_JSGT >> 4] = {jit_order_imm, jit_order_reg, THUMB_GT, THUMB_GE, THUMB_LT},
    [JMP_JSLE >> 4] = {jit_order_imm, jit_order_reg, THUMB_LE, THUMB_LT, THUMB_GE},
};

static enum thumb_cond inverse(enum thumb_cond cond)
{
    return (enum thumb_cond)(cond ^ 1u);
}

/* The sizing pass does not know targets; any position in reach will do. */
static uint32_t target_pos(const struct jit *j, const struct jit_operands *in)
{
    return j->final ? j->offsets[j->pc + 1 + (uint32_t)in->off] : j->pos;
}

static uint32_t jump_back(struct jit *j, const struct jit_operands *in)
{
    thumb_op_imm8(j, THUMB_SUBS, JIT_FUEL, 1);

    uint32_t status = thumb_branch_if(j, THUMB_CS, target_pos(j, in));
    if (status != TP_OK)
        return status;
    return thumb_branch(j, j->fuel_pos);
}

static uint32_t jump_if(struct jit *j, const struct jit_operands *in, enum thumb_cond cond)
{
    if (in->off >= 0)
        return thumb_branch_if(j, cond, target_pos(j, in));
    thumb_skip_if(j, inverse(cond), 1 + FUEL_SEQUENCE);
    return jump_back(j, in);
}

uint32_t jit_emit_ja(struct jit *j, const struct jit_operands *in)
{
    if (in->off >= 0)
        return thumb_branch(j, target_pos(j, in));
    return jump_back(j, in);
}

uint32_t jit_emit_jump(struct jit *j, uint32_t opcode, const struct jit_operands *in)
{
    const struct jit_jump *row = &rows[opcode >> 4];
    uint32_t is_reg = opcode & SOURCE_X;
    jit_compare_fn *compare = is_reg ? row->reg : row->imm;

    if (!compare)
        return TP_UNSUPPORTED;
    compare(j, row, in);
    return jump_if(j, in, !in->wide ? row->cond : is_reg ? row->wide_reg : row->wide_imm);
}
