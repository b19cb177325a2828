/* Compiled programs on an emulated Cortex-M3 against the reference interpreter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "homes_family.h"
#include "machine.h"
#include "reference.h"

enum { MAX_LEN = 256, MAX_CODE = 8192 };

static const uint8_t alu_opcodes[] = {0x04, 0x0c, 0x07, 0x0f, 0x14, 0x1c,
                                      0x17, 0x1f, 0xb4, 0xbc, 0xb7, 0xbf};
static const uint8_t jump_opcodes[] = {0x15, 0x1d, 0x16, 0x1e, 0x55, 0x5d, 0x56, 0x5e};

static const int32_t corners[] = {
    0, 1, -1, 2, -2, 127, 128, 255, 256, -255, -256, -257, 4095, 4096, 65535, 65536, -65536,
    INT32_MAX, INT32_MIN, INT32_MIN + 1, 0x00ff00ff, 0x01000100, 0x12341234, 0x7f7f7f7f,
    0x000ff000, 0x001fe000, 0x40000001, 0x12345678, -0x12345678,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct program {
    struct rbpf_insn insn[MAX_LEN];
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
    p->insn[p->len++] = (struct rbpf_insn){opcode, (uint8_t)(src << 4 | dst), 0, imm};
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
                     struct rbpf vm)
{
    static uint16_t code[MAX_CODE];
    uint32_t offsets[MAX_LEN + 1];
    struct jit_driver d = {
        .jit = {.prog = p->insn, .len = p->len, .offsets = offsets, .code = code,
                .capacity = MAX_CODE, .homes = homes},
    };
    struct rbpf expected = vm;
    uint32_t status = reference_run(p->insn, &expected);

    assert_int_equal(jit_compile(&d), RBPF_OK);
    assert_int_equal(machine_call(m, code, d.jit.pos, &vm), status);
    assert_true(vm.result == expected.result);
    assert_int_equal(vm.fuel, expected.fuel);
}

static void check(struct machine *m, const struct program *p, uint32_t fuel)
{
    struct rbpf vm = {0x20001234, 0x80000010, 0xfffffe00, fuel, 0x1122334455667788};
    uint32_t bad;

    assert_int_equal(rbpf_preflight(p->insn, p->len, &bad), RBPF_OK);
    assert_int_equal(bad, p->len);
    for (uint32_t i = 0; i < HOMES_FAMILY_SIZE; i++)
        run_with(m, p, homes_family[i], vm);
}

/* Every opcode, every pair of registers, corner constants, corner values. */
static void every_alu_pair(void **state)
{
    for (uint32_t op = 0; op < COUNT(alu_opcodes); op++)
        for (uint32_t dst = 0; dst < 10; dst++)
            for (uint32_t src = 0; src < 11; src++) {
                uint8_t opcode = alu_opcodes[op];
                struct program p = {.len = 0};

                for (uint32_t i = 0; i < 10; i++)
                    add_lddw(&p, i, random_imm(), random_imm());
                if (opcode & 8)
                    add(&p, opcode, dst, src, 0);
                else
                    add(&p, opcode, dst, 0, corners[(src + dst * 11 + op * 7) % COUNT(corners)]);
                add_fold(&p);
                check(*state, &p, 0);
            }
}

/* Every constant against operands on both sides of each carry and sign. */
static void every_corner_constant(void **state)
{
    for (uint32_t op = 0; op < COUNT(alu_opcodes); op++)
        for (uint32_t i = 0; i < COUNT(corners); i++)
            for (uint32_t dst = 0; dst < 10; dst += 3) {
                struct program p = {.len = 0};

                if (alu_opcodes[op] & 8)
                    continue;
                add_lddw(&p, dst, corners[random_below(COUNT(corners))], random_imm());
                add(&p, alu_opcodes[op], dst, 0, corners[i]);
                add_fold(&p);
                check(*state, &p, 0);
            }
}

/* Compare equal, low words differ, high words differ; jump forward and back. */
static void add_compare(struct program *p, uint8_t opcode, uint32_t dst, uint32_t src, int32_t imm,
                        uint32_t difference, int back)
{
    int32_t high = imm < 0 ? -1 : 0;

    add_lddw(p, src, imm, high);
    add_lddw(p, dst, imm ^ (int32_t)(difference & 1), high ^ (int32_t)(difference >> 1));
    if (back) {
        add(p, 0xb7, 0, 0, 0);
        add(p, 0x07, 0, 0, 1);
    }
    add(p, opcode, dst, opcode & 8 ? src : 0, opcode & 8 ? 0 : imm);
    p->insn[p->len - 1].off = back ? -2 : 1;
    add(p, 0xb7, 0, 0, 77);
}

static void every_jump(void **state)
{
    for (uint32_t op = 0; op < COUNT(jump_opcodes); op++)
        for (uint32_t i = 0; i < COUNT(corners); i++)
            for (uint32_t difference = 0; difference < 4; difference++)
                for (uint32_t back = 0; back < 2; back++) {
                    struct program p = {.len = 0};

                    add_compare(&p, jump_opcodes[op], 1 + random_below(9), 1 + random_below(9),
                                corners[i], difference, (int)back);
                    add_fold(&p);
                    check(*state, &p, random_below(4));
                }
}

static void random_instruction(struct program *p)
{
    uint32_t dst = random_below(10);
    uint32_t src = random_below(11);
    uint8_t opcode = alu_opcodes[random_below(COUNT(alu_opcodes))];

    switch (random_below(8)) {
    case 0:
        add_lddw(p, dst, random_imm(), random_imm());
        return;
    case 1:
    case 2:
        opcode = jump_opcodes[random_below(COUNT(jump_opcodes))];
        break;
    case 3:
        if (random_below(4) == 0) {
            add(p, 0x05, 0, 0, 0);
            return;
        }
        break;
    default:
        break;
    }
    add(p, opcode, dst, opcode & 8 ? src : 0, opcode & 8 ? 0 : random_imm());
}

static int is_jump(const struct rbpf_insn *insn)
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
        p->insn[i].off = (int16_t)((int32_t)target - (int32_t)i - 1);
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
        check(*state, &p, random_below(30));
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
        cmocka_unit_test(every_alu_pair),
        cmocka_unit_test(every_corner_constant),
        cmocka_unit_test(every_jump),
        cmocka_unit_test(random_programs),
        cmocka_unit_test(jump_to_itself),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
