/* The variables that terms depend on, and conditions sliced by them. */
#include "symexec/solver/internal.h"

#include <stdlib.h>
#include <string.h>

static void collect(term var, uint64_t bits, void *data)
{
    struct support *s = data;
    if ((s->count & (s->count - 1)) == 0) { /* full at powers of two */
        s->items = realloc(s->items, (s->count ? 2 * s->count : 1) * sizeof *s->items);
        if (!s->items)
            abort();
    }
    s->items[s->count++] = (struct used){var, bits};
}

const struct support *support_of(struct supports *table, term t)
{
    if (t->id >= table->room) {
        size_t larger = 2 * term_count() + 64;
        table->items = realloc(table->items, larger * sizeof *table->items);
        if (!table->items)
            abort();
        memset(table->items + table->room, 0, (larger - table->room) * sizeof *table->items);
        table->room = larger;
    }
    struct support *s = &table->items[t->id];
    if (!s->known) {
        term_variables(t, collect, s);
        s->known = true;
    }
    return s;
}

static bool share(const struct support *a, const struct support *b)
{
    for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
        if (a->items[i].var == b->items[j].var)
            return true;
        if (a->items[i].var->id < b->items[j].var->id)
            i++;
        else
            j++;
    }
    return false;
}

void supports_free(struct supports *table)
{
    for (size_t i = 0; i < table->room; i++)
        free(table->items[i].items);
    free(table->items);
    *table = (struct supports){0};
}

size_t support_slice(struct supports *table, const term *conditions, size_t count, term t, bool transitive, term *kept)
{
    bool chosen[count + 1];
    memset(chosen, 0, sizeof chosen);
    support_of(table, t);
    for (size_t i = 0; i < count; i++)
        support_of(table, conditions[i]); /* all computed before pointers are taken: the table may move */
    for (size_t i = 0; i < count; i++)
        chosen[i] = share(support_of(table, conditions[i]), support_of(table, t));
    for (bool more = transitive; more;) {
        more = false;
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < count && !chosen[i]; j++)
                if (chosen[j] && share(support_of(table, conditions[i]), support_of(table, conditions[j])))
                    chosen[i] = more = true;
    }
    size_t result = 0;
    for (size_t i = 0; i < count; i++)
        if (chosen[i])
            kept[result++] = conditions[i];
    return result;
}
