/*
 * What Arm machine code does: ELF images, memory, Thumb-2 decode and semantics over terms (ARMv7-M ARM, DDI 0403E).
 *
 * A machine is a struct arm_state: registers, flags, ITSTATE and memory, all of them terms. One call of arm_step
 * executes one instruction at a constant or symbolic state. Where an instruction needs to know a truth value
 * that is not constant (a condition, an unknown opcode bit) it asks `decide` of struct arm_env; who answers, the
 * path engine, may have the same step repeated later with the other answer. So a step decides before it changes
 * anything, or changes only what the undo log records (all of struct arm_state and its memory).
 */
#ifndef THUMBPROOF_ARM_H
#define THUMBPROOF_ARM_H

#include "symexec/term/term.h"

/* ---- undo.c: a log of old values, so that state is changed in place and never copied ---- */

struct undo {
    struct undo_entry *entries;
    size_t count, room;
};
/* *slot = value, and the old value goes to the log; with a NULL log nothing can be undone. A slot must not move. */
void undo_set_term(struct undo *log, term *slot, term value);
void undo_set_u32(struct undo *log, uint32_t *slot, uint32_t value);
/* A mark is just log->count; undo_to restores everything that was set after it. */
void undo_to(struct undo *log, size_t mark);
void undo_free(struct undo *log);
/* The next entry, from *at on, that set a slot of the array [from, to): the slot, and what it had before. NULL if there is none. */
const term *undo_next_term(const struct undo *log, size_t *at, const term *from, const term *to, term *old);

/* ---- ranges.c: sets of addresses ---- */

struct arm_range {
    uint64_t from, to; /* [from, to) */
};
struct arm_ranges {
    struct arm_range *items; /* in order, and apart */
    size_t count, room;
};
void arm_ranges_add(struct arm_ranges *set, struct arm_range range);
void arm_ranges_add_all(struct arm_ranges *set, const struct arm_ranges *other);
void arm_ranges_free(struct arm_ranges *set);

/* ---- rules.c: what machine code must not do ---- */

/* The error rules of proved code; rules.c has one row for each with its name, meaning and manual section. */
enum arm_rule {
    ARM_RULE_NONE,
    ARM_UNDEFINED,      /* UNDEFINED encoding, or one that is not in the table, whatever its open bits */
    ARM_UNPREDICTABLE,  /* UNPREDICTABLE encoding, operand or use in an IT block */
    ARM_USES_UNDEFINED, /* a branch, address or checked result depends on a value of class U */
    ARM_USES_ADDRESS,   /* a decision depends on where a private block is, where that is no declared input */
    ARM_BAD_ADDRESS,    /* access outside of every declared block, or out of a block's bounds */
    ARM_BAD_PERMISSION, /* store to a read-only block, execution of data */
    ARM_UNALIGNED,      /* alignment fault: LDRD, STRD, LDM, STM, PUSH, POP; or any, where the core traps */
    ARM_BELOW_SP,       /* store below the stack pointer, which an interrupt may overwrite */
    ARM_BAD_SP,         /* sp not a constant offset in its stack block, or not 4-aligned */
    ARM_BAD_BRANCH,     /* branch target that is neither code nor an expected exit; bit 0 clear */
    ARM_DIVIDE_BY_ZERO, /* where the core traps (CCR.DIV_0_TRP) */
    ARM_SYSTEM,         /* an instruction with an effect on the system (WFI, SVC, MSR, ...) */
    ARM_UNSUPPORTED,    /* a valid encoding that the model leaves out: says nothing about the code */
    ARM_RULES,
};
struct arm_rule_info {
    const char *name;    /* e.g. "store-below-sp" */
    const char *meaning; /* one line */
    const char *section; /* of DDI 0403E or of the AAPCS */
};
const struct arm_rule_info *arm_rule_info(enum arm_rule rule);

/* ---- memory.c: blocks ---- */

