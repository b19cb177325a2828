/*
 * Jumps, lddw and exit on numbers. Whether a jump is taken is worked out from RFC 9669 section 4.3 by hand; what it
 * costs is the VM contract: a unit of fuel for every taken jump to itself or further back, and a fault in its place
 * without fuel.
 */
#include "specs/test/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* if dst op imm */
static const struct imm_condition {
    const char *section;
    unsigned opcode;
    uint64_t dst;
    int32_t imm;
    bool taken;
} imm_conditions[] = {
    /* 64 bits: K is sign-extended, for unsigned comparisons too */
    {"4.3", JMP | JEQ | K, 5, 5, true},
    {"4.3", JMP | JEQ | K, 5, 6, false},
    {"4.3", JMP | JEQ | K, 0x500000005, 5, false},
    {"4.3", JMP | JEQ | K, 0xffffffffffffffff, -1, true},
    {"4.3", JMP | JEQ | K, 0xffffffff, -1, false},
    {"4.3", JMP | JEQ | K, 0xffffffff80000000, INT32_MIN, true},
    {"4.3", JMP | JNE | K, 5, 5, false},
    {"4.3", JMP | JNE | K, 0x500000005, 5, true},
    {"4.3", JMP | JNE | K, 0xffffffff, -1, true},
    {"4.3", JMP | JNE | K, 0xffffffffffffffff, -1, false},
    {"4.3", JMP | JGT | K, 5, 5, false},
    {"4.3", JMP | JGT | K, 6, 5, true},
    {"4.3", JMP | JGT | K, 0x100000000, INT32_MAX, true},
    {"4.3", JMP | JGT | K, 0xffffffff, -1, false}, /* against 2^64 - 1 */
    {"4.3", JMP | JGT | K, 0x8000000000000000, 1, true},
    {"4.3", JMP | JGT | K, 0xffffffffffffffff, -2, true},
    {"4.3", JMP | JGE | K, 5, 5, true},
    {"4.3", JMP | JGE | K, 4, 5, false},
    {"4.3", JMP | JGE | K, 0xffffffff7fffffff, INT32_MIN, false},
    {"4.3", JMP | JGE | K, 0xffffffff80000000, INT32_MIN, true},
    {"4.3", JMP | JGE | K, 0, 0, true},
    {"4.3", JMP | JLT | K, 5, 5, false},
    {"4.3", JMP | JLT | K, 4, 5, true},
    {"4.3", JMP | JLT | K, 0xffffffff, -1, true},
    {"4.3", JMP | JLT | K, 0x100000000, 1, false},
    {"4.3", JMP | JLT | K, 0, 0, false},
    {"4.3", JMP | JLE | K, 5, 5, true},
    {"4.3", JMP | JLE | K, 6, 5, false},
    {"4.3", JMP | JLE | K, 0xffffffffffffffff, -1, true},
    {"4.3", JMP | JLE | K, 0xffffffff80000001, INT32_MIN, false},
    {"4.3", JMP | JLE | K, 0x100000000, INT32_MAX, false},
    {"4.3", JMP | JLE | K, 0x80000000, INT32_MIN, true},
    {"4.3", JMP | JSGT | K, 0, -1, true},
    {"4.3", JMP | JSGT | K, 0xffffffffffffffff, -1, false},
    {"4.3", JMP | JSGT | K, 0x80000000, 1, true}, /* positive in 64 bits */
    {"4.3", JMP | JSGT | K, 0x8000000000000000, 0, false},
    {"4.3", JMP | JSGT | K, 0xffffffff80000001, INT32_MIN, true},
    {"4.3", JMP | JSGE | K, 0xffffffffffffffff, -1, true},
    {"4.3", JMP | JSGE | K, 0xfffffffffffffffe, -1, false},
    {"4.3", JMP | JSGE | K, 0x7fffffffffffffff, INT32_MAX, true},
    {"4.3", JMP | JSGE | K, 0xffffffff7fffffff, INT32_MIN, false},
    {"4.3", JMP | JSLT | K, 0xffffffffffffffff, 0, true},
    {"4.3", JMP | JSLT | K, 0x80000000, 0, false},
    {"4.3", JMP | JSLT | K, 0x8000000000000000, INT32_MIN, true},
    {"4.3", JMP | JSLT | K, 5, 5, false},
    {"4.3", JMP | JSLE | K, 5, 5, true},
    {"4.3", JMP | JSLE | K, 0, -1, false},
    {"4.3", JMP | JSLE | K, 0xffffffff80000000, INT32_MIN, true},
    {"4.3", JMP | JSLE | K, 0x7fffffffffffffff, -1, false},
    {"4.3", JMP | JSET | K, 6, 1, false},
    {"4.3", JMP | JSET | K, 6, 2, true},
    {"4.3", JMP | JSET | K, 0x100000000, -1, true}, /* the upper half of K is ones */
    {"4.3", JMP | JSET | K, 0x8000000000000000, INT32_MIN, true},
    {"4.3", JMP | JSET | K, 0x7fffffff, INT32_MIN, false},
    {"4.3", JMP | JSET | K, 0xffffffff80000000, INT32_MAX, false},
    {"4.3", JMP | JSET | K, 0xffffffffffffffff, 0, false},
    /* 32 bits: only the low half counts */
    {"4.3", JMP32 | JEQ | K, 0xffffffff, -1, true},
    {"4.3", JMP32 | JEQ | K, 0x700000005, 5, true},
    {"4.3", JMP32 | JEQ | K, 5, 6, false},
    {"4.3", JMP32 | JNE | K, 0x700000005, 5, false},
    {"4.3", JMP32 | JNE | K, 0x500000000, 5, true},
    {"4.3", JMP32 | JGT | K, 0x100000000, 0, false},
    {"4.3", JMP32 | JGT | K, 0x80000000, INT32_MAX, true},
    {"4.3", JMP32 | JGT | K, 0xffffffffffffffff, -1, false},
    {"4.3", JMP32 | JGE | K, 0xffffffff, -1, true},
    {"4.3", JMP32 | JGE | K, 0xffffffff7fffffff, INT32_MIN, false},
    {"4.3", JMP32 | JLT | K, 0xffffffff00000000, 1, true},
    {"4.3", JMP32 | JLT | K, 0xffffffff, -1, false},
    {"4.3", JMP32 | JLE | K, 0x1ffffffff, -1, true},
    {"4.3", JMP32 | JLE | K, 0x100000006, 6, true},
    {"4.3", JMP32 | JLE | K, 0x80000000, INT32_MAX, false},
    {"4.3", JMP32 | JSGT | K, 0x80000000, 1, false}, /* negative in 32 bits */
    {"4.3", JMP32 | JSGT | K, 0xffffffff00000000, -1, true},
    {"4.3", JMP32 | JSGE | K, 0xffffffff, -1, true},
    {"4.3", JMP32 | JSGE | K, 0x80000000, 0, false},
    {"4.3", JMP32 | JSLT | K, 0x80000000, 0, true},
    {"4.3", JMP32 | JSLT | K, 0xffffffff00000000, 0, false},
    {"4.3", JMP32 | JSLE | K, 0x7fffffff, -1, false},
    {"4.3", JMP32 | JSLE | K, 0x7fffffff80000000, INT32_MIN, true},
    {"4.3", JMP32 | JSET | K, 0xffffffff00000000, -1, false},
    {"4.3", JMP32 | JSET | K, 0x80000000, INT32_MIN, true},
};

