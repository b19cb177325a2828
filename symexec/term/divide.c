/* Division: eBPF and Arm agree that a quotient by zero is zero. */
#include "symexec/term/store.h"

#include <assert.h>

static term divide(enum term_op op, term a, term b)
{
    if (b->op == TERM_CONST) {
        if (a->op == TERM_CONST) {
            struct term shape = {.op = (uint8_t)op, .width = a->width};
            return term_const(a->width, term_apply(&shape, (uint64_t[]){a->value, b->value}));
        }
        if (b->value == 0)
            return b;
        if (b->value == 1 && a->width > 1)
            return a;
    }
    if (a->op == TERM_CONST && a->value == 0)
        return a;
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
