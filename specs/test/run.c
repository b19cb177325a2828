/* One instruction of the specification run on numbers. */
#include "specs/test/run.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct bpf_insn run_insn(const char *section, unsigned opcode, unsigned dst, unsigned src, int16_t off, int32_t imm)
{
    struct bpf_insn i = {.row = bpf_find((uint8_t)opcode, (uint8_t)src, off, imm), .dst = dst, .src = src};
    if (!i.row)
        fail_msg("no instruction 0x%02x with src %u, off %d, imm %" PRId32, opcode, src, off, imm);
    assert_string_equal(i.row->section, section);
    i.off = term_const(16, (uint16_t)off);
    i.imm = term_const(32, (uint32_t)imm);
    i.imm2 = term_const(32, 0);
    return i;
}

struct bpf_state run_state(uint32_t pc, uint32_t fuel)
{
    struct bpf_state s = {.pc = term_const(32, pc), .fuel = term_const(32, fuel)};
    for (unsigned r = 0; r < BPF_REGISTERS; r++)
        s.r[r] = term_const(64, UINT64_C(0x5a5a00006b6b0000) + r * UINT64_C(0x0101000001010101));
    return s;
}

struct bpf_case run_step(const struct bpf_state *before, const struct bpf_insn *insn)
{
    struct bpf_case cases[BPF_MAX_CASES], result = {0};
    size_t count = bpf_step(before, insn, cases), taken = 0;
    assert_in_range(count, 1, BPF_MAX_CASES);
    for (size_t i = 0; i < count; i++) {
        assert_true(term_is_const(cases[i].guard));
        if (term_is_true(cases[i].guard)) {
            result = cases[i];
            taken++;
        }
    }
    assert_int_equal(taken, 1);
    return result;
}

static bool differs(const char *what, term actual, uint64_t expected)
{
    assert_true(term_is_const(actual));
    if (actual->value == expected)
        return false;
    fprintf(stderr, "    %s is 0x%" PRIx64 ", expected 0x%" PRIx64 "\n", what, actual->value, expected);
    return true;
}

bool run_check(const struct bpf_state *before, const struct bpf_insn *insn, const struct run_result *expected)
{
    static const char *const names[BPF_REGISTERS] = {"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10"};
    struct bpf_case c = run_step(before, insn);
    bool wrong = c.outcome != expected->outcome;
    if (wrong)
        fprintf(stderr, "    %s, expected %s\n", bpf_ways[c.outcome].title, bpf_ways[expected->outcome].title);
    for (unsigned r = 0; r < BPF_REGISTERS && c.outcome != BPF_FAULT_FUEL; r++)
        wrong |= differs(names[r], c.after.r[r], r == expected->dst ? expected->value : before->r[r]->value);
    if (c.outcome == BPF_NEXT) {
        wrong |= differs("pc", c.after.pc, expected->pc);
        wrong |= differs("fuel", c.after.fuel, expected->fuel);
    }
    if (wrong) {
        bpf_print(stderr, insn);
        fprintf(stderr, " at %" PRIu64 " with fuel %" PRIu64 ", registers", before->pc->value, before->fuel->value);
        for (unsigned r = 0; r < BPF_REGISTERS; r++)
            fprintf(stderr, " %" PRIx64, before->r[r]->value);
        fputc('\n', stderr);
    }
    return !wrong;
}

void run_cover(struct run_coverage *coverage, const struct bpf_insn *insn)
{
    size_t row = (size_t)(insn->row - bpf_opcodes);
    assert_in_range(row, 0, sizeof coverage->cases / sizeof *coverage->cases - 1);
    coverage->cases[row]++;
}
