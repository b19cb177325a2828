/* Loads and stores of a list of registers: LDM, STM, PUSH, POP. All of them fault on unaligned addresses (A3.2.1). */
#include "symexec/arm/execute.h"

static unsigned count(unsigned list)
{
    return (unsigned)__builtin_popcount(list);
}

static term step(term base, uint32_t bytes)
{
    return term_add(base, term_const(32, bytes));
}

/* Loads the list from `start`; then Rn becomes `update` (if not NULL); the PC comes last. */
static bool load_list(struct arm_state *s, unsigned list, term start, unsigned n, term update)
{
    term values[16];
    uint32_t offset = 0;
    for (unsigned reg = 0; reg < 16; reg++) {
        if (!(list >> reg & 1))
            continue;
        values[reg] = arm_load(s, step(start, offset), 4, true);
        if (!values[reg])
            return false;
        offset += 4;
    }
    if (update && !arm_set_reg(s, n, update))
        return false;
    for (unsigned reg = 0; reg < ARM_PC; reg++)
        if ((list >> reg & 1) && !arm_set_reg(s, reg, values[reg]))
            return false;
    return !(list >> ARM_PC & 1) || arm_branch_exchange(s, values[ARM_PC]);
}

static bool store_list(struct arm_state *s, unsigned list, term start)
{
    uint32_t offset = 0;
    for (unsigned reg = 0; reg < 16; reg++) {
        if (!(list >> reg & 1))
            continue;
        if (!arm_store(s, step(start, offset), 4, s->r[reg], true))
            return false;
        offset += 4;
    }
    return true;
}

/* ---- 32-bit encodings ---- */

bool exec_ldm(struct arm_state *s, const struct arm_insn *insn)
{
    term base = s->r[insn->n];
    return load_list(s, insn->r, base, insn->n, insn->w ? step(base, 4 * count(insn->r)) : NULL);
}

bool exec_ldmdb(struct arm_state *s, const struct arm_insn *insn)
{
    term start = step(s->r[insn->n], 0u - 4 * count(insn->r));
    return load_list(s, insn->r, start, insn->n, insn->w ? start : NULL);
}

bool exec_stm(struct arm_state *s, const struct arm_insn *insn)
{
    term base = s->r[insn->n];
    if (!store_list(s, insn->r, base))
        return false;
    return !insn->w || arm_set_reg(s, insn->n, step(base, 4 * count(insn->r)));
}

/* The base moves first: with sp as base, the stores would otherwise be below it. */
bool exec_stmdb(struct arm_state *s, const struct arm_insn *insn)
{
    term start = step(s->r[insn->n], 0u - 4 * count(insn->r));
    if (insn->w && !arm_set_reg(s, insn->n, start))
        return false;
    return store_list(s, insn->r, start);
}

/* ---- 16-bit encodings ---- */

/* LDM T1: writes back unless the base is loaded; the base is then written twice, and the loaded value stays. */
bool exec_ldm_low(struct arm_state *s, const struct arm_insn *insn)
{
    term base = s->r[insn->n];
    return load_list(s, insn->r, base, insn->n, step(base, 4 * count(insn->r)));
}

bool exec_stm_low(struct arm_state *s, const struct arm_insn *insn)
{
    term base = s->r[insn->n];
    return store_list(s, insn->r, base) && arm_set_reg(s, insn->n, step(base, 4 * count(insn->r)));
}

/* PUSH T1, POP T1: bit 8 of the list stands for LR or PC. */
bool exec_push(struct arm_state *s, const struct arm_insn *insn)
{
    unsigned list = (insn->r & 0xffu) | (insn->r & 0x100u) << (ARM_LR - 8);
    term start = step(s->r[ARM_SP], 0u - 4 * count(list));
    return arm_set_reg(s, ARM_SP, start) && store_list(s, list, start);
}

bool exec_pop(struct arm_state *s, const struct arm_insn *insn)
{
    unsigned list = (insn->r & 0xffu) | (insn->r & 0x100u) << (ARM_PC - 8);
    term start = s->r[ARM_SP];
    return load_list(s, list, start, ARM_SP, step(start, 4 * count(list)));
}
