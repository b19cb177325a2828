/* A routine on concrete arguments under the emulator, against what it promises. */
#include "validator/evidence/internal.h"

#include <inttypes.h>

enum { STACK_BYTES = 512, TRIALS = 400 };

struct returned {
    bool ended;
    char fault[120];
    uint32_t words[OPAQUE_MAX_RESULTS];
};

static void run(struct proof *proof, const uint32_t *arguments, struct returned *out)
{
    const struct path_contract *contract = proof->finding.situation.routine;
    const struct promise *promise = contract->promise;
    struct model model = {0};
    struct numbers numbers = {.target = proof->target, .model = &model};
    struct path *path = path_open(NULL);
    struct world w;
    struct emulator emu;
    struct diag diag;
    term values[OPAQUE_MAX_ARGUMENTS];
    *out = (struct returned){.ended = false};
    for (unsigned i = 0; i < promise->arguments; i++)
        values[i] = term_const(32, arguments[i]);
    world_open(&w, proof->target, path, "routine");
    if (world_map_image(&w, &diag)) {
        world_add(&w, BLOCK_STACK, STACK_BYTES, NULL);
        path_machine_call(&w.machine, contract->address, values, promise->arguments, w.blocks[BLOCK_STACK]);
        if (emulator_open(&emu, &w.machine.arm, &numbers)) {
            out->ended = emulator_call(&emu, emulator_register(&emu, ARM_LR) & ~1u) == EMULATION_ENDED;
            snprintf(out->fault, sizeof out->fault, "%s", emu.fault);
            for (unsigned i = 0; i < promise->results; i++)
                out->words[i] = emulator_register(&emu, i);
        }
        emulator_close(&emu);
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

static void tell(FILE *out, const struct path_contract *contract, const uint32_t *arguments, const struct returned *r,
                 const uint32_t *right)
{
    const struct promise *promise = contract->promise;
    fprintf(out, "    %s(", contract->symbol);
    for (unsigned i = 0; i < promise->arguments; i++)
        fprintf(out, "%s0x%08" PRIx32, i ? ", " : "", arguments[i]);
    if (!r->ended) {
        fprintf(out, ") ends in a %s\n", r->fault);
        return;
    }
    fputs(") returns", out);
    for (unsigned i = 0; i < promise->results; i++)
        fprintf(out, " r%u = 0x%" PRIx32, i, r->words[i]);
    if (!promise->witness) {
        fputs(", promised", out);
        for (unsigned i = 0; i < promise->results; i++)
            fprintf(out, " r%u = 0x%" PRIx32, i, right[i]);
    } else if (promise->opaque.expands && r->words[0] <= 0xfff) {
        fprintf(out, ", which means 0x%08" PRIx64, spec_expand_imm(term_const(12, r->words[0]))->value);
    }
    fputc('\n', out);
}

enum confirmation replay_routine(struct proof *proof, FILE *out)
{
    const struct finding *f = &proof->finding;
    const struct path_contract *contract = f->situation.routine;
    struct numbers numbers = {.target = proof->target, .model = &proof->finding.model};
    uint64_t seed = 1;
    for (unsigned trial = 0; trial < TRIALS; trial++) {
        uint32_t arguments[OPAQUE_MAX_ARGUMENTS] = {0}, right[OPAQUE_MAX_RESULTS] = {0};
        struct returned r;
        for (unsigned i = 0; i < contract->promise->arguments; i++)
            arguments[i] = trial == 0 ? (uint32_t)numbers_of(&numbers, f->arguments[i]) : next(&seed);
        run(proof, arguments, &r);
        if (r.ended && as_promised(contract, arguments, r.words, right))
            continue;
        tell(out, contract, arguments, &r, right);
        return CONFIRMED_BY_DIVERGENCE;
    }
    return CONFIRMED_NOT;
}
