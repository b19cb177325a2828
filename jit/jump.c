/*
 * Jumps, RFC 9669 section 4.3.
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

typedef void compare_fn(struct jit *j, const struct jit_operands *in);

static compare_fn equal_imm, equal_reg;

struct jump_row {
    compare_fn *imm, *reg;
    enum thumb_cond cond; /* after the comparison: jump if this holds */
};

static const struct jump_row jump_rows[16] = {
    [JMP_JEQ >> 4] = {equal_imm, equal_reg, THUMB_EQ},
    [JMP_JNE >> 4] = {equal_imm, equal_reg, THUMB_NE},
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
    jit_op_imm8(j, THUMB_SUBS, JIT_FUEL, 1);

    uint32_t status = jit_branch_if(j, THUMB_CS, target_pos(j, in));
    if (status != RBPF_OK)
        return status;
    return jit_branch(j, j->fuel_pos);
}

static uint32_t jump_if(struct jit *j, const struct jit_operands *in, enum thumb_cond cond)
{
    if (in->off >= 0)
        return jit_branch_if(j, cond, target_pos(j, in));
    jit_skip_if(j, inverse(cond), 1 + FUEL_SEQUENCE);
    return jump_back(j, in);
}

uint32_t jit_emit_ja(struct jit *j, const struct jit_operands *in)
{
    if (in->off >= 0)
        return jit_branch(j, target_pos(j, in));
    return jump_back(j, in);
}

uint32_t jit_emit_jump_imm(struct jit *j, uint32_t operation, const struct jit_operands *in)
{
    const struct jump_row *row = &jump_rows[operation];

    if (!row->imm)
        return RBPF_UNSUPPORTED;
    row->imm(j, in);
    return jump_if(j, in, row->cond);
}

uint32_t jit_emit_jump_reg(struct jit *j, uint32_t operation, const struct jit_operands *in)
{
    const struct jump_row *row = &jump_rows[operation];

    if (!row->reg)
        return RBPF_UNSUPPORTED;
    row->reg(j, in);
    return jump_if(j, in, row->cond);
}

/*
 * Z ends up as "both words are equal": the high words are compared only if the low ones agree.
 * The sign extension of a constant has 0 or -1 as its high word; adding 1 to -1 gives 0.
 */
static void equal_imm(struct jit *j, const struct jit_operands *in)
{
    jit_cmp_constant(j, jit_use(j, in->dst.lo, JIT_SCRATCH_0), (uint32_t)in->imm);
    if (!in->wide)
        return;

    uint32_t high = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
    jit_it(j, THUMB_EQ);
    if (in->imm < 0)
        jit_cmn_imm8(j, high, 1);
    else
        jit_cmp_imm8(j, high, 0);
}

static void equal_reg(struct jit *j, const struct jit_operands *in)
{
    uint32_t d = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    uint32_t s = jit_use(j, in->src.lo, JIT_SCRATCH_1);
    jit_cmp_reg(j, d, s);
    if (!in->wide)
        return;

    d = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
    s = jit_use(j, in->src.hi, JIT_SCRATCH_1);
    jit_it(j, THUMB_EQ);
    jit_cmp_reg(j, d, s);
}