enum arm_permission { ARM_READ = 1, ARM_WRITE = 2, ARM_EXECUTE = 4 };

/*
 * A block is an area of private memory. Its address is a constant or `base`, a variable of class TERM_PRIVATE (or a
 * CONCAT with known low zero bits for alignment). Blocks are disjoint and do not wrap around. An address is resolved
 * by its normal form `base + offset`: with a constant offset it is a cell; with a symbolic offset it must be proved
 * in bounds (decide) and the block must be a `table`.
 */
struct arm_block {
    const char *name;
    term base;
    uint32_t size;         /* bytes that `cells` covers; a multiple of 4 */
    term limit;            /* NULL, or the symbolic size in bytes (32 bits): every access must be proved below it */
    unsigned permissions;  /* enum arm_permission */
    bool stack;            /* cells below sp are U, stores there are errors */
    const uint8_t *image;  /* NULL, or `size` constant initial bytes (owned by the ELF image) */
    enum term_class fresh; /* class of the variable that an unwritten cell without image is read as */
    /* NULL, or for a table that is read at symbolic offsets: the value of the `width`-byte access at `offset`
     * (32-bit term), or NULL if that is no entry. The block is then read-only. */
    term (*table_read)(void *data, term offset, unsigned width);
    void *table_data;
    term *cells;                 /* size / 4 words, NULL = not written; allocated by arm_add_block */
    struct arm_fetched *fetched; /* step.c: what fetch found at each halfword of a constant image, or NULL */
    uint8_t *marks;              /* marks.c: what is known of each halfword of code or of the image, or NULL */
    bool poked;                  /* arm_poke changed the image: fetch through the cells */
};

struct arm_memory {
    struct arm_block *blocks;
    size_t count;
    size_t code; /* a hint: the block of the last fetch */
};

/* ---- architecture.c ---- */

/* M-profile architectures, each newer than those before it. */
enum arm_architecture {
    ARM_UNKNOWN_ARCHITECTURE,
    ARM_V6_M,
    ARM_V7_M,
    ARM_V7E_M,
    ARM_V8_M_BASE,
    ARM_V8_M_MAIN,
    ARM_V8_1_M_MAIN,
};
const char *arm_architecture_name(enum arm_architecture architecture);
/* The architecture of a processor that the model fits; unknown for every other processor. */
enum arm_architecture arm_core_architecture(const char *core);

/* ---- system.c: instructions with an effect on the system alone ---- */

enum arm_system { ARM_DMB, ARM_DSB, ARM_ISB, ARM_DBG, ARM_SEV, ARM_YIELD, ARM_WFE, ARM_WFI, ARM_SYSTEM_COUNT };
const char *arm_system_name(enum arm_system which);
/* The one of that name, or ARM_SYSTEM_COUNT. */
enum arm_system arm_system_named(const char *name);

/* ---- state.c, step.c ---- */

/* What a step may ask and report. */
struct arm_env {
    void *data;
    /* The truth of `cond` (width 1, not constant) on this path. */
    bool (*decide)(void *data, term cond);
    /* Classes of variables that no decision may depend on; TERM_UNDEFINED is always one of them. */
    unsigned undeclared;
    /* NULL: whatever has a variable of `classes` depends on it. Or whether `t` on this path does not, and a term that equals
     * it and has none: true, false, or with *known false nobody knows. */
    bool (*declared)(void *data, term t, unsigned classes, term *equal, bool *known);
    /* NULL, or the value of ThumbExpandImm (A5.3.2) of a symbolic 12-bit i:imm3:imm8 that the environment knows
     * (an opaque result of an encoder's contract); returns NULL if it does not know. What it knows must not be
     * UNPREDICTABLE. */
    term (*expand_imm)(void *data, term imm12);
    /* NULL, or accesses that resolve to no block (BPF-visible memory). Without it they break ARM_BAD_ADDRESS. */
    term (*load)(void *data, term address, unsigned width);
    bool (*store)(void *data, term address, unsigned width, term value);
};