/* if dst op src */
static const struct reg_condition {
    const char *section;
    unsigned opcode;
    uint64_t dst, src;
    bool taken;
} reg_conditions[] = {
    {"4.3", JMP | JEQ | X, 0x700000005, 5, false},
    {"4.3", JMP | JEQ | X, 0x700000005, 0x700000005, true},
    {"4.3", JMP | JNE | X, 0x100000000, 0, true},
    {"4.3", JMP | JNE | X, 0x123456789abcdef0, 0x123456789abcdef0, false},
    {"4.3", JMP | JGT | X, 0x100000000, 0xffffffff, true}, /* decided by the upper halves */
    {"4.3", JMP | JGT | X, 0x1ffffffff, 0x200000000, false},
    {"4.3", JMP | JGT | X, 0x200000002, 0x200000001, true}, /* by the lower */
    {"4.3", JMP | JGT | X, 0x200000001, 0x200000001, false},
    {"4.3", JMP | JGE | X, 0x200000001, 0x200000001, true},
    {"4.3", JMP | JGE | X, 0x1ffffffff, 0x200000000, false},
    {"4.3", JMP | JGE | X, 0x8000000000000000, 0x7fffffffffffffff, true},
    {"4.3", JMP | JLT | X, 0x1ffffffff, 0x200000000, true},
    {"4.3", JMP | JLT | X, 0x200000000, 0x1ffffffff, false},
    {"4.3", JMP | JLT | X, 5, 5, false},
    {"4.3", JMP | JLE | X, 0x200000000, 0x1ffffffff, false},
    {"4.3", JMP | JLE | X, 0x200000000, 0x200000000, true},
    {"4.3", JMP | JLE | X, 0, 0xffffffffffffffff, true},
    {"4.3", JMP | JSGT | X, 0, 0x8000000000000000, true},
    {"4.3", JMP | JSGT | X, 0x8000000000000000, 0x7fffffffffffffff, false},
    {"4.3", JMP | JSGT | X, 0xffffffff00000001, 0xffffffff80000000, false}, /* low halves compare unsigned */
    {"4.3", JMP | JSGT | X, 0xffffffff80000000, 0xffffffff00000001, true},
    {"4.3", JMP | JSGE | X, 0x8000000000000000, 0x8000000000000000, true},
    {"4.3", JMP | JSGE | X, 0xffffffffffffffff, 0, false},
    {"4.3", JMP | JSGE | X, 0x180000000, 0x100000000, true},
    {"4.3", JMP | JSLT | X, 0xffffffffffffffff, 0, true},
    {"4.3", JMP | JSLT | X, 0x7fffffffffffffff, 0x8000000000000000, false},
    {"4.3", JMP | JSLT | X, 0xffffffff00000000, 0xffffffff80000000, true},
    {"4.3", JMP | JSLT | X, 0x100000000, 0x80000000, false},
    {"4.3", JMP | JSLE | X, 0x8000000000000000, 0x7fffffffffffffff, true},
    {"4.3", JMP | JSLE | X, 0, 0xffffffffffffffff, false},
    {"4.3", JMP | JSLE | X, 0x7fffffff00000000, 0x7fffffff00000000, true},
    {"4.3", JMP | JSET | X, 0x100000000, 0x1ffffffff, true}, /* only in the upper half */
    {"4.3", JMP | JSET | X, 0x8000000000000000, 0x8000000000000000, true},
    {"4.3", JMP | JSET | X, 0xffffffff00000000, 0xffffffff, false},
    {"4.3", JMP | JSET | X, 1, 0xffffffff, true},
    {"4.3", JMP32 | JEQ | X, 0x700000005, 5, true},
    {"4.3", JMP32 | JEQ | X, 0x700000005, 0x700000006, false},
    {"4.3", JMP32 | JNE | X, 0x100000000, 0, false},
    {"4.3", JMP32 | JNE | X, 0x100000001, 0x100000000, true},
    {"4.3", JMP32 | JGT | X, 0x100000000, 0xffffffff, false},
    {"4.3", JMP32 | JGT | X, 0x80000000, 0x7fffffff, true},
    {"4.3", JMP32 | JGE | X, 0x100000000, 0x200000000, true},
    {"4.3", JMP32 | JGE | X, 0x100000000, 1, false},
    {"4.3", JMP32 | JLT | X, 0x100000000, 1, true},
    {"4.3", JMP32 | JLT | X, 0, 0x100000000, false},
    {"4.3", JMP32 | JLE | X, 0x100000000, 0, true},
    {"4.3", JMP32 | JLE | X, 0xffffffff, 0x7fffffff, false},
    {"4.3", JMP32 | JSGT | X, 0x7fffffff, 0x80000000, true},
    {"4.3", JMP32 | JSGT | X, 0xffffffff, 0, false},
    {"4.3", JMP32 | JSGE | X, 0x80000000, 0x1080000000, true}, /* "if (s32)dst s>= (s32)src" */
    {"4.3", JMP32 | JSGE | X, 0x7fffffff80000000, 0, false},
    {"4.3", JMP32 | JSLT | X, 0x7fffffff80000000, 0, true},
    {"4.3", JMP32 | JSLT | X, 0x8000000000000000, 0, false},
    {"4.3", JMP32 | JSLE | X, 0xffffffff, 0, true},
    {"4.3", JMP32 | JSLE | X, 0x8000000000000001, 0, false},
    {"4.3", JMP32 | JSET | X, 0xffffffff00000000, 0xffffffffffffffff, false},
    {"4.3", JMP32 | JSET | X, 0x180000000, 0x80000000, true},
};

