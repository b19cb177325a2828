/* Translation of terms to Z3. */
#include "symexec/solver/z3.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* The default handler exits the process; ours notes the error where z3_check sees it. The handler gets no user data,
 * so the note is process-wide; an error makes every later answer unknown until z3_forget_errors. */
static bool error_seen;

void z3_forget_errors(void)
{
    error_seen = false;
}

static void on_error(Z3_context context, Z3_error_code code)
{
    (void)context;
    (void)code;
    error_seen = true;
}

void z3_scope_open(struct z3_scope *scope, unsigned backstop_ms)
{
    Z3_config config = Z3_mk_config();
    *scope = (struct z3_scope){.context = Z3_mk_context(config), .backstop_ms = backstop_ms};
    Z3_del_config(config);
    Z3_set_error_handler(scope->context, on_error);
}

void z3_scope_close(struct z3_scope *scope)
{
    Z3_del_context(scope->context);
    free(scope->asts);
    free(scope->axioms);
}

static Z3_ast *slot(struct z3_scope *scope, term t)
{
    if (t->id >= scope->room) {
        size_t room = term_count() + term_count() / 2 + 64;
        scope->asts = realloc(scope->asts, room * sizeof *scope->asts);
        if (!scope->asts)
            abort();
        memset(scope->asts + scope->room, 0, (room - scope->room) * sizeof *scope->asts);
        scope->room = room;
    }
    return &scope->asts[t->id];
}

static Z3_ast translate(struct z3_scope *scope, term t);

static Z3_ast number(struct z3_scope *scope, unsigned width, uint64_t value)
{
    return Z3_mk_unsigned_int64(scope->context, value, Z3_mk_bv_sort(scope->context, width));
}

/* The bit-vector of any term. */
static Z3_ast bits(struct z3_scope *scope, term t)
{
    Z3_ast ast = translate(scope, t);
    if (t->width > 1)
        return ast;
    return Z3_mk_ite(scope->context, ast, number(scope, 1, 1), number(scope, 1, 0));
}

/* A Z3 boolean as the translation of `t`: booleans for width 1. */
static Z3_ast variable(struct z3_scope *scope, term t)
{
    Z3_context c = scope->context;
    Z3_sort sort = t->width == 1 ? Z3_mk_bool_sort(c) : Z3_mk_bv_sort(c, t->width);
    return Z3_mk_const(c, Z3_mk_string_symbol(c, term_name(t)), sort);
}

static Z3_ast sum(struct z3_scope *scope, term t)
{
    Z3_ast result = t->value ? number(scope, t->width, t->value) : NULL;
    for (uint32_t i = 0; i < t->nargs; i++) {
        Z3_ast addend = bits(scope, t->args[i]);
        bool minus = t->coef[i] == term_mask(t->width);
        if (t->coef[i] != 1 && !minus)
            addend = Z3_mk_bvmul(scope->context, number(scope, t->width, t->coef[i]), addend);
        if (!result)
            result = minus ? Z3_mk_bvneg(scope->context, addend) : addend;
        else
            result = (minus ? Z3_mk_bvsub : Z3_mk_bvadd)(scope->context, result, addend);
    }
    return result;
}

static Z3_ast fold(struct z3_scope *scope, term t, Z3_ast (*op)(Z3_context, Z3_ast, Z3_ast))
{
    Z3_ast result = bits(scope, t->args[0]);
    for (uint32_t i = 1; i < t->nargs; i++)
        result = op(scope->context, result, bits(scope, t->args[i]));
    return result;
}

/* Bitwise operators on truth values are connectives. */
static Z3_ast connective(struct z3_scope *scope, term t)
{
    Z3_context c = scope->context;
    if (t->op == TERM_XOR) {
        Z3_ast result = translate(scope, t->args[0]);
        for (uint32_t i = 1; i < t->nargs; i++)
            result = Z3_mk_xor(c, result, translate(scope, t->args[i]));
        return t->value ? Z3_mk_not(c, result) : result;
    }
    Z3_ast both[2] = {translate(scope, t->args[0]), translate(scope, t->args[1])};
    return t->op == TERM_AND ? Z3_mk_and(c, 2, both) : Z3_mk_or(c, 2, both);
}

