/* Runs cases of arithmetic. */
#include "specs/test/alu.h"

enum { PC = 3, FUEL = 7 };

/* One choice of registers; src is BPF_REGISTERS if the instruction has none. */
struct choice {
    unsigned dst, src;
    uint64_t dst_value, src_value;
};

static bool holds(const struct bpf_insn *insn, const struct choice *choice, uint64_t expected)
{
    struct bpf_state s = run_state(PC, FUEL);
    s.r[choice->dst] = term_const(64, choice->dst_value);
    if (choice->src < BPF_REGISTERS)
        s.r[choice->src] = term_const(64, choice->src_value);
    const struct run_result result = {BPF_NEXT, choice->dst, expected, PC + 1, FUEL};
    return run_check(&s, insn, &result);
}

size_t alu_imm_cases(const struct imm_case *cases, size_t count, struct run_coverage *coverage)
{
    size_t wrong = 0;
    for (const struct imm_case *c = cases; c < cases + count; c++) {
        bool right = true;
        struct bpf_insn insn = {0};
        for (unsigned dst = 0; dst < BPF_FRAME_POINTER && right; dst++) {
            insn = run_insn(c->section, c->opcode, dst, 0, c->off, c->imm);
            right = holds(&insn, &(struct choice){dst, BPF_REGISTERS, c->dst, 0}, c->expected);
        }
        run_cover(coverage, &insn);
        wrong += !right;
    }
    return wrong;
}

size_t alu_reg_cases(const struct reg_case *cases, size_t count, struct run_coverage *coverage)
{
    size_t wrong = 0;
    for (const struct reg_case *c = cases; c < cases + count; c++) {
        bool right = true;
        struct bpf_insn insn = {0};
        for (unsigned dst = 0; dst < BPF_FRAME_POINTER; dst++)
            for (unsigned src = 0; src < BPF_REGISTERS && right; src++) {
                if (src == dst)
                    continue;
                insn = run_insn(c->section, c->opcode, dst, src, c->off, 0);
                right = holds(&insn, &(struct choice){dst, src, c->dst, c->src}, c->expected);
            }
        run_cover(coverage, &insn);
        wrong += !right;
    }
    return wrong;
}

size_t alu_same_cases(const struct same_case *cases, size_t count, struct run_coverage *coverage)
{
    size_t wrong = 0;
    for (const struct same_case *c = cases; c < cases + count; c++) {
        bool right = true;
        struct bpf_insn insn = {0};
        for (unsigned dst = 0; dst < BPF_FRAME_POINTER && right; dst++) {
            insn = run_insn(c->section, c->opcode, dst, dst, c->off, 0);
            right = holds(&insn, &(struct choice){dst, dst, c->both, c->both}, c->expected);
        }
        run_cover(coverage, &insn);
        wrong += !right;
    }
    return wrong;
}

size_t alu_unary_cases(const struct unary_case *cases, size_t count, struct run_coverage *coverage)
{
    size_t wrong = 0;
    for (const struct unary_case *c = cases; c < cases + count; c++) {
        bool right = true;
        struct bpf_insn insn = {0};
        for (unsigned dst = 0; dst < BPF_FRAME_POINTER && right; dst++) {
            insn = run_insn(c->section, c->opcode, dst, 0, 0, c->imm);
            right = holds(&insn, &(struct choice){dst, BPF_REGISTERS, c->dst, 0}, c->expected);
        }
        run_cover(coverage, &insn);
        wrong += !right;
    }
    return wrong;
}