/* Small operands, the same in every width: the truth of each condition for each pair. */
enum { PAIRS = 8 };
static const struct {
    int32_t dst, src;
} pairs[PAIRS] = {{5, 5}, {4, 5}, {6, 5}, {-1, 5}, {5, -1}, {-1, -1}, {2, 5}, {0, 0}};
static const struct {
    const char *section;
    unsigned operation;
    bool taken[PAIRS];
} truths[] = {
    {"4.3", JEQ, {1, 0, 0, 0, 0, 1, 0, 1}},  {"4.3", JNE, {0, 1, 1, 1, 1, 0, 1, 0}},
    {"4.3", JGT, {0, 0, 1, 1, 0, 0, 0, 0}},  {"4.3", JGE, {1, 0, 1, 1, 0, 1, 0, 1}},
    {"4.3", JLT, {0, 1, 0, 0, 1, 0, 1, 0}},  {"4.3", JLE, {1, 1, 0, 0, 1, 1, 1, 1}},
    {"4.3", JSGT, {0, 0, 1, 0, 1, 0, 0, 0}}, {"4.3", JSGE, {1, 0, 1, 0, 1, 1, 0, 1}},
    {"4.3", JSLT, {0, 1, 0, 1, 0, 0, 1, 0}}, {"4.3", JSLE, {1, 1, 0, 1, 0, 1, 1, 1}},
    {"4.3", JSET, {1, 1, 1, 1, 1, 1, 0, 0}},
};

