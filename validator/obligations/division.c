/*
 * Long division, one bit in each step: N the dividend and D the divisor (64 bits), H the quotient's high word, found by a
 * division of 32 bits. With i steps remaining, M = N >> i, Q = H << (32 - i) | quotient, and as integers
 *
 *   M = Q * D + remainder,   remainder < D
 *
 * Products of 64 bits are hard for a solver of bit-vectors, so Q * D = P is an opaque truth product(Q, D, P) about integers,
 * with P = M - remainder. What it needs to know of integers are the lemmas that are named below.
 */
#include "validator/obligations/loops.h"

enum { REMAINDER, DIVISOR, DIVIDEND, QUOTIENT, REMAINING };

static const struct opaque_function product_function = {.arity = 3, .result_count = 1, .results = {{"product_is", 1}}};

static term product(struct path *path, term q, term d, term p)
{
    bool is_new;
    return *path_apply(path, &product_function, (const term[]){q, d, p}, &is_new);
}

static term wide(term a)
{
    return term_zext(a, 64);
}

static term implies(term a, term b)
{
    return term_or(term_not(a), b);
}

static term number(unsigned width, uint64_t value)
{
    return term_const(width, value);
}

static term dividend_of(const term *arguments)
{
    return term_concat(arguments[1], arguments[0]);
}

static term divisor_of(const term *arguments)
{
    return term_concat(arguments[3], arguments[2]);
}

/* The high word of the quotient. */
static term quotient_high(const term *arguments)
{
    return term_ite(term_eq(arguments[3], number(32, 0)), term_udiv(arguments[1], arguments[2]), number(32, 0));
}

static term steps_done(const term *fields)
{
    return term_sub(number(32, 32), fields[REMAINING]);
}

/*
 * A shift by a symbolic amount costs a solver much, and few goals need to know what it is: they get a name for it, and the
 * definition only where they cannot do without.
 */
static term named(struct path *path, const struct opaque_function *name, term meaning)
{
    bool is_new;
    term variable = *path_apply(path, name, &meaning, &is_new);
    if (is_new)
        path_define(path, term_eq(variable, meaning)); /* a name for a value */
    return variable;
}

static term so_far(struct path *path, const term *arguments, const term *fields) /* M */
{
    static const struct opaque_function name = {.arity = 1, .result_count = 1, .results = {{"so_far", 64}}};
    term meaning = term_lshr(dividend_of(arguments), wide(fields[REMAINING]));
    return term_is_const(fields[REMAINING]) ? meaning : named(path, &name, meaning);
}

static term quotient(struct path *path, const term *arguments, const term *fields) /* Q */
{
    static const struct opaque_function name = {.arity = 1, .result_count = 1, .results = {{"quotient", 64}}};
    term high = term_shl(wide(quotient_high(arguments)), wide(steps_done(fields)));
    term meaning = term_or(high, wide(fields[QUOTIENT]));
    return term_is_const(fields[REMAINING]) ? meaning : named(path, &name, meaning);
}

static term multiple(struct path *path, const term *arguments, const term *fields) /* P */
{
    static const struct opaque_function name = {.arity = 1, .result_count = 1, .results = {{"multiple", 64}}};
    term meaning = term_sub(so_far(path, arguments, fields), fields[REMAINDER]);
    return term_is_const(fields[REMAINING]) ? meaning : named(path, &name, meaning);
}

static size_t invariant(struct path *path, const term *arguments, const term *fields, struct conjunct *c)
{
    term d = divisor_of(arguments), done = steps_done(fields);
    c[0] = (struct conjunct){"the divisor is the argument", term_eq(fields[DIVISOR], d)};
    c[1] = (struct conjunct){"at most 32 steps remain", term_ule(fields[REMAINING], number(32, 32))};
    c[2] = (struct conjunct){"remainder < divisor", term_ult(fields[REMAINDER], d)};
    c[3] = (struct conjunct){"the dividend's bits are still to come",
                             term_eq(fields[DIVIDEND], term_shl(arguments[0], done))};
    c[4] = (struct conjunct){"the quotient has a bit for each step",
                             term_eq(term_lshr(wide(fields[QUOTIENT]), wide(done)), number(64, 0))};
    c[5] = (struct conjunct){"remainder <= M", term_ule(fields[REMAINDER], so_far(path, arguments, fields))};
    c[6] = (struct conjunct){"Q * D = M - remainder",
                             product(path, quotient(path, arguments, fields), d, multiple(path, arguments, fields))};
    return 7;
}

