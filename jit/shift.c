/*
 * Shifts, RFC 9669 section 4.1: the count is taken modulo the width.
 *
 * A 64-bit shift moves bits from one word, the giver, into the other, the receiver:
 *
 *   lsh           receiver = hi = hi << n | lo >> (32 - n)      giver = lo = lo << n
 *   rsh, arsh     receiver = lo = lo >> n | hi << (32 - n)      giver = hi = hi >> n
 *
 * From n = 32 on, the receiver is the giver shifted by n - 32, and the giver is all zeros or signs.
 */
#include "jit.h"

struct words {
    uint32_t giver, receiver;
    enum thumb_shift shift;          /* of the giver; fills it from n = 32 on */
    enum thumb_shift receiver_shift; /* of the receiver, which never fills with signs */
    enum thumb_shift cross;          /* of the bits that change words */
};

static struct words words_of(const struct jit_alu *row, const struct jit_operands *in)
{
    if (row->low == THUMB_LSL)
        return (struct words){in->dst.lo, in->dst.hi, THUMB_LSL, THUMB_LSL, THUMB_LSR};
    return (struct words){in->dst.hi, in->dst.lo, row->low, THUMB_LSR, THUMB_LSL};
}

/* An immediate shift by 0 would encode LSR or ASR by 32. */
static void low_word_imm(struct jit *j, enum thumb_shift shift, const struct jit_operands *in,
                         uint32_t n)
{
    if (n != 0) {
        uint32_t reg = jit_use(j, in->dst.lo, JIT_SCRATCH_0);

        thumb_shift_imm(j, shift, reg, reg, n);
        jit_commit(j, in->dst.lo, reg);
    }
    jit_set(j, in->dst.hi, 0);
}

/* By 1 to 31. */
static void both_words_imm(struct jit *j, const struct words *w, uint32_t n)
{
    uint32_t r = jit_use(j, w->receiver, JIT_SCRATCH_0);
    uint32_t g = jit_use(j, w->giver, JIT_SCRATCH_1);

    thumb_shift_imm(j, w->receiver_shift, r, r, n);
    thumb_op_shifted(j, THUMB_ORRS, r, r, g, w->cross, 32 - n);
    jit_commit(j, w->receiver, r);
    thumb_shift_imm(j, w->shift, g, g, n);
    jit_commit(j, w->giver, g);
}

/* By 32 + n. */
static void across_words_imm(struct jit *j, const struct words *w, uint32_t n)
{
    if (n == 0 && w->shift != THUMB_ASR) {
        jit_copy(j, w->receiver, w->giver);
        jit_set(j, w->giver, 0);
        return;
    }

    uint32_t g = jit_use(j, w->giver, JIT_SCRATCH_1);
    if (n == 0) {
        jit_assign(j, w->receiver, g);
    } else {
        uint32_t r = jit_place(w->receiver, JIT_SCRATCH_0);

        thumb_shift_imm(j, w->shift, r, g, n);
        jit_commit(j, w->receiver, r);
    }

    if (w->shift == THUMB_ASR) {
        thumb_shift_imm(j, THUMB_ASR, g, g, 31);
        jit_commit(j, w->giver, g);
    } else {
        jit_set(j, w->giver, 0);
    }
}

void jit_emit_shift_imm(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    uint32_t n = (uint32_t)in->imm;

    if (!in->wide) {
        low_word_imm(j, row->low, in, n & 31);
        return;
    }

    struct words w = words_of(row, in);
    n &= 63;
    if (n == 0)
        thumb_nop(j);
    else if (n < 32)
        both_words_imm(j, &w, n);
    else
        across_words_imm(j, &w, n - 32);
}

/*
 * Register shifts use the low byte of the count, and from 32 on their result is all zeros or signs.
 * That goes for n - 32 and 32 - n too, where they are negative.
 */
static void both_words_reg(struct jit *j, const struct words *w, uint32_t count)
{
    uint32_t g = jit_use(j, w->giver, JIT_SCRATCH_0);
    uint32_t r = jit_use(j, w->receiver, w->giver < JIT_SLOT ? JIT_SCRATCH_0 : JIT_SCRATCH_3);

    thumb_shift_reg(j, w->receiver_shift, r, r, count);
    thumb_op_imm12(j, THUMB_RSBS, JIT_SCRATCH_2, count, 32);
    thumb_shift_reg(j, w->cross, JIT_SCRATCH_2, g, JIT_SCRATCH_2);
    thumb_op_reg(j, THUMB_ORRS, r, JIT_SCRATCH_2);
    thumb_op_imm12(j, THUMB_SUBS, JIT_SCRATCH_2, count, 32);
    thumb_it(j, THUMB_CS);
    thumb_shift_reg(j, w->shift, r, g, JIT_SCRATCH_2);
    thumb_shift_reg(j, w->shift, g, g, count);
    jit_commit(j, w->receiver, r);
    jit_commit(j, w->giver, g);
}

void jit_emit_shift_reg(struct jit *j, const struct jit_alu *row, const struct jit_operands *in)
{
    uint32_t s = jit_use(j, in->src.lo, JIT_SCRATCH_1);

    thumb_op_imm12(j, THUMB_ANDS, JIT_SCRATCH_1, s, in->wide ? 63 : 31);
    if (in->wide) {
        struct words w = words_of(row, in);

        both_words_reg(j, &w, JIT_SCRATCH_1);
    } else {
        uint32_t d = jit_use(j, in->dst.lo, JIT_SCRATCH_0);

        thumb_shift_reg(j, row->low, d, d, JIT_SCRATCH_1);
        jit_commit(j, in->dst.lo, d);
        jit_set(j, in->dst.hi, 0);
    }
}
