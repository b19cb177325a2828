/* Byte swaps: RFC 9669 section 4.2. Operands and results have 64 bits. */
#include "specs/operations.h"

static term low(term a, unsigned width)
{
    return term_zext(term_extract(a, 0, width), 64);
}

static term swap(term a, unsigned width)
{
    return term_zext(term_reverse(term_extract(a, 0, width), 8), 64);
}

term spec_low16(term a, term b)
{
    (void)b;
    return low(a, 16);
}

term spec_low32(term a, term b)
{
    (void)b;
    return low(a, 32);
}

term spec_low64(term a, term b)
{
    (void)b;
    return a;
}

term spec_swap16(term a, term b)
{
    (void)b;
    return swap(a, 16);
}

term spec_swap32(term a, term b)
{
    (void)b;
    return swap(a, 32);
}

term spec_swap64(term a, term b)
{
    (void)b;
    return swap(a, 64);
}
