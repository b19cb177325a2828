/* Inside the solver library: terms as Z3 expressions. */
#ifndef THUMBPROOF_SOLVER_Z3_H
#define THUMBPROOF_SOLVER_Z3_H

#include "symexec/solver/solver.h"

#include <z3.h>

/* A Z3 context with the translations made in it. Terms of width 1 are Z3 booleans, others bit-vectors. */
struct z3_scope {
    Z3_context context;
    Z3_ast *asts; /* by term id; NULL = not translated */
    size_t room;
    bool opaque;      /* products and quotients are uninterpreted functions with axioms (opaque.c) */
    bool used_opaque; /* and there were some */
    Z3_ast *axioms;   /* instances that belong to the applications translated so far */
    unsigned axiom_count, axiom_room;
    unsigned backstop_ms;
    bool failed; /* Z3 reported an error: whatever it answered is not to be trusted */
};

/* Errors that Z3 reported so far no longer spoil later answers: for a solver that is opened anew. */
void z3_forget_errors(void);
/* Checks in it end after `backstop_ms` of the wall clock. */
void z3_scope_open(struct z3_scope *scope, unsigned backstop_ms);
void z3_scope_close(struct z3_scope *scope);
/* The boolean of a term of width 1. */
Z3_ast z3_truth(struct z3_scope *scope, term t);
/* Whether a logged rewrite is right, as a boolean: the application before equals the node after. */
Z3_ast z3_rewrite_holds(struct z3_scope *scope, const struct term_rewrite *rewrite);
/* opaque.c: the application of an uninterpreted function that stands for t, a MUL of zero-extended halves or a
 * quotient; `a` and `b` are its operands (halves for MUL). */
Z3_ast z3_opaque(struct z3_scope *scope, term t, Z3_ast a, Z3_ast b);
/* The constant that stands for a variable, and its value in a model. */
uint64_t z3_value(struct z3_scope *scope, Z3_model model, term var);
/* A fresh solver that ends after so many steps; the caller owns a reference. `quick`: Z3's core without preprocessing, which small
 * queries end in before the tactics for bit-vectors have begun; it is the slower one for large queries. */
Z3_solver z3_solver(struct z3_scope *scope, bool quick, unsigned steps);
/* Steps that a solver has taken so far. */
uint64_t z3_steps(struct z3_scope *scope, Z3_solver solver);
/* Check with assumptions; Z3_L_UNDEF if an error was reported. */
Z3_lbool z3_check(struct z3_scope *scope, Z3_solver solver, unsigned count, const Z3_ast *assumptions);

#endif
