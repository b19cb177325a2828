/* Data processing: operands, results and flags (A7.4, A7.7). */
#include "symexec/arm/execute.h"

/* 16-bit encodings set flags outside of IT blocks (IT_FLAGS), 32-bit ones where S is set. */
static bool sets_flags(const struct arm_state *s, const struct arm_insn *insn)
{
    return insn->pattern->row->it == IT_FLAGS ? s->it == 0 : insn->s != 0;
}

static void set_nz(struct arm_state *s, term value)
{
    undo_set_term(s->undo, &s->n, arm_sign(value));
    undo_set_term(s->undo, &s->z, arm_is_zero(value));
}

static void set_logical_flags(struct arm_state *s, term value, term carry)
{
    set_nz(s, value);
    undo_set_term(s->undo, &s->c, carry);
}

static void set_arithmetic_flags(struct arm_state *s, const struct arm_result *r)
{
    set_logical_flags(s, r->value, r->carry);
    undo_set_term(s->undo, &s->v, r->overflow);
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

static bool finish_logical(struct arm_state *s, const struct arm_insn *insn, term value, term carry)
{
    if (!write_result(s, insn->d, value))
        return false;
    if (sets_flags(s, insn))
        set_logical_flags(s, value, carry);
    return true;
}

static bool finish_arithmetic(struct arm_state *s, const struct arm_insn *insn, struct arm_result r)
{
    if (!write_result(s, insn->d, r.value))
        return false;
    if (sets_flags(s, insn))
        set_arithmetic_flags(s, &r);
    return true;
}

/* ---- logic ---- */

bool exec_and(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, sets_flags(s, insn));
    return finish_logical(s, insn, term_and(s->r[insn->n], y.value), y.carry);
}

bool exec_bic(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, sets_flags(s, insn));
    return finish_logical(s, insn, term_and(s->r[insn->n], term_not(y.value)), y.carry);
}

bool exec_orr(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, sets_flags(s, insn));
    return finish_logical(s, insn, term_or(s->r[insn->n], y.value), y.carry);
}

bool exec_orn(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, sets_flags(s, insn));
    return finish_logical(s, insn, term_or(s->r[insn->n], term_not(y.value)), y.carry);
}

bool exec_eor(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, sets_flags(s, insn));
    return finish_logical(s, insn, term_xor(s->r[insn->n], y.value), y.carry);
}

bool exec_tst(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, true);
    set_logical_flags(s, term_and(s->r[insn->n], y.value), y.carry);
    return true;
}

bool exec_teq(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, true);
    set_logical_flags(s, term_xor(s->r[insn->n], y.value), y.carry);
    return true;
}

/* MOV, and the shifts by an immediate, which are MOV of a shifted register. */
bool exec_mov(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, sets_flags(s, insn));
    return finish_logical(s, insn, y.value, y.carry);
}

/* MOV (register) T3: without flags one of the two registers may be SP. */
bool exec_mov_wide(struct arm_state *s, const struct arm_insn *insn)
{
    bool d_sp = insn->d == ARM_SP, m_sp = insn->m == ARM_SP;
    if (insn->d == ARM_PC || insn->m == ARM_PC || (insn->s ? d_sp || m_sp : d_sp && m_sp))
        return arm_break(s, ARM_UNPREDICTABLE, "MOV (register) T3 with r%u, r%u", insn->d, insn->m);
    return exec_mov(s, insn);
}

bool exec_mvn(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result y = operand(s, insn, sets_flags(s, insn));
    return finish_logical(s, insn, term_not(y.value), y.carry);
}

bool exec_movt(struct arm_state *s, const struct arm_insn *insn)
{
    term high = term_extract(insn->imm, 0, 16), low = term_extract(s->r[insn->d], 0, 16);
    return arm_set_reg(s, insn->d, term_concat(high, low));
}

/* ---- shifts by a register ---- */

static bool shift(struct arm_state *s, const struct arm_insn *insn, enum arm_shift type)
{
    struct arm_result r = arm_shift_register(s->r[insn->n], type, s->r[insn->m], s->c, sets_flags(s, insn));
    return finish_logical(s, insn, r.value, r.carry);
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

bool exec_add(struct arm_state *s, const struct arm_insn *insn)
{
    bool flags = sets_flags(s, insn);
    return finish_arithmetic(s, insn,
                             arm_add(arm_read(s, insn->n), operand(s, insn, false).value, term_truth(false), flags));
}

bool exec_adc(struct arm_state *s, const struct arm_insn *insn)
{
    return finish_arithmetic(s, insn, arm_add(s->r[insn->n], operand(s, insn, false).value, s->c, sets_flags(s, insn)));
}

bool exec_sub(struct arm_state *s, const struct arm_insn *insn)
{
    bool flags = sets_flags(s, insn);
    return finish_arithmetic(s, insn,
                             arm_subtract(s->r[insn->n], operand(s, insn, false).value, term_truth(true), flags));
}

bool exec_sbc(struct arm_state *s, const struct arm_insn *insn)
{
    return finish_arithmetic(s, insn,
                             arm_subtract(s->r[insn->n], operand(s, insn, false).value, s->c, sets_flags(s, insn)));
}

bool exec_rsb(struct arm_state *s, const struct arm_insn *insn)
{
    bool flags = sets_flags(s, insn);
    return finish_arithmetic(s, insn,
                             arm_subtract(operand(s, insn, false).value, s->r[insn->n], term_truth(true), flags));
}

bool exec_cmp(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result r = arm_subtract(s->r[insn->n], operand(s, insn, false).value, term_truth(true), true);
    set_arithmetic_flags(s, &r);
    return true;
}

bool exec_cmn(struct arm_state *s, const struct arm_insn *insn)
{
    struct arm_result r = arm_add(s->r[insn->n], operand(s, insn, false).value, term_truth(false), true);
    set_arithmetic_flags(s, &r);
    return true;
}

/* ---- encodings with rules of their own ---- */

/* ADD (register) T2. */
bool exec_add_high(struct arm_state *s, const struct arm_insn *insn)
{
    if (insn->n == ARM_PC && insn->m == ARM_PC)
        return arm_break(s, ARM_UNPREDICTABLE, "ADD (register) T2 of pc and pc");
    return exec_add(s, insn);
}

/* CMP (register) T2: two low registers belong to T1. */
bool exec_cmp_high(struct arm_state *s, const struct arm_insn *insn)
{
    if (insn->n < 8 && insn->m < 8)
        return arm_break(s, ARM_UNPREDICTABLE, "CMP (register) T2 of two low registers");
    return exec_cmp(s, insn);
}

/* ADD (SP plus register) T3, SUB (SP minus register) T1: only shifts that a stack pointer may see. */
static bool check_sp_shift(struct arm_state *s, const struct arm_insn *insn)
{
    return insn->d != ARM_SP || (insn->y == ARM_LSL && insn->v <= 3) ||
           arm_break(s, ARM_UNPREDICTABLE, "%s to sp with a shift", insn->pattern->row->name);
}

bool exec_add_sp(struct arm_state *s, const struct arm_insn *insn)
{
    return check_sp_shift(s, insn) && exec_add(s, insn);
}

bool exec_sub_sp(struct arm_state *s, const struct arm_insn *insn)
{
    return check_sp_shift(s, insn) && exec_sub(s, insn);
}

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
