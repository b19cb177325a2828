/* Random cases: mostly legal, with many corners. */
#include "symexec/arm/test/cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t state = 1;

void test_seed(uint32_t seed)
{
    state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

uint32_t test_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

static bool one_in(uint32_t n)
{
    return test_random() % n == 0;
}

void test_memory_fill(struct test_memory *memory)
{
    uint8_t *bytes = memory->code;
    for (size_t i = 0; i < sizeof *memory; i++)
        bytes[i] = (uint8_t)test_random();
}

static bool starts_with(const struct arm_pattern *p, const char *prefix)
{
    return strncmp(p->row->name, prefix, strlen(prefix)) == 0;
}

/* The instruction that manifests may allow, or ARM_SYSTEM_COUNT. */
static enum arm_system system_of(const struct arm_pattern *p)
{
    char name[16];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(p->row->name, " "), p->row->name);
    return arm_system_named(name);
}

bool test_row_executes(const struct arm_pattern *p)
{
    bool (*execute)(struct arm_state *, const struct arm_insn *) = p->row->execute;
    if (execute == exec_system) /* to the registers and to memory a NOP, if it has a name to be allowed by */
        return system_of(p) < ARM_SYSTEM_COUNT;
    return execute != exec_undefined && execute != exec_unsupported;
}

