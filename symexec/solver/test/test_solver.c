/* The solver: verdicts, models, limits, caches, and SMT-LIB dumps decided again. */
#include "symexec/solver/solver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <z3.h>

#include <cmocka.h>

static const struct solver_limits limits = {.goal_steps = 20000000, .feasible_steps = 2000000, .backstop_ms = 60000};

static term var(const char *name, unsigned width)
{
    return term_var(name, width, TERM_ORDINARY);
}

static term num(uint64_t value)
{
    return term_const(32, value);
}

static void goals_are_proved_or_refuted(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    term x = var("x", 32), y = var("y", 32);
    term less = term_ult(x, num(10));
    assert_int_equal(solver_prove(s, &less, 1, NULL, 0, term_ult(x, num(11)), NULL), VERDICT_PROVED);
    struct model model = {0};
    assert_int_equal(solver_prove(s, &less, 1, NULL, 0, term_ult(y, x), &model), VERDICT_REFUTED);
    assert_true(model_lookup(x, &model) < 10);
    assert_true(model_lookup(y, &model) >= model_lookup(x, &model));
    model_free(&model);
    assert_int_equal(solver_prove(s, NULL, 0, NULL, 0, term_const(1, 0), NULL), VERDICT_REFUTED);
    solver_close(s);
}

static void models_are_dull(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    struct model model = {0};
    term x = var("x", 32), y = var("y", 32);
    term above = term_ult(num(5), x);
    assert_int_equal(solver_prove(s, &above, 1, NULL, 0, term_eq(term_add(x, y), term_mul(x, num(2))), &model),
                     VERDICT_REFUTED);
    assert_int_equal(model_lookup(x, &model), 7); /* the first simple value above 5 */
    assert_int_equal(model_lookup(y, &model), 0);
    model_free(&model);
    solver_close(s);
}

static void conditions_that_share_nothing_are_left_out(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    /* 2^32 - 5 is prime: the condition is beyond the limit, the goal is not. */
    term p = var("p", 64), q = var("q", 64);
    term hard = term_eq(term_mul(p, q), term_const(64, UINT64_C(0xfffffffb) * 0xffffffef));
    assert_int_equal(solver_prove(s, &hard, 1, NULL, 0, term_ule(var("x", 32), num(0xffffffff)), NULL), VERDICT_PROVED);
    solver_close(s);
}

static void limits_give_unknown(void **state)
{
    (void)state;
    const struct solver_limits tight = {.goal_steps = 500, .feasible_steps = 500, .backstop_ms = 60000};
    struct solver *s = solver_open(&tight, NULL);
    term a = var("a64", 64), b = var("b64", 64);
    term odd =
        term_eq(term_xor(term_shl(a, b), term_lshr(b, a)), term_add(term_ashr(b, a), term_shl(term_xor(a, b), a)));
    assert_int_equal(solver_prove(s, NULL, 0, NULL, 0, odd, NULL), VERDICT_UNKNOWN);
    /* A path whose feasibility is unknown is kept. */
    assert_true(solver_feasible(s, NULL, 0, odd));
    solver_close(s);
}

static void answers_are_remembered_and_charged(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    term x = var("x", 32), goal = term_ule(term_and(x, num(0x12345)), x);
    assert_int_equal(solver_prove(s, NULL, 0, NULL, 0, goal, NULL), VERDICT_PROVED);
    uint64_t steps = solver_stats(s)->steps;
    assert_int_equal(solver_prove(s, NULL, 0, NULL, 0, goal, NULL), VERDICT_PROVED);
    assert_int_equal(solver_stats(s)->goal_calls, 1);
    assert_int_equal(solver_stats(s)->cached, 1);
    assert_int_equal(solver_stats(s)->steps, 2 * steps);
    solver_close(s);
}

/* Another solver, in another process in real runs, gets the answer and the steps, not the work. */
static void answers_are_shared(void **state)
{
    (void)state;
    struct solver_shared *shared = solver_shared_open();
    assert_non_null(shared);
    term x = var("x", 32), below = term_ult(x, var("y", 32));
    uint64_t steps = 0;
    for (int i = 0; i < 3; i++) {
        struct solver *s = solver_open(&limits, shared);
        term goal = term_ne(x, num(i < 2 ? UINT32_MAX : 5));
        assert_int_equal(solver_prove(s, &below, 1, NULL, 0, goal, NULL), i < 2 ? VERDICT_PROVED : VERDICT_REFUTED);
        assert_int_equal(solver_feasible(s, &below, 1, term_eq(x, num(76))), true);
        assert_int_equal(solver_feasible(s, &below, 1, term_eq(x, num(UINT32_MAX))), false);
        assert_int_equal(solver_stats(s)->shared, i == 0 ? 0 : i == 1 ? 3 : 2);
        if (i == 1)
            assert_int_equal(solver_stats(s)->steps, steps);
        steps = solver_stats(s)->steps;
        solver_close(s);
    }
    solver_shared_close(shared);
}

