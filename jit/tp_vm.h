/*
 * rBPF for Cortex-M: check a program, compile it to Thumb-2, run it.
 *
 * Nothing here allocates or keeps state: the caller owns every buffer. Compile once, run the code
 * as often as you like, each run with its own struct tp_vm.
 */
#ifndef TP_VM_H
#define TP_VM_H

#include <stdint.h>

/* Longest program in slots (an lddw takes two). */
enum tp_limit { TP_MAX_LEN = 1 << 20 };

/* One instruction slot, RFC 9669 section 3, little-endian. */
struct tp_insn {
    uint8_t opcode;
    uint8_t regs; /* destination in bits 3:0, source in bits 7:4 */
    int16_t off;
    int32_t imm;
};

enum tp_status {
    TP_OK = 0,

    /* How a run ends early. */
    TP_FUEL = 1, /* a backward jump was taken with no fuel left */

    /* Why tp_compile stopped. */
    TP_BAD_BUFFER = 16,    /* code is not 4-aligned */
    TP_CODE_FULL = 17,     /* less room left than one instruction may need */
    TP_BRANCH_RANGE = 18,  /* code too large for a branch to span */
    TP_UNSUPPORTED = 19,   /* no native code for this opcode */
    TP_TABLE_CHANGED = 20, /* the two passes disagree: the buffers were written meanwhile */

    /* Why tp_check refused the program. */
    TP_BAD_LENGTH = 32,     /* no instruction, or more than TP_MAX_LEN */
    TP_BAD_OPCODE = 33,     /* unknown opcode */
    TP_RESERVED_FIELD = 34, /* a field that the opcode does not use is not zero */
    TP_BAD_REGISTER = 35,   /* register above r10 */
    TP_WRITE_R10 = 36,      /* r10 is read-only */
    TP_BAD_JUMP = 37,       /* out of the program, or into the second slot of lddw */
    TP_TRUNCATED_LDDW = 38, /* lddw without its second slot */
    TP_FALLS_OFF_END = 39,  /* control can run past the last instruction */
};

/* The machine as one run sees it. The generated code reads the first four fields once, at entry. */
struct tp_vm {
    uint32_t ctx;       /* r1 at entry */
    uint32_t ctx_len;   /* r2 at entry */
    uint32_t stack_top; /* r10 */
    uint32_t fuel;      /* taken backward jumps allowed; afterwards what is left */
    uint64_t result;    /* r0 at exit; untouched by a run that ends in a fault */
};

/* What tp_compile works on. */
struct tp_compilation {
    const struct tp_insn *prog;
    uint32_t len;       /* of prog, in slots */
    uint32_t *offsets;  /* room for len + 1: where each slot's code begins, in halfwords */
    uint16_t *code;     /* the machine code, 4-aligned, in memory that can execute */
    uint32_t capacity;  /* of code, in halfwords */
    uint32_t size;      /* out: halfwords of code, after success */
    uint32_t bad_index; /* out: the slot at which compilation stopped; len after success */
};

/* Accept exactly the programs of the contract. *bad_index gets the offending slot, or len. */
uint32_t tp_check(const struct tp_insn *prog, uint32_t len, uint32_t *bad_index);

/* Preflight and compile. The code is position-independent: it may be moved by multiples of 4. */
uint32_t tp_compile(struct tp_compilation *c);

/* Run compiled code. Returns TP_OK with vm->result set, or the fault. */
uint32_t tp_run(struct tp_vm *vm, const uint16_t *code);

#endif
