/* Results of arithmetic: RFC 9669 section 4.1, on operands of the instruction's width. */
#include "specs/operations.h"

term spec_add(term a, term b)
{
    return term_add(a, b);
}

term spec_sub(term a, term b)
{
    return term_sub(a, b);
}

term spec_mul(term a, term b)
{
    return term_mul(a, b);
}

term spec_div(term a, term b)
{
    return term_udiv(a, b);
}

term spec_sdiv(term a, term b)
{
    return term_sdiv(a, b);
}

/* Remainders by definition, a - (a / b) * b, which for b = 0 is a: as a quotient by 0 is 0. */
term spec_mod(term a, term b)
{
    return term_sub(a, term_mul(term_udiv(a, b), b));
}

term spec_smod(term a, term b)
{
    return term_sub(a, term_mul(term_sdiv(a, b), b));
}

term spec_or(term a, term b)
{
    return term_or(a, b);
}

term spec_and(term a, term b)
{
    return term_and(a, b);
}

term spec_xor(term a, term b)
{
    return term_xor(a, b);
}

term spec_neg(term a, term b)
{
    (void)b;
    return term_neg(a);
}

term spec_mov(term a, term b)
{
    (void)a;
    return b;
}

static term amount(term b)
{
    return term_and(b, term_const(b->width, b->width - 1u));
}

term spec_lsh(term a, term b)
{
    return term_shl(a, amount(b));
}

term spec_rsh(term a, term b)
{
    return term_lshr(a, amount(b));
}

term spec_arsh(term a, term b)
{
    return term_ashr(a, amount(b));
}

term spec_movsx8(term a, term b)
{
    return term_sext(term_extract(b, 0, 8), a->width);
}

term spec_movsx16(term a, term b)
{
    return term_sext(term_extract(b, 0, 16), a->width);
}

term spec_movsx32(term a, term b)
{
    return term_sext(term_extract(b, 0, 32), a->width);
}
