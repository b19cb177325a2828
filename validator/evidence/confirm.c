/* From a finding to a counterexample: which numbers are tried, and when it is enough. */
#include "validator/evidence/internal.h"

#include <stdlib.h>

static void note_pinned(term var, uint64_t bits, void *data)
{
    (void)bits;
    model_set(data, var, 0);
}

/* Other values for the variables of the path condition that meet it too, by trial; false if none were found. */
static bool another_model(const struct finding *f, struct model *pinned, uint64_t seed)
{
    enum { TRIALS = 2000 };
    for (int t = 0; t < TRIALS; t++) {
        bool holds = true;
        for (size_t i = 0; i < pinned->count; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            unsigned kind = seed >> 60 & 3, shift = seed >> 40 & 31;
            uint64_t value = kind == 0   ? seed >> 50 & 15
                             : kind == 1 ? UINT64_C(1) << shift
                             : kind == 2 ? seed >> 24
                                         : 100 + shift;
            pinned->entries[i].value = value & term_mask(pinned->entries[i].var->width);
        }
        for (size_t i = 0; i < f->condition_count && holds; i++)
            holds = term_eval(f->conditions[i], model_lookup, pinned);
        if (holds)
            return true;
    }
    return false;
}

/*
 * The model first. If it shows nothing, what it rests on may be a value that the real code happens to get right (an undefined
 * register that a routine leaves as it should be): then other values for what the path condition does not mention, then
 * for all.
 */
static void confirm_instruction(struct proof *proof)
{
    enum { ATTEMPTS = 9, OTHER_PATH_VALUES = 5 };
    struct finding *f = &proof->finding;
    struct counterexample *example = &proof->result.example;
    struct model pinned = {0};
    for (size_t i = 0; i < f->condition_count; i++)
        term_variables(f->conditions[i], note_pinned, &pinned);
    for (unsigned i = 0; i < f->situation.count; i++)
        term_variables(f->halfwords[i], note_pinned, &pinned);
    for (size_t i = 0; i < pinned.count; i++)
        pinned.entries[i].value = model_lookup(pinned.entries[i].var, &f->model);
    for (unsigned shake = 0; shake < ATTEMPTS && example->confirmation == CONFIRMED_NOT; shake++) {
        struct numbers numbers = {.target = proof->target, .model = &f->model, .shake = shake, .pinned = &pinned};
        size_t size;
        if (shake >= OTHER_PATH_VALUES && !another_model(f, &pinned, shake))
            break;
        free(example->text);
        FILE *out = open_memstream(&example->text, &size);
        if (!out)
            abort();
        example->confirmation = replay_instruction(proof, &numbers, out);
        fclose(out);
    }
    model_free(&pinned);
    if (example->confirmation != CONFIRMED_NOT) /* a run that was only too long for the proof is known now not to end */
        proof->result.verdict = VERDICT_REFUTED;
}

static void confirm_routine(struct proof *proof)
{
    struct counterexample *example = &proof->result.example;
    size_t size;
    FILE *out = open_memstream(&example->text, &size);
    if (!out)
        abort();
    example->confirmation = replay_routine(proof, out);
    fclose(out);
    if (example->confirmation != CONFIRMED_NOT)
        proof->result.verdict = VERDICT_REFUTED;
}

void evidence_confirm(struct proof *proof)
{
    if (!proof->finding.present)
        return;
    if (proof->finding.situation.phase == PHASE_ROUTINE)
        confirm_routine(proof);
    else if (proof->result.verdict == VERDICT_REFUTED || proof->finding.goal == GOAL_ENDS ||
             proof->finding.goal == GOAL_MODELLED)
        confirm_instruction(proof);
    if (proof->result.verdict == VERDICT_UNKNOWN) {
        free(proof->result.example.text);
        proof->result.example.text = NULL;
    }
}
