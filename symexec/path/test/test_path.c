/* The path engine: every path once, state restored, nested exploration, calls by contract and by summary on small
 * Thumb programs. */
#include "symexec/path/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- exploration of a toy program ---- */

/* Counts how often x is above 3, 7 and 12, one question a step; a path ends after three steps. */
struct toy {
    struct path *path;
    uint32_t at, above;
    unsigned paths, nested;
    bool nest;
};

static enum path_status toy_step(void *data)
{
    static const uint32_t bounds[] = {3, 7, 12};
    struct toy *t = data;
    if (t->at == 3)
        return PATH_DONE;
    bool above = path_decide(t->path, term_ult(num(bounds[t->at]), var("x", 32)));
    undo_set_u32(&t->path->undo, &t->above, t->above + above);
    undo_set_u32(&t->path->undo, &t->at, t->at + 1);
    return PATH_RUNNING;
}

static enum path_status inner_step(void *data)
{
    struct toy *t = data;
    if (t->at == 100)
        return PATH_DONE;
    path_decide(t->path, term_eq(var("y", 32), num(1)));
    undo_set_u32(&t->path->undo, &t->at, 100);
    return PATH_RUNNING;
}

static void inner_end(void *data, enum path_status status)
{
    struct toy *t = data;
    assert_int_equal(status, PATH_DONE);
    t->nested++;
}

static void toy_end(void *data, enum path_status status)
{
    struct toy *t = data;
    assert_int_equal(status, PATH_DONE);
    t->paths++;
    /* The path condition says how many bounds x is above. */
    static const uint32_t least[] = {0, 4, 8, 13};
    assert_int_equal(path_prove(t->path, term_ule(num(least[t->above]), var("x", 32)), NULL), VERDICT_PROVED);
    if (t->above < 3)
        assert_int_equal(path_prove(t->path, term_ult(var("x", 32), num(least[t->above + 1])), NULL), VERDICT_PROVED);
    if (t->nest)
        path_explore(t->path, inner_step, inner_end, t);
}

static void every_path_once(void **state)
{
    (void)state;
    for (int nest = 0; nest < 2; nest++) {
        struct solver *solver = solver_open(&limits, NULL);
        struct toy t = {.path = path_open(solver), .nest = nest};
        path_assume(t.path, term_ult(var("x", 32), num(100)));
        path_explore(t.path, toy_step, toy_end, &t);
        assert_int_equal(t.paths, 4); /* of 8: the bounds are ordered */
        assert_int_equal(t.nested, nest ? 8 : 0);
        assert_int_equal(t.at, 0);
        assert_int_equal(t.above, 0);
        assert_int_equal(t.path->count, 1);
        path_close(t.path);
        solver_close(solver);
    }
}

static void contradictions_are_not_explored(void **state)
{
    (void)state;
    struct solver *solver = solver_open(&limits, NULL);
    struct toy t = {.path = path_open(solver)};
    path_assume(t.path, term_eq(var("x", 32), num(9)));
    path_explore(t.path, toy_step, toy_end, &t);
    assert_int_equal(t.paths, 1);
    assert_int_equal(t.path->forks, 0);
    path_close(t.path);
    solver_close(solver);
}

/* ---- calls ---- */

/*
 * 0x8000  push {r4, lr}; bl 0x8010; adds r0, #1; pop {r4, pc}
 * 0x8010  cmp r0, #10; bhi 0x8018; movs r0, #5; bx lr; 0x8018: movs r0, #6; bx lr
 * 0x8020  str r0, [r1]; bx lr
 * 0x8034  push {lr}; bl 0x8010; pop {pc}: calls with sp at 4 modulo 8
 * 0x8024  push {r4, lr}; movs r1, #0x20; lsls r1, r1, #24; bl 0x8020; nop; nop; pop {r4, pc}
 */