bool test_row_accesses(const struct arm_pattern *p)
{
    static const char *const prefixes[] = {"LDR", "LDM", "STR", "STM", "TB", "PUSH", "POP"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (starts_with(p, prefixes[i]))
            return true;
    return false;
}

/* ---- instructions ---- */

/* A word of the row: every field at random, sometimes all zeros or all ones. */
static uint32_t random_word(const struct arm_pattern *p)
{
    uint32_t word = p->value | p->should_value, low_registers = one_in(4) ? 7u : 15u;
    for (unsigned letter = 0; letter < ARM_LETTERS; letter++) {
        uint32_t value = test_random();
        if (one_in(8))
            value = one_in(2) ? 0 : ~0u;
        /* Field by field, low segments first: only equality of the bits of one field to one value matters here. */
        for (unsigned i = p->count; i-- > 0;) {
            const struct arm_segment *g = &p->segments[i];
            if (g->letter != letter)
                continue;
            uint32_t bits = value & (uint32_t)term_mask(g->width);
            if (g->width == 4 && strchr("dnmtuae", 'a' + (int)letter))
                bits &= low_registers;
            word |= bits << g->low;
            value = value >> g->width | value << (32 - g->width);
        }
    }
    return word;
}

static void append(struct test_case *c, uint32_t word, unsigned size)
{
    if (size == 4)
        c->halfwords[c->count++] = (uint16_t)(word >> 16);
    c->halfwords[c->count++] = (uint16_t)word;
    c->instructions++;
}

static void append_it(struct test_case *c, unsigned length)
{
    uint32_t cond = test_random() % 15, mask = 0;
    for (unsigned i = 1; i < length; i++) /* `then` repeats bit 0 of the condition, `else` inverts it */
        mask = mask << 1 | (cond == 14 ? 0 : test_random() & 1);
    mask = (mask << 1 | 1) << (4 - length);
    append(c, 0xbf00u | cond << 4 | (mask & 0xf), 2);
    c->it = true;
}

/* Another instruction of the IT block: one that touches registers and flags only, and no barrier, where an
 * emulator stops. */
static void append_filler(struct test_case *c)
{
    const struct arm_pattern *patterns = arm_patterns(), *p;
    do
        p = &patterns[test_random() % arm_encoding_count];
    while (!test_row_executes(p) || test_row_accesses(p) || p->row->it == IT_NEVER || p->row->it == IT_LAST ||
           p->row->execute == exec_nop || p->row->execute == exec_system);
    append(c, random_word(p), p->size);
}

/* ---- states ---- */

static uint32_t random_value(void)
{
    static const uint32_t corners[] = {0, 1, 2, 31, 32, 33, 255, 256, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff};
    switch (test_random() % 8) {
    case 0:
    case 1:
        return DATA_BASE + test_random() % DATA_SIZE;
    case 2:
        return (CODE_BASE + test_random() % CODE_SIZE) | 1;
    case 3:
        return test_random() % 64;
    case 4:
    case 5:
        return corners[test_random() % (sizeof corners / sizeof *corners)];
    default:
        return test_random();
    }
}

/* Makes the base an address of data and the index small, so that most accesses are inside. */
static void aim(struct test_case *c, const struct arm_pattern *p, uint32_t word)
{
    struct arm_insn insn;
    struct arm_state s = {.env = &test_constant_env};
    if (!arm_decode(&s, term_const(8 * p->size, word), &insn) || !arm_complete(&s, &insn))
        return;
    if ((p->letters >> ('m' - 'a') & 1) && insn.m < ARM_SP)
        c->r[insn.m] = one_in(4) ? 0u - test_random() % 256 : test_random() % 256;
    if ((p->letters >> ('n' - 'a') & 1) && insn.n < ARM_SP) {
        uint32_t address = DATA_BASE + DATA_SIZE / 4 + test_random() % (DATA_SIZE / 2);
        c->r[insn.n] = one_in(4) ? address : address & ~3u;
    }
}

void test_case_make(struct test_case *c, const struct arm_pattern *p, bool it)
{
    *c = (struct test_case){.count = 0};
    bool block = it && p->row->it != IT_NEVER && one_in(3);
    bool is_it = p->row->execute == exec_it;
    unsigned length = 1 + test_random() % 4;
    uint32_t word = random_word(p);
    if (block || is_it) {
        append_it(c, length);
        for (unsigned i = is_it ? 0 : 1; i < length; i++)
            append_filler(c);
    }
    if (!is_it)
        append(c, word, p->size);
    for (unsigned i = 0; i < 15; i++)
        c->r[i] = random_value();
    c->r[ARM_SP] = STACK_BASE + STACK_SIZE / 2 + test_random() % 64 * 4;
    c->r[ARM_PC] = CODE_BASE + CODE_SIZE / 2 + test_random() % 8 * 2;
    if (test_row_accesses(p))
        aim(c, p, word);
    uint32_t flags = test_random();
    c->n = flags & 1;
    c->z = flags & 2;
    c->c = flags & 4;
    c->v = flags & 8;
}

bool test_case_is(const struct test_case *c, const struct arm_pattern *p)
{
    struct arm_insn insn;
    struct arm_state s = {.env = &test_constant_env};
    if (p->row->execute == exec_it)
        return c->it;
    uint32_t word = c->halfwords[c->count - 1];
    if (p->size == 4)
        word |= (uint32_t)c->halfwords[c->count - 2] << 16;
    return arm_decode(&s, term_const(8 * p->size, word), &insn) && insn.pattern == p;
}

/* ---- machines ---- */

static bool unexpected(void *data, term cond)
{
    (void)data;
    fputs("a constant run asks: ", stderr);
    term_print(stderr, cond, 8);
    abort();
}

const struct arm_env test_constant_env = {.decide = unexpected};

void test_machine(struct arm_state *s, struct undo *undo, const struct arm_env *env, const struct test_memory *memory)
{
    *s = (struct arm_state){.undo = undo, .env = env, .core.system_allowed = ~0u};
    arm_add_block(s, (struct arm_block){.name = "code",
                                        .base = term_const(32, CODE_BASE),
                                        .size = CODE_SIZE,
                                        .permissions = ARM_READ | ARM_EXECUTE,
                                        .image = memory->code});
    arm_add_block(s, (struct arm_block){.name = "data",
                                        .base = term_const(32, DATA_BASE),
                                        .size = DATA_SIZE,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .image = memory->data});
    arm_add_block(s, (struct arm_block){.name = "stack",
                                        .base = term_const(32, STACK_BASE),
                                        .size = STACK_SIZE,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .image = memory->stack,
                                        .stack = true});
}

void test_machine_set(struct arm_state *s, const struct test_case *c)
{
    for (unsigned i = 0; i < 16; i++)
        undo_set_term(s->undo, &s->r[i], term_const(32, c->r[i]));
    undo_set_term(s->undo, &s->n, term_const(1, c->n));
    undo_set_term(s->undo, &s->z, term_const(1, c->z));
    undo_set_term(s->undo, &s->c, term_const(1, c->c));
    undo_set_term(s->undo, &s->v, term_const(1, c->v));
    undo_set_u32(s->undo, &s->it, 0);
    arm_forget_code(s, 0);
    for (unsigned i = 0; i < c->count; i++) {
        uint32_t offset = c->r[ARM_PC] - CODE_BASE + 2 * i;
        term word = arm_peek(s, 0, offset & ~3u), halfword = term_const(16, c->halfwords[i]);
        word = offset & 2 ? term_concat(halfword, term_extract(word, 0, 16))
                          : term_concat(term_extract(word, 16, 16), halfword);
        arm_poke(s, 0, offset & ~3u, word);
    }
}

/* ---- rounds ---- */

enum { ROUND = 400000 };

void test_rounds(unsigned long cases, void (*run)(uint32_t seed, unsigned long cases, void *data), void *data)
{
    if (cases <= ROUND) {
        run(1, cases, data);
        return;
    }
    for (uint32_t round = 0; cases > 0; round++) {
        unsigned long part = cases < ROUND ? cases : ROUND;
        int status;
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            run(1 + round, part, data); /* a failure leaves by cmocka, with a status */
            fflush(NULL);
            _exit(0);
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            fail_msg("round %u failed", round);
        cases -= part;
    }
}
