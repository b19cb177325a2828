/* Each encoder's output as an independent disassembler reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <capstone/capstone.h>
#include <cmocka.h>

#include "../jit.h"

/* Capstone prints absolute branch targets; the code under test lies here. */
#define BASE 0x10000u

static uint16_t code[64];

static struct jit fresh(void)
{
    return (struct jit){.code = code, .capacity = 64, .next = code};
}

/* The whole of what was emitted, as one line: instructions separated by "; ". */
static void expect(const struct jit *j, const char *text)
{
    static char line[256];
    csh handle;
    cs_insn *insns;

    assert_int_equal(cs_open(CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_MCLASS, &handle), CS_ERR_OK);
    size_t count = cs_disasm(handle, (const uint8_t *)code, jit_here(j) * 2, BASE, 0, &insns);
    size_t used = 0;
    uint32_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%s %s", i ? "; " : "",
                                 insns[i].mnemonic, insns[i].op_str);
        bytes += insns[i].size;
    }
    assert_int_equal(bytes, jit_here(j) * 2);
    assert_string_equal(line, text);
    if (count)
        cs_free(insns, count);
    cs_close(&handle);
}

#define ENCODES(text, function, ...)                                                               \
    do {                                                                                           \
        struct jit j = fresh();                                                                    \
        function(&j, __VA_ARGS__);                                                                 \
        expect(&j, text);                                                                          \
    } while (0)

static void data_processing(void **state)
{
    (void)state;
    ENCODES("adds r2, r2, r3", thumb_op_reg, THUMB_ADDS, 2, 3);
    ENCODES("adds.w r8, r8, r3", thumb_op_reg, THUMB_ADDS, 8, 3);
    ENCODES("adds.w r3, r3, r8", thumb_op_reg, THUMB_ADDS, 3, 8);
    ENCODES("adcs r0, r1", thumb_op_reg, THUMB_ADCS, 0, 1);
    ENCODES("adcs.w r8, r8, ip", thumb_op_reg, THUMB_ADCS, 8, 12);
    ENCODES("subs r7, r7, r0", thumb_op_reg, THUMB_SUBS, 7, 0);
    ENCODES("subs.w r8, r8, r8", thumb_op_reg, THUMB_SUBS, 8, 8);
    ENCODES("sbcs r6, r2", thumb_op_reg, THUMB_SBCS, 6, 2);
    ENCODES("sbcs.w r6, r6, lr", thumb_op_reg, THUMB_SBCS, 6, 14);

    ENCODES("sbcs.w r0, r5, r1", thumb_op_shifted, THUMB_SBCS, 0, 5, 1, THUMB_LSL, 0);
    ENCODES("ands r2, r7", thumb_op_reg, THUMB_ANDS, 2, 7);
    ENCODES("ands.w r8, r8, r7", thumb_op_reg, THUMB_ANDS, 8, 7);
    ENCODES("bics r2, r7", thumb_op_reg, THUMB_BICS, 2, 7);
    ENCODES("bics.w r2, r2, ip", thumb_op_reg, THUMB_BICS, 2, 12);
    ENCODES("orrs r2, r7", thumb_op_reg, THUMB_ORRS, 2, 7);
    ENCODES("orrs.w lr, lr, r7", thumb_op_reg, THUMB_ORRS, 14, 7);
    ENCODES("orns r2, r2, r7", thumb_op_reg, THUMB_ORNS, 2, 7);
    ENCODES("eors r2, r7", thumb_op_reg, THUMB_EORS, 2, 7);
    ENCODES("eors.w r8, r8, r8", thumb_op_reg, THUMB_EORS, 8, 8);
    ENCODES("orrs.w r0, r0, r2, lsr #31", thumb_op_shifted, THUMB_ORRS, 0, 0, 2, THUMB_LSR, 31);
    ENCODES("orrs.w r8, ip, r2, lsl #12", thumb_op_shifted, THUMB_ORRS, 8, 12, 2, THUMB_LSL, 12);
    ENCODES("sbcs.w r3, r3, r3, lsl #1", thumb_op_shifted, THUMB_SBCS, 3, 3, 3, THUMB_LSL, 1);

    ENCODES("adds r2, #0xff", thumb_op_imm8, THUMB_ADDS, 2, 255);
    ENCODES("adds.w r8, r8, #0xff", thumb_op_imm8, THUMB_ADDS, 8, 255);
    ENCODES("subs r0, #1", thumb_op_imm8, THUMB_SUBS, 0, 1);
    ENCODES("subs.w sl, sl, #1", thumb_op_imm8, THUMB_SUBS, 10, 1);
    ENCODES("adcs r0, r0, #0", thumb_op_imm8, THUMB_ADCS, 0, 0);
    ENCODES("sbcs r3, r3, #0", thumb_op_imm8, THUMB_SBCS, 3, 0);
    ENCODES("adds.w r2, r2, #0xff00ff", thumb_op_imm12, THUMB_ADDS, 2, 2, 0x1ff);
    ENCODES("rsbs.w ip, r1, #0x20", thumb_op_imm12, THUMB_RSBS, 12, 1, 32);
    ENCODES("ands r1, r8, #0x3f", thumb_op_imm12, THUMB_ANDS, 1, 8, 63);
    ENCODES("bics r2, r2, #0xff", thumb_op_imm12, THUMB_BICS, 2, 2, 255);
    ENCODES("orrs r2, r2, #0xff", thumb_op_imm12, THUMB_ORRS, 2, 2, 255);
    ENCODES("orns r2, r2, #0xff", thumb_op_imm12, THUMB_ORNS, 2, 2, 255);
    ENCODES("eors r2, r2, #0xff", thumb_op_imm12, THUMB_EORS, 2, 2, 255);
    ENCODES("subs.w r2, r2, #-0x80000000", thumb_op_imm12, THUMB_SUBS, 2, 2, 0x400);
}