/* if dst op dst */
static const struct same_condition {
    const char *section;
    unsigned opcode;
    uint64_t both;
    bool taken;
} same_conditions[] = {
    {"4.3", JMP | JEQ | X, 7, true},
    {"4.3", JMP | JNE | X, 7, false},
    {"4.3", JMP | JGT | X, 7, false},
    {"4.3", JMP | JGE | X, 7, true},
    {"4.3", JMP | JLT | X, 7, false},
    {"4.3", JMP | JLE | X, 7, true},
    {"4.3", JMP | JSGT | X, 0x8000000000000000, false},
    {"4.3", JMP | JSGE | X, 0x8000000000000000, true},
    {"4.3", JMP | JSLT | X, 0x8000000000000000, false},
    {"4.3", JMP | JSLE | X, 0x8000000000000000, true},
    {"4.3", JMP | JSET | X, 0x100000000, true},
    {"4.3", JMP | JSET | X, 0, false},
    {"4.3", JMP32 | JEQ | X, 7, true},
    {"4.3", JMP32 | JNE | X, 7, false},
    {"4.3", JMP32 | JGT | X, 7, false},
    {"4.3", JMP32 | JGE | X, 7, true},
    {"4.3", JMP32 | JLT | X, 7, false},
    {"4.3", JMP32 | JLE | X, 7, true},
    {"4.3", JMP32 | JSGT | X, 0x80000000, false},
    {"4.3", JMP32 | JSGE | X, 0x80000000, true},
    {"4.3", JMP32 | JSLT | X, 0x80000000, false},
    {"4.3", JMP32 | JSLE | X, 0x80000000, true},
    {"4.3", JMP32 | JSET | X, 0x80000000, true},
    {"4.3", JMP32 | JSET | X, 0x100000000, false},
};

/* Where a taken jump goes: pc counts from the next slot. */
static const struct way {
    const char *section;
    int32_t distance;
    uint32_t pc, fuel;
    enum bpf_outcome outcome;
    uint32_t target, fuel_after;
} ways[] = {
    {"4.3", 3, 10, 5, BPF_NEXT, 14, 5},
    {"4.3", 3, 10, 0, BPF_NEXT, 14, 0},  /* forward: free */
    {"4.3", 0, 10, 0, BPF_NEXT, 11, 0},  /* to the next instruction */
    {"4.3", -1, 10, 2, BPF_NEXT, 10, 1}, /* to itself */
    {"4.3", -2, 10, 1, BPF_NEXT, 9, 0},
    {"4.3", -11, 10, UINT32_MAX, BPF_NEXT, 0, UINT32_MAX - 1}, /* to slot 0 */
    {"4.3", -1, 0, 1, BPF_NEXT, 0, 0},
    {"4.3", -1, 10, 0, BPF_FAULT_FUEL, 0, 0},
    {"4.3", -11, 10, 0, BPF_FAULT_FUEL, 0, 0},
    {"4.3", INT16_MAX, 7, 0, BPF_NEXT, 32775, 0},
    {"4.3", INT16_MIN, 40000, 1, BPF_NEXT, 7233, 0},
};

