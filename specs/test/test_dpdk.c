/*
 * The specification against DPDK's interpreter: both run the same random programs, each with several inputs. There is
 * one program for fifty of THUMBPROOF_CASES (default 200 000), and at least 2000. Skipped if DPDK is missing.
 */
#include "specs/test/dpdk.h"
#include "specs/test/programs.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SEED = 1, INPUTS = 4, CASES_PER_PROGRAM = 50, PROGRAMS_PER_PROCESS = 1000, MIN_PROGRAMS = 2000, ROWS = 256 };

/* ---- what DPDK is known to do otherwise ---- */

enum effect {
    AGREES,
    REJECTS, /* the verifier does not load the program */
    STOPS,   /* the run ends at once, with 0 */
    DIFFERS,
};

struct operands {
    int32_t imm;
    uint64_t dst, src;
};

static bool always(const struct operands *o)
{
    (void)o;
    return true;
}

static bool imm_is_zero(const struct operands *o)
{
    return o->imm == 0;
}

static bool src_is_zero(const struct operands *o)
{
    return o->src == 0;
}

static bool low_src_is_zero(const struct operands *o)
{
    return (uint32_t)o->src == 0;
}

static bool dst_exceeds_16(const struct operands *o)
{
    return o->dst >> 16 != 0;
}

static bool dst_exceeds_32(const struct operands *o)
{
    return o->dst >> 32 != 0;
}

/*
 * Each gap is tried with its operands: one that has gone fails the test, as does a difference that is no gap. In all of
 * them RFC 9669 is on our side. Not tried is r10, which holds an address of the host. One gap is of whole programs: see
 * load(). Shifts by the width and more are compared, though its C leaves them to the host.
 */
static const struct gap {
    const char *rows; /* pattern of ids */
    enum effect effect;
    bool (*when)(const struct operands *operands);
    struct operands example;
    const char *reason;
} gaps[] = {
    {"j*32_*", REJECTS, always, {0, 0, 0}, "it has no JMP32 class"},
    {"gotol", REJECTS, always, {0, 0, 0}, "it has no JMP32 class"},
    {"arsh32_*", REJECTS, always, {0, 0, 0}, "it has ARSH in ALU64 only"},
    {"sdiv*", REJECTS, always, {1, 0, 1}, "it wants offset 0"},
    {"smod*", REJECTS, always, {1, 0, 1}, "it wants offset 0"},
    {"movsx*", REJECTS, always, {0, 0, 0}, "it wants offset 0"},
    {"bswap*", REJECTS, always, {0, 0, 0}, "it has END in ALU only"},
    {"div*_imm", REJECTS, imm_is_zero, {0, 1, 0}, "its verifier refuses K = 0"},
    {"mod*_imm", REJECTS, imm_is_zero, {0, 1, 0}, "its verifier refuses K = 0"},
    {"div32_reg", STOPS, low_src_is_zero, {0, 7, 0}, "a division by 0 ends its run"},
    {"mod32_reg", STOPS, low_src_is_zero, {0, 7, 0}, "a division by 0 ends its run"},
    {"div64_reg", STOPS, src_is_zero, {0, 7, 0}, "a division by 0 ends its run"},
    {"mod64_reg", STOPS, src_is_zero, {0, 7, 0}, "a division by 0 ends its run"},
    {"le16", DIFFERS, dst_exceeds_16, {0, 0x12345, 0}, "it does nothing on a little-endian host"},
    {"le32", DIFFERS, dst_exceeds_32, {0, 0x123456789, 0}, "it does nothing on a little-endian host"},
};
enum { GAPS = sizeof gaps / sizeof *gaps };

static enum effect expected_effect(const struct bpf_opcode *row, const struct operands *operands)
{
    for (const struct gap *gap = gaps; gap < gaps + GAPS; gap++)
        if (fnmatch(gap->rows, row->id, 0) == 0 && gap->when(operands))
            return gap->effect;
    return AGREES;
}

/* What DPDK does not load is left out; what it gets wrong is rare, as nothing is compared after it. */
static enum program_wish wish(const struct bpf_insn *insn)
{
    static const enum program_wish wishes[] = {PROGRAM_YES, PROGRAM_NEVER, PROGRAM_YES, PROGRAM_SELDOM};
    const struct operands operands = {(int32_t)(uint32_t)insn->imm->value, UINT64_MAX, 1};
    return wishes[expected_effect(insn->row, &operands)];
}

/* ---- runs of the specification ---- */

struct run {
    uint64_t r0;
    size_t rows[PROGRAM_SLOTS]; /* what was run, as indices of bpf_opcodes */
    bool taken[PROGRAM_SLOTS];  /* the jump was taken */
    size_t count;
    enum effect effect; /* of the first gap on the way */
};