static void unary(void **state)
{
    (void)state;
    ENCODES("sxtb r2, r7", thumb_unary, THUMB_SXTB, 2, 7);
    ENCODES("sxtb.w r8, r7", thumb_unary, THUMB_SXTB, 8, 7);
    ENCODES("sxth r2, r7", thumb_unary, THUMB_SXTH, 2, 7);
    ENCODES("sxth.w r2, r8", thumb_unary, THUMB_SXTH, 2, 8);
    ENCODES("uxtb r2, r2", thumb_unary, THUMB_UXTB, 2, 2);
    ENCODES("uxtb.w r8, r8", thumb_unary, THUMB_UXTB, 8, 8);
    ENCODES("uxth r2, r2", thumb_unary, THUMB_UXTH, 2, 2);
    ENCODES("uxth.w r8, r2", thumb_unary, THUMB_UXTH, 8, 2);
    ENCODES("rev r0, r7", thumb_unary, THUMB_REV, 0, 7);
    ENCODES("rev.w r8, r1", thumb_unary, THUMB_REV, 8, 1);
    ENCODES("mvns r0, r7", thumb_unary, THUMB_MVNS, 0, 7);
    ENCODES("mvns.w r8, r7", thumb_unary, THUMB_MVNS, 8, 7);
    ENCODES("rsbs r0, r7, #0", thumb_unary, THUMB_NEGS, 0, 7);
    ENCODES("rsbs.w r8, r7, #0", thumb_unary, THUMB_NEGS, 8, 7);
}

static void shift_and_multiply(void **state)
{
    (void)state;
    ENCODES("lsls r2, r7, #1", thumb_shift_imm, THUMB_LSL, 2, 7, 1);
    ENCODES("lsrs r2, r2, #0x1f", thumb_shift_imm, THUMB_LSR, 2, 2, 31);
    ENCODES("asrs r0, r1, #0x12", thumb_shift_imm, THUMB_ASR, 0, 1, 18);
    ENCODES("lsl.w r8, r7, #0x1d", thumb_shift_imm, THUMB_LSL, 8, 7, 29);
    ENCODES("lsr.w r2, r8, #1", thumb_shift_imm, THUMB_LSR, 2, 8, 1);
    ENCODES("asr.w r2, ip, #0x1f", thumb_shift_imm, THUMB_ASR, 2, 12, 31);
    ENCODES("lsls r2, r7", thumb_shift_reg, THUMB_LSL, 2, 2, 7);
    ENCODES("lsrs r2, r1", thumb_shift_reg, THUMB_LSR, 2, 2, 1);
    ENCODES("asrs r2, r1", thumb_shift_reg, THUMB_ASR, 2, 2, 1);
    ENCODES("lsl.w r2, r3, r1", thumb_shift_reg, THUMB_LSL, 2, 3, 1);
    ENCODES("lsr.w r8, r8, ip", thumb_shift_reg, THUMB_LSR, 8, 8, 12);
    ENCODES("asr.w lr, r2, r1", thumb_shift_reg, THUMB_ASR, 14, 2, 1);
    ENCODES("muls r2, r7, r2", thumb_mul, 2, 7);
    ENCODES("mul r8, r8, r7", thumb_mul, 8, 7);
    ENCODES("mla lr, r2, r1, ip", thumb_multiply, THUMB_MLA, 14, 12, 2, 1);
    ENCODES("mls r2, ip, r1, r8", thumb_multiply, THUMB_MLS, 2, 8, 12, 1);
    ENCODES("umull ip, lr, r2, r1", thumb_multiply, THUMB_UMULL, 14, 12, 2, 1);
    ENCODES("udiv r2, r3, r8", thumb_multiply, THUMB_UDIV, 2, THUMB_NONE, 3, 8);
    ENCODES("sdiv ip, r3, r8", thumb_multiply, THUMB_SDIV, 12, THUMB_NONE, 3, 8);
}

