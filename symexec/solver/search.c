/* Counterexamples by trial: corner and random values in place of some of a model's. */
#include "symexec/solver/internal.h"

enum { TRIES = 3000 };

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static uint64_t trial_value(uint64_t *seed, uint64_t modelled, unsigned width)
{
    static const uint64_t corners[] = {0, 1, 2, 3, 0x7fffffff, 0x80000000, 0xffffffff, 0x10001};
    switch (next(seed) % 4) {
    case 0:
        return corners[next(seed) % (sizeof corners / sizeof *corners)] & term_mask(width);
    case 1:
        return next(seed) & term_mask(width);
    default:
        return modelled;
    }
}

static bool refutes(struct hypotheses h, term goal, struct model *model)
{
    if (term_eval(goal, model_lookup, model))
        return false;
    for (size_t i = 0; i < h.count; i++)
        if (!term_eval(h.items[i], model_lookup, model))
            return false;
    return true;
}

bool search_counterexample(struct hypotheses h, term goal, struct model *model)
{
    struct model trial = {0};
    uint64_t seed = 0x2545f4914f6cdd1d;
    bool found = false;
    for (int i = 0; i < TRIES && !found; i++) {
        for (size_t k = 0; k < model->count; k++) {
            const struct model_entry *e = &model->entries[k];
            model_set(&trial, e->var, i == 0 ? e->value : trial_value(&seed, e->value, e->var->width));
        }
        found = refutes(h, goal, &trial);
    }
    for (size_t k = 0; k < trial.count && found; k++)
        model->entries[k].value = trial.entries[k].value;
    model_free(&trial);
    return found;
}
