/* Corners of the semantics, each by its manual page: what a table of values says better than random cases. */
#include "symexec/arm/test/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { N = 8, Z = 4, C = 2, V = 1, SAME = -1 };

static void set_flags(struct arm_state *s, unsigned nzcv)
{
    s->n = term_const(1, nzcv >> 3 & 1);
    s->z = term_const(1, nzcv >> 2 & 1);
    s->c = term_const(1, nzcv >> 1 & 1);
    s->v = term_const(1, nzcv & 1);
}

static unsigned flags(struct fixture *f)
{
    const struct arm_state *s = &f->s;
    return (unsigned)(fixture_eval(f, s->n) << 3 | fixture_eval(f, s->z) << 2 | fixture_eval(f, s->c) << 1 |
                      fixture_eval(f, s->v));
}

/* ---- the carry of a modified immediate (A5.3.2) ---- */

static const struct {
    const char *name;
    uint16_t first; /* halfword, of r0 */
    uint16_t rd;    /* r2, or none */
} logical[] = {
    {"ands", 0xf010, 0x0200},   {"bics", 0xf030, 0x0200}, {"orrs", 0xf050, 0x0200},
    {"movs.w", 0xf05f, 0x0200}, {"orns", 0xf070, 0x0200}, {"mvns", 0xf07f, 0x0200},
    {"eors", 0xf090, 0x0200},   {"tst", 0xf010, 0x0f00},  {"teq", 0xf090, 0x0f00},
};

static const struct {
    uint32_t value;
    uint16_t imm12; /* i:imm3:imm8 */
    int carry;      /* bit 31 of what is rotated */
} immediates[] = {
    {0x80000000, 0x400, 1},    {0xff000000, 0x47f, 1},    {0x40000000, 0x480, 0},
    {0x000001fe, 0xfff, 0},    {0x000000ff, 0x0ff, SAME}, {0x00000000, 0x000, SAME},
    {0x00ff00ff, 0x1ff, SAME}, {0xff00ff00, 0x2ff, SAME}, {0xffffffff, 0x3ff, SAME},
};

static void rotated_immediates_carry(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof logical / sizeof *logical; i++)
        for (size_t k = 0; k < sizeof immediates / sizeof *immediates; k++)
            for (unsigned before = 0; before < 2; before++) {
                unsigned imm12 = immediates[k].imm12;
                const uint16_t code[] = {(uint16_t)(logical[i].first | imm12 >> 11 << 10),
                                         (uint16_t)((imm12 >> 8 & 7) << 12 | logical[i].rd | (imm12 & 0xff))};
                struct fixture f;
                fixture_open(&f, code, 2);
                set_flags(&f.s, before ? C : 0);
                assert_true(arm_step(&f.s));
                unsigned expected = immediates[k].carry == SAME ? before : (unsigned)immediates[k].carry;
                if ((flags(&f) >> 1 & 1) != expected)
                    fail_msg("%s #0x%x with carry %u", logical[i].name, immediates[k].value, before);
                if (logical[i].first == 0xf05f)
                    assert_ptr_equal(f.s.r[2], term_const(32, immediates[k].value));
                fixture_close(&f);
            }
}

/* ---- shifts by a register (A7.4.2): the low byte counts ---- */

static const struct {
    const char *name;
    uint16_t narrow, wide; /* r0, r0, r1; the wide one's second halfword is 0xf001 */
} shifts[] = {{"lsl", 0x4088, 0xfa10}, {"lsr", 0x40c8, 0xfa30}, {"asr", 0x4108, 0xfa50}, {"ror", 0x41c8, 0xfa70}};

