/*
 * Undeclared values: registers of a caller, memory that nobody wrote, addresses. A term depends on them if it can have another value
 * than with each of them at one fixed, canonical value. That is a question of meaning, not of which variables occur in
 * it.
 */
#include "symexec/path/path.h"

struct canonical {
    const struct path *path;
    unsigned classes;
};

static term replace(term var, void *data)
{
    const struct canonical *c = data;
    if (!(var->classes & c->classes))
        return var;
    return term_const(var->width, c->path->canonical ? c->path->canonical(var, c->path->canonical_data) : 0);
}

term path_canonical(const struct path *path, term t, unsigned classes)
{
    struct canonical c = {path, classes};
    return t->classes & classes ? term_substitute(t, replace, &c) : t;
}

bool path_declared(struct path *path, term t, unsigned classes, term *equal, bool *known)
{
    *equal = path_canonical(path, t, classes);
    enum verdict verdict = path_prove(path, term_eq(t, *equal), NULL);
    *known = verdict != VERDICT_UNKNOWN;
    return verdict == VERDICT_PROVED;
}
