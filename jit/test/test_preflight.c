/* What is accepted, and for each reason of rejection the inputs that trip it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../tp_vm.h"

#define EXIT                                                                                       \
    {                                                                                              \
        0x95, 0, 0, 0                                                                              \
    }
#define MAX 4

struct row {
    const char *name;
    uint32_t status, bad_index, len;
    struct tp_insn prog[MAX];
};

static const struct row table[] = {
    {"exit", TP_OK, 1, 1, {EXIT}},
    {"add64 K", TP_OK, 2, 2, {{0x07, 0x09, 0, -5}, EXIT}},
    {"add64 X", TP_OK, 2, 2, {{0x0f, 0xa0, 0, 0}, EXIT}},
    {"sub32 X, same register", TP_OK, 2, 2, {{0x1c, 0x33, 0, 0}, EXIT}},
    {"jeq reads r10", TP_OK, 2, 2, {{0x15, 0x0a, 0, 7}, EXIT}},
    {"jne32 X reads r10", TP_OK, 2, 2, {{0x5e, 0xaa, -1, 0}, EXIT}},
    {"jump to slot 0", TP_OK, 2, 2, {{0xb7, 0, 0, 0}, {0x05, 0, -2, 0}}},
    {"jump to the last slot", TP_OK, 3, 3, {{0x05, 0, 1, 0}, EXIT, EXIT}},
    {"ja to itself", TP_OK, 1, 1, {{0x05, 0, -1, 0}}},
    {"lddw", TP_OK, 3, 3, {{0x18, 0x09, 0, -1}, {0, 0, 0, -1}, EXIT}},
    {"jump over lddw", TP_OK, 4, 4, {{0x15, 0, 2, 0}, {0x18, 1, 0, 0}, {0, 0, 0, 0}, EXIT}},
    {"jump to lddw", TP_OK, 3, 3, {{0x18, 1, 0, 0}, {0, 0, 0, 0}, {0x05, 0, -3, 0}}},
    {"exit in the middle", TP_OK, 3, 3, {{0x15, 0, 1, 0}, EXIT, EXIT}},

    {"gotol to itself", TP_OK, 1, 1, {{0x06, 0, 0, -1}}},
    {"gotol ahead", TP_OK, 3, 3, {{0x06, 0, 0, 1}, EXIT, EXIT}},
    {"smod32 K", TP_OK, 2, 2, {{0x94, 0x01, 1, -3}, EXIT}},
    {"movsx from r10", TP_OK, 2, 2, {{0xbf, 0xa1, 32, 0}, EXIT}},
    {"be16", TP_OK, 2, 2, {{0xdc, 0x01, 0, 16}, EXIT}},

    {"no instruction", TP_BAD_LENGTH, 0, 0, {EXIT}},
    {"too long", TP_BAD_LENGTH, 0, TP_MAX_LEN + 1, {EXIT}},
    {"too long by far", TP_BAD_LENGTH, 0, 0xffffffff, {EXIT}},
    {"unknown opcode", TP_BAD_OPCODE, 1, 3, {{0xb7, 0, 0, 0}, {0xff, 0, 0, 0}, EXIT}},
    {"zero opcode outside lddw", TP_BAD_OPCODE, 0, 2, {{0, 0, 0, 0}, EXIT}},
    {"ja X", TP_BAD_OPCODE, 0, 2, {{0x0d, 0, 0, 0}, EXIT}},
    {"exit in JMP32", TP_BAD_OPCODE, 0, 1, {{0x96, 0, 0, 0}}},
    {"off of alu", TP_RESERVED_FIELD, 0, 2, {{0x07, 0, 1, 0}, EXIT}},
    {"off of mov X", TP_RESERVED_FIELD, 0, 2, {{0xbf, 0x10, 1, 0}, EXIT}},
    {"off of mov K", TP_RESERVED_FIELD, 0, 2, {{0xb7, 0x01, 8, 0}, EXIT}},
    {"off 32 of mov32 X", TP_RESERVED_FIELD, 0, 2, {{0xbc, 0x10, 32, 0}, EXIT}},
    {"off -1 of div", TP_RESERVED_FIELD, 0, 2, {{0x3f, 0x10, -1, 0}, EXIT}},
    {"off 257 of div", TP_RESERVED_FIELD, 0, 2, {{0x3f, 0x10, 257, 0}, EXIT}},
    {"off of neg", TP_RESERVED_FIELD, 0, 2, {{0x87, 0x01, 1, 0}, EXIT}},
    {"imm of neg", TP_RESERVED_FIELD, 0, 2, {{0x87, 0x01, 0, 1}, EXIT}},
    {"src of neg", TP_RESERVED_FIELD, 0, 2, {{0x87, 0x11, 0, 0}, EXIT}},
    {"src of be", TP_RESERVED_FIELD, 0, 2, {{0xdc, 0x11, 0, 16}, EXIT}},
    {"size of le", TP_RESERVED_FIELD, 0, 2, {{0xd4, 0x01, 0, 8}, EXIT}},
    {"off of gotol", TP_RESERVED_FIELD, 0, 1, {{0x06, 0, 1, -1}}},
    {"dst of gotol", TP_RESERVED_FIELD, 0, 1, {{0x06, 1, 0, -1}}},
    {"src of alu K", TP_RESERVED_FIELD, 0, 2, {{0x07, 0x10, 0, 0}, EXIT}},
    {"imm of alu X", TP_RESERVED_FIELD, 0, 2, {{0x0f, 0x10, 0, 1}, EXIT}},
    {"src of jump K", TP_RESERVED_FIELD, 0, 2, {{0x15, 0x10, 0, 0}, EXIT}},
    {"imm of jump X", TP_RESERVED_FIELD, 0, 2, {{0x1d, 0x10, 0, 1}, EXIT}},
    {"dst of ja", TP_RESERVED_FIELD, 0, 2, {{0x05, 0x01, 0, 0}, EXIT}},
    {"src of ja", TP_RESERVED_FIELD, 0, 2, {{0x05, 0x10, 0, 0}, EXIT}},
    {"imm of ja", TP_RESERVED_FIELD, 0, 2, {{0x05, 0, 0, 1}, EXIT}},
    {"dst of exit", TP_RESERVED_FIELD, 0, 1, {{0x95, 0x01, 0, 0}}},
    {"off of exit", TP_RESERVED_FIELD, 0, 1, {{0x95, 0, 1, 0}}},
    {"imm of exit", TP_RESERVED_FIELD, 0, 1, {{0x95, 0, 0, 1}}},
    {"src of lddw", TP_RESERVED_FIELD, 0, 3, {{0x18, 0x10, 0, 0}, {0, 0, 0, 0}, EXIT}},
    {"off of lddw", TP_RESERVED_FIELD, 0, 3, {{0x18, 0, 1, 0}, {0, 0, 0, 0}, EXIT}},
    {"regs of second slot", TP_RESERVED_FIELD, 0, 3, {{0x18, 0, 0, 0}, {0, 1, 0, 0}, EXIT}},
    {"off of second slot", TP_RESERVED_FIELD, 0, 3, {{0x18, 0, 0, 0}, {0, 0, 1, 0}, EXIT}},
    {"dst r11", TP_BAD_REGISTER, 0, 2, {{0x07, 0x0b, 0, 0}, EXIT}},
    {"src r11", TP_BAD_REGISTER, 0, 2, {{0x0f, 0xb0, 0, 0}, EXIT}},
    {"dst r15 of jump", TP_BAD_REGISTER, 0, 2, {{0x15, 0x0f, 0, 0}, EXIT}},
    {"src r15 of jump", TP_BAD_REGISTER, 0, 2, {{0x1d, 0xf0, 0, 0}, EXIT}},
    {"mov to r10", TP_WRITE_R10, 0, 2, {{0xb7, 0x0a, 0, 0}, EXIT}},
    {"add32 X to r10", TP_WRITE_R10, 0, 2, {{0x0c, 0x1a, 0, 0}, EXIT}},
    {"lddw to r10", TP_WRITE_R10, 0, 3, {{0x18, 0x0a, 0, 0}, {0, 0, 0, 0}, EXIT}},
    {"jump to the end", TP_BAD_JUMP, 0, 2, {{0x05, 0, 1, 0}, EXIT}},
    {"jump far ahead", TP_BAD_JUMP, 0, 2, {{0x15, 0, INT16_MAX, 0}, EXIT}},
    {"gotol far ahead", TP_BAD_JUMP, 0, 2, {{0x06, 0, 0, INT32_MAX}, EXIT}},
    {"gotol far back", TP_BAD_JUMP, 0, 2, {{0x06, 0, 0, INT32_MIN}, EXIT}},
    {"gotol to the end", TP_BAD_JUMP, 0, 2, {{0x06, 0, 0, 1}, EXIT}},
    {"gotol before slot 0", TP_BAD_JUMP, 0, 2, {{0x06, 0, 0, -2}, EXIT}},
    {"swap of r10", TP_WRITE_R10, 0, 2, {{0xd7, 0x0a, 0, 64}, EXIT}},
    {"jump before slot 0", TP_BAD_JUMP, 0, 2, {{0x15, 0, -2, 0}, EXIT}},
    {"jump far back", TP_BAD_JUMP, 0, 2, {{0x05, 0, INT16_MIN, 0}, EXIT}},
    {"jump into lddw", TP_BAD_JUMP, 0, 4, {{0x15, 0, 1, 0}, {0x18, 1, 0, 0}, {0, 0, 0, 0}, EXIT}},
    {"lddw at the end", TP_TRUNCATED_LDDW, 1, 2, {EXIT, {0x18, 0, 0, 0}}},
    {"lddw without its half", TP_TRUNCATED_LDDW, 0, 3, {{0x18, 0, 0, 0}, EXIT, EXIT}},
    {"ends in alu", TP_FALLS_OFF_END, 1, 2, {EXIT, {0xb7, 0, 0, 0}}},
    {"ends in lddw", TP_FALLS_OFF_END, 1, 3, {EXIT, {0x18, 0, 0, 0}, {0, 0, 0, 0}}},
    {"ends in jeq", TP_FALLS_OFF_END, 1, 2, {EXIT, {0x15, 0, -1, 0}}},
};

static void whole_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct row *row = &table[i];
        uint32_t bad_index = 0xabcdef;
        uint32_t status = tp_check(row->prog, row->len, &bad_index);

        if (status != row->status || bad_index != row->bad_index)
            print_error("row \"%s\": status %u at %u\n", row->name, status, bad_index);
        assert_int_equal(status, row->status);
        assert_int_equal(bad_index, row->bad_index);
    }
}

/* What an opcode byte allows in off and imm beyond 0. */
static int accepts(uint32_t opcode, int32_t off, int32_t imm)
{
    uint32_t operation = opcode & 0xf0;
    int is_x = opcode & 8;
    int any_imm = !is_x;
    int any_off = 0;

    switch (opcode & 7) {
    case 4:
    case 7:
        if (operation == 0xd0) /* byte swaps */
            return opcode != 0xdf && off == 0 && (imm == 16 || imm == 32 || imm == 64);
        if (operation == 0x80) /* neg */
            return !is_x && off == 0 && imm == 0;
        if (operation > 0xd0)
            return 0;
        if (operation == 0x30 || operation == 0x90) /* div, mod */
            any_off = off == 1;
        if (operation == 0xb0 && is_x) /* mov */
            any_off = off == 8 || off == 16 || (off == 32 && (opcode & 7) == 7);
        break;
    case 5:
    case 6:
        if (operation == 0x90)
            return opcode == 0x95 && off == 0 && imm == 0;
        if (operation == 0x80 || operation > 0xd0)
            return 0;
        any_off = 1;
        if (operation == 0) {
            if (is_x)
                return 0;
            any_imm = opcode == 6;
            any_off = opcode == 5;
        }
        break;
    default:
        if (opcode != 0x18)
            return 0;
        any_imm = 1;
        break;
    }
    return (off == 0 || any_off) && (imm == 0 || any_imm);
}

