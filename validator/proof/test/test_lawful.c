/*
 * What a call of the compiler must keep to. A call of the shipped compiler is set up, but not made: a row says what it would have
 * left behind, and what is found wrong with that. Each goal has rows just beside it.
 */
#include "validator/proof/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ELF "build/m3-gcc-Os/jit.elf"
#define MANIFEST "specs/thumbproof-jit.json"

static const struct solver_limits limits = {.goal_steps = 20000000, .feasible_steps = 2000000, .backstop_ms = 60000};

static struct target target;

static int open_target(void **unused)
{
    struct diag diag = {0};
    (void)unused;
    if (!target_open(ELF, MANIFEST, &target, &diag)) {
        fprintf(stderr, "%s: %s\n", diag.where, diag.message);
        return -1;
    }
    target.manifest.scratch[0].offset -= 4; /* it is the last word: now there is one on either side */
    return 0;
}

static int close_target(void **unused)
{
    (void)unused;
    target_close(&target);
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

static term u(void)
{
    return term_var("u", 32, TERM_UNDEFINED);
}

/* 0 whatever u is, which no normal form shows. */
static term zero_of_u(void)
{
    return term_zext(term_extract(term_mul(u(), term_add(u(), num(1))), 0, 1), 32);
}

/* ---- what a call has left behind ---- */

static void set_register(struct compiler *c, unsigned number, term value)
{
    undo_set_term(c->world.machine.arm.undo, &c->world.machine.arm.r[number], value);
}

static void set_context(struct compiler *c, uint32_t offset, term value)
{
    place_set(&c->world, (struct place){PLACE_CELL, BLOCK_CONTEXT, offset}, value);
}

static void set_field(struct compiler *c, unsigned role, term value)
{
    set_context(c, target.manifest.context_fields[role].offset, value);
}

static void set_length(struct compiler *c, term length)
{
    set_field(c, ROLE_POSITION, term_add(c->insn ? c->position : num(0), length));
}

static void set_output(struct compiler *c, unsigned halfword, term value)
{
    struct place at = {PLACE_CELL, BLOCK_OUTPUT, 2 * halfword & ~3u};
    term old = place_get(&c->world, at);
    place_set(&c->world, at,
              halfword % 2 ? term_concat(value, term_extract(old, 0, 16))
                           : term_concat(term_extract(old, 16, 16), value));
}

static void accept(struct compiler *c)
{
    set_register(c, 0, num(target.manifest.accepted.value));
    set_length(c, num(3));
    for (unsigned i = 0; i < 3; i++)
        set_output(c, i, term_const(16, 0xbf00));
}

static void refuse(struct compiler *c)
{
    set_register(c, 0, num(target.manifest.code_full.value));
}

/* ---- and one thing more ---- */

static void nothing(struct compiler *c)
{
    (void)c;
}

static void r4_changed(struct compiler *c)
{
    set_register(c, 4, num(0));
}

static void r11_changed(struct compiler *c)
{
    set_register(c, 11, c->world.machine.arm.r[10]);
}

static void sp_moved(struct compiler *c)
{
    set_register(c, ARM_SP, term_sub(c->world.machine.arm.r[ARM_SP], num(8)));
}

static void scratch_registers_changed(struct compiler *c)
{
    static const unsigned scratch[] = {1, 2, 3, 12, ARM_LR};
    for (size_t i = 0; i < sizeof scratch / sizeof *scratch; i++)
        set_register(c, scratch[i], num(0));
}

static void r4_is_what_it_was_in_other_words(struct compiler *c)
{
    set_register(c, 4, term_add(c->world.machine.arm.r[4], zero_of_u()));
}

static void program_field_changed(struct compiler *c)
{
    set_field(c, ROLE_PROGRAM, num(0));
}

static void position_changed(struct compiler *c)
{
    set_length(c, num(1));
}

static void way_changed(struct compiler *c)
{
    set_field(c, ROLE_WAYS + 1, num(1));
}

static void pc_set_back(struct compiler *c)
{
    set_field(c, ROLE_PC, num(0));
    set_field(c, ROLE_PC, c->pc);
}

static void length_field_the_same_in_other_words(struct compiler *c)
{
    set_field(c, ROLE_LENGTH, term_add(c->length, zero_of_u()));
}

static void scratch_word_changed(struct compiler *c)
{
    set_context(c, target.manifest.scratch[0].offset, x());
}

static void word_before_scratch_changed(struct compiler *c)
{
    set_context(c, target.manifest.scratch[0].offset - 4, x());
}

static void word_behind_scratch_changed(struct compiler *c)
{
    set_context(c, target.manifest.scratch[0].offset + target.manifest.scratch[0].size, x());
}

static void last_own_halfword_changed(struct compiler *c)
{
    set_output(c, 2, term_const(16, 0xde00));
}

static void halfword_behind_changed(struct compiler *c)
{
    set_output(c, 3, term_const(16, 0xbf00));
}

static void word_behind_changed(struct compiler *c)
{
    set_output(c, 4, term_const(16, 0));
}

static void halfword_behind_rewritten(struct compiler *c)
{
    term was = term_extract(place_get(&c->world, (struct place){PLACE_CELL, BLOCK_OUTPUT, 4}), 16, 16);
    set_output(c, 3, term_const(16, 0));
    set_output(c, 3, was);
}

static void output_changed(struct compiler *c)
{
    set_output(c, 0, term_const(16, 0xde00));
}

static void own_stack_changed(struct compiler *c)
{
    place_set(&c->world, (struct place){PLACE_CELL, BLOCK_COMPILER_STACK, 64}, num(0));
}

static void status_of_an_undefined_value(struct compiler *c)
{
    set_register(c, 0, u());
}

static void status_of_an_address(struct compiler *c)
{
    set_register(c, 0, term_extract(term_concat(c->here, c->here), 5, 32));
}

static void status_in_other_words(struct compiler *c)
{
    set_register(c, 0, term_add(c->world.machine.arm.r[0], zero_of_u()));
}

static void status_of_the_input(struct compiler *c)
{
    set_register(c, 0, term_and(x(), num(1)));
}

static void length_of_an_undefined_value(struct compiler *c)
{
    set_length(c, term_and(u(), num(1)));
}

static void length_of_the_input(struct compiler *c)
{
    set_length(c, term_and(x(), num(1)));
}

static void length_in_other_words(struct compiler *c)
{
    set_length(c, term_add(num(3), zero_of_u()));
}

static void longest(struct compiler *c)
{
    set_length(c, num(CODE_MAX_HALFWORDS - 2));
    for (unsigned i = 0; i < CODE_MAX_HALFWORDS - 2; i++)
        set_output(c, i, term_const(16, 0xbf00));
}

static void a_halfword_too_few(struct compiler *c)
{
    set_length(c, num(4)); /* of which the last was never written */
}

static void too_long(struct compiler *c)
{
    set_length(c, num(CODE_MAX_HALFWORDS - 1));
}

static void backwards(struct compiler *c)
{
    set_length(c, num(-1u));
}

enum { LAWFUL = GOALS };
#define PROVED VERDICT_PROVED
#define REFUTED VERDICT_REFUTED
#define UNKNOWN VERDICT_UNKNOWN

static const struct {
    const char *what;
    void (*returns)(struct compiler *c), (*besides)(struct compiler *c);
    enum pass pass;
    unsigned goal; /* that fails first */
    enum verdict verdict;
} cases[] = {
    {"accepts", accept, nothing, PASS_FINAL, LAWFUL, PROVED},
    {"refuses", refuse, nothing, PASS_FINAL, LAWFUL, PROVED},
    {"sizing accepts", accept, nothing, PASS_SIZING, LAWFUL, PROVED},
    {"the prelude is accepted", accept, nothing, PASS_PRELUDE, LAWFUL, PROVED},

    {"r4", accept, r4_changed, PASS_FINAL, GOAL_SAVED, REFUTED},
    {"r4 where it refuses", refuse, r4_changed, PASS_FINAL, GOAL_SAVED, REFUTED},
    {"r11", accept, r11_changed, PASS_FINAL, GOAL_SAVED, REFUTED},
    {"sp", accept, sp_moved, PASS_FINAL, GOAL_SAVED, REFUTED},
    {"scratch registers", accept, scratch_registers_changed, PASS_FINAL, LAWFUL, PROVED},
    {"r4 in other words", accept, r4_is_what_it_was_in_other_words, PASS_FINAL, LAWFUL, PROVED},

    {"the program's address", accept, program_field_changed, PASS_FINAL, GOAL_CONTEXT, REFUTED},
    {"the program's address, sizing", accept, program_field_changed, PASS_SIZING, GOAL_CONTEXT, REFUTED},
    {"the program's address, prelude", accept, program_field_changed, PASS_PRELUDE, GOAL_CONTEXT, REFUTED},
    {"the position where it refuses", refuse, position_changed, PASS_FINAL, GOAL_CONTEXT, REFUTED},
    {"a way out", accept, way_changed, PASS_FINAL, GOAL_CONTEXT, REFUTED},
    {"a way out, prelude", accept, way_changed, PASS_PRELUDE, LAWFUL, PROVED},
    {"a way out, prelude refused", refuse, way_changed, PASS_PRELUDE, GOAL_CONTEXT, REFUTED},
    {"the pc, set back", accept, pc_set_back, PASS_FINAL, LAWFUL, PROVED},
    {"the length in other words", accept, length_field_the_same_in_other_words, PASS_FINAL, LAWFUL, PROVED},
    {"scratch", accept, scratch_word_changed, PASS_FINAL, LAWFUL, PROVED},
    {"scratch where it refuses", refuse, scratch_word_changed, PASS_FINAL, LAWFUL, PROVED},
    {"before scratch", accept, word_before_scratch_changed, PASS_FINAL, GOAL_CONTEXT, REFUTED},
    {"behind scratch", accept, word_behind_scratch_changed, PASS_FINAL, GOAL_CONTEXT, REFUTED},

    {"its last halfword", accept, last_own_halfword_changed, PASS_FINAL, LAWFUL, PROVED},
    {"the other half of its last word", accept, halfword_behind_changed, PASS_FINAL, GOAL_OUTPUT, REFUTED},
    {"the same, rewritten", accept, halfword_behind_rewritten, PASS_FINAL, LAWFUL, PROVED},
    {"the word behind", accept, word_behind_changed, PASS_FINAL, GOAL_OUTPUT, REFUTED},
    {"the word behind, sizing", accept, word_behind_changed, PASS_SIZING, GOAL_OUTPUT, REFUTED},
    {"code where it refuses: for the other pass to say", refuse, output_changed, PASS_FINAL, LAWFUL, PROVED},
    {"its own stack", accept, own_stack_changed, PASS_FINAL, LAWFUL, PROVED},

    {"a status of an undefined value", accept, status_of_an_undefined_value, PASS_FINAL, GOAL_PURE, REFUTED},
    {"a status of an address", accept, status_of_an_address, PASS_FINAL, GOAL_PURE, REFUTED},
    {"a status in other words", accept, status_in_other_words, PASS_FINAL, LAWFUL, PROVED},
    {"a status of the input", accept, status_of_the_input, PASS_FINAL, GOAL_STATUS, UNKNOWN},
    {"a length of an undefined value", accept, length_of_an_undefined_value, PASS_FINAL, GOAL_PURE, REFUTED},
    {"a length of the input", accept, length_of_the_input, PASS_FINAL, GOAL_LENGTH, UNKNOWN},
    {"a length in other words", accept, length_in_other_words, PASS_FINAL, LAWFUL, PROVED},
    {"the longest code", accept, longest, PASS_FINAL, LAWFUL, PROVED},
    {"code that was not written", accept, a_halfword_too_few, PASS_FINAL, GOAL_PURE, REFUTED},
    {"longer than the tool can tell", accept, too_long, PASS_FINAL, GOAL_LENGTH, UNKNOWN},
    {"before where it begins", accept, backwards, PASS_FINAL, GOAL_LENGTH, UNKNOWN},
};

/* ---- the calls ---- */

struct call {
    struct solver *solver;
    struct prelude prelude;
    struct proof proof;
    struct compiler compiler;
    struct bpf_insn insn;
};

static term room(const struct compiler *c)
{
    return term_sub(c->capacity, c->insn ? c->position : term_const(32, 0));
}

static void open_call(struct call *c, enum pass pass)
{
    struct diag diag;
    memset(c, 0, sizeof *c);
    c->solver = solver_open(&limits, NULL);
    c->proof = (struct proof){.target = &target, .prelude = &c->prelude, .path = path_open(c->solver)};
    c->proof.result.verdict = VERDICT_PROVED;
    c->insn = (struct bpf_insn){.row = bpf_find(0xb7, 0, 0, 0), .dst = 3, .off = term_const(16, 0), .imm = x()};
    if (!compiler_open(&c->compiler, &target, &c->prelude, c->proof.path, pass, &diag))
        fail_msg("%s", diag.message);
    compiler_call(&c->compiler, &target.manifest.homes[0], pass == PASS_PRELUDE ? NULL : &c->insn);
    compiler_assume_domain(&c->compiler);
}

static void close_call(struct call *c)
{
    proof_close(&c->proof);
    compiler_close(&c->compiler);
    path_close(c->proof.path);
    solver_close(c->solver);
}

static struct situation situation(struct call *c)
{
    return (struct situation){.proof = &c->proof,
                              .phase = PHASE_COMPILER,
                              .pass = c->compiler.pass,
                              .homes = &target.manifest.homes[0],
                              .insn = c->compiler.insn};
}

static void calls_are_lawful_or_not(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct call c;
        struct emission e;
        open_call(&c, cases[i].pass);
        path_assume(c.proof.path, term_ule(term_const(32, CODE_MAX_HALFWORDS), room(&c.compiler)));
        struct situation s = situation(&c);
        cases[i].returns(&c.compiler);
        cases[i].besides(&c.compiler);
        bool lawful = compiler_was_lawful(&s, &c.compiler, &e);
        const struct finding *found = &c.proof.finding;
        if (lawful != (cases[i].goal == LAWFUL) || c.proof.result.verdict != cases[i].verdict ||
            (!lawful && found->goal != cases[i].goal))
            fail_msg("%s: %s", cases[i].what, lawful ? "lawful" : c.proof.result.reason);
        if (lawful) {
            assert_int_equal(e.accepted, cases[i].returns == accept);
            assert_int_equal(e.status, e.accepted ? target.manifest.accepted.value : target.manifest.code_full.value);
        }
        close_call(&c);
    }
}

