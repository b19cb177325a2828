/*
 * Symbolic runs against constant runs of the same instruction: registers, flags, memory, and the instruction word in
 * part or as a whole are variables; every question is answered as the assignment has it; the results, evaluated under
 * the assignment, must be those of the constant run. What test_unicorn says of constants then holds of terms.
 * Each mode runs a tenth of THUMBPROOF_CASES cases (default 200 000).
 */
#include "symexec/arm/test/cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum mode {
    CONSTANT_WORD,       /* only the state is symbolic */
    SYMBOLIC_IMMEDIATES, /* and so are the immediate fields of the instruction */
    SYMBOLIC_WORD,       /* every bit of the instruction is a variable */
    MODES,
};

static const char *const mode_names[MODES] = {"constant words", "symbolic immediates", "symbolic words"};

enum { MIN_COMPARED = 20, MAX_TRIES = 300 };

/* The assignment: what every variable stands for. */
struct assignment {
    const struct test_memory *memory;
    const struct test_case *c;
    uint32_t word; /* the last instruction of the case */
};

static struct test_memory pristine;

static uint32_t memory_word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t lookup(term var, void *data)
{
    const struct assignment *a = data;
    const char *name = term_name(var), *number = strchr(name, '_');
    unsigned index = number ? (unsigned)strtoul(number + 1, NULL, 10) : 0;
    if (strncmp(name, "reg_", 4) == 0)
        return a->c->r[index];
    if (strncmp(name, "data_", 5) == 0)
        return memory_word(a->memory->data + index);
    if (strncmp(name, "stack_", 6) == 0)
        return memory_word(a->memory->stack + index);
    if (strncmp(name, "base_", 5) == 0)
        return (index == 1 ? (uint64_t)DATA_BASE : (uint64_t)STACK_BASE) >> 3;
    if (strncmp(name, "word_", 5) == 0) /* the low bits of the word, as wide as the variable */
        return a->word & term_mask(var->width);
    const bool flags[4] = {a->c->n, a->c->z, a->c->c, a->c->v};
    assert_int_equal(strncmp(name, "flag_", 5), 0);
    return flags[index];
}

/* As term_eval, but what is known under this assignment is kept: values[id] is valid if stamps[id] is `stamp`. */
static struct {
    uint64_t *values;
    uint32_t *stamps, stamp;
    size_t room;
} known_values;

static uint64_t evaluate(term t, struct assignment *a)
{
    if (t->id >= known_values.room) {
        size_t room = 2 * ((size_t)t->id + 1024);
        known_values.values = realloc(known_values.values, room * sizeof *known_values.values);
        known_values.stamps = realloc(known_values.stamps, room * sizeof *known_values.stamps);
        assert_true(known_values.values && known_values.stamps);
        memset(known_values.stamps + known_values.room, 0, (room - known_values.room) * sizeof *known_values.stamps);
        known_values.room = room;
    }
    if (known_values.stamps[t->id] == known_values.stamp)
        return known_values.values[t->id];
    uint64_t args[64], value;
    assert_true(t->nargs <= sizeof args / sizeof *args);
    for (uint32_t i = 0; i < t->nargs; i++)
        args[i] = evaluate(t->args[i], a);
    value = t->op == TERM_VAR ? lookup(t, a) : term_apply(t, args);
    known_values.stamps[t->id] = known_values.stamp;
    known_values.values[t->id] = value;
    return value;
}

static bool decide(void *data, term cond)
{
    return evaluate(cond, data) != 0;
}

/* ---- the symbolic machine ---- */

static term base_term(unsigned block)
{
    return term_concat(term_var(block == 1 ? "base_1" : "base_2", 29, TERM_PRIVATE), term_const(3, 0));
}

/* Memory is symbolic where offsets are known, otherwise constant: only an image is read at a symbolic offset. */
static void symbolic_machine(struct arm_state *s, struct undo *undo, const struct arm_env *env, bool image)
{
    *s = (struct arm_state){.undo = undo, .env = env, .core.system_allowed = ~0u};
    arm_add_block(s, (struct arm_block){.name = "code",
                                        .base = term_const(32, CODE_BASE),
                                        .size = CODE_SIZE,
                                        .permissions = ARM_READ | ARM_EXECUTE,
                                        .image = pristine.code});
    arm_add_block(s, (struct arm_block){.name = "data",
                                        .base = base_term(1),
                                        .size = DATA_SIZE,
                                        .fresh = TERM_ORDINARY,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .image = image ? pristine.data : NULL});
    arm_add_block(s, (struct arm_block){.name = "stack",
                                        .base = base_term(2),
                                        .size = STACK_SIZE,
                                        .stack = true,
                                        .fresh = TERM_ORDINARY,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .image = image ? pristine.stack : NULL});
}

/* Addresses point into blocks; the index of an access and code addresses are constants; all other values are
 * variables. */
