/*
 * Witnesses: assignments that Z3 found for earlier queries. One that meets a new query answers it, as half of the questions
 * at a fork are the ones that the path's own assignment answers. Evaluation is exact, so no answer depends on which
 * assignments are remembered; only the time does.
 */
#include "symexec/solver/internal.h"

#include <stdlib.h>
#include <string.h>

static uint64_t value_of(term var, void *data)
{
    const struct witness *w = data;
    return var->value < w->count ? w->values[var->value] : 0;
}

static bool meets(const struct witness *w, const term *conditions, size_t count)
{
    for (size_t i = count; i-- > 0;)
        if (!term_eval(conditions[i], value_of, (void *)(uintptr_t)w))
            return false;
    return true;
}

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Values at which comparisons and encodings change their minds. */
static uint64_t trial_value(uint64_t *seed, unsigned width)
{
    static const uint64_t corners[] = {0, 1, 0xfe, 0xff, 0x100, 0xffff, 0x10000, 0x00ab00ab, 0x7fffffff, 0x80000000};
    uint64_t number = next(seed), value = corners[(number >> 8) % (sizeof corners / sizeof *corners)];
    switch (number & 3) {
    case 0:
        return value & term_mask(width);
    case 1:
        return (0 - value) & term_mask(width);
    case 2:
        return UINT64_C(1) << (number >> 16) % width;
    default:
        return next(seed) & term_mask(width);
    }
}

/* The newest witness with other values for what the newest condition depends on. */
static bool try_others(struct witnesses *w, struct supports *supports, const term *conditions, size_t count)
{
    enum { TRIALS = 48, MAX_VARIABLES = 4 };
    const struct support *s = support_of(supports, conditions[count - 1]);
    struct model model = {0};
    uint64_t seed = conditions[count - 1]->hash | 1;
    bool found = false;
    if (s->count > MAX_VARIABLES)
        return false;
    for (uint32_t i = 0; i < s->count; i++)
        model_set(&model, s->items[i].var, value_of(s->items[i].var, &w->items[w->newest]));
    witness_add(w, &model);
    struct witness *own = &w->items[w->newest];
    for (unsigned trial = 0; trial < TRIALS && !found; trial++) {
        for (size_t i = 0; i < model.count; i++)
            if (trial % 4 != 3 || i % 2 == trial / 4 % 2) /* all of them, now and then every second */
                own->values[model.entries[i].var->value] = trial_value(&seed, model.entries[i].var->width);
        found = meets(own, conditions, count);
    }
    if (!found) {
        own->count = 0;
        w->newest = (w->newest + WITNESSES - 1) % WITNESSES;
    }
    model_free(&model);
    return found;
}

bool witness_found(struct witnesses *w, struct supports *supports, const term *conditions, size_t count)
{
    for (size_t age = 0; age < WITNESSES; age++) {
        const struct witness *one = &w->items[(w->newest + WITNESSES - age) % WITNESSES];
        if (one->count && meets(one, conditions, count))
            return true;
    }
    return try_others(w, supports, conditions, count);
}

void witness_add(struct witnesses *w, const struct model *model)
{
    const struct witness *base = &w->items[w->newest];
    struct witness *fresh = &w->items[(w->newest + 1) % WITNESSES];
    size_t count = base->count;
    for (size_t i = 0; i < model->count; i++)
        if (model->entries[i].var->value >= count)
            count = model->entries[i].var->value + 1;
    fresh->values = realloc(fresh->values, (count + 1) * sizeof *fresh->values);
    if (!fresh->values)
        abort();
    fresh->count = count;
    memset(fresh->values, 0, count * sizeof *fresh->values);
    if (base->count)
        memcpy(fresh->values, base->values, base->count * sizeof *base->values);
    for (size_t i = 0; i < model->count; i++)
        fresh->values[model->entries[i].var->value] = model->entries[i].value;
    w->newest = (w->newest + 1) % WITNESSES;
}

void witnesses_free(struct witnesses *w)
{
    for (size_t i = 0; i < WITNESSES; i++)
        free(w->items[i].values);
    *w = (struct witnesses){0};
}
