/* Compiled programs on an emulated Cortex-M3 against the reference interpreter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "homes_family.h"
#include "machine.h"
#include "opcodes.h"
#include "reference.h"

enum { MAX_LEN = 256, MAX_CODE = 8192 };

static const int32_t corners[] = {
    0,          1,          -1,         2,           -2,
    127,        128,        255,        256,         -255,
    -256,       -257,       4095,       4096,        65535,
    65536,      -65536,     INT32_MAX,  INT32_MIN,   INT32_MIN + 1,
    0x00ff00ff, 0x01000100, 0x12341234, 0x7f7f7f7f,  0x000ff000,
    0x001fe000, 0x40000001, 0x12345678, -0x12345678, 8,
    16,         31,         32,         33,          63,
    64,         -0xff01,    -0x10001,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct program {
    struct tp_insn insn[MAX_LEN];
    uint32_t len;
};

static uint32_t random_state = 1;

/* xorshift32: the same programs everywhere. */
static uint32_t random_below(uint32_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return (random_state >> 3) % bound;
}

static int32_t random_imm(void)
{
    if (random_below(4))
        return corners[random_below(COUNT(corners))];
    uint32_t high = random_below(0x10000) << 16;
    return (int32_t)(high | random_below(0x10000));
}

static void add(struct program *p, uint8_t opcode, uint32_t dst, uint32_t src, int32_t imm)
{
    assert_true(p->len < MAX_LEN);
    p->insn[p->len++] = (struct tp_insn){opcode, (uint8_t)(src << 4 | dst), 0, imm};
}

/* An ALU instruction; imm is used if the operand is a constant. */
static void add_alu(struct program *p, const struct alu_opcode *op, uint32_t dst, uint32_t src,
                    int32_t imm)
{
    add(p, op->opcode, dst, takes_register(op) ? src : 0, takes_constant(op) ? imm : op->imm);
    p->insn[p->len - 1].off = op->off;
}

static void add_lddw(struct program *p, uint32_t dst, int32_t low, int32_t high)
{
    add(p, 0x18, dst, 0, low);
    add(p, 0x00, 0, 0, high);
}

/* Make the result depend on every register. */
static void add_fold(struct program *p)
{
    for (uint32_t i = 1; i <= 10; i++) {
        add(p, 0x0f, 0, 0, 0);
        add(p, i & 1 ? 0x0f : 0x1f, 0, i, 0);
    }
    add(p, 0x95, 0, 0, 0);
}

static void run_with(struct machine *m, const struct program *p, const struct jit_home *homes,
                     struct tp_vm vm)
{
    static uint16_t code[MAX_CODE];
    uint32_t offsets[MAX_LEN + 1];
    struct jit_driver d = {
        .jit = {.prog = p->insn,
                .len = p->len,
                .offsets = offsets,
                .code = code,
                .capacity = MAX_CODE,
                .homes = homes,
                .routines = machine_routines},
    };
    struct tp_vm expected = vm;
    uint32_t status = reference_run(p->insn, &expected);

    assert_int_equal(jit_compile(&d), TP_OK);
    assert_int_equal(machine_call(m, code, d.jit.pos, &vm), status);
    assert_true(vm.result == expected.result);
    assert_int_equal(vm.fuel, expected.fuel);
}

/* Under `count` assignments of homes, from number `first` of the family on. */
static void check_from(struct machine *m, const struct program *p, uint32_t fuel, uint32_t first,
                       uint32_t count)
{
    struct tp_vm vm = {0x20001234, 0x80000010, 0xfffffe00, fuel, 0x1122334455667788};
    uint32_t bad;

    assert_int_equal(tp_check(p->insn, p->len, &bad), TP_OK);
    assert_int_equal(bad, p->len);
    for (uint32_t i = 0; i < count; i++)
        run_with(m, p, homes_family[(first + i) % HOMES_FAMILY_SIZE], vm);
}

static void check(struct machine *m, const struct program *p, uint32_t fuel)
{
    check_from(m, p, fuel, 0, HOMES_FAMILY_SIZE);
}

/* Where there are many programs, each runs under one assignment, by turns. */
static void check_by_turns(struct machine *m, const struct program *p, uint32_t fuel)
{
    static uint32_t turn;

    check_from(m, p, fuel, turn++, 1);
}

/* Every opcode, every pair of registers, corner constants, corner values. */
static void every_alu_pair(void **state)
{
    for (uint32_t op = 0; op < ALU_OPCODES; op++)
        for (uint32_t dst = 0; dst < 10; dst++)
            for (uint32_t src = 0; src < 11; src++) {
                struct program p = {.len = 0};

                for (uint32_t i = 0; i < 10; i++)
                    add_lddw(&p, i, random_imm(), random_imm());
                add_alu(&p, &alu_opcodes[op], dst, src,
                        corners[(src + dst * 11 + op * 7) % COUNT(corners)]);
                add_fold(&p);
                check(*state, &p, 0);
            }
}

/* Every corner value as the operand, constant or in a register, of every corner value. */
static void every_corner_operand(void **state)
{
    for (uint32_t op = 0; op < ALU_OPCODES; op++)
        for (uint32_t i = 0; i < COUNT(corners); i++)
            for (uint32_t k = 0; k < 4; k++) {
                struct program p = {.len = 0};
                uint32_t dst = random_below(10);
                int32_t low = corners[random_below(COUNT(corners))];
                int32_t high = k == 0 ? low >> 31 : random_imm();

                add_lddw(&p, (dst + 1) % 10, corners[i], k == 3 ? random_imm() : corners[i] >> 31);
                add_lddw(&p, dst, k == 1 ? 0 : low, k == 1 ? INT32_MIN : high);
                add_alu(&p, &alu_opcodes[op], dst, (dst + 1) % 10, corners[i]);
                add_fold(&p);
                check_by_turns(*state, &p, 0);
            }
}

