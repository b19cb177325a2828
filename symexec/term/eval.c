/* The reference meaning of every operator, and evaluation under an assignment. */
#include "symexec/term/store.h"

#include <stdlib.h>

static uint64_t udiv(uint64_t a, uint64_t b)
{
    return b ? a / b : 0;
}

static uint64_t sdiv(uint64_t a, uint64_t b, unsigned width)
{
    int64_t x = sign_extend(a, width), y = sign_extend(b, width);
    if (y == 0)
        return 0;
    return y == -1 ? 0 - (uint64_t)x : (uint64_t)(x / y);
}

uint64_t term_apply(term t, const uint64_t *args)
{
    unsigned width = t->width;
    uint64_t mask = term_mask(width), result = t->value;
    switch ((enum term_op)t->op) {
    case TERM_CONST:
    case TERM_VAR: /* the caller's business */
        break;
    case TERM_SUM:
        for (uint32_t i = 0; i < t->nargs; i++)
            result += t->coef[i] * args[i];
        break;
    case TERM_MUL:
        result = args[0] * args[1];
        break;
    case TERM_UDIV:
        result = udiv(args[0], args[1]);
        break;
    case TERM_SDIV:
        result = sdiv(args[0], args[1], width);
        break;
    case TERM_AND:
        result = args[0] & args[1];
        break;
    case TERM_OR:
        result = args[0] | args[1];
        break;
    case TERM_XOR:
        for (uint32_t i = 0; i < t->nargs; i++)
            result ^= args[i];
        break;
    case TERM_SHL:
        result = args[1] >= width ? 0 : args[0] << args[1];
        break;
    case TERM_LSHR:
        result = args[1] >= width ? 0 : args[0] >> args[1];
        break;
    case TERM_ASHR:
        result = (uint64_t)(sign_extend(args[0], width) >> (args[1] >= width ? width - 1 : args[1]));
        break;
    case TERM_CONCAT:
        result = 0;
        for (uint32_t i = 0; i < t->nargs; i++)
            result = (t->args[i]->width < 64 ? result << t->args[i]->width : 0) | args[i];
        break;
    case TERM_EXTRACT:
        result = args[0] >> t->value;
        break;
    case TERM_SEXT:
        result = (uint64_t)sign_extend(args[0], t->args[0]->width);
        break;
    case TERM_EQ:
        result = args[0] == args[1];
        break;
    case TERM_ULT:
        result = args[0] < args[1];
        break;
    case TERM_SLT:
        result = sign_extend(args[0], t->args[0]->width) < sign_extend(args[1], t->args[1]->width);
        break;
    case TERM_ITE:
        result = args[0] ? args[1] : args[2];
        break;
    }
    return result & mask;
}

/* Visits every node below `t` once, operands first. `seen` has a flag for each id. */
static void post_order(term t, bool *seen, void (*visit)(term, void *), void *data)
{
    if (seen[t->id])
        return;
    seen[t->id] = true;
    for (uint32_t i = 0; i < t->nargs; i++)
        post_order(t->args[i], seen, visit, data);
    visit(t, data);
}

static void *table(size_t size)
{
    void *memory = calloc(term_count() + 1, size);
    if (!memory)
        abort();
    return memory;
}

struct evaluation {
    uint64_t *values; /* by id */
    uint64_t (*lookup)(term, void *);
    void *data;
};

static void evaluate(term t, void *data)
{
    struct evaluation *e = data;
    uint64_t args[2 * TERM_MAX_ARGS];
    for (uint32_t i = 0; i < t->nargs; i++)
        args[i] = e->values[t->args[i]->id];
    e->values[t->id] = t->op == TERM_VAR ? e->lookup(t, e->data) & term_mask(t->width) : term_apply(t, args);
}

uint64_t term_eval(term t, uint64_t (*lookup)(term var, void *data), void *data)
{
    struct evaluation e = {table(sizeof(uint64_t)), lookup, data};
    bool *seen = table(sizeof(bool));
    post_order(t, seen, evaluate, &e);
    uint64_t value = e.values[t->id];
    free(seen);
    free(e.values);
    return value;
}

void term_variables(term t, void (*visit)(term var, void *data), void *data)
{
    bool *seen = table(sizeof(bool));
    term *found = table(sizeof(term));
    size_t count = 0, room = 64;
    term *stack = malloc(room * sizeof *stack);
    if (!stack)
        abort();
    stack[count++] = t;
    while (count) { /* mark what is below, then report in order of id */
        term top = stack[--count];
        if (seen[top->id])
            continue;
        seen[top->id] = true;
        if (top->op == TERM_VAR)
            found[top->id] = top;
        if (count + top->nargs > room) {
            room = 2 * (count + top->nargs);
            stack = realloc(stack, room * sizeof *stack);
            if (!stack)
                abort();
        }
        for (uint32_t i = 0; i < top->nargs; i++)
            stack[count++] = top->args[i];
    }
    for (size_t id = 0; id <= t->id; id++)
        if (found[id])
            visit(found[id], data);
    free(stack);
    free(found);
    free(seen);
}
