/*
 * 32-bit arithmetic on numbers: operands are the low halves, results are zero-extended. Expected values are worked out
 * from RFC 9669 section 4.1, by hand. Most operands have something in the upper half that must not matter.
 */
#include "specs/test/alu.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct imm_case imm_cases[] = {
    {"4.1", ALU | ADD | K, 0, 0xffffffffffffffff, 1, 0},
    {"4.1", ALU | ADD | K, 0, 0x123456780000000f, 0, 0xf},
    {"4.1", ALU | ADD | K, 0, 0x7fffffff, 1, 0x80000000},
    {"4.1", ALU | ADD | K, 0, 0xffffffff00000000, -1, 0xffffffff},
    {"4.1", ALU | ADD | K, 0, 0x8000000000000005, INT32_MIN, 0x80000005},
    {"4.1", ALU | SUB | K, 0, 0, 1, 0xffffffff},
    {"4.1", ALU | SUB | K, 0, 0xffffffff00000000, INT32_MIN, 0x80000000},
    {"4.1", ALU | SUB | K, 0, 0x100000000, 1, 0xffffffff},
    {"4.1", ALU | SUB | K, 0, 0x123456789abcdef0, 0, 0x9abcdef0},
    {"4.1", ALU | SUB | K, 0, 0x80000000, 1, 0x7fffffff},
    {"4.1", ALU | MUL | K, 0, 0xffffffff, -1, 1},
    {"4.1", ALU | MUL | K, 0, 0x100000003, 5, 15},
    {"4.1", ALU | MUL | K, 0, 0x10000, 0x10000, 0},
    {"4.1", ALU | MUL | K, 0, 0x12345678ffffffff, 2, 0xfffffffe},
    {"4.1", ALU | MUL | K, 0, 0x80000000, -1, 0x80000000},
    {"4.1", ALU | MUL | K, 0, 0xffffffffffffffff, 0, 0},
    /* unsigned quotients: K is a 32-bit unsigned value; by zero gives 0 */
    {"4.1", ALU | DIV | K, 0, 0xffffffffffffffff, 2, 0x7fffffff},
    {"4.1", ALU | DIV | K, 0, 0x500000064, 7, 14},
    {"4.1", ALU | DIV | K, 0, 0xffffffffffffffff, 0, 0},
    {"4.1", ALU | DIV | K, 0, 0x1ffffffff, -1, 1},
    {"4.1", ALU | DIV | K, 0, 0xfffffffe, -1, 0},
    {"4.1", ALU | DIV | K, 0, 0x80000000, -1, 0},
    {"4.1", ALU | DIV | K, 0, 0xffffffff, INT32_MIN, 1},
    {"4.1", ALU | DIV | K, 0, 0x700000000, 1, 0},
    /* signed quotients, towards zero */
    {"4.1", ALU | DIV | K, 1, 0x100000007, 2, 3},
    {"4.1", ALU | DIV | K, 1, 0xfffffff9, 2, 0xfffffffd}, /* -7 / 2 = -3 */
    {"4.1", ALU | DIV | K, 1, 7, -2, 0xfffffffd},
    {"4.1", ALU | DIV | K, 1, 0x12345678fffffff9, -2, 3},
    {"4.1", ALU | DIV | K, 1, 0x80000000, -1, 0x80000000}, /* wraps */
    {"4.1", ALU | DIV | K, 1, 0xffffffff80000000, -1, 0x80000000},
    {"4.1", ALU | DIV | K, 1, 0x80000000, 1, 0x80000000},
    {"4.1", ALU | DIV | K, 1, 0x80000000, 0, 0},
    {"4.1", ALU | DIV | K, 1, 0xffffffffffffffff, 0, 0},
    {"4.1", ALU | DIV | K, 1, 0x80000000, INT32_MIN, 1},
    {"4.1", ALU | DIV | K, 1, 0x7fffffff, INT32_MIN, 0},
    {"4.1", ALU | DIV | K, 1, 1, -1, 0xffffffff},
    /* unsigned remainders; by zero leaves the low half and clears the upper */
    {"4.1", ALU | MOD | K, 0, 0x500000064, 7, 2},
    {"4.1", ALU | MOD | K, 0, 0x123456789abcdef0, 0, 0x9abcdef0},
    {"4.1", ALU | MOD | K, 0, 0xffffffff00000000, 0, 0},
    {"4.1", ALU | MOD | K, 0, 0xffffffff, -1, 0},
    {"4.1", ALU | MOD | K, 0, 0xfffffffe, -1, 0xfffffffe},
    {"4.1", ALU | MOD | K, 0, 0xffffffffffffffff, 10, 5}, /* 4294967295 */
    {"4.1", ALU | MOD | K, 0, 0x80000000, -1, 0x80000000},
    {"4.1", ALU | MOD | K, 0, 0x80000000, 3, 2},
    /* signed remainders have the sign of the dividend */
    {"4.1", ALU | MOD | K, 1, 0xfffffff3, 3, 0xffffffff}, /* "-13 % 3 == -1" */
    {"4.1", ALU | MOD | K, 1, 13, -3, 1},
    {"4.1", ALU | MOD | K, 1, 0xfffffff3, -3, 0xffffffff},
    {"4.1", ALU | MOD | K, 1, 0x700000000d, 3, 1},
    {"4.1", ALU | MOD | K, 1, 0x80000000, -1, 0},
    {"4.1", ALU | MOD | K, 1, 0xffffffff80000000, -1, 0},
    {"4.1", ALU | MOD | K, 1, 0x1234567880000000, 0, 0x80000000},
    {"4.1", ALU | MOD | K, 1, 0xffffffff00000007, 0, 7},
    {"4.1", ALU | MOD | K, 1, 0x80000000, 3, 0xfffffffe},
    {"4.1", ALU | MOD | K, 1, 0x80000000, INT32_MIN, 0},
    {"4.1", ALU | MOD | K, 1, 5, INT32_MIN, 5},
    {"4.1", ALU | OR | K, 0, 0xffffffff00000000, 0, 0},
    {"4.1", ALU | OR | K, 0, 0x10000000f, 0xf0, 0xff},
    {"4.1", ALU | OR | K, 0, 0x0f0f, 0xff, 0x0fff},
    {"4.1", ALU | OR | K, 0, 0, -1, 0xffffffff},
    {"4.1", ALU | AND | K, 0, 0xffffffffffffffff, -1, 0xffffffff},
    {"4.1", ALU | AND | K, 0, 0xffffffffffffffff, INT32_MIN, 0x80000000},
    {"4.1", ALU | AND | K, 0, 0x123456789abcdef0, 0xffff, 0xdef0},
    {"4.1", ALU | XOR | K, 0, 0xffffffffffffffff, -1, 0}, /* "(u32) dst ^ (u32) imm" */
    {"4.1", ALU | XOR | K, 0, 0, -1, 0xffffffff},
    {"4.1", ALU | XOR | K, 0, 0x123456789abcdef0, 0, 0x9abcdef0},
    {"4.1", ALU | XOR | K, 0, 0xf00000000, INT32_MIN, 0x80000000},
    /* shift counts are masked with 31; a shift by 0 still clears the upper half */
    {"4.1", ALU | LSH | K, 0, 0x123456789abcdef0, 0, 0x9abcdef0},
    {"4.1", ALU | LSH | K, 0, 0xffffffff, 4, 0xfffffff0},
    {"4.1", ALU | LSH | K, 0, 3, 31, 0x80000000},
    {"4.1", ALU | LSH | K, 0, 0x123456789abcdef0, 32, 0x9abcdef0},
    {"4.1", ALU | LSH | K, 0, 1, 33, 2},
    {"4.1", ALU | LSH | K, 0, 5, 63, 0x80000000},
    {"4.1", ALU | LSH | K, 0, 0xffffffff00000001, 64, 1},
    {"4.1", ALU | LSH | K, 0, 1, -1, 0x80000000},
    {"4.1", ALU | RSH | K, 0, 0xffffffffffffffff, 0, 0xffffffff},
    {"4.1", ALU | RSH | K, 0, 0xffffffffffffffff, 1, 0x7fffffff}, /* nothing comes down from the upper half */
    {"4.1", ALU | RSH | K, 0, 0xffffffff00000000, 4, 0},
    {"4.1", ALU | RSH | K, 0, 0x123456789abcdef0, 16, 0x9abc},
    {"4.1", ALU | RSH | K, 0, 0x80000000, 31, 1},
    {"4.1", ALU | RSH | K, 0, 0xffffffffffffffff, 32, 0xffffffff},
    {"4.1", ALU | RSH | K, 0, 0xffffffff, 33, 0x7fffffff},
    {"4.1", ALU | RSH | K, 0, 0xffffffff, -1, 1},
    {"4.1", ALU | ARSH | K, 0, 0xffffffff80000000, 0, 0x80000000},
    {"4.1", ALU | ARSH | K, 0, 0x80000000, 4, 0xf8000000},         /* zero-extended */
    {"4.1", ALU | ARSH | K, 0, 0xffffffff7fffffff, 4, 0x07ffffff}, /* the sign is bit 31 */
    {"4.1", ALU | ARSH | K, 0, 0x80000000, 31, 0xffffffff},
    {"4.1", ALU | ARSH | K, 0, 0x7fffffff, 31, 0},
    {"4.1", ALU | ARSH | K, 0, 0xffffffff80000000, 32, 0x80000000},
    {"4.1", ALU | ARSH | K, 0, 0x80000000, 33, 0xc0000000},
    {"4.1", ALU | ARSH | K, 0, 0x80000000, -1, 0xffffffff},
    {"4.1", ALU | MOV | K, 0, 0xffffffffffffffff, -2, 0xfffffffe},
    {"4.1", ALU | MOV | K, 0, 0xffffffffffffffff, 0, 0},
    {"4.1", ALU | MOV | K, 0, 7, INT32_MIN, 0x80000000},
    {"4.1", ALU | MOV | K, 0, 7, INT32_MAX, 0x7fffffff},
};

