/* What routines promise, against the manual's table by brute force and against C's own division. */
#include "specs/specs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the modified immediate against the table in the manual, by brute force ---- */

static uint32_t expand(uint32_t imm12)
{
    uint32_t imm8 = imm12 & 0xff, rotated = 0x80 | (imm12 & 0x7f), by = imm12 >> 7;
    switch (imm12 >> 8) {
    case 0:
        return imm8;
    case 1:
        return imm8 | imm8 << 16;
    case 2:
        return imm8 << 8 | imm8 << 24;
    case 3:
        return imm8 * 0x01010101u;
    default:
        return rotated >> by | rotated << (32 - by);
    }
}

/* Whether the promise says that there is an encoding. */
static bool promised(uint32_t value)
{
    term argument = term_const(32, value), facts[PROMISE_MAX_FACTS];
    term opaque[] = {term_const(12, 0), term_truth(true)};
    spec_routine("modimm")->facts(&argument, opaque, facts);
    return term_is_true(facts[0]);
}

/* Whether words that a function returned are as promised. */
static bool keeps(const char *name, uint32_t parameter, const uint32_t *arguments, const uint32_t *returned)
{
    const struct promise *p = spec_routine(name);
    struct promise_case cases[PROMISE_MAX_CASES];
    term given[OPAQUE_MAX_ARGUMENTS], words[OPAQUE_MAX_RESULTS], opaque[OPAQUE_MAX_RESULTS], facts[PROMISE_MAX_FACTS];
    bool good = true;
    for (unsigned i = 0; i < p->arguments; i++)
        given[i] = term_const(32, arguments[i]);
    for (unsigned i = 0; i < p->results; i++)
        words[i] = term_const(32, returned[i]);
    if (p->witness)
        p->witness(parameter, words, opaque);
    size_t count = p->facts ? p->facts(given, opaque, facts) : 0;
    for (size_t i = 0; i < count; i++)
        good &= term_is_true(facts[i]);
    count = p->cases(parameter, given, opaque, cases);
    unsigned applicable = 0;
    for (size_t i = 0; i < count; i++) {
        applicable += term_is_true(cases[i].guard);
        for (unsigned w = 0; w < p->results && term_is_true(cases[i].guard); w++)
            good &= cases[i].words[w] == words[w];
    }
    assert_int_equal(applicable, 1);
    return good;
}

static void an_encoder_that_errs_breaks_its_promise(void **state)
{
    (void)state;
    const uint32_t none = 0xffffffff;
    static const struct {
        uint32_t value, returned;
        bool good;
    } rows[] = {
        {0, 0, true},
        {0, 0x100, false}, /* means 0, and is UNPREDICTABLE */
        {0, 0x300, false},
        {0xff, 0xff, true},
        {0xff, 0xfe, false},
        {0x00ab00ab, 0x1ab, true},
        {0x00ab00ab, 0x2ab, false},
        {0x101, 0xffffffff, true},
        {0xff, 0xffffffff, false}, /* there is one */
        {0x101, 0x1001, false},    /* more than 12 bits */
        {0xff000000, 0x47f, true}, /* 1bcdefgh rotated right by 8 */
        {0x3fc, 0xf7f, true},      /* the same by 30 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (keeps("modimm", none, &rows[i].value, &rows[i].returned) != rows[i].good)
            fail_msg("0x%x -> 0x%x", rows[i].value, rows[i].returned);
}

static void divisions(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0, 1, -1, 2, 7, -7, INT64_MIN, INT64_MAX, 0xffffffff, 0x100000000, -0x100000001};
    enum { COUNT = sizeof numbers / sizeof *numbers };
    for (int i = 0; i < COUNT * COUNT; i++) {
        uint64_t n = (uint64_t)numbers[i / COUNT], d = (uint64_t)numbers[i % COUNT];
        int64_t sn = (int64_t)n, sd = (int64_t)d;
        bool minus_one = sd == -1; /* INT64_MIN / -1 is INT64_MIN, which C leaves undefined */
        const struct {
            const char *name;
            uint64_t result;
        } rows[] = {
            {"div64", d ? n / d : 0},
            {"mod64", d ? n % d : n},
            {"sdiv64", minus_one ? 0 - n
                       : d       ? (uint64_t)(sn / sd)
                                 : 0},
            {"smod64", minus_one ? 0
                       : d       ? (uint64_t)(sn % sd)
                                 : n},
        };
        const uint32_t arguments[] = {(uint32_t)n, (uint32_t)(n >> 32), (uint32_t)d, (uint32_t)(d >> 32)};
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            uint64_t r = rows[k].result;
            const uint32_t right[] = {(uint32_t)r, (uint32_t)(r >> 32)}, wrong[] = {(uint32_t)r, ~(uint32_t)(r >> 32)};
            assert_true(keeps(rows[k].name, 0, arguments, right));
            assert_false(keeps(rows[k].name, 0, arguments, wrong));
        }
    }
}

static void modified_immediates(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (uint32_t imm12 = 0; imm12 < 0x1000; imm12++) {
        uint32_t value = expand(imm12);
        assert_int_equal(spec_expand_imm(term_const(12, imm12))->value, value);
        assert_true(promised(value));
    }
    for (int i = 0; i < 2000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        uint32_t value = i % 2 ? (uint32_t)(seed >> 32) : (uint32_t)(seed >> 32) & (0x1ffu << (seed % 24));
        bool found = false;
        for (uint32_t imm12 = 0; imm12 < 0x1000 && !found; imm12++)
            found = expand(imm12) == value;
        assert_int_equal(promised(value), found);
    }
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(spec_routine("div64")->name, "div64");
    assert_null(spec_routine("div65"));
    assert_null(spec_routine(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modified_immediates),
        cmocka_unit_test(an_encoder_that_errs_breaks_its_promise),
        cmocka_unit_test(divisions),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