/* All 256 opcode bytes, with every value of off and imm that means something somewhere. */
static void every_opcode(void **state)
{
    (void)state;
    static const int16_t offs[] = {0, 1, 2, 8, 16, 32, 64};
    static const int32_t imms[] = {0, 1, 8, 16, 32, 64};
    enum { LEN = 80 };
    struct tp_insn prog[LEN];
    uint32_t bad_index;

    for (uint32_t opcode = 0; opcode < 256; opcode++)
        for (size_t o = 0; o < sizeof offs / sizeof *offs; o++)
            for (size_t i = 0; i < sizeof imms / sizeof *imms; i++) {
                for (uint32_t slot = 0; slot < LEN; slot++)
                    prog[slot] = (struct tp_insn)EXIT;
                prog[0] = (struct tp_insn){(uint8_t)opcode, 0, offs[o], imms[i]};
                if (opcode == 0x18)
                    prog[1] = (struct tp_insn){0, 0, 0, imms[i]};
                uint32_t status = tp_check(prog, LEN, &bad_index);
                if ((status == TP_OK) != accepts(opcode, offs[o], imms[i]))
                    print_error("opcode %02x off %d imm %d: status %u\n", opcode, offs[o], imms[i],
                                status);
                assert_int_equal(status == TP_OK, accepts(opcode, offs[o], imms[i]));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_table),
        cmocka_unit_test(every_opcode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