static const struct reg_case reg_cases[] = {
    {"4.1", ALU | ADD | X, 0, 0x8000000080000000, 0x80000000, 0},
    {"4.1", ALU | ADD | X, 0, 0x1ffffffff, 0x1ffffffff, 0xfffffffe},
    {"4.1", ALU | ADD | X, 0, 1, 0x123456780000000f, 0x10},
    {"4.1", ALU | SUB | X, 0, 0xabcd00000000, 1, 0xffffffff},
    {"4.1", ALU | SUB | X, 0, 0, 0xffffffff00000001, 0xffffffff},
    {"4.1", ALU | SUB | X, 0, 0x80000000, 0x80000000, 0},
    {"4.1", ALU | MUL | X, 0, 0x1ffffffff, 0x1ffffffff, 1},
    {"4.1", ALU | MUL | X, 0, 0x12345678, 0x100000000, 0},
    {"4.1", ALU | MUL | X, 0, 0x80000001, 0x80000001, 1},
    {"4.1", ALU | DIV | X, 0, 0xffffffffffffffff, 0xff00000010, 0x0fffffff},
    {"4.1", ALU | DIV | X, 0, 0xffffffffffffffff, 0x100000000, 0}, /* the low half of the divisor is 0 */
    {"4.1", ALU | DIV | X, 0, 0x123456789abcdef0, 0, 0},
    {"4.1", ALU | DIV | X, 0, 0x80000000, 0xffffffff, 0},
    {"4.1", ALU | DIV | X, 0, 0xffffffff, 0xffffffffffffffff, 1},
    {"4.1", ALU | DIV | X, 1, 0x80000000, 0xffffffff, 0x80000000},
    {"4.1", ALU | DIV | X, 1, 0xffffffff80000000, 0xffffffffffffffff, 0x80000000},
    {"4.1", ALU | DIV | X, 1, 0x80000000, 0x8000000000000000, 0},
    {"4.1", ALU | DIV | X, 1, 0xfffffff9, 2, 0xfffffffd},
    {"4.1", ALU | DIV | X, 1, 7, 0x1fffffffe, 0xfffffffd},
    {"4.1", ALU | DIV | X, 1, 0xfffffff9, 0xfffffffe, 3},
    {"4.1", ALU | MOD | X, 0, 0x123456789abcdef0, 0, 0x9abcdef0},
    {"4.1", ALU | MOD | X, 0, 0x123456789abcdef0, 0x100000000, 0x9abcdef0}, /* the low half of the divisor is 0 */
    {"4.1", ALU | MOD | X, 0, 0x500000064, 0x700000007, 2},
    {"4.1", ALU | MOD | X, 0, 0x80000000, 0xffffffff, 0x80000000},
    {"4.1", ALU | MOD | X, 1, 0x80000000, 0xffffffff, 0},
    {"4.1", ALU | MOD | X, 1, 0xffffffff80000001, 0xffffffff00000000, 0x80000001},
    {"4.1", ALU | MOD | X, 1, 0xfffffff3, 0x100000003, 0xffffffff},
    {"4.1", ALU | MOD | X, 1, 13, 0xfffffffd, 1},
    {"4.1", ALU | MOD | X, 1, 0xfffffff3, 0xfffffffd, 0xffffffff},
    {"4.1", ALU | OR | X, 0, 0xf000000000000000, 0xf0000000f, 0xf},
    {"4.1", ALU | OR | X, 0, 0x0f0f00000f0f, 0x00ff000000ff, 0x0fff},
    {"4.1", ALU | OR | X, 0, 0x80000000, 0, 0x80000000},
    {"4.1", ALU | AND | X, 0, 0xffffffffffffffff, 0xffffffff00000000, 0},
    {"4.1", ALU | AND | X, 0, 0x123456789abcdef0, 0xffffffffffffffff, 0x9abcdef0},
    {"4.1", ALU | XOR | X, 0, 0x123456789abcdef0, 0xffffffffffffffff, 0x6543210f},
    {"4.1", ALU | XOR | X, 0, 0, 0xf00000000, 0},
    {"4.1", ALU | LSH | X, 0, 0xffffffff00000005, 0, 5},
    {"4.1", ALU | LSH | X, 0, 1, 31, 0x80000000},
    {"4.1", ALU | LSH | X, 0, 0xffffffff00000005, 32, 5},
    {"4.1", ALU | LSH | X, 0, 3, 0x100000001, 6},
    {"4.1", ALU | LSH | X, 0, 1, 0xffffffffffffffff, 0x80000000},
    {"4.1", ALU | RSH | X, 0, 0xffffffff80000001, 0, 0x80000001},
    {"4.1", ALU | RSH | X, 0, 0xffffffff80000000, 31, 1},
    {"4.1", ALU | RSH | X, 0, 0xffffffff80000001, 32, 0x80000001},
    {"4.1", ALU | RSH | X, 0, 0x80000000, 0xffffffffffffffe1, 0x40000000}, /* count 1 */
    {"4.1", ALU | ARSH | X, 0, 0x80000001, 0, 0x80000001},
    {"4.1", ALU | ARSH | X, 0, 0x80000000, 31, 0xffffffff},
    {"4.1", ALU | ARSH | X, 0, 0xffffffff80000001, 32, 0x80000001},
    {"4.1", ALU | ARSH | X, 0, 0xffffffff40000000, 0x10000003e, 1}, /* count 30 */
    {"4.1", ALU | ARSH | X, 0, 0x80000000, 63, 0xffffffff},
    {"4.1", ALU | MOV | X, 0, 7, 0x123456789abcdef0, 0x9abcdef0},
    {"4.1", ALU | MOV | X, 0, 0xffffffffffffffff, 0xffffffff00000000, 0},
    /* movsx: sign-extended to 32 bits, zero-extended from there */
    {"4.1", ALU | MOV | X, 8, 7, 0x80, 0xffffff80},
    {"4.1", ALU | MOV | X, 8, 0xffffffffffffffff, 0x123456789abcde7f, 0x7f},
    {"4.1", ALU | MOV | X, 8, 7, 0xffffffffffffff00, 0},
    {"4.1", ALU | MOV | X, 16, 7, 0x8000, 0xffff8000},
    {"4.1", ALU | MOV | X, 16, 0xffffffffffffffff, 0x123456789abc7fff, 0x7fff},
    {"4.1", ALU | MOV | X, 16, 7, 0xffffffffffff0080, 0x80},
};

