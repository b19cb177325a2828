/*
 * 64-bit arithmetic and byte swaps on numbers. Expected values are worked out from RFC 9669 sections 4.1 and 4.2 by
 * hand; -2^63 / -1 is a case of "overflow ... the value will wrap".
 */
#include "specs/test/alu.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* K is sign-extended to 64 bits, for unsigned operations too. */
static const struct imm_case imm_cases[] = {
    {"4.1", ALU64 | ADD | K, 0, 1, -1, 0},
    {"4.1", ALU64 | ADD | K, 0, 0xffffffff, 1, 0x100000000},
    {"4.1", ALU64 | ADD | K, 0, 0, INT32_MIN, 0xffffffff80000000},
    {"4.1", ALU64 | ADD | K, 0, 0x7fffffffffffffff, 1, 0x8000000000000000},
    {"4.1", ALU64 | ADD | K, 0, 0x8000000000000000, -1, 0x7fffffffffffffff},
    {"4.1", ALU64 | ADD | K, 0, 0xffffffffffffffff, INT32_MAX, 0x7ffffffe},
    {"4.1", ALU64 | SUB | K, 0, 0, 1, 0xffffffffffffffff},
    {"4.1", ALU64 | SUB | K, 0, 5, INT32_MIN, 0x80000005},
    {"4.1", ALU64 | SUB | K, 0, 0x100000000, 1, 0xffffffff},
    {"4.1", ALU64 | SUB | K, 0, 0, -1, 1},
    {"4.1", ALU64 | SUB | K, 0, 0x8000000000000000, 1, 0x7fffffffffffffff},
    {"4.1", ALU64 | SUB | K, 0, 0x123456789abcdef0, 0, 0x123456789abcdef0},
    {"4.1", ALU64 | MUL | K, 0, 3, -1, 0xfffffffffffffffd},
    {"4.1", ALU64 | MUL | K, 0, 0x100000001, 0x10000, 0x1000000010000},
    {"4.1", ALU64 | MUL | K, 0, 0xffffffffffffffff, -1, 1},
    {"4.1", ALU64 | MUL | K, 0, 0x8000000000000000, 2, 0},
    {"4.1", ALU64 | MUL | K, 0, 0x8000000000000000, -1, 0x8000000000000000},
    {"4.1", ALU64 | MUL | K, 0, 0x123456789abcdef0, 0, 0},
    {"4.1", ALU64 | MUL | K, 0, 0xffffffff, INT32_MIN, 0x8000000080000000}, /* -2^63 + 2^31 */
    {"4.1", ALU64 | MUL | K, 0, 0x100000000, INT32_MAX, 0x7fffffff00000000},
    /* unsigned quotients; by zero gives 0 */
    {"4.1", ALU64 | DIV | K, 0, 0xffffffffffffffff, 1, 0xffffffffffffffff},
    {"4.1", ALU64 | DIV | K, 0, 100, 7, 14},
    {"4.1", ALU64 | DIV | K, 0, 100, 0, 0},
    {"4.1", ALU64 | DIV | K, 0, 0xffffffffffffffff, 0, 0},
    {"4.1", ALU64 | DIV | K, 0, 0xffffffffffffffff, -1, 1}, /* the divisor is 2^64 - 1 */
    {"4.1", ALU64 | DIV | K, 0, 0xfffffffffffffffe, -1, 0},
    {"4.1", ALU64 | DIV | K, 0, 0xffffffff, -1, 0},
    {"4.1", ALU64 | DIV | K, 0, 0xffffffffffffffff, INT32_MIN, 1}, /* the divisor is 2^64 - 2^31 */
    {"4.1", ALU64 | DIV | K, 0, 0xffffffff7fffffff, INT32_MIN, 0},
    {"4.1", ALU64 | DIV | K, 0, 0x8000000000000000, 2, 0x4000000000000000},
    {"4.1", ALU64 | DIV | K, 0, 0x8000000000000000, -1, 0},
    {"4.1", ALU64 | DIV | K, 0, 0x100000000, 3, 0x55555555},
    /* signed quotients, towards zero */
    {"4.1", ALU64 | DIV | K, 1, 7, 2, 3},
    {"4.1", ALU64 | DIV | K, 1, 0xfffffffffffffff9, 2, 0xfffffffffffffffd}, /* -7 / 2 = -3 */
    {"4.1", ALU64 | DIV | K, 1, 7, -2, 0xfffffffffffffffd},
    {"4.1", ALU64 | DIV | K, 1, 0xfffffffffffffff9, -2, 3},
    {"4.1", ALU64 | DIV | K, 1, 0x8000000000000000, -1, 0x8000000000000000}, /* wraps */
    {"4.1", ALU64 | DIV | K, 1, 0x8000000000000000, 1, 0x8000000000000000},
    {"4.1", ALU64 | DIV | K, 1, 0x8000000000000000, 0, 0},
    {"4.1", ALU64 | DIV | K, 1, 7, 0, 0},
    {"4.1", ALU64 | DIV | K, 1, 1, -1, 0xffffffffffffffff},
    {"4.1", ALU64 | DIV | K, 1, 0x8000000000000000, INT32_MIN, 0x100000000},
    {"4.1", ALU64 | DIV | K, 1, 0xffffffff80000000, INT32_MIN, 1},
    {"4.1", ALU64 | DIV | K, 1, 0x80000000, INT32_MIN, 0xffffffffffffffff},
    {"4.1", ALU64 | DIV | K, 1, 0x80000000, -1, 0xffffffff80000000},
    {"4.1", ALU64 | DIV | K, 1, 0xffffffffffffffff, 2, 0},
    /* unsigned remainders; by zero leaves dst */
    {"4.1", ALU64 | MOD | K, 0, 100, 7, 2},
    {"4.1", ALU64 | MOD | K, 0, 0x123456789abcdef0, 0, 0x123456789abcdef0},
    {"4.1", ALU64 | MOD | K, 0, 0xffffffffffffffff, 0, 0xffffffffffffffff},
    {"4.1", ALU64 | MOD | K, 0, 0xffffffffffffffff, -1, 0},
    {"4.1", ALU64 | MOD | K, 0, 0xfffffffffffffffe, -1, 0xfffffffffffffffe},
    {"4.1", ALU64 | MOD | K, 0, 0xffffffff, -1, 0xffffffff},
    {"4.1", ALU64 | MOD | K, 0, 0xffffffffffffffff, 10, 5}, /* 18446744073709551615 */
    {"4.1", ALU64 | MOD | K, 0, 0x8000000000000000, -1, 0x8000000000000000},
    {"4.1", ALU64 | MOD | K, 0, 0x8000000000000000, 3, 2},
    {"4.1", ALU64 | MOD | K, 0, 0x100000000, 0x10000, 0},
    /* signed remainders have the sign of the dividend */
    {"4.1", ALU64 | MOD | K, 1, 0xfffffffffffffff3, 3, 0xffffffffffffffff}, /* "-13 % 3 == -1" */
    {"4.1", ALU64 | MOD | K, 1, 13, -3, 1},
    {"4.1", ALU64 | MOD | K, 1, 0xfffffffffffffff3, -3, 0xffffffffffffffff},
    {"4.1", ALU64 | MOD | K, 1, 13, 3, 1},
    {"4.1", ALU64 | MOD | K, 1, 0x8000000000000000, -1, 0},
    {"4.1", ALU64 | MOD | K, 1, 0x8000000000000000, 0, 0x8000000000000000},
    {"4.1", ALU64 | MOD | K, 1, 0xfffffffffffffff3, 0, 0xfffffffffffffff3},
    {"4.1", ALU64 | MOD | K, 1, 0x8000000000000000, 3, 0xfffffffffffffffe},
    {"4.1", ALU64 | MOD | K, 1, 0x8000000000000000, INT32_MIN, 0},
    {"4.1", ALU64 | MOD | K, 1, 0x7fffffffffffffff, INT32_MIN, 0x7fffffff},
    {"4.1", ALU64 | MOD | K, 1, 5, INT32_MIN, 5},
    {"4.1", ALU64 | MOD | K, 1, 0xfffffffffffffffb, INT32_MAX, 0xfffffffffffffffb},
    {"4.1", ALU64 | OR | K, 0, 0, -1, 0xffffffffffffffff},
    {"4.1", ALU64 | OR | K, 0, 0x0f0f00000000, 0xf0, 0x0f0f000000f0},
    {"4.1", ALU64 | OR | K, 0, 0x0f0f, 0xff, 0x0fff},
    {"4.1", ALU64 | OR | K, 0, 0, INT32_MIN, 0xffffffff80000000},
    {"4.1", ALU64 | OR | K, 0, 0, INT32_MAX, 0x7fffffff},
    {"4.1", ALU64 | AND | K, 0, 0xffffffffffffffff, -1, 0xffffffffffffffff},
    {"4.1", ALU64 | AND | K, 0, 0xffffffffffffffff, INT32_MAX, 0x7fffffff},
    {"4.1", ALU64 | AND | K, 0, 0xffffffffffffffff, INT32_MIN, 0xffffffff80000000},
    {"4.1", ALU64 | AND | K, 0, 0x123456789abcdef0, 0, 0},
    {"4.1", ALU64 | AND | K, 0, 0x123456789abcdef0, -256, 0x123456789abcde00},
    {"4.1", ALU64 | XOR | K, 0, 0, -1, 0xffffffffffffffff},
    {"4.1", ALU64 | XOR | K, 0, 0xffffffffffffffff, -1, 0},
    {"4.1", ALU64 | XOR | K, 0, 0x123456789abcdef0, INT32_MIN, 0xedcba9871abcdef0},
    {"4.1", ALU64 | XOR | K, 0, 0xff00, 0x0ff0, 0xf0f0},
    /* shift counts are masked with 63 */
    {"4.1", ALU64 | LSH | K, 0, 0x123456789abcdef0, 0, 0x123456789abcdef0},
    {"4.1", ALU64 | LSH | K, 0, 0x123456789abcdef0, 31, 0x4d5e6f7800000000},
    {"4.1", ALU64 | LSH | K, 0, 0x123456789abcdef0, 32, 0x9abcdef000000000},
    {"4.1", ALU64 | LSH | K, 0, 1, 33, 0x200000000},
    {"4.1", ALU64 | LSH | K, 0, 1, 63, 0x8000000000000000},
    {"4.1", ALU64 | LSH | K, 0, 0x123456789abcdef0, 64, 0x123456789abcdef0},
    {"4.1", ALU64 | LSH | K, 0, 1, 65, 2},
    {"4.1", ALU64 | LSH | K, 0, 1, -1, 0x8000000000000000},
    {"4.1", ALU64 | LSH | K, 0, 0xff, INT32_MIN, 0xff},
    {"4.1", ALU64 | RSH | K, 0, 0x8000000000000001, 0, 0x8000000000000001},
    {"4.1", ALU64 | RSH | K, 0, 0x123456789abcdef0, 31, 0x2468acf1},
    {"4.1", ALU64 | RSH | K, 0, 0x8000000000000000, 32, 0x80000000},
    {"4.1", ALU64 | RSH | K, 0, 0xffffffffffffffff, 33, 0x7fffffff},
    {"4.1", ALU64 | RSH | K, 0, 0x8000000000000000, 63, 1},
    {"4.1", ALU64 | RSH | K, 0, 0x8000000000000001, 64, 0x8000000000000001},
    {"4.1", ALU64 | RSH | K, 0, 0xffffffffffffffff, 65, 0x7fffffffffffffff},
    {"4.1", ALU64 | RSH | K, 0, 0xffffffffffffffff, -1, 1},
    {"4.1", ALU64 | ARSH | K, 0, 0x8000000000000001, 0, 0x8000000000000001},
    {"4.1", ALU64 | ARSH | K, 0, 0xfedcba9876543210, 31, 0xfffffffffdb97530},
    {"4.1", ALU64 | ARSH | K, 0, 0x8000000000000000, 32, 0xffffffff80000000},
    {"4.1", ALU64 | ARSH | K, 0, 0x8000000000000000, 63, 0xffffffffffffffff},
    {"4.1", ALU64 | ARSH | K, 0, 0x7fffffffffffffff, 63, 0},
    {"4.1", ALU64 | ARSH | K, 0, 0x80000000, 31, 1}, /* bit 31 is not the sign */
    {"4.1", ALU64 | ARSH | K, 0, 0x8000000000000001, 64, 0x8000000000000001},
    {"4.1", ALU64 | ARSH | K, 0, 0x8000000000000000, 65, 0xc000000000000000},
    {"4.1", ALU64 | ARSH | K, 0, 0x8000000000000000, -1, 0xffffffffffffffff},
    {"4.1", ALU64 | MOV | K, 0, 7, -2, 0xfffffffffffffffe},
    {"4.1", ALU64 | MOV | K, 0, 7, INT32_MIN, 0xffffffff80000000},
    {"4.1", ALU64 | MOV | K, 0, 0xffffffffffffffff, 0, 0},
    {"4.1", ALU64 | MOV | K, 0, 0xffffffffffffffff, INT32_MAX, 0x7fffffff},
};

