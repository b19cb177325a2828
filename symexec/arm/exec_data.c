/* Data processing: operands, results and flags (A7.4, A7.7). */
#include "symexec/arm/execute.h"

bool arm_sets_flags(const struct arm_state *s, const struct arm_insn *insn)
{
    return insn->pattern->row->it == IT_FLAGS ? s->it == 0 : insn->s != 0;
}

void arm_set_nz(struct arm_state *s, term value)
{
    undo_set_term(s->undo, &s->n, arm_sign(value));
    undo_set_term(s->undo, &s->z, arm_is_zero(value));
}

/* N, Z and C, and V where the operation has an overflow. */
static void set_flags(struct arm_state *s, struct arm_result r)
{
    arm_set_nz(s, r.value);
    undo_set_term(s->undo, &s->c, r.carry);
    if (r.overflow)
        undo_set_term(s->undo, &s->v, r.overflow);
}

/* The last operand, immediate or shifted register, with its carry out where that is wanted. */
static struct arm_result operand(const struct arm_state *s, const struct arm_insn *insn, bool carry)
{
    if (insn->imm)
        return (struct arm_result){.value = insn->imm, .carry = insn->carry ? insn->carry : s->c};
    return arm_shift_immediate(arm_read(s, insn->m), (enum arm_shift)insn->y, insn->v, s->c, carry);
}

/* ALUWritePC (A2.3.1) for r15. */
static bool write_result(struct arm_state *s, unsigned reg, term value)
{
    return reg == ARM_PC ? arm_branch(s, value) : arm_set_reg(s, reg, value);
}

static bool finish(struct arm_state *s, const struct arm_insn *insn, struct arm_result r)
{
    if (!write_result(s, insn->d, r.value))
        return false;
    if (arm_sets_flags(s, insn))
        set_flags(s, r);
    return true;
}

/* ---- logic: the carry is that of the operand's shift, V keeps its value ---- */

/* For MOV and MVN, which have no first operand. */
static term second(term n, term y)
{
    (void)n;
    return y;
}

static struct arm_result logical(const struct arm_state *s, const struct arm_insn *insn, term (*op)(term, term),
                                 bool invert, bool flags)
{
    struct arm_result y = operand(s, insn, flags);
    y.value = op(s->r[insn->n], invert ? term_not(y.value) : y.value);
    return y;
}

static bool combine(struct arm_state *s, const struct arm_insn *insn, term (*op)(term, term), bool invert)
{
    return finish(s, insn, logical(s, insn, op, invert, arm_sets_flags(s, insn)));
}

bool exec_and(struct arm_state *s, const struct arm_insn *insn)
{
    return combine(s, insn, term_and, false);
}

bool exec_bic(struct arm_state *s, const struct arm_insn *insn)
{
    return combine(s, insn, term_and, true);
}

bool exec_orr(struct arm_state *s, const struct arm_insn *insn)
{
    return combine(s, insn, term_or, false);
}

bool exec_orn(struct arm_state *s, const struct arm_insn *insn)
{
    return combine(s, insn, term_or, true);
}

bool exec_eor(struct arm_state *s, const struct arm_insn *insn)
{
    return combine(s, insn, term_xor, false);
}

/* MOV, and the shifts by an immediate, which are MOV of a shifted register. */
bool exec_mov(struct arm_state *s, const struct arm_insn *insn)
{
    return combine(s, insn, second, false);
}

bool exec_mvn(struct arm_state *s, const struct arm_insn *insn)
{
    return combine(s, insn, second, true);
}

bool exec_tst(struct arm_state *s, const struct arm_insn *insn)
{
    set_flags(s, logical(s, insn, term_and, false, true));
    return true;
}

bool exec_teq(struct arm_state *s, const struct arm_insn *insn)
{
    set_flags(s, logical(s, insn, term_xor, false, true));
    return true;
}

bool exec_movt(struct arm_state *s, const struct arm_insn *insn)
{
    term high = term_extract(insn->imm, 0, 16), low = term_extract(s->r[insn->d], 0, 16);
    return arm_set_reg(s, insn->d, term_concat(high, low));
}

/* ---- shifts by a register ---- */

static bool shift(struct arm_state *s, const struct arm_insn *insn, enum arm_shift type)
{
    return finish(s, insn, arm_shift_register(s->r[insn->n], type, s->r[insn->m], s->c, arm_sets_flags(s, insn)));
}

bool exec_lsl(struct arm_state *s, const struct arm_insn *insn)
{
    return shift(s, insn, ARM_LSL);
}

bool exec_lsr(struct arm_state *s, const struct arm_insn *insn)
{
    return shift(s, insn, ARM_LSR);
}

bool exec_asr(struct arm_state *s, const struct arm_insn *insn)
{
    return shift(s, insn, ARM_ASR);
}

bool exec_ror(struct arm_state *s, const struct arm_insn *insn)
{
    return shift(s, insn, ARM_ROR);
}

/* ---- arithmetic ---- */

typedef struct arm_result sum_with_flags(term x, term y, term carry, bool flags);

static bool calculate(struct arm_state *s, const struct arm_insn *insn, sum_with_flags *op, term x, term y, term carry)
{
    return finish(s, insn, op(x, y, carry, arm_sets_flags(s, insn)));
}

static term last(const struct arm_state *s, const struct arm_insn *insn)
{
    return operand(s, insn, false).value;
}

bool exec_add(struct arm_state *s, const struct arm_insn *insn)
{
    return calculate(s, insn, arm_add, arm_read(s, insn->n), last(s, insn), term_truth(false));
}

bool exec_adc(struct arm_state *s, const struct arm_insn *insn)
{
    return calculate(s, insn, arm_add, s->r[insn->n], last(s, insn), s->c);
}

bool exec_sub(struct arm_state *s, const struct arm_insn *insn)
{
    return calculate(s, insn, arm_subtract, s->r[insn->n], last(s, insn), term_truth(true));
}

bool exec_sbc(struct arm_state *s, const struct arm_insn *insn)
{
    return calculate(s, insn, arm_subtract, s->r[insn->n], last(s, insn), s->c);
}

bool exec_rsb(struct arm_state *s, const struct arm_insn *insn)
{
    return calculate(s, insn, arm_subtract, last(s, insn), s->r[insn->n], term_truth(true));
}

bool exec_cmp(struct arm_state *s, const struct arm_insn *insn)
{
    set_flags(s, arm_subtract(s->r[insn->n], last(s, insn), term_truth(true), true));
    return true;
}

bool exec_cmn(struct arm_state *s, const struct arm_insn *insn)
{
    set_flags(s, arm_add(s->r[insn->n], last(s, insn), term_truth(false), true));
    return true;
}

/* ---- addresses relative to the PC ---- */

bool exec_adr_add(struct arm_state *s, const struct arm_insn *insn)
{
    term pc = arm_aligned_pc(s);
    return pc && arm_set_reg(s, insn->d, term_add(pc, insn->imm));
}

bool exec_adr_sub(struct arm_state *s, const struct arm_insn *insn)
{
    term pc = arm_aligned_pc(s);
    return pc && arm_set_reg(s, insn->d, term_sub(pc, insn->imm));
}