static const struct same_case same_cases[] = {
    {"4.1", ALU | ADD | X, 0, 0x1280000001, 2},
    {"4.1", ALU | SUB | X, 0, 0x123456789abcdef0, 0},
    {"4.1", ALU | MUL | X, 0, 0x1ffffffff, 1},
    {"4.1", ALU | DIV | X, 0, 0x123456789abcdef0, 1},
    {"4.1", ALU | DIV | X, 0, 0x1234567800000000, 0},
    {"4.1", ALU | DIV | X, 1, 0x80000000, 1},
    {"4.1", ALU | DIV | X, 1, 0xffffffff00000000, 0},
    {"4.1", ALU | OR | X, 0, 0x123456789abcdef0, 0x9abcdef0},
    {"4.1", ALU | AND | X, 0, 0x123456789abcdef0, 0x9abcdef0},
    {"4.1", ALU | LSH | X, 0, 0x100000021, 0x42},
    {"4.1", ALU | RSH | X, 0, 0xffffffff80000004, 0x08000000},
    {"4.1", ALU | MOD | X, 0, 0x123456789abcdef0, 0},
    {"4.1", ALU | MOD | X, 0, 0x1234567800000000, 0},
    {"4.1", ALU | MOD | X, 1, 0x80000000, 0},
    {"4.1", ALU | XOR | X, 0, 0x123456789abcdef0, 0},
    {"4.1", ALU | MOV | X, 0, 0x123456789abcdef0, 0x9abcdef0}, /* clears the upper half */
    {"4.1", ALU | ARSH | X, 0, 0x80000004, 0xf8000000},
    {"4.1", ALU | MOV | X, 8, 0x123456789abcdef0, 0xfffffff0},
    {"4.1", ALU | MOV | X, 16, 0x123456789abcdef0, 0xffffdef0},
};

