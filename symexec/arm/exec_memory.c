/* Loads and stores of one register, in all addressing modes (A4.6). */
#include "symexec/arm/execute.h"

/* The address of the access, and the value to write back to Rn. */
struct address {
    term access, update;
};

static bool make_address(struct arm_state *s, const struct arm_insn *insn, struct address *address)
{
    term base = insn->n == ARM_PC ? arm_aligned_pc(s) : s->r[insn->n];
    term offset = insn->imm;
    if (!base)
        return false;
    if (!offset)
        offset = arm_shift_immediate(s->r[insn->m], ARM_LSL, insn->v, s->c, false).value;
    term update = insn->q ? term_add(base, offset) : term_sub(base, offset);
    *address = (struct address){insn->p ? update : base, update};
    return true;
}

static bool write_back(struct arm_state *s, const struct arm_insn *insn, const struct address *address)
{
    return !insn->w || arm_set_reg(s, insn->n, address->update);
}

static bool check_write_back(struct arm_state *s, const struct arm_insn *insn)
{
    return !insn->w || insn->n != insn->t ||
           arm_break(s, ARM_UNPREDICTABLE, "%s writes its base and loads or stores it", insn->pattern->row->name);
}

/* ---- loads ---- */

static bool load(struct arm_state *s, const struct arm_insn *insn, unsigned width, term (*extend)(term, unsigned))
{
    struct address address;
    if (!check_write_back(s, insn) || !make_address(s, insn, &address))
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

static bool store(struct arm_state *s, const struct arm_insn *insn, unsigned width)
{
    struct address address;
    if (insn->n == ARM_PC)
        return arm_break(s, ARM_UNDEFINED, "%s relative to the PC", insn->pattern->row->name);
    if (!check_write_back(s, insn) || !make_address(s, insn, &address))
        return false;
    /* A stack pointer that moves down moves before the store, which would otherwise be below it. */
    bool before = !insn->q;
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
