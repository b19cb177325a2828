/*
 * Triples on small Thumb programs: what is true is proved with its paths counted and covered, what is false becomes a
 * finding that outlives the triple, a broken rule is one only where a path can be, and verdicts only get worse.
 */
#include "validator/proof/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct solver_limits limits = {.goal_steps = 20000000, .feasible_steps = 2000000, .backstop_ms = 60000};

enum { FRAME_BYTES = 96, STACK_BYTES = 1024, ROOM = 16 };

static term num(uint64_t value)
{
    return term_const(32, value);
}

static term x(void)
{
    return term_var("x", 32, TERM_ORDINARY);
}

static struct place in_register(unsigned number)
{
    return (struct place){PLACE_REGISTER, 0, number};
}

/* ---- programs; r2 is x at the start ---- */

struct program {
    uint16_t halfwords[ROOM];
    unsigned count;
};

/* movs r0, #5; adds r0, r0, r2; cmp r2, #10; bne end; movs r0, #0 */
static const struct program zero_at_ten = {{0x2005, 0x1880, 0x2a0a, 0xd100, 0x2000}, 5};
/* str.w r0, [sp, #-4] */
static const struct program below_sp = {{0xf84d, 0x0c04}, 2};
/* cmp r2, #10; bls end; str.w r2, [sp, #-4] */
static const struct program below_sp_above_ten = {{0x2a0a, 0xd901, 0xf84d, 0x2c04}, 4};
/* nop; b . */
static const struct program forever = {{0xbf00, 0xe7fe}, 2};
/* cmp r2, #10; beq . (to the branch itself) */
static const struct program forever_at_ten = {{0x2a0a, 0xd0fe}, 2};

/* A proof, its code, and assertions made by hand. */
struct fixture {
    struct target target;
    struct solver *solver;
    struct proof proof;
    struct code code;
    struct assertion initial, expected;
    const struct program *program;
    unsigned judged;
    enum path_arrival (*arrived)(struct path_machine *machine);
};

static int open_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct diag diag;
    if (!f)
        return -1;
    f->target.manifest.vm.size = 24;
    f->target.manifest.frame_bytes = FRAME_BYTES;
    f->target.manifest.stack_bytes.value = STACK_BYTES;
    f->target.image = arm_image_open("build/m3-gcc-Os/jit.elf", &diag); /* any: the programs call no routine */
    assert_non_null(f->target.image);
    f->solver = solver_open(&limits, NULL);
    f->proof = (struct proof){.target = &f->target, .path = path_open(f->solver)};
    f->proof.result.verdict = VERDICT_PROVED;
    f->proof.result.arm_min = UINT64_MAX;
    assert_true(code_open(&f->code, &f->target, f->proof.path, &diag));
    assertion_add(&f->initial, in_register(2), x(), "r2");
    assertion_add(&f->initial, in_register(ARM_SP), term_sub(world_entry_sp(&f->target), num(FRAME_BYTES)), "sp");
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    assertion_free(&f->initial);
    assertion_free(&f->expected);
    code_close(&f->code);
    proof_close(&f->proof);
    path_close(f->proof.path);
    solver_close(f->solver);
    arm_image_close(f->target.image);
    free(f);
    return 0;
}

static void expect(struct fixture *f, unsigned number, term value, const char *name)
{
    assertion_add(&f->expected, in_register(number), value, name);
}

/* The program is left at its end. */
static void expect_end(struct fixture *f, const struct program *program)
{
    expect(f, ARM_PC, term_add(code_begin(&f->code), num(2 * program->count)), "pc");
}

static struct situation situation(struct fixture *f)
{
    return (struct situation){.proof = &f->proof,
                              .phase = PHASE_CODE,
                              .title = "toy",
                              .subtitle = "always",
                              .initial = &f->initial,
                              .expected = &f->expected};
}

static void judge(struct triple *t)
{
    struct fixture *f = t->data;
    f->judged++;
    claim_all(&t->situation, GOAL_AFTER, &f->expected, t->world);
}

/* Runs the program as {initial} program {expected}. */
static void prove(struct fixture *f, const struct program *program, bool is_main)
{
    term halfwords[ROOM];
    struct path *path = f->proof.path;
    for (unsigned i = 0; i < program->count; i++)
        halfwords[i] = term_const(16, program->halfwords[i]);
    struct triple t = {.situation = situation(f),
                       .world = &f->code.world,
                       .judge = judge,
                       .data = f,
                       .is_code = true,
                       .is_main = is_main};
    code_start(&f->code, halfwords, program->count, 0, &f->initial);
    size_t conditions = path->count, undo = path->undo.count;
    void *data = f->code.world.machine.data;
    triple_prove(&t);
    assert_int_equal(path->count, conditions);
    assert_int_equal(path->undo.count, undo);
    assert_ptr_equal(f->code.world.machine.data, data);
    assert_ptr_equal(place_get(&f->code.world, in_register(2)), x());
    assert_ptr_equal(place_get(&f->code.world, in_register(ARM_PC)), code_begin(&f->code));
    if (is_main && f->proof.result.verdict == VERDICT_PROVED)
        assert_int_equal(path_prove(path, t.covered, NULL), VERDICT_PROVED);
}

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

