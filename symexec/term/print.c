/* Terms as text: infix for people, SMT-LIB 2 for other solvers. */
#include "symexec/term/store.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *const infix[] = {
    [TERM_SUM] = "+",    [TERM_MUL] = "*", [TERM_UDIV] = "/u", [TERM_SDIV] = "/s",  [TERM_AND] = "&",
    [TERM_OR] = "|",     [TERM_XOR] = "^", [TERM_SHL] = "<<",  [TERM_LSHR] = ">>u", [TERM_ASHR] = ">>s",
    [TERM_CONCAT] = ":", [TERM_EQ] = "==", [TERM_ULT] = "<u",  [TERM_SLT] = "<s",
};

static void print_number(FILE *out, uint64_t value)
{
    fprintf(out, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}

static void print_joined(FILE *out, term t, unsigned max_depth)
{
    const char *between = "";
    fputc('(', out);
    for (uint32_t i = 0; i < t->nargs; i++) {
        uint64_t coef = t->op == TERM_SUM ? t->coef[i] : 1;
        bool minus = coef == term_mask(t->width) && t->op == TERM_SUM;
        if (minus)
            fputs(i ? " - " : "-", out);
        else if (i)
            fprintf(out, " %s ", between);
        if (coef != 1 && !minus) {
            print_number(out, coef);
            fputs(" * ", out);
        }
        term_print(out, t->args[i], max_depth - 1);
        between = infix[t->op];
    }
    if ((t->op == TERM_SUM || t->op == TERM_XOR) && t->value) {
        bool minus = t->op == TERM_SUM && t->value >> (t->width - 1);
        fprintf(out, " %s ", minus ? "-" : infix[t->op]);
        print_number(out, minus ? (0 - t->value) & term_mask(t->width) : t->value);
    }
    fputc(')', out);
}

void term_print(FILE *out, term t, unsigned max_depth)
{
    if (t->op == TERM_CONST) {
        print_number(out, t->value);
    } else if (t->op == TERM_VAR) {
        fputs(term_name(t), out);
    } else if (max_depth == 0) {
        fputs("...", out);
    } else if (t->op == TERM_EXTRACT) {
        term_print(out, t->args[0], max_depth - 1);
        fprintf(out, "[%u:%u]", (unsigned)t->value + t->width - 1u, (unsigned)t->value);
    } else if (t->op == TERM_SEXT) {
        fprintf(out, "sext%u(", t->width);
        term_print(out, t->args[0], max_depth - 1);
        fputc(')', out);
    } else if (t->op == TERM_ITE) {
        fputc('(', out);
        term_print(out, t->args[0], max_depth - 1);
        fputs(" ? ", out);
        term_print(out, t->args[1], max_depth - 1);
        fputs(" : ", out);
        term_print(out, t->args[2], max_depth - 1);
        fputc(')', out);
    } else if (t->op == TERM_XOR && t->nargs == 1 && t->value == term_mask(t->width)) {
        fputs(t->width == 1 ? "!" : "~", out);
        term_print(out, t->args[0], max_depth - 1);
    } else if (t->op == TERM_CONCAT && t->nargs == 2 && t->args[0]->op == TERM_CONST && t->args[0]->value == 0) {
        term_print(out, t->args[1], max_depth); /* a zero extension is the same number */
    } else {
        print_joined(out, t, max_depth);
    }
}

/* ---- SMT-LIB 2 ---- */

static const char *const smt_op[] = {
    [TERM_MUL] = "bvmul", [TERM_UDIV] = "bvudiv", [TERM_SDIV] = "bvsdiv", [TERM_AND] = "bvand",
    [TERM_OR] = "bvor",   [TERM_SHL] = "bvshl",   [TERM_LSHR] = "bvlshr", [TERM_ASHR] = "bvashr",
    [TERM_EQ] = "=",      [TERM_ULT] = "bvult",   [TERM_SLT] = "bvslt",
};

/* The number of each node that is defined already, by id; numbers follow the order of definition, so the text is a
 * function of the structure. */
struct smt_names {
    uint32_t *number; /* 0 = not defined yet */
    uint32_t count;
};

static const struct smt_names *names;

/* A reference: variables by name, other nodes as `$number`, which no variable can be called. */
static void smt_ref(FILE *out, term t)
{
    if (t->op == TERM_CONST)
        fprintf(out, "(_ bv%" PRIu64 " %u)", t->value, t->width);
    else if (t->op == TERM_VAR)
        fputs(term_name(t), out);
    else
        fprintf(out, "$%u", names->number[t->id]);
}

static void smt_sum(FILE *out, term t)
{
    for (uint32_t i = 0; i < t->nargs; i++)
        fputs("(bvadd ", out);
    fprintf(out, "(_ bv%" PRIu64 " %u)", t->value, t->width);
    for (uint32_t i = 0; i < t->nargs; i++) {
        fprintf(out, " (bvmul (_ bv%" PRIu64 " %u) ", t->coef[i], t->width);
        smt_ref(out, t->args[i]);
        fputs("))", out);
    }
}

static void smt_fold(FILE *out, const char *op, term t)
{
    for (uint32_t i = 1; i < t->nargs; i++)
        fprintf(out, "(%s ", op);
    for (uint32_t i = 0; i < t->nargs; i++) {
        if (i)
            fputc(' ', out);
        smt_ref(out, t->args[i]);
        if (i)
            fputc(')', out);
    }
}

static void smt_body(FILE *out, term t)
{
    switch ((enum term_op)t->op) {
    case TERM_SUM:
        smt_sum(out, t);
        break;
    case TERM_XOR:
        fprintf(out, "(bvxor (_ bv%" PRIu64 " %u) ", t->value, t->width);
        smt_fold(out, "bvxor", t);
        fputc(')', out);
        break;
    case TERM_CONCAT:
        smt_fold(out, "concat", t);
        break;
    case TERM_EXTRACT:
        fprintf(out, "((_ extract %u %u) ", (unsigned)t->value + t->width - 1u, (unsigned)t->value);
        smt_ref(out, t->args[0]);
        fputc(')', out);
        break;
    case TERM_SEXT:
        fprintf(out, "((_ sign_extend %u) ", t->width - t->args[0]->width);
        smt_ref(out, t->args[0]);
        fputc(')', out);
        break;
    case TERM_ITE:
        fputs("(ite (= #b1 ", out);
        smt_ref(out, t->args[0]);
        fputs(") ", out);
        smt_ref(out, t->args[1]);
        fputc(' ', out);
        smt_ref(out, t->args[2]);
        fputc(')', out);
        break;
    case TERM_EQ:
    case TERM_ULT:
    case TERM_SLT:
        fprintf(out, "(ite (%s ", smt_op[t->op]);
        smt_ref(out, t->args[0]);
        fputc(' ', out);
        smt_ref(out, t->args[1]);
        fputs(") #b1 #b0)", out);
        break;
    case TERM_UDIV:
    case TERM_SDIV: /* SMT-LIB's quotient by zero is not ours */
        fputs("(ite (= ", out);
        smt_ref(out, t->args[1]);
        fprintf(out, " (_ bv0 %u)) (_ bv0 %u) ", t->width, t->width);
        smt_fold(out, smt_op[t->op], t);
        fputc(')', out);
        break;
    default:
        smt_fold(out, smt_op[t->op], t);
        break;
    }
}

static void smt_define(FILE *out, term t, struct smt_names *n)
{
    if (n->number[t->id])
        return;
    for (uint32_t i = 0; i < t->nargs; i++)
        smt_define(out, t->args[i], n);
    n->number[t->id] = ++n->count;
    if (t->op == TERM_VAR) {
        fprintf(out, "(declare-const %s (_ BitVec %u))\n", term_name(t), t->width);
    } else if (t->op != TERM_CONST) {
        fprintf(out, "(define-fun $%u () (_ BitVec %u) ", n->count, t->width);
        smt_body(out, t);
        fputs(")\n", out);
    }
}

void term_print_smt2(FILE *out, const term *hypotheses, size_t count, term goal)
{
    struct smt_names n = {store_checked(calloc(term_count() + 1, sizeof *n.number)), 0};
    names = &n;
    fputs("(set-logic QF_BV)\n", out);
    for (size_t i = 0; i <= count; i++)
        smt_define(out, i < count ? hypotheses[i] : goal, &n);
    for (size_t i = 0; i <= count; i++) {
        fprintf(out, "(assert (= #b%d ", i < count);
        smt_ref(out, i < count ? hypotheses[i] : goal);
        fputs("))\n", out);
    }
    fputs("(check-sat)\n", out);
    free(n.number);
    names = NULL;
}
