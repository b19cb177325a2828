/* One instruction: decode the slot, replace register numbers by homes, call the emitter. */
#include "jit.h"
#include "opcode.h"

static uint32_t emit_jump_class(struct jit *j, uint32_t opcode, struct jit_operands *in)
{
    switch (opcode) {
    case OPCODE_EXIT:
        return thumb_branch(j, j->exit_pos);
    case OPCODE_GOTOL:
        in->off = in->imm;
        return jit_emit_ja(j, in);
    case OPCODE_JA:
        return jit_emit_ja(j, in);
    default:
        return jit_emit_jump(j, opcode, in);
    }
}

static uint32_t emit(struct jit *j, const struct tp_insn *insn)
{
    uint32_t opcode = insn->opcode;
    uint32_t class = opcode & CLASS_MASK;
    JIT_ASSERT((insn->regs & 0xf) < JIT_REGISTERS && insn->regs >> 4 < JIT_REGISTERS);
    struct jit_operands in = {
        .dst = j->homes[insn->regs & 0xf],
        .src = j->homes[insn->regs >> 4],
        .imm = insn->imm,
        .off = insn->off,
        .wide = opcode & 1, /* ALU64 and JMP */
    };

    switch (class) {
    case CLASS_ALU32:
    case CLASS_ALU64:
        return jit_emit_alu(j, opcode, &in);
    case CLASS_JMP:
    case CLASS_JMP32:
        return emit_jump_class(j, opcode, &in);
    default:
        return opcode == OPCODE_LDDW ? jit_emit_lddw(j, &in, insn[1].imm) : TP_UNSUPPORTED;
    }
}

JIT_STANDALONE uint32_t jit_emit(struct jit *j)
{
    /* One test for the whole instruction, as no instruction needs more. pos <= capacity. */
    if (j->capacity - j->pos < JIT_HEADROOM)
        return TP_CODE_FULL;

    uint16_t *start = j->code + j->pos;
    JIT_ASSERT(j->pos <= j->capacity && j->pc < j->len);
    j->next = start;
    uint32_t status = emit(j, &j->prog[j->pc]);
    JIT_ASSERT((uint32_t)(j->next - start) <= JIT_HEADROOM);
    if (status == TP_OK)
        j->pos += (uint32_t)(j->next - start);
    return status;
}