/* ---- postconditions ---- */

static void what_is_true_is_proved(void **state)
{
    struct fixture *f = *state;
    expect(f, 0, term_ite(term_eq(x(), num(10)), num(0), term_add(x(), num(5))), "r0");
    expect(f, 2, x(), "r2");
    expect_end(f, &zero_at_ten);
    prove(f, &zero_at_ten, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_PROVED);
    assert_false(f->proof.finding.present);
    assert_string_equal(f->proof.result.reason, "");
    assert_int_equal(f->judged, 2);
    assert_int_equal(f->proof.result.paths, 2);
    assert_int_equal(f->proof.path->forks, 1);
    assert_int_equal(f->proof.result.arm_min, 4); /* the branch is taken */
    assert_int_equal(f->proof.result.arm_max, 5);
    for (unsigned i = 0; i < zero_at_ten.count; i++)
        assert_true(f->code.executed[i]);
    /* each of three clauses on two paths, and one that the paths cover everything; one more was asked by this test */
    assert_int_equal(solver_stats(f->solver)->goals, 3 * 2 + 1 + 1);
}

static void an_assumption_excludes_a_path(void **state)
{
    struct fixture *f = *state;
    path_assume(f->proof.path, term_ult(x(), num(10)));
    expect(f, 0, term_add(x(), num(5)), "r0");
    expect_end(f, &zero_at_ten);
    prove(f, &zero_at_ten, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_PROVED);
    assert_int_equal(f->proof.result.paths, 1);
    assert_int_equal(f->proof.result.arm_max, 4);
    assert_false(f->code.executed[4]);
}

static void only_a_main_triple_counts_paths(void **state)
{
    struct fixture *f = *state;
    prove(f, &zero_at_ten, false);
    assert_int_equal(f->judged, 2);
    assert_int_equal(f->proof.result.paths, 0);
}

/* Drops a state from the path under way, as a wrong executor might. */
static enum path_arrival arrived_without_three(struct path_machine *m)
{
    struct fixture *f = ((struct triple *)m->data)->data;
    path_assume(m->path, term_ne(x(), num(3)));
    return f->arrived(m);
}

static void paths_that_leave_a_state_out_do_not_cover(void **state)
{
    struct fixture *f = *state;
    f->arrived = f->code.world.machine.arrived;
    f->code.world.machine.arrived = arrived_without_three;
    prove(f, &zero_at_ten, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_UNKNOWN); /* it says nothing about the target */
    assert_int_equal(f->proof.finding.goal, GOAL_COVER);
    assert_int_equal(model_lookup(x(), &f->proof.finding.model), 3);
}

static void what_is_false_is_a_finding_that_stays(void **state)
{
    struct fixture *f = *state;
    char name[] = "the sum";
    const struct finding *found = &f->proof.finding;
    expect(f, 0, term_add(x(), num(5)), "the sum"); /* wrong at 10 */
    expect_end(f, &zero_at_ten);
    prove(f, &zero_at_ten, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_REFUTED);
    assert_true(f->proof.path->stop);
    assert_string_equal(f->proof.result.reason, "toy, always: the sum differs from the specification");
    /* what the triple was made of is gone */
    assertion_free(&f->expected);
    assertion_free(&f->initial);
    path_assume(f->proof.path, term_eq(x(), num(77)));
    assert_true(found->present);
    assert_int_equal(found->goal, GOAL_AFTER);
    assert_int_equal(found->rule, ARM_RULE_NONE);
    assert_int_equal(model_lookup(x(), (void *)(uintptr_t)&found->model), 10);
    assert_true(found->condition_count > 0);
    for (size_t i = 0; i < found->condition_count; i++)
        assert_int_equal(term_eval(found->conditions[i], model_lookup, (void *)(uintptr_t)&found->model), 1);
    assert_ptr_equal(found->situation.initial, &found->initial);
    assert_ptr_equal(found->situation.expected, &found->expected);
    assert_ptr_equal(found->situation.proof, &f->proof);
    assert_int_equal(found->situation.phase, PHASE_CODE);
    assert_int_equal(found->initial.count, 2);
    assert_true(place_equal(found->initial.clauses[0].at, in_register(2)));
    assert_ptr_equal(found->initial.clauses[0].value, x());
    assert_int_equal(found->expected.count, 2);
    assert_true(place_equal(found->expected.clauses[0].at, in_register(0)));
    assert_ptr_equal(found->expected.clauses[0].value, term_add(x(), num(5)));
    assert_string_equal(found->expected.clauses[0].name, name);
    assert_string_equal(found->expected.clauses[1].name, "pc");
}

