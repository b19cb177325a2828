/* Sums in linear normal form: value + coef[0] * args[0] + ..., arguments sorted by id, no coefficient 0. */
#include "symexec/term/store.h"

#include <assert.h>

/* A sum being put together. */
struct linear {
    uint64_t value;
    uint32_t count;
    term args[TERM_MAX_ARGS];
    uint64_t coef[TERM_MAX_ARGS];
};

/* `t` read as a sum: pointers into the node, or to the caller's single addend. */
struct view {
    uint64_t value;
    uint32_t count;
    const term *args;
    const uint64_t *coef;
};

static const uint64_t one = 1;

static struct view view(const term *t)
{
    if ((*t)->op == TERM_CONST)
        return (struct view){.value = (*t)->value};
    if ((*t)->op == TERM_SUM)
        return (struct view){(*t)->value, (*t)->nargs, (*t)->args, (*t)->coef};
    return (struct view){0, 1, t, &one};
}

static term finish(const struct linear *l, unsigned width)
{
    if (l->count == 0)
        return term_const(width, l->value);
    if (l->count == 1 && l->coef[0] == 1 && l->value == 0)
        return l->args[0];
    return store_node(TERM_SUM, width, l->value, l->count, l->args, l->coef);
}

static void append(struct linear *l, term arg, uint64_t coef)
{
    if (coef) {
        l->args[l->count] = arg;
        l->coef[l->count++] = coef;
    }
}

/* Bits that are disjoint add without carries: the sum is then an OR, which slices better. Addresses stay linear. */
static bool adds_like_or(term a, term b)
{
    return (a->op == TERM_CONCAT || b->op == TERM_CONCAT) && !((a->classes | b->classes) & TERM_PRIVATE) &&
           (known_max(a) & known_max(b)) == 0;
}

static bool is_zero(term t)
{
    return t->op == TERM_CONST && t->value == 0;
}

static term add(term a, term b)
{
    if (is_zero(a) || is_zero(b))
        return by_rule(RULE_ADD_ZERO, is_zero(a) ? b : a);
    if (a->width == 1)
        return by_rule(RULE_ADD_OF_BITS, term_xor(a, b));
    if (adds_like_or(a, b))
        return by_rule(RULE_ADD_WITHOUT_CARRIES, term_or(a, b));
    struct view x = view(&a), y = view(&b);
    uint64_t mask = term_mask(a->width);
    if (x.count + y.count > TERM_MAX_ARGS) { /* keep the operands as opaque addends */
        x = (struct view){0, 1, &a, &one};
        y = (struct view){0, 1, &b, &one};
    }
    struct linear sum = {.value = (x.value + y.value) & mask};
    uint32_t i = 0, j = 0;
    while (i < x.count || j < y.count) {
        if (j == y.count || (i < x.count && x.args[i]->id < y.args[j]->id)) {
            append(&sum, x.args[i], x.coef[i]);
            i++;
        } else if (i == x.count || y.args[j]->id < x.args[i]->id) {
            append(&sum, y.args[j], y.coef[j]);
            j++;
        } else {
            append(&sum, x.args[i], (x.coef[i] + y.coef[j]) & mask);
            i++;
            j++;
        }
    }
    term result = finish(&sum, a->width);
    if (sum.count == 2 && sum.args[0] == a && sum.args[1] == b)
        return result;
    if (sum.count == 2 && sum.args[0] == b && sum.args[1] == a)
        return ordered(true, result);
    return by_rule(RULE_ADD_COLLECTS, result);
}

term term_add(term a, term b)
{
    assert(a->width == b->width);
    term sum = both_const(a, b) ? folded(a->width, a->value + b->value) : add(a, b);
    return audited(TERM_SUM, a->width, 0, a, b, NULL, sum);
}

static term scale(term a, uint64_t factor)
{
    uint64_t mask = term_mask(a->width);
    if (factor == 0)
        return by_rule(RULE_MUL_BY_ZERO, term_const(a->width, 0));
    if (factor == 1)
        return by_rule(RULE_MUL_BY_ONE, a);
    struct view x = view(&a);
    struct linear sum = {.value = x.value * factor & mask};
    for (uint32_t i = 0; i < x.count; i++)
        append(&sum, x.args[i], x.coef[i] * factor & mask);
    return by_rule(RULE_MUL_SCALES, finish(&sum, a->width));
}

