/*
 * The map of the compiler: what its files share, prototypes grouped by the file that defines them.
 *
 * Every position and length is counted in halfwords from the start of the code.
 */
#ifndef JIT_H
#define JIT_H

#include "tp_vm.h"

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
 * What the code relies on, checked where it runs on a host, that is in tests. Nothing of it is in
 * the freestanding objects.
 */
#if __STDC_HOSTED__
#include <assert.h>
#define JIT_ASSERT assert
#else
#define JIT_ASSERT(condition) ((void)0)
#endif

/*
 * The most halfwords that one BPF instruction, and the prelude, compile to under any homes.
 * Room is checked once against these bounds, not at every halfword.
 */
enum jit_limit {
    JIT_HEADROOM = 23,
    JIT_PRELUDE_HEADROOM = 80,
};

/*
 * The bytes of stack that emitted code itself uses under the default homes: saved registers and
 * frame, and what a call of a routine pushes. The routine's own stack comes on top.
 */
enum jit_stack {
    JIT_STACK_BYTES = 96 + 8,
};

#define JIT_REGISTERS 11u /* r0 to r10 */

/*
 * Where a word of a BPF register lives: below JIT_SLOT an Arm register (r2 to r8), from there on
 * word number (value - JIT_SLOT) of the native frame, at [sp, #4 * number].
 */
#define JIT_SLOT 16u
#define JIT_MAX_SLOTS 127u /* as many as thumb_sub_sp can make room for */

struct jit_home {
    uint8_t lo, hi;
};

static inline uint32_t jit_is_home(uint32_t word)
{
    return (word >= 2 && word <= 8) || (word >= JIT_SLOT && word < JIT_SLOT + JIT_MAX_SLOTS);
}

/* Every word of every BPF register has a home of its own. */
static inline uint32_t jit_are_homes(const struct jit_home *homes)
{
    for (uint32_t i = 0; i < 2 * JIT_REGISTERS; i++) {
        uint32_t word = i & 1 ? homes[i / 2].hi : homes[i / 2].lo;

        if (!jit_is_home(word))
            return 0;
        for (uint32_t k = 0; k < i; k++)
            if (word == (k & 1 ? homes[k / 2].hi : homes[k / 2].lo))
                return 0;
    }
    return 1;
}

/*
 * Arm registers with a fixed role. Scratch registers hold nothing between BPF instructions; the
 * first two are low registers and so reach the 16-bit encodings.
 */
enum jit_role {
    JIT_SCRATCH_0 = 0,
    JIT_SCRATCH_1 = 1,
    JIT_VM = 9,    /* struct tp_vm * */
    JIT_FUEL = 10, /* taken backward jumps left */
    JIT_SCRATCH_4 = 11,
    JIT_SCRATCH_2 = 12,
    JIT_SCRATCH_3 = 14,
};

/*
 * Routines that the emitted code calls: dividend n in r1:r0, divisor d in r3:r2, result in r1:r0.
 * They keep the procedure call standard: r4 to r11 and sp come back, sp is 8-aligned at the call.
 * For all arguments, and without any other effect than on r0 to r3, r12, lr, the flags and the
 * stack below sp:
 *
 *   DIV    n / d, unsigned, 0 if d is 0            SDIV   the same signed, rounded towards zero
 *   MOD    n - n / d * d, unsigned, n if d is 0    SMOD   the same signed: the sign is that of n
 *
 * INT64_MIN / -1 is INT64_MIN, with remainder 0.
 */
enum jit_routine {
    JIT_DIV64,
    JIT_MOD64,
    JIT_SDIV64,
    JIT_SMOD64,
    JIT_ROUTINES,
};

typedef uint64_t jit_routine_fn(uint64_t n, uint64_t d);

/* The compiler between two instructions. */
struct jit {
    const struct tp_insn *prog;
    uint32_t len;
    uint32_t *offsets; /* len + 1 entries */
    uint16_t *code;
    uint32_t capacity;
    uint32_t pos;      /* of the instruction's first halfword, at most capacity */
    uint32_t pc;       /* slot being compiled */
    uint32_t final;    /* 0: sizing pass, offsets being filled; 1: offsets are valid */
    uint32_t exit_pos; /* where exit goes */
    uint32_t fuel_pos; /* where a backward jump without fuel goes */
    const struct jit_home *homes;
    jit_routine_fn *const *routines; /* by enum jit_routine: what emitted code calls */

    /* Within one instruction; pos stays where the instruction began. */
    uint16_t *next;
};

static inline void jit_put(struct jit *j, uint32_t halfword)
{
    JIT_ASSERT(halfword <= 0xffff);
    JIT_ASSERT((uint32_t)(j->next - j->code) < j->capacity);
    *j->next++ = (uint16_t)halfword;
}

/* The position of the next halfword. */
static inline uint32_t jit_here(const struct jit *j)
{
    return j->pos + (uint32_t)(j->next - (j->code + j->pos));
}

/* One instruction as its emitter sees it: homes in place of register numbers. */
struct jit_operands {
    struct jit_home dst, src;
    int32_t imm;
    int32_t off;
    uint32_t wide; /* 64-bit operation: not ALU32 or JMP32 */
};