/* Of 0x80000001. */
static const struct {
    uint32_t amount;
    struct {
        uint32_t value;
        int carry;
    } by[4];
} amounts[] = {
    {0, {{0x80000001, SAME}, {0x80000001, SAME}, {0x80000001, SAME}, {0x80000001, SAME}}},
    {1, {{0x00000002, 1}, {0x40000000, 1}, {0xc0000000, 1}, {0xc0000000, 1}}},
    {31, {{0x80000000, 0}, {0x00000001, 0}, {0xffffffff, 0}, {0x00000003, 0}}},
    {32, {{0, 1}, {0, 1}, {0xffffffff, 1}, {0x80000001, 1}}},
    {33, {{0, 0}, {0, 0}, {0xffffffff, 1}, {0xc0000000, 1}}},
    {64, {{0, 0}, {0, 0}, {0xffffffff, 1}, {0x80000001, 1}}},
    {255, {{0, 0}, {0, 0}, {0xffffffff, 1}, {0x00000003, 0}}},
    {256, {{0x80000001, SAME}, {0x80000001, SAME}, {0x80000001, SAME}, {0x80000001, SAME}}},
    {0xffffff20, {{0, 1}, {0, 1}, {0xffffffff, 1}, {0x80000001, 1}}},
};

/* The amount is a constant, or a variable that has its value. */
static void shift(size_t type, size_t k, bool wide, bool symbolic, unsigned before)
{
    const uint16_t code[] = {wide ? shifts[type].wide : shifts[type].narrow, 0xf001};
    struct fixture f;
    fixture_open(&f, code, 2);
    f.by_value = true;
    f.value = amounts[k].amount;
    f.s.r[0] = term_const(32, 0x80000001);
    f.s.r[1] = symbolic ? term_var("amount", 32, TERM_ORDINARY) : term_const(32, amounts[k].amount);
    set_flags(&f.s, before ? C | V : V);
    assert_true(arm_step(&f.s));
    uint32_t value = amounts[k].by[type].value;
    unsigned carry = amounts[k].by[type].carry == SAME ? before : (unsigned)amounts[k].by[type].carry;
    unsigned expected = (value >> 31 ? N : 0) | (value == 0 ? Z : 0) | (carry ? C : 0) | V;
    if (fixture_eval(&f, f.s.r[0]) != value || flags(&f) != expected)
        fail_msg("%s by %u: %x, flags %x", shifts[type].name, amounts[k].amount, (unsigned)fixture_eval(&f, f.s.r[0]),
                 flags(&f));
    fixture_close(&f);
}

static void shifts_by_a_register_carry(void **unused)
{
    (void)unused;
    for (size_t type = 0; type < 4; type++)
        for (size_t k = 0; k < sizeof amounts / sizeof *amounts; k++)
            for (unsigned which = 0; which < 8; which++)
                shift(type, k, which & 1, which & 2, which >> 2);
}

/* ---- carry and overflow of sums (A2.2.1), where they begin ---- */

static const struct {
    const char *what;
    uint16_t code; /* of r0 and r1, to r0 */
    uint32_t r0, r1;
    unsigned before, after; /* flags */
    uint32_t value;
} sums[] = {
    {"adds", 0x1840, 0xffffffff, 1, 0, Z | C, 0},
    {"adds", 0x1840, 0xfffffffe, 1, C, N, 0xffffffff},
    {"adds", 0x1840, 0x7fffffff, 1, 0, N | V, 0x80000000},
    {"adds", 0x1840, 0x80000000, 0x80000000, 0, Z | C | V, 0},
    {"adds", 0x1840, 5, 0, C, 0, 5},
    {"adcs", 0x4148, 0xffffffff, 0, C, Z | C, 0},
    {"adcs", 0x4148, 0xfffffffe, 0, C, N, 0xffffffff},
    {"adcs", 0x4148, 0xfffffffe, 1, C, Z | C, 0},
    {"adcs", 0x4148, 0x7fffffff, 0, C, N | V, 0x80000000},
    {"adcs", 0x4148, 0xffffffff, 0xffffffff, C, N | C, 0xffffffff},
    {"subs", 0x1a40, 0, 0, 0, Z | C, 0},
    {"subs", 0x1a40, 0, 1, C, N, 0xffffffff},
    {"subs", 0x1a40, 7, 7, 0, Z | C, 0},
    {"subs", 0x1a40, 0x80000000, 1, 0, C | V, 0x7fffffff},
    {"subs", 0x1a40, 0x7fffffff, 0xffffffff, C, N | V, 0x80000000},
    {"sbcs", 0x4188, 1, 0, 0, Z | C, 0},
    {"sbcs", 0x4188, 0, 0, 0, N, 0xffffffff},
    {"sbcs", 0x4188, 0, 0, C, Z | C, 0},
    {"sbcs", 0x4188, 0x80000000, 0, 0, C | V, 0x7fffffff},
    {"sbcs", 0x4188, 0, 0xffffffff, 0, Z, 0},
};

