/* Branches into IT blocks: what may be entered, in whatever order it is found out, and where reading on ends. */
#include "symexec/arm/test/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NEVER = -1, IT = 0xbf08 /* it eq: one instruction */, MOVS = 0x2001 };

/* ---- places that are entered ---- */

/* Places are entered one after the other, with no IT block under way; `broken` is the one that must not be, by its number. */
static const struct {
    const char *what;
    uint16_t code[8];
    unsigned count, entries;
    uint32_t entered[4];
    int broken;
} cases[] = {
    {"behind its IT, which was read", {MOVS, IT, MOVS, MOVS}, 4, 2, {0, 4}, 1},
    {"before its IT is read", {MOVS, IT, MOVS, MOVS}, 4, 2, {4, 0}, 1},
    {"the IT itself, again", {MOVS, IT, MOVS, MOVS}, 4, 3, {0, 2, 2}, NEVER},
    {"behind the block", {MOVS, IT, MOVS, MOVS}, 4, 2, {0, 6}, NEVER},
    {"behind the block, before it is read", {MOVS, IT, MOVS, MOVS}, 4, 2, {6, 0}, NEVER},
    {"alone: nothing says that it is in a block", {MOVS, IT, MOVS, MOVS}, 4, 1, {4}, NEVER},
    {"the last of four", {0xbf01, MOVS, MOVS, MOVS, MOVS, MOVS}, 6, 2, {0, 8}, 1},
    {"behind the last of four", {0xbf01, MOVS, MOVS, MOVS, MOVS, MOVS}, 6, 2, {0, 10}, NEVER},
    {"the last of three", {0xbf02, MOVS, MOVS, MOVS, MOVS}, 5, 2, {0, 6}, 1},
    {"behind the last of three", {0xbf02, MOVS, MOVS, MOVS, MOVS}, 5, 2, {0, 8}, NEVER},
    {"behind 32 bits inside", {0xbf04, 0xf04f, 0x0001, MOVS, MOVS}, 5, 2, {0, 6}, 1},
    {"behind a block with 32 bits inside", {0xbf04, 0xf04f, 0x0001, MOVS, MOVS}, 5, 2, {0, 8}, NEVER},
    {"behind 32 bits, not an IT, that end like one", {0xf8d0, IT, MOVS}, 3, 2, {0, 4}, NEVER},
    {"behind a NOP", {0xbf00, MOVS}, 2, 2, {0, 2}, NEVER},
    {"data behind a branch", {0xe001, IT, MOVS, MOVS}, 4, 2, {0, 4}, NEVER},
    {"code behind a branch, entered at its IT", {0xe001, IT, MOVS, MOVS}, 4, 3, {0, 2, 4}, 2},
    {"code behind a branch, its IT entered late", {0xe001, IT, MOVS, MOVS}, 4, 3, {0, 4, 2}, 2},
    {"behind a branch that is conditional by its own IT", {IT, 0xe7fe, IT, MOVS}, 4, 2, {0, 6}, 1},
};

static void enters(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        fixture_open(&f, cases[i].code, cases[i].count);
        for (unsigned k = 0; k < cases[i].entries; k++) {
            bool entered = arm_enter(&f.s, FIXTURE_CODE, cases[i].entered[k]);
            if (entered != ((int)k != cases[i].broken))
                fail_msg("%s: entry %u: %s", cases[i].what, k, entered ? "not found" : f.s.detail);
        }
        fixture_close(&f);
    }
}

/* ---- where code ends ---- */

/* Behind the instruction is what looks like an IT block; it is one only if control can get there. */
static const struct {
    const char *what;
    uint16_t code[2];
    unsigned count;
    bool ends;
} ends[] = {
    {"b", {0xe7fe}, 1, true},
    {"beq", {0xd0fe}, 1, false},
    {"bx lr", {0x4770}, 1, true},
    {"blx r0", {0x4780}, 1, false},
    {"mov pc, r0", {0x4687}, 1, true},
    {"mov lr, r0", {0x4686}, 1, false},
    {"add pc, r0", {0x4487}, 1, true},
    {"add lr, r0", {0x4486}, 1, false},
    {"pop {r0, pc}", {0xbd01}, 1, true},
    {"pop {r0}", {0xbc01}, 1, false},
    {"push {r0, lr}", {0xb501}, 1, false},
    {"udf", {0xde00}, 1, true},
    {"svc", {0xdf00}, 1, false},
    {"cbz", {0xb100}, 1, false},
    {"b.w", {0xf000, 0xb800}, 2, true},
    {"beq.w", {0xf000, 0x8000}, 2, false},
    {"bl", {0xf000, 0xf800}, 2, false},
    {"ldm r0, {r1, pc}", {0xe890, 0x8002}, 2, true},
    {"ldm r0, {r1, lr}", {0xe890, 0x4002}, 2, false},
    {"ldmdb r0!, {r1, pc}", {0xe930, 0x8002}, 2, true},
    {"stm r0, {r1, r15}", {0xe880, 0x8002}, 2, false},
    {"ldr.w pc, [r0]", {0xf8d0, 0xf000}, 2, true},
    {"ldr.w pc, [r0], #4", {0xf850, 0xfb04}, 2, true},
    {"ldr.w lr, [r0]", {0xf8d0, 0xe000}, 2, false},
    {"tbb [r0, r1]", {0xe8d0, 0xf001}, 2, true},
    {"tbh [r0, r1]", {0xe8d0, 0xf011}, 2, true},
    {"mov.w r0, #1", {0xf04f, 0x0001}, 2, false},
};

