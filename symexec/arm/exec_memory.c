/* Loads and stores of one register, or of two (LDRD, STRD), in all addressing modes (A4.6). */
#include "symexec/arm/execute.h"

/* The address of the access, and the value to write back to Rn. */
struct address {
    term access, update;
};

static struct address offset_from(const struct arm_insn *insn, term base, term offset)
{
    term update = insn->q ? term_add(base, offset) : term_sub(base, offset);
    return (struct address){insn->p ? update : base, update};
}

static bool make_address(struct arm_state *s, const struct arm_insn *insn, struct address *address)
{
    term base = insn->n == ARM_PC ? arm_aligned_pc(s) : s->r[insn->n];
    term offset = insn->imm;
    if (!base)
        return false;
    if (!offset)
        offset = arm_shift_immediate(s->r[insn->m], ARM_LSL, insn->v, s->c, false).value;
    *address = offset_from(insn, base, offset);
    return true;
}

static bool write_back(struct arm_state *s, const struct arm_insn *insn, const struct address *address)
{
    return !insn->w || arm_set_reg(s, insn->n, address->update);
}

/* ---- loads ---- */

static bool load(struct arm_state *s, const struct arm_insn *insn, unsigned width, term (*extend)(term, unsigned))
{
    struct address address;
    if (!make_address(s, insn, &address))
        return false;
    /* A load of the PC from an unaligned address is UNPREDICTABLE (A7.7.43): the same rule, whatever the core traps. */
    term value = arm_load(s, address.access, width, s->core.unaligned_trap || insn->t == ARM_PC);
    if (!value || !write_back(s, insn, &address))
        return false;
    value = extend(value, 32);
    return insn->t == ARM_PC ? arm_branch_exchange(s, value) : arm_set_reg(s, insn->t, value);
}

bool exec_ldr(struct arm_state *s, const struct arm_insn *insn)
{
    return load(s, insn, 4, term_zext);
}

bool exec_ldrb(struct arm_state *s, const struct arm_insn *insn)
{
    return load(s, insn, 1, term_zext);
}

bool exec_ldrh(struct arm_state *s, const struct arm_insn *insn)
{
    return load(s, insn, 2, term_zext);
}

bool exec_ldrsb(struct arm_state *s, const struct arm_insn *insn)
{
    return load(s, insn, 1, term_sext);
}

bool exec_ldrsh(struct arm_state *s, const struct arm_insn *insn)
{
    return load(s, insn, 2, term_sext);
}

/* ---- stores ---- */

/* A stack pointer that moves down moves before the store, which would otherwise be below it. */
static bool moves_first(const struct arm_insn *insn)
{
    return !insn->q;
}

static bool store(struct arm_state *s, const struct arm_insn *insn, unsigned width)
{
    struct address address;
    if (!make_address(s, insn, &address))
        return false;
    bool before = moves_first(insn);
    term value = term_extract(s->r[insn->t], 0, 8 * width);
    return (!before || write_back(s, insn, &address)) &&
           arm_store(s, address.access, width, value, s->core.unaligned_trap) &&
           (before || write_back(s, insn, &address));
}

bool exec_str(struct arm_state *s, const struct arm_insn *insn)
{
    return store(s, insn, 4);
}

bool exec_strb(struct arm_state *s, const struct arm_insn *insn)
{
    return store(s, insn, 1);
}

bool exec_strh(struct arm_state *s, const struct arm_insn *insn)
{
    return store(s, insn, 2);
}

/* ---- two registers, t and u: both words must be aligned, whatever the core traps (A3.2.1) ---- */

static term next_word(const struct address *address)
{
    return term_add(address->access, term_const(32, 4));
}

bool exec_ldrd(struct arm_state *s, const struct arm_insn *insn)
{
    /* LDRD (literal): the PC is not aligned for it and must be (A7.7.51), which the check of the access does. */
    struct address address = offset_from(insn, arm_read(s, insn->n), insn->imm);
    term first = arm_load(s, address.access, 4, true),
         second = first ? arm_load(s, next_word(&address), 4, true) : NULL;
    return second && write_back(s, insn, &address) && arm_set_reg(s, insn->t, first) && arm_set_reg(s, insn->u, second);
}

bool exec_strd(struct arm_state *s, const struct arm_insn *insn)
{
    struct address address = offset_from(insn, arm_read(s, insn->n), insn->imm);
    bool before = moves_first(insn);
    term first = s->r[insn->t], second = s->r[insn->u];
    return (!before || write_back(s, insn, &address)) && arm_store(s, address.access, 4, first, true) &&
           arm_store(s, next_word(&address), 4, second, true) && (before || write_back(s, insn, &address));
}