/* Core configuration: what the manifest says about the target. */
struct arm_core {
    bool unaligned_trap; /* CCR.UNALIGN_TRP */
    bool div_0_trap;     /* CCR.DIV_0_TRP */
    /* Set of 1u << enum arm_system: what may be executed, as a NOP; the others break ARM_SYSTEM. */
    unsigned system_allowed;
    /* Of the core, if the code is known to be built for it: what a newer one has is UNDEFINED. Else unknown: it is
     * ARM_UNSUPPORTED. */
    enum arm_architecture architecture;
};

enum { ARM_SP = 13, ARM_LR = 14, ARM_PC = 15 };

struct arm_state {
    term r[16];      /* 32 bits each; r[15] is the address of the current instruction, bit 0 clear */
    term n, z, c, v; /* width 1 */
    uint32_t it;     /* ITSTATE, 8 bits; 0 outside of an IT block */
    struct arm_memory memory;
    struct undo *undo;
    const struct arm_env *env;
    struct arm_core core;
    uint64_t instructions;    /* executed so far; not undone */
    uint32_t fresh_count;     /* numbers variables for undefined stack words; undone with the log */
    term next;                /* during a step: the next value of r[15] */
    struct arm_insn *decoded; /* step.c: the last constant words that were decoded, or NULL */
    const char *owner;        /* begins the names of fresh variables, so that those of two machines differ; or NULL */
    /* Set when a step returns false: */
    enum arm_rule broken;
    char detail[160]; /* one line */
    term unless;      /* NULL, or what would have to be true for the rule not to be broken */
};

/* Adds a block and returns its index; `block.cells` is allocated here. Blocks must be added before the first step. */
size_t arm_add_block(struct arm_state *s, struct arm_block block);
/* Frees blocks and cells. */
void arm_state_free(struct arm_state *s);

/*
 * Loads and stores at a 32-bit address term; `width` is 1, 2 or 4 bytes; the value is a term of 8 * width bits.
 * With `aligned`, an address that may not be a multiple of `width` is an error: if its known bits do not tell, `decide`
 * does. They return NULL / false and set `broken` on error.
 */
term arm_load(struct arm_state *s, term address, unsigned width, bool aligned);
bool arm_store(struct arm_state *s, term address, unsigned width, term value, bool aligned);
/* The cell word of a block at a byte offset (multiple of 4) as a later load would see it. */
term arm_peek(struct arm_state *s, size_t block, uint32_t offset);
/* A word that is not what it was at a mark of the undo log. */
struct arm_change {
    uint32_t offset;
    term before, after;
};
/* Words of [from, block's end) that were set since the mark and are not what they were, in the order of their first change; at
 * most `room`, which is returned if there may be more. */
size_t arm_changes(struct arm_state *s, size_t block, size_t mark, uint32_t from, struct arm_change *changes,
                   size_t room);
/* Whether a load since then has read the halfword at `offset` of a block of code. */
bool arm_was_loaded(const struct arm_state *s, size_t block, uint32_t offset);
/* Forgets what was found out about the code in a block, before other code is put there. */
void arm_forget_code(struct arm_state *s, size_t block);
/* Adds the addresses of all bytes at constant addresses, which are those of the image, that were fetched or loaded so far, on any
 * path. What was only looked at ahead, for IT blocks, is not among them. */
void arm_add_reads(const struct arm_state *s, struct arm_ranges *reads);
/* Sets a cell word without any check (initial contents). Recorded in the undo log. */
void arm_poke(struct arm_state *s, size_t block, uint32_t offset, term value);
/* The block that `address` points into and the offset term from its base; false if there is none. */
bool arm_resolve(struct arm_state *s, term address, size_t *block, term *offset);

/* `t` on this path, without variables of `classes`; NULL, and a rule is broken, if it depends on them. `what` begins the
 * sentence "... depends on". */
