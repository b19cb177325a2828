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

/*
 * Walks mark nodes in one table by id that lives as long as the process: a mark is valid if it is the current walk's
 * number, so nothing is cleared. A walk may not begin inside of another.
 */
static struct {
    struct mark {
        uint32_t walk;
        uint64_t value;
    } * marks;
    size_t room;
    uint32_t walk;
} table;

static void begin_walk(void)
{
    if (table.room <= term_count()) {
        size_t room = 2 * term_count() + 64;
        table.marks = store_checked(realloc(table.marks, room * sizeof *table.marks));
        for (size_t i = table.room; i < room; i++)
            table.marks[i].walk = 0;
        table.room = room;
    }
    table.walk++;
}

/* True the first time that this walk comes to `t`. */
static bool first_visit(term t)
{
    bool first = table.marks[t->id].walk != table.walk;
    table.marks[t->id].walk = table.walk;
    return first;
}

static uint64_t evaluate(term t, uint64_t (*lookup)(term, void *), void *data)
{
    if (t->op == TERM_CONST)
        return t->value;
    if (first_visit(t)) {
        uint64_t args[2 * TERM_MAX_ARGS];
        for (uint32_t i = 0; i < t->nargs; i++)
            args[i] = evaluate(t->args[i], lookup, data);
        table.marks[t->id].value = t->op == TERM_VAR ? lookup(t, data) & term_mask(t->width) : term_apply(t, args);
    }
    return table.marks[t->id].value;
}

uint64_t term_eval(term t, uint64_t (*lookup)(term var, void *data), void *data)
{
    begin_walk();
    return evaluate(t, lookup, data);
}

/* ---- variables ---- */

struct use {
    term var;
    uint64_t bits;
};

static int by_id(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    return (x->var->id > y->var->id) - (x->var->id < y->var->id);
}

static void *grown(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? 2 * *room : 64;
    return store_checked(realloc(items, *room * size));
}

/* Nodes still to be looked at, and variables found; a variable's mark holds the bits of it that are used. */
struct search {
    term *open;
    struct use *found;
    size_t open_count, open_room, found_count, found_room;
};

static void reach(struct search *s, term t, uint64_t bits)
{
    bool first = first_visit(t);
    if (t->op == TERM_VAR) {
        table.marks[t->id].value = bits | (first ? 0 : table.marks[t->id].value);
        if (!first)
            return;
        s->found = grown(s->found, s->found_count, &s->found_room, sizeof *s->found);
        s->found[s->found_count++] = (struct use){.var = t};
    } else if (first) {
        s->open = grown(s->open, s->open_count, &s->open_room, sizeof(term));
        s->open[s->open_count++] = t;
    }
}

void term_variables(term t, void (*visit)(term var, uint64_t bits, void *data), void *data)
{
    struct search s = {0};
    begin_walk();
    reach(&s, t, term_mask(t->width));
    while (s.open_count) {
        term top = s.open[--s.open_count];
        for (uint32_t i = 0; i < top->nargs; i++)
            reach(&s, top->args[i],
                  top->op == TERM_EXTRACT ? term_mask(top->width) << top->value : term_mask(top->args[i]->width));
    }
    for (size_t i = 0; i < s.found_count; i++) /* before visits that may walk */
        s.found[i].bits = table.marks[s.found[i].var->id].value;
    if (s.found_count)
        qsort(s.found, s.found_count, sizeof *s.found, by_id);
    for (size_t i = 0; i < s.found_count; i++)
        visit(s.found[i].var, s.found[i].bits, data);
    free(s.open);
    free(s.found);
}
