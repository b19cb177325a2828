/*
 * Terms: the one value type of Thumbproof.
 *
 * A term is a node of a hash-consed DAG of bit-vector expressions, 1 to 64 bits wide; a truth value is a term of
 * width 1. Terms are built only by the constructors below, which fold constants and keep normal forms, so two terms
 * that are built alike are the same pointer: `a == b` is the cheap, sound and incomplete test of equality.
 * A run over constant leaves computes numbers; the same run over variables computes formulas.
 *
 * There is one store of terms in a process; nodes live until term_reset. Constructors never fail (memory
 * exhaustion aborts), and wrong widths are bugs that assertions catch.
 *
 * Normal forms (linear.c, slice.c, bitwise.c and compare.c keep them):
 *   - sums are linear: SUM = value + sum of coef[i] * args[i], sorted by id, so addresses cancel;
 *   - shifts, masks and extensions by constants become CONCAT / EXTRACT of slices, so known bits fall out;
 *   - AND, OR, XOR go through CONCAT slice by slice; comparisons are EQ, ULT and SLT only.
 */
#ifndef THUMBPROOF_TERM_H
#define THUMBPROOF_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum term_op {
    TERM_CONST, /* value */
    TERM_VAR,   /* value = index of the variable */
    TERM_SUM,   /* value + coef[0] * args[0] + ... modulo 2^width */
    TERM_MUL,   /* args[0] * args[1] modulo 2^width */
    TERM_UDIV,  /* unsigned quotient; 0 if the divisor is 0, as in eBPF and on Arm */
    TERM_SDIV,  /* quotient rounded towards 0; 0 if the divisor is 0; INT_MIN / -1 = INT_MIN */
    TERM_AND,   /* bitwise */
    TERM_OR,
    TERM_XOR,     /* bitwise; NOT a is XOR a ~0 */
    TERM_SHL,     /* args[0] << args[1]; 0 if the amount is at least the width */
    TERM_LSHR,    /* logical right shift; 0 if the amount is at least the width */
    TERM_ASHR,    /* arithmetic right shift; all sign bits if the amount is at least the width */
    TERM_CONCAT,  /* args[0] is the most significant part */
    TERM_EXTRACT, /* bits value .. value + width - 1 of args[0] */
    TERM_SEXT,    /* sign extension of args[0] to width */
    TERM_EQ,      /* width 1 */
    TERM_ULT,     /* width 1, unsigned less than */
    TERM_SLT,     /* width 1, signed less than */
    TERM_ITE,     /* args[0] (width 1) ? args[1] : args[2] */
};

/* What a variable stands for; a term's `classes` is the union over its variables. */
enum term_class {
    TERM_ORDINARY = 1,  /* an input */
    TERM_UNDEFINED = 2, /* class U: may be moved and saved, but nothing observable may depend on it */
    TERM_PRIVATE = 4,   /* the base address of a private block, or another host address */
};

struct term {
    uint8_t op;      /* enum term_op */
    uint8_t width;   /* in bits, 1..64 */
    uint8_t classes; /* enum term_class, union over all variables below */
    uint32_t nargs;
    uint32_t id;                    /* order of creation; deterministic */
    uint32_t depth;                 /* longest path to a leaf, leaves 0 */
    uint64_t hash;                  /* of the structure and the variables' names: the same in every process */
    uint64_t zeros;                 /* bits known to be 0 */
    uint64_t ones;                  /* bits known to be 1 */
    uint64_t value;                 /* see enum term_op */
    const uint64_t *coef;           /* TERM_SUM: nargs coefficients, none 0 */
    const struct term *const *args; /* nargs operands */
};
typedef const struct term *term;

/* ---- store.c: nodes and variables ---------------------------------------------------------------------- */

/* Bits 0..width-1 set. */
uint64_t term_mask(unsigned width);
/* A constant; bits of `value` above `width` are dropped. */
term term_const(unsigned width, uint64_t value);
/* The variable `name` ([a-z_][a-z0-9_.]*); the same name always gives the same node and must have the same width and
 * class. */
term term_var(const char *name, unsigned width, enum term_class class);
/* The truth value as a constant of width 1. */
term term_truth(bool value);
/* Name of a TERM_VAR. Owned by the store. */
const char *term_name(term t);
/* Forgets every term: the store is as it was when the process began, so ids and answers do not depend on what was done
 * before. Whatever holds terms (states, paths, solvers) must be closed first. */
void term_reset(void);
/* Number of distinct nodes so far, and bytes held by the store. */
size_t term_count(void);
size_t term_bytes(void);

