/* One step of eBPF as guarded cases. */
#include "specs/specs.h"

#include <assert.h>

struct bpf_state bpf_entry(term context, term length, term stack_top, term fuel)
{
    struct bpf_state s = {.pc = term_const(32, 0), .fuel = fuel};
    for (unsigned i = 0; i < BPF_REGISTERS; i++)
        s.r[i] = term_const(64, 0);
    s.r[1] = term_zext(context, 64);
    s.r[2] = term_zext(length, 64);
    s.r[BPF_FRAME_POINTER] = term_zext(stack_top, 64);
    return s;
}

static term advance(term pc, uint64_t slots)
{
    return term_add(pc, term_const(32, slots));
}

/* The second operand at the instruction's width: K is sign-extended (section 4.1). */
static term second(const struct bpf_state *s, const struct bpf_insn *insn, unsigned width)
{
    if (bpf_fields(insn->row->form) & BPF_SRC)
        return term_extract(s->r[insn->src], 0, width);
    return term_sext(insn->imm, width);
}

static struct bpf_case plain(const struct bpf_state *s, const struct bpf_insn *insn)
{
    struct bpf_case c = {.name = "", .guard = term_const(1, 1), .outcome = BPF_NEXT, .after = *s};
    c.after.pc = advance(s->pc, bpf_slots(insn->row));
    return c;
}

/* ALU: results of 32 bits are zero-extended (section 4.1). */
static size_t alu(const struct bpf_state *s, const struct bpf_insn *insn, struct bpf_case *cases)
{
    unsigned width = bpf_width(insn->row);
    term a = term_extract(s->r[insn->dst], 0, width);
    cases[0] = plain(s, insn);
    cases[0].after.r[insn->dst] = term_zext(insn->row->operation(a, second(s, insn, width)), 64);
    return 1;
}

/*
 * Jumps. A taken jump backwards (to the jump itself or before it) costs a unit of fuel; without fuel the run ends
 * before the jump. `taken` is the condition, `distance` counts from the next slot.
 */
static size_t jump(const struct bpf_state *s, term taken, term distance, struct bpf_case *cases)
{
    term backward = term_slt(distance, term_const(32, 0));
    term empty = term_eq(s->fuel, term_const(32, 0));
    term target = term_add(advance(s->pc, 1), distance);
    const struct {
        const char *name;
        term guard;
        enum bpf_outcome outcome;
        term pc, fuel;
    } ways[] = {
        {"not taken", term_not(taken), BPF_NEXT, advance(s->pc, 1), s->fuel},
        {"taken forward", term_and(taken, term_not(backward)), BPF_NEXT, target, s->fuel},
        {"taken backward", term_and(term_and(taken, backward), term_not(empty)), BPF_NEXT, target,
         term_sub(s->fuel, term_const(32, 1))},
        {"taken backward without fuel", term_and(term_and(taken, backward), empty), BPF_FAULT_FUEL, target, s->fuel},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (term_is_false(ways[i].guard))
            continue;
        cases[count] = (struct bpf_case){ways[i].name, ways[i].guard, ways[i].outcome, *s};
        cases[count].after.pc = ways[i].pc;
        cases[count++].after.fuel = ways[i].fuel;
    }
    return count;
}

static size_t conditional_jump(const struct bpf_state *s, const struct bpf_insn *insn, struct bpf_case *cases)
{
    unsigned width = bpf_width(insn->row);
    term a = term_extract(s->r[insn->dst], 0, width);
    term taken = insn->row->operation(a, second(s, insn, width));
    return jump(s, taken, bpf_distance(insn), cases);
}

size_t bpf_step(const struct bpf_state *s, const struct bpf_insn *insn, struct bpf_case *cases)
{
    assert(insn->row->specified);
    switch (insn->row->form) {
    case BPF_FORM_ALU_IMM:
    case BPF_FORM_ALU_REG:
    case BPF_FORM_UNARY:
        return alu(s, insn, cases);
    case BPF_FORM_SWAP: /* section 4.2: the class does not give the width */
        cases[0] = plain(s, insn);
        cases[0].after.r[insn->dst] = insn->row->operation(s->r[insn->dst], NULL);
        return 1;
    case BPF_FORM_JUMP:
    case BPF_FORM_JUMP_LONG:
        return jump(s, term_const(1, 1), bpf_distance(insn), cases);
    case BPF_FORM_JUMP_IMM:
    case BPF_FORM_JUMP_REG:
        return conditional_jump(s, insn, cases);
    case BPF_FORM_LDDW:
        cases[0] = plain(s, insn);
        cases[0].after.r[insn->dst] = term_concat(insn->imm2, insn->imm);
        return 1;
    case BPF_FORM_EXIT:
        cases[0] = plain(s, insn);
        cases[0].outcome = BPF_EXIT;
        return 1;
    case BPF_FORM_CALL:
    case BPF_FORM_LOAD:
    case BPF_FORM_STORE_IMM:
    case BPF_FORM_STORE_REG:
    case BPF_FORM_ATOMIC:
    case BPF_FORM_PACKET:
        break;
    }
    return 0;
}
