/* Conditions of jumps: RFC 9669 section 4.3, on operands of the instruction's width. */
#include "specs/operations.h"

term spec_eq(term a, term b)
{
    return term_eq(a, b);
}

term spec_ne(term a, term b)
{
    return term_ne(a, b);
}

term spec_gt(term a, term b)
{
    return term_ult(b, a);
}

term spec_ge(term a, term b)
{
    return term_ule(b, a);
}

term spec_lt(term a, term b)
{
    return term_ult(a, b);
}

term spec_le(term a, term b)
{
    return term_ule(a, b);
}

term spec_sgt(term a, term b)
{
    return term_slt(b, a);
}

term spec_sge(term a, term b)
{
    return term_sle(b, a);
}

term spec_slt(term a, term b)
{
    return term_slt(a, b);
}

term spec_sle(term a, term b)
{
    return term_sle(a, b);
}

term spec_set(term a, term b)
{
    return term_ne(term_and(a, b), term_const(a->width, 0));
}
