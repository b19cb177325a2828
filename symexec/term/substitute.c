/* Substitution: the term is rebuilt through the constructors, so constants fold. */
#include "symexec/term/store.h"

#include <stdlib.h>

struct substitution {
    term *done; /* by id */
    term (*replace)(term, void *);
    void *data;
};

static term rebuilt(term t, const term *args)
{
    term result;
    switch ((enum term_op)t->op) {
    case TERM_SUM:
        result = term_const(t->width, t->value);
        for (uint32_t i = 0; i < t->nargs; i++)
            result = term_add(result, term_mul(args[i], term_const(t->width, t->coef[i])));
        return result;
    case TERM_XOR:
        result = term_const(t->width, t->value);
        for (uint32_t i = 0; i < t->nargs; i++)
            result = term_xor(result, args[i]);
        return result;
    case TERM_CONCAT:
        result = args[0];
        for (uint32_t i = 1; i < t->nargs; i++)
            result = term_concat(result, args[i]);
        return result;
    case TERM_MUL:
        return term_mul(args[0], args[1]);
    case TERM_UDIV:
        return term_udiv(args[0], args[1]);
    case TERM_SDIV:
        return term_sdiv(args[0], args[1]);
    case TERM_AND:
        return term_and(args[0], args[1]);
    case TERM_OR:
        return term_or(args[0], args[1]);
    case TERM_SHL:
        return term_shl(args[0], args[1]);
    case TERM_LSHR:
        return term_lshr(args[0], args[1]);
    case TERM_ASHR:
        return term_ashr(args[0], args[1]);
    case TERM_EXTRACT:
        return term_extract(args[0], (unsigned)t->value, t->width);
    case TERM_SEXT:
        return term_sext(args[0], t->width);
    case TERM_EQ:
        return term_eq(args[0], args[1]);
    case TERM_ULT:
        return term_ult(args[0], args[1]);
    case TERM_SLT:
        return term_slt(args[0], args[1]);
    case TERM_ITE:
        return term_ite(args[0], args[1], args[2]);
    case TERM_CONST:
    case TERM_VAR:
        break;
    }
    return t;
}

static term substitute(struct substitution *s, term t)
{
    if (t->op == TERM_CONST)
        return t;
    if (t->op == TERM_VAR)
        return s->replace(t, s->data);
    if (!s->done[t->id]) {
        term args[2 * TERM_MAX_ARGS];
        for (uint32_t i = 0; i < t->nargs; i++)
            args[i] = substitute(s, t->args[i]);
        s->done[t->id] = rebuilt(t, args);
    }
    return s->done[t->id];
}

term term_substitute(term t, term (*replace)(term var, void *data), void *data)
{
    struct substitution s = {store_checked(calloc(t->id + 1, sizeof(term))), replace, data};
    term result = substitute(&s, t);
    free(s.done);
    return result;
}
