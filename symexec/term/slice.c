/* Slices: CONCAT, EXTRACT, SEXT and the shifts that are slices in disguise. */
#include "symexec/term/store.h"

#include <assert.h>

/* ---- extract ---- */

/* Bits of a CONCAT: the slices of the parts that they touch. */
static term extract_concat(term a, unsigned low, unsigned width)
{
    term result = NULL;
    unsigned base = a->width;
    for (uint32_t i = 0; i < a->nargs; i++) {
        term part = a->args[i];
        base -= part->width;
        unsigned from = low > base ? low : base;
        unsigned to = low + width < base + part->width ? low + width : base + part->width;
        if (from >= to)
            continue;
        term slice = term_extract(part, from - base, to - from);
        result = result ? term_concat(result, slice) : slice;
    }
    return result;
}

static term extract_sext(term a, unsigned low, unsigned width)
{
    term inner = a->args[0];
    if (low + width <= inner->width)
        return by_rule(RULE_EXTRACT_BELOW_SEXT, term_extract(inner, low, width));
    if (low >= inner->width)
        low = inner->width - 1;
    return by_rule(RULE_EXTRACT_OF_SEXT, term_sext(term_extract(inner, low, inner->width - low), width));
}

/* The low bits of a sum are the sum of the low bits. */
static term extract_sum(term a, unsigned width)
{
    term sum = term_const(width, a->value);
    for (uint32_t i = 0; i < a->nargs; i++)
        sum = term_add(sum, term_mul(term_extract(a->args[i], 0, width), term_const(width, a->coef[i])));
    return sum;
}

static term extract(term a, unsigned low, unsigned width)
{
    uint64_t mask = term_mask(width);
    if (width == a->width)
        return by_rule(RULE_EXTRACT_ALL, a);
    if ((((a->zeros | a->ones) >> low) & mask) == mask)
        return by_rule(RULE_EXTRACT_KNOWN_BITS, term_const(width, a->ones >> low));
    unsigned shift;
    switch ((enum term_op)a->op) {
    case TERM_EXTRACT:
        return by_rule(RULE_EXTRACT_OF_EXTRACT, term_extract(a->args[0], low + (unsigned)a->value, width));
    case TERM_CONCAT:
        return by_rule(RULE_EXTRACT_OF_CONCAT, extract_concat(a, low, width));
    case TERM_SEXT:
        return extract_sext(a, low, width);
    case TERM_SUM: {
        term inner = linear_power(a, &shift);
        if (inner && low >= shift)
            return by_rule(RULE_EXTRACT_OF_POWER, term_extract(inner, low - shift, width));
        if (inner && low + width > shift)
            return by_rule(RULE_EXTRACT_OF_POWER,
                           term_concat(term_extract(inner, 0, low + width - shift), term_const(shift - low, 0)));
        if (low == 0)
            return by_rule(RULE_EXTRACT_OF_SUM, extract_sum(a, width));
        break;
    }
    case TERM_XOR: { /* a complement, or a mask that vanishes in this slice */
        if (a->nargs != 1)
            break;
        return by_rule(RULE_EXTRACT_OF_XOR,
                       term_xor(term_extract(a->args[0], low, width), term_const(width, a->value >> low)));
    }
    case TERM_ITE:
        if (term_is_const(a->args[1]) || term_is_const(a->args[2]))
            return by_rule(RULE_EXTRACT_OF_ITE, term_ite(a->args[0], term_extract(a->args[1], low, width),
                                                         term_extract(a->args[2], low, width)));
        break;
    default:
        break;
    }
    return store_node1(TERM_EXTRACT, width, low, a);
}

term term_extract(term a, unsigned low, unsigned width)
{
    assert(width >= 1 && low + width <= a->width);
    term slice = a->op == TERM_CONST ? folded(width, a->value >> low) : extract(a, low, width);
    return audited(TERM_EXTRACT, width, low, a, NULL, NULL, slice);
}

/* ---- concat ---- */

/* Two neighbours as one part, and the rule for that, or NULL. */
static term merge(term high, term low, enum term_rule *rule)
{
    unsigned width = high->width + low->width;
    if (both_const(high, low)) {
        *rule = RULE_CONCAT_OF_CONSTANTS;
        return term_const(width, high->value << low->width | low->value);
    }
    if (high->op == TERM_EXTRACT && high->value >= low->width) { /* the bits just below, whatever form they have */
        unsigned from = (unsigned)high->value - low->width;
        if (term_extract(high->args[0], from, low->width) == low) {
            *rule = RULE_CONCAT_OF_NEIGHBOURS;
            return term_extract(high->args[0], from, width);
        }
    }
    if (high->op == TERM_SEXT && high->args[0]->width == 1) { /* copies of the sign of what follows */
        term sign = term_extract(low, low->width - 1, 1);
        if (sign == high->args[0]) {
            *rule = RULE_CONCAT_OF_SIGNS;
            return term_sext(low, width);
        }
    }
    return NULL;
}

