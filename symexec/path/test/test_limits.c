/* What a path may take in all, the one value that a term has on it, and applications whose results are given. */
#include "symexec/path/test/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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

static term var(const char *name)
{
    return term_var(name, 32, TERM_ORDINARY);
}

/* ---- limits ---- */

static const struct {
    const char *what; /* that is exhausted; NULL: nothing */
    struct path_limits limits, used;
} uses[] = {
    {NULL, {0, 0, 0}, {1000, 1000, 1000}}, /* none are set */
    {NULL, {10, 20, 30}, {10, 20, 30}},
    {"10 instructions", {10, 20, 30}, {11, 20, 30}},
    {"20 conditions asked about", {10, 20, 30}, {10, 21, 30}},
    {"30 solver steps", {10, 20, 30}, {10, 20, 31}},
};

static void a_limit_is_what_may_just_be_used(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        path->limits = uses[i].limits;
        path->steps = uses[i].used.instructions;
        solver_stats(solver)->feasible_conditions = uses[i].used.conditions;
        solver_stats(solver)->steps = uses[i].used.solver_steps;
        const char *exhausted = path_exhausted(path);
        if (!exhausted != !uses[i].what || (exhausted && strcmp(exhausted, uses[i].what) != 0))
            fail_msg("row %zu: %s", i, exhausted ? exhausted : "nothing");
    }
}

/* cmp r0, #10; bhi; nop; bx lr: two paths, of 3 and 4 instructions. */
static const uint16_t program[] = {0x280a, 0xd800, 0xbf00, 0x4770};

/* A decision that goes both ways is taken twice, so there are 6 steps; the last one begins when 5 have been used. */
static void all_paths_together_have_one_limit(void **unused)
{
    (void)unused;
    term argument = var("x");
    for (unsigned limit = 1; limit <= 8; limit++) {
        struct run run;
        path->steps = 0;
        path->limits = (struct path_limits){limit, 1000, 1000000};
        run_open(&run, path, program, sizeof program / sizeof *program);
        run_call(&run, &argument, 1);
        assert_int_equal(run.broken == 0, limit >= 5);
        if (run.broken) {
            assert_int_equal(run.rule, ARM_RULE_NONE);
            assert_non_null(strstr(run.detail, "given up"));
        }
    }
}

static void one_path_has_a_limit_of_its_own(void **unused)
{
    (void)unused;
    term argument = var("x");
    for (uint32_t limit = 2; limit <= 5; limit++) {
        struct run run;
        run_open(&run, path, program, sizeof program / sizeof *program);
        run.machine.step_limit = limit;
        run_call(&run, &argument, 1);
        assert_int_equal(run.broken, limit < 3 ? 2 : limit < 4 ? 1 : 0);
        if (run.broken)
            assert_non_null(strstr(run.detail, "instructions on one path"));
    }
}

/* ---- the only value ---- */

static void a_value_is_only_one_by_the_path(void **unused)
{
    (void)unused;
    uint32_t value;
    term x = var("x"), square = term_mul(x, x);
    assert_true(path_only_value(path, num(7), &value));
    assert_int_equal(value, 7);
    assert_false(path_only_value(path, x, &value));
    assert_true(path_only_value(path, term_extract(square, 1, 1), &value)); /* by arithmetic */
    assert_int_equal(value, 0);
    path_assume(path, term_ult(x, num(2)));
    assert_false(path_only_value(path, x, &value));
    assert_true(path_only_value(path, term_extract(x, 1, 31), &value));
    assert_int_equal(value, 0);
    path_assume(path, term_ult(num(0), x));
    assert_true(path_only_value(path, x, &value));
    assert_int_equal(value, 1);
    assert_true(path_only_value(path, term_add(square, num(41)), &value));
    assert_int_equal(value, 42);
    path_assume(path, term_ult(num(5), x)); /* no value at all is not one */
    assert_false(path_only_value(path, x, &value));
}

static void nobody_s_knowledge_is_no_value(void **unused)
{
    (void)unused;
    static const struct solver_limits few = {.goal_steps = 1, .feasible_steps = 1, .backstop_ms = 60000};
    struct solver *weak = solver_open(&few, NULL);
    struct path *own = path_open(weak);
    uint32_t value;
    term x = var("x"), y = var("y"), z = var("z");
    path_assume(own, term_eq(term_mul(x, y), num(1)));
    term zero = term_sub(term_mul(term_mul(x, y), z), term_mul(x, term_mul(z, y)));
    assert_false(term_is_const(zero));
    assert_false(path_only_value(own, zero, &value));
    path_close(own);
    solver_close(weak);
}

/* ---- given results ---- */

static const struct opaque_function f = {.arity = 1, .result_count = 1, .results = {{"f", 32}}};
static const struct opaque_function g = {.arity = 1, .result_count = 1, .results = {{"g", 32}}};

static void a_given_result_is_the_function_s(void **unused)
{
    (void)unused;
    term x = var("x"), y = var("y"), seven = num(7), eight = num(8);
    bool is_new = true;
    path_give(path, &f, &x, &seven);
    assert_ptr_equal(*path_apply(path, &f, &x, &is_new), seven);
    assert_false(is_new);
    path_give(path, &f, &x, &eight); /* too late */
    assert_ptr_equal(*path_apply(path, &f, &x, &is_new), seven);
    assert_ptr_not_equal(*path_apply(path, &g, &x, &is_new), seven); /* another function */
    term fy = *path_apply(path, &f, &y, &is_new);
    assert_true(is_new);
    path_give(path, &f, &y, &eight); /* too late for this one as well */
    assert_ptr_equal(*path_apply(path, &f, &y, &is_new), fy);
    assert_int_equal(path_prove(path, term_eq(fy, seven), NULL), VERDICT_REFUTED);
    path_assume(path, term_eq(x, y));
    assert_int_equal(path_prove(path, term_eq(fy, seven), NULL), VERDICT_PROVED);
}

static void a_definition_is_stated_once(void **unused)
{
    (void)unused;
    term fact = term_ult(var("x"), num(10));
    path_define(path, fact);
    path_define(path, fact);
    assert_int_equal(path->definition_count, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_path, close_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_limit_is_what_may_just_be_used), CASE(all_paths_together_have_one_limit),
        CASE(one_path_has_a_limit_of_its_own),  CASE(a_value_is_only_one_by_the_path),
        CASE(nobody_s_knowledge_is_no_value),   CASE(a_given_result_is_the_function_s),
        CASE(a_definition_is_stated_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
