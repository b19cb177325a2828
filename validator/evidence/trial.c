/*
 * Trials: the real compiler and its code on numbers, against the specification alone. They need no path of the proof, so they can
 * show that something is wrong where the tool could not follow: an instruction that the model leaves out, or a loop.
 */
#include "validator/evidence/internal.h"

#include <inttypes.h>

/* Where the code of slot `index` begins, if the proof speaks of it. */
static bool position_of(struct proof *proof, struct numbers *numbers, uint32_t index, uint32_t *position)
{
    uint32_t offset, value;
    for (size_t i = 0; table_number(proof, numbers, PASS_FINAL, i, &offset, &value); i++)
        if (offset == 4 * index) {
            *position = value;
            return true;
        }
    return false;
}

/* The pc after a case, as the layout has it. */
static bool expected_pc(struct proof *proof, struct numbers *numbers, const struct bpf_case *c, uint32_t count,
                        uint32_t *pc)
{
    const struct finding *f = &proof->finding;
    uint32_t here = (uint32_t)numbers_of(numbers, block_base(BLOCK_CODE));
    uint32_t begin = here - 2 * (uint32_t)numbers_of(numbers, world_position()), position;
    if (c->outcome != BPF_NEXT)
        position = proof->prelude->position[c->outcome];
    else if (c->after.pc == term_add(f->before.pc, term_const(32, bpf_slots(f->insn.row))))
        position = (here - begin) / 2 + count;
    else if (!position_of(proof, numbers, (uint32_t)numbers_of(numbers, c->after.pc), &position))
        return false;
    *pc = begin + 2 * position;
    return true;
}

static bool end_differs(struct proof *proof, struct numbers *numbers, struct emulator *emu, struct code *code,
                        FILE *out)
{
    const struct finding *f = &proof->finding;
    struct bpf_case cases[BPF_MAX_CASES];
    struct assertion expected = {0};
    struct relation boundary = {0};
    size_t count = bpf_step(&f->before, &f->insn, cases), i = 0;
    uint32_t pc;
    bool shown = false;
    while (i < count && !numbers_of(numbers, cases[i].guard))
        i++;
    if (i == count || !expected_pc(proof, numbers, &cases[i], code->count, &pc))
        return false;
    relation_boundary(proof->target, f->situation.homes, &boundary);
    relation_assert(&boundary, bpf_ways[cases[i].outcome].holds, &(struct moment){.state = &cases[i].after}, &expected);
    assertion_add(&expected, (struct place){PLACE_REGISTER, 0, ARM_PC}, term_const(32, pc), "pc");
    for (size_t k = 0; k < expected.count && !shown; k++) {
        const struct clause *c = &expected.clauses[k];
        uint32_t must = (uint32_t)numbers_of(numbers, c->value), is = emulated_value(emu, &code->world, c->at);
        shown = must != is &&
                fprintf(out, "    %-28s must be 0x%08" PRIx32 ", is 0x%08" PRIx32 "\n", c->name, must, is) > 0;
    }
    assertion_free(&expected);
    relation_free(&boundary);
    return shown;
}

static bool code_differs(struct proof *proof, struct numbers *numbers, const struct compiled *compiled, FILE *out)
{
    struct path *path = path_open(NULL);
    struct code code;
    struct emulator emu;
    bool shown = false;
    if (code_of_finding(&code, proof, path, compiled) && emulator_open(&emu, &code.world.machine.arm, numbers)) {
        if (emulator_may_call(&emu, proof->target->image)) {
            enum emulation end = emulator_run_code(&emu, &code);
            if (end == EMULATION_ENDED)
                shown = end_differs(proof, numbers, &emu, &code, out);
            else if (end != EMULATION_LIMIT)
                shown = fprintf(out, "    the code ends in a %s\n", emu.fault) > 0;
        }
        emulator_close(&emu);
    }
    code_close(&code);
    path_close(path);
    return shown;
}

bool trial_differs(struct proof *proof, struct numbers *numbers, const struct compiled *compiled, FILE *out)
{
    switch (compiled->end) {
    case EMULATION_FAULT:
    case EMULATION_REPEATS:
        return fprintf(out, "    the compiler ends in a %s\n", compiled->fault) > 0;
    case EMULATION_LIMIT:
        return false;
    case EMULATION_ENDED:
        break;
    }
    return proof->finding.situation.insn && compiled->accepted && code_differs(proof, numbers, compiled, out);
}