/* ---- the code itself ---- */

static const struct {
    const char *what;
    unsigned halfword;
    bool other_words;
    enum pass pass;
    bool pure;
} halfwords[] = {
    {"the first, of an undefined value", 0, false, PASS_FINAL, false},
    {"the first, in other words", 0, true, PASS_FINAL, true},
    {"the last, of an undefined value", 2, false, PASS_FINAL, false},
    {"the first, sizing: a driver may keep it", 0, false, PASS_SIZING, false},
    {"the first, sizing, in other words", 0, true, PASS_SIZING, true},
};

static void code_depends_on_declared_inputs_only(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof halfwords / sizeof *halfwords; i++) {
        struct call c;
        struct emission e;
        open_call(&c, halfwords[i].pass);
        path_assume(c.proof.path, term_ule(term_const(32, CODE_MAX_HALFWORDS), room(&c.compiler)));
        struct situation s = situation(&c);
        accept(&c.compiler);
        term garbage = term_extract(halfwords[i].other_words ? zero_of_u() : u(), 0, 16);
        set_output(&c.compiler, halfwords[i].halfword, term_or(term_extract(x(), 0, 16), garbage));
        if (compiler_was_lawful(&s, &c.compiler, &e) != halfwords[i].pure)
            fail_msg("%s", halfwords[i].what);
        assert_int_equal(c.proof.result.verdict, halfwords[i].pure ? VERDICT_PROVED : VERDICT_REFUTED);
        assert_int_equal(compiler_halfword(&c.compiler, halfwords[i].halfword)->classes & TERM_UNDEFINED, 0);
        if (!halfwords[i].pure)
            assert_int_equal(c.proof.finding.goal, GOAL_PURE);
        close_call(&c);
    }
}

