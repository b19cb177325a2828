/* Every supported opcode but lddw, ja, gotol and exit, spelled out as in RFC 9669. */
#ifndef TEST_OPCODES_H
#define TEST_OPCODES_H

#include <stdint.h>

/* An ALU instruction with what tells it from others with its opcode byte. */
struct alu_opcode {
    uint8_t opcode;
    uint8_t off; /* 1 signed; 8, 16, 32 sign extension */
    uint8_t imm; /* size of a byte swap; 0: any, for K */
};

#define ALU_OPCODES 72
#define JUMP_OPCODES 44

extern const struct alu_opcode alu_opcodes[];
extern const uint8_t jump_opcodes[];

/* The operand is a constant that may have any value. */
int takes_constant(const struct alu_opcode *op);

/* The operand is a register. */
int takes_register(const struct alu_opcode *op);

#endif