static term register_term(const struct test_case *c, unsigned reg, bool constant)
{
    char name[16];
    uint32_t value = c->r[reg];
    if (reg == ARM_SP || value - STACK_BASE < STACK_SIZE)
        return term_add(base_term(2), term_const(32, value - STACK_BASE));
    if (reg == ARM_PC || (constant && value - DATA_BASE >= DATA_SIZE) || value - CODE_BASE < CODE_SIZE)
        return term_const(32, value);
    if (constant)
        return term_add(base_term(1), term_const(32, value - DATA_BASE));
    snprintf(name, sizeof name, "reg_%u", reg);
    return term_var(name, 32, TERM_ORDINARY);
}

/*
 * The last word of the case with a variable in place of some bits. Immediates of stores and of additions to sp stay
 * constant: a store must know its cell, and sp its place.
 */
static term word_term(const struct arm_pattern *p, uint32_t word, enum mode mode)
{
    unsigned width = 8 * p->size;
    bool keep = strncmp(p->row->name, "STR", 3) == 0 || p->implied['d' - 'a'] == ARM_SP;
    uint32_t immediates = 0;
    for (unsigned i = 0; i < p->count; i++)
        if (strchr("ixgjk", 'a' + p->segments[i].letter))
            immediates |= (uint32_t)term_mask(p->segments[i].width) << p->segments[i].low;
    uint32_t symbolic = mode == SYMBOLIC_WORD ? ~0u : mode == SYMBOLIC_IMMEDIATES ? immediates : 0;
    if (keep)
        symbolic &= ~immediates;
    term variable = term_var(width == 32 ? "word_32" : "word_16", width, TERM_ORDINARY), result = NULL;
    for (unsigned bit = 0; bit < width; bit++) {
        term t = symbolic >> bit & 1 ? term_extract(variable, bit, 1) : term_const(1, word >> bit);
        result = result ? term_concat(t, result) : t;
    }
    return result;
}

static void poke_halfword(struct arm_state *s, uint32_t offset, term halfword)
{
    term word = arm_peek(s, 0, offset & ~3u);
    word = offset & 2 ? term_concat(halfword, term_extract(word, 0, 16))
                      : term_concat(term_extract(word, 16, 16), halfword);
    arm_poke(s, 0, offset & ~3u, word);
}

static void symbolic_set(struct arm_state *s, const struct arm_pattern *p, const struct test_case *c, uint32_t word,
                         enum mode mode)
{
    static const char *const names[4] = {"flag_0", "flag_1", "flag_2", "flag_3"};
    term *flags[4] = {&s->n, &s->z, &s->c, &s->v};
    bool known = test_row_accesses(p) || test_random() % 4 == 0;
    test_machine_set(s, c); /* the code; the rest is replaced */
    for (unsigned i = 0; i < 16; i++)
        undo_set_term(s->undo, &s->r[i], register_term(c, i, known));
    for (unsigned i = 0; i < 4; i++)
        undo_set_term(s->undo, flags[i], term_var(names[i], 1, TERM_ORDINARY));
    if (p->row->execute == exec_it)
        return; /* condition and mask become constants by asking; its fillers are words of other rows */
    term t = word_term(p, word, mode);
    uint32_t offset = c->r[ARM_PC] - CODE_BASE + 2 * c->count - p->size;
    poke_halfword(s, offset, term_extract(t, t->width - 16u, 16));
    if (p->size == 4)
        poke_halfword(s, offset + 2, term_extract(t, 0, 16));
}

/* ---- comparison ---- */

static bool execute(struct arm_state *s, const struct test_case *c)
{
    for (unsigned i = 0; i < c->instructions; i++)
        if (!arm_step(s))
            return false;
    return true;
}

static bool constants_only(const struct arm_state *s)
{
    for (unsigned i = 0; i < 16; i++)
        if (!term_is_const(s->r[i]))
            return false;
    return true;
}

static unsigned differing_words(const struct arm_state *s, const struct arm_state *constant, size_t block,
                                struct assignment *a)
{
    const struct arm_block *x = &s->memory.blocks[block], *y = &constant->memory.blocks[block];
    unsigned differences = 0;
    for (uint32_t i = 0; i < x->size / 4; i++) {
        if (!x->cells[i] && !y->cells[i])
            continue;
        uint32_t initial = memory_word(y->image + 4 * i);
        uint64_t expected = y->cells[i] ? y->cells[i]->value : initial;
        uint64_t actual = x->cells[i] ? evaluate(x->cells[i], a) : initial;
        if (expected != actual) {
            print_error("%s + %u: %08x instead of %08x\n", x->name, 4 * i, (unsigned)actual, (unsigned)expected);
            differences++;
        }
    }
    return differences;
}