static void reads_on(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        uint16_t code[4] = {ends[i].code[0], ends[i].code[1]};
        struct fixture f;
        code[ends[i].count] = IT;
        code[ends[i].count + 1] = MOVS;
        fixture_open(&f, code, ends[i].count + 2);
        assert_true(arm_enter(&f.s, FIXTURE_CODE, 0));
        if (arm_enter(&f.s, FIXTURE_CODE, 2 * ends[i].count + 2) != ends[i].ends)
            fail_msg("%s", ends[i].what);
        fixture_close(&f);
    }
}

static void the_end_of_a_block_is_one_of_code(void **unused)
{
    (void)unused;
    uint16_t code[FIXTURE_HALFWORDS];
    const uint32_t last = 2 * FIXTURE_HALFWORDS - 2;
    for (unsigned i = 0; i < FIXTURE_HALFWORDS; i++)
        code[i] = MOVS;
    code[FIXTURE_HALFWORDS - 1] = IT;
    struct fixture f;
    fixture_open(&f, code, FIXTURE_HALFWORDS);
    assert_true(arm_enter(&f.s, FIXTURE_CODE, 0));
    assert_true(arm_enter(&f.s, FIXTURE_CODE, last));
    fixture_close(&f);
}

/* ---- by executing ---- */

static const struct {
    const char *what;
    uint16_t code[5];
    unsigned count, steps; /* the last step may break the rule */
    bool broken;
} runs[] = {
    {"beq forwards, into the block", {0x42a4, 0xd000, IT, MOVS}, 4, 3, true},
    {"beq forwards, to the IT", {0x42a4, 0xd0ff, IT, MOVS}, 4, 4, false},
    {"b backwards, into the block", {0x42a4, IT, MOVS, 0xe7fd}, 4, 5, true},
    {"b backwards, to the IT", {0x42a4, IT, MOVS, 0xe7fc}, 4, 9, false},
    {"through a block of two", {0x42a4, 0xbf04, MOVS, MOVS, 0xe7fa}, 5, 15, false},
};

static void executes(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct fixture f;
        fixture_open(&f, runs[i].code, runs[i].count);
        for (unsigned step = 1; step <= runs[i].steps; step++)
            if (arm_step(&f.s) != (step < runs[i].steps || !runs[i].broken))
                fail_msg("%s: step %u: %s", runs[i].what, step, f.s.detail);
        if (runs[i].broken)
            assert_int_equal(f.s.broken, ARM_UNPREDICTABLE);
        fixture_close(&f);
    }
}

/* ---- code that is written ---- */

/* A block of code without an image: the first word is an IT and what it governs. */
static size_t add_code(struct fixture *f, term second)
{
    term at = fixture_base("code_base");
    size_t block = arm_add_block(
        &f->s, (struct arm_block){.name = "emitted", .base = at, .size = 16, .permissions = ARM_READ | ARM_EXECUTE});
    arm_poke(&f->s, block, 0, term_concat(second, term_const(16, IT)));
    arm_poke(&f->s, block, 4, term_const(32, MOVS << 16 | MOVS));
    return block;
}

static void other_code_is_other_code(void **unused)
{
    (void)unused;
    struct fixture f;
    fixture_open(&f, NULL, 0);
    size_t block = add_code(&f, term_const(16, MOVS));
    assert_true(arm_enter(&f.s, block, 0));
    assert_false(arm_enter(&f.s, block, 2));
    arm_forget_code(&f.s, block);
    arm_poke(&f.s, block, 0, term_const(32, MOVS << 16 | MOVS));
    assert_true(arm_enter(&f.s, block, 0));
    assert_true(arm_enter(&f.s, block, 2));
    fixture_close(&f);
}

/* Fields may be symbolic, as those of emitted code are; where the size of an instruction is open, nothing is known. */
static void symbolic_code_is_read_as_far_as_it_is_known(void **unused)
{
    (void)unused;
    term byte = term_var("byte", 8, TERM_ORDINARY), open = term_var("open", 16, TERM_ORDINARY);
    for (int known = 0; known < 2; known++) {
        struct fixture f;
        fixture_open(&f, NULL, 0);
        size_t block = add_code(&f, term_const(16, MOVS));
        arm_poke(&f.s, block, 4,
                 term_concat(term_const(16, IT), known ? term_concat(term_const(8, 0x20), byte) : open));
        arm_poke(&f.s, block, 8, term_const(32, MOVS << 16 | MOVS));
        assert_true(arm_enter(&f.s, block, 0));
        assert_int_equal(arm_enter(&f.s, block, 8), !known);
        fixture_close(&f);
    }
}

static void loads_of_code_are_noted(void **unused)
{
    (void)unused;
    static const struct {
        uint32_t offset;
        unsigned width;
        unsigned loaded; /* halfwords, as a set */
    } loads[] = {{0, 4, 3}, {6, 2, 8}, {7, 1, 8}, {3, 4, 14}};
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) {
        struct fixture f;
        fixture_open(&f, NULL, 0);
        size_t block = add_code(&f, term_const(16, MOVS));
        term at = term_add(fixture_base("code_base"), term_const(32, loads[i].offset));
        assert_non_null(arm_load(&f.s, at, loads[i].width, false));
        for (unsigned k = 0; k < 8; k++)
            assert_int_equal(arm_was_loaded(&f.s, block, 2 * k), loads[i].loaded >> k & 1);
        arm_forget_code(&f.s, block);
        assert_false(arm_was_loaded(&f.s, block, loads[i].offset));
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enters),
        cmocka_unit_test(reads_on),
        cmocka_unit_test(the_end_of_a_block_is_one_of_code),
        cmocka_unit_test(executes),
        cmocka_unit_test(other_code_is_other_code),
        cmocka_unit_test(symbolic_code_is_read_as_far_as_it_is_known),
        cmocka_unit_test(loads_of_code_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
