/* What a path condition says of single bits: written into a term as constants, it closes many questions by itself. */
#include "symexec/solver/internal.h"

struct conditions {
    struct supports *supports;
    const term *items;
    size_t count;
};

/* The bits of `var` that one condition decides: a single bit, or the leading ones and zeros that a constant bound
 * implies. */
static void bits_of_condition(term var, term c, uint64_t *zeros, uint64_t *ones)
{
    uint64_t mask = term_mask(var->width);
    bool holds = !(c->op == TERM_XOR && c->nargs == 1 && c->value == 1);
    term atom = holds ? c : c->args[0];
    if (atom->op == TERM_EXTRACT && atom->args[0] == var) {
        *(holds ? ones : zeros) |= UINT64_C(1) << atom->value;
    } else if (atom->op == TERM_ULT && atom->args[0] == var && atom->args[1]->op == TERM_CONST) {
        uint64_t bound = atom->args[1]->value; /* not 0: that is no condition */
        uint64_t least = bound << (64 - var->width);
        if (!holds && least >> 63) /* var >= bound: the leading ones of bound */
            *ones |= mask & ~(~least ? ~UINT64_C(0) >> __builtin_clzll(~least) >> (64 - var->width) : 0);
        else if (holds) /* var <= bound - 1: its leading zeros */
            *zeros |= mask & ~(bound > 1 ? ~UINT64_C(0) >> __builtin_clzll(bound - 1) : 0);
    }
}

/* The variable, with what the conditions say of its bits written as constants. */
static term with_known_bits(term var, void *data)
{
    const struct conditions *conditions = data;
    uint64_t zeros = 0, ones = 0, few_zeros, few_ones;
    for (size_t i = 0; i < conditions->count; i++)
        bits_of_condition(var, conditions->items[i], &zeros, &ones);
    few_bits_known(conditions->supports, conditions->items, conditions->count, var, &few_zeros, &few_ones);
    zeros |= few_zeros;
    ones |= few_ones;
    if ((zeros | ones) == 0 || (zeros & ones))
        return var;
    term result = NULL;
    for (unsigned low = 0, width; low < var->width; low += width) {
        bool known = (zeros | ones) >> low & 1;
        width = 1;
        while (low + width < var->width && ((zeros | ones) >> (low + width) & 1) == known)
            width++;
        term slice = known ? term_const(width, ones >> low) : term_extract(var, low, width);
        result = result ? term_concat(slice, result) : slice;
    }
    return result;
}

term known_bits_substitute(struct supports *supports, const term *conditions, size_t count, term t)
{
    struct conditions known = {supports, conditions, count};
    return term_substitute(t, with_known_bits, &known);
}
