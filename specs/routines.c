/*
 * What routines promise that emitted code or the compiler calls. Each row is at once the contract at calls and the
 * postcondition of the proof of the routine.
 */
#include "specs/operations.h"
#include "specs/specs.h"

#include <string.h>

/* ---- the encoder of modified immediates: ARMv7-M ARM A5.3.2 ---- */

term spec_expand_imm(term imm12)
{
    term imm8 = term_extract(imm12, 0, 8), zero = term_const(8, 0);
    term rotated = term_zext(term_concat(term_const(1, 1), term_extract(imm12, 0, 7)), 32);
    term amount = term_zext(term_extract(imm12, 7, 5), 32); /* 8 to 31 where it is used */
    term right = term_lshr(rotated, amount), left = term_shl(rotated, term_sub(term_const(32, 32), amount));
    term pair = term_concat(zero, imm8), swapped = term_concat(imm8, zero), four = term_concat(imm8, imm8);
    term kind = term_extract(imm12, 8, 2);
    term plain = term_ite(
        term_eq(kind, term_const(2, 0)), term_zext(imm8, 32),
        term_ite(term_eq(kind, term_const(2, 1)), term_concat(pair, pair),
                 term_ite(term_eq(kind, term_const(2, 2)), term_concat(swapped, swapped), term_concat(four, four))));
    return term_ite(term_eq(term_extract(imm12, 10, 2), term_const(2, 0)), plain, term_or(right, left));
}

/* Whether some field means `value`. */
static term encodable(term value)
{
    term byte[4], zero = term_const(8, 0);
    for (unsigned i = 0; i < 4; i++)
        byte[i] = term_extract(value, 8 * i, 8);
    term low = term_and(term_eq(byte[1], zero), term_eq(byte[3], zero));
    term high = term_and(term_eq(byte[0], zero), term_eq(byte[2], zero));
    term any = term_and(low, term_eq(byte[0], byte[2]));
    any = term_or(any, term_and(high, term_eq(byte[1], byte[3])));
    any = term_or(any,
                  term_and(term_and(term_eq(byte[0], byte[1]), term_eq(byte[2], byte[3])), term_eq(byte[0], byte[2])));
    for (unsigned shift = 0; shift <= 24; shift++) /* eight bits anywhere, not across the ends */
        any = term_or(any, term_eq(term_and(value, term_const(32, ~(UINT64_C(0xff) << shift))), term_const(32, 0)));
    return any;
}

/* A byte of 0 in one of the repeated forms is UNPREDICTABLE. */
static term unpredictable(term imm12)
{
    term repeated = term_and(term_eq(term_extract(imm12, 10, 2), term_const(2, 0)),
                             term_ne(term_extract(imm12, 8, 2), term_const(2, 0)));
    return term_and(repeated, term_eq(term_extract(imm12, 0, 8), term_const(8, 0)));
}

/* opaque[0] is the field, opaque[1] whether there is one. */
static size_t modimm_facts(const term *arguments, const term *opaque, term *facts)
{
    facts[0] = term_eq(opaque[1], encodable(arguments[0]));
    facts[1] = term_or(term_not(opaque[1]), term_eq(spec_expand_imm(opaque[0]), arguments[0]));
    facts[2] = term_or(term_not(opaque[1]), term_not(unpredictable(opaque[0])));
    return 3;
}

static size_t modimm_cases(uint32_t none, const term *arguments, const term *opaque, struct promise_case *cases)
{
    (void)arguments;
    cases[0] = (struct promise_case){opaque[1], {term_zext(opaque[0], 32)}};
    cases[1] = (struct promise_case){term_not(opaque[1]), {term_const(32, none)}};
    return 2;
}

static void modimm_witness(uint32_t none, const term *words, term *opaque)
{
    opaque[0] = term_extract(words[0], 0, 12);
    opaque[1] = term_ne(words[0], term_const(32, none));
}

/* ---- 64-bit division ---- */

/* Dividend in the first two words, divisor in the last two, low word first. */
static size_t binary(term (*operation)(term, term), const term *arguments, struct promise_case *cases)
{
    term result = operation(term_concat(arguments[1], arguments[0]), term_concat(arguments[3], arguments[2]));
    cases[0] = (struct promise_case){term_truth(true), {term_extract(result, 0, 32), term_extract(result, 32, 32)}};
    return 1;
}

static size_t div64_cases(uint32_t none, const term *arguments, const term *opaque, struct promise_case *cases)
{
    (void)none, (void)opaque;
    return binary(spec_div, arguments, cases);
}

static size_t mod64_cases(uint32_t none, const term *arguments, const term *opaque, struct promise_case *cases)
{
    (void)none, (void)opaque;
    return binary(spec_mod, arguments, cases);
}

static size_t sdiv64_cases(uint32_t none, const term *arguments, const term *opaque, struct promise_case *cases)
{
    (void)none, (void)opaque;
    return binary(spec_sdiv, arguments, cases);
}

static size_t smod64_cases(uint32_t none, const term *arguments, const term *opaque, struct promise_case *cases)
{
    (void)none, (void)opaque;
    return binary(spec_smod, arguments, cases);
}

static const struct promise routines[] = {
    {.name = "modimm",
     .meaning = "r0 = the i:imm3:imm8 that means the argument, or the manifest's \"none\" if there is no such field",
     .arguments = 1,
     .results = 1,
     .opaque = {1, 2, {{"modimm", 12}, {"encodable", 1}}, true},
     .facts = modimm_facts,
     .cases = modimm_cases,
     .witness = modimm_witness},
    {.name = "div64",
     .meaning = "r1:r0 = r1:r0 / r3:r2 unsigned, 0 if the divisor is 0",
     .arguments = 4,
     .results = 2,
     .cases = div64_cases},
    {.name = "mod64",
     .meaning = "r1:r0 = r1:r0 modulo r3:r2, unchanged if the divisor is 0",
     .arguments = 4,
     .results = 2,
     .cases = mod64_cases},
    {.name = "sdiv64",
     .meaning = "the same signed: rounded towards 0",
     .arguments = 4,
     .results = 2,
     .cases = sdiv64_cases},
    {.name = "smod64",
     .meaning = "the same signed: the remainder has the sign of the dividend",
     .arguments = 4,
     .results = 2,
     .cases = smod64_cases},
};

const struct promise *spec_routine(const char *name)
{
    for (size_t i = 0; i < sizeof routines / sizeof *routines; i++)
        if (strcmp(routines[i].name, name) == 0)
            return &routines[i];
    return NULL;
}
