/*
 * 64-bit division: the routines that emitted code calls, see enum jit_routine.
 *
 * The quotient's high word is that of a 32-bit division, by an instruction. Then long division
 * brings down the 32 bits of the dividend's low word, one in each step. With N the dividend, D the
 * divisor, Q the quotient so far (the loop keeps its low word) and i the steps that remain, each
 * step keeps
 *
 *   N >> i = Q * D + remainder,   remainder < D,   dividend = N << (32 - i), low word
 *
 * At the start i is 32 and N >> 32 the high word. Nothing overflows: N >> i is below 2^64.
 */
#include "jit.h"

JIT_STANDALONE uint32_t jit_divide_step(struct jit_division *s)
{
    if (s->remaining == 0)
        return 0;
    JIT_ASSERT(s->remaining <= 32 && s->remainder < s->divisor);

    s->remainder = s->remainder + s->remainder + (s->dividend >> 31);
    s->dividend <<= 1;
    s->quotient <<= 1;
    if (s->remainder >= s->divisor) {
        s->remainder -= s->divisor;
        s->quotient |= 1;
    }
    s->remaining--;
    return 1;
}

static uint32_t high_word(uint64_t x)
{
    return (uint32_t)(x >> 32);
}

static uint64_t pair(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

/* The quotient; *remainder = n - quotient * d. */
static uint64_t divide(uint64_t n, uint64_t d, uint64_t *remainder)
{
    uint32_t low = (uint32_t)n;
    uint32_t high = high_word(n);
    uint32_t divisor = (uint32_t)d;

    if (high_word(d) == 0) {
        if (divisor == 0) {
            *remainder = n;
            return 0;
        }
        if (high == 0) {
            uint32_t quotient = low / divisor;

            *remainder = low - quotient * divisor;
            return quotient;
        }
    }

    uint32_t quotient_high = high_word(d) == 0 ? high / divisor : 0;
    struct jit_division s;
    s.remainder = high - quotient_high * divisor;
    s.divisor = d;
    s.dividend = low;
    s.quotient = 0;
    s.remaining = 32;
    while (jit_divide_step(&s))
        ;
    *remainder = s.remainder;
    return pair(quotient_high, s.quotient);
}

static uint64_t magnitude(uint64_t x)
{
    return high_word(x) >> 31 ? 0 - x : x;
}

JIT_STANDALONE uint64_t jit_div64(uint64_t n, uint64_t d)
{
    uint64_t remainder;

    return divide(n, d, &remainder);
}

JIT_STANDALONE uint64_t jit_mod64(uint64_t n, uint64_t d)
{
    uint64_t remainder;

    divide(n, d, &remainder);
    return remainder;
}

/* Rounded towards zero. -2^63 is its own magnitude, read as unsigned. */
uint64_t jit_sdiv64(uint64_t n, uint64_t d)
{
    uint64_t quotient = jit_div64(magnitude(n), magnitude(d));

    return high_word(n ^ d) >> 31 ? 0 - quotient : quotient;
}

uint64_t jit_smod64(uint64_t n, uint64_t d)
{
    uint64_t remainder = jit_mod64(magnitude(n), magnitude(d));

    return high_word(n) >> 31 ? 0 - remainder : remainder;
}

jit_routine_fn *const jit_routines[JIT_ROUTINES] = {
    [JIT_DIV64] = jit_div64,
    [JIT_MOD64] = jit_mod64,
    [JIT_SDIV64] = jit_sdiv64,
    [JIT_SMOD64] = jit_smod64,
};