/* Of a call that refuses, how much of the buffer is its own is for the sizing pass to say. */
static void of_the_buffer_own_halfwords_may_change(void **unused)
{
    (void)unused;
    for (unsigned own = 0; own < 5; own++) {
        struct call c;
        open_call(&c, PASS_FINAL);
        struct situation s = situation(&c);
        refuse(&c.compiler);
        for (unsigned i = 0; i < 3; i++)
            set_output(&c.compiler, i, term_const(16, 0xbf00));
        claim_output_kept(&s, &c.compiler, own);
        assert_int_equal(c.proof.result.verdict, own < 3 ? VERDICT_REFUTED : VERDICT_PROVED);
        if (own < 3)
            assert_non_null(strstr(c.proof.result.reason, "halfword 0 after the end"));
        close_call(&c);
    }
}

/* Code of three halfwords fits where there is room for three. */
static void accepted_code_ends_in_the_buffer(void **unused)
{
    (void)unused;
    for (uint64_t least = 2; least <= 3; least++) {
        struct call c;
        struct emission e;
        open_call(&c, PASS_FINAL);
        path_assume(c.proof.path, term_ule(term_const(32, least), room(&c.compiler)));
        struct situation s = situation(&c);
        accept(&c.compiler);
        assert_int_equal(compiler_was_lawful(&s, &c.compiler, &e), least == 3);
        if (least < 3)
            assert_int_equal(c.proof.finding.goal, GOAL_FITS);
        close_call(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_lawful_or_not),
        cmocka_unit_test(accepted_code_ends_in_the_buffer),
        cmocka_unit_test(code_depends_on_declared_inputs_only),
        cmocka_unit_test(of_the_buffer_own_halfwords_may_change),
    };
    return cmocka_run_group_tests(tests, open_target, close_target);
}
