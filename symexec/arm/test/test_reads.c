/* What is remembered of an image: which bytes were fetched or loaded, as ranges. */
#include "symexec/arm/arm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CODE = 0x8000, CONSTANTS = 0x9000 };

/* ---- ranges ---- */

static void ranges_stay_apart_and_in_order(void **state)
{
    (void)state;
    static const struct arm_range added[] = {{20, 30}, {40, 50}, {10, 12}, {60, 70}, {30, 32},
                                             {8, 10},  {45, 62}, {5, 5},   {22, 24}, {100, 101}},
                                  expected[] = {{8, 12}, {20, 32}, {40, 70}, {100, 101}};
    struct arm_ranges set = {0}, other = {0};
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
        arm_ranges_add(&set, added[i]);
    assert_int_equal(set.count, 4);
    assert_memory_equal(set.items, expected, sizeof expected);
    arm_ranges_add(&other, (struct arm_range){9, 100});
    arm_ranges_add_all(&other, &set);
    assert_int_equal(other.count, 1);
    assert_int_equal(other.items[0].from, 8);
    assert_int_equal(other.items[0].to, 101);
    arm_ranges_free(&set);
    arm_ranges_free(&other);
}

/* Against a set with a flag for each address. */
static void ranges_are_sets(void **state)
{
    (void)state;
    struct arm_ranges set = {0};
    bool has[256] = {false};
    uint32_t seed = 1;
    for (int round = 0; round < 100; round++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t from = seed >> 24, to = from + (seed >> 16 & 7);
        arm_ranges_add(&set, (struct arm_range){from, to});
        for (uint32_t at = from; at < to && at < 256; at++)
            has[at] = true;
        size_t i = 0;
        for (uint32_t at = 0; at < 256; at++) {
            while (i < set.count && set.items[i].to <= at)
                i++;
            assert_int_equal(has[at], i < set.count && set.items[i].from <= at);
        }
        for (i = 1; i < set.count; i++)
            assert_true(set.items[i - 1].to < set.items[i].from);
    }
    arm_ranges_free(&set);
}

/* ---- machines ---- */

static bool decide(void *data, term condition)
{
    (void)condition;
    return *(const bool *)data;
}

/*
 * Runs the code to its BX: r0 and r1 are the addresses of the constants and of memory, r2 is any index below 4. What was read is
 * added to the set.
 */
static void read_by(const uint16_t *halfwords, size_t count, bool answer, struct arm_ranges *reads)
{
    static const uint8_t constants[32] = {1};
    uint8_t code[64] = {0};
    struct undo undo = {0};
    const struct arm_env env = {.data = &answer, .decide = decide};
    struct arm_state s = {.undo = &undo, .env = &env};
    memcpy(code, halfwords, count * sizeof *halfwords);
    arm_add_block(&s, (struct arm_block){.name = "code",
                                         .base = term_const(32, CODE),
                                         .size = sizeof code,
                                         .permissions = ARM_READ | ARM_EXECUTE,
                                         .image = code});
    arm_add_block(&s, (struct arm_block){.name = "constants",
                                         .base = term_const(32, CONSTANTS),
                                         .size = sizeof constants,
                                         .permissions = ARM_READ,
                                         .image = constants});
    arm_add_block(&s,
                  (struct arm_block){.name = "memory",
                                     .base = term_concat(term_var("memory_base", 29, TERM_PRIVATE), term_const(3, 0)),
                                     .size = 64,
                                     .permissions = ARM_READ | ARM_WRITE,
                                     .fresh = TERM_ORDINARY});
    for (unsigned i = 0; i < 16; i++)
        s.r[i] = term_const(32, 0);
    s.r[0] = term_const(32, CONSTANTS);
    s.r[1] = s.memory.blocks[2].base;
    s.r[2] = term_zext(term_var("index", 2, TERM_ORDINARY), 32);
    s.r[ARM_LR] = term_const(32, 1);
    s.r[ARM_PC] = term_const(32, CODE);
    s.n = s.z = s.c = s.v = term_var("flag", 1, TERM_ORDINARY);
    while (s.r[ARM_PC]->value != 0)
        if (!arm_step(&s))
            fail_msg("%s: %s", arm_rule_info(s.broken)->name, s.detail);
    arm_add_reads(&s, reads);
    arm_state_free(&s);
    undo_free(&undo);
}

/* Runs code and compares: the ranges are what it read. */
static void check(const uint16_t *halfwords, size_t count, bool answer, const struct arm_range *expected, size_t ranges)
{
    struct arm_ranges reads = {0};
    read_by(halfwords, count, answer, &reads);
    assert_int_equal(reads.count, ranges);
    assert_memory_equal(reads.items, expected, ranges * sizeof *expected);
    arm_ranges_free(&reads);
}

static void instructions_are_read(void **state)
{
    (void)state;
    static const uint16_t code[] = {0xf04f, 0x0307, /* mov.w r3, #7 */
                                    0xd000,         /* beq: to the BX, or on */
                                    0xbf00,         /* nop */
                                    0x4770};        /* bx lr */
    static const struct arm_range taken[] = {{CODE, CODE + 6}, {CODE + 8, CODE + 10}},
                                  not_taken[] = {{CODE, CODE + 10}};
    check(code, 5, true, taken, 2);
    check(code, 5, false, not_taken, 1);
}

/* Whether its condition holds or not, it has to be fetched. */
static void it_blocks_are_read(void **state)
{
    (void)state;
    static const uint16_t code[] = {0xbf08, 0x2301, 0x4770}; /* it eq; moveq r3, #1; bx lr */
    static const struct arm_range all[] = {{CODE, CODE + 6}};
    check(code, 3, true, all, 1);
    check(code, 3, false, all, 1);
}

/* By the byte; of memory that is no image nothing is noted. */
static void constants_are_read(void **state)
{
    (void)state;
    static const uint16_t code[] = {0x7843, /* ldrb r3, [r0, #1] */
                                    0x88c3, /* ldrh r3, [r0, #6] */
                                    0x6883, /* ldr r3, [r0, #8] */
                                    0x680b, /* ldr r3, [r1] */
                                    0x4b01, /* ldr r3, [pc, #4]: the literal at 16 */
                                    0x4770, /* bx lr */
                                    0xbf00, 0xbf00, 0x1234, 0x5678};
    static const struct arm_range ranges[] = {
        {CODE, CODE + 12}, {CODE + 16, CODE + 20}, {CONSTANTS + 1, CONSTANTS + 2}, {CONSTANTS + 6, CONSTANTS + 12}};
    check(code, 10, true, ranges, 4);
}

/* On each path the element that it takes. */
static void tables_are_read_where_paths_go(void **state)
{
    (void)state;
    static const uint16_t code[] = {0x5c83, 0x4770}; /* ldrb r3, [r0, r2]; bx lr */
    struct arm_ranges reads = {0};
    read_by(code, 2, true, &reads); /* in bounds, and both bits set */
    read_by(code, 2, true, &reads);
    assert_int_equal(reads.count, 2);
    assert_int_equal(reads.items[1].from, CONSTANTS + 3);
    assert_int_equal(reads.items[1].to, CONSTANTS + 4);
    arm_ranges_free(&reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_stay_apart_and_in_order),
        cmocka_unit_test(ranges_are_sets),
        cmocka_unit_test(instructions_are_read),
        cmocka_unit_test(it_blocks_are_read),
        cmocka_unit_test(constants_are_read),
        cmocka_unit_test(tables_are_read_where_paths_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
