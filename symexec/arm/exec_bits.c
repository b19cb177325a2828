/* Extensions, bit fields, reversals and leading zeros. */
#include "symexec/arm/execute.h"

/* ---- extensions, after a rotation by 0, 8, 16 or 24 ---- */

static term rotated(const struct arm_state *s, const struct arm_insn *insn, unsigned width)
{
    term x = arm_shift_register(s->r[insn->m], ARM_ROR, term_const(32, 8u * insn->z), s->c, false).value;
    return term_extract(x, 0, width);
}

bool exec_sxtb(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_sext(rotated(s, insn, 8), 32));
}

bool exec_sxth(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_sext(rotated(s, insn, 16), 32));
}

bool exec_uxtb(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_zext(rotated(s, insn, 8), 32));
}

bool exec_uxth(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_zext(rotated(s, insn, 16), 32));
}

/* ---- bit fields: v is the lsb, w is width - 1 (SBFX, UBFX) or the msb (BFC, BFI) ---- */

static bool extract_field(struct arm_state *s, const struct arm_insn *insn, term (*extend)(term, unsigned))
{
    return arm_set_reg(s, insn->d, extend(term_extract(s->r[insn->n], insn->v, insn->w + 1u), 32));
}

bool exec_sbfx(struct arm_state *s, const struct arm_insn *insn)
{
    return extract_field(s, insn, term_sext);
}

bool exec_ubfx(struct arm_state *s, const struct arm_insn *insn)
{
    return extract_field(s, insn, term_zext);
}

static bool insert_field(struct arm_state *s, const struct arm_insn *insn, term source)
{
    unsigned lsb = insn->v, msb = insn->w;
    term old = s->r[insn->d], value = term_extract(source, 0, msb - lsb + 1);
    if (lsb > 0)
        value = term_concat(value, term_extract(old, 0, lsb));
    if (msb < 31)
        value = term_concat(term_extract(old, msb + 1, 31 - msb), value);
    return arm_set_reg(s, insn->d, value);
}

bool exec_bfc(struct arm_state *s, const struct arm_insn *insn)
{
    return insert_field(s, insn, term_const(32, 0));
}

bool exec_bfi(struct arm_state *s, const struct arm_insn *insn)
{
    return insert_field(s, insn, s->r[insn->n]);
}

/* ---- reversals ---- */

bool exec_rev(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_reverse(s->r[insn->m], 8));
}

bool exec_rev16(struct arm_state *s, const struct arm_insn *insn)
{
    term high = term_extract(s->r[insn->m], 16, 16), low = term_extract(s->r[insn->m], 0, 16);
    return arm_set_reg(s, insn->d, term_concat(term_reverse(high, 8), term_reverse(low, 8)));
}

bool exec_revsh(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_sext(term_reverse(term_extract(s->r[insn->m], 0, 16), 8), 32));
}

bool exec_rbit(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_reverse(s->r[insn->m], 1));
}

/* One path for each number of leading zeros: what follows, such as a shift by it, is then a slice. */
bool exec_clz(struct arm_state *s, const struct arm_insn *insn)
{
    term x = s->r[insn->m];
    unsigned zeros = 0;
    for (bool one = false; zeros < 32; zeros++) {
        uint64_t bit = UINT64_C(1) << (31 - zeros);
        if (x->zeros & bit)
            continue;
        if (!(x->ones & bit) && !arm_decide(s, term_extract(x, 31 - zeros, 1), &one))
            return false;
        if (one || (x->ones & bit))
            break;
    }
    return arm_set_reg(s, insn->d, term_const(32, zeros));
}
