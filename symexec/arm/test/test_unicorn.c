/*
 * Every row of the table against an independent emulator: random encodings at random states, one instruction or one IT
 * block at a time; registers, flags and memory must agree. The number of cases comes from THUMBPROOF_CASES (default
 * 200 000).
 *
 * What the model calls an error is not compared. Where it is stricter than the emulator it follows the manual:
 * should-be bits, forbidden registers, unaligned LDRD and LDM, stores below sp. Where the emulator is stricter, or
 * stops on its own account, cases are left out at two places, each with its reason: hints that wait (stops_the_emulator)
 * and execute-never memory (comparable).
 */
#include "symexec/arm/test/cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicorn/unicorn.h>

enum { MIN_COMPARED = 500, MAX_TRIES = 40, NO_END = 0x0ffffffe };

static struct test_memory pristine, emulated;

static void check(uc_err err, const char *what)
{
    if (err != UC_ERR_OK)
        fail_msg("%s: %s", what, uc_strerror(err));
}

static uc_engine *open_emulator(void)
{
    uc_engine *uc;
    check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &uc), "open");
    check(uc_ctl_set_cpu_model(uc, UC_CPU_ARM_CORTEX_M3), "cpu model");
    check(uc_mem_map(uc, CODE_BASE, CODE_SIZE, UC_PROT_ALL), "map code");
    check(uc_mem_write(uc, CODE_BASE, pristine.code, CODE_SIZE), "write code");
    check(uc_mem_map_ptr(uc, DATA_BASE, DATA_SIZE, UC_PROT_ALL, emulated.data), "map data");
    check(uc_mem_map_ptr(uc, STACK_BASE, STACK_SIZE, UC_PROT_ALL, emulated.stack), "map stack");
    return uc;
}

static const int registers[16] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3,   UC_ARM_REG_R4,  UC_ARM_REG_R5,
    UC_ARM_REG_R6,  UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9,   UC_ARM_REG_R10, UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_XPSR,
};

/* Runs the case; false if the emulator refuses it. r[15] is the PC; xpsr holds the flags. */
static bool emulate(uc_engine *uc, const struct test_case *c, uint32_t r[16], uint32_t *xpsr)
{
    void *out[16], *in[16];
    uint32_t values[16];
    memcpy(values, c->r, sizeof values);
    values[15] = (uint32_t)c->n << 31 | (uint32_t)c->z << 30 | (uint32_t)c->c << 29 | (uint32_t)c->v << 28 | 1u << 24;
    for (unsigned i = 0; i < 16; i++) {
        in[i] = &values[i];
        out[i] = &r[i];
    }
    check(uc_mem_write(uc, c->r[ARM_PC], c->halfwords, 2 * c->count), "write code");
    check(uc_ctl_remove_cache(uc, c->r[ARM_PC], c->r[ARM_PC] + 2 * MAX_HALFWORDS), "forget translations");
    check(uc_reg_write_batch(uc, (int *)(uintptr_t)registers, in, 16), "write registers");
    uint32_t pc;
    uc_err err = uc_emu_start(uc, c->r[ARM_PC] | 1, NO_END, 0, 1);
    check(uc_reg_read(uc, UC_ARM_REG_PC, &pc), "read pc");
    check(uc_reg_read_batch(uc, (int *)(uintptr_t)registers, out, 16), "read registers");
    *xpsr = r[15];
    r[15] = pc;
    check(uc_mem_write(uc, c->r[ARM_PC], pristine.code + (c->r[ARM_PC] - CODE_BASE), 2 * c->count), "restore code");
    /* A branch to nowhere is a branch: the next fetch fails, not this instruction. */
    return err == UC_ERR_OK || (err == UC_ERR_FETCH_UNMAPPED && r[15] != c->r[ARM_PC]);
}

/* Executes the case on the model; false if a rule is broken. */
static bool execute(struct arm_state *s, const struct test_case *c)
{
    test_machine_set(s, c);
    for (unsigned i = 0; i < c->instructions; i++)
        if (!arm_step(s))
            return false;
    return true;
}

/* Whether every result is a constant, as it is unless memory below sp was read, and the PC is not in an
 * execute-never region of the default memory map (B3.1). */
static bool comparable(const struct arm_state *s)
{
    for (unsigned i = 0; i < 16; i++)
        if (!term_is_const(s->r[i]))
            return false;
    uint64_t pc = s->r[ARM_PC]->value;
    return pc < 0x40000000 || (pc >= 0x60000000 && pc < 0xa0000000);
}