static void definitions_only_matter_to_refutations(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    term opaque = var("opaque", 12), x = var("x", 32);
    term fact = term_eq(term_zext(opaque, 32), x);
    assert_int_equal(solver_prove(s, NULL, 0, &fact, 1, term_ult(x, num(0x1000)), NULL), VERDICT_PROVED);
    assert_int_equal(solver_prove(s, NULL, 0, NULL, 0, term_ult(x, num(0x1000)), NULL), VERDICT_REFUTED);
    solver_close(s);
}

static void feasibility_is_of_the_connected_part(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    term x = var("x", 32), y = var("y", 32), z = var("z", 32);
    term conditions[] = {term_eq(x, y), term_ult(y, num(4)), term_eq(z, num(9))};
    assert_false(solver_feasible(s, conditions, 3, term_ult(num(7), x)));
    assert_true(solver_feasible(s, conditions, 3, term_eq(x, num(3))));
    uint64_t calls = solver_stats(s)->feasible_calls;
    assert_true(solver_feasible(s, conditions, 2, term_eq(x, num(3)))); /* the same without z: remembered */
    assert_int_equal(solver_stats(s)->feasible_calls, calls);
    solver_close(s);
}

/* ---- bits that conditions decide ---- */

/* Every condition of the kinds that with_known_bits reads, against brute force: a goal about the variable is decided
 * rightly. */
static void bounds_become_bits(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    term v = var("byte", 8);
    for (uint64_t bound = 1; bound < 256; bound += bound < 3 ? 1 : bound < 128 ? 61 : 31)
        for (int kind = 0; kind < 4; kind++) {
            term below = term_ult(v, term_const(8, bound)), bit = term_extract(v, bound & 7, 1);
            term condition = kind == 0 ? below : kind == 1 ? term_not(below) : kind == 2 ? bit : term_not(bit);
            uint64_t all = 0xff, any = 0;
            for (uint64_t x = 0; x < 256; x++) {
                bool holds = kind == 0 ? x < bound : kind == 1 ? x >= bound : (x >> (bound & 7) & 1) == (kind == 2);
                all &= holds ? x : 0xff;
                any |= holds ? x : 0;
            }
            for (unsigned i = 0; i < 8; i++) {
                term one = term_eq(term_extract(term_mul(v, v), 0, 1), term_extract(v, 0, 1));
                term set = term_and(term_extract(v, i, 1), one), clear = term_and(term_not(term_extract(v, i, 1)), one);
                assert_int_equal(solver_prove(s, &condition, 1, NULL, 0, set, NULL) == VERDICT_PROVED, all >> i & 1);
                assert_int_equal(solver_prove(s, &condition, 1, NULL, 0, clear, NULL) == VERDICT_PROVED,
                                 !(any >> i & 1));
            }
        }
    solver_close(s);
}

/* ---- products and quotients ---- */

static term half(const char *name)
{
    return term_zext(var(name, 32), 64);
}

/* Hopeless as circuits, easy as uninterpreted functions with axioms. */
static void products_are_opaque(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    term a = var("p", 64), b = var("q", 64), x = var("x", 32), y = var("y", 32);
    /* The high word of a 64-bit product as umull and two mla compute it. */
    term al = term_extract(a, 0, 32), ah = term_extract(a, 32, 32), bl = term_extract(b, 0, 32),
         bh = term_extract(b, 32, 32);
    term low = term_mul(term_zext(al, 64), term_zext(bl, 64));
    term high = term_add(term_add(term_extract(low, 32, 32), term_mul(al, bh)), term_mul(bl, ah));
    assert_int_equal(solver_prove(s, NULL, 0, NULL, 0, term_eq(term_extract(term_mul(a, b), 32, 32), high), NULL),
                     VERDICT_PROVED);
    /* Congruence under a condition, and the axioms. */
    term same = term_eq(x, y);
    assert_int_equal(solver_prove(s, &same, 1, NULL, 0, term_eq(term_udiv(al, x), term_udiv(al, y)), NULL),
                     VERDICT_PROVED);
    term zero = term_eq(x, num(0));
    assert_int_equal(solver_prove(s, &zero, 1, NULL, 0, term_eq(term_sdiv(al, x), num(0)), NULL), VERDICT_PROVED);
    assert_int_equal(solver_prove(s, &zero, 1, NULL, 0, term_eq(term_mul(x, y), num(0)), NULL), VERDICT_PROVED);
    solver_close(s);
}