/* ---- arithmetic ---- */

/* lemma/quotient-product, for n and d of 32 bits: q * d does not exceed n, so it is no more than 32 bits, too. */
static term quotient_product(struct path *path, term n, term d)
{
    term q = term_udiv(n, d), p = term_mul(q, d);
    term facts = term_and(term_ule(p, n), term_ult(term_sub(n, p), d));
    return implies(term_ne(d, number(32, 0)), term_and(facts, product(path, wide(q), wide(d), wide(p))));
}

/* lemma/product-of-zero */
static term product_of_zero(struct path *path, term d)
{
    return product(path, number(64, 0), d, number(64, 0));
}

/* lemma/division-is-unique */
static term division_is_unique(struct path *path, term n, term d, term q, term p)
{
    term remainder = term_and(term_ule(p, n), term_ult(term_sub(n, p), d));
    return implies(term_and(product(path, q, d, p), remainder), term_eq(term_udiv(n, d), q));
}

static size_t enter(struct path *path, const term *arguments, term *axioms)
{
    axioms[0] = quotient_product(path, arguments[1], arguments[2]);
    axioms[1] = product_of_zero(path, divisor_of(arguments));
    return 2;
}

/* Without the loop: both are of 32 bits, and one instruction divides them. */
static size_t leave(struct path *path, const term *arguments, const term *fields, term *axioms)
{
    term n = dividend_of(arguments), d = divisor_of(arguments);
    if (fields) {
        axioms[0] =
            division_is_unique(path, n, d, quotient(path, arguments, fields), multiple(path, arguments, fields));
        return 1;
    }
    term q = term_udiv(arguments[0], arguments[2]);
    axioms[0] = quotient_product(path, arguments[0], arguments[2]);
    axioms[1] = division_is_unique(path, term_zext(arguments[0], 64), term_zext(arguments[2], 64), wide(q),
                                   wide(term_mul(q, arguments[2])));
    return 2;
}

/* The premises of lemma/product-step, (2 q + b) d = 2 p + b d, where neither side leaves 64 bits; and what is needed on the
 * way to them. */
static size_t stations(struct path *path, const term *arguments, const term *before, const term *after,
                       struct conjunct *c)
{
    term m = so_far(path, arguments, before), q = quotient(path, arguments, before),
         p = multiple(path, arguments, before);
    term next_p = multiple(path, arguments, after), bit = term_extract(after[QUOTIENT], 0, 1), zero = number(1, 0);
    term addend = term_ite(bit, divisor_of(arguments), number(64, 0));
    c[0] = (struct conjunct){
        "the next bit comes down",
        term_eq(so_far(path, arguments, after), term_add(term_add(m, m), wide(term_extract(before[DIVIDEND], 31, 1))))};
    c[1] = (struct conjunct){"the quotient gets a bit",
                             term_eq(quotient(path, arguments, after), term_add(term_add(q, q), wide(bit)))};
    c[2] = (struct conjunct){"the quotient has room", term_eq(term_extract(q, 63, 1), zero)};
    c[3] = (struct conjunct){"M has room", term_eq(term_extract(m, 63, 1), zero)};
    c[4] = (struct conjunct){"the multiple has room", term_eq(term_extract(p, 63, 1), zero)};
    c[5] = (struct conjunct){"the remainder follows",
                             term_eq(after[REMAINDER], term_sub(term_add(term_add(before[REMAINDER], before[REMAINDER]),
                                                                         wide(term_extract(before[DIVIDEND], 31, 1))),
                                                                addend))};
    c[6] = (struct conjunct){"the multiple follows", term_eq(next_p, term_add(term_add(p, p), addend))};
    c[7] = (struct conjunct){"the multiple does not wrap", term_ule(term_add(p, p), next_p)};
    return 8;
}

static term conclusion(struct path *path, const term *arguments, const term *after)
{
    return product(path, quotient(path, arguments, after), divisor_of(arguments), multiple(path, arguments, after));
}

static term measure(const term *fields)
{
    return fields[REMAINING];
}

const struct loop_row division_loop = {
    .routine = "div64",
    .field_count = 5,
    .fields = {[REMAINDER] = {"remainder", 64},
               [DIVISOR] = {"divisor", 64},
               [DIVIDEND] = {"dividend", 32},
               [QUOTIENT] = {"quotient", 32},
               [REMAINING] = {"remaining", 32}},
    .invariant = invariant,
    .enter = enter,
    .leave = leave,
    .stations = stations,
    .conclusion = conclusion,
    .measure = measure,
};