static unsigned differing_values(const struct arm_state *s, const struct arm_state *constant, struct assignment *a)
{
    const term flags[4] = {s->n, s->z, s->c, s->v};
    const term expected[4] = {constant->n, constant->z, constant->c, constant->v};
    unsigned differences = s->it != constant->it;
    for (unsigned i = 0; i < 16; i++)
        if (evaluate(s->r[i], a) != constant->r[i]->value) {
            print_error("r%u is %08x instead of %08x: ", i, (unsigned)evaluate(s->r[i], a),
                        (unsigned)constant->r[i]->value);
            term_print(stderr, s->r[i], 10);
            print_error("\n");
            differences++;
        }
    for (unsigned i = 0; i < 4; i++)
        if (evaluate(flags[i], a) != expected[i]->value) {
            print_error("flag %c differs: ", "NZCV"[i]);
            term_print(stderr, flags[i], 10);
            print_error("\n");
            differences++;
        }
    return differences;
}

struct machines {
    struct arm_state symbolic, constant;
    struct undo symbolic_undo, constant_undo;
};

/* Whether the case executes; both runs must then agree. */
static bool compare_case(struct machines *m, const struct arm_pattern *p, struct assignment *a, enum mode mode)
{
    const struct test_case *c = a->c;
    struct arm_state *s = &m->symbolic;
    test_machine_set(&m->constant, c);
    bool ok = execute(&m->constant, c) && constants_only(&m->constant);
    if (ok) {
        symbolic_set(s, p, c, a->word, mode);
        unsigned differences = execute(s, c) ? 0 : 1;
        if (differences && (s->broken == ARM_BAD_SP || s->broken == ARM_BAD_BRANCH || s->broken == ARM_BAD_ADDRESS)) {
            ok = false; /* these rules want to know more than the value on one path */
            differences = 0;
        } else if (differences)
            print_error("broken rule %s: %s\n", arm_rule_info(s->broken)->name, s->detail);
        else
            differences = differing_values(s, &m->constant, a) + differing_words(s, &m->constant, 1, a) +
                          differing_words(s, &m->constant, 2, a);
        if (differences) {
            for (unsigned i = 0; i < c->count; i++)
                print_error(" %04x", c->halfwords[i]);
            fail_msg(" %s with %s differs", p->row->name, mode_names[mode]);
        }
        undo_to(s->undo, 0);
    }
    undo_to(m->constant.undo, 0);
    return ok;
}

static void run(uint32_t seed, unsigned long cases, void *data)
{
    enum mode mode = *(enum mode *)data;
    unsigned long total = 0;
    struct assignment a = {.memory = &pristine};
    struct arm_env env = {.data = &a, .decide = decide};
    struct machines m = {0};
    test_seed(seed * MODES + mode);
    test_memory_fill(&pristine);
    test_machine(&m.constant, &m.constant_undo, &test_constant_env, &pristine);
    symbolic_machine(&m.symbolic, &m.symbolic_undo, &env, mode != CONSTANT_WORD);
    const struct arm_pattern *patterns = arm_patterns();
    unsigned each = (unsigned)(cases / arm_encoding_count);
    each = each < MIN_COMPARED ? MIN_COMPARED : each;
    for (size_t i = 0; i < arm_encoding_count; i++) {
        const struct arm_pattern *p = &patterns[i];
        unsigned compared = 0;
        if (!test_row_executes(p))
            continue;
        for (unsigned tries = 0; compared < each && tries < MAX_TRIES * each; tries++) {
            struct test_case c;
            test_case_make(&c, p, mode != SYMBOLIC_WORD);
            a.c = &c;
            a.word = c.halfwords[c.count - 1];
            if (p->size == 4)
                a.word |= (uint32_t)c.halfwords[c.count - 2] << 16;
            known_values.stamp++; /* another assignment */
            bool same = compare_case(&m, p, &a, mode);
            compared += same && test_case_is(&c, p);
        }
        if (compared < MIN_COMPARED)
            fail_msg("%s: only %u cases compared", p->row->name, compared);
        total += compared;
    }
    print_message("%lu cases with %s agree\n", total, mode_names[mode]);
    arm_state_free(&m.constant);
    arm_state_free(&m.symbolic);
    undo_free(&m.constant_undo);
    undo_free(&m.symbolic_undo);
}

static void test_mode(enum mode mode)
{
    const char *wanted = getenv("THUMBPROOF_CASES");
    unsigned long cases = wanted ? strtoul(wanted, NULL, 10) / 10 : 20000;
    test_rounds(cases, run, &mode);
}

static void test_constant_words(void **unused)
{
    (void)unused;
    test_mode(CONSTANT_WORD);
}

static void test_symbolic_immediates(void **unused)
{
    (void)unused;
    test_mode(SYMBOLIC_IMMEDIATES);
}

static void test_symbolic_words(void **unused)
{
    (void)unused;
    test_mode(SYMBOLIC_WORD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constant_words),
        cmocka_unit_test(test_symbolic_immediates),
        cmocka_unit_test(test_symbolic_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