term arm_declared(struct arm_state *s, term t, unsigned classes, const char *what);
/* Executes the instruction at r[15]. False if a rule is broken: see s->broken and s->detail. */
bool arm_step(struct arm_state *s);
/* Sets a register; a write to sp makes the stack cells that it frees undefined (rule ARM_BAD_SP may break). */
bool arm_set_reg(struct arm_state *s, unsigned reg, term value);
/* The condition (A7.3) cond, 0..14, over the flags: width 1. */
term arm_condition(const struct arm_state *s, unsigned cond);

/* ---- decode.c, encodings.c ---- */

struct arm_insn; /* row + halfwords; see decode.h */

/* newer.c: what has an encoding that the table leaves out, such as "ARMv7E-M" or "FPv5"; NULL if it is UNDEFINED in
 * every M-profile architecture, or unknown here (MVE, other coprocessors). *since is the first that may have it. `word` as for
 * arm_print. The answer means
 * something where a word is UNDEFINED, also by a hole of the table, or is an UNPREDICTABLE form of another encoding. */
const char *arm_newer_architecture(uint32_t word, bool is_wide, enum arm_architecture *since);

/* print.c: an instruction word (16 bits, or 32 with the first halfword above) as the name of its encoding and its
 * fields by letter; fields may be symbolic. */
void arm_print(FILE *out, term word);

/* ---- elf.c: images ---- */

struct diag; /* symexec/term/diag.h */
struct arm_image;
/* Reads an ELF file (32-bit little-endian Arm, linked, not relocatable). NULL and a diag on error. */
struct arm_image *arm_image_open(const char *path, struct diag *diag);
void arm_image_close(struct arm_image *image);
/* Address (Thumb bit cleared) and size of a symbol; false if there is none. */
bool arm_image_symbol(const struct arm_image *image, const char *name, uint32_t *address, uint32_t *size);
/* Address and size of an object (a variable or a table). False and a diag if there is none of that name, more than
 * one, or none that lies whole in a loaded segment. */
bool arm_image_object(const struct arm_image *image, const char *name, uint32_t *address, uint32_t *size,
                      struct diag *diag);
/* attributes.c: the newest architecture that the build attributes name; unknown if there are none. False and a diag if
 * they are malformed, or name what is no M-profile. */
bool arm_image_architecture(const struct arm_image *image, enum arm_architecture *newest, struct diag *diag);
/* The compiler that the image names in .comment, or "unknown compiler". */
void arm_image_compiler(const struct arm_image *image, char *out, size_t size);
/* Adds one block for each loaded segment, for reading only: constant contents, or, where the segment is writable, undefined
 * ones, as whoever ran before may have written them. Code is what is not writable. */
bool arm_image_map(const struct arm_image *image, struct arm_state *s, struct diag *diag);
/* Whether a loaded segment meets the `size` bytes at `address`. */
bool arm_image_overlaps(const struct arm_image *image, uint32_t address, uint32_t size);
/* Gives `size` bytes at `address` of a writable segment, whole words, their initial contents: they are declared constant. False if
 * they are in no such segment. */
bool arm_image_map_constant(const struct arm_image *image, struct arm_state *s, uint32_t address, uint32_t size);
/* From the DWARF information; `tag` may also be a typedef of the struct. False and a diag if it is unknown, or if
 * compilation units contradict each other. */
bool arm_image_struct_size(const struct arm_image *image, const char *tag, uint32_t *size, struct diag *diag);
/* Whether the first parameter of a function points to the struct, or typedef of a struct, `tag`. False and a diag if not. */
bool arm_image_takes(const struct arm_image *image, const char *function, const char *tag, struct diag *diag);
/* Offset and size in bytes of a member. */
bool arm_image_member(const struct arm_image *image, const char *tag, const char *member, uint32_t *offset,
                      uint32_t *size, struct diag *diag);
/* The value of an enumerator, in two's complement if it is negative. */
bool arm_image_constant(const struct arm_image *image, const char *name, uint32_t *value, struct diag *diag);

#endif
