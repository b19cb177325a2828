/* AND, OR and XOR: constants, absorption, and slice by slice through CONCAT. */
#include "symexec/term/store.h"

#include <assert.h>

/* A mask with more runs of equal bits than this is left whole. */
enum { MAX_RUNS = 8 };

static unsigned runs(uint64_t mask, unsigned width)
{
    uint64_t edges = (mask ^ (mask >> 1)) & (width > 1 ? term_mask(width - 1) : 0);
    return 1 + (unsigned)__builtin_popcountll(edges);
}

/* Bit i of the result is set where a slice of `t` ends at bit i and the next starts at i + 1: the edges between
 * parts of a CONCAT or, for a mask, between runs. */
static uint64_t edges(term t, bool masks)
{
    if (t->op == TERM_CONST && masks)
        return (t->value ^ (t->value >> 1)) & (t->width > 1 ? term_mask(t->width - 1u) : 0);
    uint64_t result = 0;
    unsigned base = 0;
    if (t->op == TERM_CONCAT)
        for (uint32_t i = t->nargs; i-- > 1;) {
            base += t->args[i]->width;
            result |= UINT64_C(1) << (base - 1);
        }
    return result;
}

/* Whether to work slice by slice. Addresses stay whole. */
static bool sliced(term a, term b, bool masks)
{
    if ((a->classes | b->classes) & TERM_PRIVATE)
        return false;
    if (a->op == TERM_CONCAT || b->op == TERM_CONCAT)
        return true;
    return masks && b->op == TERM_CONST && runs(b->value, b->width) <= MAX_RUNS && runs(b->value, b->width) > 1;
}

static term by_slices(term a, term b, bool masks, term (*op)(term, term))
{
    uint64_t cuts = edges(a, masks) | edges(b, masks);
    unsigned low = 0;
    term result = NULL;
    while (low < a->width) {
        uint64_t above = cuts >> low;
        unsigned width = above ? (unsigned)__builtin_ctzll(above) + 1 : a->width - low;
        term slice = op(term_extract(a, low, width), term_extract(b, low, width));
        result = result ? term_concat(slice, result) : slice;
        low += width;
    }
    return result;
}

static bool all_known(uint64_t zeros, uint64_t ones, unsigned width)
{
    return (zeros | ones) == term_mask(width);
}

/* a is (x op y) and b is x or y. */
static bool has_operand(enum term_op op, term a, term b)
{
    return a->op == op && (a->args[0] == b || a->args[1] == b);
}

/* For truth values: a is NOT b. */
static bool complementary(term a, term b)
{
    return (a->op == TERM_XOR && a->nargs == 1 && a->args[0] == b && a->value == term_mask(a->width)) ||
           (b->op == TERM_XOR && b->nargs == 1 && b->args[0] == a && b->value == term_mask(b->width));
}

/* The truth value of which t is the negation, or NULL. */
static term negated(term t)
{
    return t->op == TERM_XOR && t->width == 1 && t->nargs == 1 && t->value == 1 ? t->args[0] : NULL;
}

/* a is x >= c and b is x != c, which together (the condition HI) are x >= c + 1; else NULL. */
static term above(term a, term b)
{
    term below = negated(a), equal = negated(b);
    if (!below || !equal || below->op != TERM_ULT || equal->op != TERM_EQ || below->args[0] != equal->args[0] ||
        below->args[1] != equal->args[1] || below->args[1]->op != TERM_CONST ||
        below->args[1]->value == term_mask(below->args[1]->width))
        return NULL;
    term bound = below->args[1];
    return term_not(term_ult(below->args[0], term_const(bound->width, bound->value + 1)));
}

static term and_(term a, term b)
{
    bool swapped = swap_operands(&a, &b);
    uint64_t zeros = a->zeros | b->zeros, ones = a->ones & b->ones;
    if (all_known(zeros, ones, a->width))
        return by_rule(RULE_AND_KNOWN_BITS, term_const(a->width, ones));
    if (a == b)
        return by_rule(RULE_AND_SAME, a);
    if (b->op == TERM_CONST && b->value == term_mask(b->width))
        return by_rule(RULE_AND_WITH_ONES, a);
    if (has_operand(TERM_AND, a, b))
        return by_rule(RULE_AND_ABSORBS, a);
    if (has_operand(TERM_AND, b, a))
        return by_rule(RULE_AND_ABSORBS, b);
    if (complementary(a, b))
        return by_rule(RULE_AND_COMPLEMENTARY, term_const(a->width, 0));
    term bound = above(a, b);
    if (!bound)
        bound = above(b, a);
    if (bound)
        return by_rule(RULE_AND_ABOVE, bound);
    if (sliced(a, b, true))
        return by_rule(RULE_AND_BY_SLICES, by_slices(a, b, true, term_and));
    return ordered(swapped, store_node2(TERM_AND, a->width, a, b));
}

