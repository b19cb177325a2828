/* The driver: offsets, buffers of every size, branches out of reach, the headroom's bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "homes_family.h"
#include "opcodes.h"

enum { CAPACITY = 512 };

static const struct tp_insn sample[] = {
    {0x18, 0x01, 0, 0x12345678}, {0x00, 0, 0, -2},   {0x07, 0x02, 0, -1}, {0x55, 0x02, -2, 0},
    {0x1d, 0x21, 1, 0},          {0xbc, 0x33, 0, 0}, {0x05, 0x00, -1, 0}, {0x95, 0, 0, 0},
};

#define LEN ((uint32_t)(sizeof sample / sizeof *sample))

static _Alignas(4) uint16_t code[CAPACITY + 1];
static uint32_t offsets[LEN + 1];

static struct tp_compilation fresh(uint32_t capacity)
{
    return (struct tp_compilation){
        .prog = sample, .len = LEN, .offsets = offsets, .code = code, .capacity = capacity};
}

static void offsets_are_in_order(void **state)
{
    (void)state;
    struct tp_compilation c = fresh(CAPACITY);

    assert_int_equal(tp_compile(&c), TP_OK);
    assert_int_equal(c.bad_index, LEN);
    assert_int_equal(offsets[LEN], c.size);
    for (uint32_t i = 0; i < LEN; i++) {
        if (i == 1) /* the second slot of lddw shares the next one's place */
            assert_int_equal(offsets[i], offsets[i + 1]);
        else
            assert_true(offsets[i] < offsets[i + 1]);
    }
}

/* Whatever the capacity: either success or TP_CODE_FULL, and no halfword beyond it is touched. */
static void every_capacity(void **state)
{
    (void)state;
    struct tp_compilation c = fresh(CAPACITY);
    assert_int_equal(tp_compile(&c), TP_OK);
    uint32_t enough = offsets[LEN - 1] + JIT_HEADROOM;

    for (uint32_t capacity = 0; capacity < CAPACITY; capacity++) {
        memset(code, 0xa5, sizeof code);
        c = fresh(capacity);
        assert_int_equal(tp_compile(&c), capacity < enough ? TP_CODE_FULL : TP_OK);
        for (uint32_t i = capacity; i <= CAPACITY; i++)
            assert_int_equal(code[i], 0xa5a5);
    }
}

static void code_is_repeatable(void **state)
{
    (void)state;
    static uint16_t first[CAPACITY];
    struct tp_compilation c = fresh(CAPACITY);

    assert_int_equal(tp_compile(&c), TP_OK);
    memcpy(first, code, c.size * 2);
    memset(code, 0x5a, sizeof code);
    memset(offsets, 0x5a, sizeof offsets);
    assert_int_equal(tp_compile(&c), TP_OK);
    assert_memory_equal(first, code, c.size * 2);
}

static void odd_buffer(void **state)
{
    (void)state;
    struct tp_compilation c = fresh(CAPACITY);

    c.code = code + 1;
    assert_int_equal(tp_compile(&c), TP_BAD_BUFFER);
}

static void refused_program(void **state)
{
    (void)state;
    struct tp_insn prog[] = {{0xb7, 0, 0, 0}, {0x05, 0, 7, 0}, {0x95, 0, 0, 0}};
    struct tp_compilation c = fresh(CAPACITY);

    c.prog = prog;
    c.len = 3;
    assert_int_equal(tp_compile(&c), TP_BAD_JUMP);
    assert_int_equal(c.bad_index, 1);
}

/* exit is out of reach from 16 MB on: the error names the instruction that cannot be compiled. */
static void out_of_reach(void **state)
{
    (void)state;
    enum { SLOTS = 1 << 20, ROOM = 1 << 24 };
    struct tp_insn *prog = calloc(SLOTS, sizeof *prog);
    struct tp_compilation c = {.prog = prog,
                               .len = SLOTS,
                               .offsets = malloc((SLOTS + 1) * sizeof(uint32_t)),
                               .code = malloc(ROOM * sizeof(uint16_t)),
                               .capacity = ROOM};

    for (uint32_t i = 0; i < SLOTS; i++)
        prog[i] = (struct tp_insn){0x07, 0x09, 0, 0x12345679};
    prog[SLOTS - 1] = (struct tp_insn){0x95, 0, 0, 0};
    assert_int_equal(tp_compile(&c), TP_BRANCH_RANGE);
    assert_int_equal(c.bad_index, SLOTS - 1);
    free(prog);
    free(c.offsets);
    free(c.code);
}

/* Halfwords of instruction number op: an ALU instruction, a jump, or one of four others. */
static uint32_t length_of(struct jit *j, uint32_t op, uint8_t regs, int32_t imm, int back)
{
    static const uint8_t others[4] = {0x05, 0x06, 0x18, 0x95};
    struct tp_insn prog[] = {{0, regs, (int16_t)(back ? -1 : 0), imm}, {0, 0, 0, imm}};

    if (op < ALU_OPCODES) {
        prog[0].opcode = alu_opcodes[op].opcode;
        prog[0].off = alu_opcodes[op].off;
        if (alu_opcodes[op].imm)
            prog[0].imm = alu_opcodes[op].imm;
    } else if (op < ALU_OPCODES + JUMP_OPCODES) {
        prog[0].opcode = jump_opcodes[op - ALU_OPCODES];
    } else {
        prog[0].opcode = others[op - ALU_OPCODES - JUMP_OPCODES];
    }

    j->prog = prog;
    j->len = 2;
    j->pos = 200;
    assert_int_equal(jit_emit(j), TP_OK);
    assert_true(j->pos > 200);
    return j->pos - 200;
}

/* The longest code of any supported instruction under any homes keeps to JIT_HEADROOM. */
static void headroom_is_a_bound(void **state)
{
    (void)state;
    static const int32_t values[] = {0, -1, 5, -300, 0x12345678, -0x12345678, 31, 32, 40};
    uint32_t longest = 0;

    for (uint32_t f = 0; f < HOMES_FAMILY_SIZE; f++) {
        struct jit j = {
            .code = code, .capacity = CAPACITY, .homes = homes_family[f], .routines = jit_routines};

        assert_int_equal(jit_prelude(&j), TP_OK);
        assert_true(j.pos <= JIT_PRELUDE_HEADROOM);
        for (uint32_t op = 0; op < ALU_OPCODES + JUMP_OPCODES + 4; op++)
            for (uint32_t regs = 0; regs < 11 * 11; regs++)
                for (size_t v = 0; v < sizeof values / sizeof *values; v++)
                    for (int back = 0; back < 2; back++) {
                        uint8_t pair = (uint8_t)(regs % 11 | regs / 11 << 4);
                        uint32_t length = length_of(&j, op, pair, values[v], back);

                        if (length > longest)
                            longest = length;
                    }
    }
    print_message("longest instruction: %u halfwords\n", longest);
    assert_int_equal(longest, JIT_HEADROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_in_order), cmocka_unit_test(every_capacity),
        cmocka_unit_test(code_is_repeatable),   cmocka_unit_test(odd_buffer),
        cmocka_unit_test(refused_program),      cmocka_unit_test(out_of_reach),
        cmocka_unit_test(headroom_is_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
