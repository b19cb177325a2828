/*
 * Calls of functions that are not simply entered: which ones a summary may stand for, and what a call leaves to its caller where
 * the function itself runs, on constant arguments.
 */
#include "symexec/path/test/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct solver_limits limits = {.goal_steps = 20000000, .feasible_steps = 2000000, .backstop_ms = 60000};

enum { F = RUN_CODE + 16, G = RUN_CODE + 48, MAX_CALLEE = 16 };

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

struct function {
    const char *what;
    uint16_t code[MAX_CALLEE];
    unsigned count;
};

/* push {r4, lr}; bl f; pop {r4, pc}, and f and g behind it. */
static void open_caller(struct run *run, const struct function *f, const struct function *g)
{
    uint16_t program[(G - RUN_CODE) / 2 + MAX_CALLEE] = {0xb510, 0xf000, 0xf805, 0xbd10};
    memcpy(&program[(F - RUN_CODE) / 2], f->code, sizeof f->code);
    if (g)
        memcpy(&program[(G - RUN_CODE) / 2], g->code, sizeof g->code);
    run_open(run, path, program, sizeof program / sizeof *program);
}

/* ---- summaries ---- */

/* Each begins with cmp r0, #10; bhi; nop: two paths if it is entered, one if a summary stands for it. r1 is the address of data. */
#define FORK 0x280a, 0xd800, 0xbf00

static const struct {
    struct function f;
    bool summarised, broken;
} summaries[] = {
    {{"adds r0, #1", {FORK, 0x3001, 0x4770}, 5}, true, false},
    {{"r4 changed", {FORK, 0x2401, 0x4770}, 5}, false, false},
    {{"r11 changed", {FORK, 0xf04f, 0x0b01, 0x4770}, 6}, false, false},
    {{"r12 changed", {FORK, 0xf04f, 0x0c01, 0x4770}, 6}, true, false},
    {{"r4 saved, changed and restored", {FORK, 0xb410, 0x2401, 0xbc10, 0x4770}, 7}, true, false},
    {{"r4 restored in another register", {FORK, 0x4622, 0x2401, 0x4614, 0x4770}, 7}, true, false},
    {{"memory read", {FORK, 0x6808, 0x4770}, 5}, true, false},
    {{"memory written", {FORK, 0x6008, 0x4770}, 5}, false, false},
    {{"memory written and set back", {FORK, 0x680a, 0x6008, 0x600a, 0x4770}, 7}, true, false},
    {{"the word at sp written", {FORK, 0x9000, 0x4770}, 5}, false, false},
    {{"the last word of the caller's frame written: its return address", {FORK, 0x9001, 0x4770}, 5}, false, true},
    {{"its own frame written", {FORK, 0xb082, 0x9001, 0x9801, 0xb002, 0x4770}, 8}, true, false},
    {{"a rule broken", {FORK, 0xde00}, 4}, false, true},
    {{"a rule broken on one path", {0x280a, 0xd800, 0xde00, 0x4770}, 4}, false, true},
    {{"sp left moved", {FORK, 0xb410, 0x4770}, 5}, false, true},
    {{"bit 0 of the return address cleared", {FORK, 0xf02e, 0x0e01, 0x4770}, 6}, false, true},
};

static void summaries_stand_for_lawful_functions_only(void **unused)
{
    (void)unused;
    const term arguments[] = {x(), num(RUN_DATA)};
    const struct path_contract contract = {.symbol = "f", .address = F};
    for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++) {
        term entered[2];
        struct run run;
        for (int with = 0; with < 2; with++) {
            open_caller(&run, &summaries[i].f, NULL);
            run.machine.contracts = &contract;
            run.machine.contract_count = (size_t)with;
            run_call(&run, arguments, 2);
            if (run.paths != (with && summaries[i].summarised ? 1 : 2) || !run.broken != !summaries[i].broken)
                fail_msg("%s, %s: %u paths, %u broken: %s", summaries[i].f.what, with ? "summary" : "entered",
                         run.paths, run.broken, run.detail);
            if (!with) {
                assert_int_equal(run.paths, 2);
                memcpy(entered, run.results, sizeof entered);
            }
        }
        assert_ptr_equal(entered[0], entered[1]); /* the fork makes no difference, */
        if (summaries[i].summarised && path_prove(path, term_eq(run.results[0], entered[0]), NULL) != VERDICT_PROVED)
            fail_msg("%s: another result", summaries[i].f.what); /* nor does the summary */
    }
}

/* ---- functions that run, though there is a contract for them ---- */

