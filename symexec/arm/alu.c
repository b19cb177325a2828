/* Arithmetic with flags: AddWithCarry (A2.2.1) and Shift_C (A7.4.2), on constants by the same formulas in C. */
#include "symexec/arm/internal.h"

#include <assert.h>

term arm_sign(term value)
{
    return term_is_const(value) ? term_truth(value->value >> 31 & 1) : term_extract(value, 31, 1);
}

term arm_is_zero(term value)
{
    return term_is_const(value) ? term_truth(value->value == 0) : term_eq(value, term_const(32, 0));
}

static struct arm_result add_constants(uint32_t x, uint32_t y, uint32_t carry_in)
{
    uint64_t sum = (uint64_t)x + y + carry_in;
    uint32_t value = (uint32_t)sum;
    bool carry = sum >> 32 & 1, overflow = ((x ^ value) & (y ^ value)) >> 31;
    return (struct arm_result){term_const(32, value), term_truth(carry), term_truth(overflow)};
}

/* The exact sum of 33 bits, of operands extended by `extend`; its top bit is the carry (unsigned) or the true sign
 * (signed). */
static term exact_top(term x, term y, term carry_in, term (*extend)(term, unsigned))
{
    term sum = term_add(term_add(extend(x, 33), extend(y, 33)), term_zext(carry_in, 33));
    return term_extract(sum, 32, 1);
}

/* x + y carries iff x is at least 2^32 - y. */
static term carry_of_constant(term x, term y)
{
    return y->value ? term_ule(term_neg(y), x) : term_truth(false);
}

struct arm_result arm_add(term x, term y, term carry_in, bool flags)
{
    if (term_is_const(x) && term_is_const(y) && term_is_const(carry_in))
        return add_constants((uint32_t)x->value, (uint32_t)y->value, (uint32_t)carry_in->value);
    struct arm_result result = {.value = term_add(term_add(x, y), term_zext(carry_in, 32))};
    if (flags) {
        result.carry = term_is_false(carry_in) && term_is_const(y) ? carry_of_constant(x, y)
                                                                   : exact_top(x, y, carry_in, term_zext);
        result.overflow = term_xor(arm_sign(result.value), exact_top(x, y, carry_in, term_sext));
    }
    return result;
}

struct arm_result arm_subtract(term x, term y, term carry_in, bool flags)
{
    if (term_is_const(x) && term_is_const(y) && term_is_const(carry_in))
        return add_constants((uint32_t)x->value, ~(uint32_t)y->value, (uint32_t)carry_in->value);
    if (!term_is_true(carry_in)) {
        struct arm_result result = arm_add(x, term_not(y), carry_in, flags);
        result.value = term_sub(term_sub(x, y), term_zext(term_not(carry_in), 32));
        if (flags) /* the same function of another node for the value */
            result.overflow = term_xor(arm_sign(result.value), exact_top(x, term_not(y), carry_in, term_sext));
        return result;
    }
    struct arm_result result = {.value = term_sub(x, y)};
    if (flags) {
        /* The true sign of x - y is x < y: then N XOR V, the condition LT, is that comparison again. */
        result.carry = term_not(term_ult(x, y));
        result.overflow = term_xor(arm_sign(result.value), term_slt(x, y));
    }
    return result;
}

static term rotate_right(term x, unsigned amount)
{
    return amount == 0 ? x : term_concat(term_extract(x, 0, amount), term_extract(x, amount, 32 - amount));
}

/* Shift by a constant 1..32 (ROR: 1..31). */
static struct arm_result shift_constant(term x, enum arm_shift type, unsigned amount, bool flags)
{
    struct arm_result result = {0};
    term by = term_const(32, amount);
    assert(amount >= 1 && amount <= (type == ARM_ROR ? 31 : 32));
    switch (type) {
    case ARM_LSL:
        result.value = term_shl(x, by);
        result.carry = flags ? term_extract(x, 32 - amount, 1) : NULL;
        break;
    case ARM_LSR:
        result.value = term_lshr(x, by);
        result.carry = flags ? term_extract(x, amount - 1, 1) : NULL;
        break;
    case ARM_ASR:
        result.value = term_ashr(x, by);
        result.carry = flags ? term_extract(x, amount - 1, 1) : NULL;
        break;
    case ARM_ROR:
        result.value = rotate_right(x, amount);
        result.carry = flags ? arm_sign(result.value) : NULL;
        break;
    }
    return result;
}

struct arm_result arm_shift_immediate(term x, enum arm_shift type, unsigned amount, term carry_in, bool flags)
{
    if (amount == 0 && type == ARM_LSL)
        return (struct arm_result){.value = x, .carry = carry_in};
    if (amount == 0 && type == ARM_ROR) /* RRX */
        return (struct arm_result){.value = term_concat(carry_in, term_extract(x, 1, 31)),
                                   .carry = flags ? term_extract(x, 0, 1) : NULL};
    return shift_constant(x, type, amount ? amount : 32, flags);
}

static struct arm_result shift_by_known(term x, enum arm_shift type, unsigned amount, term carry_in, bool flags)
{
    if (amount == 0)
        return (struct arm_result){.value = x, .carry = carry_in};
    if (type == ARM_ROR)
        return amount % 32 ? shift_constant(x, type, amount % 32, flags)
                           : (struct arm_result){.value = x, .carry = arm_sign(x)};
    if (amount <= 32)
        return shift_constant(x, type, amount, flags);
    if (type == ARM_ASR)
        return shift_constant(x, type, 32, flags);
    return (struct arm_result){.value = term_const(32, 0), .carry = term_truth(false)};
}

/*
 * A symbolic amount of 0..255. Term shifts saturate as Arm's do; the last bit shifted out is bit 32 of the 64-bit
 * left shift, or bit 0 of the 64-bit right shift of 2 * x.
 */
static struct arm_result shift_by_term(term x, enum arm_shift type, term amount, term carry_in, bool flags)
{
    struct arm_result result = {0};
    term wide = term_zext(amount, 64), out = NULL, zero = term_const(1, 0), five;
    switch (type) {
    case ARM_LSL:
        result.value = term_shl(x, amount);
        out = flags ? term_extract(term_shl(term_zext(x, 64), wide), 32, 1) : NULL;
        break;
    case ARM_LSR:
        result.value = term_lshr(x, amount);
        out = flags ? term_extract(term_lshr(term_zext(term_concat(x, zero), 64), wide), 0, 1) : NULL;
        break;
    case ARM_ASR:
        result.value = term_ashr(x, amount);
        out = flags ? term_extract(term_ashr(term_sext(term_concat(x, zero), 64), wide), 0, 1) : NULL;
        break;
    case ARM_ROR:
        five = term_zext(term_extract(amount, 0, 5), 32);
        result.value = term_or(term_lshr(x, five), term_shl(x, term_sub(term_const(32, 32), five)));
        out = flags ? arm_sign(result.value) : NULL;
        break;
    }
    result.carry = flags ? term_ite(arm_is_zero(amount), carry_in, out) : NULL;
    return result;
}

struct arm_result arm_shift_register(term x, enum arm_shift type, term amount, term carry_in, bool flags)
{
    amount = term_zext(term_extract(amount, 0, 8), 32);
    if (term_is_const(amount))
        return shift_by_known(x, type, (unsigned)amount->value, carry_in, flags);
    return shift_by_term(x, type, amount, carry_in, flags);
}