/* Distances that only gotol has. */
static const struct way far_ways[] = {
    {"4.3", 0x8000, 0, 0, BPF_NEXT, 0x8001, 0},
    {"4.3", 0x12345678, 1, 0, BPF_NEXT, 0x1234567a, 0},
    {"4.3", INT32_MAX - 1, 0, 0, BPF_NEXT, 0x7fffffff, 0},
    {"4.3", -0x8001, 0x8000, 1, BPF_NEXT, 0, 0},
    {"4.3", -0x12345678, 0x12345678, 9, BPF_NEXT, 1, 8},
    {"4.3", -0x7fffffff, 0x7ffffffe, 1, BPF_NEXT, 0, 0},
    {"4.3", -0x8001, 0x8000, 0, BPF_FAULT_FUEL, 0, 0},
};

static const struct {
    const char *section;
    uint32_t low, high;
    uint64_t expected;
} constants[] = {
    {"5.4", 0x9abcdef0, 0x12345678, 0x123456789abcdef0},
    {"5.4", 0x80000000, 0, 0x80000000}, /* the low word is not sign-extended */
    {"5.4", 0xffffffff, 0, 0xffffffff},
    {"5.4", 0x80000000, 0x7fffffff, 0x7fffffff80000000},
    {"5.4", 0, 0x80000000, 0x8000000000000000},
    {"5.4", 0, 0xffffffff, 0xffffffff00000000},
    {"5.4", 0xffffffff, 0xffffffff, 0xffffffffffffffff},
    {"5.4", 1, 0, 1},
    {"5.4", 0, 0, 0},
};

enum {
    IMM = sizeof imm_conditions / sizeof *imm_conditions,
    REG = sizeof reg_conditions / sizeof *reg_conditions,
    SAME = sizeof same_conditions / sizeof *same_conditions,
    TRUTHS = sizeof truths / sizeof *truths,
    WAYS = sizeof ways / sizeof *ways,
    FAR_WAYS = sizeof far_ways / sizeof *far_ways,
    CONSTANTS = sizeof constants / sizeof *constants,
    OTHERS = 1 /* exit */
};

static struct run_coverage taken_coverage, other_coverage;

static struct run_result expected_of(const struct way *way, bool taken)
{
    if (taken)
        return (struct run_result){way->outcome, BPF_REGISTERS, 0, way->target, way->fuel_after};
    return (struct run_result){BPF_NEXT, BPF_REGISTERS, 0, way->pc + 1, way->fuel};
}

/* A conditional jump with these fields and operands, in every way. src is the register of the second operand, if there
 * is one. */
static bool holds(const char *section, unsigned opcode, unsigned dst, unsigned src, int32_t imm, uint64_t a, uint64_t b,
                  bool taken)
{
    bool right = true;
    for (const struct way *way = ways; way < ways + WAYS; way++) {
        struct bpf_insn insn = run_insn(section, opcode, dst, src, (int16_t)way->distance, imm);
        struct bpf_state s = run_state(way->pc, way->fuel);
        if (opcode & X)
            s.r[src] = term_const(64, b);
        s.r[dst] = term_const(64, a);
        const struct run_result expected = expected_of(way, taken);
        right = right && run_check(&s, &insn, &expected);
        if (way == ways)
            run_cover(taken ? &taken_coverage : &other_coverage, &insn);
    }
    return right;
}

static void immediates(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (const struct imm_condition *c = imm_conditions; c < imm_conditions + IMM; c++) {
        bool right = true;
        for (unsigned dst = 0; dst < BPF_REGISTERS && right; dst++)
            right = holds(c->section, c->opcode, dst, 0, c->imm, c->dst, 0, c->taken);
        wrong += !right;
    }
    assert_int_equal(wrong, 0);
}

static void registers(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (const struct reg_condition *c = reg_conditions; c < reg_conditions + REG; c++) {
        bool right = true;
        for (unsigned dst = 0; dst < BPF_REGISTERS; dst++)
            for (unsigned src = 0; src < BPF_REGISTERS && right; src++)
                right = src == dst || holds(c->section, c->opcode, dst, src, 0, c->dst, c->src, c->taken);
        wrong += !right;
    }
    assert_int_equal(wrong, 0);
}

