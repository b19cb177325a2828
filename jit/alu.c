/*
 * Arithmetic, RFC 9669 section 4.1, and lddw, section 5.4.
 *
 * A BPF register is two words. 64-bit operations work on the low word, then on the high word with
 * the carry; 32-bit ones work on the low word and clear the high word. Loads and stores of slots
 * keep the flags, so they may stand between the two halves.
 */
#include "jit.h"
#include "opcode.h"

static jit_alu_fn mov_imm, mov_reg, add_imm, add_reg, bits_imm, bits_reg, neg;

/*
 * What a bitwise operation makes of the high word when the constant is extended by zeros (high) or
 * by ones (inverse_high).
 */
enum high_word {
    KEEP,
    CLEAR,
    FILL,
    INVERT,
};

static const struct jit_alu rows[16] = {
    [ALU_ADD >> 4] = {add_imm, add_reg, THUMB_ADDS, THUMB_ADCS, THUMB_SUBS, THUMB_SBCS},
    [ALU_SUB >> 4] = {add_imm, add_reg, THUMB_SUBS, THUMB_SBCS, THUMB_ADDS, THUMB_ADCS},
    [ALU_OR >> 4] = {bits_imm, bits_reg, THUMB_ORRS, KEEP, THUMB_ORNS, FILL},
    [ALU_AND >> 4] = {bits_imm, bits_reg, THUMB_ANDS, CLEAR, THUMB_BICS, KEEP},
    [ALU_XOR >> 4] = {bits_imm, bits_reg, THUMB_EORS, KEEP, THUMB_NO_OP, INVERT},
    [ALU_NEG >> 4] = {.imm = neg},
    [ALU_MOV >> 4] = {.imm = mov_imm, .reg = mov_reg},
    [ALU_MUL >> 4] = {.imm = jit_emit_mul_imm, .reg = jit_emit_mul_reg},
    [ALU_LSH >> 4] = {jit_emit_shift_imm, jit_emit_shift_reg, THUMB_LSL, 0, 0, 0},
    [ALU_RSH >> 4] = {jit_emit_shift_imm, jit_emit_shift_reg, THUMB_LSR, 0, 0, 0},
    [ALU_ARSH >> 4] = {jit_emit_shift_imm, jit_emit_shift_reg, THUMB_ASR, 0, 0, 0},
    [ALU_DIV >> 4] = {jit_emit_div_imm, jit_emit_div_reg, THUMB_UDIV, JIT_DIV64, THUMB_SDIV,
                      JIT_SDIV64},
    [ALU_MOD >> 4] = {jit_emit_mod_imm, jit_emit_mod_reg, THUMB_UDIV, JIT_MOD64, THUMB_SDIV,
                      JIT_SMOD64},
    [ALU_END >> 4] = {.imm = jit_emit_end_imm, .reg = jit_emit_end_reg},
};

uint32_t jit_emit_alu(struct jit *j, uint32_t opcode, const struct jit_operands *in)
{
    const struct jit_alu *row = &rows[opcode >> 4];
    jit_alu_fn *emit = opcode & SOURCE_X ? row->reg : row->imm;

    if (!emit)
        return TP_UNSUPPORTED;
    emit(j, row, in);
    return TP_OK;
}

uint32_t jit_emit_lddw(struct jit *j, const struct jit_operands *in, int32_t high)
{
    jit_set(j, in->dst.lo, (uint32_t)in->imm);
    jit_set(j, in->dst.hi, (uint32_t)high);
    return TP_OK;
}

static void mov_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    (void)row;
    jit_set(j, in->dst.lo, (uint32_t)in->imm);
    jit_set(j, in->dst.hi, in->wide && in->imm < 0 ? 0xffffffffu : 0);
}

