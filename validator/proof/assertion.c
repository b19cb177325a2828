/* Assertions: lists of what is in which place. */
#include "validator/proof/proof.h"

#include <assert.h>
#include <stdlib.h>

void assertion_add(struct assertion *a, struct place at, term value, const char *name)
{
    assert(value->width == 32);
    if (a->count == a->room) {
        a->room = a->room ? 2 * a->room : 64;
        a->clauses = realloc(a->clauses, a->room * sizeof *a->clauses);
        if (!a->clauses)
            abort();
    }
    a->clauses[a->count++] = (struct clause){at, value, name};
}

void assertion_copy(struct assertion *to, const struct assertion *from)
{
    to->count = 0;
    for (size_t i = 0; from && i < from->count; i++)
        assertion_add(to, from->clauses[i].at, from->clauses[i].value, from->clauses[i].name);
}

void assertion_free(struct assertion *a)
{
    free(a->clauses);
    *a = (struct assertion){0};
}

void assertion_establish(const struct assertion *a, struct world *w)
{
    for (size_t i = 0; i < a->count; i++)
        place_set(w, a->clauses[i].at, a->clauses[i].value);
}