static const struct reg_case reg_cases[] = {
    {"4.1", ALU64 | ADD | X, 0, 0xffffffffffffffff, 1, 0},
    {"4.1", ALU64 | ADD | X, 0, 0xffffffff, 0xffffffff, 0x1fffffffe}, /* carry into the upper half */
    {"4.1", ALU64 | ADD | X, 0, 0x7fffffffffffffff, 0x7fffffffffffffff, 0xfffffffffffffffe},
    {"4.1", ALU64 | ADD | X, 0, 0x8000000000000000, 0x8000000000000000, 0},
    {"4.1", ALU64 | SUB | X, 0, 0x100000000, 1, 0xffffffff}, /* borrow from the upper half */
    {"4.1", ALU64 | SUB | X, 0, 1, 2, 0xffffffffffffffff},
    {"4.1", ALU64 | SUB | X, 0, 0, 0x8000000000000000, 0x8000000000000000},
    {"4.1", ALU64 | SUB | X, 0, 0x500000001, 0x200000002, 0x2ffffffff},
    {"4.1", ALU64 | MUL | X, 0, 0xffffffff, 0xffffffff, 0xfffffffe00000001},
    {"4.1", ALU64 | MUL | X, 0, 0x100000000, 0x100000000, 0},
    {"4.1", ALU64 | MUL | X, 0, 0x100000002, 0x300000004, 0xa00000008}, /* 2 * 3 + 4 in the upper half */
    {"4.1", ALU64 | MUL | X, 0, 0xffffffffffffffff, 0xffffffffffffffff, 1},
    {"4.1", ALU64 | DIV | X, 0, 0xffffffffffffffff, 0x100000000, 0xffffffff}, /* the low word of the divisor is 0 */
    {"4.1", ALU64 | DIV | X, 0, 0xffffffffffffffff, 0, 0},
    {"4.1", ALU64 | DIV | X, 0, 0, 0, 0},
    {"4.1", ALU64 | DIV | X, 0, 0xffffffff, 0x100000000, 0},
    {"4.1", ALU64 | DIV | X, 0, 0xffffffffffffffff, 0xffffffffffffffff, 1},
    {"4.1", ALU64 | DIV | X, 0, 0x8000000000000000, 0xffffffffffffffff, 0},
    {"4.1", ALU64 | DIV | X, 0, 0xfffffffe00000001, 0xffffffff, 0xffffffff},
    {"4.1", ALU64 | DIV | X, 1, 0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000},
    {"4.1", ALU64 | DIV | X, 1, 0x8000000000000000, 0, 0},
    {"4.1", ALU64 | DIV | X, 1, 0xfffffffffffffff9, 2, 0xfffffffffffffffd},
    {"4.1", ALU64 | DIV | X, 1, 7, 0xfffffffffffffffe, 0xfffffffffffffffd},
    {"4.1", ALU64 | DIV | X, 1, 0x8000000000000000, 0x100000000, 0xffffffff80000000},
    {"4.1", ALU64 | DIV | X, 1, 0x8000000000000001, 0x8000000000000000, 0},
    {"4.1", ALU64 | DIV | X, 1, 0x80000000, 0xffffffff, 0}, /* both positive */
    {"4.1", ALU64 | MOD | X, 0, 0x123456789abcdef0, 0, 0x123456789abcdef0},
    {"4.1", ALU64 | MOD | X, 0, 0x123456789abcdef0, 0x100000000, 0x9abcdef0},
    {"4.1", ALU64 | MOD | X, 0, 0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000},
    {"4.1", ALU64 | MOD | X, 0, 0xffffffffffffffff, 0xffffffff, 0}, /* 2^64 - 1 = (2^32 - 1) (2^32 + 1) */
    {"4.1", ALU64 | MOD | X, 1, 0x8000000000000000, 0xffffffffffffffff, 0},
    {"4.1", ALU64 | MOD | X, 1, 0x8000000000000001, 0, 0x8000000000000001},
    {"4.1", ALU64 | MOD | X, 1, 0xfffffffffffffff3, 3, 0xffffffffffffffff},
    {"4.1", ALU64 | MOD | X, 1, 13, 0xfffffffffffffffd, 1},
    {"4.1", ALU64 | MOD | X, 1, 0xfffffffffffffff3, 0xfffffffffffffffd, 0xffffffffffffffff},
    {"4.1", ALU64 | MOD | X, 1, 0xfffffffeffffffff, 0x100000000, 0xffffffffffffffff}, /* -2^32 - 1 */
    {"4.1", ALU64 | OR | X, 0, 0xf000000000000000, 0xf, 0xf00000000000000f},
    {"4.1", ALU64 | OR | X, 0, 0x0f0f00000f0f, 0x00ff000000ff, 0x0fff00000fff},
    {"4.1", ALU64 | OR | X, 0, 0, 0xffffffff00000000, 0xffffffff00000000},
    {"4.1", ALU64 | AND | X, 0, 0x123456789abcdef0, 0xffffffff00000000, 0x1234567800000000},
    {"4.1", ALU64 | AND | X, 0, 0xffffffffffffffff, 0xff, 0xff},
    {"4.1", ALU64 | XOR | X, 0, 0x123456789abcdef0, 0xffffffffffffffff, 0xedcba9876543210f},
    {"4.1", ALU64 | XOR | X, 0, 0x8000000000000000, 0x80000000, 0x8000000080000000},
    {"4.1", ALU64 | LSH | X, 0, 5, 0, 5},
    {"4.1", ALU64 | LSH | X, 0, 1, 63, 0x8000000000000000},
    {"4.1", ALU64 | LSH | X, 0, 5, 64, 5},
    {"4.1", ALU64 | LSH | X, 0, 1, 0xffffffffffffffff, 0x8000000000000000},
    {"4.1", ALU64 | LSH | X, 0, 3, 0x100000001, 6}, /* the upper half of the count is masked away */
    {"4.1", ALU64 | LSH | X, 0, 3, 0x8000000000000000, 3},
    {"4.1", ALU64 | RSH | X, 0, 0xffffffffffffffff, 0, 0xffffffffffffffff},
    {"4.1", ALU64 | RSH | X, 0, 0xffffffffffffffff, 63, 1},
    {"4.1", ALU64 | RSH | X, 0, 0xffffffffffffffff, 64, 0xffffffffffffffff},
    {"4.1", ALU64 | RSH | X, 0, 0x123456789abcdef0, 0xffffffffffffffe0, 0x12345678}, /* count 32 */
    {"4.1", ALU64 | ARSH | X, 0, 0x8000000000000000, 0, 0x8000000000000000},
    {"4.1", ALU64 | ARSH | X, 0, 0x8000000000000000, 63, 0xffffffffffffffff},
    {"4.1", ALU64 | ARSH | X, 0, 0x8000000000000000, 64, 0x8000000000000000},
    {"4.1", ALU64 | ARSH | X, 0, 0x8000000000000000, 0x100000020, 0xffffffff80000000},
    {"4.1", ALU64 | ARSH | X, 0, 0x4000000000000000, 62, 1},
    {"4.1", ALU64 | MOV | X, 0, 7, 0x123456789abcdef0, 0x123456789abcdef0},
    {"4.1", ALU64 | MOV | X, 0, 0xffffffffffffffff, 0, 0},
    /* movsx */
    {"4.1", ALU64 | MOV | X, 8, 7, 0x80, 0xffffffffffffff80},
    {"4.1", ALU64 | MOV | X, 8, 7, 0x123456789abcde7f, 0x7f},
    {"4.1", ALU64 | MOV | X, 8, 7, 0xffffffffffffff00, 0},
    {"4.1", ALU64 | MOV | X, 16, 7, 0x8000, 0xffffffffffff8000},
    {"4.1", ALU64 | MOV | X, 16, 7, 0x123456789abc7fff, 0x7fff},
    {"4.1", ALU64 | MOV | X, 16, 7, 0xffffffffffff0080, 0x80},
    {"4.1", ALU64 | MOV | X, 32, 7, 0x80000000, 0xffffffff80000000},
    {"4.1", ALU64 | MOV | X, 32, 7, 0xffffffff7fffffff, 0x7fffffff},
    {"4.1", ALU64 | MOV | X, 32, 7, 0x1234567800008000, 0x8000},
};