static void compare(void **state)
{
    (void)state;
    ENCODES("cmp r2, r7", thumb_cmp_reg, 2, 7);
    ENCODES("cmp r8, r3", thumb_cmp_reg, 8, 3);
    ENCODES("cmp r3, r8", thumb_cmp_reg, 3, 8);
    ENCODES("cmp lr, ip", thumb_cmp_reg, 14, 12);
    ENCODES("cmp r5, #0xc8", thumb_cmp_imm8, 5, 200);
    ENCODES("cmp.w r8, #0xc8", thumb_cmp_imm8, 8, 200);
    ENCODES("cmp.w r5, #0x100", thumb_cmp_imm12, 5, 0xf80);
    ENCODES("cmn.w r5, #1", thumb_cmn_imm8, 5, 1);
    ENCODES("tst r5, r1", thumb_tst_reg, 5, 1);
    ENCODES("tst.w r8, r1", thumb_tst_reg, 8, 1);
    ENCODES("tst.w r5, #0x3fc", thumb_tst_imm12, 5, 0xf7f);
}

static void move(void **state)
{
    (void)state;
    ENCODES("mov sb, r0", thumb_mov_reg, 9, 0);
    ENCODES("mov r2, r8", thumb_mov_reg, 2, 8);
    ENCODES("mov r2, r3", thumb_mov_reg, 2, 3);
    ENCODES("movs r7, #0xff", thumb_mov_imm8, 7, 255);
    ENCODES("mov.w r8, #0xff", thumb_mov_imm8, 8, 255);
    ENCODES("mov.w r2, #-1", thumb_mov_imm12, 2, 0x3ff);
    ENCODES("mvn r2, #5", thumb_mvn_imm8, 2, 5);
    ENCODES("movw r1, #0xabcd", thumb_movw, 1, 0xabcd);
    ENCODES("movw r8, #0x5432", thumb_movw, 8, 0x5432);
    ENCODES("movt r1, #0xffff", thumb_movt, 1, 0xffff);
    ENCODES("movt ip, #0x1888", thumb_movt, 12, 0x1888);
}

static void constant(void **state)
{
    (void)state;
    ENCODES("movs r2, #0", jit_load, 2, 0);
    ENCODES("mvn r2, #0", jit_load, 2, 0xffffffff);
    ENCODES("mov.w r8, #0x12000000", jit_load, 8, 0x12000000);
    ENCODES("movw r2, #0x1234", jit_load, 2, 0x1234);
    ENCODES("movw r2, #0x5678; movt r2, #0x1234", jit_load, 2, 0x12345678);
    ENCODES("adds r2, #0xff", jit_op_constant, THUMB_ADDS, 2, 255);
    ENCODES("subs.w r2, r2, #0x1000", jit_op_constant, THUMB_SUBS, 2, 0x1000);
    ENCODES("movw r1, #0x1001; adds r2, r2, r1", jit_op_constant, THUMB_ADDS, 2, 0x1001);
    ENCODES("movw r2, #0x1235; movt r2, #0x2000", jit_load_address, 2, 0x20001235);
    ENCODES("movw r2, #0x1235; movt r2, #0", jit_load_address, 2, 0x1235);
    ENCODES("ands r2, r2, #0xff0", jit_op_bits, THUMB_ANDS, THUMB_BICS, 2, 0xff0);
    ENCODES("bics r2, r2, #0xff0", jit_op_bits, THUMB_ANDS, THUMB_BICS, 2, ~0xff0u);
    ENCODES("orns r2, r2, #0xff0", jit_op_bits, THUMB_ORRS, THUMB_ORNS, 2, ~0xff0u);
    ENCODES("eors r2, r2, #0xffffffff", jit_op_bits, THUMB_EORS, THUMB_NO_OP, 2, 0xffffffff);
    ENCODES("movw r1, #0xf00f; movt r1, #0xffff; eors r2, r1", jit_op_bits, THUMB_EORS, THUMB_NO_OP,
            2, ~0xff0u);
    ENCODES("tst.w r2, #0xff", jit_tst_constant, 2, 0xff);
    ENCODES("movw r1, #0x1001; tst r2, r1", jit_tst_constant, 2, 0x1001);
    ENCODES("cmn.w r2, #0xff", jit_cmp_constant, 2, 0u - 255);
    ENCODES("cmp.w r2, #-0x80000000", jit_cmp_constant, 2, 0x80000000);
    ENCODES("movw r1, #0; movt r1, #0x1001; cmp r8, r1", jit_cmp_constant, 8, 0x10010000);
}

