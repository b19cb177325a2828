/* Registers, conditions and questions. */
#include "symexec/arm/internal.h"

#include <assert.h>
#include <string.h>

term arm_declared(struct arm_state *s, term t, unsigned classes, const char *what)
{
    term equal = NULL;
    bool known = true;
    if (!(t->classes & classes))
        return t;
    if (s->env->declared && s->env->declared(s->env->data, t, classes, &equal, &known))
        return equal;
    if (!known)
        arm_break(s, ARM_RULE_NONE, "whether %s depends on an undeclared value: the solver gave up", what);
    else if (t->classes & classes & TERM_UNDEFINED)
        arm_break(s, ARM_USES_UNDEFINED, "%s depends on an undefined value", what);
    else
        arm_break(s, ARM_USES_ADDRESS, "%s depends on an address", what);
    s->unless = equal ? term_eq(t, equal) : NULL;
    return NULL;
}

bool arm_decide(struct arm_state *s, term cond, bool *answer)
{
    assert(cond->width == 1);
    if (cond->classes & (TERM_UNDEFINED | TERM_PRIVATE)) {
        cond = arm_declared(s, cond, s->env->undeclared | TERM_UNDEFINED, "a decision");
        if (!cond)
            return false;
    }
    *answer = term_is_const(cond) ? cond->value != 0 : s->env->decide(s->env->data, cond);
    return true;
}

static bool concretise_bits(struct arm_state *s, term t, uint32_t *value)
{
    *value = (uint32_t)t->ones;
    uint64_t open = term_mask(t->width) & ~(t->zeros | t->ones);
    for (unsigned bit = t->width; bit-- > 0;) {
        bool set = false;
        if (!(open >> bit & 1))
            continue;
        if (!arm_decide(s, term_extract(t, bit, 1), &set))
            return false;
        *value |= (uint32_t)set << bit;
    }
    return true;
}

bool arm_concretise(struct arm_state *s, term t, uint32_t *value)
{
    assert(t->width <= 32);
    if (t->op != TERM_SUM)
        return concretise_bits(s, t, value);
    /* A sum has few known bits where its addends, say an index of 8 bits, have many. */
    uint32_t sum = (uint32_t)t->value;
    for (uint32_t i = 0; i < t->nargs; i++) {
        uint32_t addend = 0;
        if (!concretise_bits(s, t->args[i], &addend))
            return false;
        sum += (uint32_t)t->coef[i] * addend;
    }
    *value = sum & (uint32_t)term_mask(t->width);
    return true;
}

term arm_read(const struct arm_state *s, unsigned reg)
{
    return reg == ARM_PC ? term_add(s->r[ARM_PC], term_const(32, 4)) : s->r[reg];
}

term arm_aligned_pc(struct arm_state *s)
{
    term pc = arm_read(s, ARM_PC);
    uint32_t low;
    if (!arm_concretise(s, term_extract(pc, 0, 2), &low))
        return NULL;
    return term_sub(pc, term_const(32, low));
}

static bool set_sp(struct arm_state *s, term value)
{
    struct arm_place place, old;
    if (!arm_find_stack(s, value, &place))
        return arm_break(s, ARM_BAD_SP, "sp is set to a value that is no known place in a stack");
    if (place.offset % 4 != 0)
        return arm_break(s, ARM_BAD_SP, "sp is set to the unaligned offset %u", place.offset);
    if (s->r[ARM_SP] && arm_find_stack(s, s->r[ARM_SP], &old)) {
        if (old.block != place.block)
            return arm_break(s, ARM_BAD_SP, "sp moves to another stack");
        if (place.offset > old.offset)
            arm_release_stack(s, place.block, old.offset, place.offset);
    }
    undo_set_term(s->undo, &s->r[ARM_SP], value);
    return true;
}

bool arm_set_reg(struct arm_state *s, unsigned reg, term value)
{
    assert(reg < 16 && value->width == 32);
    if (reg == ARM_SP)
        return set_sp(s, value);
    undo_set_term(s->undo, &s->r[reg], value);
    return true;
}

/* Bit 0 of cond inverts the test of the other three bits (A7.3.1). */
term arm_condition(const struct arm_state *s, unsigned cond)
{
    term test = NULL;
    assert(cond < 15);
    switch (cond >> 1) {
    case 0: /* EQ */
        test = s->z;
        break;
    case 1: /* CS */
        test = s->c;
        break;
    case 2: /* MI */
        test = s->n;
        break;
    case 3: /* VS */
        test = s->v;
        break;
    case 4: /* HI */
        test = term_and(s->c, term_not(s->z));
        break;
    case 5: /* GE */
        test = term_not(term_xor(s->n, s->v));
        break;
    case 6: /* GT */
        test = term_and(term_not(s->z), term_not(term_xor(s->n, s->v)));
        break;
    default: /* AL */
        return term_const(1, 1);
    }
    return cond & 1 ? term_not(test) : test;
}