/* emit.c: prog[pc] at code[pos]; advances pos. Assumes that preflight accepted the program. */
uint32_t jit_emit(struct jit *j);

/*
 * One ALU operation: its emitters for a constant and for a register operand, and what they need to
 * know of it. For most operations that is an enum thumb_op for each word, and one with the same
 * effect when the constant is negated or complemented. NULL: no such instruction.
 */
struct jit_alu;
typedef void jit_alu_fn(struct jit *j, const struct jit_alu *row, const struct jit_operands *in);

struct jit_alu {
    jit_alu_fn *imm, *reg;
    uint8_t low, high;
    uint8_t inverse_low, inverse_high;
};

/* alu.c */
uint32_t jit_emit_alu(struct jit *j, uint32_t opcode, const struct jit_operands *in);
uint32_t jit_emit_lddw(struct jit *j, const struct jit_operands *in, int32_t high);

/* shift.c: row->low is an enum thumb_shift. */
jit_alu_fn jit_emit_shift_imm, jit_emit_shift_reg;

/*
 * multiply.c: row->low is the instruction for 32 bits, row->high the enum jit_routine for 64; the
 * other two are the same for signed numbers.
 */
jit_alu_fn jit_emit_mul_imm, jit_emit_mul_reg, jit_emit_div_imm, jit_emit_div_reg;
jit_alu_fn jit_emit_mod_imm, jit_emit_mod_reg;

/* extend.c */
jit_alu_fn jit_emit_end_imm, jit_emit_end_reg;
void jit_emit_movsx(struct jit *j, const struct jit_operands *in);

/*
 * One condition: what compares dst with a constant or with src, and the condition code afterwards,
 * for 32 bits and for 64. The last two differ from the first where the operands are not compared
 * as they are, see compare.c.
 */
struct jit_jump;
typedef void jit_compare_fn(struct jit *j, const struct jit_jump *row,
                            const struct jit_operands *in);

struct jit_jump {
    jit_compare_fn *imm, *reg;
    uint8_t cond, wide_imm, wide_reg; /* enum thumb_cond */
};

/* compare.c: equal, order, and "test" for common bits. */
jit_compare_fn jit_equal_imm, jit_equal_reg, jit_order_imm, jit_order_reg;
jit_compare_fn jit_test_imm, jit_test_reg;

/* jump.c */
uint32_t jit_emit_jump(struct jit *j, uint32_t opcode, const struct jit_operands *in);
uint32_t jit_emit_ja(struct jit *j, const struct jit_operands *in);

/*
 * constant.c: operations with any 32-bit constant. All but the first may use JIT_SCRATCH_1.
 * complement is the operation that does the same with ~value, or THUMB_NO_OP.
 */
void jit_load(struct jit *j, uint32_t rd, uint32_t value);
void jit_load_address(struct jit *j, uint32_t rd, uint32_t value);
void jit_op_constant(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t value);
void jit_op_bits(struct jit *j, enum thumb_op op, enum thumb_op complement, uint32_t rdn,
                 uint32_t value);
void jit_cmp_constant(struct jit *j, uint32_t rn, uint32_t value);
void jit_tst_constant(struct jit *j, uint32_t rn, uint32_t value);

/* homes.c: the only code that knows what a home is. */
extern const struct jit_home jit_homes_default[JIT_REGISTERS];
uint32_t jit_use(struct jit *j, uint32_t word, uint32_t scratch);
uint32_t jit_place(uint32_t word, uint32_t scratch);
void jit_commit(struct jit *j, uint32_t word, uint32_t reg);
void jit_assign(struct jit *j, uint32_t word, uint32_t reg);
void jit_copy(struct jit *j, uint32_t to, uint32_t from);
void jit_set(struct jit *j, uint32_t word, uint32_t value);
uint32_t jit_slots(const struct jit_home *homes);

/* frame.c: entry at position 0, the ways out, then the body at pos. Sets exit_pos and fuel_pos. */
uint32_t jit_prelude(struct jit *j);

/* modimm.c: the 12 bits i:imm3:imm8 that mean value, or JIT_NO_MODIMM. */
#define JIT_NO_MODIMM 0xffffffffu
uint32_t jit_modimm(uint32_t value);

/* divide.c: see enum jit_routine. The loop's state between two of its steps. */
struct jit_division {
    uint64_t remainder, divisor;
    uint32_t dividend;  /* bits still to bring down, from bit 31 */
    uint32_t quotient;  /* low word, shifted in from bit 0 */
    uint32_t remaining; /* steps */
};

uint32_t jit_divide_step(struct jit_division *s);
extern jit_routine_fn *const jit_routines[JIT_ROUTINES];

/* compile.c: the two passes over prog. */
struct jit_driver {
    struct jit jit;
    uint32_t status;
};

uint32_t jit_compile_step(struct jit_driver *d);
uint32_t jit_link_step(struct jit_driver *d);
uint32_t jit_compile(struct jit_driver *d);

/* preflight.c: one instruction of the check; 0 when index has reached len or status is set. */
struct jit_preflight {
    const struct tp_insn *prog;
    uint32_t len;
    uint32_t index;
    uint32_t status;
};

uint32_t jit_preflight_step(struct jit_preflight *p);

#endif
