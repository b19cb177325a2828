/* The audit: the term library is not believed, its log of rewrites is proved. */
#include "symexec/solver/internal.h"

#include <stdio.h>

enum { PER_CONTEXT = 2000 }; /* rewrites that share a Z3 context */

static void describe(const struct term_rewrite *r, char *out, size_t size)
{
    FILE *text = fmemopen(out, size, "w");
    if (!text)
        return;
    fprintf(text, "op %u, width %u, value %llu:", r->op, r->width, (unsigned long long)r->value);
    for (uint32_t i = 0; i < r->nargs; i++) {
        fputs(" [", text);
        term_print(text, r->args[i], 5);
        fputc(']', text);
    }
    fputs(" -> ", text);
    term_print(text, r->result, 5);
    fclose(text);
}

/* Most rewrites are true after simplification; the others get a solver. */
static Z3_lbool holds(struct z3_scope *z, const struct solver_limits *limits, const struct term_rewrite *r)
{
    Z3_ast claim = Z3_simplify(z->context, z3_rewrite_holds(z, r));
    if (Z3_get_bool_value(z->context, claim) != Z3_L_UNDEF)
        return Z3_get_bool_value(z->context, claim);
    Z3_solver solver = z3_solver(z, false, limits->goal_steps, limits->backstop_ms);
    Z3_solver_assert(z->context, solver, Z3_mk_not(z->context, claim));
    Z3_lbool answer = z3_check(z, solver, 0, NULL);
    Z3_solver_dec_ref(z->context, solver);
    return answer == Z3_L_FALSE ? Z3_L_TRUE : answer == Z3_L_TRUE ? Z3_L_FALSE : Z3_L_UNDEF;
}

struct audit solver_audit(const struct solver_limits *limits)
{
    struct audit audit = {0};
    struct z3_scope z;
    size_t count;
    const struct term_rewrite *log = term_audit_log(&count);
    for (size_t i = 0; i < count; i++) {
        if (i % PER_CONTEXT == 0)
            z3_scope_open(&z);
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