static term concat(term high, term low)
{
    term parts[2 * TERM_MAX_ARGS];
    uint32_t count = 0;
    term sides[2] = {high, low};
    enum term_rule rule = RULE_NONE;
    for (int side = 0; side < 2; side++) {
        bool flat = sides[side]->op == TERM_CONCAT;
        uint32_t n = flat ? sides[side]->nargs : 1;
        for (uint32_t i = 0; i < n; i++) {
            term part = flat ? sides[side]->args[i] : sides[side];
            term both = count ? merge(parts[count - 1], part, &rule) : NULL;
            if (both)
                parts[count - 1] = both;
            else
                parts[count++] = part;
        }
    }
    /* One merge may allow another to the left of it: x[31:24], then x[23:16] made of x[23:20] and x[19:16]. */
    for (uint32_t i = rule ? count : 0; i-- > 1;) {
        term both = merge(parts[i - 1], parts[i], &rule);
        if (both) {
            parts[i - 1] = both;
            for (uint32_t j = i; j + 1 < count; j++)
                parts[j] = parts[j + 1];
            count--;
        }
    }
    unsigned width = (unsigned)high->width + low->width;
    term result = count == 1 ? parts[0] : store_node(TERM_CONCAT, width, 0, count, parts, NULL);
    if (!rule && (high->op == TERM_CONCAT || low->op == TERM_CONCAT))
        rule = RULE_CONCAT_FLATTENS;
    return rule ? by_rule(rule, result) : result;
}

term term_concat(term high, term low)
{
    unsigned width = (unsigned)high->width + low->width;
    assert(width <= 64);
    term joined = both_const(high, low) ? folded(width, high->value << low->width | low->value) : concat(high, low);
    return audited(TERM_CONCAT, width, 0, high, low, NULL, joined);
}

term term_reverse(term a, unsigned part)
{
    assert(part >= 1 && a->width % part == 0);
    if (a->op == TERM_CONST && !audit_on) {
        uint64_t value = 0;
        for (unsigned low = 0; low < a->width; low += part)
            value |= (a->value >> low & term_mask(part)) << (a->width - part - low);
        return folded(a->width, value);
    }
    term result = term_extract(a, 0, part);
    for (unsigned low = part; low < a->width; low += part)
        result = term_concat(result, term_extract(a, low, part));
    return result;
}

/* ---- extensions ---- */

term term_zext(term a, unsigned width)
{
    assert(width >= a->width);
    return width == a->width ? a : term_concat(term_const(width - a->width, 0), a);
}

static term sext(term a, unsigned width)
{
    uint64_t sign = UINT64_C(1) << (a->width - 1);
    if (width == a->width)
        return by_rule(RULE_SEXT_BY_NOTHING, a);
    if (a->op == TERM_CONST)
        return folded(width, (uint64_t)sign_extend(a->value, a->width));
    if (a->zeros & sign)
        return by_rule(RULE_SEXT_OF_POSITIVE, term_zext(a, width));
    if (a->op == TERM_SEXT)
        return by_rule(RULE_SEXT_OF_SEXT, term_sext(a->args[0], width));
    if (a->op == TERM_CONCAT) { /* the sign is in the first part, the others do not change */
        unsigned rest = a->width - a->args[0]->width;
        return by_rule(RULE_SEXT_OF_CONCAT, term_concat(term_sext(a->args[0], width - rest), term_extract(a, 0, rest)));
    }
    return store_node1(TERM_SEXT, width, 0, a);
}

term term_sext(term a, unsigned width)
{
    assert(width >= a->width);
    return audited(TERM_SEXT, width, 0, a, NULL, NULL, sext(a, width));
}

/* ---- shifts ---- */

static term shl(term a, term amount)
{
    unsigned width = a->width;
    if (known_min(amount) >= width)
        return by_rule(RULE_SHL_OUT, term_const(width, 0));
    if (amount->op != TERM_CONST) {
        if (known_max(a) == 0)
            return by_rule(RULE_SHL_OF_ZERO, term_const(width, 0));
        return store_node2(TERM_SHL, width, a, amount);
    }
    unsigned k = (unsigned)amount->value;
    if (k == 0)
        return by_rule(RULE_SHL_BY_ZERO, a);
    if (linear_prefers_sum(a))
        return by_rule(RULE_SHL_SCALES, term_mul(a, term_const(width, UINT64_C(1) << k)));
    return by_rule(RULE_SHL_BY_CONSTANT, term_concat(term_extract(a, 0, width - k), term_const(k, 0)));
}

term term_shl(term a, term amount)
{
    assert(a->width == amount->width);
    return audited(TERM_SHL, a->width, 0, a, amount, NULL, shl(a, amount));
}

static term lshr(term a, term amount)
{
    unsigned width = a->width;
    if (known_min(amount) >= width)
        return by_rule(RULE_LSHR_OUT, term_const(width, 0));
    if (amount->op != TERM_CONST) {
        if (known_max(a) == 0)
            return by_rule(RULE_LSHR_OF_ZERO, term_const(width, 0));
        return store_node2(TERM_LSHR, width, a, amount);
    }
    unsigned k = (unsigned)amount->value;
    return by_rule(RULE_LSHR_BY_CONSTANT, term_zext(term_extract(a, k, width - k), width));
}

term term_lshr(term a, term amount)
{
    assert(a->width == amount->width);
    return audited(TERM_LSHR, a->width, 0, a, amount, NULL, lshr(a, amount));
}

static term ashr(term a, term amount)
{
    unsigned width = a->width;
    if (amount->op != TERM_CONST) {
        if (a->zeros >> (width - 1) & 1)
            return by_rule(RULE_ASHR_OF_POSITIVE, term_lshr(a, amount));
        return store_node2(TERM_ASHR, width, a, amount);
    }
    unsigned k = amount->value >= width ? width - 1 : (unsigned)amount->value;
    return by_rule(RULE_ASHR_BY_CONSTANT, term_sext(term_extract(a, k, width - k), width));
}

term term_ashr(term a, term amount)
{
    assert(a->width == amount->width);
    return audited(TERM_ASHR, a->width, 0, a, amount, NULL, ashr(a, amount));
}
