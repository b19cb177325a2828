/*
 * What is right: the eBPF instruction set (RFC 9669) as a table, its semantics over terms, and the contract of the
 * virtual machine.
 *
 * The semantics is written once. On constants it runs programs; on variables it is the specification that machine code
 * is proved against. An instruction's meaning is a list of guarded cases that exclude each other and cover everything.
 */
#ifndef THUMBPROOF_SPECS_H
#define THUMBPROOF_SPECS_H

#include "symexec/term/promise.h"

enum { BPF_REGISTERS = 11, BPF_FRAME_POINTER = 10, BPF_MAX_CASES = 4 };

/* ---- opcodes.c: the table ---------------------------------------------------------------------------------- */

/* Which fields an instruction uses; forms.c says what follows from it. */
enum bpf_form {
    BPF_FORM_ALU_IMM,   /* dst op= imm */
    BPF_FORM_ALU_REG,   /* dst op= src */
    BPF_FORM_UNARY,     /* dst = op dst */
    BPF_FORM_SWAP,      /* dst = op dst, on all 64 bits; imm is the size */
    BPF_FORM_JUMP,      /* pc += off */
    BPF_FORM_JUMP_LONG, /* pc += imm */
    BPF_FORM_JUMP_IMM,  /* if dst op imm: pc += off */
    BPF_FORM_JUMP_REG,  /* if dst op src: pc += off */
    BPF_FORM_LDDW,      /* dst = imm64, two slots */
    BPF_FORM_EXIT,
    BPF_FORM_CALL,      /* imm names a function */
    BPF_FORM_LOAD,      /* dst = mem[src + off] */
    BPF_FORM_STORE_IMM, /* mem[dst + off] = imm */
    BPF_FORM_STORE_REG, /* mem[dst + off] = src */
    BPF_FORM_ATOMIC,    /* mem[dst + off] op= src */
    BPF_FORM_PACKET,    /* deprecated */
};

/* What tells instructions with the same opcode byte apart. */
enum bpf_key { BPF_KEY_NONE, BPF_KEY_OFF, BPF_KEY_IMM, BPF_KEY_SRC };

struct bpf_opcode {
    uint8_t opcode;
    enum bpf_key key;
    int32_t key_value;    /* the field has this value, if key is not BPF_KEY_NONE */
    const char *id;       /* e.g. "add64_imm": mnemonic, width, operand kind */
    const char *mnemonic; /* as printed */
    const char *group;    /* RFC 9669 section 2.4 conformance group */
    const char *section;  /* of RFC 9669 */
    enum bpf_form form;
    const char *meaning;
    /* The operation on operands of the instruction's width: result, or for jumps the condition. NULL: no semantics
     * yet (or none is needed besides the form's). */
    term (*operation)(term a, term b);
    bool specified; /* the semantics is complete: the instruction can be proved */
};
extern const struct bpf_opcode bpf_opcodes[];
extern const size_t bpf_opcode_count;
/* Operand width of an instruction, 32 or 64: from its class. */
unsigned bpf_width(const struct bpf_opcode *row);
/* The row of a concrete instruction, or NULL. */
const struct bpf_opcode *bpf_find(uint8_t opcode, uint8_t src, int16_t off, int32_t imm);

/* ---- ways.def, ways.c: ways out of a run ------------------------------------------------------------------- */

enum bpf_outcome {
    BPF_NEXT, /* goes on at case.pc */
#define WAY(constant, name, title, holds, fuel, result) constant,
#include "specs/ways.def"
#undef WAY
    BPF_OUTCOMES,
};

/* Parts of the relation between the two machines. */
enum bpf_holds {
    BPF_HOLDS_REGISTERS = 1, /* every BPF register equals its home */
    BPF_HOLDS_FUEL = 2,
    BPF_HOLDS_FRAME = 4, /* sp, the VM pointer, the caller's saved registers, the VM block */
    BPF_HOLDS_ALL = 7,
};

struct bpf_way {
    const char *name, *title;
    unsigned holds;       /* enum bpf_holds: what is true where an instruction takes this way */
    bool fuel_is_kept;    /* the fuel returned is what was left; else it is 0 */
    bool result_is_given; /* r0 is the result; else the result is untouched */
};
/* By enum bpf_outcome; the first is no way out. */
extern const struct bpf_way bpf_ways[BPF_OUTCOMES];

/* ---- forms.c: fields and well-formedness ------------------------------------------------------------------- */

