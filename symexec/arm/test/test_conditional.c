/*
 * What is so whatever the condition is, and what is not: instructions in an IT block whose condition fails, and instructions with
 * an effect on the system, which must be allowed by name. Each error stands beside its near miss.
 */
#include "symexec/arm/test/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { EQUAL = 0x42a4 /* cmp r4, r4 */, IT_NE = 0xbf18, ITT_NE = 0xbf1c };

/* ---- conditions that fail ---- */

/* After `cmp r4, r4; it ne`, or `itt ne` with `two`. */
static const struct {
    const char *what;
    uint16_t code[2];
    bool two;
    enum arm_rule rule;
} skipped[] = {
    {"movs", {0x2001}, false, ARM_RULE_NONE},
    {"udf", {0xde00}, false, ARM_UNDEFINED},
    {"svc", {0xdf00}, false, ARM_RULE_NONE},
    {"bkpt", {0xbe00}, false, ARM_SYSTEM},
    {"wfi", {0xbf30}, false, ARM_RULE_NONE},
    {"ldrex: a limit of ours, which is not reached", {0xe850, 0x1f00}, false, ARM_RULE_NONE},
    {"uxtah: UNDEFINED on some cores", {0xfa12, 0xf483}, false, ARM_UNSUPPORTED},
    {"load from no block", {0x6820}, false, ARM_RULE_NONE},
    {"load from an undefined address", {0x6808}, false, ARM_RULE_NONE},
    {"bx to an even address", {0x4700}, false, ARM_RULE_NONE},
    {"bx with a should-be-zero bit", {0x4701}, false, ARM_UNPREDICTABLE},
    {"and.w r0, sp, r1", {0xea0d, 0x0001}, false, ARM_UNPREDICTABLE},
    {"and.w r0, r2, r1", {0xea02, 0x0001}, false, ARM_RULE_NONE},
    {"mov.w r0, #0x00ff00ff", {0xf04f, 0x10ff}, false, ARM_RULE_NONE},
    {"mov.w r0, #0x00000000 made of zero bytes", {0xf04f, 0x1000}, false, ARM_UNPREDICTABLE},
    {"mov.w sp, sp", {0xea4f, 0x0d0d}, false, ARM_UNPREDICTABLE},
    {"mov.w sp, r4", {0xea4f, 0x0d04}, false, ARM_RULE_NONE},
    {"add pc, pc", {0x44ff}, false, ARM_UNPREDICTABLE},
    {"cmp of low registers as T2", {0x4500}, false, ARM_UNPREDICTABLE},
    {"add.w sp, sp, r0, lsl #4", {0xeb0d, 0x1d00}, false, ARM_UNPREDICTABLE},
    {"add.w sp, sp, r0, lsl #3", {0xeb0d, 0x0dc0}, false, ARM_RULE_NONE},
    {"rev.w with two registers", {0xfa92, 0xf383}, false, ARM_UNPREDICTABLE},
    {"clz with two registers", {0xfab2, 0xf383}, false, ARM_UNPREDICTABLE},
    {"umull to one register twice", {0xfba2, 0x3306}, false, ARM_UNPREDICTABLE},
    {"smlal to one register twice", {0xfbc2, 0x3306}, false, ARM_UNPREDICTABLE},
    {"ubfx beyond bit 31", {0xf3c2, 0x42cd}, false, ARM_UNPREDICTABLE},
    {"ubfx up to bit 31", {0xf3c2, 0x42cc}, false, ARM_RULE_NONE},
    {"bfi with msb below lsb", {0xf362, 0x2204}, false, ARM_UNPREDICTABLE},
    {"ldr r0, [r0], #4", {0xf850, 0x0b04}, false, ARM_UNPREDICTABLE},
    {"str r0, [r0], #4", {0xf840, 0x0b04}, false, ARM_UNPREDICTABLE},
    {"ldr r1, [r0], #4", {0xf850, 0x1b04}, false, ARM_RULE_NONE},
    {"str relative to pc", {0xf8cf, 0x0000}, false, ARM_UNDEFINED},
    {"strht relative to pc", {0xf82f, 0x2e00}, false, ARM_UNDEFINED},
    {"ldrd r2, r2", {0xe9d0, 0x2200}, false, ARM_UNPREDICTABLE},
    {"strd r2, r0, [r0], #4", {0xe8e0, 0x2001}, false, ARM_UNPREDICTABLE},
    {"strd r2, r2", {0xe9c0, 0x2200}, false, ARM_RULE_NONE},
    {"ldm of one register", {0xe890, 0x0002}, false, ARM_UNPREDICTABLE},
    {"ldm of sp", {0xe890, 0x2002}, false, ARM_UNPREDICTABLE},
    {"ldm of lr and pc", {0xe890, 0xc000}, false, ARM_UNPREDICTABLE},
    {"ldm of r1 and pc", {0xe890, 0x8002}, false, ARM_RULE_NONE},
    {"stm of r1 and pc", {0xe880, 0x8002}, false, ARM_UNPREDICTABLE},
    {"ldm with base and write-back", {0xe8b0, 0x0003}, false, ARM_UNPREDICTABLE},
    {"stm r1!, {r0, r1}", {0xc103}, false, ARM_UNPREDICTABLE},
    {"stm r0!, {r0, r1}", {0xc003}, false, ARM_RULE_NONE},
    {"push of nothing", {0xb400}, false, ARM_UNPREDICTABLE},
    {"tbb with sp as base", {0xe8dd, 0xf001}, false, ARM_UNPREDICTABLE},
    {"b, the last", {0xe7fe}, false, ARM_RULE_NONE},
    {"b, not the last", {0xe7fe}, true, ARM_UNPREDICTABLE},
    {"mov pc, the last", {0x46b7}, false, ARM_RULE_NONE},
    {"mov pc, not the last", {0x46b7}, true, ARM_UNPREDICTABLE},
    {"add pc, sp, not the last", {0x44ef}, true, ARM_UNPREDICTABLE},
    {"pop {pc}, not the last", {0xbd00}, true, ARM_UNPREDICTABLE},
    {"pop {r0}, not the last", {0xbc01}, true, ARM_RULE_NONE},
    {"ldr.w pc, not the last", {0xf8d0, 0xf000}, true, ARM_UNPREDICTABLE},
    {"ldm with pc, not the last", {0xe890, 0x8002}, true, ARM_UNPREDICTABLE},
    {"tst.w r0, r1, not the last", {0xea10, 0x0f01}, true, ARM_RULE_NONE},
};