static size_t next_cases(uint32_t unused, const term *arguments, const term *opaque, struct promise_case *cases)
{
    (void)unused;
    (void)opaque;
    cases[0] = (struct promise_case){term_truth(true), {term_add(arguments[0], num(1)), num(7)}};
    return 1;
}

static const struct promise next = {.name = "next", .arguments = 1, .results = 1, .cases = next_cases};
static const struct promise next_of_two = {.name = "next", .arguments = 1, .results = 2, .cases = next_cases};

/* It sets all that it may change; and however long it is, its call is one step. */
static const struct function adds_one = {"adds one", {0x2107, 0x2202, 0x2303, 0xf04f, 0x0c04, 0x3001, 0x4770}, 7};

static unsigned results;
static uint32_t steps;

static void look_at_registers(struct run *run)
{
    const struct arm_state *s = &run->machine.arm;
    const term flags[] = {s->n, s->z, s->c, s->v};
    static const unsigned clobbered[] = {1, 2, 3, 12, ARM_LR};
    for (size_t i = 0; i < sizeof clobbered / sizeof *clobbered; i++) {
        term t = s->r[clobbered[i]];
        if (clobbered[i] < results)
            assert_ptr_equal(t, num(7));
        else
            assert_int_equal(t->classes, TERM_UNDEFINED);
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(t, s->r[clobbered[k]]);
    }
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(flags[i]->classes, TERM_UNDEFINED);
    for (unsigned i = 4; i <= 11; i++)
        assert_ptr_equal(s->r[i], path_machine_entry(&run->machine, i, run->stack));
    steps = run->machine.steps;
}

static void a_call_leaves_the_same_whether_its_function_runs_or_not(void **unused)
{
    (void)unused;
    static const struct promise *const promises[] = {&next, &next_of_two};
    const term arguments[] = {num(41), x()}, expected[] = {num(42), term_add(x(), num(1))};
    for (size_t p = 0; p < 2; p++)
        for (size_t a = 0; a < 2; a++) {
            struct path_contract contract = {.symbol = "f", .address = F, .promise = promises[p]};
            struct run run;
            open_caller(&run, &adds_one, NULL);
            run.machine.contracts = &contract;
            run.machine.contract_count = 1;
            run.look = look_at_registers;
            results = promises[p]->results;
            run_call(&run, &arguments[a], 1);
            assert_int_equal(run.paths, 1);
            assert_int_equal(run.broken, 0);
            assert_ptr_equal(run.results[0], expected[a]);
            assert_int_equal(steps, 4); /* push, bl, the call, pop */
        }
}

/* A function that is entered because nothing is promised of it leaves what it leaves, and each of its steps counts. */
static void look_at_what_is_left(struct run *run)
{
    assert_ptr_equal(run->machine.arm.r[2], num(2));
    assert_ptr_equal(run->machine.arm.r[12], num(4));
    steps = run->machine.steps;
}

static void without_a_contract_it_is_plain_code(void **unused)
{
    (void)unused;
    static const struct function f = {"plain", {0x2202, 0xf04f, 0x0c04, 0x3001, 0x4770}, 5};
    struct run run;
    term argument = num(41);
    open_caller(&run, &f, NULL);
    run.look = look_at_what_is_left;
    run_call(&run, &argument, 1);
    assert_int_equal(run.broken, 0);
    assert_int_equal(steps, 3 + 4);
}

static term forty_four(void)
{
    return num(44);
}

static term five_or_six(void)
{
    return term_ite(term_ult(num(10), term_var("test.data_0", 32, TERM_ORDINARY)), num(6), num(5));
}

static term zero(void)
{
    return num(0);
}

/* f(41) with r1 the address of data; g is `adds one`, as a contract too. */
static const struct {
    struct function f;
    unsigned paths;
    enum arm_rule rule; /* that is broken, on all of them */
    term (*expected)(void);
} runs[] = {
    {{"asks what has two answers", {0x6808, 0x280a, 0xd801, 0x2005, 0x4770, 0x2006, 0x4770}, 7},
     2,
     ARM_RULE_NONE,
     five_or_six},
    {{"calls g twice", {0xb510, 0xf000, 0xf80d, 0x3001, 0xf000, 0xf80a, 0xbd10}, 7}, 1, ARM_RULE_NONE, forty_four},
    {{"begins again until it is done", {0x3801, 0xd1fd, 0x4770}, 3}, 1, ARM_RULE_NONE, zero},
    {{"breaks a rule", {0xde00}, 1}, 1, ARM_UNDEFINED, NULL},
    {{"decides by what g leaves in r2", {0xb510, 0xf000, 0xf80d, 0xb102, 0xbf00, 0xbd10}, 6},
     1,
     ARM_USES_UNDEFINED,
     NULL},
    {{"decides by what g leaves in the flags", {0xb510, 0xf000, 0xf80d, 0xd000, 0xbf00, 0xbd10}, 6},
     1,
     ARM_USES_UNDEFINED,
     NULL},
    {{"does not return", {0xe7fe}, 1}, 1, ARM_RULE_NONE, NULL},
};

