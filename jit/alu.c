/*
 * Arithmetic, RFC 9669 section 4.1, and lddw, section 5.4.
 *
 * A BPF register is two words. 64-bit operations work on the low word, then on the high word with
 * the carry; 32-bit ones work on the low word and clear the high word. Loads and stores of slots
 * keep the flags, so they may stand between the two halves.
 */
#include "jit.h"
#include "opcode.h"

struct alu_row;

typedef void emit_fn(struct jit *j, const struct alu_row *row, const struct jit_operands *in);

struct alu_row {
    emit_fn *imm, *reg;
    uint8_t low, high;                 /* enum thumb_op for the two words */
    uint8_t inverse_low, inverse_high; /* the same with a negated operand */
};

static emit_fn mov_imm, mov_reg, add_imm, both_words_reg;

static const struct alu_row alu_rows[16] = {
    [ALU_ADD >> 4] = {add_imm, both_words_reg, THUMB_ADDS, THUMB_ADCS, THUMB_SUBS, THUMB_SBCS},
    [ALU_SUB >> 4] = {add_imm, both_words_reg, THUMB_SUBS, THUMB_SBCS, THUMB_ADDS, THUMB_ADCS},
    [ALU_MOV >> 4] = {mov_imm, mov_reg, 0, 0, 0, 0},
};

uint32_t jit_emit_alu_imm(struct jit *j, uint32_t operation, const struct jit_operands *in)
{
    const struct alu_row *row = &alu_rows[operation];

    if (!row->imm)
        return RBPF_UNSUPPORTED;
    row->imm(j, row, in);
    return RBPF_OK;
}

uint32_t jit_emit_alu_reg(struct jit *j, uint32_t operation, const struct jit_operands *in)
{
    const struct alu_row *row = &alu_rows[operation];

    if (!row->reg)
        return RBPF_UNSUPPORTED;
    row->reg(j, row, in);
    return RBPF_OK;
}

uint32_t jit_emit_lddw(struct jit *j, const struct jit_operands *in, int32_t high)
{
    jit_set(j, in->dst.lo, (uint32_t)in->imm);
    jit_set(j, in->dst.hi, (uint32_t)high);
    return RBPF_OK;
}

static void mov_imm(struct jit *j, const struct alu_row *row, const struct jit_operands *in)
{
    (void)row;
    jit_set(j, in->dst.lo, (uint32_t)in->imm);
    jit_set(j, in->dst.hi, in->wide && in->imm < 0 ? 0xffffffffu : 0);
}

/* A 32-bit move of a register to itself is how compilers clear its high word. */
static void mov_reg(struct jit *j, const struct alu_row *row, const struct jit_operands *in)
{
    (void)row;
    if (in->wide) {
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
static void add_imm(struct jit *j, const struct alu_row *row, const struct jit_operands *in)
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
        jit_op_imm8(j, high, reg, 0);
        jit_commit(j, in->dst.hi, reg);
    } else {
        jit_set(j, in->dst.hi, 0);
    }
}

static void word_reg(struct jit *j, enum thumb_op op, uint32_t dst, uint32_t src)
{
    uint32_t d = jit_use(j, dst, JIT_SCRATCH_0);
    uint32_t s = jit_use(j, src, JIT_SCRATCH_1);

    jit_op_reg(j, op, d, s);
    jit_commit(j, dst, d);
}

static void both_words_reg(struct jit *j, const struct alu_row *row, const struct jit_operands *in)
{
    word_reg(j, row->low, in->dst.lo, in->src.lo);
    if (in->wide)
        word_reg(j, row->high, in->dst.hi, in->src.hi);
    else
        jit_set(j, in->dst.hi, 0);
}