static void memory(void **state)
{
    (void)state;
    ENCODES("ldr r1, [sp, #0x58]", thumb_ldr_sp, 1, 22);
    ENCODES("ldr.w r8, [sp, #0x58]", thumb_ldr_sp, 8, 22);
    ENCODES("ldr r2, [r0, #0x7c]", thumb_ldr, 2, 0, 124);
    ENCODES("ldr.w r2, [r0, #0x80]", thumb_ldr, 2, 0, 128);
    ENCODES("ldr.w sl, [r0, #0xc]", thumb_ldr, 10, 0, 12);
    ENCODES("str r0, [sp]", thumb_str_sp, 0, 0);
    ENCODES("str.w ip, [sp, #4]", thumb_str_sp, 12, 1);
    ENCODES("str r2, [r3, #4]", thumb_str, 2, 3, 4);
    ENCODES("str.w r2, [sb, #0x10]", thumb_str, 2, 9, 16);
    ENCODES("sub sp, #0x5c", thumb_sub_sp, 92);
    ENCODES("add sp, #0x5c", thumb_add_sp, 92);
    ENCODES("push {r2, r3}", thumb_push, 12);
    ENCODES("pop {r2, r3}", thumb_pop, 12);

    struct jit j = fresh();
    thumb_push_saved(&j);
    thumb_pop_saved_and_return(&j);
    expect(&j, "push.w {r4, r5, r6, r7, r8, sb, sl, fp, lr}; "
               "pop.w {r4, r5, r6, r7, r8, sb, sl, fp, pc}");
}

static void branch(void **state)
{
    (void)state;
    ENCODES("b #0x1000e", thumb_skip, 7);
    ENCODES("bne #0x1000e", thumb_skip_if, THUMB_NE, 7);

    ENCODES("blx ip", thumb_blx, 12);

    struct jit j = fresh();
    thumb_it(&j, THUMB_EQ);
    thumb_cmp_reg(&j, 0, 1);
    expect(&j, "it eq; cmpeq r0, r1");
    j = fresh();
    thumb_it(&j, THUMB_CS);
    thumb_shift_reg(&j, THUMB_LSL, 0, 2, 12);
    thumb_nop(&j);
    expect(&j, "it hs; lslhs.w r0, r2, ip; nop ");

    static const struct {
        uint32_t target;
        const char *always, *equal;
    } cases[] = {
        {0, "b.w #0x10000", "beq.w #0x10000"},
        {2, "b.w #0x10004", "beq.w #0x10004"},
        {2 + 0x7ff, "b.w #0x11002", "beq.w #0x11002"},
        {2 + 0x20000, "b.w #0x50004", "beq.w #0x50004"},
        {2 + 0x40000, "b.w #0x90004", "beq.w #0x90004"},
        {2 + 0x7ffff, "b.w #0x110002", "beq.w #0x110002"},
        {2u - 0x80000, "b.w #0xfff10004", "beq.w #0xfff10004"},
        {2u - 0x60000, "b.w #0xfff50004", "beq.w #0xfff50004"},
        {2u + 0x7fffff, "b.w #0x1010002", NULL},
        {2u - 0x800000, "b.w #0xff010004", NULL},
        {2u + 0x200000, "b.w #0x410004", NULL},
        {2u - 0x400000, "b.w #0xff810004", NULL},
        {2u + 0x80000, "b.w #0x110004", NULL},
        {1u - 0x80000, "b.w #0xfff10002", NULL},
        {2u + 0x800000, NULL, NULL},
        {1u - 0x800000, NULL, NULL},
        {0x80000000, NULL, NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        j = fresh();
        assert_int_equal(thumb_branch(&j, cases[i].target),
                         cases[i].always ? TP_OK : TP_BRANCH_RANGE);
        if (cases[i].always)
            expect(&j, cases[i].always);

        j = fresh();
        assert_int_equal(thumb_branch_if(&j, THUMB_EQ, cases[i].target),
                         cases[i].equal ? TP_OK : TP_BRANCH_RANGE);
        if (cases[i].equal)
            expect(&j, cases[i].equal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_processing),
        cmocka_unit_test(unary),
        cmocka_unit_test(shift_and_multiply),
        cmocka_unit_test(compare),
        cmocka_unit_test(move),
        cmocka_unit_test(constant),
        cmocka_unit_test(memory),
        cmocka_unit_test(branch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
