/* Each error rule is broken by at least one case; memory.c's promises about blocks and stacks, one case for each. */
#include "symexec/arm/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CODE = 0x8000, DATA = 0x20000, CONSTANTS = 0x21000, STACK_SIZE = 64 };

/*
 * r0 data, r1 undefined, r2 any value, r3 constants, r4 no block, r5 data + 2, r6 zero, r7 data | 1, r8 data of a
 * symbolic size; sp is in the middle of its stack; the flags are undefined.
 */
struct fixture {
    struct arm_state s;
    struct undo undo;
    struct arm_env env;
    bool answer; /* of every question */
    uint8_t code[32];
};

static bool decide(void *data, term cond)
{
    (void)cond;
    return ((struct fixture *)data)->answer;
}

static term base(const char *name)
{
    return term_concat(term_var(name, 29, TERM_PRIVATE), term_const(3, 0));
}

static void setup(struct fixture *f, const uint16_t *code, unsigned count)
{
    static const uint8_t constants[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    memset(f, 0, sizeof *f);
    struct arm_state *s = &f->s;
    s->undo = &f->undo;
    s->env = &f->env;
    f->env = (struct arm_env){.data = f, .decide = decide};
    if (count)
        memcpy(f->code, code, count * sizeof *code);
    arm_add_block(s, (struct arm_block){.name = "code",
                                        .base = term_const(32, CODE),
                                        .size = sizeof f->code,
                                        .permissions = ARM_READ | ARM_EXECUTE,
                                        .image = f->code});
    arm_add_block(s, (struct arm_block){.name = "data",
                                        .base = term_const(32, DATA),
                                        .size = 64,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .fresh = TERM_ORDINARY});
    arm_add_block(s, (struct arm_block){.name = "constants",
                                        .base = term_const(32, CONSTANTS),
                                        .size = 16,
                                        .permissions = ARM_READ,
                                        .image = constants});
    arm_add_block(s, (struct arm_block){.name = "stack",
                                        .base = base("stack_base"),
                                        .size = STACK_SIZE,
                                        .stack = true,
                                        .permissions = ARM_READ | ARM_WRITE});
    arm_add_block(s, (struct arm_block){.name = "buffer",
                                        .base = base("buffer_base"),
                                        .size = 64,
                                        .fresh = TERM_ORDINARY,
                                        .limit = term_var("capacity", 32, TERM_ORDINARY),
                                        .permissions = ARM_READ | ARM_WRITE});
    for (unsigned i = 0; i < 16; i++)
        s->r[i] = term_const(32, 0);
    s->r[0] = term_const(32, DATA);
    s->r[1] = term_var("u", 32, TERM_UNDEFINED);
    s->r[2] = term_var("any", 32, TERM_ORDINARY);
    s->r[3] = term_const(32, CONSTANTS);
    s->r[4] = term_const(32, 0x12345678);
    s->r[5] = term_const(32, DATA + 2);
    s->r[7] = term_const(32, DATA | 1);
    s->r[8] = base("buffer_base");
    s->r[ARM_SP] = term_add(base("stack_base"), term_const(32, STACK_SIZE / 2));
    s->r[ARM_PC] = term_const(32, CODE);
    s->n = s->z = s->c = s->v = term_var("u_flag", 1, TERM_UNDEFINED);
}

static void teardown(struct fixture *f)
{
    arm_state_free(&f->s);
    undo_free(&f->undo);
}

/* ---- rules ---- */

/* The last of `steps` steps breaks the rule; every question is answered by `answer`. */
static const struct rule_case {
    enum arm_rule rule;
    const char *what;
    uint16_t code[6];
    unsigned steps;
    bool answer, unaligned_trap, div_0_trap;
} rule_cases[] = {
    {ARM_UNDEFINED, "udf", {0xde00}, 1, false, false, false},
    {ARM_UNDEFINED, "coprocessor", {0xee00, 0x0000}, 1, false, false, false},
    {ARM_UNDEFINED, "str relative to pc", {0xf8cf, 0x0000}, 1, false, false, false},
    {ARM_UNDEFINED, "strd without index and write-back", {0xe8c0, 0x2300}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "bx with a should-be-zero bit", {0x4701}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "sdiv with should-be-one bits clear", {0xfb90, 0x0ff6}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "cmp of low registers as T2", {0x4500}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "and.w of sp", {0xea0d, 0x0001}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "load writes its base", {0xf850, 0x0b04}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "ldm of one register", {0xe890, 0x0002}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "ldm of sp", {0xe890, 0x2002}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "ldm with base and write-back", {0xe8b0, 0x0003}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "ldm of lr and pc", {0xe890, 0xc000}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "stm stores its base late", {0xc103}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "push of nothing", {0xb400}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "ldrd of one register twice", {0xe9d0, 0x2200}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "umull to one register twice", {0xfba2, 0x3306}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "bfi with msb below lsb", {0xf362, 0x2204}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "ubfx beyond bit 31", {0xf3c2, 0x42df}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "rev with two registers", {0xfa92, 0xf383}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "modified immediate of zero bytes", {0xf04f, 0x1000}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "it with condition 15", {0xbff8}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "it al with else", {0xbfec}, 1, false, false, false},
    {ARM_UNPREDICTABLE, "it in it", {0xbfe8, 0xbfe8}, 2, false, false, false},
    {ARM_UNPREDICTABLE, "cbz in it", {0xbfe8, 0xb100}, 2, false, false, false},
    {ARM_UNPREDICTABLE, "branch not last in it", {0xbfe4, 0xe000}, 2, false, false, false},
    {ARM_UNPREDICTABLE, "mov pc not last in it", {0xbfe4, 0x46b7}, 2, false, false, false},
    {ARM_USES_UNDEFINED, "cbz of an undefined register", {0xb101}, 1, false, false, false},
    {ARM_USES_UNDEFINED, "branch on undefined flags", {0xd000}, 1, false, false, false},
    {ARM_USES_UNDEFINED, "it on undefined flags", {0xbf08, 0x2000}, 2, false, false, false},
    {ARM_USES_UNDEFINED, "load from an undefined address", {0x6808}, 1, false, false, false},
    {ARM_USES_UNDEFINED, "branch to an undefined address", {0x4708}, 1, false, false, false},
    {ARM_BAD_ADDRESS, "load from no block", {0x6820}, 1, false, false, false},
    {ARM_BAD_ADDRESS, "load beyond a block", {0xf8d0, 0x603e}, 1, false, false, false},
    {ARM_BAD_ADDRESS, "load beyond a symbolic limit", {0xf8d8, 0x6000}, 1, false, false, false},
    {ARM_BAD_ADDRESS, "load at any address", {0x6810}, 1, true, false, false},
    {ARM_BAD_ADDRESS, "store at a symbolic offset", {0x5086}, 1, true, false, false},
    {ARM_BAD_ADDRESS, "table read out of bounds", {0x5c9e}, 1, false, false, false},
    {ARM_BAD_PERMISSION, "store to constants", {0x601e}, 1, false, false, false},
    {ARM_BAD_PERMISSION, "execution of data", {0x4738}, 2, false, false, false},
    {ARM_UNALIGNED, "ldrd", {0xe9d5, 0x2300}, 1, false, false, false},
    {ARM_UNALIGNED, "ldm", {0xcd0c}, 1, false, false, false},
    {ARM_UNALIGNED, "ldr where the core traps", {0x682e}, 1, false, true, false},
    {ARM_UNALIGNED, "ldr at an address that may be unaligned", {0x6816}, 1, false, true, false},
    {ARM_BELOW_SP, "store below sp", {0xf84d, 0x6c04}, 1, false, false, false},
    {ARM_BAD_SP, "sp at an unknown place", {0x4695}, 1, false, false, false},
    {ARM_BAD_SP, "sp beyond its stack", {0xb0a0}, 1, false, false, false},
    {ARM_BAD_SP, "sp unaligned", {0xf1ad, 0x0d02}, 1, false, false, false},
    {ARM_BAD_BRANCH, "bx to an even address", {0x4700}, 1, false, false, false},
    {ARM_BAD_BRANCH, "bx to any address", {0x4710}, 1, false, false, false},
    {ARM_BAD_BRANCH, "code in no block", {0xe7ee}, 2, false, false, false},
    {ARM_DIVIDE_BY_ZERO, "udiv", {0xfbb0, 0xf2f6}, 1, false, false, true},
    {ARM_DIVIDE_BY_ZERO, "udiv by any value", {0xfbb0, 0xf2f2}, 1, true, false, true},
    {ARM_SYSTEM, "svc", {0xdf00}, 1, false, false, false},
    {ARM_SYSTEM, "bkpt", {0xbe00}, 1, false, false, false},
    {ARM_SYSTEM, "bkpt where the condition fails", {0x42a4, 0xbf18, 0xbe00}, 3, false, false, false},
    {ARM_SYSTEM, "mrs", {0xf3ef, 0x8000}, 1, false, false, false},
    {ARM_SYSTEM, "wfi", {0xbf30}, 1, false, false, false},
    {ARM_SYSTEM, "wfe.w", {0xf3af, 0x8002}, 1, false, false, false},
    {ARM_SYSTEM, "dsb", {0xf3bf, 0x8f4f}, 1, false, false, false},
    {ARM_UNSUPPORTED, "ldrex", {0xe850, 0x1f00}, 1, false, false, false},
    {ARM_UNSUPPORTED, "uxtah, of a newer architecture", {0xfa12, 0xf483}, 1, false, false, false},
    {ARM_UNDEFINED, "udf where the condition fails", {0x42a4, 0xbf18, 0xde00}, 3, false, false, false},
    {ARM_UNPREDICTABLE, "and.w of sp where the condition fails", {0x42a4, 0xbf18, 0xea0d, 0x0001}, 3, false, false, false},
    {ARM_UNPREDICTABLE, "branch into an it block", {0xe000, 0xbf18, 0x2001}, 2, false, false, false},
    {ARM_UNPREDICTABLE, "branch back into an it block", {0x42a4, 0xbf08, 0x2001, 0xe7fd}, 5, false, false, false},
    {ARM_USES_ADDRESS, "branch on an address", {0xf018, 0x0f40, 0xd000}, 2, false, false, false},
};

static void test_rules(void **unused)
{
    (void)unused;
    bool seen[ARM_UNSUPPORTED + 1] = {false};
    for (size_t i = 0; i < sizeof rule_cases / sizeof *rule_cases; i++) {
        const struct rule_case *c = &rule_cases[i];
        struct fixture f;
        setup(&f, c->code, 6);
        f.answer = c->answer;
        f.env.undeclared = TERM_UNDEFINED | TERM_PRIVATE;
        f.s.core = (struct arm_core){.unaligned_trap = c->unaligned_trap, .div_0_trap = c->div_0_trap};
        for (unsigned step = 1; step <= c->steps; step++)
            if (arm_step(&f.s) != (step < c->steps))
                fail_msg("%s: step %u: %s: %s", c->what, step, arm_rule_info(f.s.broken)->name, f.s.detail);
        if (f.s.broken != c->rule)
            fail_msg("%s: %s: %s", c->what, arm_rule_info(f.s.broken)->name, f.s.detail);
        assert_true(strlen(f.s.detail) > 0);
        seen[c->rule] = true;
        teardown(&f);
    }
    seen[ARM_RULE_NONE] = true;
    for (unsigned rule = 0; rule <= ARM_UNSUPPORTED; rule++)
        if (!seen[rule])
            fail_msg("no case for %s", arm_rule_info(rule)->name);
}

static void test_undefined_whatever_its_bits(void **unused)
{
    (void)unused;
    struct fixture f;
    setup(&f, NULL, 0);
    arm_poke(&f.s, 0, 0, term_concat(term_var("second", 16, TERM_ORDINARY), term_const(16, 0xffff)));
    assert_false(arm_step(&f.s));
    assert_int_equal(f.s.broken, ARM_UNDEFINED);
    teardown(&f);
}

/* ---- stacks ---- */

static void test_stack(void **unused)
{
    (void)unused;
    static const uint16_t code[] = {
        0xb410,         /* push {r4} */
        0xbc20,         /* pop {r5} */
        0xf85d, 0x2c04, /* ldr r2, [sp, #-4] */
        0xf85d, 0x3c04, /* ldr r3, [sp, #-4] */
        0xb081,         /* sub sp, #4 */
        0x9e00,         /* ldr r6, [sp] */
        0x9f00,         /* ldr r7, [sp] */
    };
    struct fixture f;
    setup(&f, code, sizeof code / sizeof *code);
    term sp = f.s.r[ARM_SP];
    for (unsigned i = 0; i < 7; i++)
        assert_true(arm_step(&f.s));
    assert_ptr_equal(f.s.r[5], f.s.r[4]);
    assert_ptr_not_equal(f.s.r[2], f.s.r[3]); /* another interrupt */
    assert_int_equal(f.s.r[2]->classes, TERM_UNDEFINED);
    assert_ptr_equal(f.s.r[6], f.s.r[7]); /* in a frame a word keeps its value, but it is not what was popped */
    assert_int_equal(f.s.r[6]->classes, TERM_UNDEFINED);
    undo_to(&f.undo, 0);
    assert_ptr_equal(f.s.r[ARM_SP], sp);
    assert_int_equal(f.s.fresh_count, 0);
    teardown(&f);
}

/* ---- blocks ---- */

static void test_cells(void **unused)
{
    (void)unused;
    struct fixture f;
    setup(&f, NULL, 0);
    term address = term_const(32, DATA + 3), value = term_var("value", 32, TERM_ORDINARY);
    assert_true(arm_store(&f.s, address, 4, value, false)); /* across two words */
    assert_ptr_equal(arm_load(&f.s, address, 4, false), value);
    assert_ptr_equal(arm_load(&f.s, term_const(32, DATA + 4), 2, false), term_extract(value, 8, 16));
    assert_ptr_equal(arm_load(&f.s, term_const(32, DATA), 1, false),
                     term_extract(term_var("data_0", 32, TERM_ORDINARY), 0, 8));
    undo_to(&f.undo, 0);
    assert_ptr_equal(arm_load(&f.s, term_const(32, DATA + 4), 4, false), term_var("data_4", 32, TERM_ORDINARY));
    teardown(&f);
}

static term any_table(void *data, term offset, unsigned width)
{
    *(term *)data = offset;
    return term_extract(term_var("entry", 32, TERM_ORDINARY), 0, 8 * width);
}

static void test_table(void **unused)
{
    (void)unused;
    struct fixture f;
    term seen = NULL, index = term_var("index", 32, TERM_ORDINARY), at = base("table_base");
    setup(&f, NULL, 0);
    size_t block = arm_add_block(&f.s, (struct arm_block){.name = "table",
                                                          .base = at,
                                                          .size = 1024,
                                                          .permissions = ARM_READ,
                                                          .table_read = any_table,
                                                          .table_data = &seen});
    term offset = term_mul(index, term_const(32, 4)), found;
    size_t resolved;
    assert_true(arm_resolve(&f.s, term_add(at, offset), &resolved, &found));
    assert_int_equal(resolved, block);
    assert_ptr_equal(found, offset);
    f.answer = true;
    assert_ptr_equal(arm_load(&f.s, term_add(at, offset), 4, false), term_var("entry", 32, TERM_ORDINARY));
    assert_ptr_equal(seen, offset);
    assert_false(arm_store(&f.s, term_add(at, offset), 4, index, false));
    assert_int_equal(f.s.broken, ARM_BAD_PERMISSION);
    f.answer = false;
    assert_null(arm_load(&f.s, term_add(at, offset), 4, false));
    assert_int_equal(f.s.broken, ARM_BAD_ADDRESS);
    teardown(&f);
}

/* A switch: an index of two bits into an image is one path for each value; here all bits are ones. */
static void test_image_at_symbolic_index(void **unused)
{
    (void)unused;
    struct fixture f;
    setup(&f, NULL, 0);
    f.answer = true;
    term index = term_zext(term_var("case", 2, TERM_ORDINARY), 32);
    term loaded = arm_load(&f.s, term_add(term_const(32, CONSTANTS + 8), index), 1, false);
    assert_ptr_equal(loaded, term_const(8, 12));
    teardown(&f);
}

static term any_load(void *data, term address, unsigned width)
{
    (void)data;
    return term_extract(address, 0, 8 * width);
}

static bool any_store(void *data, term address, unsigned width, term value)
{
    (void)data;
    return width == 4 && address == value;
}

static void test_other_memory(void **unused)
{
    (void)unused;
    static const uint16_t code[] = {0x6812 /* ldr r2, [r2] */, 0x6012 /* str r2, [r2] */};
    struct fixture f;
    setup(&f, code, 2);
    f.env.load = any_load;
    f.env.store = any_store;
    assert_true(arm_step(&f.s));
    assert_ptr_equal(f.s.r[2], term_var("any", 32, TERM_ORDINARY));
    assert_true(arm_step(&f.s));
    teardown(&f);
}

/* ---- immediates ---- */

static term known_immediate(void *data, term imm12)
{
    (void)data;
    return imm12->width == 12 ? term_var("expanded", 32, TERM_ORDINARY) : NULL;
}

static void test_expand_imm(void **unused)
{
    (void)unused;
    struct fixture f;
    setup(&f, NULL, 0);
    f.env.expand_imm = known_immediate;
    /* movs.w r0, #imm with imm8 symbolic: f05f 40xx, imm12<11:10> = 01 */
    term byte = term_var("imm8", 8, TERM_ORDINARY);
    arm_poke(&f.s, 0, 0, term_concat(term_concat(term_const(8, 0x40), byte), term_const(16, 0xf05f)));
    assert_true(arm_step(&f.s));
    assert_ptr_equal(f.s.r[0], term_var("expanded", 32, TERM_ORDINARY));
    assert_ptr_equal(f.s.c, term_extract(f.s.r[0], 31, 1));
    teardown(&f);
}

/* ---- flags ---- */

/* The comparison of cmp comes back whole from each condition. */
static void test_conditions(void **unused)
{
    (void)unused;
    static const uint16_t code[] = {0x4282 /* cmp r2, r0 */};
    struct fixture f;
    setup(&f, code, 1);
    term a = f.s.r[2], b = f.s.r[0] = term_var("other", 32, TERM_ORDINARY);
    assert_true(arm_step(&f.s));
    assert_ptr_equal(arm_condition(&f.s, 0), term_eq(a, b));
    assert_ptr_equal(arm_condition(&f.s, 1), term_ne(a, b));
    assert_ptr_equal(arm_condition(&f.s, 2), term_ule(b, a));
    assert_ptr_equal(arm_condition(&f.s, 3), term_ult(a, b));
    assert_ptr_equal(arm_condition(&f.s, 10), term_sle(b, a));
    assert_ptr_equal(arm_condition(&f.s, 11), term_slt(a, b));
    assert_true(term_is_true(arm_condition(&f.s, 14)));
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),        cmocka_unit_test(test_undefined_whatever_its_bits),
        cmocka_unit_test(test_stack),        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_table),        cmocka_unit_test(test_image_at_symbolic_index),
        cmocka_unit_test(test_other_memory), cmocka_unit_test(test_expand_imm),
        cmocka_unit_test(test_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