/* A product of 32 by 32 bits: the only kind of MUL node that is wider than 16 bits. */
static term partial_product(term a, term b)
{
    if (both_const(a, b))
        return term_const(64, a->value * b->value);
    if (a->op == TERM_CONST || b->op == TERM_CONST) {
        uint64_t factor = a->op == TERM_CONST ? a->value : b->value;
        return term_mul(term_zext(a->op == TERM_CONST ? b : a, 64), term_const(64, factor));
    }
    if (b->id < a->id) {
        term swap = a;
        a = b;
        b = swap;
    }
    return store_node2(TERM_MUL, 64, term_zext(a, 64), term_zext(b, 64));
}

/* Whether only the low 32 bits can be set. */
static bool is_half(term t)
{
    return known_max(t) <= UINT32_MAX;
}

/*
 * Products of more than 32 bits are split into products of halves, and narrower ones widened, so that a machine that
 * multiplies by halves and a specification that multiplies whole words arrive at the same nodes.
 */
static term split_product(term a, term b)
{
    if (a->width <= 32)
        return by_rule(RULE_MUL_WIDENS, term_extract(partial_product(term_zext(a, 32), term_zext(b, 32)), 0, a->width));
    term a_low = term_extract(a, 0, 32), b_low = term_extract(b, 0, 32), sum = partial_product(a_low, b_low);
    if (is_half(a) && is_half(b))
        return by_rule(RULE_MUL_OF_HALVES, sum);
    term cross = term_const(32, 0);
    if (!is_half(b))
        cross = term_add(cross, term_extract(partial_product(a_low, term_extract(b, 32, 32)), 0, 32));
    if (!is_half(a))
        cross = term_add(cross, term_extract(partial_product(term_extract(a, 32, 32), b_low), 0, 32));
    return by_rule(RULE_MUL_SPLITS, term_add(sum, term_concat(cross, term_const(32, 0))));
}

static term multiply(term a, term b)
{
    bool swapped = swap_operands(&a, &b);
    if (b->op == TERM_CONST) {
        bool power = b->value && (b->value & (b->value - 1)) == 0;
        if (power && !linear_prefers_sum(a))
            return by_rule(RULE_MUL_BY_POWER, term_shl(a, term_const(a->width, (uint64_t)__builtin_ctzll(b->value))));
        return scale(a, b->value);
    }
    if (a->width > 32 && a->width < 64)
        return ordered(swapped, store_node2(TERM_MUL, a->width, a, b));
    return split_product(a, b);
}

term term_mul(term a, term b)
{
    assert(a->width == b->width);
    term product = both_const(a, b) ? folded(a->width, a->value * b->value) : multiply(a, b);
    return audited(TERM_MUL, a->width, 0, a, b, NULL, product);
}

term term_neg(term a)
{
    if (a->op == TERM_CONST && !audit_on)
        return folded(a->width, 0 - a->value);
    return term_mul(a, term_const(a->width, ~UINT64_C(0)));
}

term term_sub(term a, term b)
{
    if (both_const(a, b) && !audit_on)
        return folded(a->width, a->value - b->value);
    return term_add(a, term_neg(b));
}

/* Indices and addresses are scaled by sizes of elements and stay linear; fields of an instruction are shifted into
 * place and become slices. What a term is made of tells the two apart well enough; either choice is correct. */
bool linear_prefers_sum(term t)
{
    return t->op == TERM_SUM || t->op == TERM_VAR || t->op == TERM_SEXT;
}

term linear_power(term t, unsigned *shift)
{
    if (t->op != TERM_SUM || t->nargs != 1 || t->value != 0 || (t->coef[0] & (t->coef[0] - 1)) != 0)
        return NULL;
    *shift = (unsigned)__builtin_ctzll(t->coef[0]);
    return t->args[0];
}