static const uint16_t program[] = {
    0xb510, 0xf000, 0xf805, 0x3001, 0xbd10, 0xbf00, 0xbf00, 0xbf00, 0x280a, 0xd801,
    0x2005, 0x4770, 0x2006, 0x4770, 0xbf00, 0xbf00, 0x6008, 0x4770, 0xb510, 0x2120,
    0x0609, 0xf7ff, 0xfff9, 0xbf00, 0xbf00, 0xbd10, 0xb500, 0xf7ff, 0xffeb, 0xbd00,
};

struct call {
    struct path_machine machine;
    unsigned paths, broken;
    term results[8];
    size_t data;
    term written; /* to the data block, on the last path */
};

static void call_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct call *c = m->data;
    c->broken += status == PATH_BROKEN;
    c->results[c->paths++] = m->arm.r[0];
    c->written = arm_peek(&m->arm, c->data, 0);
}

static void call(struct call *c, struct path *path, const struct path_contract *contract, uint32_t address)
{
    static uint8_t image[sizeof program + 4];
    memset(c, 0, sizeof *c);
    memcpy(image, program, sizeof program);
    path_machine_init(&c->machine, path, "test");
    c->machine.arrived = path_machine_returned;
    c->machine.data = c;
    c->machine.contracts = contract;
    c->machine.contract_count = contract != NULL;
    arm_add_block(
        &c->machine.arm,
        (struct arm_block){
            .name = "code", .base = num(0x8000), .size = 64, .image = image, .permissions = ARM_READ | ARM_EXECUTE});
    c->data = arm_add_block(&c->machine.arm, (struct arm_block){.name = "data",
                                                                .base = num(0x20000000),
                                                                .size = 4,
                                                                .fresh = TERM_ORDINARY,
                                                                .permissions = ARM_READ | ARM_WRITE});
    size_t stack = arm_add_block(
        &c->machine.arm,
        (struct arm_block){.name = "stack",
                           .size = 64,
                           .stack = true,
                           .fresh = TERM_UNDEFINED,
                           .base = term_concat(term_var("stack_base", 29, TERM_PRIVATE), term_const(3, 0)),
                           .permissions = ARM_READ | ARM_WRITE});
    term argument = var("argument", 32);
    path_machine_call(&c->machine, address, &argument, 1, stack);
    path_explore(path, path_machine_step, call_end, &c->machine);
    arm_state_free(&c->machine.arm);
}

static void a_summary_merges_paths(void **state)
{
    (void)state;
    struct solver *solver = solver_open(&limits, NULL);
    struct path *path = path_open(solver);
    struct path_contract contract = {.symbol = "f", .address = 0x8010};
    struct call c;
    call(&c, path, NULL, 0x8000);
    assert_int_equal(c.paths, 2);
    call(&c, path, &contract, 0x8000);
    assert_int_equal(c.paths, 1);
    term expected = term_ite(term_ult(num(10), var("argument", 32)), num(7), num(6));
    assert_int_equal(path_prove(path, term_eq(c.results[0], expected), NULL), VERDICT_PROVED);
    path_close(path);
    solver_close(solver);
}

static void a_function_that_writes_is_not_summarised(void **state)
{
    (void)state;
    struct solver *solver = solver_open(&limits, NULL);
    struct path *path = path_open(solver);
    struct path_contract contract = {.symbol = "f", .address = 0x8020};
    struct call c;
    call(&c, path, &contract, 0x8024);
    assert_int_equal(c.paths, 1);
    assert_ptr_equal(c.written, var("argument", 32)); /* the store was not lost */
    path_close(path);
    solver_close(solver);
}

/* A function that returns its argument's "code" of 12 bits, or -1 if it has none. */
static size_t code_facts(const term *arguments, const term *opaque, term *facts)
{
    facts[0] = term_or(term_not(opaque[1]), term_eq(term_extract(arguments[0], 0, 12), opaque[0]));
    return 1;
}

static size_t code_cases(uint32_t none, const term *arguments, const term *opaque, struct promise_case *cases)
{
    (void)arguments;
    cases[0] = (struct promise_case){opaque[1], {term_zext(opaque[0], 32)}};
    cases[1] = (struct promise_case){term_not(opaque[1]), {num(none)}};
    return 2;
}

