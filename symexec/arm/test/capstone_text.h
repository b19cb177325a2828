/* Capstone behind a plain interface: its header and ours share names, such as enum arm_insn and struct arm_insn. */
#ifndef THUMBPROOF_ARM_TEST_CAPSTONE_TEXT_H
#define THUMBPROOF_ARM_TEST_CAPSTONE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

struct capstone_text {
    char mnemonic[32];
    char operands[160];
};

/* Disassembles `word`, an instruction of `size` bytes (2, or 4 with the first halfword above), outside of an IT
 * block. False if Capstone rejects it or takes it to be of another size. */
bool capstone_text(uint32_t word, unsigned size, struct capstone_text *text);
/* The same, but by all that Capstone knows of ARMv8. */
bool capstone_text_v8(uint32_t word, unsigned size, struct capstone_text *text);
void capstone_text_close(void);

#endif
