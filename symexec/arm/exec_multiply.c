/* Multiplication and division. */
#include "symexec/arm/execute.h"

/* MULS (T1) sets N and Z only; C and V keep their values (A7.7.84). */
bool exec_mul(struct arm_state *s, const struct arm_insn *insn)
{
    term value = term_mul(s->r[insn->n], s->r[insn->m]);
    if (arm_sets_flags(s, insn))
        arm_set_nz(s, value);
    return arm_set_reg(s, insn->d, value);
}

bool exec_mla(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_add(s->r[insn->a], term_mul(s->r[insn->n], s->r[insn->m])));
}

bool exec_mls(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_set_reg(s, insn->d, term_sub(s->r[insn->a], term_mul(s->r[insn->n], s->r[insn->m])));
}

/* ---- 64-bit products: d is RdHi, e is RdLo ---- */

static bool multiply_long(struct arm_state *s, const struct arm_insn *insn, term (*extend)(term, unsigned),
                          bool accumulate)
{
    term value = term_mul(extend(s->r[insn->n], 64), extend(s->r[insn->m], 64));
    if (accumulate)
        value = term_add(value, term_concat(s->r[insn->d], s->r[insn->e]));
    return arm_set_reg(s, insn->d, term_extract(value, 32, 32)) && arm_set_reg(s, insn->e, term_extract(value, 0, 32));
}

bool exec_umull(struct arm_state *s, const struct arm_insn *insn)
{
    return multiply_long(s, insn, term_zext, false);
}

bool exec_smull(struct arm_state *s, const struct arm_insn *insn)
{
    return multiply_long(s, insn, term_sext, false);
}

bool exec_umlal(struct arm_state *s, const struct arm_insn *insn)
{
    return multiply_long(s, insn, term_zext, true);
}

bool exec_smlal(struct arm_state *s, const struct arm_insn *insn)
{
    return multiply_long(s, insn, term_sext, true);
}

/* ---- division: by zero it gives 0, or traps ---- */

static bool divide(struct arm_state *s, const struct arm_insn *insn, term (*quotient)(term, term))
{
    term divisor = s->r[insn->m];
    bool zero = false;
    if (s->core.div_0_trap && !arm_decide(s, arm_is_zero(divisor), &zero))
        return false;
    if (zero)
        return arm_break(s, ARM_DIVIDE_BY_ZERO, "%s by zero", insn->pattern->row->name);
    return arm_set_reg(s, insn->d, quotient(s->r[insn->n], divisor));
}

bool exec_sdiv(struct arm_state *s, const struct arm_insn *insn)
{
    return divide(s, insn, term_sdiv);
}

bool exec_udiv(struct arm_state *s, const struct arm_insn *insn)
{
    return divide(s, insn, term_udiv);
}
