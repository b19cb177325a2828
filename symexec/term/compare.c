/* Truth values: EQ, ULT, SLT and the ITE that consumes them. */
#include "symexec/term/store.h"

#include <assert.h>

static term truth(bool value)
{
    return term_const(1, value);
}

/* ---- eq ---- */

/* Equality of sums: everything on one side, then the addends with a negative coefficient back on the other. */
static term eq_sums(term a, term b)
{
    term difference = term_sub(a, b);
    unsigned width = a->width;
    if (difference->op == TERM_CONST)
        return truth(difference->value == 0);
    if (difference->op != TERM_SUM)
        return term_eq(difference, term_const(width, 0));
    uint64_t sign = UINT64_C(1) << (width - 1);
    bool flip = difference->coef[0] & sign;
    term left = term_const(width, 0), right = term_const(width, 0);
    for (uint32_t i = 0; i < difference->nargs; i++) {
        uint64_t coef = flip ? 0 - difference->coef[i] : difference->coef[i];
        coef &= term_mask(width);
        term *side = coef & sign ? &right : &left;
        if (side == &right)
            coef = 0 - coef;
        *side = term_add(*side, term_mul(difference->args[i], term_const(width, coef)));
    }
    right = term_add(right, term_const(width, flip ? difference->value : 0 - difference->value));
    /* Only EQ of sums that this very rule would build again is left: intern it as it is. */
    if (left->op != TERM_SUM && right->op != TERM_SUM)
        return term_eq(left, right);
    if (left->op == TERM_CONST || (right->op != TERM_CONST && right->id < left->id))
        return store_node2(TERM_EQ, 1, right, left);
    return store_node2(TERM_EQ, 1, left, right);
}

/* Equality of concatenations: of every pair of slices between the edges of either. */
static term eq_concat(term a, term b)
{
    term result = truth(true);
    unsigned base = 0;
    const struct term *parts = a->op == TERM_CONCAT ? a : b;
    for (uint32_t i = parts->nargs; i-- > 0;) {
        unsigned width = parts->args[i]->width;
        result = term_and(result, term_eq(term_extract(a, base, width), term_extract(b, base, width)));
        base += width;
    }
    return result;
}

static term eq(term a, term b)
{
    unsigned width = a->width;
    if (a == b)
        return by_rule(RULE_EQ_SAME, truth(true));
    if ((a->zeros & b->ones) || (a->ones & b->zeros))
        return by_rule(RULE_EQ_KNOWN_BITS, truth(false));
    bool swapped = swap_operands(&a, &b);
    if (width == 1)
        return by_rule(RULE_EQ_OF_BITS, term_not(term_xor(a, b)));
    if (a->op == TERM_SUM || b->op == TERM_SUM)
        return by_rule(RULE_EQ_OF_SUMS, eq_sums(a, b));
    if ((a->op == TERM_CONCAT || b->op == TERM_CONCAT) && !((a->classes | b->classes) & TERM_PRIVATE))
        return by_rule(RULE_EQ_OF_CONCAT, eq_concat(a, b));
    if (a->op == TERM_SEXT && b->op == TERM_SEXT && a->args[0]->width == b->args[0]->width)
        return by_rule(RULE_EQ_OF_SEXT, term_eq(a->args[0], b->args[0]));
    if (b->op == TERM_CONST) {
        if (a->op == TERM_XOR && a->nargs == 1)
            return by_rule(RULE_EQ_OF_XOR, term_eq(a->args[0], term_const(width, a->value ^ b->value)));
        if (a->op == TERM_SEXT) {
            term low = term_extract(b, 0, a->args[0]->width);
            return by_rule(RULE_EQ_OF_SEXT_AND_CONSTANT,
                           term_sext(low, width) == b ? term_eq(a->args[0], low) : truth(false));
        }
        if (a->op == TERM_ITE && (a->args[1]->op == TERM_CONST || a->args[2]->op == TERM_CONST))
            return by_rule(RULE_EQ_OF_ITE, term_ite(a->args[0], term_eq(a->args[1], b), term_eq(a->args[2], b)));
    }
    return ordered(swapped, store_node2(TERM_EQ, 1, a, b));
}

term term_eq(term a, term b)
{
    assert(a->width == b->width);
    return audited(TERM_EQ, 1, 0, a, b, NULL, both_const(a, b) ? folded(1, a->value == b->value) : eq(a, b));
}

term term_ne(term a, term b)
{
    return term_not(term_eq(a, b));
}

/* ---- order ---- */

/* Equal most significant slices do not matter: returns the width of the rest. */
static unsigned differing_width(term a, term b)
{
    unsigned width = a->width;
    while (width > 1) {
        unsigned slice = width;
        if (a->op == TERM_CONCAT || b->op == TERM_CONCAT) {
            unsigned base = a->width;
            term parts = a->op == TERM_CONCAT ? a : b;
            for (uint32_t i = 0; i < parts->nargs && base >= width; i++) {
                base -= parts->args[i]->width;
            }
            slice = width - base;
        }
        if (slice >= width || term_extract(a, width - slice, slice) != term_extract(b, width - slice, slice))
            break;
        width -= slice;
    }
    return width;
}

