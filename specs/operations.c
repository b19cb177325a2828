/* The operations themselves: RFC 9669 sections 4.1 and 4.3, on operands of the instruction's width. */
#include "specs/operations.h"

term spec_add(term a, term b)
{
    return term_add(a, b);
}

term spec_sub(term a, term b)
{
    return term_sub(a, b);
}

term spec_mov(term a, term b)
{
    (void)a;
    return b;
}

term spec_eq(term a, term b)
{
    return term_eq(a, b);
}

term spec_ne(term a, term b)
{
    return term_ne(a, b);
}
