/* jit_modimm against the manual's expansion, DDI 0403E A5.3.2, read backwards by search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../jit.h"

/* ThumbExpandImm. UNPREDICTABLE encodings expand to 0 here, which only 0x000 may mean. */
static uint32_t expand(uint32_t imm12)
{
    uint32_t b = imm12 & 0xff;

    switch (imm12 >> 8) {
    case 0:
        return b;
    case 1:
        return b | b << 16;
    case 2:
        return b << 8 | b << 24;
    case 3:
        return b | b << 8 | b << 16 | b << 24;
    default:
        break;
    }
    b = 0x80 | (imm12 & 0x7f);
    return b >> (imm12 >> 7) | b << (32 - (imm12 >> 7));
}

static uint32_t search(uint32_t value)
{
    for (uint32_t imm12 = 0; imm12 < 0x1000; imm12++)
        if (expand(imm12) == value)
            return imm12;
    return JIT_NO_MODIMM;
}

/* Every encoding is found again, or an equal one. */
static void every_encoding(void **state)
{
    (void)state;
    for (uint32_t imm12 = 0; imm12 < 0x1000; imm12++) {
        uint32_t found = jit_modimm(expand(imm12));

        assert_true(found < 0x1000);
        assert_int_equal(expand(found), expand(imm12));
        assert_true(found == 0 || expand(found) != 0);
    }
}

static void agree(uint32_t value)
{
    uint32_t found = jit_modimm(value);

    assert_int_equal(found, search(value));
}

/* One bit away from each encodable value: where an encoder that takes too much would show. */
static void near_misses(void **state)
{
    (void)state;
    for (uint32_t imm12 = 0; imm12 < 0x1000; imm12 += 3)
        for (uint32_t bit = 0; bit < 32; bit += 1 + imm12 % 5)
            agree(expand(imm12) ^ 1u << bit);
}

/* Every 16-bit value, in either half, in both, and complemented. */
static void halves(void **state)
{
    (void)state;
    for (uint32_t half = 0; half < 0x10000; half += 13) {
        agree(half);
        agree(half << 16);
        agree(half | half << 16);
        agree(~half);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding),
        cmocka_unit_test(near_misses),
        cmocka_unit_test(halves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
