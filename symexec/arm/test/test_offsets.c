/*
 * Symbolic places, one path for each: offsets of loads and stores into blocks, and Align(PC, 4) where bit 1 of the PC is open. A
 * run answers its questions as one value of the variable has it, and must then be right at that value.
 */
#include "symexec/arm/test/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static term index_of(unsigned bits)
{
    char name[16];
    snprintf(name, sizeof name, "index_%u", bits);
    return term_zext(term_var(name, bits, TERM_ORDINARY), 32);
}

static void open_at(struct fixture *f, uint64_t value)
{
    fixture_open(f, NULL, 0);
    f->by_value = true;
    f->value = value;
}

/* ---- offsets ---- */

static void a_load_has_one_path_for_each_offset(void **unused)
{
    (void)unused;
    for (uint32_t value = 0; value < 8; value++) {
        struct fixture f;
        open_at(&f, value);
        term at = term_add(term_const(32, CONSTANTS + 4), index_of(3));
        assert_ptr_equal(arm_load(&f.s, at, 1, false), term_const(8, 5 + value));
        assert_int_equal(f.asked, 1 + 3); /* the bounds, each bit */
        fixture_close(&f);
    }
}

static void a_store_has_one_path_for_each_offset(void **unused)
{
    (void)unused;
    term stored = term_var("stored", 32, TERM_ORDINARY);
    for (uint32_t value = 0; value < 4; value++) {
        struct fixture f;
        struct arm_change changes[4];
        open_at(&f, value);
        term at = term_add(term_const(32, DATA + 8), term_shl(index_of(2), term_const(32, 2)));
        assert_true(arm_store(&f.s, at, 4, stored, true));
        assert_int_equal(arm_changes(&f.s, FIXTURE_DATA, 0, 0, changes, 4), 1);
        assert_int_equal(changes[0].offset, 8 + 4 * value);
        assert_ptr_equal(changes[0].after, stored);
        fixture_close(&f);
    }
}

/* Of a sum each addend is asked for by itself. */
static void an_offset_may_be_a_sum(void **unused)
{
    (void)unused;
    for (uint32_t value = 0; value < 4; value++) {
        struct fixture f;
        open_at(&f, value);
        f.s.r[ARM_SP] = term_sub(f.s.r[ARM_SP], term_const(32, FIXTURE_STACK / 2));
        term stored = term_const(8, 0xaa);
        term at = term_add(term_add(fixture_base("stack_base"), index_of(2)), term_mul(index_of(1), term_const(32, 5)));
        assert_true(arm_store(&f.s, at, 1, stored, false));
        uint32_t offset = value + 5 * (value & 1);
        assert_ptr_equal(term_extract(arm_peek(&f.s, FIXTURE_STACK_BLOCK, offset & ~3u), 8 * (offset & 3), 8), stored);
        fixture_close(&f);
    }
}

/* Every rule about the place is asked of each offset. */
static const struct {
    const char *what;
    uint64_t value;
    uint32_t from; /* in the stack, whose sp is at half of it; the index has 6 bits */
    enum arm_rule store, load;
} places[] = {
    {"at sp", 0, FIXTURE_STACK / 2, ARM_RULE_NONE, ARM_RULE_NONE},
    {"below sp", 0, FIXTURE_STACK / 2 - 1, ARM_BELOW_SP, ARM_RULE_NONE},
    {"the last byte", 31, FIXTURE_STACK / 2, ARM_RULE_NONE, ARM_RULE_NONE},
    {"beyond the last byte", 32, FIXTURE_STACK / 2, ARM_BAD_ADDRESS, ARM_BAD_ADDRESS},
};

static void rules_hold_at_each_offset(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (int store = 0; store < 2; store++) {
            struct fixture f;
            open_at(&f, places[i].value);
            term at = term_add(term_add(fixture_base("stack_base"), term_const(32, places[i].from)), index_of(6));
            bool ok = store ? arm_store(&f.s, at, 1, term_const(8, 1), false) : arm_load(&f.s, at, 1, false) != NULL;
            enum arm_rule rule = store ? places[i].store : places[i].load;
            if (ok != (rule == ARM_RULE_NONE) || f.s.broken != rule)
                fail_msg("%s: %s", places[i].what, arm_rule_info(f.s.broken)->name);
            fixture_close(&f);
        }
}

