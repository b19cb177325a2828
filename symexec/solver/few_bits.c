/*
 * Queries over few bits: an immediate's count of a shift, the bits of a register number. All values are tried with the
 * reference meaning of the operations, which is quicker than any solver and knows no limit.
 */
#include "symexec/solver/internal.h"

enum { MAX_VARIABLES = 4, MAX_BITS = 8 };

/* Bits of variables, as one number that counts through their values. */
struct domain {
    struct used used[MAX_VARIABLES];
    uint64_t values[MAX_VARIABLES];
    unsigned count, bits;
};

static bool add(struct domain *d, const struct used *u)
{
    unsigned i = 0;
    while (i < d->count && d->used[i].var != u->var)
        i++;
    if (i == MAX_VARIABLES)
        return false;
    if (i == d->count)
        d->used[d->count++] = (struct used){u->var, 0};
    d->bits += (unsigned)__builtin_popcountll(u->bits & ~d->used[i].bits);
    d->used[i].bits |= u->bits;
    return d->bits <= MAX_BITS;
}

static bool add_all(struct domain *d, const struct support *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (!add(d, &s->items[i]))
            return false;
    return true;
}

/* The low bits of `number`, deposited where `mask` has ones. */
static uint64_t deposit(uint64_t number, uint64_t mask)
{
    uint64_t result = 0;
    for (; mask; mask &= mask - 1, number >>= 1)
        if (number & 1)
            result |= mask & (0 - mask);
    return result;
}

static void choose(struct domain *d, uint64_t number)
{
    for (unsigned i = 0; i < d->count; i++) {
        d->values[i] = deposit(number, d->used[i].bits);
        number >>= __builtin_popcountll(d->used[i].bits);
    }
}

static uint64_t value_of(term var, void *data)
{
    const struct domain *d = data;
    for (unsigned i = 0; i < d->count; i++)
        if (d->used[i].var == var)
            return d->values[i];
    return 0; /* of a variable that does not matter */
}

static bool all_hold(struct domain *d, const term *conditions, size_t count)
{
    for (size_t i = count; i-- > 0;) /* the last is the newest, and the most likely to fail */
        if (!term_eval(conditions[i], value_of, d))
            return false;
    return true;
}

bool few_bits_feasible(struct supports *supports, const term *conditions, size_t count, bool *feasible)
{
    struct domain d = {.count = 0};
    for (size_t i = 0; i < count; i++)
        if (!add_all(&d, support_of(supports, conditions[i])))
            return false;
    *feasible = false;
    for (uint64_t number = 0; number >> d.bits == 0 && !*feasible; number++) {
        choose(&d, number);
        *feasible = all_hold(&d, conditions, count);
    }
    return true;
}

void few_bits_known(struct supports *supports, const term *conditions, size_t count, term var, uint64_t *zeros,
                    uint64_t *ones)
{
    struct domain d = {.count = 0};
    term chosen[count + 1];
    size_t chosen_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct support *s = support_of(supports, conditions[i]);
        struct domain with = d;
        if (s->count == 1 && s->items[0].var == var && add(&with, &s->items[0])) {
            d = with;
            chosen[chosen_count++] = conditions[i];
        }
    }
    *zeros = *ones = d.count ? d.used[0].bits : 0;
    for (uint64_t number = 0; chosen_count && number >> d.bits == 0 && (*zeros | *ones); number++) {
        choose(&d, number);
        if (!all_hold(&d, chosen, chosen_count))
            continue;
        *zeros &= ~d.values[0];
        *ones &= d.values[0];
    }
}
