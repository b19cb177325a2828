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
    return (struct jit){.code = code, .capacity = 64};
}

/* The whole of what was emitted, as one line: instructions separated by "; ". */
static void expect(const struct jit *j, const char *text)
{
    static char line[256];
    csh handle;
    cs_insn *insns;

    assert_int_equal(cs_open(CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_MCLASS, &handle), CS_ERR_OK);
    size_t count = cs_disasm(handle, (const uint8_t *)code, j->pos * 2, BASE, 0, &insns);
    size_t used = 0;
    uint32_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%s %s", i ? "; " : "",
                                 insns[i].mnemonic, insns[i].op_str);
        bytes += insns[i].size;
    }
    assert_int_equal(bytes, j->pos * 2);
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
    ENCODES("adds r2, r2, r3", jit_op_reg, THUMB_ADDS, 2, 3);
    ENCODES("adds.w r8, r8, r3", jit_op_reg, THUMB_ADDS, 8, 3);
    ENCODES("adds.w r3, r3, r8", jit_op_reg, THUMB_ADDS, 3, 8);
    ENCODES("adcs r0, r1", jit_op_reg, THUMB_ADCS, 0, 1);
    ENCODES("adcs.w r8, r8, ip", jit_op_reg, THUMB_ADCS, 8, 12);
    ENCODES("subs r7, r7, r0", jit_op_reg, THUMB_SUBS, 7, 0);
    ENCODES("subs.w r8, r8, r8", jit_op_reg, THUMB_SUBS, 8, 8);
    ENCODES("sbcs r6, r2", jit_op_reg, THUMB_SBCS, 6, 2);
    ENCODES("sbcs.w r6, r6, lr", jit_op_reg, THUMB_SBCS, 6, 14);

    ENCODES("adds r2, #0xff", jit_op_imm8, THUMB_ADDS, 2, 255);
    ENCODES("adds.w r8, r8, #0xff", jit_op_imm8, THUMB_ADDS, 8, 255);
    ENCODES("subs r0, #1", jit_op_imm8, THUMB_SUBS, 0, 1);
    ENCODES("subs.w sl, sl, #1", jit_op_imm8, THUMB_SUBS, 10, 1);
    ENCODES("adcs r0, r0, #0", jit_op_imm8, THUMB_ADCS, 0, 0);
    ENCODES("sbcs r3, r3, #0", jit_op_imm8, THUMB_SBCS, 3, 0);
    ENCODES("adds.w r2, r2, #0xff00ff", jit_op_imm12, THUMB_ADDS, 2, 0x1ff);
    ENCODES("subs.w r2, r2, #-0x80000000", jit_op_imm12, THUMB_SUBS, 2, 0x400);
}

static void compare(void **state)
{
    (void)state;
    ENCODES("cmp r2, r7", jit_cmp_reg, 2, 7);
    ENCODES("cmp r8, r3", jit_cmp_reg, 8, 3);
    ENCODES("cmp r3, r8", jit_cmp_reg, 3, 8);
    ENCODES("cmp lr, ip", jit_cmp_reg, 14, 12);
    ENCODES("cmp r5, #0xc8", jit_cmp_imm8, 5, 200);
    ENCODES("cmp.w r8, #0xc8", jit_cmp_imm8, 8, 200);
    ENCODES("cmp.w r5, #0x100", jit_cmp_imm12, 5, 0xf80);
    ENCODES("cmn.w r5, #1", jit_cmn_imm8, 5, 1);
}

static void move(void **state)
{
    (void)state;
    ENCODES("mov sb, r0", jit_mov_reg, 9, 0);
    ENCODES("mov r2, r8", jit_mov_reg, 2, 8);
    ENCODES("mov r2, r3", jit_mov_reg, 2, 3);
    ENCODES("movs r7, #0xff", jit_mov_imm8, 7, 255);
    ENCODES("mov.w r8, #0xff", jit_mov_imm8, 8, 255);
    ENCODES("mov.w r2, #-1", jit_mov_imm12, 2, 0x3ff);
    ENCODES("mvn r2, #5", jit_mvn_imm8, 2, 5);
    ENCODES("movw r1, #0xabcd", jit_movw, 1, 0xabcd);
    ENCODES("movw r8, #0x5432", jit_movw, 8, 0x5432);
    ENCODES("movt r1, #0xffff", jit_movt, 1, 0xffff);
    ENCODES("movt ip, #0x1888", jit_movt, 12, 0x1888);
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
    ENCODES("cmn.w r2, #0xff", jit_cmp_constant, 2, 0u - 255);
    ENCODES("cmp.w r2, #-0x80000000", jit_cmp_constant, 2, 0x80000000);
    ENCODES("movw r1, #0; movt r1, #0x1001; cmp r8, r1", jit_cmp_constant, 8, 0x10010000);
}

static void memory(void **state)
{
    (void)state;
    ENCODES("ldr r1, [sp, #0x58]", jit_ldr, 1, 13, 88);
    ENCODES("ldr.w r8, [sp, #0x58]", jit_ldr, 8, 13, 88);
    ENCODES("ldr r2, [r0, #0x7c]", jit_ldr, 2, 0, 124);
    ENCODES("ldr.w r2, [r0, #0x80]", jit_ldr, 2, 0, 128);
    ENCODES("ldr.w sl, [r0, #0xc]", jit_ldr, 10, 0, 12);
    ENCODES("str r0, [sp]", jit_str, 0, 13, 0);
    ENCODES("str.w ip, [sp, #4]", jit_str, 12, 13, 4);
    ENCODES("str r2, [r3, #4]", jit_str, 2, 3, 4);
    ENCODES("str.w r2, [sb, #0x10]", jit_str, 2, 9, 16);
    ENCODES("sub sp, #0x5c", jit_sub_sp, 92);
    ENCODES("add sp, #0x5c", jit_add_sp, 92);

    struct jit j = fresh();
    jit_push_saved(&j);
    jit_pop_saved_and_return(&j);
    expect(&j, "push.w {r4, r5, r6, r7, r8, sb, sl, fp, lr}; "
               "pop.w {r4, r5, r6, r7, r8, sb, sl, fp, pc}");
}

static void branch(void **state)
{
    (void)state;
    ENCODES("b #0x1000e", jit_skip, 7);
    ENCODES("bne #0x1000e", jit_skip_if, THUMB_NE, 7);

    struct jit j = fresh();
    jit_it(&j, THUMB_EQ);
    jit_cmp_reg(&j, 0, 1);
    expect(&j, "it eq; cmpeq r0, r1");

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
        assert_int_equal(jit_branch(&j, cases[i].target),
                         cases[i].always ? RBPF_OK : RBPF_BRANCH_RANGE);
        if (cases[i].always)
            expect(&j, cases[i].always);

        j = fresh();
        assert_int_equal(jit_branch_if(&j, THUMB_EQ, cases[i].target),
                         cases[i].equal ? RBPF_OK : RBPF_BRANCH_RANGE);
        if (cases[i].equal)
            expect(&j, cases[i].equal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_processing), cmocka_unit_test(compare), cmocka_unit_test(move),
        cmocka_unit_test(constant),        cmocka_unit_test(memory),  cmocka_unit_test(branch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
