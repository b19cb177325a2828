/* Sign extension, RFC 9669 section 4.1, and byte order, section 4.2. */
#include "jit.h"

/* A move with an off: dst = the low off bits of src with their sign. */
void jit_emit_movsx(struct jit *j, const struct jit_operands *in)
{
    uint32_t s = jit_use(j, in->src.lo, JIT_SCRATCH_0);
    uint32_t d = s;

    if (in->off == 32) {
        if (in->dst.lo != in->src.lo)
            jit_assign(j, in->dst.lo, s);
    } else {
        d = jit_place(in->dst.lo, JIT_SCRATCH_0);
        thumb_unary(j, in->off == 8 ? THUMB_SXTB : THUMB_SXTH, d, s);
        jit_commit(j, in->dst.lo, d);
    }

    if (in->wide) {
        uint32_t high = jit_place(in->dst.hi, JIT_SCRATCH_0);

        thumb_shift_imm(j, THUMB_ASR, high, d, 31);
        jit_commit(j, in->dst.hi, high);
    } else {
        jit_set(j, in->dst.hi, 0);
    }
}

/* "le": the machine is little-endian, so it only drops bits. */
static void truncate(struct jit *j, const struct jit_operands *in)
{
    if (in->imm == 64) {
        thumb_nop(j);
        return;
    }
    if (in->imm == 16) {
        uint32_t reg = jit_use(j, in->dst.lo, JIT_SCRATCH_0);

        thumb_unary(j, THUMB_UXTH, reg, reg);
        jit_commit(j, in->dst.lo, reg);
    }
    jit_set(j, in->dst.hi, 0);
}

static void swap_low_word(struct jit *j, const struct jit_operands *in)
{
    uint32_t reg = jit_use(j, in->dst.lo, JIT_SCRATCH_0);

    thumb_unary(j, THUMB_REV, reg, reg);
    if (in->imm == 16)
        thumb_shift_imm(j, THUMB_LSR, reg, reg, 16);
    jit_commit(j, in->dst.lo, reg);
    jit_set(j, in->dst.hi, 0);
}

static void swap_both_words(struct jit *j, const struct jit_operands *in)
{
    uint32_t low = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    uint32_t high = jit_use(j, in->dst.hi, JIT_SCRATCH_1);
    uint32_t new_low = jit_place(in->dst.lo, JIT_SCRATCH_1);

    thumb_unary(j, THUMB_REV, JIT_SCRATCH_0, low);
    thumb_unary(j, THUMB_REV, new_low, high);
    jit_commit(j, in->dst.lo, new_low);
    jit_assign(j, in->dst.hi, JIT_SCRATCH_0);
}

static void swap(struct jit *j, const struct jit_operands *in)
{
    if (in->imm == 64)
        swap_both_words(j, in);
    else
        swap_low_word(j, in);
}

/* "le" and "bswap". */
void jit_emit_end_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    (void)row;
    if (in->wide)
        swap(j, in);
    else
        truncate(j, in);
}

/* "be". */
void jit_emit_end_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    (void)row;
    swap(j, in);
}