/* Copies of one bit. The cases 0 and 2^n - 1 as the other operand are decided before. */
static bool is_all_or_nothing(term t)
{
    return t->op == TERM_SEXT && t->args[0]->width == 1;
}

static term ult(term a, term b)
{
    unsigned width = a->width;
    if (a == b)
        return by_rule(RULE_ULT_SAME, truth(false));
    if (known_min(a) >= known_max(b))
        return by_rule(RULE_ULT_NEVER, truth(false));
    if (known_max(a) < known_min(b))
        return by_rule(RULE_ULT_ALWAYS, truth(true));
    if (b->op == TERM_CONST && b->value == 1)
        return by_rule(RULE_ULT_ONE, term_eq(a, term_const(width, 0)));
    if (a->op == TERM_CONST && a->value == 0)
        return by_rule(RULE_ULT_OF_ZERO, term_ne(b, a));
    if (b->op == TERM_CONST && is_all_or_nothing(a)) /* 0 is below, 2^n - 1 is not */
        return by_rule(RULE_ULT_OF_COPIES, term_not(a->args[0]));
    if (a->op == TERM_CONST && is_all_or_nothing(b))
        return by_rule(RULE_ULT_COPIES, b->args[0]);
    if (a->op == TERM_CONCAT || b->op == TERM_CONCAT) {
        unsigned rest = differing_width(a, b);
        if (rest < width)
            return by_rule(RULE_ULT_EQUAL_TOPS, term_ult(term_extract(a, 0, rest), term_extract(b, 0, rest)));
    }
    return store_node2(TERM_ULT, 1, a, b);
}

term term_ult(term a, term b)
{
    assert(a->width == b->width);
    return audited(TERM_ULT, 1, 0, a, b, NULL, both_const(a, b) ? folded(1, a->value < b->value) : ult(a, b));
}

term term_ule(term a, term b)
{
    return term_not(term_ult(b, a));
}

static term slt(term a, term b)
{
    unsigned width = a->width;
    uint64_t sign = UINT64_C(1) << (width - 1);
    if (a == b)
        return by_rule(RULE_SLT_SAME, truth(false));
    if ((a->zeros & b->zeros & sign) || (a->ones & b->ones & sign))
        return by_rule(RULE_SLT_SAME_SIGNS, term_ult(a, b));
    if ((a->ones & b->zeros & sign) || (a->zeros & b->ones & sign))
        return by_rule(RULE_SLT_OTHER_SIGNS, truth((a->ones & sign) != 0));
    if (b->op == TERM_CONST && b->value == 0)
        return by_rule(RULE_SLT_ZERO, term_extract(a, width - 1, 1));
    return store_node2(TERM_SLT, 1, a, b);
}

term term_slt(term a, term b)
{
    assert(a->width == b->width);
    return audited(TERM_SLT, 1, 0, a, b, NULL, slt(a, b));
}

term term_sle(term a, term b)
{
    return term_not(term_slt(b, a));
}

/* ---- ite ---- */

static term ite(term cond, term yes, term no)
{
    if (cond->op == TERM_CONST)
        return by_rule(RULE_ITE_KNOWN, cond->value ? yes : no);
    if (yes == no)
        return by_rule(RULE_ITE_SAME, yes);
    if (cond->op == TERM_XOR && cond->value == 1)
        return by_rule(RULE_ITE_OF_NOT, term_ite(term_not(cond), no, yes));
    if (yes->op == TERM_ITE && yes->args[0] == cond)
        return by_rule(RULE_ITE_ASKS_AGAIN, term_ite(cond, yes->args[1], no));
    if (no->op == TERM_ITE && no->args[0] == cond)
        return by_rule(RULE_ITE_ASKS_AGAIN, term_ite(cond, yes, no->args[2]));
    if (yes->width == 1) {
        if (yes->op == TERM_CONST)
            return by_rule(RULE_ITE_OF_TRUTHS, yes->value ? term_or(cond, no) : term_and(term_not(cond), no));
        if (no->op == TERM_CONST)
            return by_rule(RULE_ITE_OF_TRUTHS, no->value ? term_or(term_not(cond), yes) : term_and(cond, yes));
    }
    return store_node(TERM_ITE, yes->width, 0, 3, (term[]){cond, yes, no}, NULL);
}

term term_ite(term cond, term then_value, term else_value)
{
    assert(cond->width == 1 && then_value->width == else_value->width);
    return audited(TERM_ITE, then_value->width, 0, cond, then_value, else_value, ite(cond, then_value, else_value));
}