static void describe(const struct arm_pattern *p, const struct test_case *c)
{
    print_error("%s:", p->row->name);
    for (unsigned i = 0; i < c->count; i++)
        print_error(" %04x", c->halfwords[i]);
    print_error(" nzcv %d%d%d%d\n", c->n, c->z, c->c, c->v);
    for (unsigned i = 0; i < 16; i++)
        print_error("  r%u = %08x\n", i, (unsigned)c->r[i]);
}

/* Words below sp have no value. */
static bool same_memory(const struct arm_state *s, size_t block, const uint8_t *memory)
{
    const struct arm_block *b = &s->memory.blocks[block];
    uint32_t first = b->stack ? (uint32_t)(s->r[ARM_SP]->value - b->base->value) / 4 : 0;
    for (uint32_t i = first; i < b->size / 4; i++) {
        uint32_t word;
        memcpy(&word, memory + 4 * i, 4);
        if (b->cells[i] ? b->cells[i]->value != word : memcmp(b->image + 4 * i, &word, 4) != 0) {
            print_error("memory at %08x is %08x\n", (unsigned)(b->base->value + 4 * i), (unsigned)word);
            return false;
        }
    }
    return true;
}

static void compare(const struct arm_state *s, const struct arm_pattern *p, const struct test_case *c,
                    const uint32_t r[16], uint32_t xpsr)
{
    const term flags[4] = {s->v, s->c, s->z, s->n};
    bool same = true;
    for (unsigned i = 0; i < 16; i++)
        if (s->r[i]->value != r[i]) {
            print_error("r%u is %08x, Unicorn has %08x\n", i, (unsigned)s->r[i]->value, (unsigned)r[i]);
            same = false;
        }
    for (unsigned i = 0; i < 4; i++)
        if (flags[i]->value != (xpsr >> (28 + i) & 1)) {
            print_error("flag %c is %u\n", "VCZN"[i], (unsigned)flags[i] -> value);
            same = false;
        }
    same = same_memory(s, 1, emulated.data) && same_memory(s, 2, emulated.stack) && same;
    if (!same) {
        describe(p, c);
        fail_msg("%s differs", p->row->name);
    }
}

/* To wait for others is to stop, where there are no others. */
static bool stops_the_emulator(const struct arm_pattern *p)
{
    static const char *const names[] = {"YIELD ", "WFE ", "WFI "};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(p->row->name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static unsigned compare_row(struct arm_state *s, uc_engine *uc, const struct arm_pattern *p, unsigned wanted)
{
    unsigned compared = 0;
    for (unsigned tries = 0; compared < wanted && tries < MAX_TRIES * wanted; tries++) {
        struct test_case c;
        uint32_t r[16], xpsr;
        test_case_make(&c, p, true);
        bool ok = execute(s, &c) && comparable(s);
        if (ok) {
            memcpy(&emulated, &pristine, sizeof emulated);
            if (!emulate(uc, &c, r, &xpsr)) {
                describe(p, &c);
                fail_msg("Unicorn refuses %s", p->row->name);
            }
            compare(s, p, &c, r, xpsr);
            compared += test_case_is(&c, p);
        }
        undo_to(s->undo, 0);
    }
    return compared;
}

static void run(uint32_t seed, unsigned long cases, void *unused)
{
    (void)unused;
    unsigned long total = 0;
    unsigned rows = 0;
    struct undo undo = {0};
    struct arm_state s;
    test_seed(seed);
    test_memory_fill(&pristine);
    emulated = pristine;
    test_machine(&s, &undo, &test_constant_env, &pristine);
    uc_engine *uc = open_emulator();
    const struct arm_pattern *patterns = arm_patterns();
    for (size_t i = 0; i < arm_encoding_count; i++)
        rows += test_row_executes(&patterns[i]) && !stops_the_emulator(&patterns[i]);
    unsigned each = (unsigned)(cases / rows) + 1;
    each = each < MIN_COMPARED ? MIN_COMPARED : each;
    for (size_t i = 0; i < arm_encoding_count; i++) {
        const struct arm_pattern *p = &patterns[i];
        if (!test_row_executes(p) || stops_the_emulator(p))
            continue;
        unsigned compared = compare_row(&s, uc, p, each);
        if (compared < MIN_COMPARED)
            fail_msg("%s: only %u cases compared", p->row->name, compared);
        total += compared;
    }
    print_message("%lu cases of %u rows agree\n", total, rows);
    check(uc_close(uc), "close");
    arm_state_free(&s);
    undo_free(&undo);
}

static void test_rows(void **unused)
{
    (void)unused;
    const char *wanted = getenv("THUMBPROOF_CASES");
    test_rounds(wanted ? strtoul(wanted, NULL, 10) : 200000, run, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
