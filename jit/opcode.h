/* Opcode bytes, RFC 9669 section 3: bits 7:4 operation, bit 3 source (0 = K, 1 = X), 2:0 class. */
#ifndef JIT_OPCODE_H
#define JIT_OPCODE_H

enum {
    CLASS_LD = 0x00,
    CLASS_ALU32 = 0x04,
    CLASS_JMP = 0x05,
    CLASS_JMP32 = 0x06,
    CLASS_ALU64 = 0x07,
    CLASS_MASK = 0x07,

    SOURCE_K = 0x00,
    SOURCE_X = 0x08,

    /* Section 4.1: ALU and ALU64. An off makes div, mod and mov signed. */
    ALU_ADD = 0x00,
    ALU_SUB = 0x10,
    ALU_MUL = 0x20,
    ALU_DIV = 0x30,
    ALU_OR = 0x40,
    ALU_AND = 0x50,
    ALU_LSH = 0x60,
    ALU_RSH = 0x70,
    ALU_NEG = 0x80,
    ALU_MOD = 0x90,
    ALU_XOR = 0xa0,
    ALU_MOV = 0xb0,
    ALU_ARSH = 0xc0,
    ALU_END = 0xd0,

    /* Section 4.3: JMP and JMP32. */
    JMP_JA = 0x00,
    JMP_JEQ = 0x10,
    JMP_JGT = 0x20,
    JMP_JGE = 0x30,
    JMP_JSET = 0x40,
    JMP_JNE = 0x50,
    JMP_JSGT = 0x60,
    JMP_JSGE = 0x70,
    JMP_EXIT = 0x90,
    JMP_JLT = 0xa0,
    JMP_JLE = 0xb0,
    JMP_JSLT = 0xc0,
    JMP_JSLE = 0xd0,

    /* Whole opcodes that have no variants. */
    OPCODE_LE = CLASS_ALU32 | SOURCE_K | ALU_END, /* section 4.2 */
    OPCODE_BE = CLASS_ALU32 | SOURCE_X | ALU_END,
    OPCODE_BSWAP = CLASS_ALU64 | SOURCE_K | ALU_END,
    OPCODE_JA = CLASS_JMP | JMP_JA,
    OPCODE_GOTOL = CLASS_JMP32 | JMP_JA,
    OPCODE_EXIT = CLASS_JMP | JMP_EXIT,
    OPCODE_LDDW = 0x18,       /* section 5.4 */
    OPCODE_SECOND_SLOT = 0x00 /* of lddw; no instruction has this byte */
};

#endif
