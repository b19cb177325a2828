/* Branches, IT, hints, and encodings that the model refuses. */
#include "symexec/arm/execute.h"

#include <string.h>

static term declared(struct arm_state *s, term target)
{
    return arm_declared(s, target, TERM_UNDEFINED, "a branch target");
}

bool arm_branch(struct arm_state *s, term target)
{
    target = declared(s, target);
    if (!target)
        return false;
    if (!((target->zeros | target->ones) & 1))
        return arm_break(s, ARM_BAD_BRANCH, "bit 0 of a branch target is not known");
    s->next = target->ones & 1 ? term_sub(target, term_const(32, 1)) : target;
    return true;
}

bool arm_branch_exchange(struct arm_state *s, term target)
{
    target = declared(s, target);
    if (!target)
        return false;
    if (!(target->ones & 1))
        return arm_break(s, ARM_BAD_BRANCH, "bit 0 of an interworking branch target is %s",
                         target->zeros & 1 ? "clear" : "not known");
    s->next = term_sub(target, term_const(32, 1));
    return true;
}

static bool branch_relative(struct arm_state *s, term offset)
{
    return arm_branch(s, term_add(arm_read(s, ARM_PC), offset));
}

bool exec_b(struct arm_state *s, const struct arm_insn *insn)
{
    return branch_relative(s, insn->imm);
}

bool exec_b_conditional(struct arm_state *s, const struct arm_insn *insn)
{
    bool taken;
    return arm_decide(s, arm_condition(s, insn->c), &taken) && (!taken || branch_relative(s, insn->imm));
}

/* The address of the next instruction, with the Thumb bit. */
static bool link(struct arm_state *s, uint32_t size)
{
    return arm_set_reg(s, ARM_LR, term_add(s->r[ARM_PC], term_const(32, size + 1)));
}

bool exec_bl(struct arm_state *s, const struct arm_insn *insn)
{
    return link(s, 4) && branch_relative(s, insn->imm);
}

bool exec_bx(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_branch_exchange(s, arm_read(s, insn->m));
}

bool exec_blx(struct arm_state *s, const struct arm_insn *insn)
{
    term target = s->r[insn->m]; /* may be LR */
    return link(s, 2) && arm_branch_exchange(s, target);
}

static bool compare_and_branch(struct arm_state *s, const struct arm_insn *insn, bool if_zero)
{
    bool zero;
    return arm_decide(s, arm_is_zero(s->r[insn->n]), &zero) && (zero != if_zero || branch_relative(s, insn->imm));
}

bool exec_cbz(struct arm_state *s, const struct arm_insn *insn)
{
    return compare_and_branch(s, insn, true);
}

bool exec_cbnz(struct arm_state *s, const struct arm_insn *insn)
{
    return compare_and_branch(s, insn, false);
}

static bool table_branch(struct arm_state *s, const struct arm_insn *insn, unsigned width)
{
    term index = s->r[insn->m];
    if (width == 2)
        index = term_shl(index, term_const(32, 1));
    term entry = arm_load(s, term_add(arm_read(s, insn->n), index), width, s->core.unaligned_trap);
    return entry && branch_relative(s, term_shl(term_zext(entry, 32), term_const(32, 1)));
}

bool exec_tbb(struct arm_state *s, const struct arm_insn *insn)
{
    return table_branch(s, insn, 1);
}

bool exec_tbh(struct arm_state *s, const struct arm_insn *insn)
{
    return table_branch(s, insn, 2);
}

bool exec_it(struct arm_state *s, const struct arm_insn *insn)
{
    undo_set_u32(s->undo, &s->it, (uint32_t)(insn->c << 4 | insn->o));
    return true;
}

bool exec_nop(struct arm_state *s, const struct arm_insn *insn)
{
    (void)s;
    (void)insn;
    return true;
}

bool exec_system(struct arm_state *s, const struct arm_insn *insn)
{
    char name[16];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(insn->pattern->row->name, " "), insn->pattern->row->name);
    enum arm_system which = arm_system_named(name);
    if (which < ARM_SYSTEM_COUNT && (s->core.system_allowed >> which & 1))
        return true;
    return arm_break(s, ARM_SYSTEM, "%s", insn->pattern->row->name);
}

bool exec_undefined(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_break_encoding(s, ARM_UNDEFINED, insn->word, insn->pattern->row->name);
}

bool exec_unsupported(struct arm_state *s, const struct arm_insn *insn)
{
    return arm_break(s, ARM_UNSUPPORTED, "%s", insn->pattern->row->name);
}
