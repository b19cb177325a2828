/* Inside the term library: how constructors build nodes. Nothing outside symexec/term includes this. */
#ifndef THUMBPROOF_TERM_STORE_H
#define THUMBPROOF_TERM_STORE_H

#include "symexec/term/term.h"

/* More operands than this are not flattened into one SUM, XOR or CONCAT. */
enum { TERM_MAX_ARGS = 64 };

/* `memory`, or the end of the process if it is NULL. */
void *store_checked(void *memory);

/* The node with exactly this operator, payload and operands: found or made, never rewritten. `coef` is for TERM_SUM. */
term store_node(enum term_op op, unsigned width, uint64_t value, uint32_t nargs, const term *args,
                const uint64_t *coef);
/* The same for one, two and three operands. */
term store_node1(enum term_op op, unsigned width, uint64_t value, term a);
term store_node2(enum term_op op, unsigned width, term a, term b);

/* known.c: fills t->zeros and t->ones from the operands'. */
void known_bits(struct term *t);
/* Least and greatest unsigned value that the known bits allow. */
static inline uint64_t known_min(term t)
{
    return t->ones;
}
static inline uint64_t known_max(term t)
{
    return ~t->zeros & term_mask(t->width);
}

/* linear.c: scale * t; the one place that decides whether a left shift by a constant is linear or a slice. */
bool linear_prefers_sum(term t);
/* `t` as 2^shift * (the result), if it is a SUM of that one addend; NULL otherwise. */
term linear_power(term t, unsigned *shift);

/* rules.c: applications by rule, and the rule that was applied last. A constructor that rewrites passes its result
 * through by_rule after everything else, so the last rule is the one of the outermost constructor. */
extern uint64_t rule_counts[RULE_COUNT];
extern enum term_rule rule_last;
static inline term by_rule(enum term_rule rule, term result)
{
    rule_counts[rule]++;
    rule_last = rule;
    return result;
}

/* The rules that many constructors share. */
static inline bool both_const(term a, term b)
{
    return a->op == TERM_CONST && b->op == TERM_CONST;
}
static inline term folded(unsigned width, uint64_t value)
{
    return by_rule(RULE_FOLD_CONSTANTS, term_const(width, value));
}
/* Puts a constant last, otherwise the older node first; true if that swaps the two. */
static inline bool swap_operands(term *a, term *b)
{
    if ((*a)->op != TERM_CONST && ((*b)->op == TERM_CONST || (*b)->id >= (*a)->id))
        return false;
    term first = *a;
    *a = *b;
    *b = first;
    return true;
}
static inline term ordered(bool swapped, term node)
{
    return swapped ? by_rule(RULE_ORDER_OPERANDS, node) : node;
}

/* audit.c: records the application op(args) -> result and the last rule, unless the result is that very node; returns
 * result. */
term audit_note(enum term_op op, unsigned width, uint64_t value, term a, term b, term c, term result);
extern bool audit_on;
/* Empties the log. */
void audit_reset(void);
static inline term audited(enum term_op op, unsigned width, uint64_t value, term a, term b, term c, term result)
{
    return audit_on ? audit_note(op, width, value, a, b, c, result) : result;
}

/* Sign extension of the low `width` bits of a number to 64 bits. */
static inline int64_t sign_extend(uint64_t value, unsigned width)
{
    return (int64_t)(value << (64 - width)) >> (64 - width);
}

#endif
