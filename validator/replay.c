/*
 * Confirming a refutation: the concrete instruction through the real compiler and its real output under Unicorn,
 * compared with the specification (by divergence); or, where an emulator cannot show it, our own machine on the same
 * constants, breaking the same rule again (by rule).
 */
#include "validator/counterexample.h"
#include "validator/listing.h"

#include <stdlib.h>
#include <string.h>

/* ---- the compiler under the emulator ---- */

/* What one run of the compiler did. */
struct compiled {
    bool ended;
    char fault[120];
    uint32_t status, count;
    uint16_t code[UNIT_MAX_HALFWORDS];
    bool clean;        /* callee-saved registers and sp are back, context fields unchanged */
    char problem[120]; /* if not */
};

static uint32_t field_address(struct numbers *n, const struct emission *e, enum role role)
{
    return (uint32_t)numbers_of(n, e->machine.arm.memory.blocks[e->context].base) +
           e->target->manifest.context.fields[role].offset;
}

static void check_clean(struct emulator *emu, const struct emission *e, const uint32_t *before, struct compiled *out)
{
    static const char *const names[] = {"r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11"};
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
    for (int role = ROLE_PROGRAM; e->insn && role <= ROLE_ROUTINES; role++) {
        if (!e->given[role])
            continue;
        uint32_t value = emulator_word(emu, field_address(emu->numbers, e, (enum role)role));
        if (role != ROLE_POSITION && value != (uint32_t)numbers_of(emu->numbers, e->given[role])) {
            snprintf(out->problem, sizeof out->problem, "the context's field \"%s\" is 0x%x after the call",
                     e->target->manifest.context.fields[role].member, value);
            out->clean = false;
        }
    }
}

static void compile(const struct scenario *s, struct numbers *numbers, bool final, struct compiled *out)
{
    struct path *path = path_open(NULL);
    struct emission e;
    struct emulator emu;
    struct diag diag;
    memset(out, 0, sizeof *out);
    if (emission_open(&e, s->proof->target, path, &diag)) {
        emission_setup(&e, s->homes, s->insn, final);
        uint32_t here = (uint32_t)numbers_of(numbers, e.here);
        uint32_t table = (uint32_t)numbers_of(numbers, e.machine.arm.memory.blocks[e.offsets].base);
        if (emulator_open(&emu, &e.machine.arm, numbers)) {
            uint32_t before[16];
            for (size_t i = 0; s->emission && i < s->emission->table_count; i++)
                emulator_write(&emu, table + (uint32_t)numbers_of(numbers, s->emission->table[i].offset),
                               (uint32_t)numbers_of(numbers, s->emission->table[i].value));
            for (unsigned i = 0; i < 16; i++)
                before[i] = emulator_register(&emu, i);
            out->ended = emulator_run(&emu, before[ARM_LR] & ~1u, 0, 0);
            strcpy(out->fault, emu.fault);
            out->status = emulator_register(&emu, 0);
            uint32_t position = emulator_word(&emu, field_address(numbers, &e, ROLE_POSITION));
            out->count = position - (uint32_t)numbers_of(numbers, e.given[ROLE_POSITION]);
            if (out->count > UNIT_MAX_HALFWORDS - 2)
                out->count = 0;
            for (uint32_t i = 0; i < out->count; i++)
                out->code[i] = (uint16_t)(emulator_word(&emu, here + 2 * (i & ~1u)) >> (i % 2 * 16));
            check_clean(&emu, &e, before, out);
        }
        emulator_close(&emu);
    }
    emission_close(&e);
    path_close(path);
}

/* ---- the emitted code under the emulator ---- */

static struct locations none;

static void start_unit(struct unit *u, const struct scenario *s, struct path *path, const struct compiled *c)
{
    term code[UNIT_MAX_HALFWORDS];
    for (uint32_t i = 0; i < c->count; i++)
        code[i] = term_const(16, c->code[i]);
    unit_open(u, s->proof->target, path, s->emission->here);
    unit_start(u, code, c->count, s->entry, s->initial ? s->initial : &none);
}