enum bpf_field {
    BPF_DST = 1, /* dst is a register */
    BPF_SRC = 2, /* src is a register */
    BPF_OFF = 4,
    BPF_IMM = 8,
    BPF_IMM2 = 16, /* second slot */
    BPF_WRITES_DST = 32,
};
/* Fields (enum bpf_field) that a form uses; the others are reserved and zero, or the key. */
unsigned bpf_fields(enum bpf_form form);

/* Whether an instruction of the form can leave the run this way. */
bool bpf_may_take(enum bpf_form form, enum bpf_outcome way);

struct bpf_insn {
    const struct bpf_opcode *row;
    unsigned dst, src; /* register numbers; the src field of a row whose key is src */
    term off;          /* 16 bits */
    term imm;          /* 32 bits */
    term imm2;         /* 32 bits: imm of the second slot */
};

/* Number of slots: 2 for lddw, else 1. */
unsigned bpf_slots(const struct bpf_opcode *row);
/* The eight bytes of slot 0 or 1 as a 64-bit term, little-endian (RFC 9669 section 3). */
term bpf_slot(const struct bpf_insn *insn, unsigned slot);
/*
 * Condition under which an implementation must accept the instruction at slot `pc` of a program of `length` slots
 * (32-bit terms), besides stated limits: its successors exist. Registers and reserved fields are right by construction
 * of struct bpf_insn.
 */
term bpf_must_accept(const struct bpf_insn *insn, term pc, term length);
/* Whether dst may be written by this row: r10 is read-only. */
bool bpf_legal_operands(const struct bpf_opcode *row, unsigned dst, unsigned src);
/* The distance of a jump's target from the next slot (32 bits), NULL if the instruction is no jump. */
term bpf_distance(const struct bpf_insn *insn);
/* Assembler text of an instruction whose fields are constants. */
void bpf_print(FILE *out, const struct bpf_insn *insn);

/* ---- routines.c: what called functions promise -------------------------------------------------------------- */

/* The promise of that name, or NULL. */
const struct promise *spec_routine(const char *name);
/* The exact meaning of a 12-bit i:imm3:imm8, 32 bits: ThumbExpandImm (ARMv7-M ARM A5.3.2). */
term spec_expand_imm(term imm12);

/* ---- ledger.c: what proofs take as given ---- */

enum ledger {
#define LEDGER(constant, key, guarantor, text) constant,
#include "specs/ledger.def"
#undef LEDGER
    LEDGER_ROWS,
};
struct ledger_row {
    const char *key;       /* stable, e.g. "blocks/apart" */
    const char *guarantor; /* see ledger.def */
    const char *text;      /* what is assumed */
};
extern const struct ledger_row ledger_rows[LEDGER_ROWS];

/* ---- limits.c: the least that a JIT must be able to do ------------------------------------------------------- */

enum spec_limit_id {
    SPEC_PROGRAM_SLOTS,
    SPEC_BRANCH_REACH,
    SPEC_HEADROOM,
    SPEC_PRELUDE_HEADROOM,
    SPEC_STACK_BYTES,
    SPEC_LIMITS,
};
/* A number that a JIT may choose, and how far. */
struct spec_limit {
    const char *name;
    bool at_least; /* else at most */
    uint32_t bound;
    const char *unit, *meaning;
};
extern const struct spec_limit spec_limits[SPEC_LIMITS];
bool spec_limit_met(enum spec_limit_id id, uint32_t value);

/* ---- step.c: semantics ------------------------------------------------------------------------------------- */

struct bpf_state {
    term r[BPF_REGISTERS]; /* 64 bits */
    term pc;               /* slot index, 32 bits */
    term fuel;             /* taken backward jumps left, 32 bits */
};

/* One way an instruction can go. */
struct bpf_case {
    const char *name; /* e.g. "taken backward" */
    term guard;       /* width 1 */
    enum bpf_outcome outcome;
    struct bpf_state after; /* meaningful if outcome is BPF_NEXT or BPF_EXIT */
};

/* State at entry (DESIGN: the VM contract): r1 = context, r2 = its length, r10 = stack top (32-bit terms), others 0. */
struct bpf_state bpf_entry(term context, term length, term stack_top, term fuel);
/* The cases of `insn` in `state`; returns their number, at most BPF_MAX_CASES. The row must be specified. */
size_t bpf_step(const struct bpf_state *state, const struct bpf_insn *insn, struct bpf_case *cases);

#endif
