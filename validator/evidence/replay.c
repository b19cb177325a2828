/*
 * One instruction on numbers: the real compiler and its real output under Unicorn, compared with the specification (by
 * divergence); or, where an emulator cannot show it, our own machine on the same constants, breaking the same rule again
 * (by rule).
 */
#include "validator/evidence/internal.h"
#include "validator/evidence/listing.h"

#include <stdlib.h>
#include <string.h>

/* ---- the compiler under the emulator ---- */

/* What one run of the compiler did. */
struct compiled {
    bool ended;
    char fault[120];
    uint32_t status, count;
    uint16_t code[CODE_MAX_HALFWORDS];
    bool clean;        /* callee-saved registers and sp are back, context fields unchanged */
    char problem[120]; /* if not */
};

static uint32_t address_of(struct emulator *emu, struct world *w, struct place at)
{
    return (uint32_t)numbers_of(emu->numbers, world_block(w, (enum block_id)at.block)->base) + at.index;
}

static void check_clean(struct emulator *emu, struct compiler *c, const uint32_t *before, struct compiled *out)
{
    static const char *const names[] = {"r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11"};
    uint32_t position = c->world.target->manifest.context_fields[ROLE_POSITION].offset;
    out->clean = true;
    for (unsigned i = 4; i <= 11; i++)
        if (emulator_register(emu, i) != before[i]) {
            snprintf(out->problem, sizeof out->problem, "%s is 0x%x after the call and was 0x%x", names[i - 4],
                     emulator_register(emu, i), before[i]);
            out->clean = false;
        }
    if (emulator_register(emu, ARM_SP) != before[ARM_SP]) {
        snprintf(out->problem, sizeof out->problem, "sp is not restored");
        out->clean = false;
    }
    for (size_t i = 0; i < c->given.count; i++) {
        const struct clause *g = &c->given.clauses[i];
        uint32_t value = emulator_word(emu, address_of(emu, &c->world, g->at));
        if (g->at.index != position && value != (uint32_t)numbers_of(emu->numbers, g->value)) {
            snprintf(out->problem, sizeof out->problem, "the context's field \"%s\" is 0x%x after the call", g->name,
                     value);
            out->clean = false;
        }
    }
}

/* The entries of the offset table that the proof named. */
static void fill_table(struct proof *proof, struct emulator *emu, uint32_t table)
{
    term offset, value;
    for (size_t i = 0; compiler_table_entry(proof->path, proof->finding.situation.position, i, &offset, &value); i++)
        emulator_write(emu, table + (uint32_t)numbers_of(emu->numbers, offset),
                       (uint32_t)numbers_of(emu->numbers, value));
}

static void run_compiler(struct proof *proof, struct emulator *emu, struct compiler *c, struct compiled *out)
{
    uint32_t before[16], here = (uint32_t)numbers_of(emu->numbers, c->here);
    fill_table(proof, emu, (uint32_t)numbers_of(emu->numbers, world_block(&c->world, BLOCK_OFFSETS)->base));
    for (unsigned i = 0; i < 16; i++)
        before[i] = emulator_register(emu, i);
    out->ended = emulator_run(emu, before[ARM_LR] & ~1u, 0, 0);
    strcpy(out->fault, emu->fault);
    out->status = emulator_register(emu, 0);
    struct place position = {PLACE_CELL, BLOCK_CONTEXT, c->world.target->manifest.context_fields[ROLE_POSITION].offset};
    out->count = emulator_word(emu, address_of(emu, &c->world, position)) -
                 (c->insn ? (uint32_t)numbers_of(emu->numbers, c->position) : 0);
    if (out->count > CODE_MAX_HALFWORDS - 2)
        out->count = 0;
    for (uint32_t i = 0; i < out->count; i++)
        out->code[i] = (uint16_t)(emulator_word(emu, here + 2 * (i & ~1u)) >> (i % 2 * 16));
    check_clean(emu, c, before, out);
}

static void compile(struct proof *proof, struct numbers *numbers, bool final, struct compiled *out)
{
    const struct situation *s = &proof->finding.situation;
    struct path *path = path_open(NULL);
    struct compiler c;
    struct emulator emu;
    struct diag diag;
    memset(out, 0, sizeof *out);
    if (compiler_open(&c, proof->target, proof->prelude, path, &diag)) {
        compiler_call(&c, s->homes, s->insn, final);
        if (emulator_open(&emu, &c.world.machine.arm, numbers))
            run_compiler(proof, &emu, &c, out);
        emulator_close(&emu);
    }
    compiler_close(&c);
    path_close(path);
}

