/*
 * Decoding: the table of encodings, its compiled form, and a decoded instruction.
 *
 * A row of encodings.c draws its encoding as the manual does, one character for each bit, most significant first,
 * with the first halfword of a 32-bit instruction in front:
 *
 *     0 1   fixed                                  Z O   should be 0, should be 1; else UNPREDICTABLE (A5.1.2)
 *     d n m t u a e   Rd Rn Rm Rt Rt2 Ra RdLo      b     Rdn: both d and n
 *     i x   immediate, its upper part              g j k sign and J bits of a branch
 *     v y   amount and type of a shift             z     rotation of an extension
 *     s     set flags                              p q w index, add, write back (P U W); index and add if absent
 *     v w   lsb and (width - 1 or msb) of a field  c o r condition, mask of IT, register list
 *
 * All bits with one letter form one field, left to right. After the picture, `y=1` gives a field that has no bits a
 * value. Fields i, x, g, j and k may stay symbolic; every other field becomes a constant, by asking, before the
 * instruction executes.
 */
#ifndef THUMBPROOF_ARM_DECODE_H
#define THUMBPROOF_ARM_DECODE_H

#include "symexec/term/term.h"

struct arm_state;
struct arm_insn;

enum arm_it_rule {
    IT_ANY,
    IT_FLAGS, /* 16-bit: sets flags outside of IT blocks only */
    IT_LAST,  /* outside, or the last of an IT block */
    IT_NEVER, /* not in an IT block */
    IT_ALWAYS /* executes in an IT block whatever the condition */
};

enum arm_immediate {
    IMM_NONE,
    IMM_U0, /* field i, zero-extended */
    IMM_U1, /* i:'0' */
    IMM_U2, /* i:'00' */
    IMM_S1, /* i:'0', sign-extended */
    IMM_16, /* x:i, zero-extended */
    IMM_X,  /* ThumbExpandImm_C(i) (A5.3.2) */
    IMM_B6, /* sign-extended S:J2:J1:imm6:imm11:'0' of B T3 */
    IMM_B10 /* sign-extended S:I1:I2:imm10:imm11:'0' of B T4 and BL */
};

struct arm_encoding {
    const char *name;    /* as in the manual */
    const char *picture; /* see above */
    enum arm_it_rule it;
    enum arm_immediate immediate;
    const char *forbidden; /* UNPREDICTABLE registers: "d" means that Rd is not SP or PC, "D" that Rd is not PC */
    const char *section;   /* of DDI 0403E */
    bool (*execute)(struct arm_state *s, const struct arm_insn *insn);
};
extern const struct arm_encoding arm_encodings[];
extern const size_t arm_encoding_count;

/* ---- picture.c ---- */

enum { ARM_LETTERS = 26, ARM_MAX_SEGMENTS = 12 };

/* The compiled form of a row. */
struct arm_pattern {
    const struct arm_encoding *row;
    uint32_t size;                      /* in bytes */
    uint32_t mask, value;               /* fixed bits */
    uint32_t should_mask, should_value; /* should-be-zero and should-be-one bits */
    uint32_t letters;                   /* bit l - 'a' is set: field l has bits */
    uint16_t implied[ARM_LETTERS];      /* values of fields without bits */
    uint64_t rules;                     /* operands.c: set of those that are about the row */
    unsigned count;                     /* segments, left to right */
    struct arm_segment {
        uint8_t letter, low, width; /* letter - 'a' */
    } segments[ARM_MAX_SEGMENTS];
};

/* The patterns of all rows, in their order; compiled at first use. */
const struct arm_pattern *arm_patterns(void);

/* ---- operands.c ---- */

/* The rules about operands that a row of this name has. */
uint64_t arm_operand_rules(const char *row);
/* NULL, or why the operands of a complete instruction are UNPREDICTABLE. */
const char *arm_wrong_operands(const struct arm_insn *insn);
/* Whether a complete instruction is a branch by what it writes. */
bool arm_writes_pc(const struct arm_insn *insn);

/* ---- decode.c ---- */

/* A decoded instruction. */
struct arm_insn {
    const struct arm_pattern *pattern;
    term word;                 /* 16 or 32 bits, first halfword above */
    uint32_t open;             /* letters with bits that are not known */
    term imm;                  /* 32 bits, NULL if there is none */
    term carry;                /* carry out of IMM_X; NULL if it leaves C alone */
    const char *unpredictable; /* NULL, or why its operands are UNPREDICTABLE */
    union {
        uint16_t field[ARM_LETTERS];
        struct {
            uint16_t a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z;
        };
    };
};

/*
 * Decodes `word` (16 or 32 bits) into *insn, asking for unknown opcode bits; false if a rule is broken. Fields with
 * unknown bits stay open until arm_complete, so that an instruction whose condition fails asks for nothing more.
 */
bool arm_decode(struct arm_state *s, term word, struct arm_insn *insn);
bool arm_complete(struct arm_state *s, struct arm_insn *insn);
/* Whether a first halfword starts a 32-bit instruction (A5.1). */
bool arm_is_wide(struct arm_state *s, term halfword, bool *wide);

#endif
