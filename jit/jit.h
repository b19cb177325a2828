/*
 * The map of the compiler: what its files share, prototypes grouped by the file that defines them.
 *
 * Every position and length is counted in halfwords from the start of the code.
 */
#ifndef JIT_H
#define JIT_H

#include "rbpf.h"

#include "thumb.h"

/*
 * Leaf functions and loop steps that are reasoned about one at a time stay functions of their own
 * in every build. Plain noinline would let gcc specialise them for a caller.
 */
#if defined(__clang__)
#define JIT_STANDALONE __attribute__((noinline))
#else
#define JIT_STANDALONE __attribute__((noipa))
#endif

/*
 * The most halfwords that one BPF instruction, and the prelude, compile to under any homes.
 * Room is checked once against these bounds, not at every halfword.
 */
#define JIT_HEADROOM 20u
#define JIT_PRELUDE_HEADROOM 80u

#define JIT_REGISTERS 11u /* r0 to r10 */

/*
 * Where a word of a BPF register lives: below JIT_SLOT an Arm register (r2 to r8), from there on
 * word number (value - JIT_SLOT) of the native frame, at [sp, #4 * number].
 */
#define JIT_SLOT 16u

struct jit_home {
    uint8_t lo, hi;
};

/*
 * Arm registers with a fixed role. r11 is saved and free. Scratch registers hold nothing between
 * BPF instructions; the first two are low registers and so reach the 16-bit encodings.
 */
enum jit_role {
    JIT_SCRATCH_0 = 0,
    JIT_SCRATCH_1 = 1,
    JIT_SCRATCH_2 = 12,
    JIT_VM = 9,    /* struct rbpf * */
    JIT_FUEL = 10, /* taken backward jumps left */
};

/* The compiler between two instructions. */
struct jit {
    const struct rbpf_insn *prog;
    uint32_t len;
    uint32_t *offsets; /* len + 1 entries */
    uint16_t *code;
    uint32_t capacity;
    uint32_t pos;      /* of the next halfword, at most capacity */
    uint32_t pc;       /* slot being compiled */
    uint32_t final;    /* 0: sizing pass, offsets being filled; 1: offsets are valid */
    uint32_t exit_pos; /* where exit goes */
    uint32_t fuel_pos; /* where a backward jump without fuel goes */
    const struct jit_home *homes;
};

/* One instruction as its emitter sees it: homes in place of register numbers. */
struct jit_operands {
    struct jit_home dst, src;
    int32_t imm;
    int32_t off;
    uint32_t wide; /* 64-bit operation: not ALU32 or JMP32 */
};

/* emit.c: prog[pc] at code[pos]; advances pos. Assumes that preflight accepted the program. */
uint32_t jit_emit(struct jit *j);

/* alu.c: operation is bits 7:4 of the opcode. */
uint32_t jit_emit_alu_imm(struct jit *j, uint32_t operation, const struct jit_operands *in);
uint32_t jit_emit_alu_reg(struct jit *j, uint32_t operation, const struct jit_operands *in);
uint32_t jit_emit_lddw(struct jit *j, const struct jit_operands *in, int32_t high);

/* jump.c */
uint32_t jit_emit_jump_imm(struct jit *j, uint32_t operation, const struct jit_operands *in);
uint32_t jit_emit_jump_reg(struct jit *j, uint32_t operation, const struct jit_operands *in);
uint32_t jit_emit_ja(struct jit *j, const struct jit_operands *in);

/* constant.c: operations with any 32-bit constant. The last two may use JIT_SCRATCH_1. */
void jit_load(struct jit *j, uint32_t rd, uint32_t value);
void jit_op_constant(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t value);
void jit_cmp_constant(struct jit *j, uint32_t rn, uint32_t value);

/* homes.c: the only code that knows what a home is. */
extern const struct jit_home jit_homes_default[JIT_REGISTERS];
uint32_t jit_use(struct jit *j, uint32_t word, uint32_t scratch);
uint32_t jit_place(uint32_t word, uint32_t scratch);
void jit_commit(struct jit *j, uint32_t word, uint32_t reg);
void jit_copy(struct jit *j, uint32_t to, uint32_t from);
void jit_set(struct jit *j, uint32_t word, uint32_t value);
uint32_t jit_slots(const struct jit_home *homes);

/* frame.c: entry at position 0, the ways out, then the body at pos. Sets exit_pos and fuel_pos. */
uint32_t jit_prelude(struct jit *j);

/* modimm.c: the 12 bits i:imm3:imm8 that mean value, or JIT_NO_MODIMM. */
#define JIT_NO_MODIMM 0xffffffffu
uint32_t jit_modimm(uint32_t value);

/* compile.c: the two passes over prog. */
struct jit_driver {
    struct jit jit;
    uint32_t body_pos;
    uint32_t status;
};

uint32_t jit_compile_step(struct jit_driver *d);
uint32_t jit_compile(struct jit_driver *d);

/* preflight.c: one instruction of the check; 0 when index has reached len or status is set. */
struct jit_preflight {
    const struct rbpf_insn *prog;
    uint32_t len;
    uint32_t index;
    uint32_t status;
};

uint32_t jit_preflight_step(struct jit_preflight *p);

#endif