/* ---- the emitted code under the emulator ---- */

static void start_code(struct code *code, struct proof *proof, struct path *path, const struct compiled *c)
{
    const struct situation *s = &proof->finding.situation;
    term halfwords[CODE_MAX_HALFWORDS];
    for (uint32_t i = 0; i < c->count; i++)
        halfwords[i] = term_const(16, c->code[i]);
    code_open(code, proof->target, path, block_base(BLOCK_CODE));
    code_start(code, halfwords, c->count, s->entry < c->count ? s->entry : 0, s->initial);
}

static uint32_t value_at(struct emulator *emu, struct world *w, struct place at)
{
    if (at.kind == PLACE_FRAME) {
        uint32_t sp = (uint32_t)numbers_of(emu->numbers, world_entry_sp()) - w->target->manifest.frame_bytes;
        return emulator_word(emu, sp + at.index);
    }
    if (at.kind == PLACE_CELL)
        return emulator_word(emu, address_of(emu, w, at));
    uint32_t value = emulator_register(emu, at.index);
    return at.index == ARM_PC ? value & ~1u : value;
}

/* Runs and lists every place that ends up different. Returns how many. */
static unsigned diverge(struct proof *proof, struct numbers *numbers, const struct compiled *c, FILE *out)
{
    const struct situation *s = &proof->finding.situation;
    struct path *path = path_open(NULL);
    struct code code;
    struct emulator emu;
    unsigned differences = 0;
    start_code(&code, proof, path, c);
    if (emulator_open(&emu, &code.world.machine.arm, numbers) && emulator_add_image(&emu, proof->target->image)) {
        uint32_t from = (uint32_t)numbers_of(numbers, code.here);
        bool ended = emulator_run(&emu, 0, from, from + 2 * c->count);
        if (!ended) {
            fprintf(out, "    the emitted code ends in a %s\n", emu.fault);
            differences++;
        }
        for (size_t i = 0; ended && i < s->expected->count; i++) {
            const struct clause *e = &s->expected->clauses[i];
            uint32_t expected = (uint32_t)numbers_of(numbers, e->value), actual = value_at(&emu, &code.world, e->at);
            if (actual == expected)
                continue;
            fprintf(out, "    %-28s must be 0x%08x, is 0x%08x\n", e->name, expected, actual);
            differences++;
        }
    }
    emulator_close(&emu);
    code_close(&code);
    path_close(path);
    return differences;
}

/* ---- our machine on constants ---- */

static term constant(term var, void *data)
{
    struct numbers *n = data;
    return var->classes == TERM_ORDINARY ? term_const(var->width, numbers_lookup(var, n)) : var;
}

static void concretise(struct arm_state *a, struct numbers *n)
{
    term *const flags[] = {&a->n, &a->z, &a->c, &a->v};
    for (unsigned i = 0; i < 16; i++)
        a->r[i] = term_substitute(a->r[i], constant, n);
    for (unsigned i = 0; i < 4; i++)
        *flags[i] = term_substitute(*flags[i], constant, n);
    for (size_t b = 0; b < a->memory.count; b++) {
        struct arm_block *block = &a->memory.blocks[b];
        if (block->limit)
            block->limit = term_substitute(block->limit, constant, n);
        for (uint32_t i = 0; i < block->size / 4 && !block->table_read; i++)
            if (block->cells[i])
                block->cells[i] = term_substitute(block->cells[i], constant, n);
    }
}

/* Entries of the offset table as numbers. */
struct number_table {
    struct proof *proof;
    struct numbers *numbers;
};

static term read_number(void *data, term offset, unsigned width)
{
    const struct number_table *t = data;
    term at, value;
    for (size_t i = 0;
         width == 4 && compiler_table_entry(t->proof->path, t->proof->finding.situation.position, i, &at, &value); i++)
        if (numbers_of(t->numbers, at) == numbers_of(t->numbers, offset))
            return term_const(32, numbers_of(t->numbers, value));
    return term_const(8 * width, 0);
}

static bool decide_number(void *data, term condition)
{
    return numbers_of(data, condition) != 0;
}

