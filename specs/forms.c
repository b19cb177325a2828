/* Operand forms: which fields an instruction uses, and what must hold of them (RFC 9669 section 3). */
#include "specs/specs.h"

#include <inttypes.h>

static const unsigned form_fields[] = {
    [BPF_FORM_ALU_IMM] = BPF_DST | BPF_IMM | BPF_WRITES_DST,
    [BPF_FORM_ALU_REG] = BPF_DST | BPF_SRC | BPF_WRITES_DST,
    [BPF_FORM_UNARY] = BPF_DST | BPF_WRITES_DST,
    [BPF_FORM_SWAP] = BPF_DST | BPF_WRITES_DST,
    [BPF_FORM_JUMP] = BPF_OFF,
    [BPF_FORM_JUMP_LONG] = BPF_IMM,
    [BPF_FORM_JUMP_IMM] = BPF_DST | BPF_OFF | BPF_IMM,
    [BPF_FORM_JUMP_REG] = BPF_DST | BPF_SRC | BPF_OFF,
    [BPF_FORM_LDDW] = BPF_DST | BPF_IMM | BPF_IMM2 | BPF_WRITES_DST,
    [BPF_FORM_EXIT] = 0,
    [BPF_FORM_CALL] = BPF_IMM,
    [BPF_FORM_LOAD] = BPF_DST | BPF_SRC | BPF_OFF | BPF_WRITES_DST,
    [BPF_FORM_STORE_IMM] = BPF_DST | BPF_OFF | BPF_IMM,
    [BPF_FORM_STORE_REG] = BPF_DST | BPF_SRC | BPF_OFF,
    [BPF_FORM_ATOMIC] = BPF_DST | BPF_SRC | BPF_OFF,
    [BPF_FORM_PACKET] = BPF_SRC | BPF_IMM,
};

/* Ways out that an instruction of the form can take, whatever its operands. */
static const unsigned form_ways[BPF_FORM_PACKET + 1] = {
    [BPF_FORM_JUMP] = 1u << BPF_FAULT_FUEL,     [BPF_FORM_JUMP_LONG] = 1u << BPF_FAULT_FUEL,
    [BPF_FORM_JUMP_IMM] = 1u << BPF_FAULT_FUEL, [BPF_FORM_JUMP_REG] = 1u << BPF_FAULT_FUEL,
    [BPF_FORM_EXIT] = 1u << BPF_EXIT,
};

bool bpf_may_take(enum bpf_form form, enum bpf_outcome way)
{
    return form_ways[form] >> way & 1;
}

unsigned bpf_fields(enum bpf_form form)
{
    return form_fields[form];
}

unsigned bpf_slots(const struct bpf_opcode *row)
{
    return row->form == BPF_FORM_LDDW ? 2 : 1;
}

term bpf_slot(const struct bpf_insn *insn, unsigned slot)
{
    if (slot == 1)
        return term_concat(insn->imm2, term_const(32, 0));
    term low = term_const(16, insn->row->opcode | insn->dst << 8 | insn->src << 12);
    return term_concat(insn->imm, term_concat(insn->off, low));
}

bool bpf_legal_operands(const struct bpf_opcode *row, unsigned dst, unsigned src)
{
    unsigned fields = form_fields[row->form];
    unsigned key_src = row->key == BPF_KEY_SRC ? (unsigned)row->key_value : 0;
    if (fields & BPF_DST ? dst >= BPF_REGISTERS : dst != 0)
        return false;
    if (fields & BPF_SRC ? src >= BPF_REGISTERS : src != key_src)
        return false;
    return !((fields & BPF_WRITES_DST) && dst == BPF_FRAME_POINTER);
}

/* Slot index 0 <= pc + distance < length. pc and length are below 2^31, so one unsigned comparison decides. */
static term inside(term pc, term distance, term length)
{
    return term_ult(term_add(pc, distance), length);
}

term bpf_distance(const struct bpf_insn *insn)
{
    switch (insn->row->form) {
    case BPF_FORM_JUMP:
    case BPF_FORM_JUMP_IMM:
    case BPF_FORM_JUMP_REG:
        return term_sext(insn->off, 32);
    case BPF_FORM_JUMP_LONG:
        return insn->imm;
    default:
        return NULL;
    }
}

term bpf_must_accept(const struct bpf_insn *insn, term pc, term length)
{
    term one = term_const(32, 1), two = term_const(32, 2);
    term next = inside(pc, one, length), distance = bpf_distance(insn);
    term target = distance ? inside(pc, term_add(distance, one), length) : NULL;
    switch (insn->row->form) {
    case BPF_FORM_EXIT:
        return term_const(1, 1);
    case BPF_FORM_JUMP:
    case BPF_FORM_JUMP_LONG:
        return target;
    case BPF_FORM_JUMP_IMM:
    case BPF_FORM_JUMP_REG:
        return term_and(next, target);
    case BPF_FORM_LDDW:
        return term_and(next, inside(pc, two, length));
    default:
        return next;
    }
}

/* ---- text ---- */

static int64_t number(term t)
{
    return (int64_t)(t->value << (64 - t->width)) >> (64 - t->width);
}

void bpf_print(FILE *out, const struct bpf_insn *insn)
{
    const struct bpf_opcode *row = insn->row;
    unsigned fields = form_fields[row->form];
    const char *comma = " ";
    fputs(row->mnemonic, out);
    if (fields & BPF_DST) {
        fprintf(out, "%sr%u", comma, insn->dst);
        comma = ", ";
    }
    if (fields & BPF_SRC) {
        fprintf(out, "%sr%u", comma, insn->src);
        comma = ", ";
    }
    if (fields & BPF_IMM2) {
        fprintf(out, "%s0x%" PRIx64, comma, insn->imm2->value << 32 | insn->imm->value);
    } else if (fields & BPF_IMM) {
        fprintf(out, "%s%" PRId64, comma, number(insn->imm));
        comma = ", ";
    }
    if (fields & BPF_OFF)
        fprintf(out, "%s%+" PRId64, comma, number(insn->off));
}
