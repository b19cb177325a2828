/*
 * The executor against an independent emulator on the real thing: the JIT's whole rbpf_compile, from the ELF file, on
 * random programs, instruction by instruction: registers and flags after each, all memory at the end.
 */
#include "symexec/arm/arm.h"
#include "symexec/term/diag.h"

#include <unicorn/unicorn.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    DATA = 0x20000000, /* program, offsets, code, then the struct that rbpf_compile takes */
    OFFSETS = 0x1000,
    CODE = 0x2000,
    ARGUMENT = 0x5000,
    DATA_SIZE = 0x6000,
    CODE_ROOM = (ARGUMENT - CODE) / 2,
    STACK = 0x24000000,
    STACK_SIZE = 0x1000,
    RETURN = 0x100,
    MAX_SLOTS = 40,
    PROGRAMS = 60,
};

static uint64_t seed = 11;

static uint32_t rnd(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 20) % below;
}

/* ---- random programs ---- */

static const uint8_t opcodes[] = {0x04, 0x0c, 0x14, 0x1c, 0xb4, 0xbc, 0x07, 0x0f, 0x17, 0x1f, 0xb7, 0xbf,
                                  0x05, 0x15, 0x1d, 0x16, 0x1e, 0x55, 0x5d, 0x56, 0x5e, 0x95, 0x18};

static uint32_t constant(void)
{
    static const uint32_t corners[] = {0,          1,          0xff,       0x100,      0xffff,     0x10000,
                                       0x80000000, 0x7fffffff, 0xffffffff, 0xff00ff00, 0x00ab00ab, 0x3fc00};
    return rnd(3) ? corners[rnd(12)] : rnd(0x40000000) * 4 + rnd(4);
}

/* Mostly valid; now and then a field is spoiled, so that refusals run too. */
static uint32_t make_program(uint8_t *bytes)
{
    uint32_t length = 2 + rnd(MAX_SLOTS - 2);
    memset(bytes, 0, 8 * (size_t)length);
    for (uint32_t i = 0; i < length; i++) {
        uint8_t *slot = bytes + 8 * i;
        uint8_t opcode = i + 1 == length ? 0x95 : opcodes[rnd(sizeof opcodes)];
        if (opcode == 0x18 && i + 2 >= length)
            opcode = 0xb7;
        bool jump = (opcode & 7) == 5 || (opcode & 7) == 6,
             reg = (opcode & 8) && opcode != 0x95 && opcode != 0x05 && opcode != 0x18;
        uint32_t imm = constant();
        int16_t off = (int16_t)((int)rnd(length) - (int)i - 1);
        slot[0] = opcode;
        if (opcode != 0x95 && opcode != 0x05)
            slot[1] = (uint8_t)(rnd(jump ? 11 : 10) | (reg ? rnd(11) << 4 : 0));
        if (jump && opcode != 0x95)
            memcpy(slot + 2, &off, 2);
        if (!reg && opcode != 0x95 && opcode != 0x05)
            memcpy(slot + 4, &imm, 4);
        if (opcode == 0x18) {
            imm = constant();
            memcpy(slot + 12, &imm, 4);
            i++;
        }
    }
    if (rnd(8) == 0)
        bytes[rnd(8 * length)] ^= (uint8_t)(1u << rnd(8));
    return length;
}

/* ---- two machines ---- */

static bool no_decision(void *data, term condition)
{
    (void)data;
    (void)condition;
    fail_msg("a constant run asked for a decision");
    return false;
}

static void word(struct arm_state *s, uc_engine *uc, size_t block, uint32_t offset, uint32_t value)
{
    arm_poke(s, block, offset, term_const(32, value));
    uc_mem_write(uc, DATA + offset, &value, 4);
}

static const int uc_registers[16] = {UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2,  UC_ARM_REG_R3,
                                     UC_ARM_REG_R4,  UC_ARM_REG_R5, UC_ARM_REG_R6,  UC_ARM_REG_R7,
                                     UC_ARM_REG_R8,  UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
                                     UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR,  UC_ARM_REG_PC};

static void compare(const struct arm_state *s, uc_engine *uc)
{
    uint32_t value, flags = 0;
    for (unsigned i = 0; i < 16; i++) {
        uc_reg_read(uc, uc_registers[i], &value);
        if (i == ARM_PC)
            value &= ~1u;
        assert_true(term_is_const(s->r[i]));
        if (s->r[i]->value != value)
            fail_msg("r%u is 0x%x here and 0x%x there, pc 0x%x", i, (unsigned)s->r[i]->value, value,
                     (unsigned)s->r[ARM_PC]->value);
    }
    uc_reg_read(uc, UC_ARM_REG_APSR_NZCV, &flags);
    assert_int_equal(s->n->value << 3 | s->z->value << 2 | s->c->value << 1 | s->v->value, flags >> 28);
}

