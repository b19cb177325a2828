/*
 * Opaque functions on a path: each application is a variable of its own. Equal arguments give the same one; where
 * arguments may be equal, that their results are then equal is a definition (congruence).
 */
#include "symexec/path/path.h"

#include <stdlib.h>

/* Two applications of one function. */
static void relate(struct path *p, const struct path_application *a, const struct path_application *b)
{
    term differ = term_truth(false), equal = term_truth(true);
    for (unsigned i = 0; i < a->function->arity; i++)
        differ = term_or(differ, term_ne(a->arguments[i], b->arguments[i]));
    if (term_is_true(differ))
        return;
    for (unsigned i = 0; i < a->function->result_count; i++)
        equal = term_and(equal, term_eq(a->results[i], b->results[i]));
    path_define(p, term_or(differ, equal));
}

static bool same(const struct path_application *a, const struct opaque_function *function, const term *arguments)
{
    for (unsigned i = 0; i < function->arity; i++)
        if (a->arguments[i] != arguments[i])
            return false;
    return true;
}

static const struct path_application *find(const struct path *p, const struct opaque_function *function,
                                           const term *arguments, unsigned *others)
{
    *others = 0;
    for (size_t i = 0; i < p->application_count; i++) {
        if (p->applications[i]->function != function)
            continue;
        if (same(p->applications[i], function, arguments))
            return p->applications[i];
        ++*others;
    }
    return NULL;
}

static struct path_application *add(struct path *p, const struct opaque_function *function, const term *arguments,
                                    const term *results)
{
    struct path_application *a = calloc(1, sizeof *a);
    p->applications = realloc(p->applications, (p->application_count + 1) * sizeof(struct path_application *));
    if (!a || !p->applications)
        abort();
    a->function = function;
    for (unsigned i = 0; i < function->arity; i++)
        a->arguments[i] = arguments[i];
    for (unsigned i = 0; i < function->result_count; i++)
        a->results[i] = results[i];
    for (size_t i = 0; i < p->application_count; i++)
        if (p->applications[i]->function == function)
            relate(p, p->applications[i], a);
    p->applications[p->application_count++] = a;
    return a;
}

const term *path_apply(struct path *p, const struct opaque_function *function, const term *arguments, bool *is_new)
{
    unsigned number;
    const struct path_application *known = find(p, function, arguments, &number);
    term results[OPAQUE_MAX_RESULTS];
    *is_new = !known;
    if (known)
        return known->results;
    for (unsigned i = 0; i < function->result_count; i++) {
        char name[48];
        snprintf(name, sizeof name, "%s_%u", function->results[i].prefix, number);
        results[i] = term_var(name, function->results[i].width, TERM_ORDINARY);
    }
    return add(p, function, arguments, results)->results;
}

void path_give(struct path *p, const struct opaque_function *function, const term *arguments, const term *results)
{
    unsigned number;
    if (!find(p, function, arguments, &number))
        add(p, function, arguments, results);
}

term path_expansion(const struct path *p, term imm12)
{
    for (size_t i = 0; i < p->application_count; i++)
        if (p->applications[i]->function->expands && p->applications[i]->results[0] == imm12)
            return p->applications[i]->arguments[0];
    return NULL;
}

void path_forget_applications(struct path *p)
{
    for (size_t i = 0; i < p->application_count; i++)
        free(p->applications[i]);
    free(p->applications);
    p->applications = NULL;
    p->application_count = 0;
}
