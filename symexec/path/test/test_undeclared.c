/* Whether a term depends on undeclared variables: a question of meaning, asked under the path condition. */
#include "symexec/path/test/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct solver_limits limits = {.goal_steps = 20000000, .feasible_steps = 2000000, .backstop_ms = 60000};

static struct solver *solver;
static struct path *path;

static int open_path(void **unused)
{
    (void)unused;
    solver = solver_open(&limits, NULL);
    path = path_open(solver);
    return 0;
}

static int close_path(void **unused)
{
    (void)unused;
    path_close(path);
    solver_close(solver);
    return 0;
}

static term num(uint64_t value)
{
    return term_const(32, value);
}

static term x(void)
{
    return term_var("x", 32, TERM_ORDINARY);
}

/* An undefined value, and an address. */
static term u(void)
{
    return term_var("u", 32, TERM_UNDEFINED);
}

static term p(void)
{
    return term_var("p", 32, TERM_PRIVATE);
}

/* ---- terms ---- */

/* t * (t + 1) is even, which no normal form shows. */
static term even(term t)
{
    return term_mul(t, term_add(t, num(1)));
}

static term bit(term t, unsigned number)
{
    return term_zext(term_extract(t, number, 1), 32);
}

static term of_none(void)
{
    return term_add(x(), num(1));
}

static term of_u(void)
{
    return term_add(x(), u());
}

static term of_low_byte(void)
{
    return term_or(term_and(u(), num(0xff)), x());
}

static term covered_byte(void)
{
    return term_or(term_and(u(), num(0xff)), num(0xff));
}

static term always_even(void)
{
    return term_add(x(), bit(even(u()), 0));
}

static term not_always(void)
{
    return term_add(x(), bit(even(u()), 1));
}

static term cancelled(void)
{
    return term_sub(term_mul(term_add(u(), x()), num(3)), term_mul(u(), num(3)));
}

static term below_ten(void)
{
    return term_ite(term_ult(x(), num(10)), u(), num(3));
}

static term of_p(void)
{
    return term_add(x(), p());
}

static term even_of_p(void)
{
    return bit(even(p()), 0);
}

static term of_both(void)
{
    return term_add(u(), bit(even(p()), 0));
}

enum { U = TERM_UNDEFINED, P = TERM_PRIVATE };

static const struct {
    const char *what;
    term (*make)(void);
    unsigned classes;
    bool above_ten; /* is assumed of x */
    bool declared;
} cases[] = {
    {"no undeclared variable", of_none, U | P, false, true},
    {"an undefined addend", of_u, U, false, false},
    {"an undefined byte", of_low_byte, U, false, false},
    {"an undefined byte, covered by ones", covered_byte, U, false, true},
    {"bit 0 of u * (u + 1)", always_even, U, false, true},
    {"bit 1 of u * (u + 1)", not_always, U, false, false},
    {"u * 3 added and taken away", cancelled, U, false, true},
    {"u below ten", below_ten, U, false, false},
    {"u below ten, above ten", below_ten, U, true, true},
    {"an address", of_p, U | P, false, false},
    {"an address, which is declared", of_p, U, false, true},
    {"bit 0 of p * (p + 1)", even_of_p, U | P, false, true},
    {"both, of which one matters", of_both, U | P, false, false},
    {"both, of which the other does not", of_both, P, false, true},
};

static void dependence_is_a_question_of_meaning(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t mark = path_mark(path);
        term t = cases[i].make(), equal = NULL;
        bool known = false;
        if (cases[i].above_ten)
            path_assume(path, term_ult(num(10), x()));
        if (path_declared(path, t, cases[i].classes, &equal, &known) != cases[i].declared || !known)
            fail_msg("%s: %s", cases[i].what, known ? "the contrary" : "not known");
        assert_int_equal(equal->classes & cases[i].classes, 0);
        if (cases[i].declared)
            assert_int_equal(path_prove(path, term_eq(t, equal), NULL), VERDICT_PROVED);
        path_release(path, mark);
    }
}

