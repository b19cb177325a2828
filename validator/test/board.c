/* The board's memory, calls and registers, under Unicorn. */
#include "validator/test/board.h"

#include "symexec/term/diag.h"

#include <string.h>

enum { LOW_SIZE = 0x40000, MAX_INSTRUCTIONS = 3000000 };

static const int uc_registers[16] = {UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2,  UC_ARM_REG_R3,
                                     UC_ARM_REG_R4,  UC_ARM_REG_R5, UC_ARM_REG_R6,  UC_ARM_REG_R7,
                                     UC_ARM_REG_R8,  UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
                                     UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR,  UC_ARM_REG_PC};

static bool load(struct board *b, const struct arm_image *image)
{
    struct arm_state s = {0};
    struct diag diag;
    uint32_t size;
    bool loaded = arm_image_map(image, &s, &diag) && arm_image_symbol(image, "tp_compile", &b->compile, &size);
    for (size_t i = 0; loaded && i < s.memory.count; i++) {
        const struct arm_block *block = &s.memory.blocks[i];
        loaded = block->image && uc_mem_write(b->uc, block->base->value, block->image, block->size) == UC_ERR_OK;
    }
    arm_state_free(&s);
    return loaded;
}

bool board_open(struct board *b, const struct arm_image *image)
{
    *b = (struct board){0};
    if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &b->uc) != UC_ERR_OK)
        return false;
    uc_ctl_set_cpu_model(b->uc, UC_CPU_ARM_CORTEX_M3);
    uc_mem_map(b->uc, 0, LOW_SIZE, UC_PROT_ALL);
    uc_mem_map(b->uc, BOARD_DATA, BOARD_DATA_SIZE, UC_PROT_ALL);
    uc_mem_map(b->uc, BOARD_STACK, BOARD_STACK_SIZE, UC_PROT_ALL);
    return load(b, image);
}

void board_close(struct board *b)
{
    if (b->uc)
        uc_close(b->uc);
    b->uc = NULL;
}

uint32_t board_word(const struct board *b, uint32_t offset)
{
    uint32_t value = 0;
    uc_mem_read(b->uc, BOARD_DATA + offset, &value, sizeof value);
    return value;
}

void board_put(struct board *b, uint32_t offset, uint32_t value)
{
    uc_mem_write(b->uc, BOARD_DATA + offset, &value, sizeof value);
}

uint32_t board_register(const struct board *b, unsigned reg)
{
    uint32_t value = 0;
    uc_reg_read(b->uc, uc_registers[reg], &value);
    return reg == ARM_PC ? value & ~1u : value;
}

uint32_t board_flags(const struct board *b)
{
    uint32_t flags = 0;
    uc_reg_read(b->uc, UC_ARM_REG_APSR_NZCV, &flags);
    return flags;
}

void board_call(struct board *b, uint32_t address, uint32_t r0, const uint32_t registers[13])
{
    const uint32_t special[] = {BOARD_STACK + BOARD_STACK_SIZE, BOARD_RETURN | 1, address}, flags = 0;
    for (unsigned i = 0; i < 16; i++)
        uc_reg_write(b->uc, uc_registers[i], i == 0 ? &r0 : i < ARM_SP ? &registers[i] : &special[i - ARM_SP]);
    uc_reg_write(b->uc, UC_ARM_REG_APSR_NZCV, &flags);
}

void board_call_compiler(struct board *b, const uint8_t *program, uint32_t length, uint32_t room,
                         const uint32_t registers[13])
{
    const uint32_t argument[BOARD_ARGUMENT_WORDS] = {
        BOARD_DATA, length, BOARD_DATA + BOARD_OFFSETS, BOARD_DATA + BOARD_CODE, room, 0, 0};
    uc_mem_write(b->uc, BOARD_DATA, program, 8 * (size_t)length);
    for (uint32_t i = 0; i < BOARD_ARGUMENT_WORDS; i++)
        board_put(b, BOARD_ARGUMENT + 4 * i, argument[i]);
    board_call(b, b->compile, BOARD_DATA + BOARD_ARGUMENT, registers);
}

bool board_run(struct board *b)
{
    return uc_emu_start(b->uc, board_register(b, ARM_PC) | 1, BOARD_RETURN, 0, MAX_INSTRUCTIONS) == UC_ERR_OK &&
           board_register(b, ARM_PC) == BOARD_RETURN;
}
