/*
 * Every rewrite rule by itself: an application that must end in it, with the node that must come out, and a near miss
 * that it must leave alone. The last test fails if a rule of the table has no such pair.
 */
#include "symexec/term/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static term a, b, c;        /* 32 bits */
static term base;           /* 32 bits, an address: stays whole */
static term h, k, l, g;     /* 16 bits */
static term d, e;           /* 8 bits */
static term x, y;           /* 64 bits */
static term p, q, r;        /* truth values */
static term odd_x, odd_y;   /* 33 bits */
static term pair_x, pair_y; /* 2 bits */

static term num(uint64_t value)
{
    return term_const(32, value);
}

static const uint64_t ones = 0xffffffff;

static int make_variables(void **unused)
{
    (void)unused;
    const struct {
        term *var;
        const char *name;
        unsigned width;
    } rows[] = {
        {&a, "a", 32},         {&b, "b", 32},          {&c, "c", 32},          {&h, "h", 16}, {&k, "k", 16},
        {&l, "l", 16},         {&g, "g", 16},          {&d, "d", 8},           {&e, "e", 8},  {&x, "x", 64},
        {&y, "y", 64},         {&p, "p", 1},           {&q, "q", 1},           {&r, "r", 1},  {&odd_x, "odd_x", 33},
        {&odd_y, "odd_y", 33}, {&pair_x, "pair_x", 2}, {&pair_y, "pair_y", 2},
    };
    term_audit_start();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *rows[i].var = term_var(rows[i].name, rows[i].width, TERM_ORDINARY);
    base = term_var("base", 32, TERM_PRIVATE);
    return 0;
}

/* ---- pairs ---- */

static bool has_pair[RULE_COUNT];

static void show(const char *what, term t)
{
    print_error("  %s ", what);
    term_print(stderr, t, 8);
    fputc('\n', stderr);
}

/* The rule was applied, made the expected node, and the log has it so. */
static void check_hit(enum term_rule rule, const char *text, uint64_t before, term got, term expected)
{
    bool logged = false;
    size_t count;
    const struct term_rewrite *log = term_audit_log(&count);
    for (size_t i = 0; i < count; i++)
        logged |= log[i].rule == rule && log[i].result == got;
    if (got != expected) {
        show("expected", expected);
        show("got", got);
    }
    if (got != expected || !logged || term_rule_applications(rule) <= before)
        fail_msg("%s, %s: %u applications, %s", term_rule_info(rule)->name, text,
                 (unsigned)(term_rule_applications(rule) - before), logged ? "logged" : "not logged");
    has_pair[rule] = true;
}

static void check_miss(enum term_rule rule, const char *text, uint64_t before)
{
    if (term_rule_applications(rule) != before)
        fail_msg("%s applied to %s", term_rule_info(rule)->name, text);
}