/* Runs and lists every location that ends up different. Returns how many. */
static unsigned diverge(const struct scenario *s, struct numbers *numbers, const struct compiled *c, FILE *out)
{
    struct path *path = path_open(NULL);
    struct unit u;
    struct emulator emu;
    unsigned differences = 0;
    start_unit(&u, s, path, c);
    if (emulator_open(&emu, &u.machine.arm, numbers) && emulator_add_image(&emu, s->proof->target->image)) {
        uint32_t from = (uint32_t)numbers_of(numbers, u.here);
        uint32_t boundary = (uint32_t)numbers_of(numbers, unit_entry_sp()) - s->proof->target->manifest.frame_bytes;
        uint32_t vm = (uint32_t)numbers_of(numbers, unit_vm_base());
        bool ended = emulator_run(&emu, 0, from, from + 2 * c->count);
        if (!ended) {
            fprintf(out, "    the emitted code ends in a %s\n", emu.fault);
            differences++;
        }
        for (size_t i = 0; ended && i < s->expected->count; i++) {
            const struct location *l = &s->expected->items[i];
            uint32_t expected = (uint32_t)numbers_of(numbers, l->value);
            uint32_t actual = l->kind == LOCATION_REGISTER
                                  ? emulator_register(&emu, l->index)
                                  : emulator_word(&emu, (l->kind == LOCATION_FRAME ? boundary : vm) + l->index);
            if (l->kind == LOCATION_REGISTER && l->index == ARM_PC)
                actual &= ~1u;
            if (actual == expected)
                continue;
            fprintf(out, "    %-28s must be 0x%08x, is 0x%08x\n", l->name, expected, actual);
            differences++;
        }
    }
    emulator_close(&emu);
    unit_close(&u);
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
    const struct scenario *scenario;
    struct numbers *numbers;
};

