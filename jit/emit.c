/* One instruction: decode the slot, replace register numbers by homes, call the emitter. */
#include "jit.h"
#include "opcode.h"

JIT_STANDALONE uint32_t jit_emit(struct jit *j)
{
    /* One test for the whole instruction, as no instruction needs more. pos <= capacity. */
    if (j->capacity - j->pos < JIT_HEADROOM)
        return RBPF_CODE_FULL;

    const struct rbpf_insn *insn = &j->prog[j->pc];
    uint32_t opcode = insn->opcode;
    uint32_t class = opcode & CLASS_MASK;
    uint32_t operation = opcode >> 4;
    struct jit_operands in = {
        .dst = j->homes[insn->regs & 0xf],
        .src = j->homes[insn->regs >> 4],
        .imm = insn->imm,
        .off = insn->off,
        .wide = class == CLASS_ALU64 || class == CLASS_JMP,
    };

    switch (opcode) {
    case OPCODE_LDDW:
        return jit_emit_lddw(j, &in, insn[1].imm);
    case OPCODE_JA:
        return jit_emit_ja(j, &in);
    case OPCODE_EXIT:
        return jit_branch(j, j->exit_pos);
    default:
        break;
    }

    switch (class) {
    case CLASS_ALU32:
    case CLASS_ALU64:
        if (opcode & SOURCE_X)
            return jit_emit_alu_reg(j, operation, &in);
        return jit_emit_alu_imm(j, operation, &in);
    case CLASS_JMP:
    case CLASS_JMP32:
        if (opcode & SOURCE_X)
            return jit_emit_jump_reg(j, operation, &in);
        return jit_emit_jump_imm(j, operation, &in);
    default:
        return RBPF_UNSUPPORTED;
    }
}