static term wanted;

static void look_at_result(struct run *run)
{
    if (!wanted || path_prove(path, term_eq(run->machine.arm.r[0], wanted), NULL) != VERDICT_PROVED)
        fail_msg("another result");
}

static void a_function_that_runs_is_run_as_any(void **unused)
{
    (void)unused;
    static const struct function g = {"g", {0x2202, 0x3001, 0x4770}, 3};
    const struct path_contract contracts[] = {{.symbol = "f", .address = F, .promise = &next},
                                              {.symbol = "g", .address = G, .promise = &next}};
    const term arguments[] = {num(41), num(RUN_DATA)};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct run run;
        open_caller(&run, &runs[i].f, &g);
        run.machine.contracts = contracts;
        run.machine.contract_count = 2;
        run.machine.step_limit = 500;
        run.look = look_at_result;
        wanted = runs[i].expected ? runs[i].expected() : NULL;
        run_call(&run, arguments, 2);
        if (run.paths != runs[i].paths || run.broken != (runs[i].expected ? 0 : run.paths) || run.rule != runs[i].rule)
            fail_msg("%s: %u paths, %u broken: %s", runs[i].f.what, run.paths, run.broken, run.detail);
    }
}

/* Another call leaves other garbage. */
static void look_at_two_calls(struct run *run)
{
    assert_int_equal(run->machine.arm.r[4]->classes, TERM_UNDEFINED);
    assert_int_equal(run->machine.arm.r[2]->classes, TERM_UNDEFINED);
    assert_ptr_not_equal(run->machine.arm.r[4], run->machine.arm.r[2]);
}

static void each_call_leaves_garbage_of_its_own(void **unused)
{
    (void)unused;
    /* push {r4, lr}; bl f; mov r4, r2; bl f; pop {r3, pc} */
    uint16_t program[16] = {0xb510, 0xf000, 0xf805, 0x4614, 0xf000, 0xf802, 0xbd08, 0xbf00, 0x3001, 0x4770};
    const struct path_contract contract = {.symbol = "f", .address = F, .promise = &next};
    const term arguments[] = {num(1), x()};
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        run_open(&run, path, program, 10);
        run.machine.contracts = &contract;
        run.machine.contract_count = 1;
        run.look = look_at_two_calls;
        run_call(&run, &arguments[i], 1);
        assert_int_equal(run.broken, 0);
        assert_int_equal(run.paths, 1);
    }
}

/* Whatever the arguments are, and whatever is known of the function, a call is held to the rules for calls. */
static void a_call_is_lawful_whatever_is_called(void **unused)
{
    (void)unused;
    static const uint16_t pushes[] = {0xb510 /* push {r4, lr} */, 0xb500 /* push {lr} */};
    const term arguments[] = {num(1), x()};
    for (unsigned which = 0; which < 8; which++) {
        bool unaligned = which & 1;
        uint16_t program[] = {pushes[which & 1],
                              0xf000,
                              0xf805,
                              (uint16_t)(unaligned ? 0xbd00 : 0xbd10),
                              0xbf00,
                              0xbf00,
                              0xbf00,
                              0xbf00,
                              0x3001,
                              0x4770};
        const struct path_contract contract = {.symbol = "f", .address = F, .promise = which & 2 ? &next : NULL};
        struct run run;
        run_open(&run, path, program, sizeof program / sizeof *program);
        run.machine.contracts = &contract;
        run.machine.contract_count = 1;
        run_call(&run, &arguments[which >> 2], 1);
        assert_int_equal(run.rule, unaligned ? ARM_BAD_SP : ARM_RULE_NONE);
        assert_int_equal(run.broken, unaligned);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_path, close_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(summaries_stand_for_lawful_functions_only), CASE(a_call_leaves_the_same_whether_its_function_runs_or_not),
        CASE(without_a_contract_it_is_plain_code),       CASE(a_function_that_runs_is_run_as_any),
        CASE(each_call_leaves_garbage_of_its_own),       CASE(a_call_is_lawful_whatever_is_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