static const struct unary_case unary_cases[] = {
    {"4.1", ALU | NEG, 0, 0xffffffff00000000, 0},
    {"4.1", ALU | NEG, 0, 1, 0xffffffff},
    {"4.1", ALU | NEG, 0, 0xffffffff00000001, 0xffffffff},
    {"4.1", ALU | NEG, 0, 0x80000000, 0x80000000},
    {"4.1", ALU | NEG, 0, 0xffffffff, 1},
};

enum {
    IMM = sizeof imm_cases / sizeof *imm_cases,
    REG = sizeof reg_cases / sizeof *reg_cases,
    SAME = sizeof same_cases / sizeof *same_cases,
    UNARY = sizeof unary_cases / sizeof *unary_cases,
};

static struct run_coverage coverage;

static void immediates(void **state)
{
    (void)state;
    assert_int_equal(alu_imm_cases(imm_cases, IMM, &coverage), 0);
}

static void registers(void **state)
{
    (void)state;
    assert_int_equal(alu_reg_cases(reg_cases, REG, &coverage), 0);
}

static void same_register(void **state)
{
    (void)state;
    assert_int_equal(alu_same_cases(same_cases, SAME, &coverage), 0);
}

static void unary(void **state)
{
    (void)state;
    assert_int_equal(alu_unary_cases(unary_cases, UNARY, &coverage), 0);
}

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < bpf_opcode_count; i++) {
        const struct bpf_opcode *row = &bpf_opcodes[i];
        bool here = row->form != BPF_FORM_SWAP && (row->opcode & 7) == ALU;
        if (here && coverage.cases[i] < 2)
            fail_msg("%s has %u cases", row->id, coverage.cases[i]);
    }
    print_message("# %d cases\n", IMM + REG + SAME + UNARY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(immediates), cmocka_unit_test(registers), cmocka_unit_test(same_register),
        cmocka_unit_test(unary),      cmocka_unit_test(every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