static void conditions_that_fail(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++) {
        const uint16_t code[] = {EQUAL, skipped[i].two ? ITT_NE : IT_NE, skipped[i].code[0], skipped[i].code[1]};
        struct fixture f;
        fixture_open(&f, code, 4);
        term before[ARM_PC];
        assert_true(arm_step(&f.s) && arm_step(&f.s));
        for (unsigned reg = 0; reg < ARM_PC; reg++)
            before[reg] = f.s.r[reg];
        bool ok = arm_step(&f.s);
        if (ok != (skipped[i].rule == ARM_RULE_NONE) || f.s.broken != skipped[i].rule)
            fail_msg("%s: %s: %s", skipped[i].what, arm_rule_info(f.s.broken)->name, f.s.detail);
        for (unsigned reg = 0; reg < ARM_PC; reg++)
            assert_ptr_equal(f.s.r[reg], before[reg]);
        fixture_close(&f);
    }
}

/* ---- effects on the system ---- */

static const struct {
    const char *name; /* as a manifest allows it; NULL: it cannot */
    uint16_t code[2];
} effects[] = {
    {"DMB", {0xf3bf, 0x8f5f}}, {"DSB", {0xf3bf, 0x8f4f}}, {"ISB", {0xf3bf, 0x8f6f}}, {"DBG", {0xf3af, 0x80f1}},
    {"SEV", {0xbf40}},         {"SEV", {0xf3af, 0x8004}}, {"YIELD", {0xbf10}},       {"YIELD", {0xf3af, 0x8001}},
    {"WFE", {0xbf20}},         {"WFE", {0xf3af, 0x8002}}, {"WFI", {0xbf30}},         {"WFI", {0xf3af, 0x8003}},
    {NULL, {0xbf50}},          {NULL, {0xf3af, 0x8005}},  {NULL, {0xdf00}},          {NULL, {0xbe00}},
    {NULL, {0xb672}},          {NULL, {0xf380, 0x8800}},  {NULL, {0xf3ef, 0x8000}},
};

static bool runs(const uint16_t *code, unsigned allowed)
{
    struct fixture f;
    fixture_open(&f, code, 2);
    f.s.core.system_allowed = allowed;
    bool ok = arm_step(&f.s);
    if (!ok)
        assert_int_equal(f.s.broken, ARM_SYSTEM);
    fixture_close(&f);
    return ok;
}

static void what_is_allowed_is_a_nop(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
        unsigned bit = effects[i].name ? 1u << arm_system_named(effects[i].name) : 0;
        assert_false(runs(effects[i].code, 0));
        assert_false(runs(effects[i].code, ~bit));
        assert_int_equal(runs(effects[i].code, bit), effects[i].name != NULL);
    }
}

static void nops_need_no_leave(void **unused)
{
    (void)unused;
    static const uint16_t nops[][2] = {{0xbf00}, {0xf3af, 0x8000}, {0xf890, 0xf000} /* pld [r0] */};
    for (size_t i = 0; i < sizeof nops / sizeof *nops; i++)
        assert_true(runs(nops[i], 0));
}

static void names_are_read_back(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < ARM_SYSTEM_COUNT; i++)
        assert_int_equal(arm_system_named(arm_system_name((enum arm_system)i)), i);
    assert_int_equal(arm_system_named("NOP"), ARM_SYSTEM_COUNT);
    assert_int_equal(arm_system_named("dsb"), ARM_SYSTEM_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_that_fail),
        cmocka_unit_test(what_is_allowed_is_a_nop),
        cmocka_unit_test(nops_need_no_leave),
        cmocka_unit_test(names_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
