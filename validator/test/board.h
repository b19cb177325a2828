/* A board: an emulated Cortex-M3 with the JIT's object, that compiles programs and runs what comes out. */
#ifndef THUMBPROOF_TEST_BOARD_H
#define THUMBPROOF_TEST_BOARD_H

#include "symexec/arm/arm.h"

#include <unicorn/unicorn.h>

enum {
    BOARD_DATA = 0x20000000, /* program; then by their distance: */
    BOARD_OFFSETS = 0x1000,
    BOARD_CODE = 0x2000,
    BOARD_ARGUMENT = 0x5000, /* the struct that tp_compile takes */
    BOARD_VM = 0x5800,       /* the struct that emitted code takes */
    BOARD_DATA_SIZE = 0x6000,
    BOARD_CODE_ROOM = (BOARD_ARGUMENT - BOARD_CODE) / 2, /* halfwords */
    BOARD_STACK = 0x24000000,
    BOARD_STACK_SIZE = 0x1000,
    BOARD_RETURN = 0x100,
    BOARD_ARGUMENT_WORDS = 7,
    BOARD_SIZE =
        20, /* members of the argument, in bytes: halfwords of code, and the slot at which compilation stopped */
    BOARD_BAD_INDEX = 24,
    BOARD_VM_WORDS = 6,
    BOARD_FUEL = 12, /* a member of the VM block */
};

struct board {
    uc_engine *uc;
    uint32_t compile; /* address of tp_compile */
};
/* Powers it on: memory is 0. False if the image cannot be loaded. */
bool board_open(struct board *board, const struct arm_image *image);
void board_close(struct board *board);

/* Words of BOARD_DATA. */
uint32_t board_word(const struct board *board, uint32_t offset);
void board_put(struct board *board, uint32_t offset, uint32_t value);
uint32_t board_register(const struct board *board, unsigned reg);
/* Flags as in bits 31 to 28 of the APSR. */
uint32_t board_flags(const struct board *board);

/* A call by the AAPCS is next: r0, the other registers from `registers`, flags 0, an empty stack. */
void board_call(struct board *board, uint32_t address, uint32_t r0, const uint32_t registers[13]);
/* The call of tp_compile for a program of `length` slots, with room for so many halfwords of code. */
void board_call_compiler(struct board *board, const uint8_t *program, uint32_t length, uint32_t room,
                         const uint32_t registers[13]);
/* Runs a call to its end. False if it does not return. */
bool board_run(struct board *board);

#endif
