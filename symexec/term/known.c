/* Known bits: which bits of a node are the same under every assignment, computed once when the node is made. */
#include "symexec/term/store.h"

static void known_concat(struct term *t)
{
    for (uint32_t i = 0; i < t->nargs; i++) {
        term part = t->args[i];
        unsigned width = part->width;
        t->zeros = (width < 64 ? t->zeros << width : 0) | part->zeros;
        t->ones = (width < 64 ? t->ones << width : 0) | part->ones;
    }
}

/* The low bits of a sum: where every addend is a multiple of 2^k, bits 0..k-1 are those of the constant. */
static void known_sum(struct term *t)
{
    unsigned low = t->width;
    for (uint32_t i = 0; i < t->nargs; i++) {
        uint64_t maybe = ~t->args[i]->zeros & term_mask(t->width);
        unsigned zeros = maybe ? (unsigned)__builtin_ctzll(maybe) : t->width;
        zeros += (unsigned)__builtin_ctzll(t->coef[i]);
        if (zeros < low)
            low = zeros;
    }
    uint64_t mask = low ? term_mask(low) : 0;
    t->ones = t->value & mask;
    t->zeros = ~t->value & mask;
}

static void known_sext(struct term *t)
{
    term a = t->args[0];
    uint64_t sign = UINT64_C(1) << (a->width - 1);
    uint64_t high = term_mask(t->width) & ~term_mask(a->width);
    t->zeros = a->zeros | (a->zeros & sign ? high : 0);
    t->ones = a->ones | (a->ones & sign ? high : 0);
}

void known_bits(struct term *t)
{
    uint64_t mask = term_mask(t->width);
    switch ((enum term_op)t->op) {
    case TERM_CONST:
        t->ones = t->value;
        t->zeros = ~t->value & mask;
        break;
    case TERM_SUM:
        known_sum(t);
        break;
    case TERM_AND:
        t->zeros = t->args[0]->zeros | t->args[1]->zeros;
        t->ones = t->args[0]->ones & t->args[1]->ones;
        break;
    case TERM_OR:
        t->zeros = t->args[0]->zeros & t->args[1]->zeros;
        t->ones = t->args[0]->ones | t->args[1]->ones;
        break;
    case TERM_XOR: {
        uint64_t known = mask, ones = t->value;
        for (uint32_t i = 0; i < t->nargs; i++) {
            known &= t->args[i]->zeros | t->args[i]->ones;
            ones ^= t->args[i]->ones;
        }
        t->ones = ones & known;
        t->zeros = ~ones & known;
        break;
    }
    case TERM_CONCAT:
        known_concat(t);
        break;
    case TERM_EXTRACT:
        t->zeros = t->args[0]->zeros >> t->value & mask;
        t->ones = t->args[0]->ones >> t->value & mask;
        break;
    case TERM_SEXT:
        known_sext(t);
        break;
    case TERM_ITE:
        t->zeros = t->args[1]->zeros & t->args[2]->zeros;
        t->ones = t->args[1]->ones & t->args[2]->ones;
        break;
    case TERM_VAR:
    case TERM_MUL:
    case TERM_UDIV:
    case TERM_SDIV:
    case TERM_SHL:
    case TERM_LSHR:
    case TERM_ASHR:
    case TERM_EQ:
    case TERM_ULT:
    case TERM_SLT:
        break;
    }
}