term term_and(term a, term b)
{
    assert(a->width == b->width);
    term result = both_const(a, b) ? folded(a->width, a->value & b->value) : and_(a, b);
    return audited(TERM_AND, a->width, 0, a, b, NULL, result);
}

static term or_(term a, term b)
{
    bool swapped = swap_operands(&a, &b);
    uint64_t zeros = a->zeros & b->zeros, ones = a->ones | b->ones;
    if (all_known(zeros, ones, a->width))
        return by_rule(RULE_OR_KNOWN_BITS, term_const(a->width, ones));
    if (a == b)
        return by_rule(RULE_OR_SAME, a);
    if (b->op == TERM_CONST && b->value == 0)
        return by_rule(RULE_OR_WITH_ZERO, a);
    if (has_operand(TERM_OR, a, b))
        return by_rule(RULE_OR_ABSORBS, a);
    if (has_operand(TERM_OR, b, a))
        return by_rule(RULE_OR_ABSORBS, b);
    if (complementary(a, b))
        return by_rule(RULE_OR_COMPLEMENTARY, term_const(a->width, ~UINT64_C(0)));
    if (sliced(a, b, true))
        return by_rule(RULE_OR_BY_SLICES, by_slices(a, b, true, term_or));
    return ordered(swapped, store_node2(TERM_OR, a->width, a, b));
}

term term_or(term a, term b)
{
    assert(a->width == b->width);
    term result = both_const(a, b) ? folded(a->width, a->value | b->value) : or_(a, b);
    return audited(TERM_OR, a->width, 0, a, b, NULL, result);
}

/* XOR is kept flat: value ^ args[0] ^ ..., sorted by id, equal pairs cancelled. */
static term xor_flat(term a, term b)
{
    term args[2 * TERM_MAX_ARGS];
    uint32_t count = 0;
    uint64_t value = 0;
    term sides[2] = {a, b};
    for (int side = 0; side < 2; side++) {
        term s = sides[side];
        bool flat = s->op == TERM_XOR && s->nargs < TERM_MAX_ARGS;
        if (flat || s->op == TERM_CONST)
            value ^= s->value;
        if (s->op == TERM_CONST)
            continue;
        uint32_t n = flat ? s->nargs : 1;
        for (uint32_t i = 0; i < n; i++) {
            term arg = flat ? s->args[i] : s;
            uint32_t at = 0;
            while (at < count && args[at]->id < arg->id)
                at++;
            if (at < count && args[at] == arg) {
                count--;
                for (uint32_t j = at; j < count; j++)
                    args[j] = args[j + 1];
            } else {
                for (uint32_t j = count; j > at; j--)
                    args[j] = args[j - 1];
                args[at] = arg;
                count++;
            }
        }
    }
    if (count == 0)
        return term_const(a->width, value);
    if (count == 1 && value == 0)
        return args[0];
    return store_node(TERM_XOR, a->width, value, count, args, NULL);
}

static term xor_(term a, term b)
{
    bool swapped = swap_operands(&a, &b);
    if (b->op == TERM_CONST && b->value == 0)
        return by_rule(RULE_XOR_WITH_ZERO, a);
    if (sliced(a, b, false))
        return by_rule(RULE_XOR_BY_SLICES, by_slices(a, b, false, term_xor));
    if (a != b && a->op != TERM_XOR && b->op != TERM_XOR && b->op != TERM_CONST)
        return ordered(swapped, store_node2(TERM_XOR, a->width, a, b));
    return by_rule(RULE_XOR_COLLECTS, xor_flat(a, b));
}

term term_xor(term a, term b)
{
    assert(a->width == b->width);
    term result = both_const(a, b) ? folded(a->width, a->value ^ b->value) : xor_(a, b);
    return audited(TERM_XOR, a->width, 0, a, b, NULL, result);
}

term term_not(term a)
{
    return term_xor(a, term_const(a->width, ~UINT64_C(0)));
}