static void a_finding_copies_instruction_and_state(void **state)
{
    struct fixture *f = *state;
    struct bpf_insn insn = {.row = &bpf_opcodes[0], .dst = 3, .src = 4, .off = term_const(16, 7), .imm = x()};
    struct bpf_state before = relation_variables(3, 4, true, true, x());
    struct situation s = situation(f);
    term fuel = before.fuel;
    s.insn = &insn;
    s.before = &before;
    assert_false(claim(&s, GOAL_AFTER, term_ult(x(), num(5)), "r0"));
    memset(&insn, 0, sizeof insn);
    memset(&before, 0, sizeof before);
    const struct finding *found = &f->proof.finding;
    assert_ptr_equal(found->situation.insn, &found->insn);
    assert_ptr_equal(found->situation.before, &found->before);
    assert_int_equal(found->insn.dst, 3);
    assert_ptr_equal(found->insn.imm, x());
    assert_ptr_equal(found->before.fuel, fuel);
}

/* ---- rules ---- */

static void a_broken_rule_is_a_finding(void **state)
{
    struct fixture *f = *state;
    prove(f, &below_sp, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_REFUTED);
    assert_true(f->proof.finding.present);
    assert_int_equal(f->proof.finding.goal, GOAL_RULE);
    assert_int_equal(f->proof.finding.rule, ARM_BELOW_SP);
    assert_int_equal(f->judged, 0);
    contains(f->proof.result.reason, "emitted code: ");
    contains(f->proof.result.reason, arm_rule_info(ARM_BELOW_SP)->name);
}

static void a_rule_broken_on_one_path_has_a_model_of_it(void **state)
{
    struct fixture *f = *state;
    prove(f, &below_sp_above_ten, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_REFUTED);
    assert_int_equal(f->proof.finding.rule, ARM_BELOW_SP);
    assert_true(model_lookup(x(), &f->proof.finding.model) > 10);
}

static void a_rule_broken_on_no_possible_path_is_none(void **state)
{
    struct fixture *f = *state;
    path_assume(f->proof.path, term_ult(x(), num(5)));
    expect_end(f, &below_sp_above_ten);
    prove(f, &below_sp_above_ten, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_PROVED);
    assert_int_equal(f->judged, 1);
    assert_false(f->proof.finding.present);
}

/* Here the path is run, since nothing on it is decided. */
static void a_rule_broken_under_contradictions_is_none(void **state)
{
    struct fixture *f = *state;
    path_assume(f->proof.path, term_ult(x(), num(5)));
    path_assume(f->proof.path, term_ult(num(7), x()));
    prove(f, &below_sp, false);
    assert_int_equal(f->judged, 0);
    assert_int_equal(f->code.world.machine.arm.broken, ARM_BELOW_SP);
    assert_int_equal(f->proof.result.verdict, VERDICT_PROVED);
    assert_false(f->proof.finding.present);
}

static void a_program_without_an_end_is_unknown(void **state)
{
    struct fixture *f = *state;
    prove(f, &forever, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_UNKNOWN);
    contains(f->proof.result.reason, "instructions on one path");
    assert_true(f->proof.finding.present); /* for a run with numbers, which may show that it repeats itself */
    assert_int_equal(f->proof.finding.goal, GOAL_ENDS);
    assert_int_equal(f->judged, 0);
}

static void a_false_end_is_found_beside_an_endless_path(void **state)
{
    struct fixture *f = *state;
    expect(f, 2, num(1), "r2");
    prove(f, &forever_at_ten, true);
    assert_int_equal(f->proof.result.verdict, VERDICT_REFUTED);
    assert_int_equal(f->proof.finding.goal, GOAL_AFTER);
    assert_int_not_equal(model_lookup(x(), &f->proof.finding.model), 10);
}

/* ---- verdicts ---- */

static void verdicts_only_get_worse(void **state)
{
    struct fixture *f = *state;
    struct result *r = &f->proof.result;
    proof_fail(&f->proof, VERDICT_UNKNOWN, "first %d", 1);
    assert_int_equal(r->verdict, VERDICT_UNKNOWN);
    assert_false(f->proof.path->stop);
    proof_fail(&f->proof, VERDICT_UNKNOWN, "second");
    proof_fail(&f->proof, VERDICT_PROVED, "third");
    assert_int_equal(r->verdict, VERDICT_UNKNOWN);
    assert_string_equal(r->reason, "first 1");
    proof_fail(&f->proof, VERDICT_REFUTED, "fourth");
    assert_int_equal(r->verdict, VERDICT_REFUTED);
    assert_true(f->proof.path->stop);
    proof_fail(&f->proof, VERDICT_UNKNOWN, "fifth");
    proof_fail(&f->proof, VERDICT_REFUTED, "sixth");
    assert_int_equal(r->verdict, VERDICT_REFUTED);
    assert_string_equal(r->reason, "fourth");
}