static inline bool term_is_const(term t)
{
    return t->op == TERM_CONST;
}
static inline bool term_is_true(term t)
{
    return t->op == TERM_CONST && t->value == 1;
}
static inline bool term_is_false(term t)
{
    return t->op == TERM_CONST && t->value == 0;
}

/* ---- linear.c, slice.c, bitwise.c, compare.c, divide.c: constructors. Both operands of a binary one have the same
 * width. --------------- */

term term_add(term a, term b);
term term_sub(term a, term b);
term term_neg(term a);
term term_mul(term a, term b);
term term_udiv(term a, term b);
term term_sdiv(term a, term b);
term term_and(term a, term b);
term term_or(term a, term b);
term term_xor(term a, term b);
term term_not(term a);
/* Shifts: the amount has the operand's width and is not reduced; see enum term_op. */
term term_shl(term a, term amount);
term term_lshr(term a, term amount);
term term_ashr(term a, term amount);
/* `high` gets the most significant bits; the widths add up to at most 64. */
term term_concat(term high, term low);
/* Bits low .. low + width - 1. */
term term_extract(term a, unsigned low, unsigned width);
/* The parts of `part` bits in opposite order; `part` divides a's width. */
term term_reverse(term a, unsigned part);
/* Extension to `width` bits, at least a's width. */
term term_zext(term a, unsigned width);
term term_sext(term a, unsigned width);
term term_eq(term a, term b);
term term_ne(term a, term b);
term term_ult(term a, term b);
term term_ule(term a, term b);
term term_slt(term a, term b);
term term_sle(term a, term b);
term term_ite(term cond, term then_value, term else_value);

/* ---- rules.c: the rules that the constructors rewrite by -------------------------------------------------- */

enum term_rule {
    RULE_NONE,
#define RULE(rule, name, meaning) RULE_##rule,
#include "symexec/term/rules.def"
#undef RULE
    RULE_COUNT
};
struct term_rule_info {
    const char *name;    /* e.g. "and-with-ones"; the first word is the constructor */
    const char *meaning; /* one line */
};
const struct term_rule_info *term_rule_info(enum term_rule rule);
/* How many calls of constructors ended in this rule since the start or the last reset, those that other rules made
 * included. */
uint64_t term_rule_applications(enum term_rule rule);
void term_rule_reset(void);

/* ---- eval.c: the meaning of a term under an assignment ----------------------------------------------------- */

/* Value of one operation on constants: the reference meaning of every op. `t` gives op, width, value and the operands'
 * widths; args are the operands' values. */
uint64_t term_apply(term t, const uint64_t *args);
/* Value of `t` where variable v (a TERM_VAR) has the value lookup(v, data). */
uint64_t term_eval(term t, uint64_t (*lookup)(term var, void *data), void *data);
/* `t` with every variable v replaced by replace(v, data) (same width; v itself to keep it), rebuilt and so
 * normalised. */
term term_substitute(term t, term (*replace)(term var, void *data), void *data);
/* Calls visit once for each distinct variable in `t`, in order of id; `bits` are those of it that `t` can depend on: all,
 * unless only slices of it occur. */
void term_variables(term t, void (*visit)(term var, uint64_t bits, void *data), void *data);

/* ---- print.c: text -------------------------------------------------------------------------------------- */

/* Infix text for people, such as `(imm + 4) & 0xff`; shared nodes are printed again, below `max_depth` as `...`. */
void term_print(FILE *out, term t, unsigned max_depth);
/* A complete SMT-LIB 2 script that is unsat iff the hypotheses imply the goal (terms of width 1). Shared nodes are
 * defined once, under names that no variable can have. */
void term_print_smt2(FILE *out, const term *hypotheses, size_t count, term goal);

/* ---- audit.c: the log of rewrites ------------------------------------------------------------------------ */

/* One distinct application of a constructor that did not simply build its node: op and operands before, node after,
 * and the rule that the constructor ended in (the rules of the constructors that it called have entries of their own). */
struct term_rewrite {
    uint8_t op, width;
    uint8_t rule;   /* enum term_rule */
    uint64_t value; /* as in struct term: the low bit of an EXTRACT */
    uint32_t nargs; /* at most 3 */
    term args[3];
    term result;
};
/* Switches the log on (before the first term is built from variables). Costs time and memory. */
void term_audit_start(void);
/* The log so far, in order of creation; owned by the store. */
const struct term_rewrite *term_audit_log(size_t *count);

#endif
