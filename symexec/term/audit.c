/* The log of rewrites: what `--audit` has Z3 check. */
#include "symexec/term/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool audit_on;

static struct {
    struct term_rewrite *entries;
    size_t count, room;
    uint32_t *slots; /* index + 1; open addressing */
    size_t slot_room;
} log_;

void term_audit_start(void)
{
    audit_on = true;
    rule_last = RULE_NONE;
}

const struct term_rewrite *term_audit_log(size_t *count)
{
    *count = log_.count;
    return log_.entries;
}

void audit_reset(void)
{
    log_.count = 0;
    if (log_.slots)
        memset(log_.slots, 0, log_.slot_room * sizeof *log_.slots);
}

static size_t hash(const struct term_rewrite *r)
{
    uint64_t h = r->op + UINT64_C(31) * r->width + UINT64_C(1021) * r->value;
    for (uint32_t i = 0; i < r->nargs; i++)
        h = (h ^ r->args[i]->hash) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h ^ (h >> 31));
}

static bool same(const struct term_rewrite *a, const struct term_rewrite *b)
{
    return a->op == b->op && a->width == b->width && a->value == b->value && a->nargs == b->nargs &&
           a->args[0] == b->args[0] && a->args[1] == b->args[1] && a->args[2] == b->args[2];
}

static void place(size_t index)
{
    size_t at = hash(&log_.entries[index]) & (log_.slot_room - 1);
    while (log_.slots[at])
        at = (at + 1) & (log_.slot_room - 1);
    log_.slots[at] = (uint32_t)index + 1;
}

static void grow(void)
{
    log_.room = log_.room ? 2 * log_.room : 1024;
    log_.entries = store_checked(realloc(log_.entries, log_.room * sizeof *log_.entries));
    free(log_.slots);
    log_.slot_room = 4 * log_.room;
    log_.slots = store_checked(calloc(log_.slot_room, sizeof *log_.slots));
    for (size_t i = 0; i < log_.count; i++)
        place(i);
}

/* The node that the constructor would have made without any rule. */
static bool is_plain(const struct term_rewrite *r)
{
    term t = r->result;
    if (t->op != r->op || t->width != r->width || t->nargs != r->nargs || t->value != r->value)
        return false;
    for (uint32_t i = 0; i < r->nargs; i++)
        if (t->args[i] != r->args[i] || (t->coef && t->coef[i] != 1))
            return false;
    return true;
}

term audit_note(enum term_op op, unsigned width, uint64_t value, term a, term b, term c, term result)
{
    struct term_rewrite r = {.op = (uint8_t)op,
                             .width = (uint8_t)width,
                             .rule = (uint8_t)rule_last,
                             .value = value,
                             .args = {a, b, c},
                             .nargs = c   ? 3
                                      : b ? 2
                                          : 1,
                             .result = result};
    rule_last = RULE_NONE; /* this constructor is done; what called it has yet to apply a rule */
    if (is_plain(&r))
        return result;
    assert(r.rule != RULE_NONE);
    if (log_.count == log_.room)
        grow();
    for (size_t at = hash(&r) & (log_.slot_room - 1); log_.slots[at]; at = (at + 1) & (log_.slot_room - 1))
        if (same(&log_.entries[log_.slots[at] - 1], &r))
            return result;
    log_.entries[log_.count++] = r;
    place(log_.count - 1);
    return result;
}
