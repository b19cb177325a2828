/* Division: eBPF and Arm agree that a quotient by zero is zero. */
#include "symexec/term/store.h"

#include <assert.h>

static term divide(enum term_op op, term a, term b)
{
    if (both_const(a, b)) {
        struct term shape = {.op = (uint8_t)op, .width = a->width};
        return folded(a->width, term_apply(&shape, (uint64_t[]){a->value, b->value}));
    }
    if (b->op == TERM_CONST && b->value == 0)
        return by_rule(RULE_DIV_BY_ZERO, b);
    if (b->op == TERM_CONST && b->value == 1 && a->width > 1)
        return by_rule(RULE_DIV_BY_ONE, a);
    if (a->op == TERM_CONST && a->value == 0)
        return by_rule(RULE_DIV_OF_ZERO, a);
    return store_node2(op, a->width, a, b);
}

term term_udiv(term a, term b)
{
    assert(a->width == b->width);
    return audited(TERM_UDIV, a->width, 0, a, b, NULL, divide(TERM_UDIV, a, b));
}

term term_sdiv(term a, term b)
{
    assert(a->width == b->width);
    return audited(TERM_SDIV, a->width, 0, a, b, NULL, divide(TERM_SDIV, a, b));
}
