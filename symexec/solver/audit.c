/* The audit: the term library is not believed, its log of rewrites is proved. */
#include "symexec/solver/internal.h"

#include <stdio.h>

enum { PER_CONTEXT = 2000 }; /* rewrites that share a Z3 context */

static void describe(const struct term_rewrite *r, char *out, size_t size)
{
    FILE *text = fmemopen(out, size, "w");
    if (!text)
        return;
    fprintf(text, "rule %s: op %u, width %u, value %llu:", term_rule_info(r->rule)->name, r->op, r->width,
            (unsigned long long)r->value);
    for (uint32_t i = 0; i < r->nargs; i++) {
        fputs(" [", text);
        term_print(text, r->args[i], 5);
        fputc(']', text);
    }
    fputs(" -> ", text);
    term_print(text, r->result, 5);
    fclose(text);
}

/* With products and quotients opaque: what holds for every function that meets the axioms holds. */
static bool holds_opaquely(struct z3_scope *z, const struct solver_limits *limits, const struct term_rewrite *r)
{
    Z3_ast claim = z3_rewrite_holds(z, r);
    if (!z->used_opaque)
        return false;
    Z3_solver solver = z3_solver(z, false, limits->goal_steps);
    for (unsigned i = 0; i < z->axiom_count; i++)
        Z3_solver_assert(z->context, solver, z->axioms[i]);
    Z3_solver_assert(z->context, solver, Z3_mk_not(z->context, claim));
    bool proved = z3_check(z, solver, 0, NULL) == Z3_L_FALSE;
    Z3_solver_dec_ref(z->context, solver);
    return proved;
}

static Z3_lbool holds_really(struct z3_scope *z, const struct solver_limits *limits, Z3_ast claim)
{
    Z3_solver solver = z3_solver(z, false, limits->goal_steps);
    Z3_solver_assert(z->context, solver, Z3_mk_not(z->context, claim));
    Z3_lbool answer = z3_check(z, solver, 0, NULL);
    Z3_solver_dec_ref(z->context, solver);
    return answer == Z3_L_FALSE ? Z3_L_TRUE : answer == Z3_L_TRUE ? Z3_L_FALSE : Z3_L_UNDEF;
}

/* Most rewrites are true after simplification, most of the others with opaque products. */
static Z3_lbool holds(struct z3_scope *real, const struct solver_limits *limits, const struct term_rewrite *r)
{
    Z3_ast claim = Z3_simplify(real->context, z3_rewrite_holds(real, r));
    if (Z3_get_bool_value(real->context, claim) != Z3_L_UNDEF)
        return Z3_get_bool_value(real->context, claim);
    struct z3_scope opaque;
    z3_scope_open(&opaque, limits->backstop_ms);
    opaque.opaque = true;
    bool proved = holds_opaquely(&opaque, limits, r);
    z3_scope_close(&opaque);
    return proved ? Z3_L_TRUE : holds_really(real, limits, claim);
}

/*
 * That products may be split into products of halves: (a + 2^32 b)(c + 2^32 d) = ac + 2^32 (ad + bc) modulo 2^64, as an
 * identity of polynomials. The opaque check of a rewrite of a product relies on it.
 */
static bool splitting_is_right(const struct solver_limits *limits)
{
    struct z3_scope z;
    Z3_ast v[4];
    z3_scope_open(&z, limits->backstop_ms);
    Z3_context c = z.context;
    Z3_sort sort = Z3_mk_bv_sort(c, 64);
    for (int i = 0; i < 4; i++)
        v[i] = Z3_mk_const(c, Z3_mk_int_symbol(c, i), sort);
    Z3_ast shift = Z3_mk_unsigned_int64(c, UINT64_C(1) << 32, sort);
    Z3_ast left = Z3_mk_bvadd(c, v[0], Z3_mk_bvmul(c, shift, v[1])),
           right = Z3_mk_bvadd(c, v[2], Z3_mk_bvmul(c, shift, v[3]));
    Z3_ast cross = Z3_mk_bvadd(c, Z3_mk_bvmul(c, v[0], v[3]), Z3_mk_bvmul(c, v[1], v[2]));
    Z3_ast sum = Z3_mk_bvadd(c, Z3_mk_bvmul(c, v[0], v[2]), Z3_mk_bvmul(c, shift, cross));
    Z3_params params = Z3_mk_params(c); /* sums of monomials: the difference is then the polynomial 0 */
    Z3_params_inc_ref(c, params);
    Z3_params_set_bool(c, params, Z3_mk_string_symbol(c, "som"), true);
    Z3_ast difference = Z3_simplify_ex(c, Z3_mk_bvsub(c, Z3_mk_bvmul(c, left, right), sum), params);
    Z3_params_dec_ref(c, params);
    uint64_t value = 1;
    bool is_zero = Z3_get_numeral_uint64(c, difference, &value) && value == 0;
    z3_scope_close(&z);
    return is_zero;
}

struct audit solver_audit(const struct solver_limits *limits)
{
    struct audit audit = {0};
    struct z3_scope z;
    size_t count;
    const struct term_rewrite *log = term_audit_log(&count);
    if (!splitting_is_right(limits)) {
        audit.unknown++;
        snprintf(audit.first, sizeof audit.first, "the identity that splits products");
    }
    for (size_t i = 0; i < count; i++) {
        if (i % PER_CONTEXT == 0)
            z3_scope_open(&z, limits->backstop_ms);
        Z3_lbool answer = holds(&z, limits, &log[i]);
        audit.rewrites++;
        audit.proved += answer == Z3_L_TRUE;
        audit.refuted += answer == Z3_L_FALSE;
        audit.unknown += answer == Z3_L_UNDEF;
        if (answer != Z3_L_TRUE && !audit.first[0])
            describe(&log[i], audit.first, sizeof audit.first);
        if (i % PER_CONTEXT == PER_CONTEXT - 1 || i + 1 == count)
            z3_scope_close(&z);
    }
    return audit;
}