/* Refuted by any function, but not by multiplication: what is not proved opaquely is asked again. */
static void refutations_are_of_the_real_operations(void **state)
{
    (void)state;
    struct solver *s = solver_open(&limits, NULL);
    struct model model = {0};
    term x = var("x", 32), y = var("y", 32);
    term small = term_and(term_ult(x, num(3)), term_ult(y, num(3)));
    assert_int_equal(
        solver_prove(s, &small, 1, NULL, 0, term_ult(term_mul(half("x"), half("y")), term_const(64, 5)), &model),
        VERDICT_PROVED);
    assert_int_equal(
        solver_prove(s, &small, 1, NULL, 0, term_ult(term_mul(half("x"), half("y")), term_const(64, 4)), &model),
        VERDICT_REFUTED);
    assert_int_equal(model_lookup(x, &model) * model_lookup(y, &model), 4);
    model_free(&model);
    solver_close(s);
}

/* ---- dumps ---- */

static uint64_t seed = 7;

static uint64_t rnd(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static term random_term(unsigned depth)
{
    static const char *const names[] = {"a1", "b", "c.d", "e_f"};
    if (depth == 0)
        return rnd() % 4 ? var(names[rnd() % 4], 8) : term_const(8, rnd());
    term a = random_term(depth - 1), b = random_term(depth - 1);
    switch (rnd() % 14) {
    case 0:
        return term_add(a, b);
    case 1:
        return term_mul(a, b);
    case 2:
        return term_udiv(a, b);
    case 3:
        return term_sdiv(a, b);
    case 4:
        return term_and(a, b);
    case 5:
        return term_or(a, b);
    case 6:
        return term_xor(a, b);
    case 7:
        return term_shl(a, b);
    case 8:
        return term_lshr(a, b);
    case 9:
        return term_ashr(a, b);
    case 10:
        return term_ite(term_slt(a, b), a, b);
    case 11:
        return term_ite(term_ult(a, b), b, a);
    case 12:
        return term_extract(term_sext(a, 12), 3, 8);
    default:
        return term_concat(term_extract(a, 0, 5), term_extract(b, 5, 3));
    }
}

static Z3_lbool decide_text(const char *text)
{
    Z3_config config = Z3_mk_config();
    Z3_context c = Z3_mk_context(config);
    Z3_del_config(config);
    Z3_solver solver = Z3_mk_solver(c);
    Z3_solver_inc_ref(c, solver);
    Z3_solver_from_string(c, solver, text);
    assert_int_equal(Z3_get_error_code(c), Z3_OK);
    Z3_lbool answer = Z3_solver_check(c, solver);
    Z3_solver_dec_ref(c, solver);
    Z3_del_context(c);
    return answer;
}

static void dumps_are_decided_alike(void **state)
{
    (void)state;
    unsigned proved = 0, refuted = 0;
    struct solver *s = solver_open(&limits, NULL);
    for (int i = 0; i < 150; i++) {
        term hypothesis = term_ult(random_term(2), random_term(1));
        term goal = i % 2 ? term_eq(random_term(2), random_term(2))
                          : term_ule(random_term(1), term_or(random_term(1), random_term(2)));
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        term_print_smt2(out, &hypothesis, 1, goal);
        fclose(out);
        enum verdict verdict = solver_prove(s, &hypothesis, 1, NULL, 0, goal, NULL);
        Z3_lbool again = decide_text(text);
        assert_int_equal(again, verdict == VERDICT_PROVED ? Z3_L_FALSE : Z3_L_TRUE);
        proved += verdict == VERDICT_PROVED;
        refuted += verdict == VERDICT_REFUTED;
        free(text);
    }
    assert_true(proved > 5 && refuted > 5);
    solver_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goals_are_proved_or_refuted),
        cmocka_unit_test(models_are_dull),
        cmocka_unit_test(conditions_that_share_nothing_are_left_out),
        cmocka_unit_test(limits_give_unknown),
        cmocka_unit_test(answers_are_remembered_and_charged),
        cmocka_unit_test(answers_are_shared),
        cmocka_unit_test(definitions_only_matter_to_refutations),
        cmocka_unit_test(feasibility_is_of_the_connected_part),
        cmocka_unit_test(bounds_become_bits),
        cmocka_unit_test(products_are_opaque),
        cmocka_unit_test(refutations_are_of_the_real_operations),
        cmocka_unit_test(dumps_are_decided_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
