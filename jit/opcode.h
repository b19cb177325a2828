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

    /* Section 4.1: ALU and ALU64. */
    ALU_ADD = 0x00,
    ALU_SUB = 0x10,
    ALU_MOV = 0xb0,

    /* Section 4.3: JMP and JMP32. */
    JMP_JA = 0x00,
    JMP_JEQ = 0x10,
    JMP_JNE = 0x50,
    JMP_EXIT = 0x90,

    /* Whole opcodes that have no variants. */
    OPCODE_JA = CLASS_JMP | JMP_JA,
    OPCODE_EXIT = CLASS_JMP | JMP_EXIT,
    OPCODE_LDDW = 0x18,       /* section 5.4 */
    OPCODE_SECOND_SLOT = 0x00 /* of lddw; no instruction has this byte */
};

#endif