/* ---- Align(PC, 4) ---- */

enum { LITERALS = 8 };

/* Code at a place of which bit 1 is open: two halfwords of it are the instruction, the rest are literals. */
static void open_code(struct fixture *f, uint64_t value, const uint16_t *code)
{
    open_at(f, value);
    term half = term_extract(term_var("position", 32, TERM_ORDINARY), 0, 1);
    term at = term_concat(term_var("here_base", 30, TERM_PRIVATE), term_concat(half, term_const(1, 0)));
    size_t block = arm_add_block(
        &f->s, (struct arm_block){.name = "here", .base = at, .size = 64, .permissions = ARM_READ | ARM_EXECUTE});
    arm_poke(&f->s, block, 0, term_const(32, (uint64_t)code[1] << 16 | code[0]));
    for (uint32_t i = 1; i <= LITERALS; i++)
        arm_poke(&f->s, block, 4 * i, term_const(32, (uint64_t)(2 * i + 1) << 16 | 2 * i));
    f->s.r[ARM_PC] = at;
}

/* At an odd position the base of literals is 2 bytes nearer. Word k of the block is 2k and 2k + 1. */
static void a_literal_is_found_at_either_alignment(void **unused)
{
    (void)unused;
    static const uint16_t narrow[2] = {0x4a02 /* ldr r2, [pc, #8] */}, wide[2] = {0xf8df, 0x2008};
    for (int which = 0; which < 2; which++)
        for (uint64_t position = 0; position < 2; position++) {
            struct fixture f;
            open_code(&f, position, which ? wide : narrow);
            if (!arm_step(&f.s))
                fail_msg("%s", f.s.detail);
            uint32_t low = position ? 5 : 6; /* its halfword, from where the code begins */
            assert_ptr_equal(f.s.r[2], term_const(32, (uint64_t)(low + 1) << 16 | low));
            assert_int_equal(f.asked, 1);
            fixture_close(&f);
        }
}

static void an_address_is_aligned_at_either(void **unused)
{
    (void)unused;
    static const struct {
        uint16_t code[2];
        uint32_t distance; /* from Align(PC, 4) */
    } rows[] = {{{0xa202}, 8}, {{0xf20f, 0x0209}, 9}, {{0xf2af, 0x0203}, -3u}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint64_t position = 0; position < 2; position++) {
            struct fixture f;
            open_code(&f, position, rows[i].code);
            term pc = f.s.r[ARM_PC];
            assert_true(arm_step(&f.s));
            term distance = term_sub(f.s.r[2], pc);
            assert_ptr_equal(distance, term_const(32, rows[i].distance + (position ? 2 : 4)));
            fixture_close(&f);
        }
}

/* Of a constant PC nothing is asked: ADR on both halves of a word. */
static void a_known_pc_needs_no_question(void **unused)
{
    (void)unused;
    static const uint16_t code[2] = {0xa200, 0xa200}; /* adr r2, 0 */
    struct fixture f;
    fixture_open(&f, code, 2);
    assert_true(arm_step(&f.s));
    assert_ptr_equal(f.s.r[2], term_const(32, CODE + 4));
    assert_true(arm_step(&f.s));
    assert_ptr_equal(f.s.r[2], term_const(32, CODE + 4));
    assert_int_equal(f.asked, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_has_one_path_for_each_offset),
        cmocka_unit_test(a_store_has_one_path_for_each_offset),
        cmocka_unit_test(an_offset_may_be_a_sum),
        cmocka_unit_test(rules_hold_at_each_offset),
        cmocka_unit_test(a_literal_is_found_at_either_alignment),
        cmocka_unit_test(an_address_is_aligned_at_either),
        cmocka_unit_test(a_known_pc_needs_no_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