static Z3_ast multiply(struct z3_scope *scope, term t)
{
    if (!scope->opaque || t->width != 64)
        return fold(scope, t, Z3_mk_bvmul);
    /* linear.c leaves only products of zero-extended halves at this width */
    return z3_opaque(scope, t, bits(scope, term_extract(t->args[0], 0, 32)),
                     bits(scope, term_extract(t->args[1], 0, 32)));
}

static Z3_ast divide(struct z3_scope *scope, term t)
{
    Z3_context c = scope->context;
    Z3_ast a = bits(scope, t->args[0]), b = bits(scope, t->args[1]), zero = number(scope, t->width, 0);
    if (scope->opaque && (t->width == 32 || t->width == 64))
        return z3_opaque(scope, t, a, b);
    Z3_ast quotient = t->op == TERM_UDIV ? Z3_mk_bvudiv(c, a, b) : Z3_mk_bvsdiv(c, a, b);
    return Z3_mk_ite(c, Z3_mk_eq(c, b, zero), zero, quotient);
}

static Z3_ast build(struct z3_scope *scope, term t)
{
    Z3_context c = scope->context;
    switch ((enum term_op)t->op) {
    case TERM_CONST:
        return t->width > 1 ? number(scope, t->width, t->value) : t->value ? Z3_mk_true(c) : Z3_mk_false(c);
    case TERM_VAR:
        return variable(scope, t);
    case TERM_SUM:
        return sum(scope, t);
    case TERM_AND:
        return t->width == 1 ? connective(scope, t) : fold(scope, t, Z3_mk_bvand);
    case TERM_OR:
        return t->width == 1 ? connective(scope, t) : fold(scope, t, Z3_mk_bvor);
    case TERM_XOR: {
        if (t->width == 1)
            return connective(scope, t);
        Z3_ast result = fold(scope, t, Z3_mk_bvxor);
        if (t->value == term_mask(t->width))
            return Z3_mk_bvnot(c, result);
        return t->value ? Z3_mk_bvxor(c, result, number(scope, t->width, t->value)) : result;
    }
    case TERM_MUL:
        return multiply(scope, t);
    case TERM_UDIV:
    case TERM_SDIV:
        return divide(scope, t);
    case TERM_SHL:
        return fold(scope, t, Z3_mk_bvshl);
    case TERM_LSHR:
        return fold(scope, t, Z3_mk_bvlshr);
    case TERM_ASHR:
        return fold(scope, t, Z3_mk_bvashr);
    case TERM_CONCAT:
        return fold(scope, t, Z3_mk_concat);
    case TERM_EXTRACT: {
        unsigned low = (unsigned)t->value;
        Z3_ast slice = Z3_mk_extract(c, low + t->width - 1, low, bits(scope, t->args[0]));
        return t->width == 1 ? Z3_mk_eq(c, slice, number(scope, 1, 1)) : slice;
    }
    case TERM_SEXT:
        return Z3_mk_sign_ext(c, (unsigned)(t->width - t->args[0]->width), bits(scope, t->args[0]));
    case TERM_EQ:
        return Z3_mk_eq(c, bits(scope, t->args[0]), bits(scope, t->args[1]));
    case TERM_ULT:
        return Z3_mk_bvult(c, bits(scope, t->args[0]), bits(scope, t->args[1]));
    case TERM_SLT:
        return Z3_mk_bvslt(c, bits(scope, t->args[0]), bits(scope, t->args[1]));
    case TERM_ITE:
        return Z3_mk_ite(c, translate(scope, t->args[0]), translate(scope, t->args[1]), translate(scope, t->args[2]));
    }
    return NULL;
}

static Z3_ast translate(struct z3_scope *scope, term t)
{
    Z3_ast ast = *slot(scope, t);
    if (!ast) {
        ast = build(scope, t);
        if (!ast)
            error_seen = true;
        *slot(scope, t) = ast;
    }
    return ast;
}

/* The opaque product of 64-bit operands, by halves; audit.c proves the identity. */
static Z3_ast split_product(struct z3_scope *scope, term a, term b)
{
    Z3_context c = scope->context;
    const struct term shape = {.op = TERM_MUL, .width = 64};
    Z3_ast low[2], high[2];
    const term operands[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        low[i] = Z3_mk_extract(c, 31, 0, bits(scope, operands[i]));
        high[i] = Z3_mk_extract(c, 63, 32, bits(scope, operands[i]));
    }
    Z3_ast cross = Z3_mk_bvadd(c, z3_opaque(scope, &shape, low[0], high[1]), z3_opaque(scope, &shape, high[0], low[1]));
    Z3_ast shifted = Z3_mk_concat(c, Z3_mk_extract(c, 31, 0, cross), number(scope, 32, 0));
    return Z3_mk_bvadd(c, z3_opaque(scope, &shape, low[0], low[1]), shifted);
}