static void specified_run(const struct program *program, const uint64_t *values, struct run *run)
{
    struct bpf_state s = bpf_entry(term_const(32, 0), term_const(32, 0), term_const(32, 0), term_const(32, 0));
    enum bpf_outcome outcome = BPF_NEXT;
    memset(run, 0, sizeof *run);
    for (unsigned r = 0; r < PROGRAM_REGISTERS; r++)
        s.r[r] = term_const(64, values[r]);
    while (outcome == BPF_NEXT) {
        uint64_t pc = s.pc->value;
        const struct bpf_insn *insn = &program->insns[pc];
        struct operands operands = {(int32_t)(uint32_t)insn->imm->value, s.r[insn->dst]->value, s.r[insn->src]->value};
        struct bpf_case cases[BPF_MAX_CASES];
        assert_true(pc < program->length && insn->row && run->count < PROGRAM_SLOTS);
        if (run->effect == AGREES)
            run->effect = expected_effect(insn->row, &operands);
        size_t count = bpf_step(&s, insn, cases), i = 0;
        while (i < count && !term_is_true(cases[i].guard))
            i++;
        assert_true(i < count);
        run->rows[run->count] = (size_t)(insn->row - bpf_opcodes);
        run->taken[run->count++] = strncmp(cases[i].name, "taken", 5) == 0;
        outcome = cases[i].outcome;
        s = cases[i].after;
    }
    assert_int_equal(outcome, BPF_EXIT);
    run->r0 = s.r[0]->value;
}

/* ---- comparison, in processes of their own, since terms live as long as theirs ---- */

static struct shared {
    uint64_t seed; /* of the program being run */
    unsigned long programs, changed, compared, stopped, left_out;
    unsigned long rows[ROWS], taken[ROWS];
} * shared;

static void count_run(const struct run *run)
{
    shared->compared++;
    for (size_t i = 0; i < run->count; i++) {
        shared->rows[run->rows[i]]++;
        shared->taken[run->rows[i]] += run->taken[i];
    }
}

static struct rte_bpf *load_once(const struct program *program)
{
    uint64_t slots[PROGRAM_PROLOGUE + PROGRAM_SLOTS];
    program_encode(program, slots);
    return dpdk_load(slots, PROGRAM_PROLOGUE + program->length, PROGRAM_REGISTERS * sizeof(uint64_t));
}

/*
 * The verifier also rejects a program if it sees that a register will be 0 where it divides. That this is all it has
 * against the program is shown by the program with exclusive ors for these divisions, which is then run in its place.
 */
static struct rte_bpf *load(struct program *program)
{
    struct rte_bpf *loaded = load_once(program);
    if (loaded)
        return loaded;
    for (size_t i = 0; i < program->length; i++) {
        const struct bpf_opcode *row = program->insns[i].row;
        if (row && (fnmatch("div*_reg", row->id, 0) == 0 || fnmatch("mod*_reg", row->id, 0) == 0))
            program->insns[i].row = bpf_find((row->opcode & 0x0f) | 0xa0, 0, 0, 0);
    }
    shared->changed++;
    return load_once(program);
}

static bool agree(const struct rte_bpf *loaded, const struct program *program, uint64_t *values)
{
    struct run run;
    specified_run(program, values, &run);
    uint64_t r0 = dpdk_run(loaded, values), expected = run.effect == STOPS ? 0 : run.r0;
    if (run.effect == DIFFERS)
        shared->left_out++;
    else if (run.effect == STOPS)
        shared->stopped++;
    else
        count_run(&run);
    if (r0 == expected || run.effect == DIFFERS)
        return true;
    fprintf(stderr, "r0 is 0x%" PRIx64 " in DPDK, 0x%" PRIx64 " here:\n", r0, expected);
    for (unsigned r = 0; r < PROGRAM_REGISTERS; r++)
        fprintf(stderr, "    r%u = 0x%" PRIx64 "\n", r, values[r]);
    return false;
}

static bool compare(struct program *program, struct generator *g)
{
    struct rte_bpf *loaded = load(program);
    bool good = loaded != NULL;
    if (!good)
        fprintf(stderr, "rejected:\n");
    for (unsigned input = 0; input < INPUTS && good; input++) {
        uint64_t values[PROGRAM_REGISTERS];
        program_values(values, g);
        good = agree(loaded, program, values);
    }
    if (loaded)
        dpdk_free(loaded);
    if (!good)
        program_print(stderr, program);
    return good;
}

static int run_batch(uint64_t first, uint64_t end)
{
    for (shared->seed = first; shared->seed < end; shared->seed++) {
        struct generator g = {shared->seed, wish};
        struct program program;
        program_random(&program, &g);
        if (!compare(&program, &g))
            return 1;
        shared->programs++;
    }
    return 0;
}