static void every_width_and_source(void **state)
{
    (void)state;
    static const unsigned kinds[] = {JMP | K, JMP | X, JMP32 | K, JMP32 | X};
    size_t wrong = 0;
    for (size_t k = 0; k < TRUTHS * PAIRS * 4; k++) {
        size_t pair = k / 4 % PAIRS, truth = k / 4 / PAIRS;
        unsigned opcode = truths[truth].operation | kinds[k % 4];
        int32_t a = pairs[pair].dst, b = pairs[pair].src, imm = opcode & X ? 0 : b;
        wrong += !holds(truths[truth].section, opcode, 1, opcode & X ? 2 : 0, imm, (uint64_t)a, (uint64_t)b,
                        truths[truth].taken[pair]);
    }
    assert_int_equal(wrong, 0);
}

static void same_register(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (const struct same_condition *c = same_conditions; c < same_conditions + SAME; c++) {
        bool right = true;
        for (unsigned r = 0; r < BPF_REGISTERS && right; r++)
            right = holds(c->section, c->opcode, r, r, 0, c->both, c->both, c->taken);
        wrong += !right;
    }
    assert_int_equal(wrong, 0);
}

static bool goes(unsigned opcode, const struct way *way)
{
    bool is_long = opcode == (JMP32 | JA);
    struct bpf_insn insn =
        run_insn(way->section, opcode, 0, 0, is_long ? 0 : (int16_t)way->distance, is_long ? way->distance : 0);
    struct bpf_state s = run_state(way->pc, way->fuel);
    const struct run_result expected = expected_of(way, true);
    run_cover(&taken_coverage, &insn);
    return run_check(&s, &insn, &expected);
}

static void unconditional(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (const struct way *way = ways; way < ways + WAYS; way++)
        wrong += (size_t)!goes(JMP | JA, way) + (size_t)!goes(JMP32 | JA, way);
    for (const struct way *way = far_ways; way < far_ways + FAR_WAYS; way++)
        wrong += !goes(JMP32 | JA, way);
    assert_int_equal(wrong, 0);
}

static void wide_constants(void **state)
{
    (void)state;
    for (size_t k = 0; k < CONSTANTS; k++)
        for (unsigned dst = 0; dst < BPF_FRAME_POINTER; dst++) {
            struct bpf_insn insn = run_insn(constants[k].section, LDDW, dst, 0, 0, (int32_t)constants[k].low);
            insn.imm2 = term_const(32, constants[k].high);
            struct bpf_state s = run_state(10, 0);
            const struct run_result expected = {BPF_NEXT, dst, constants[k].expected, 12, 0}; /* two slots */
            run_cover(&taken_coverage, &insn);
            assert_true(run_check(&s, &insn, &expected));
        }
}

/* It is not the last instruction of anything here: nothing of the state matters to it, and r0 stays. */
static void exits(void **state)
{
    (void)state;
    struct bpf_insn insn = run_insn("4.3", JMP | EXIT, 0, 0, 0, 0);
    struct bpf_state s = run_state(0, 0);
    const struct run_result expected = {BPF_EXIT, BPF_REGISTERS, 0, 0, 0};
    run_cover(&taken_coverage, &insn);
    assert_true(run_check(&s, &insn, &expected));
}

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < bpf_opcode_count; i++) {
        const struct bpf_opcode *row = &bpf_opcodes[i];
        unsigned class = row->opcode & 7;
        bool conditional = row->form == BPF_FORM_JUMP_IMM || row->form == BPF_FORM_JUMP_REG;
        bool here = row->specified && class != ALU && class != ALU64;
        if (here && (!taken_coverage.cases[i] || (conditional && !other_coverage.cases[i])))
            fail_msg("%s has %u cases taken, %u not", row->id, taken_coverage.cases[i], other_coverage.cases[i]);
    }
    print_message("# %d cases\n", IMM + REG + SAME + 4 * TRUTHS * PAIRS + 2 * WAYS + FAR_WAYS + CONSTANTS + OTHERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(immediates),    cmocka_unit_test(registers),
        cmocka_unit_test(same_register), cmocka_unit_test(every_width_and_source),
        cmocka_unit_test(unconditional), cmocka_unit_test(wide_constants),
        cmocka_unit_test(exits),         cmocka_unit_test(every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