static void the_finding_is_that_of_the_worst_verdict(void **state)
{
    struct fixture *f = *state;
    struct situation s = situation(f);
    struct finding *found = &f->proof.finding;
    assert_false(claim_of_ours(&s, GOAL_LOOP_KEPT, term_eq(x(), num(1)), "ours"));
    assert_int_equal(f->proof.result.verdict, VERDICT_UNKNOWN);
    assert_false(f->proof.path->stop);
    assert_int_equal(found->goal, GOAL_LOOP_KEPT);
    assert_false(claim_of_ours(&s, GOAL_LOOP_STEP, term_truth(false), "another")); /* no worse */
    assert_int_equal(found->goal, GOAL_LOOP_KEPT);
    assert_false(claim(&s, GOAL_AFTER, term_ne(x(), num(44)), "r0"));
    assert_int_equal(f->proof.result.verdict, VERDICT_REFUTED);
    assert_int_equal(found->goal, GOAL_AFTER);
    assert_int_equal(model_lookup(x(), &found->model), 44);
    contains(f->proof.result.reason, "r0 differs");
    assert_false(claim_of_ours(&s, GOAL_LOOP_STEP, term_truth(false), "late"));
    assert_false(claim(&s, GOAL_SAVED, term_truth(false), "late"));
    assert_true(claim(&s, GOAL_SAVED, term_truth(true), "late"));
    assert_int_equal(f->proof.result.verdict, VERDICT_REFUTED);
    assert_int_equal(found->goal, GOAL_AFTER);
    assert_int_equal(model_lookup(x(), &found->model), 44);
    contains(f->proof.result.reason, "r0 differs");
}

static void a_claim_of_ours_is_never_refuted(void **state)
{
    struct fixture *f = *state;
    struct situation s = situation(f);
    assert_true(claim_of_ours(&s, GOAL_LOOP_KEPT, term_eq(term_xor(x(), x()), num(0)), "zero"));
    assert_int_equal(f->proof.result.verdict, VERDICT_PROVED);
    assert_false(claim_of_ours(&s, GOAL_LOOP_KEPT, term_truth(false), "zero"));
    assert_int_equal(f->proof.result.verdict, VERDICT_UNKNOWN);
    contains(f->proof.result.reason, "\"zero\"");
}

/* A goal that takes the solver more than it may. */
static void what_the_solver_gives_up_is_unknown(void **state)
{
    static const struct solver_limits few = {.goal_steps = 1, .feasible_steps = 1, .backstop_ms = 60000};
    struct fixture *f = *state;
    struct solver *solver = solver_open(&few, NULL);
    struct path *path = f->proof.path;
    struct situation s = situation(f);
    term y = term_var("y", 32, TERM_ORDINARY), z = term_var("z", 32, TERM_ORDINARY);
    f->proof.path = path_open(solver);
    term goal = term_eq(term_mul(term_mul(x(), y), z), term_mul(x(), term_mul(z, y)));
    assert_false(term_is_const(goal));
    assert_false(claim(&s, GOAL_AFTER, goal, "r0"));
    assert_int_equal(f->proof.result.verdict, VERDICT_UNKNOWN);
    contains(f->proof.result.reason, "gave up");
    assert_true(f->proof.finding.present);
    path_close(f->proof.path);
    solver_close(solver);
    f->proof.path = path;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_true_is_proved),
        CASE(an_assumption_excludes_a_path),
        CASE(only_a_main_triple_counts_paths),
        CASE(paths_that_leave_a_state_out_do_not_cover),
        CASE(what_is_false_is_a_finding_that_stays),
        CASE(a_finding_copies_instruction_and_state),
        CASE(a_broken_rule_is_a_finding),
        CASE(a_rule_broken_on_one_path_has_a_model_of_it),
        CASE(a_rule_broken_on_no_possible_path_is_none),
        CASE(a_rule_broken_under_contradictions_is_none),
        CASE(a_program_without_an_end_is_unknown),
        CASE(a_false_end_is_found_beside_an_endless_path),
        CASE(verdicts_only_get_worse),
        CASE(the_finding_is_that_of_the_worst_verdict),
        CASE(a_claim_of_ours_is_never_refuted),
        CASE(what_the_solver_gives_up_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
