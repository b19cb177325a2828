/*
 * The executor against an independent emulator on the real thing: the JIT's whole tp_compile, from the ELF file, on
 * random programs, instruction by instruction: registers and flags after each, all memory at the end.
 */
#include "validator/test/board.h"
#include "validator/test/programs.h"

#include "symexec/term/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PROGRAMS = 60 };

static struct random seed = {11};

/* ---- two machines ---- */

static bool no_decision(void *data, term condition)
{
    (void)data;
    (void)condition;
    fail_msg("a constant run asked for a decision");
    return false;
}

/* Words of the board that are given to the machine; all others are undefined. */
static void give(struct arm_state *s, const struct board *board, size_t block, uint32_t offset, uint32_t words)
{
    for (uint32_t at = offset; at < offset + 4 * words; at += 4)
        arm_poke(s, block, at, term_const(32, board_word(board, at)));
}

static size_t add_data(struct arm_state *s, const char *name, uint32_t address, uint32_t size, bool stack)
{
    return arm_add_block(s, (struct arm_block){.name = name,
                                               .base = term_const(32, address),
                                               .size = size,
                                               .stack = stack,
                                               .fresh = TERM_UNDEFINED,
                                               .permissions = ARM_READ | ARM_WRITE});
}

static void compare(const struct arm_state *s, const struct board *board)
{
    for (unsigned i = 0; i < 16; i++) {
        uint32_t value = board_register(board, i);
        assert_true(term_is_const(s->r[i]));
        if (s->r[i]->value != value)
            fail_msg("r%u is 0x%x here and 0x%x there, pc 0x%x", i, (unsigned)s->r[i]->value, value,
                     (unsigned)s->r[ARM_PC]->value);
    }
    assert_int_equal(s->n->value << 3 | s->z->value << 2 | s->c->value << 1 | s->v->value, board_flags(board) >> 28);
}

static void compare_memory(struct arm_state *s, const struct board *board, size_t data)
{
    for (uint32_t offset = 0; offset < BOARD_DATA_SIZE; offset += 4) {
        uint32_t value = board_word(board, offset);
        if (s->memory.blocks[data].cells[offset / 4]) {
            term cell = arm_peek(s, data, offset);
            if (term_is_const(cell)) /* half-written words of the output are not */
                assert_int_equal(cell->value, value);
        } else {
            assert_int_equal(value, 0);
        }
    }
}

/* Returns the number of instructions, and counts programs that compile. */
static uint64_t lockstep(const struct arm_image *image, unsigned *compiled)
{
    struct undo undo = {0};
    const struct arm_env env = {.decide = no_decision};
    struct arm_state s = {.undo = &undo, .env = &env};
    struct diag diag;
    struct board board;
    uint8_t program[PROGRAM_MAX_BYTES];
    uint32_t registers[13], length = random_program(&seed, program);
    assert_true(arm_image_map(image, &s, &diag));
    size_t data = add_data(&s, "data", BOARD_DATA, BOARD_DATA_SIZE, false);
    add_data(&s, "stack", BOARD_STACK, BOARD_STACK_SIZE, true);
    for (unsigned i = 0; i < 13; i++)
        registers[i] = random_constant(&seed);
    assert_true(board_open(&board, image));
    board_call_compiler(&board, program, length, random_below(&seed, 4) ? BOARD_CODE_ROOM : random_below(&seed, 200),
                        registers);
    give(&s, &board, data, 0, 2 * length);
    give(&s, &board, data, BOARD_ARGUMENT, BOARD_ARGUMENT_WORDS);
    for (unsigned i = 0; i < 16; i++)
        s.r[i] = term_const(32, board_register(&board, i));
    s.n = s.z = s.c = s.v = term_const(1, 0);
    while (s.r[ARM_PC]->value != BOARD_RETURN) {
        uint32_t pc = (uint32_t)s.r[ARM_PC]->value;
        do /* the emulator runs an IT block as one step */
            if (!arm_step(&s))
                fail_msg("at 0x%x: %s: %s", pc, arm_rule_info(s.broken)->name, s.detail);
        while (s.it);
        assert_int_equal(uc_emu_start(board.uc, pc | 1, 0xfffffffe, 0, 1), UC_ERR_OK);
        compare(&s, &board);
    }
    compare_memory(&s, &board, data);
    *compiled += s.r[0]->value == 0;
    uint64_t instructions = s.instructions;
    arm_state_free(&s);
    undo_free(&undo);
    board_close(&board);
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