/* Returns the number of instructions, and counts programs that compile. */
static uint64_t lockstep(const struct arm_image *image, unsigned *compiled)
{
    struct undo undo = {0};
    const struct arm_env env = {.decide = no_decision};
    struct arm_state s = {.undo = &undo, .env = &env};
    struct diag diag;
    uc_engine *uc;
    uint8_t program[8 * MAX_SLOTS] = {0};
    uint32_t entry, size, length = make_program(program);
    assert_true(arm_image_map(image, &s, &diag));
    assert_true(arm_image_symbol(image, "rbpf_compile", &entry, &size));
    assert_int_equal(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &uc), UC_ERR_OK);
    uc_ctl_set_cpu_model(uc, UC_CPU_ARM_CORTEX_M3);
    uc_mem_map(uc, 0, 0x40000, UC_PROT_ALL);
    uc_mem_map(uc, DATA, DATA_SIZE, UC_PROT_ALL);
    uc_mem_map(uc, STACK, STACK_SIZE, UC_PROT_ALL);
    for (size_t i = 0; i < s.memory.count; i++)
        uc_mem_write(uc, s.memory.blocks[i].base->value, s.memory.blocks[i].image, s.memory.blocks[i].size);
    size_t data = arm_add_block(&s, (struct arm_block){.name = "data",
                                                       .base = term_const(32, DATA),
                                                       .size = DATA_SIZE,
                                                       .fresh = TERM_UNDEFINED,
                                                       .permissions = ARM_READ | ARM_WRITE});
    arm_add_block(&s, (struct arm_block){.name = "stack",
                                         .base = term_const(32, STACK),
                                         .size = STACK_SIZE,
                                         .stack = true,
                                         .fresh = TERM_UNDEFINED,
                                         .permissions = ARM_READ | ARM_WRITE});
    for (uint32_t i = 0; i < 2 * length; i++) {
        uint32_t value;
        memcpy(&value, program + 4 * i, 4);
        word(&s, uc, data, 4 * i, value);
    }
    const uint32_t argument[] = {DATA, length, DATA + OFFSETS, DATA + CODE, rnd(4) ? CODE_ROOM : rnd(200), 0, 0};
    for (uint32_t i = 0; i < 7; i++)
        word(&s, uc, data, ARGUMENT + 4 * i, argument[i]);
    for (unsigned i = 0; i < 16; i++) {
        uint32_t value = i == 0        ? DATA + ARGUMENT
                         : i == ARM_SP ? STACK + STACK_SIZE
                         : i == ARM_LR ? RETURN | 1
                         : i == ARM_PC ? entry
                                       : constant();
        s.r[i] = term_const(32, value);
        uc_reg_write(uc, uc_registers[i], &value);
    }
    uint32_t flags = 0;
    uc_reg_write(uc, UC_ARM_REG_APSR_NZCV, &flags);
    s.n = s.z = s.c = s.v = term_const(1, 0);
    while (s.r[ARM_PC]->value != RETURN) {
        uint32_t pc = (uint32_t)s.r[ARM_PC]->value;
        do /* the emulator runs an IT block as one step */
            if (!arm_step(&s))
                fail_msg("at 0x%x: %s: %s", pc, arm_rule_info(s.broken)->name, s.detail);
        while (s.it);
        assert_int_equal(uc_emu_start(uc, pc | 1, 0xfffffffe, 0, 1), UC_ERR_OK);
        compare(&s, uc);
    }
    for (uint32_t offset = 0; offset < DATA_SIZE; offset += 4) {
        uint32_t value;
        uc_mem_read(uc, DATA + offset, &value, 4);
        if (s.memory.blocks[data].cells[offset / 4]) {
            term cell = arm_peek(&s, data, offset);
            if (term_is_const(cell)) /* half-written words of the output are not */
                assert_int_equal(cell->value, value);
        } else {
            assert_int_equal(value, 0);
        }
    }
    *compiled += s.r[0]->value == 0;
    uint64_t instructions = s.instructions;
    arm_state_free(&s);
    undo_free(&undo);
    uc_close(uc);
    return instructions;
}

static void compile_runs_in_lockstep(void **state)
{
    (void)state;
    static const char *const objects[] = {"build/m3-gcc-Os/jit.elf", "build/m3-gcc-O2/jit.elf",
                                          "build/m3-clang-Oz/jit.elf"};
    for (size_t k = 0; k < sizeof objects / sizeof *objects; k++) {
        struct diag diag = {0};
        uint64_t instructions = 0;
        unsigned compiled = 0;
        struct arm_image *image = arm_image_open(objects[k], &diag);
        if (!image)
            fail_msg("%s: %s", diag.where, diag.message);
        for (int i = 0; i < PROGRAMS; i++)
            instructions += lockstep(image, &compiled);
        printf("%s: %u of %d programs compiled, %llu instructions alike\n", objects[k], compiled, PROGRAMS,
               (unsigned long long)instructions);
        assert_true(compiled > PROGRAMS / 4 && compiled < PROGRAMS && instructions > 50000);
        arm_image_close(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(compile_runs_in_lockstep)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
