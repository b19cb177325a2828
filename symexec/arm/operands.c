/*
 * Operands that make an encoding UNPREDICTABLE, beyond what a row's list of forbidden registers can say. They are so whatever the
 * condition of the instruction is, and wherever it is.
 */
#include "symexec/arm/execute.h"

#include <fnmatch.h>

/* ---- registers ---- */

/* Without flags one of the two may be SP. */
static bool moves_pc_or_sp(const struct arm_insn *i)
{
    bool d_sp = i->d == ARM_SP, m_sp = i->m == ARM_SP;
    return i->d == ARM_PC || i->m == ARM_PC || (i->s ? d_sp || m_sp : d_sp && m_sp);
}

static bool both_pc(const struct arm_insn *i)
{
    return i->n == ARM_PC && i->m == ARM_PC;
}

static bool both_low(const struct arm_insn *i)
{
    return i->n < 8 && i->m < 8;
}

/* Only shifts that a stack pointer may see. */
static bool shifts_into_sp(const struct arm_insn *i)
{
    return i->d == ARM_SP && (i->y != ARM_LSL || i->v > 3);
}

/* Encodings that hold Rm twice. */
static bool differ(const struct arm_insn *i)
{
    return i->n != i->m;
}

static bool one_half(const struct arm_insn *i)
{
    return i->d == i->e;
}

static bool based_on_sp(const struct arm_insn *i)
{
    return i->n == ARM_SP;
}

/* ---- bit fields: v is the lsb, w is width - 1 (SBFX, UBFX) or the msb (BFC, BFI) ---- */

static bool beyond_the_word(const struct arm_insn *i)
{
    return i->v + i->w > 31;
}

static bool is_empty_field(const struct arm_insn *i)
{
    return i->w < i->v;
}

/* ---- loads and stores ---- */

static bool transfers_written_base(const struct arm_insn *i)
{
    return i->w && i->n == i->t;
}

static bool transfers_written_base_second(const struct arm_insn *i)
{
    return i->w && i->n == i->u;
}

static bool loads_one_twice(const struct arm_insn *i)
{
    return i->t == i->u;
}

static bool writes_back_pc(const struct arm_insn *i)
{
    return i->w && i->n == ARM_PC;
}

/* ---- lists of registers ---- */

static bool is_empty_list(const struct arm_insn *i)
{
    return i->r == 0;
}

static bool is_short_list(const struct arm_insn *i)
{
    return (i->r & (i->r - 1)) == 0;
}

static bool lists_sp(const struct arm_insn *i)
{
    return i->r >> ARM_SP & 1;
}

static bool lists_pc(const struct arm_insn *i)
{
    return i->r >> ARM_PC & 1;
}

static bool lists_lr_and_pc(const struct arm_insn *i)
{
    return (i->r >> ARM_LR & 3) == 3;
}

static bool lists_written_base(const struct arm_insn *i)
{
    return i->w && (i->r >> i->n & 1);
}

/* The value stored is UNKNOWN. */
static bool lists_base_late(const struct arm_insn *i)
{
    return (i->r >> i->n & 1) && (i->r & ((1u << i->n) - 1));
}

/* ---- IT: AL allows no `else` ---- */

static bool has_no_condition(const struct arm_insn *i)
{
    return i->c == 15 || (i->c == 14 && (i->o & (i->o - 1)) != 0);
}

/* ---- the table ---- */

static const struct {
    const char *rows; /* pattern (fnmatch) of names of rows */
    bool (*wrong)(const struct arm_insn *insn);
    const char *what;
} rules[] = {
    {"MOV (register) T3", moves_pc_or_sp, "pc, or sp twice, or sp and flags"},
    {"ADD (register) T2", both_pc, "pc and pc"},
    {"CMP (register) T2", both_low, "two low registers"},
    {"ADD (SP plus register) T3", shifts_into_sp, "a shift into sp"},
    {"SUB (SP minus register) T1", shifts_into_sp, "a shift into sp"},
    {"REV* T2", differ, "two different Rm"},
    {"RBIT T1", differ, "two different Rm"},
    {"CLZ T1", differ, "two different Rm"},
    {"[SU]M[UL][LA]*L T1", one_half, "RdHi = RdLo"},
    {"TB[BH] T1", based_on_sp, "sp as base"},
    {"[SU]BFX T1", beyond_the_word, "a field beyond bit 31"},
    {"BF[CI] T1", is_empty_field, "msb below lsb"},
    {"LDR*", transfers_written_base, "a base that is written and loaded"},
    {"STR*", transfers_written_base, "a base that is written and stored"},
    {"LDRD *", transfers_written_base_second, "a base that is written and loaded"},
    {"STRD *", transfers_written_base_second, "a base that is written and stored"},
    {"LDRD *", loads_one_twice, "Rt = Rt2"},
    {"LDRD *", writes_back_pc, "a base that is written and pc"},
    {"PUSH T1", is_empty_list, "an empty list"},
    {"POP T1", is_empty_list, "an empty list"},
    {"LDM T1", is_empty_list, "an empty list"},
    {"STM T1", is_empty_list, "an empty list"},
    {"STM T1", lists_base_late, "its base in the list behind another register"},
    {"PUSH T2", is_short_list, "fewer than two registers"},
    {"POP T2", is_short_list, "fewer than two registers"},
    {"[LS][DT]M T2", is_short_list, "fewer than two registers"},
    {"[LS][DT]MDB T1", is_short_list, "fewer than two registers"},
    {"PUSH T2", lists_sp, "sp in the list"},
    {"POP T2", lists_sp, "sp in the list"},
    {"[LS][DT]M T2", lists_sp, "sp in the list"},
    {"[LS][DT]MDB T1", lists_sp, "sp in the list"},
    {"PUSH T2", lists_pc, "pc in the list"},
    {"STM T2", lists_pc, "pc in the list"},
    {"STMDB T1", lists_pc, "pc in the list"},
    {"POP T2", lists_lr_and_pc, "lr and pc in the list"},
    {"LDM T2", lists_lr_and_pc, "lr and pc in the list"},
    {"LDMDB T1", lists_lr_and_pc, "lr and pc in the list"},
    {"[LS][DT]M T2", lists_written_base, "its base in the list and write-back"},
    {"[LS][DT]MDB T1", lists_written_base, "its base in the list and write-back"},
    {"IT T1", has_no_condition, "condition 15, or AL and an else"},
};

enum { RULES = sizeof rules / sizeof *rules };
_Static_assert(RULES <= 64, "a set of rules is a word");

uint64_t arm_operand_rules(const char *row)
{
    uint64_t set = 0;
    for (unsigned i = 0; i < RULES; i++)
        if (fnmatch(rules[i].rows, row, 0) == 0)
            set |= UINT64_C(1) << i;
    return set;
}

const char *arm_wrong_operands(const struct arm_insn *insn)
{
    for (uint64_t set = insn->pattern->rules; set; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctzll(set);
        if (rules[i].wrong(insn))
            return rules[i].what;
    }
    return NULL;
}

/* ---- branches that are written as other instructions ---- */

bool arm_writes_pc(const struct arm_insn *insn)
{
    bool (*execute)(struct arm_state *, const struct arm_insn *) = insn->pattern->row->execute;
    if (execute == exec_ldr)
        return insn->t == ARM_PC;
    if (execute == exec_ldm || execute == exec_ldmdb)
        return lists_pc(insn);
    if (execute == exec_pop)
        return insn->r >> 8 & 1;
    return insn->pattern->size == 2 && insn->d == ARM_PC; /* MOV and ADD */
}