/* Either operand may be a variable that has its value. */
static void sums_carry(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        for (int variable = -1; variable < 2; variable++) {
            struct fixture f;
            fixture_open(&f, &sums[i].code, 1);
            f.by_value = true;
            f.value = variable == 0 ? sums[i].r0 : sums[i].r1;
            term addend = term_var("addend", 32, TERM_ORDINARY);
            f.s.r[0] = variable == 0 ? addend : term_const(32, sums[i].r0);
            f.s.r[1] = variable == 1 ? addend : term_const(32, sums[i].r1);
            set_flags(&f.s, sums[i].before);
            assert_true(arm_step(&f.s));
            if (fixture_eval(&f, f.s.r[0]) != sums[i].value || flags(&f) != sums[i].after)
                fail_msg("%s of %x and %x, r%d a variable: %x, flags %x", sums[i].what, sums[i].r0, sums[i].r1,
                         variable, (unsigned)fixture_eval(&f, f.s.r[0]), flags(&f));
            fixture_close(&f);
        }
}

/* ---- instructions at states ---- */

static const struct {
    const char *what;
    uint16_t code[6];
    unsigned count, steps;
    uint32_t r0, r1;
    unsigned before, after; /* flags */
    unsigned reg;
    uint32_t value;
} rows[] = {
    {"rsbs r0, r1, #0 of 0", {0x4248}, 1, 1, 5, 0, V, Z | C, 0, 0},
    {"rsbs r0, r1, #0 of 1", {0x4248}, 1, 1, 5, 1, C, N, 0, -1u},
    {"rsbs r0, r1, #0 of the least", {0x4248}, 1, 1, 5, 0x80000000, C, N | V, 0, 0x80000000},
    {"rsbs.w r2, r0, #0 of 0", {0xf1d0, 0x0200}, 2, 1, 0, 0, 0, Z | C, 2, 0},
    {"rsbs.w r2, r0, #0 of the least", {0xf1d0, 0x0200}, 2, 1, 0x80000000, 0, C, N | V, 2, 0x80000000},
    {"cmp r0, r1 of equals", {0x4288}, 1, 1, 7, 7, 0, Z | C, 0, 7},
    {"cmn r0, r1 that overflows", {0x42c8}, 1, 1, 0x7fffffff, 1, C, N | V, 0, 0x7fffffff},
    {"sbcs r0, r1 without borrow", {0x4188}, 1, 1, 5, 5, C, Z | C, 0, 0},
    {"sbcs r0, r1 with borrow", {0x4188}, 1, 1, 5, 5, 0, N, 0, -1u},

    {"udiv of 0x80000000 by 0xffffffff", {0xfbb0, 0xf2f1}, 2, 1, 0x80000000, -1u, 0, 0, 2, 0},
    {"udiv of 0xffffffff by 0xffffffff", {0xfbb0, 0xf2f1}, 2, 1, -1u, -1u, 0, 0, 2, 1},
    {"sdiv of the least by -1", {0xfb90, 0xf2f1}, 2, 1, 0x80000000, -1u, N, N, 2, 0x80000000},
    {"sdiv rounds to 0", {0xfb90, 0xf2f1}, 2, 1, -7u, 2, 0, 0, 2, -3u},
    {"udiv by 0", {0xfbb0, 0xf2f1}, 2, 1, 7, 0, 0, 0, 2, 0},

    {"tbb [pc, r1], the first", {0xe8df, 0xf001, 0x0402}, 3, 1, 0, 0, 0, 0, ARM_PC, CODE + 8},
    {"tbb [pc, r1], the second", {0xe8df, 0xf001, 0x0402}, 3, 1, 0, 1, 0, 0, ARM_PC, CODE + 12},
    {"tbh [pc, r1], the second", {0xe8df, 0xf011, 0x0002, 0x0005}, 4, 1, 0, 1, 0, 0, ARM_PC, CODE + 14},
    {"nop; tbb [pc, r1]: the pc is not aligned", {0xbf00, 0xe8df, 0xf001, 0x0402}, 4, 2, 0, 0, 0, 0, ARM_PC, CODE + 10},

    {"ite eq of 32 bits, then", {0xbf0c, 0xf04f, 0x0201, 0xf04f, 0x0202}, 5, 3, 0, 0, Z, Z, 2, 1},
    {"ite eq of 32 bits, else", {0xbf0c, 0xf04f, 0x0201, 0xf04f, 0x0202}, 5, 3, 0, 0, 0, 0, 2, 2},
    {"ite eq of 32 bits, behind it", {0xbf0c, 0xf04f, 0x0201, 0xf04f, 0x0202}, 5, 3, 0, 0, 0, 0, ARM_PC, CODE + 10},
    {"it eq; movs sets no flags", {0xbf08, 0x2200}, 2, 2, 0, 0, Z | N, Z | N, 2, 0},
    {"it eq; movs.w sets flags", {0xbf08, 0xf05f, 0x0201}, 3, 2, 0, 0, Z | N, 0, 2, 1},
    {"itt eq: what the first changes the second obeys",
     {0xbf04, 0xf05f, 0x0001, 0x2205},
     4,
     3,
     0,
     0,
     Z,
     0,
     2,
     CONSTANTS},

    {"ldm r0, {r0, r2}: the base", {0xc805}, 1, 1, CONSTANTS, 0, 0, 0, 0, 0x04030201},
    {"ldm r0, {r0, r2}: the other", {0xc805}, 1, 1, CONSTANTS, 0, 0, 0, 2, 0x08070605},
    {"ldm r0!, {r1, r2}: the base", {0xc806}, 1, 1, CONSTANTS, 0, 0, 0, 0, CONSTANTS + 8},
    {"ldm.w r0, {r0, r2}: the base", {0xe890, 0x0005}, 2, 1, CONSTANTS, 0, 0, 0, 0, 0x04030201},
    {"ldmdb r0, {r0, r2}: the other", {0xe910, 0x0005}, 2, 1, CONSTANTS + 8, 0, 0, 0, 2, 0x08070605},
};

static void corners(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture f;
        fixture_open(&f, rows[i].code, rows[i].count);
        f.s.r[0] = term_const(32, rows[i].r0);
        f.s.r[1] = term_const(32, rows[i].r1);
        f.s.r[2] = term_const(32, CONSTANTS);
        set_flags(&f.s, rows[i].before);
        for (unsigned step = 0; step < rows[i].steps; step++)
            if (!arm_step(&f.s))
                fail_msg("%s: %s", rows[i].what, f.s.detail);
        if (f.s.r[rows[i].reg] != term_const(32, rows[i].value) || flags(&f) != rows[i].after)
            fail_msg("%s: %x, flags %x", rows[i].what, (unsigned)f.s.r[rows[i].reg]->value, flags(&f));
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rotated_immediates_carry),
        cmocka_unit_test(shifts_by_a_register_carry),
        cmocka_unit_test(sums_carry),
        cmocka_unit_test(corners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