static const struct same_case same_cases[] = {
    {"4.1", ALU64 | ADD | X, 0, 0x80000000, 0x100000000},
    {"4.1", ALU64 | SUB | X, 0, 0x123456789abcdef0, 0},
    {"4.1", ALU64 | MUL | X, 0, 0xffffffff, 0xfffffffe00000001},
    {"4.1", ALU64 | DIV | X, 0, 0x123456789abcdef0, 1},
    {"4.1", ALU64 | DIV | X, 0, 0, 0},
    {"4.1", ALU64 | DIV | X, 1, 0x8000000000000000, 1},
    {"4.1", ALU64 | DIV | X, 1, 0, 0},
    {"4.1", ALU64 | OR | X, 0, 0x123456789abcdef0, 0x123456789abcdef0},
    {"4.1", ALU64 | AND | X, 0, 0x123456789abcdef0, 0x123456789abcdef0},
    {"4.1", ALU64 | LSH | X, 0, 0x41, 0x82},
    {"4.1", ALU64 | RSH | X, 0, 0x123456789abcdee0, 0x12345678},
    {"4.1", ALU64 | MOD | X, 0, 0x123456789abcdef0, 0},
    {"4.1", ALU64 | MOD | X, 0, 0, 0},
    {"4.1", ALU64 | MOD | X, 1, 0x8000000000000000, 0},
    {"4.1", ALU64 | XOR | X, 0, 0x123456789abcdef0, 0},
    {"4.1", ALU64 | MOV | X, 0, 0x123456789abcdef0, 0x123456789abcdef0},
    {"4.1", ALU64 | ARSH | X, 0, 0x8000000000000020, 0xffffffff80000000},
    {"4.1", ALU64 | MOV | X, 8, 0x123456789abcdef0, 0xfffffffffffffff0},
    {"4.1", ALU64 | MOV | X, 16, 0x123456789abcdef0, 0xffffffffffffdef0},
    {"4.1", ALU64 | MOV | X, 32, 0x123456789abcdef0, 0xffffffff9abcdef0},
};