Z3_ast z3_rewrite_holds(struct z3_scope *scope, const struct term_rewrite *r)
{
    static const uint64_t ones[3] = {1, 1, 1};
    const struct term before = {
        .op = r->op, .width = r->width, .value = r->value, .nargs = r->nargs, .args = r->args, .coef = ones};
    for (uint32_t i = 0; i < r->nargs; i++)
        translate(scope, r->args[i]);
    Z3_context c = scope->context;
    bool product = scope->opaque && r->op == TERM_MUL && r->width == 64;
    Z3_ast left = product ? split_product(scope, r->args[0], r->args[1]) : build(scope, &before);
    if (r->width == 1 && Z3_get_sort_kind(c, Z3_get_sort(c, left)) == Z3_BV_SORT) /* arithmetic on one bit */
        left = Z3_mk_eq(c, left, number(scope, 1, 1));
    return Z3_mk_eq(c, left, translate(scope, r->result));
}

Z3_ast z3_truth(struct z3_scope *scope, term t)
{
    assert(t->width == 1);
    return translate(scope, t);
}

uint64_t z3_value(struct z3_scope *scope, Z3_model model, term var)
{
    Z3_ast value;
    uint64_t number;
    if (!Z3_model_eval(scope->context, model, translate(scope, var), true, &value))
        return 0;
    if (var->width == 1)
        return Z3_get_bool_value(scope->context, value) == Z3_L_TRUE;
    return Z3_get_numeral_uint64(scope->context, value, &number) ? number : 0;
}

Z3_solver z3_solver(struct z3_scope *scope, bool quick, unsigned steps)
{
    Z3_context c = scope->context;
    Z3_solver solver =
        quick ? Z3_mk_simple_solver(c)
              : Z3_mk_solver_for_logic(c, Z3_mk_string_symbol(c, scope->used_opaque ? "QF_UFBV" : "QF_BV"));
    Z3_solver_inc_ref(c, solver);
    Z3_params params = Z3_mk_params(c);
    Z3_params_inc_ref(c, params);
    Z3_params_set_uint(c, params, Z3_mk_string_symbol(c, "rlimit"), steps);
    Z3_solver_set_params(c, solver, params);
    Z3_params_dec_ref(c, params);
    return solver;
}

uint64_t z3_steps(struct z3_scope *scope, Z3_solver solver)
{
    Z3_stats stats = Z3_solver_get_statistics(scope->context, solver);
    uint64_t steps = 0;
    Z3_stats_inc_ref(scope->context, stats);
    for (unsigned i = 0; i < Z3_stats_size(scope->context, stats); i++)
        if (strcmp(Z3_stats_get_key(scope->context, stats, i), "rlimit count") == 0)
            steps = Z3_stats_get_uint_value(scope->context, stats, i);
    Z3_stats_dec_ref(scope->context, stats);
    return steps;
}

/* ---- the clock, a backstop ---- */

static volatile Z3_context under_way;

static void interrupt(int signal)
{
    (void)signal;
    if (under_way)
        Z3_interrupt(under_way);
}

/* Z3's own timeout costs a thread and its hand-over at every check; an alarm costs two system calls. */
static void set_alarm(unsigned milliseconds)
{
    static bool installed;
    if (!installed) {
        const struct sigaction action = {.sa_handler = interrupt, .sa_flags = SA_RESTART};
        sigaction(SIGALRM, &action, NULL);
        installed = true;
    }
    const struct itimerval time = {.it_value = {milliseconds / 1000, (suseconds_t)(milliseconds % 1000) * 1000}};
    setitimer(ITIMER_REAL, &time, NULL);
}

Z3_lbool z3_check(struct z3_scope *scope, Z3_solver solver, unsigned count, const Z3_ast *assumptions)
{
    under_way = scope->context;
    set_alarm(scope->backstop_ms);
    Z3_lbool answer = Z3_solver_check_assumptions(scope->context, solver, count, assumptions);
    set_alarm(0);
    under_way = NULL;
    scope->failed |= error_seen;
    return scope->failed ? Z3_L_UNDEF : answer;
}