static void who_gives_up_knows_nothing(void **unused)
{
    (void)unused;
    static const struct solver_limits few = {.goal_steps = 1, .feasible_steps = 1, .backstop_ms = 60000};
    struct solver *weak = solver_open(&few, NULL);
    struct path *own = path_open(weak);
    term equal;
    bool known = true;
    assert_false(path_declared(own, not_always(), U, &equal, &known));
    assert_false(known);
    path_close(own);
    solver_close(weak);
}

/* ---- canonical values ---- */

static uint64_t seventy_seven(term var, void *data)
{
    ++*(unsigned *)data;
    return var == u() ? 77 : 5;
}

static void canonical_values_are_the_owner_s(void **unused)
{
    (void)unused;
    unsigned asked = 0;
    assert_ptr_equal(path_canonical(path, of_u(), U), x()); /* 0, if nobody says otherwise */
    path->canonical = seventy_seven;
    path->canonical_data = &asked;
    assert_ptr_equal(path_canonical(path, of_none(), U | P), of_none());
    assert_int_equal(asked, 0);
    assert_ptr_equal(path_canonical(path, of_u(), U), term_add(x(), num(77)));
    assert_ptr_equal(path_canonical(path, of_u(), P), of_u());
    assert_ptr_equal(path_canonical(path, term_add(of_u(), p()), U | P), term_add(x(), num(82)));
    assert_ptr_equal(path_canonical(path, term_add(of_u(), p()), U), term_add(term_add(x(), p()), num(77)));
}

/* ---- decisions ---- */

static const struct {
    const char *what;
    term (*make)(void); /* r0 */
    unsigned undeclared;
    enum arm_rule rule;
    unsigned paths;
} decisions[] = {
    {"declared", of_none, U | P, ARM_RULE_NONE, 2},
    {"undefined", of_u, U, ARM_USES_UNDEFINED, 1},
    {"undefined, if nothing is said", of_u, 0, ARM_USES_UNDEFINED, 1},
    {"undefined, but always even", always_even, U, ARM_RULE_NONE, 2},
    {"an address", of_p, U | P, ARM_USES_ADDRESS, 1},
    {"an address, which is declared", of_p, U, ARM_RULE_NONE, 2},
    {"an address, but always even", even_of_p, U | P, ARM_RULE_NONE, 1},
};

static void decisions_depend_on_declared_values(void **unused)
{
    (void)unused;
    static const uint16_t program[] = {0xb100 /* cbz r0, to the second */, 0x4770, 0x4770};
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++) {
        struct run run;
        term argument = decisions[i].make();
        run_open(&run, path, program, sizeof program / sizeof *program);
        run.machine.env.undeclared = decisions[i].undeclared;
        run_call(&run, &argument, 1);
        if (run.rule != decisions[i].rule || run.paths != decisions[i].paths)
            fail_msg("%s: %u paths, %u broken: %s", decisions[i].what, run.paths, run.broken, run.detail);
    }
}

/* What a broken rule asks to be refuted: where it can be met, the rule is kept. */
static void a_dependence_has_a_model(void **unused)
{
    (void)unused;
    static const uint16_t program[] = {0xb100, 0x4770, 0x4770};
    struct run run;
    struct model model = {0};
    term argument = of_u();
    run_open(&run, path, program, sizeof program / sizeof *program);
    run_call(&run, &argument, 1);
    assert_int_equal(run.broken, 1);
    assert_non_null(run.machine.arm.unless);
    assert_int_equal(path_prove(path, run.machine.arm.unless, &model), VERDICT_REFUTED);
    uint32_t u_is = (uint32_t)model_lookup(u(), &model), x_is = (uint32_t)model_lookup(x(), &model);
    assert_int_not_equal(x_is + u_is == 0,
                         x_is == 0); /* it branches with u, and does not with 0, or the other way round */
    model_free(&model);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_path, close_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(dependence_is_a_question_of_meaning),
        CASE(who_gives_up_knows_nothing),
        CASE(canonical_values_are_the_owner_s),
        CASE(decisions_depend_on_declared_values),
        CASE(a_dependence_has_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