static const struct promise code_promise = {.name = "code",
                                            .arguments = 1,
                                            .results = 1,
                                            .opaque = {1, 2, {{"code", 12}, {"has_code", 1}}, true},
                                            .facts = code_facts,
                                            .cases = code_cases};

static void a_contract_is_an_opaque_result(void **state)
{
    (void)state;
    struct solver *solver = solver_open(&limits, NULL);
    struct path *path = path_open(solver);
    struct path_contract contract = {
        .symbol = "f", .address = 0x8010, .promise = &code_promise, .parameter = 0xffffffff};
    struct call c;
    call(&c, path, &contract, 0x8000);
    assert_int_equal(c.paths, 2); /* a code, and none */
    term none = term_is_const(c.results[0]) ? c.results[0] : c.results[1];
    term some = term_is_const(c.results[0]) ? c.results[1] : c.results[0];
    assert_int_equal(none->value, 0); /* 0xffffffff + 1 */
    term field = term_extract(term_sub(some, num(1)), 0, 12);
    assert_ptr_equal(path_expansion(path, field), var("argument", 32));
    assert_null(path_expansion(path, var("another", 12)));
    /* The fact is there for whoever needs it. */
    path_assume(path, var("has_code_0", 1));
    assert_int_equal(path_prove(path, term_eq(term_extract(var("argument", 32), 0, 12), field), NULL), VERDICT_PROVED);
    path_close(path);
    solver_close(solver);
}

static void equal_arguments_give_equal_results(void **state)
{
    (void)state;
    static const struct opaque_function f = {.arity = 1, .result_count = 1, .results = {{"f", 32}}};
    static const struct opaque_function g = {.arity = 1, .result_count = 1, .results = {{"g", 32}}};
    struct solver *solver = solver_open(&limits, NULL);
    struct path *path = path_open(solver);
    term x = var("x", 32), y = var("y", 32), next = term_add(x, num(1));
    bool is_new;
    term fx = *path_apply(path, &f, &x, &is_new);
    assert_true(is_new);
    assert_ptr_equal(*path_apply(path, &f, &x, &is_new), fx);
    assert_false(is_new);
    term fy = *path_apply(path, &f, &y, &is_new), gx = *path_apply(path, &g, &x, &is_new);
    size_t before = path->definition_count;
    path_apply(path, &f, &next, &is_new);
    assert_int_equal(path->definition_count, before + 1); /* may be y, is never x */
    assert_int_equal(path_prove(path, term_eq(fx, fy), NULL), VERDICT_REFUTED);
    path_assume(path, term_eq(x, y));
    assert_int_equal(path_prove(path, term_eq(fx, fy), NULL), VERDICT_PROVED);
    assert_int_equal(path_prove(path, term_eq(fx, gx), NULL), VERDICT_REFUTED); /* another function */
    path_close(path);
    solver_close(solver);
}

static void a_call_with_a_misaligned_stack_is_an_error(void **state)
{
    (void)state;
    struct solver *solver = solver_open(&limits, NULL);
    struct path *path = path_open(solver);
    struct path_contract contract = {.symbol = "f", .address = 0x8010, .promise = &code_promise};
    struct call c;
    call(&c, path, &contract, 0x8034);
    assert_int_equal(c.broken, 1);
    assert_int_equal(c.machine.arm.broken, ARM_BAD_SP);
    call(&c, path, &contract, 0x8000);
    assert_int_equal(c.broken, 0);
    path_close(path);
    solver_close(solver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_once),
        cmocka_unit_test(contradictions_are_not_explored),
        cmocka_unit_test(a_summary_merges_paths),
        cmocka_unit_test(a_function_that_writes_is_not_summarised),
        cmocka_unit_test(a_contract_is_an_opaque_result),
        cmocka_unit_test(equal_arguments_give_equal_results),
        cmocka_unit_test(a_call_with_a_misaligned_stack_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