/* Runs until the rule breaks again; true if it does. */
static bool breaks_again(struct path_machine *m, enum arm_rule rule, struct numbers *n, FILE *out)
{
    struct arm_env env = m->env;
    env.data = n;
    env.decide = decide_number;
    env.expand_imm = NULL; /* nothing is opaque */
    m->arm.env = &env;
    concretise(&m->arm, n);
    enum path_status status;
    do
        status = path_machine_step(m);
    while (status == PATH_RUNNING);
    m->arm.env = &m->env;
    if (status != PATH_BROKEN || m->arm.broken != rule)
        return false;
    const struct arm_rule_info *info = arm_rule_info(rule);
    fprintf(out, "    after %u instructions: %s\n    rule %s: %s (%s)\n", m->steps, m->arm.detail, info->name,
            info->meaning, info->section);
    return true;
}

static bool rule_breaks(struct proof *proof, struct numbers *numbers, const struct compiled *compiled, FILE *out)
{
    const struct finding *f = &proof->finding;
    struct path *path = path_open(NULL);
    bool again = false;
    if (f->situation.phase == PHASE_CODE) {
        struct code code;
        start_code(&code, proof, path, compiled);
        again = breaks_again(&code.world.machine, f->rule, numbers, out);
        code_close(&code);
    } else {
        struct compiler c;
        struct diag diag;
        struct number_table table = {proof, numbers};
        if (compiler_open(&c, proof->target, proof->prelude, path, &diag)) {
            compiler_call(&c, f->situation.homes, f->situation.insn, true);
            world_block(&c.world, BLOCK_OFFSETS)->table_read = read_number;
            world_block(&c.world, BLOCK_OFFSETS)->table_data = &table;
            again = breaks_again(&c.world.machine, f->rule, numbers, out);
        }
        compiler_close(&c);
    }
    path_close(path);
    return again;
}

/* ---- what is seen ---- */

/* What a run of the compiler alone can show. */
static unsigned compiler_diverges(struct proof *proof, struct model *model, const struct compiled *c, FILE *out)
{
    const struct bpf_insn *insn = proof->finding.situation.insn;
    struct numbers other = {.model = model, .variant = 1}, same = {.model = model};
    struct compiled again, sizing;
    bool accepted = c->status == proof->target->manifest.accepted.value;
    unsigned count = 0;
    if (!c->ended)
        return (unsigned)(fprintf(out, "    the compiler ends in a %s\n", c->fault) > 0);
    if (!accepted)
        count += (unsigned)(fprintf(out, "    the compiler refuses the instruction with status %u\n", c->status) > 0);
    if (!c->clean)
        count += (unsigned)(fprintf(out, "    %s\n", c->problem) > 0);
    if (accepted && c->count == 0)
        count += (unsigned)(fprintf(out, "    no code is emitted\n") > 0);
    compile(proof, &other, true, &again);
    if (again.ended && accepted && (again.count != c->count || memcmp(again.code, c->code, 2 * c->count) != 0))
        count +=
            (unsigned)(fprintf(out, "    with other addresses and other undefined values, other code is emitted\n") >
                       0);
    if (!insn || !accepted)
        return count;
    compile(proof, &same, false, &sizing);
    if (sizing.ended && sizing.count != c->count)
        count += (unsigned)(fprintf(out, "    the sizing pass emits %u halfwords, the final pass %u\n", sizing.count,
                                    c->count) > 0);
    else if (sizing.ended && !bpf_distance(insn) && memcmp(sizing.code, c->code, 2 * c->count) != 0)
        count += (unsigned)(fprintf(out, "    the sizing pass emits other code than the final pass\n") > 0);
    return count;
}

enum confirmation replay_instruction(struct proof *proof, struct numbers *numbers, FILE *out)
{
    const struct finding *f = &proof->finding;
    const bool is_code = f->situation.phase == PHASE_CODE;
    struct compiled c;
    compile(proof, numbers, true, &c);
    counterexample_case(out, proof, numbers);
    if (is_code)
        listing_print(out, c.code, c.count, f->situation.entry);
    if (f->rule != ARM_RULE_NONE && rule_breaks(proof, numbers, &c, out))
        return CONFIRMED_BY_RULE;
    if (!is_code && f->rule == ARM_RULE_NONE && compiler_diverges(proof, numbers->model, &c, out))
        return CONFIRMED_BY_DIVERGENCE;
    if (is_code && c.ended && c.count && diverge(proof, numbers, &c, out))
        return CONFIRMED_BY_DIVERGENCE;
    return CONFIRMED_NOT;
}