static const struct unary_case unary_cases[] = {
    {"4.1", ALU64 | NEG, 0, 0, 0},
    {"4.1", ALU64 | NEG, 0, 1, 0xffffffffffffffff},
    {"4.1", ALU64 | NEG, 0, 0xffffffffffffffff, 1},
    {"4.1", ALU64 | NEG, 0, 0x8000000000000000, 0x8000000000000000},
    {"4.1", ALU64 | NEG, 0, 0x100000000, 0xffffffff00000000}, /* no borrow from the low word */
    {"4.1", ALU64 | NEG, 0, 0xffffffff, 0xffffffff00000001},
    /* Byte swaps work on the low bits of all 64 and clear the rest, whatever the class. We are little-endian. */
    {"4.2", ALU | END | TO_LE, 16, 0x123456789abcdef0, 0xdef0},
    {"4.2", ALU | END | TO_LE, 16, 0xffffffffffff0000, 0},
    {"4.2", ALU | END | TO_LE, 16, 0xffffffffffffffff, 0xffff},
    {"4.2", ALU | END | TO_LE, 32, 0x123456789abcdef0, 0x9abcdef0},
    {"4.2", ALU | END | TO_LE, 32, 0xffffffff00000000, 0},
    {"4.2", ALU | END | TO_LE, 64, 0x123456789abcdef0, 0x123456789abcdef0},
    {"4.2", ALU | END | TO_LE, 64, 0xffffffffffffffff, 0xffffffffffffffff},
    {"4.2", ALU | END | TO_BE, 16, 0x123456789abcdef0, 0xf0de},
    {"4.2", ALU | END | TO_BE, 16, 0xffffffffffff0000, 0},
    {"4.2", ALU | END | TO_BE, 16, 0x80, 0x8000},
    {"4.2", ALU | END | TO_BE, 16, 0xffffffffffffffff, 0xffff},
    {"4.2", ALU | END | TO_BE, 32, 0x123456789abcdef0, 0xf0debc9a}, /* not sign-extended */
    {"4.2", ALU | END | TO_BE, 32, 0xffffffff00000001, 0x01000000},
    {"4.2", ALU | END | TO_BE, 32, 0x80, 0x80000000},
    {"4.2", ALU | END | TO_BE, 64, 0x123456789abcdef0, 0xf0debc9a78563412},
    {"4.2", ALU | END | TO_BE, 64, 1, 0x0100000000000000},
    {"4.2", ALU64 | END, 16, 0x123456789abcdef0, 0xf0de},
    {"4.2", ALU64 | END, 16, 0xffffffffffff0100, 1},
    {"4.2", ALU64 | END, 16, 0xffffffffffffff00, 0xff},
    {"4.2", ALU64 | END, 32, 0x123456789abcdef0, 0xf0debc9a},
    {"4.2", ALU64 | END, 32, 0xffffffff000000ff, 0xff000000},
    {"4.2", ALU64 | END, 64, 0x123456789abcdef0, 0xf0debc9a78563412},
    {"4.2", ALU64 | END, 64, 0x8000000000000000, 0x80},
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
        bool here = row->form == BPF_FORM_SWAP || (row->opcode & 7) == ALU64;
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
