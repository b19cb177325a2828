/*
 * Products and quotients as uninterpreted functions, each application with the instances of real axioms that proofs
 * need. What holds for every function that satisfies the axioms holds for multiplication and division; a counterexample
 * may not, so refutations are asked again with the real operations.
 */
#include "symexec/solver/z3.h"

#include <stdlib.h>

static void axiom(struct z3_scope *scope, Z3_ast truth)
{
    if (scope->axiom_count == scope->axiom_room) {
        scope->axiom_room = scope->axiom_room ? 2 * scope->axiom_room : 16;
        scope->axioms = realloc(scope->axioms, scope->axiom_room * sizeof *scope->axioms);
        if (!scope->axioms)
            abort();
    }
    scope->axioms[scope->axiom_count++] = truth;
}

static Z3_ast number(Z3_context c, unsigned width, uint64_t value)
{
    return Z3_mk_unsigned_int64(c, value, Z3_mk_bv_sort(c, width));
}

/* if x == value: f = result */
static void axiom_if(struct z3_scope *scope, Z3_ast x, Z3_ast value, Z3_ast f, Z3_ast result)
{
    Z3_context c = scope->context;
    axiom(scope, Z3_mk_implies(c, Z3_mk_eq(c, x, value), Z3_mk_eq(c, f, result)));
}

static Z3_ast apply(Z3_context c, const char *name, unsigned from, unsigned to, Z3_ast a, Z3_ast b)
{
    Z3_sort operand = Z3_mk_bv_sort(c, from), domain[2] = {operand, operand};
    Z3_func_decl f = Z3_mk_func_decl(c, Z3_mk_string_symbol(c, name), 2, domain, Z3_mk_bv_sort(c, to));
    Z3_ast args[2] = {a, b};
    return Z3_mk_app(c, f, 2, args);
}

/* x * 0 = 0, x * 1 = x, x * (2^32 - 1) = 2^32 * x - x, and commutativity, for this application. */
static Z3_ast product(struct z3_scope *scope, Z3_ast a, Z3_ast b)
{
    Z3_context c = scope->context;
    Z3_ast f = apply(c, "product", 32, 64, a, b);
    Z3_ast sides[2][2] = {{a, b}, {b, a}};
    axiom(scope, Z3_mk_eq(c, f, apply(c, "product", 32, 64, b, a)));
    for (int i = 0; i < 2; i++) {
        Z3_ast x = sides[i][0], other = Z3_mk_zero_ext(c, 32, sides[i][1]);
        axiom_if(scope, x, number(c, 32, 0), f, number(c, 64, 0));
        axiom_if(scope, x, number(c, 32, 1), f, other);
        axiom_if(scope, x, number(c, 32, UINT32_MAX), f,
                 Z3_mk_bvsub(c, Z3_mk_concat(c, sides[i][1], number(c, 32, 0)), other));
    }
    return f;
}

/* x / 0 = 0 on both machines, x / 1 = x. */
static Z3_ast quotient(struct z3_scope *scope, term t, Z3_ast a, Z3_ast b)
{
    static const char *const names[2][2] = {{"udiv32", "udiv64"}, {"sdiv32", "sdiv64"}};
    Z3_context c = scope->context;
    Z3_ast f = apply(c, names[t->op == TERM_SDIV][t->width == 64], t->width, t->width, a, b);
    axiom_if(scope, b, number(c, t->width, 0), f, number(c, t->width, 0));
    axiom_if(scope, b, number(c, t->width, 1), f, a);
    return f;
}

Z3_ast z3_opaque(struct z3_scope *scope, term t, Z3_ast a, Z3_ast b)
{
    scope->used_opaque = true;
    return t->op == TERM_MUL ? product(scope, a, b) : quotient(scope, t, a, b);
}
