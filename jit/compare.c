/*
 * The comparisons of conditional jumps, RFC 9669 section 4.3, on both words or on the low ones.
 *
 * Two words are ordered by a 64-bit subtraction: CMP of the low words, SBCS of the high words. That
 * leaves no Z, so it answers >= and <; the row has another condition for 64 bits than for 32 where
 * it asks for > and <=. These are turned around: n > m is m < n, and n > K is n >= K + 1.
 */
#include "jit.h"

#define MODIMM_ONES 0x3ffu /* jit_modimm(0xffffffff) */

/*
 * Z ends up as "both words are equal": the high words are compared only if the low ones agree.
 * The sign extension of a constant has 0 or -1 as its high word; adding 1 to -1 gives 0.
 */
void jit_equal_imm(struct jit *j, const struct jit_jump *row, const struct jit_operands *in)
{
    (void)row;
    jit_cmp_constant(j, jit_use(j, in->dst.lo, JIT_SCRATCH_0), (uint32_t)in->imm);
    if (!in->wide)
        return;

    uint32_t high = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
    thumb_it(j, THUMB_EQ);
    if (in->imm < 0)
        thumb_cmn_imm8(j, high, 1);
    else
        thumb_cmp_imm8(j, high, 0);
}

void jit_equal_reg(struct jit *j, const struct jit_jump *row, const struct jit_operands *in)
{
    (void)row;
    uint32_t d = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    uint32_t s = jit_use(j, in->src.lo, JIT_SCRATCH_1);
    thumb_cmp_reg(j, d, s);
    if (!in->wide)
        return;

    d = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
    s = jit_use(j, in->src.hi, JIT_SCRATCH_1);
    thumb_it(j, THUMB_EQ);
    thumb_cmp_reg(j, d, s);
}

/* Z ends up as "no common bits". All bits of -1 are common to all high words. */
void jit_test_imm(struct jit *j, const struct jit_jump *row, const struct jit_operands *in)
{
    (void)row;
    jit_tst_constant(j, jit_use(j, in->dst.lo, JIT_SCRATCH_0), (uint32_t)in->imm);
    if (!in->wide || in->imm >= 0)
        return;

    uint32_t high = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
    thumb_it(j, THUMB_EQ);
    thumb_cmp_imm8(j, high, 0);
}

void jit_test_reg(struct jit *j, const struct jit_jump *row, const struct jit_operands *in)
{
    (void)row;
    uint32_t d = jit_use(j, in->dst.lo, JIT_SCRATCH_0);
    uint32_t s = jit_use(j, in->src.lo, JIT_SCRATCH_1);
    thumb_tst_reg(j, d, s);
    if (!in->wide)
        return;

    d = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
    s = jit_use(j, in->src.hi, JIT_SCRATCH_1);
    thumb_it(j, THUMB_EQ);
    thumb_tst_reg(j, d, s);
}

static uint32_t is_signed(const struct jit_jump *row)
{
    return row->cond >= THUMB_GE;
}

/*
 * dst >= value, where value is K or K + 1 and its high word the sign of K. Signed, 0 asks for the
 * sign of the high word only. Unsigned, K + 1 may be 2^64, which no number reaches: adding 0 to the
 * high word gives no carry.
 */
static void order_words(struct jit *j, const struct jit_jump *row, const struct jit_operands *in)
{
    uint32_t beyond = row->cond != row->wide_imm;
    uint32_t value = (uint32_t)in->imm + beyond;
    enum thumb_op op = THUMB_SBCS;

    if (value == 0) {
        if (is_signed(row)) {
            thumb_cmp_imm8(j, jit_use(j, in->dst.hi, JIT_SCRATCH_0), 0);
            return;
        }
        if (beyond)
            op = THUMB_ADDS;
    }

    jit_cmp_constant(j, jit_use(j, in->dst.lo, JIT_SCRATCH_0), value);
    uint32_t high = jit_use(j, in->dst.hi, JIT_SCRATCH_0);
    uint32_t ones = in->imm < 0 && value != 0;
    thumb_op_imm12(j, op, JIT_SCRATCH_0, high, ones ? MODIMM_ONES : 0);
}

void jit_order_imm(struct jit *j, const struct jit_jump *row, const struct jit_operands *in)
{
    if (in->wide)
        order_words(j, row, in);
    else
        jit_cmp_constant(j, jit_use(j, in->dst.lo, JIT_SCRATCH_0), (uint32_t)in->imm);
}

void jit_order_reg(struct jit *j, const struct jit_jump *row, const struct jit_operands *in)
{
    struct jit_home a = in->dst;
    struct jit_home b = in->src;

    if (in->wide && row->cond != row->wide_reg) {
        a = in->src;
        b = in->dst;
    }

    uint32_t low = jit_use(j, a.lo, JIT_SCRATCH_0);
    thumb_cmp_reg(j, low, jit_use(j, b.lo, JIT_SCRATCH_1));
    if (!in->wide)
        return;

    uint32_t high = jit_use(j, a.hi, JIT_SCRATCH_0);
    uint32_t other = jit_use(j, b.hi, JIT_SCRATCH_1);
    if (high == JIT_SCRATCH_0)
        thumb_op_reg(j, THUMB_SBCS, high, other);
    else
        thumb_op_shifted(j, THUMB_SBCS, JIT_SCRATCH_0, high, other, THUMB_LSL, 0);
}