static term read_number(void *data, term offset, unsigned width)
{
    const struct number_table *t = data;
    const struct emission *e = t->scenario->emission;
    for (size_t i = 0; width == 4 && i < e->table_count; i++)
        if (numbers_of(t->numbers, e->table[i].offset) == numbers_of(t->numbers, offset))
            return term_const(32, numbers_of(t->numbers, e->table[i].value));
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

static bool rule_breaks(const struct scenario *s, struct numbers *numbers, const struct compiled *c, FILE *out)
{
    struct path *path = path_open(NULL);
    bool again = false;
    if (s->phase == SCENARIO_RUN) {
        struct unit u;
        start_unit(&u, s, path, c);
        again = breaks_again(&u.machine, s->rule, numbers, out);
        unit_close(&u);
    } else {
        struct emission e;
        struct diag diag;
        struct number_table table = {s, numbers};
        if (emission_open(&e, s->proof->target, path, &diag)) {
            emission_setup(&e, s->homes, s->insn, true);
            e.machine.arm.memory.blocks[e.offsets].table_read = read_number;
            e.machine.arm.memory.blocks[e.offsets].table_data = &table;
            again = breaks_again(&e.machine, s->rule, numbers, out);
        }
        emission_close(&e);
    }
    path_close(path);
    return again;
}

/* ---- verdict of the replay ---- */

/* What a run of the compiler alone can show. */
static unsigned compiler_diverges(const struct scenario *s, struct model *model, const struct compiled *c, FILE *out)
{
    struct numbers other = {.model = model, .variant = 1};
    struct compiled again, sizing;
    uint32_t ok = s->proof->target->manifest.status_ok;
    unsigned count = 0;
    if (!c->ended)
        return (unsigned)(fprintf(out, "    the compiler ends in a %s\n", c->fault) > 0);
    if (c->status != ok)
        count += (unsigned)(fprintf(out, "    the compiler refuses the instruction with status %u\n", c->status) > 0);
    if (!c->clean)
        count += (unsigned)(fprintf(out, "    %s\n", c->problem) > 0);
    if (c->status == ok && c->count == 0)
        count += (unsigned)(fprintf(out, "    no code is emitted\n") > 0);
    compile(s, &other, true, &again);
    if (again.ended && c->status == ok && (again.count != c->count || memcmp(again.code, c->code, 2 * c->count) != 0))
        count +=
            (unsigned)(fprintf(out, "    with other addresses and other undefined values, other code is emitted\n") >
                       0);
    struct numbers same = {.model = model};
    compile(s, &same, false, &sizing);
    if (s->insn && sizing.ended && c->status == ok && sizing.count != c->count)
        count += (unsigned)(fprintf(out, "    the sizing pass emits %u halfwords, the final pass %u\n", sizing.count,
                                    c->count) > 0);
    else if (s->insn && sizing.ended && c->status == ok && !bpf_distance(s->insn) &&
             memcmp(sizing.code, c->code, 2 * c->count) != 0)
        count += (unsigned)(fprintf(out, "    the sizing pass emits other code than the final pass\n") > 0);
    return count;
}

static void note_pinned(term var, uint64_t bits, void *data)
{
    (void)bits;
    model_set(data, var, 0);
}

/* One attempt: what the counterexample says, and how far it is confirmed. */
static enum confirmation attempt(const struct scenario *s, struct numbers *numbers, FILE *out)
{
    struct compiled c;
    compile(s, numbers, true, &c);
    counterexample_case(out, s, numbers);
    if (s->phase == SCENARIO_RUN)
        listing_print(out, c.code, c.count, s->entry);
    if (s->rule != ARM_RULE_NONE && rule_breaks(s, numbers, &c, out))
        return CONFIRMED_BY_RULE;
    if (s->phase == SCENARIO_EMISSION && s->rule == ARM_RULE_NONE && compiler_diverges(s, numbers->model, &c, out))
        return CONFIRMED_BY_DIVERGENCE;
    if (s->phase == SCENARIO_RUN && c.ended && c.count && diverge(s, numbers, &c, out))
        return CONFIRMED_BY_DIVERGENCE;
    return CONFIRMED_NOT;
}

/* Other values for the variables of the path condition that meet it too, by trial; false if none were found. */
static bool another_model(const struct path *path, struct model *pinned, uint64_t seed)
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
        for (size_t i = 0; i < path->count && holds; i++)
            holds = term_eval(path->conditions[i], model_lookup, pinned);
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
void replay_confirm(const struct scenario *s, struct model *model)
{
    enum { ATTEMPTS = 9, OTHER_PATH_VALUES = 5 };
    struct counterexample *example = &s->proof->result.example;
    struct model pinned = {0};
    if (example->text)
        return; /* the first refutation is the one that is shown */
    for (size_t i = 0; i < s->proof->path->count; i++)
        term_variables(s->proof->path->conditions[i], note_pinned, &pinned);
    for (size_t i = 0; i < pinned.count; i++)
        pinned.entries[i].value = model_lookup(pinned.entries[i].var, model);
    for (unsigned shake = 0; shake < ATTEMPTS && example->confirmation == CONFIRMED_NOT; shake++) {
        struct numbers numbers = {.model = model, .pinned = &pinned, .shake = shake};
        size_t size;
        if (shake >= OTHER_PATH_VALUES && !another_model(s->proof->path, &pinned, shake))
            break;
        free(example->text);
        FILE *out = open_memstream(&example->text, &size);
        if (!out)
            abort();
        example->confirmation = attempt(s, &numbers, out);
        fclose(out);
    }
    model_free(&pinned);
}

enum verdict scenario_goal(const struct scenario *s, term goal, const char *what)
{
    struct model model = {0};
    enum verdict verdict = proof_goal(s->proof, goal, what, &model);
    if (verdict == VERDICT_REFUTED)
        replay_confirm(s, &model);
    model_free(&model);
    return verdict;
}

void scenario_broken(const struct scenario *s, const struct arm_state *arm)
{
    char what[300];
    struct scenario of_rule = *s;
    const struct arm_rule_info *rule = arm_rule_info(arm->broken);
    if (arm->broken == ARM_RULE_NONE) { /* a limit of ours */
        proof_fail(s->proof, VERDICT_UNKNOWN, "%s", arm->detail);
        return;
    }
    snprintf(what, sizeof what, "%s: %s: %s (%s)", s->phase == SCENARIO_RUN ? "emitted code" : "compiler", rule->name,
             arm->detail, rule->section);
    of_rule.rule = arm->broken;
    scenario_goal(&of_rule, term_const(1, 0), what);
}

/* A contract's function on one argument: what it returns, and what that means, is for the reader to see. */
void replay_lemma(struct proof *proof, const struct path_contract *contract, uint32_t argument)
{
    struct model model = {0};
    struct numbers numbers = {.model = &model};
    struct path *path = path_open(NULL);
    struct path_machine m;
    struct emulator emu;
    struct diag diag;
    struct counterexample *example = &proof->result.example;
    size_t size;
    term value = term_const(32, argument);
    if (example->text)
        return;
    FILE *out = open_memstream(&example->text, &size);
    if (!out)
        abort();
    path_machine_init(&m, path);
    if (arm_image_map(proof->target->image, &m.arm, &diag)) {
        size_t stack = arm_add_block(
            &m.arm, (struct arm_block){.name = "stack",
                                       .size = 512,
                                       .stack = true,
                                       .fresh = TERM_UNDEFINED,
                                       .base = term_concat(term_var("stack_base", 29, TERM_PRIVATE), term_const(3, 0)),
                                       .permissions = ARM_READ | ARM_WRITE});
        path_machine_call(&m, contract->address, &value, 1, stack);
        if (emulator_open(&emu, &m.arm, &numbers)) {
            uint32_t until = emulator_register(&emu, ARM_LR) & ~1u;
            bool ended = emulator_run(&emu, until, 0, 0);
            uint32_t r0 = emulator_register(&emu, 0);
            term meaning = path_expand_imm(term_const(12, r0));
            bool encodable = term_is_true(path_encodable(value));
            bool wrong = !ended || (r0 == contract->none ? encodable : r0 > 0xfff || meaning->value != argument);
            fprintf(out, "    %s(0x%08x) returns 0x%x", contract->symbol, argument, r0);
            fprintf(out, r0 <= 0xfff ? ", which means 0x%08x\n" : "\n", (unsigned)meaning->value);
            example->confirmation = wrong ? CONFIRMED_BY_DIVERGENCE : CONFIRMED_NOT;
        }
        emulator_close(&emu);
    }
    arm_state_free(&m.arm);
    path_close(path);
    fclose(out);
}
