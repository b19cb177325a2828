/*
 * Multiplication, division and modulo, RFC 9669 section 4.1.
 *
 * 32-bit division is an instruction, which gives 0 for a divisor of 0 where CCR.DIV_0_TRP is clear;
 * n - n / d * d is then n. 64-bit division calls a routine. With an off, both are signed.
 */
#include "jit.h"

/* d is dst's low word, s the operand's; neither changes before the last step. */
typedef void low_word_fn(struct jit *j, enum thumb_multiply divide, uint32_t d, uint32_t s);

static void mul32(struct jit *j, enum thumb_multiply divide, uint32_t d, uint32_t s)
{
    (void)divide;
    thumb_mul(j, d, s);
}

static void div32(struct jit *j, enum thumb_multiply divide, uint32_t d, uint32_t s)
{
    thumb_multiply(j, divide, d, THUMB_NONE, d, s);
}

static void mod32(struct jit *j, enum thumb_multiply divide, uint32_t d, uint32_t s)
{
    thumb_multiply(j, divide, JIT_SCRATCH_2, THUMB_NONE, d, s);
    thumb_multiply(j, THUMB_MLS, d, d, JIT_SCRATCH_2, s);
}

static void low_word(struct jit *j, low_word_fn *emit, const struct jit_alu *row,
                     const struct jit_operands *in, uint32_t s)
{
    uint32_t d = jit_use(j, in->dst.lo, JIT_SCRATCH_0);

    emit(j, in->off ? row->inverse_low : row->low, d, s);
    jit_commit(j, in->dst.lo, d);
    jit_set(j, in->dst.hi, 0);
}

static void low_word_imm(struct jit *j, low_word_fn *emit, const struct jit_alu *row,
                         const struct jit_operands *in)
{
    jit_load(j, JIT_SCRATCH_1, (uint32_t)in->imm);
    low_word(j, emit, row, in, JIT_SCRATCH_1);
}

static void low_word_reg(struct jit *j, low_word_fn *emit, const struct jit_alu *row,
                         const struct jit_operands *in)
{
    low_word(j, emit, row, in, jit_use(j, in->src.lo, JIT_SCRATCH_1));
}

/*
 * The product of the low words is in JIT_SCRATCH_3:JIT_SCRATCH_2, with dst's low word times the
 * operand's high word already added. Add dst's high word times s, the operand's low word. dst may
 * be the operand, so its low word changes last.
 */
static void finish_mul64(struct jit *j, const struct jit_operands *in, uint32_t s)
{
    uint32_t high = jit_use(j, in->dst.hi, JIT_SCRATCH_0);

    thumb_multiply(j, THUMB_MLA, high, JIT_SCRATCH_3, high, s);
    jit_commit(j, in->dst.hi, high);
    jit_assign(j, in->dst.lo, JIT_SCRATCH_2);
}

/* The high word of a negative constant is -1. */
void jit_emit_mul_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    if (!in->wide) {
        low_word_imm(j, mul32, row, in);
        return;
    }

    jit_load(j, JIT_SCRATCH_1, (uint32_t)in->imm);
    uint32_t d = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    thumb_multiply(j, THUMB_UMULL, JIT_SCRATCH_3, JIT_SCRATCH_2, d, JIT_SCRATCH_1);
    if (in->imm < 0)
        thumb_op_reg(j, THUMB_SUBS, JIT_SCRATCH_3, d);
    finish_mul64(j, in, JIT_SCRATCH_1);
}

void jit_emit_mul_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    if (!in->wide) {
        low_word_reg(j, mul32, row, in);
        return;
    }

    uint32_t s = jit_use(j, in->src.lo, JIT_SCRATCH_1);
    uint32_t d = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    thumb_multiply(j, THUMB_UMULL, JIT_SCRATCH_3, JIT_SCRATCH_2, d, s);
    uint32_t high = jit_use(j, in->src.hi, s == JIT_SCRATCH_1 ? JIT_SCRATCH_4 : JIT_SCRATCH_1);
    thumb_multiply(j, THUMB_MLA, JIT_SCRATCH_3, JIT_SCRATCH_3, d, high);
    finish_mul64(j, in, s);
}

/*
 * A call. r2 and r3 may be homes, and the procedure call standard does not preserve them:
 *
 *   push {r2, r3}; r1:r0 = dst; r3:r2 = operand; blx routine; pop {r2, r3}; dst = r1:r0
 *
 * The push keeps sp 8-aligned and moves the slots two words up.
 */
enum {
    ARGUMENT_0 = 0,
    ARGUMENT_1 = 1,
    ARGUMENT_2 = 2,
    ARGUMENT_3 = 3,
    SAVED_HOMES = 1 << ARGUMENT_2 | 1 << ARGUMENT_3,
};

/* reg = word, while r2 and r3 are pushed. */
static void pass(struct jit *j, uint32_t reg, uint32_t word)
{
    if (word != reg)
        jit_copy(j, reg, word < JIT_SLOT ? word : word + 2);
}

static void begin_call(struct jit *j, const struct jit_operands *in)
{
    thumb_push(j, SAVED_HOMES);
    pass(j, ARGUMENT_0, in->dst.lo);
    pass(j, ARGUMENT_1, in->dst.hi);
}

static void end_call(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    jit_routine_fn *routine = j->routines[in->off ? row->inverse_high : row->high];

    jit_load_address(j, JIT_SCRATCH_2, (uint32_t)(uintptr_t)routine);
    thumb_blx(j, JIT_SCRATCH_2);
    thumb_pop(j, SAVED_HOMES);
    jit_assign(j, in->dst.lo, ARGUMENT_0);
    jit_assign(j, in->dst.hi, ARGUMENT_1);
}

static void call_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    begin_call(j, in);
    jit_load(j, ARGUMENT_2, (uint32_t)in->imm);
    jit_load(j, ARGUMENT_3, in->imm < 0 ? 0xffffffffu : 0);
    end_call(j, row, in);
}

/* The high word may live in the register that the low word goes to. */
static void call_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    uint32_t high = in->src.hi;

    begin_call(j, in);
    if (high == ARGUMENT_2) {
        high = JIT_SCRATCH_2;
        thumb_mov_reg(j, high, ARGUMENT_2);
    }
    pass(j, ARGUMENT_2, in->src.lo);
    pass(j, ARGUMENT_3, high);
    end_call(j, row, in);
}

void jit_emit_div_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    if (in->wide)
        call_imm(j, row, in);
    else
        low_word_imm(j, div32, row, in);
}

void jit_emit_div_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    if (in->wide)
        call_reg(j, row, in);
    else
        low_word_reg(j, div32, row, in);
}

void jit_emit_mod_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    if (in->wide)
        call_imm(j, row, in);
    else
        low_word_imm(j, mod32, row, in);
}

void jit_emit_mod_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    if (in->wide)
        call_reg(j, row, in);
    else
        low_word_reg(j, mod32, row, in);
}
