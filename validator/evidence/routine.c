/* A routine on concrete arguments under the emulator, against what it promises. */
#include "validator/evidence/internal.h"

#include <inttypes.h>
#include <stdlib.h>

enum { STACK_BYTES = 512, TRIALS = 400 };

struct returned {
    bool ended;
    char fault[120];
    uint32_t words[OPAQUE_MAX_RESULTS];
    uint32_t before, after; /* in the finding's place */
    bool broken;            /* the finding's rule, by our own machine */
};

static void run(struct proof *proof, const uint32_t *arguments, struct returned *out, FILE *text)
{
    const struct situation *s = &proof->finding.situation;
    const struct promise *promise = s->routine->promise;
    struct numbers numbers = {.target = proof->target, .model = &proof->finding.model};
    struct path *path = path_open(NULL);
    struct world w;
    struct emulator emu;
    struct diag diag;
    term values[OPAQUE_MAX_ARGUMENTS];
    *out = (struct returned){.ended = false};
    for (unsigned i = 0; i < promise->arguments; i++)
        values[i] = term_const(32, arguments[i]);
    world_open(&w, proof->target, path, "routine");
    w.machine.arrived = path_machine_returned;
    w.machine.contract_count = 0;
    if (world_map_image(&w, &diag)) {
        world_add(&w, BLOCK_STACK, STACK_BYTES, NULL);
        path_machine_call(&w.machine, s->routine->address, values, promise->arguments, w.blocks[BLOCK_STACK]);
        if (proof->finding.rule != ARM_RULE_NONE) {
            out->broken = machine_breaks(proof, &numbers, &w.machine, text);
        } else if (emulator_open(&emu, &w.machine.arm, &numbers)) {
            out->before = emulator_register(&emu, s->at.index);
            out->ended = emulator_call(&emu, emulator_register(&emu, ARM_LR) & ~1u) == EMULATION_ENDED;
            snprintf(out->fault, sizeof out->fault, "%s", emu.fault);
            out->after = emulator_register(&emu, s->at.index);
            for (unsigned i = 0; i < promise->results; i++)
                out->words[i] = emulator_register(&emu, i);
            emulator_close(&emu);
        }
    }
    world_close(&w);
    path_close(path);
}

/* Whether these words are as promised; the words that are, if there is but one way, in `right`. */
static bool as_promised(const struct path_contract *contract, const uint32_t *arguments, const uint32_t *words,
                        uint32_t *right)
{
    const struct promise *promise = contract->promise;
    struct promise_case cases[PROMISE_MAX_CASES];
    term values[OPAQUE_MAX_ARGUMENTS], results[OPAQUE_MAX_RESULTS], opaque[OPAQUE_MAX_RESULTS],
        facts[PROMISE_MAX_FACTS];
    bool good = true;
    for (unsigned i = 0; i < promise->arguments; i++)
        values[i] = term_const(32, arguments[i]);
    for (unsigned i = 0; i < promise->results; i++)
        results[i] = term_const(32, words[i]);
    if (promise->witness)
        promise->witness(contract->parameter, results, opaque);
    size_t count = promise->facts ? promise->facts(values, opaque, facts) : 0;
    for (size_t i = 0; i < count; i++)
        good &= term_is_true(facts[i]);
    count = promise->cases(contract->parameter, values, opaque, cases);
    for (size_t i = 0; i < count; i++)
        for (unsigned w = 0; w < promise->results && term_is_true(cases[i].guard); w++) {
            right[w] = (uint32_t)cases[i].words[w]->value;
            good &= cases[i].words[w] == results[w];
        }
    return good;
}

static uint32_t next(uint64_t *seed)
{
    static const uint32_t corners[] = {0, 1, 2, 3, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint32_t value = (uint32_t)(*seed >> 32);
    switch (*seed >> 24 & 3) {
    case 0:
        return corners[value % (sizeof corners / sizeof *corners)];
    case 1:
        return value >> (*seed >> 16 & 31);
    default:
        return value;
    }
}

static void tell_call(FILE *out, const struct path_contract *contract, const uint32_t *arguments)
{
    fprintf(out, "    %s(", contract->symbol);
    for (unsigned i = 0; i < contract->promise->arguments; i++)
        fprintf(out, "%s0x%08" PRIx32, i ? ", " : "", arguments[i]);
    fputc(')', out);
}

static void tell_words(FILE *out, const struct promise *promise, const struct returned *r, const uint32_t *right)
{
    fputs(" returns", out);
    for (unsigned i = 0; i < promise->results; i++)
        fprintf(out, " r%u = 0x%" PRIx32, i, r->words[i]);
    if (!promise->witness) {
        fputs(", promised", out);
        for (unsigned i = 0; i < promise->results; i++)
            fprintf(out, " r%u = 0x%" PRIx32, i, right[i]);
    } else if (promise->opaque.expands && r->words[0] <= 0xfff) {
        fprintf(out, ", which means 0x%08" PRIx64, spec_expand_imm(term_const(12, r->words[0]))->value);
    }
}

/* Whether one call shows what the finding says. */
static enum confirmation try(struct proof *proof, const uint32_t *arguments, FILE *out)
{
    const struct finding *f = &proof->finding;
    const struct path_contract *contract = f->situation.routine;
    uint32_t right[OPAQUE_MAX_RESULTS] = {0};
    struct returned r;
    char *text = NULL;
    size_t size;
    FILE *rule = open_memstream(&text, &size);
    if (!rule)
        abort();
    run(proof, arguments, &r, rule);
    fclose(rule);
    bool kept = f->goal != GOAL_SAVED || r.before == r.after;
    bool good = f->goal == GOAL_SAVED || as_promised(contract, arguments, r.words, right);
    enum confirmation result = f->rule != ARM_RULE_NONE  ? (r.broken ? CONFIRMED_BY_RULE : CONFIRMED_NOT)
                               : r.ended && kept && good ? CONFIRMED_NOT
                                                         : CONFIRMED_BY_DIVERGENCE;
    if (result != CONFIRMED_NOT) {
        tell_call(out, contract, arguments);
        if (r.broken)
            fprintf(out, "\n%s", text);
        else if (!r.ended)
            fprintf(out, " ends in a %s\n", r.fault);
        else if (!kept)
            fprintf(out, " leaves 0x%08" PRIx32 " in r%u, which had 0x%08" PRIx32 "\n", r.after, f->situation.at.index,
                    r.before);
        else
            tell_words(out, contract->promise, &r, right), fputc('\n', out);
    }
    free(text);
    return result;
}

enum confirmation replay_routine(struct proof *proof, FILE *out)
{
    const struct finding *f = &proof->finding;
    struct numbers numbers = {.target = proof->target, .model = &proof->finding.model};
    enum confirmation result = CONFIRMED_NOT;
    uint64_t seed = 1;
    for (unsigned trial = 0; trial < TRIALS && result == CONFIRMED_NOT; trial++) {
        uint32_t arguments[OPAQUE_MAX_ARGUMENTS] = {0};
        for (unsigned i = 0; i < f->situation.routine->promise->arguments; i++)
            arguments[i] = trial == 0 ? (uint32_t)numbers_of(&numbers, f->arguments[i]) : next(&seed);
        result = try(proof, arguments, out);
    }
    return result;
}