/* Every shift count, also beyond the width. */
static void every_shift(void **state)
{
    for (uint32_t op = 0; op < ALU_OPCODES; op++)
        for (int32_t count = -1; count < 66; count++) {
            struct program p = {.len = 0};
            uint32_t dst = random_below(10);
            uint8_t operation = alu_opcodes[op].opcode & 0xf0;

            if (operation != 0x60 && operation != 0x70 && operation != 0xc0)
                continue;
            add_lddw(&p, (dst + 3) % 10, count, random_imm());
            add_lddw(&p, dst, random_imm(), random_imm());
            add_alu(&p, &alu_opcodes[op], dst, (dst + 3) % 10, count);
            add_fold(&p);
            check(*state, &p, 0);
        }
}

/*
 * Jump forward, over the move to r0, or back, to an instruction that changes dst: it alternates
 * between two values until the jump is not taken or the fuel is used up.
 */
static void add_compare(struct program *p, uint8_t opcode, uint32_t dst, uint32_t src, int32_t imm,
                        uint64_t value, int back)
{
    add_lddw(p, src, imm, imm >> 31);
    add_lddw(p, dst, (int32_t)value, (int32_t)(value >> 32));
    if (back) {
        add(p, 0xb7, 0, 0, 0);
        add(p, 0xa7, dst, 0, back == 1 ? 1 : INT32_MIN);
    }
    add(p, opcode, dst, opcode & 8 ? src : 0, opcode & 8 ? 0 : imm);
    p->insn[p->len - 1].off = back ? -2 : 1;
    add(p, 0xb7, 0, 0, 77);
}

/* dst is the operand, next to it, or differs from it in either word. */
static void every_jump(void **state)
{
    static const uint64_t differences[] = {0,
                                           1,
                                           UINT64_MAX,
                                           UINT64_C(1) << 32,
                                           0xffffffff,
                                           UINT64_C(1) << 63,
                                           UINT64_C(1) << 31,
                                           UINT64_C(0x8000000080000000)};

    for (uint32_t op = 0; op < JUMP_OPCODES; op++)
        for (uint32_t i = 0; i < COUNT(corners); i++)
            for (uint32_t k = 0; k < COUNT(differences); k++)
                for (uint32_t back = 0; back < 3; back++) {
                    struct program p = {.len = 0};
                    uint64_t value = (uint64_t)(int64_t)corners[i] + differences[k];

                    add_compare(&p, jump_opcodes[op], 1 + random_below(9), 1 + random_below(9),
                                corners[i], value, (int)back);
                    add_fold(&p);
                    check_by_turns(*state, &p, random_below(4));
                }
}

static void random_instruction(struct program *p)
{
    uint32_t dst = random_below(10);
    uint32_t src = random_below(11);
    uint8_t opcode = jump_opcodes[random_below(JUMP_OPCODES)];

    switch (random_below(8)) {
    case 0:
        add_lddw(p, dst, random_imm(), random_imm());
        break;
    case 1:
    case 2:
        add(p, opcode, dst, opcode & 8 ? src : 0, opcode & 8 ? 0 : random_imm());
        break;
    case 3:
        if (random_below(4) == 0) {
            add(p, random_below(2) ? 0x05 : 0x06, 0, 0, 0);
            break;
        }
        /* fall through */
    default:
        add_alu(p, &alu_opcodes[random_below(ALU_OPCODES)], dst, src, random_imm());
        break;
    }
}

static int is_jump(const struct tp_insn *insn)
{
    return insn->opcode != 0x95 && ((insn->opcode & 7) == 5 || (insn->opcode & 7) == 6);
}

/* Jumps go anywhere but into an lddw. */
static void aim_jumps(struct program *p)
{
    for (uint32_t i = 0; i < p->len; i++) {
        uint32_t target;

        if (!is_jump(&p->insn[i]))
            continue;
        do {
            target = random_below(p->len);
        } while (p->insn[target].opcode == 0);
        int32_t distance = (int32_t)target - (int32_t)i - 1;
        if (p->insn[i].opcode == 0x06)
            p->insn[i].imm = distance;
        else
            p->insn[i].off = (int16_t)distance;
    }
}

static void random_programs(void **state)
{
    for (uint32_t round = 0; round < 5000; round++) {
        struct program p = {.len = 0};
        uint32_t size = 1 + random_below(60);

        while (p.len < size)
            random_instruction(&p);
        add_fold(&p);
        aim_jumps(&p);
        check_by_turns(*state, &p, random_below(30));
    }
}

/* A jump to itself uses all fuel, to the last unit. */
static void jump_to_itself(void **state)
{
    static const uint32_t fuels[] = {0, 1, 2, 1000};

    for (uint32_t i = 0; i < COUNT(fuels); i++) {
        struct program p = {.len = 0};

        add(&p, 0x05, 0, 0, 0);
        p.insn[0].off = -1;
        check(*state, &p, fuels[i]);
        p.insn[0] = (struct tp_insn){0x06, 0, 0, -1};
        check(*state, &p, fuels[i]);
    }
}

static int set_up(void **state)
{
    *state = machine_new();
    return 0;
}

static int tear_down(void **state)
{
    machine_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_alu_pair),  cmocka_unit_test(every_corner_operand),
        cmocka_unit_test(every_shift),     cmocka_unit_test(every_jump),
        cmocka_unit_test(random_programs), cmocka_unit_test(jump_to_itself),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