#define PAIR(rule, hit, expected, miss)                                                                                \
    do {                                                                                                               \
        term expected_ = (expected);                                                                                   \
        uint64_t before_ = term_rule_applications(rule);                                                               \
        term got_ = (hit);                                                                                             \
        check_hit(rule, #hit, before_, got_, expected_);                                                               \
        before_ = term_rule_applications(rule);                                                                        \
        (void)(miss);                                                                                                  \
        check_miss(rule, #miss, before_);                                                                              \
    } while (0)

static void every_constructor(void **unused)
{
    (void)unused;
    PAIR(RULE_FOLD_CONSTANTS, term_add(num(2), num(3)), num(5), term_add(a, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_sub(num(2), num(3)), num(ones), term_add(a, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_mul(num(2), num(3)), num(6), term_mul(a, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_udiv(num(6), num(0)), num(0), term_udiv(a, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_and(num(6), num(3)), num(2), term_and(base, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_or(num(6), num(3)), num(7), term_or(base, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_xor(num(6), num(3)), num(5), term_xor(a, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_extract(num(0x123), 4, 4), term_const(4, 2), term_extract(a, 4, 4));
    PAIR(RULE_FOLD_CONSTANTS, term_concat(num(1), num(2)), term_const(64, 0x100000002), term_concat(a, num(2)));
    PAIR(RULE_FOLD_CONSTANTS, term_sext(num(ones), 33), term_const(33, 0x1ffffffff), term_sext(a, 33));
    PAIR(RULE_FOLD_CONSTANTS, term_eq(num(6), num(3)), term_const(1, 0), term_eq(a, num(3)));
    PAIR(RULE_FOLD_CONSTANTS, term_ult(num(3), num(6)), term_const(1, 1), term_ult(a, num(3)));
    PAIR(RULE_ORDER_OPERANDS, term_add(b, a), term_add(a, b), term_add(a, b));
    PAIR(RULE_ORDER_OPERANDS, term_mul(odd_y, odd_x), store_node2(TERM_MUL, 33, odd_x, odd_y), term_mul(odd_x, odd_y));
    PAIR(RULE_ORDER_OPERANDS, term_and(b, a), store_node2(TERM_AND, 32, a, b), term_and(a, b));
    PAIR(RULE_ORDER_OPERANDS, term_or(b, a), store_node2(TERM_OR, 32, a, b), term_or(a, b));
    PAIR(RULE_ORDER_OPERANDS, term_xor(b, a), store_node2(TERM_XOR, 32, a, b), term_xor(a, b));
    PAIR(RULE_ORDER_OPERANDS, term_eq(num(9), a), store_node2(TERM_EQ, 1, a, num(9)), term_eq(a, num(9)));
}

static term scaled(term t, uint64_t factor, uint64_t value)
{
    return store_node(TERM_SUM, t->width, value, 1, &t, &factor);
}

static void sums(void **unused)
{
    (void)unused;
    term high = term_concat(h, term_const(16, 0)), low = term_concat(term_const(16, 0), k);
    term overlapping = term_concat(term_const(15, 0), term_extract(a, 0, 17));
    PAIR(RULE_ADD_ZERO, term_add(num(0), a), a, term_add(a, num(1)));
    PAIR(RULE_ADD_OF_BITS, term_add(p, q), term_xor(p, q), term_add(pair_x, pair_y));
    PAIR(RULE_ADD_WITHOUT_CARRIES, term_add(high, low), term_concat(h, k), term_add(high, overlapping));
    PAIR(RULE_ADD_COLLECTS, term_add(scaled(a, 1, 1), scaled(a, 1, 2)), scaled(a, 2, 3), term_add(a, b));
}

static term partial(term one, term other)
{
    return store_node2(TERM_MUL, 64, term_zext(one, 64), term_zext(other, 64));
}

static void products(void **unused)
{
    (void)unused;
    term hk = term_concat(h, k), choice = term_ite(p, term_zext(a, 64), term_zext(b, 64));
    term x0 = term_extract(x, 0, 32), x1 = term_extract(x, 32, 32);
    term y0 = term_extract(y, 0, 32), y1 = term_extract(y, 32, 32);
    term cross = term_add(term_extract(partial(x0, y1), 0, 32), term_extract(partial(x1, y0), 0, 32));
    PAIR(RULE_MUL_BY_ZERO, term_mul(a, num(0)), num(0), term_mul(a, num(3)));
    PAIR(RULE_MUL_BY_ONE, term_mul(a, num(1)), a, term_mul(a, num(2)));
    PAIR(RULE_MUL_BY_POWER, term_mul(hk, num(4)), term_concat(term_extract(hk, 0, 30), term_const(2, 0)),
         term_mul(hk, num(6)));
    PAIR(RULE_MUL_SCALES, term_mul(scaled(a, 1, 1), num(3)), scaled(a, 3, 3), term_mul(scaled(a, 1, 1), num(1)));
    PAIR(RULE_MUL_WIDENS, term_mul(a, b), term_extract(partial(a, b), 0, 32), term_mul(odd_x, odd_y));
    PAIR(RULE_MUL_OF_HALVES, term_mul(choice, term_zext(c, 64)), partial(c, term_extract(choice, 0, 32)),
         term_mul(x, term_zext(c, 64)));
    PAIR(RULE_MUL_SPLITS, term_mul(x, y), term_add(partial(x0, y0), term_concat(cross, num(0))),
         term_mul(term_zext(a, 64), term_zext(b, 64)));
}

static void quotients(void **unused)
{
    (void)unused;
    PAIR(RULE_DIV_BY_ZERO, term_udiv(a, num(0)), num(0), term_udiv(a, num(2)));
    PAIR(RULE_DIV_BY_ONE, term_sdiv(a, num(1)), a, term_sdiv(p, term_const(1, 1))); /* 1 is -1 there */
    PAIR(RULE_DIV_OF_ZERO, term_udiv(num(0), a), num(0), term_udiv(num(1), a));
}

static void bitwise(void **unused)
{
    (void)unused;
    term both = term_and(a, b), any = term_or(a, b), hk = term_concat(h, k);
    term low_base = term_and(base, num(0xff)), set_base = term_or(base, num(0xff));
    term halves = term_concat(term_xor(h, term_extract(a, 16, 16)), term_xor(k, term_extract(a, 0, 16)));
    PAIR(RULE_AND_KNOWN_BITS, term_and(a, num(0)), num(0), term_and(base, num(1)));
    PAIR(RULE_AND_SAME, term_and(a, a), a, term_and(a, b));
    PAIR(RULE_AND_WITH_ONES, term_and(num(ones), a), a, term_and(base, num(ones - 1)));
    PAIR(RULE_AND_ABSORBS, term_and(both, b), both, term_and(both, c));
    PAIR(RULE_AND_ABSORBS, term_and(a, both), both, term_and(c, both));
    PAIR(RULE_AND_ABSORBS, term_and(low_base, num(0xff)), low_base, term_and(low_base, num(0x7f)));
    PAIR(RULE_AND_COMPLEMENTARY, term_and(a, term_not(a)), num(0), term_and(a, term_not(b)));
    term at_least = term_not(term_ult(a, num(9))), other = term_not(term_eq(a, num(9)));
    term at_most_max = term_not(term_eq(a, num(ones))), is_max = term_not(term_ult(a, num(ones)));
    PAIR(RULE_AND_ABOVE, term_and(at_least, other), term_not(term_ult(a, num(10))),
         term_and(at_least, term_not(term_eq(a, num(10)))));
    PAIR(RULE_AND_ABOVE, term_and(other, at_least), term_not(term_ult(a, num(10))),
         term_and(other, term_not(term_ult(b, num(9)))));
    PAIR(RULE_AND_ABOVE, term_and(other, at_least), term_not(term_ult(a, num(10))), term_and(at_most_max, is_max));
    PAIR(RULE_AND_BY_SLICES, term_and(a, num(0xff)), term_zext(term_extract(a, 0, 8), 32), term_and(base, num(0xff)));
    PAIR(RULE_OR_KNOWN_BITS, term_or(a, num(ones)), num(ones), term_or(base, num(ones - 1)));
    PAIR(RULE_OR_SAME, term_or(a, a), a, term_or(a, b));
    PAIR(RULE_OR_WITH_ZERO, term_or(num(0), a), a, term_or(base, num(1)));
    PAIR(RULE_OR_ABSORBS, term_or(any, b), any, term_or(any, c));
    PAIR(RULE_OR_ABSORBS, term_or(a, any), any, term_or(c, any));
    PAIR(RULE_OR_ABSORBS, term_or(set_base, num(0xff)), set_base, term_or(set_base, num(0x1ff)));
    PAIR(RULE_OR_COMPLEMENTARY, term_or(a, term_not(a)), num(ones), term_or(a, term_not(b)));
    PAIR(RULE_OR_BY_SLICES, term_or(a, num(0xff)), term_concat(term_extract(a, 8, 24), term_const(8, 0xff)),
         term_or(base, num(0xff)));
    PAIR(RULE_XOR_WITH_ZERO, term_xor(a, num(0)), a, term_xor(a, num(1)));
    PAIR(RULE_XOR_BY_SLICES, term_xor(hk, a), halves, term_xor(hk, base));
    PAIR(RULE_XOR_COLLECTS, term_xor(term_xor(a, b), b), a, term_xor(a, c));
}

static void slices(void **unused)
{
    (void)unused;
    term hk = term_concat(h, k), sign = term_sext(h, 32), masked = term_and(base, num(0xff));
    term choice = term_ite(p, a, num(5)), free_choice = term_ite(p, a, b);
    PAIR(RULE_EXTRACT_ALL, term_extract(a, 0, 32), a, term_extract(a, 0, 31));
    PAIR(RULE_EXTRACT_KNOWN_BITS, term_extract(masked, 8, 8), term_const(8, 0), term_extract(masked, 7, 8));
    PAIR(RULE_EXTRACT_OF_EXTRACT, term_extract(term_extract(a, 4, 20), 2, 8), store_node1(TERM_EXTRACT, 8, 6, a),
         term_extract(a, 6, 8));
    PAIR(RULE_EXTRACT_OF_CONCAT, term_extract(hk, 8, 16), term_concat(term_extract(h, 0, 8), term_extract(k, 8, 8)),
         term_extract(a, 8, 16));
    PAIR(RULE_EXTRACT_BELOW_SEXT, term_extract(sign, 4, 12), term_extract(h, 4, 12), term_extract(sign, 4, 13));
    PAIR(RULE_EXTRACT_OF_SEXT, term_extract(sign, 4, 14), term_sext(term_extract(h, 4, 12), 14),
         term_extract(sign, 4, 12));
    PAIR(RULE_EXTRACT_OF_SEXT, term_extract(sign, 20, 8), term_sext(term_extract(h, 15, 1), 8),
         term_extract(sign, 4, 11));
    PAIR(RULE_EXTRACT_OF_POWER, term_extract(scaled(a, 4, 0), 4, 8), term_extract(a, 2, 8),
         term_extract(scaled(a, 3, 0), 4, 8));
    PAIR(RULE_EXTRACT_OF_POWER, term_extract(scaled(a, 4, 0), 1, 8),
         term_concat(term_extract(a, 0, 7), term_const(1, 0)), term_extract(scaled(a, 4, 1), 1, 8));
    PAIR(RULE_EXTRACT_OF_SUM, term_extract(term_add(a, b), 0, 16),
         term_add(term_extract(a, 0, 16), term_extract(b, 0, 16)), term_extract(term_add(a, b), 1, 16));
    PAIR(RULE_EXTRACT_OF_XOR, term_extract(term_xor(a, num(0xff)), 4, 8),
         term_xor(term_extract(a, 4, 8), term_const(8, 0x0f)), term_extract(term_xor(a, b), 4, 8));
    PAIR(RULE_EXTRACT_OF_ITE, term_extract(choice, 0, 8), term_ite(p, term_extract(a, 0, 8), term_const(8, 5)),
         term_extract(free_choice, 0, 8));
}

static void concatenations(void **unused)
{
    (void)unused;
    term sign = term_sext(term_extract(k, 15, 1), 16), not_sign = term_sext(term_extract(k, 14, 1), 16);
    PAIR(RULE_CONCAT_FLATTENS, term_concat(term_concat(h, k), l),
         store_node(TERM_CONCAT, 48, 0, 3, (term[]){h, k, l}, NULL), term_concat(h, k));
    PAIR(RULE_CONCAT_OF_CONSTANTS, term_concat(term_concat(h, term_const(8, 1)), term_const(8, 2)),
         store_node2(TERM_CONCAT, 32, h, term_const(16, 0x102)), term_concat(term_concat(h, d), term_const(8, 2)));
    PAIR(RULE_CONCAT_OF_NEIGHBOURS, term_concat(term_extract(a, 8, 8), term_extract(a, 0, 8)), term_extract(a, 0, 16),
         term_concat(term_extract(a, 9, 8), term_extract(a, 0, 8)));
    PAIR(RULE_CONCAT_OF_SIGNS, term_concat(sign, k), term_sext(k, 32), term_concat(not_sign, k));
}

static void extensions(void **unused)
{
    (void)unused;
    PAIR(RULE_SEXT_BY_NOTHING, term_sext(a, 32), a, term_sext(a, 33));
    PAIR(RULE_SEXT_OF_POSITIVE, term_sext(term_zext(d, 16), 32), term_zext(d, 32), term_sext(h, 32));
    PAIR(RULE_SEXT_OF_SEXT, term_sext(term_sext(d, 16), 32), term_sext(d, 32), term_sext(h, 32));
    PAIR(RULE_SEXT_OF_CONCAT, term_sext(term_concat(d, e), 32), term_concat(term_sext(d, 24), e), term_sext(h, 32));
}

static void shifts(void **unused)
{
    (void)unused;
    term both = term_and(a, b), positive = term_zext(h, 32);
    PAIR(RULE_SHL_OUT, term_shl(a, num(32)), num(0), term_shl(a, num(31)));
    PAIR(RULE_SHL_OF_ZERO, term_shl(num(0), a), num(0), term_shl(num(1), a));
    PAIR(RULE_SHL_BY_ZERO, term_shl(a, num(0)), a, term_shl(a, num(1)));
    PAIR(RULE_SHL_SCALES, term_shl(a, num(2)), scaled(a, 4, 0), term_shl(both, num(2)));
    PAIR(RULE_SHL_BY_CONSTANT, term_shl(both, num(2)), term_concat(term_extract(both, 0, 30), term_const(2, 0)),
         term_shl(both, c));
    PAIR(RULE_LSHR_OUT, term_lshr(a, num(32)), num(0), term_lshr(a, num(31)));
    PAIR(RULE_LSHR_OF_ZERO, term_lshr(num(0), a), num(0), term_lshr(num(1), a));
    PAIR(RULE_LSHR_BY_CONSTANT, term_lshr(a, num(8)), term_zext(term_extract(a, 8, 24), 32), term_lshr(a, b));
    PAIR(RULE_ASHR_OF_POSITIVE, term_ashr(positive, a), term_lshr(positive, a), term_ashr(b, a));
    PAIR(RULE_ASHR_BY_CONSTANT, term_ashr(a, num(8)), term_sext(term_extract(a, 8, 24), 32), term_ashr(a, b));
    PAIR(RULE_ASHR_BY_CONSTANT, term_ashr(a, num(40)), term_sext(term_extract(a, 31, 1), 32), term_ashr(a, c));
}

static void equality(void **unused)
{
    (void)unused;
    term hk = term_concat(h, k), sign = term_sext(h, 32), one = term_concat(h, term_const(16, 1));
    term parts = term_and(term_eq(k, term_extract(a, 0, 16)), term_eq(h, term_extract(a, 16, 16)));
    PAIR(RULE_EQ_SAME, term_eq(a, a), term_const(1, 1), term_eq(a, b));
    PAIR(RULE_EQ_KNOWN_BITS, term_eq(one, term_concat(k, term_const(16, 2))), term_const(1, 0), term_eq(one, a));
    PAIR(RULE_EQ_OF_BITS, term_eq(p, q), term_not(term_xor(p, q)), term_eq(pair_x, pair_y));
    PAIR(RULE_EQ_OF_SUMS, term_eq(scaled(a, 1, 5), num(7)), term_eq(a, num(2)), term_eq(a, num(7)));
    PAIR(RULE_EQ_OF_CONCAT, term_eq(hk, a), parts, term_eq(hk, base));
    PAIR(RULE_EQ_OF_SEXT, term_eq(sign, term_sext(k, 32)), term_eq(h, k), term_eq(sign, term_sext(d, 32)));
    PAIR(RULE_EQ_OF_XOR, term_eq(term_xor(a, num(5)), num(7)), term_eq(a, num(2)), term_eq(term_xor(a, b), num(7)));
    PAIR(RULE_EQ_OF_SEXT_AND_CONSTANT, term_eq(sign, num(0xffff8000)), term_eq(h, term_const(16, 0x8000)),
         term_eq(sign, a));
    PAIR(RULE_EQ_OF_SEXT_AND_CONSTANT, term_eq(sign, num(0x8000)), term_const(1, 0), term_eq(sign, b));
    PAIR(RULE_EQ_OF_ITE, term_eq(term_ite(p, a, num(5)), num(7)), term_and(p, term_eq(a, num(7))),
         term_eq(term_ite(p, a, b), num(7)));
}

static void order(void **unused)
{
    (void)unused;
    term zext_h = term_zext(h, 32), copies = term_sext(p, 32);
    PAIR(RULE_ULT_SAME, term_ult(a, a), term_const(1, 0), term_ult(a, b));
    PAIR(RULE_ULT_NEVER, term_ult(a, num(0)), term_const(1, 0), term_ult(a, num(2)));
    PAIR(RULE_ULT_ALWAYS, term_ult(zext_h, num(0x10000)), term_const(1, 1), term_ult(zext_h, num(0xffff)));
    PAIR(RULE_ULT_ONE, term_ult(a, num(1)), term_eq(a, num(0)), term_ult(a, num(2)));
    PAIR(RULE_ULT_OF_ZERO, term_ult(num(0), a), term_ne(a, num(0)), term_ult(num(1), a));
    PAIR(RULE_ULT_OF_COPIES, term_ult(copies, num(5)), term_not(p), term_ult(term_sext(h, 32), num(5)));
    PAIR(RULE_ULT_COPIES, term_ult(num(5), copies), p, term_ult(num(5), term_sext(h, 32)));
    PAIR(RULE_ULT_EQUAL_TOPS, term_ult(term_concat(h, k), term_concat(h, l)), term_ult(k, l),
         term_ult(term_concat(h, k), term_concat(g, k)));
    PAIR(RULE_SLT_SAME, term_slt(a, a), term_const(1, 0), term_slt(a, b));
    PAIR(RULE_SLT_SAME_SIGNS, term_slt(zext_h, term_zext(k, 32)), term_ult(h, k), term_slt(zext_h, a));
    PAIR(RULE_SLT_OTHER_SIGNS, term_slt(num(0x80000000), zext_h), term_const(1, 1), term_slt(num(0x80000000), a));
    PAIR(RULE_SLT_ZERO, term_slt(a, num(0)), term_extract(a, 31, 1), term_slt(a, num(1)));
}

static void choices(void **unused)
{
    (void)unused;
    term yes = term_const(1, 1), no = term_const(1, 0);
    PAIR(RULE_ITE_KNOWN, term_ite(no, a, b), b, term_ite(p, a, b));
    PAIR(RULE_ITE_SAME, term_ite(p, a, a), a, term_ite(p, a, b));
    PAIR(RULE_ITE_OF_NOT, term_ite(term_not(p), a, b), term_ite(p, b, a), term_ite(term_xor(p, q), a, b));
    PAIR(RULE_ITE_ASKS_AGAIN, term_ite(p, term_ite(p, a, b), c), term_ite(p, a, c), term_ite(p, term_ite(q, a, b), c));
    PAIR(RULE_ITE_ASKS_AGAIN, term_ite(p, b, term_ite(p, a, c)), term_ite(p, b, c), term_ite(p, b, term_ite(q, a, c)));
    PAIR(RULE_ITE_OF_TRUTHS, term_ite(p, yes, q), term_or(p, q), term_ite(p, q, r));
    PAIR(RULE_ITE_OF_TRUTHS, term_ite(p, no, q), term_and(term_not(p), q), term_ite(p, r, q));
    PAIR(RULE_ITE_OF_TRUTHS, term_ite(p, q, yes), term_or(term_not(p), q), term_ite(q, p, r));
    PAIR(RULE_ITE_OF_TRUTHS, term_ite(p, q, no), term_and(p, q), term_ite(q, r, p));
}

/* ---- the table ---- */

static void every_rule_has_its_pair(void **unused)
{
    (void)unused;
    for (enum term_rule i = RULE_NONE + 1; i < RULE_COUNT; i++)
        if (!has_pair[i])
            fail_msg("%s has no pair of tests", term_rule_info(i)->name);
}

static void names_are_unique_and_readable(void **unused)
{
    (void)unused;
    for (enum term_rule i = RULE_NONE; i < RULE_COUNT; i++) {
        const char *name = term_rule_info(i)->name;
        assert_true(*name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz-")] == '\0');
        assert_true(*term_rule_info(i)->meaning && !strchr(term_rule_info(i)->meaning, '\n'));
        for (enum term_rule j = RULE_NONE; j < i; j++)
            assert_string_not_equal(name, term_rule_info(j)->name);
    }
}

/* Without the log, sums of constants take a short cut; it counts, too. */
static void counts_do_not_need_the_log(void **unused)
{
    (void)unused;
    audit_on = false;
    term_rule_reset();
    assert_int_equal(term_rule_applications(RULE_FOLD_CONSTANTS), 0);
    term_sub(num(9), num(5));
    term_neg(num(9));
    term_and(num(9), num(5));
    assert_int_equal(term_rule_applications(RULE_FOLD_CONSTANTS), 3);
    term_and(a, a);
    assert_int_equal(term_rule_applications(RULE_AND_SAME), 1);
    term_rule_reset();
    assert_int_equal(term_rule_applications(RULE_AND_SAME), 0);
    audit_on = true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_constructor),
        cmocka_unit_test(sums),
        cmocka_unit_test(products),
        cmocka_unit_test(quotients),
        cmocka_unit_test(bitwise),
        cmocka_unit_test(slices),
        cmocka_unit_test(concatenations),
        cmocka_unit_test(extensions),
        cmocka_unit_test(shifts),
        cmocka_unit_test(equality),
        cmocka_unit_test(order),
        cmocka_unit_test(choices),
        cmocka_unit_test(every_rule_has_its_pair),
        cmocka_unit_test(names_are_unique_and_readable),
        cmocka_unit_test(counts_do_not_need_the_log),
    };
    return cmocka_run_group_tests(tests, make_variables, NULL);
}
