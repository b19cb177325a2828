/* The 64-bit division routines against the host's division, on corner values and random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../jit.h"

static const uint64_t corners[] = {
    0,
    1,
    2,
    3,
    10,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    UINT64_C(1) << 32,
    UINT64_C(0x100000001),
    UINT64_C(0x1ffffffff),
    UINT64_C(0xffffffff00000000),
    UINT64_C(0x7fffffffffffffff),
    UINT64_C(1) << 63,
    UINT64_C(0x8000000000000001),
    UINT64_C(0xfffffffffffffffe),
    UINT64_MAX,
    UINT64_C(0x123456789abcdef0),
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void agree(uint64_t n, uint64_t d)
{
    int64_t sn = (int64_t)n;
    int64_t sd = (int64_t)d;
    uint64_t quotient = d ? n / d : 0;
    uint64_t signed_quotient = 0;

    if (d == UINT64_MAX)
        signed_quotient = 0 - n;
    else if (d)
        signed_quotient = (uint64_t)(sn / sd);

    assert_true(jit_routines[JIT_DIV64](n, d) == quotient);
    assert_true(jit_routines[JIT_MOD64](n, d) == n - quotient * d);
    assert_true(jit_routines[JIT_SDIV64](n, d) == signed_quotient);
    assert_true(jit_routines[JIT_SMOD64](n, d) == n - signed_quotient * d);
}

static void corner_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(corners); i++)
        for (size_t k = 0; k < COUNT(corners); k++)
            agree(corners[i], corners[k]);
}

/* Numbers of every length: a quotient of any size is as likely as any other. */
static void random_values(void **state)
{
    (void)state;
    uint64_t x = 1;

    for (uint32_t i = 0; i < 200000; i++) {
        uint64_t n, d;

        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        n = x >> (i % 64);
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        d = x >> (i / 64 % 64);
        agree(n, d);
        agree(n, n - d);
        agree(0 - n, d);
    }
}

/* A step brings down the top bit of the dividend; without steps left, nothing changes. */
static void one_step(void **state)
{
    (void)state;
    struct jit_division s = {
        .remainder = 5, .divisor = 7, .dividend = 0x80000001, .quotient = 3, .remaining = 2};

    assert_int_equal(jit_divide_step(&s), 1);
    assert_true(s.remainder == 4 && s.divisor == 7);
    assert_true(s.dividend == 2 && s.quotient == 7 && s.remaining == 1);
    assert_int_equal(jit_divide_step(&s), 1);
    assert_true(s.remainder == 1 && s.dividend == 4 && s.quotient == 15 && s.remaining == 0);
    assert_int_equal(jit_divide_step(&s), 0);
    assert_true(s.remainder == 1 && s.dividend == 4 && s.quotient == 15 && s.remaining == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corner_values),
        cmocka_unit_test(random_values),
        cmocka_unit_test(one_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