/* A 32-bit move of a register to itself is how compilers clear its high word. */
static void mov_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    (void)row;
    if (in->off) {
        jit_emit_movsx(j, in);
    } else if (in->wide) {
        jit_copy(j, in->dst.lo, in->src.lo);
        jit_copy(j, in->dst.hi, in->src.hi);
    } else {
        if (in->dst.lo != in->src.lo)
            jit_copy(j, in->dst.lo, in->src.lo);
        jit_set(j, in->dst.hi, 0);
    }
}

/*
 * The constant is used by its magnitude n, from 0 to 2^31: its high word is then 0 whatever the
 * sign. Adding a negative constant subtracts n, with the borrow of a 64-bit subtraction.
 */
static void add_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    enum thumb_op low = row->low;
    enum thumb_op high = row->high;
    uint32_t n = (uint32_t)in->imm;

    if (in->imm < 0) {
        low = row->inverse_low;
        high = row->inverse_high;
        n = 0u - n;
    }

    uint32_t reg = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    jit_op_constant(j, low, reg, n);
    jit_commit(j, in->dst.lo, reg);

    if (in->wide) {
        reg = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
        thumb_op_imm8(j, high, reg, 0);
        jit_commit(j, in->dst.hi, reg);
    } else {
        jit_set(j, in->dst.hi, 0);
    }
}

static void change_high(struct jit *j, uint32_t word, enum high_word change)
{
    if (change == CLEAR) {
        jit_set(j, word, 0);
    } else if (change == FILL) {
        jit_set(j, word, 0xffffffffu);
    } else if (change == INVERT) {
        uint32_t reg = jit_use(j, word, JIT_SCRATCH_0);

        thumb_unary(j, THUMB_MVNS, reg, reg);
        jit_commit(j, word, reg);
    }
}

/* The masks of 8 and 16 bits and the complement have instructions of their own. */
static void bits_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    uint32_t value = (uint32_t)in->imm;
    uint32_t reg = jit_use(j, in->dst.lo, JIT_SCRATCH_0);

    if (row->low == THUMB_ANDS && value == 0xff)
        thumb_unary(j, THUMB_UXTB, reg, reg);
    else if (row->low == THUMB_ANDS && value == 0xffff)
        thumb_unary(j, THUMB_UXTH, reg, reg);
    else if (row->low == THUMB_EORS && value == 0xffffffffu)
        thumb_unary(j, THUMB_MVNS, reg, reg);
    else
        jit_op_bits(j, row->low, row->inverse_low, reg, value);
    jit_commit(j, in->dst.lo, reg);

    if (!in->wide)
        jit_set(j, in->dst.hi, 0);
    else
        change_high(j, in->dst.hi, in->imm < 0 ? row->inverse_high : row->high);
}

static void word_reg(struct jit *j, enum thumb_op op, uint32_t dst, uint32_t src)
{
    uint32_t d = jit_use(j, dst, JIT_SCRATCH_0);
    uint32_t s = jit_use(j, src, JIT_SCRATCH_1);

    thumb_op_reg(j, op, d, s);
    jit_commit(j, dst, d);
}

static void both_words_reg(struct jit *j, enum thumb_op low, enum thumb_op high,
                           const struct jit_operands *in)
{
    word_reg(j, low, in->dst.lo, in->src.lo);
    if (in->wide)
        word_reg(j, high, in->dst.hi, in->src.hi);
    else
        jit_set(j, in->dst.hi, 0);
}

static void add_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    both_words_reg(j, row->low, row->high, in);
}

static void bits_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    both_words_reg(j, row->low, row->low, in);
}

/* There is no RSC in Thumb: 0 - h - borrow is h - 2h - borrow. */
static void neg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    (void)row;
    uint32_t reg = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    thumb_unary(j, THUMB_NEGS, reg, reg);
    jit_commit(j, in->dst.lo, reg);

    if (in->wide) {
        reg = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
        thumb_op_shifted(j, THUMB_SBCS, reg, reg, reg, THUMB_LSL, 1);
        jit_commit(j, in->dst.hi, reg);
    } else {
        jit_set(j, in->dst.hi, 0);
    }
}