static void random_programs(void **state)
{
    (void)state;
    const char *wanted = getenv("THUMBPROOF_CASES");
    uint64_t programs = (wanted ? strtoull(wanted, NULL, 10) : 200000) / CASES_PER_PROGRAM;
    uint64_t end = SEED + (programs > MIN_PROGRAMS ? programs : MIN_PROGRAMS);
    for (uint64_t first = SEED; first < end; first += PROGRAMS_PER_PROCESS) {
        uint64_t next = first + PROGRAMS_PER_PROCESS;
        int status;
        pid_t child = fork();
        if (child == 0)
            _exit(run_batch(first, next < end ? next : end));
        assert_int_equal(waitpid(child, &status, 0), child);
        if (status != 0)
            fail_msg("program %" PRIu64 " ends with status 0x%x", shared->seed, (unsigned)status);
    }
    print_message("# %lu programs (%lu changed): %lu runs compared, %lu ended by a division by 0, %lu left out\n",
                  shared->programs, shared->changed, shared->compared, shared->stopped, shared->left_out);
}

/* ---- every row is compared, or a gap says why not ---- */

static bool in_scope(const struct bpf_opcode *row)
{
    return row->specified && row->form <= BPF_FORM_EXIT;
}

static void every_row(void **state)
{
    (void)state;
    const struct operands easy = {1, 1, 1};
    unsigned wrong = 0, compared = 0, specified = 0;
    unsigned long least = ULONG_MAX;
    for (size_t i = 0; i < bpf_opcode_count; i++) {
        const struct bpf_opcode *row = &bpf_opcodes[i];
        bool conditional = row->form == BPF_FORM_JUMP_IMM || row->form == BPF_FORM_JUMP_REG;
        unsigned long runs = shared->rows[i], taken = shared->taken[i];
        specified += in_scope(row);
        if (!in_scope(row) || expected_effect(row, &easy) == REJECTS)
            continue;
        compared++;
        least = runs < least ? runs : least;
        if (runs == 0 || (conditional && (taken == 0 || taken == runs))) {
            print_error("%s is compared %lu times, %lu times taken\n", row->id, runs, taken);
            wrong++;
        }
    }
    print_message("# %u of %u instructions compared, each at least %lu times\n", compared, specified, least);
    assert_int_equal(wrong, 0);
}

/* What DPDK does with one instruction on r3 and r4. */
static enum effect try_instruction(const struct bpf_opcode *row, const struct operands *operands)
{
    unsigned fields = bpf_fields(row->form);
    int16_t off = row->key == BPF_KEY_OFF ? (int16_t)row->key_value : 0;
    int32_t imm = row->key == BPF_KEY_IMM ? row->key_value : fields & BPF_IMM ? operands->imm : 0;
    struct bpf_insn insn = program_insn(row, fields & BPF_DST ? 3 : 0, fields & BPF_SRC ? 4 : 0, off, imm);
    struct program program = {.length = 0};
    uint64_t values[PROGRAM_REGISTERS] = {1, 2, 3, operands->dst, operands->src, 6, 7, 8, 9, 10};
    struct run run;
    program_append(&program, &insn);
    program_fold(&program);
    struct rte_bpf *loaded = load_once(&program);
    if (!loaded)
        return REJECTS;
    specified_run(&program, values, &run);
    uint64_t r0 = dpdk_run(loaded, values);
    dpdk_free(loaded);
    return r0 == run.r0 ? AGREES : r0 == 0 ? STOPS : DIFFERS;
}

static void gaps_are_there(void **state)
{
    (void)state;
    const struct operands easy = {0x1000, 0x12, 3};
    unsigned wrong = 0;
    for (size_t i = 0; i < bpf_opcode_count; i++)
        for (size_t k = 0; k <= GAPS; k++) {
            const struct bpf_opcode *row = &bpf_opcodes[i];
            const struct operands *operands = k == GAPS ? &easy : &gaps[k].example;
            /* what follows an exit could not be reached; every program ends with one */
            if (!in_scope(row) || row->form == BPF_FORM_EXIT || (k < GAPS && fnmatch(gaps[k].rows, row->id, 0) != 0))
                continue;
            enum effect expected = expected_effect(row, operands), effect = try_instruction(row, operands);
            if (effect != expected || (k < GAPS && effect == AGREES)) {
                print_error("%s: effect %d, expected %d (%s)\n", row->id, (int)effect, (int)expected,
                            k < GAPS ? gaps[k].reason : "no gap");
                wrong++;
            }
        }
    assert_int_equal(wrong, 0);
}

static const char *missing;

/* The test library calls a skipped test a failure. */
static void skipped_without_dpdk(void **state)
{
    (void)state;
    print_message("# skipped: %s\n", missing);
}

static int set_up(void **state)
{
    (void)state;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared != MAP_FAILED && bpf_opcode_count <= ROWS ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_are_there),
        cmocka_unit_test(random_programs),
        cmocka_unit_test(every_row),
    };
    const struct CMUnitTest skipped[] = {
        cmocka_unit_test(skipped_without_dpdk),
    };
    if (!dpdk_open(&missing))
        return cmocka_run_group_tests(skipped, NULL, NULL);
    return cmocka_run_group_tests(tests, set_up, NULL);
}
