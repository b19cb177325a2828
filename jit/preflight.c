/*
 * Which programs are valid: RFC 9669 section 3 to 5, restricted to what this machine runs.
 *
 * A zero opcode byte occurs in an accepted program exactly in the second slots of lddw, because no
 * instruction has it. So whether a jump target is one can be read off the target itself.
 */
#include "jit.h"
#include "opcode.h"

/* What an opcode does with its operand fields. A field not named here must be zero. */
enum {
    VALID = 1 << 0,
    DST = 1 << 1,    /* dst names a register */
    WRITES = 1 << 2, /* and that register changes */
    SRC = 1 << 3,    /* src names a register */
    OFF = 1 << 4,    /* off leads to a jump target */
    IMM = 1 << 5,
    WIDE = 1 << 6, /* a second slot follows */
    NEXT = 1 << 7, /* control may reach the next instruction */

    FORM_ALU_K = VALID | DST | WRITES | IMM | NEXT,
    FORM_ALU_X = VALID | DST | WRITES | SRC | NEXT,
    FORM_LDDW = VALID | DST | WRITES | IMM | WIDE | NEXT,
    FORM_JUMP_K = VALID | DST | OFF | IMM | NEXT,
    FORM_JUMP_X = VALID | DST | SRC | OFF | NEXT,
    FORM_JA = VALID | OFF,
    FORM_EXIT = VALID,
};

/* One operation in all its variants: both widths, K and X. */
#define ALU(operation)                                                                             \
    [CLASS_ALU32 | SOURCE_K | (operation)] = FORM_ALU_K,                                           \
    [CLASS_ALU32 | SOURCE_X | (operation)] = FORM_ALU_X,                                           \
    [CLASS_ALU64 | SOURCE_K | (operation)] = FORM_ALU_K,                                           \
    [CLASS_ALU64 | SOURCE_X | (operation)] = FORM_ALU_X

#define JUMP(operation)                                                                            \
    [CLASS_JMP | SOURCE_K | (operation)] = FORM_JUMP_K,                                            \
    [CLASS_JMP | SOURCE_X | (operation)] = FORM_JUMP_X,                                            \
    [CLASS_JMP32 | SOURCE_K | (operation)] = FORM_JUMP_K,                                          \
    [CLASS_JMP32 | SOURCE_X | (operation)] = FORM_JUMP_X

static const uint8_t forms[256] = {
    ALU(ALU_ADD),
    ALU(ALU_SUB),
    ALU(ALU_MOV),
    JUMP(JMP_JEQ),
    JUMP(JMP_JNE),
    [OPCODE_JA] = FORM_JA,
    [OPCODE_EXIT] = FORM_EXIT,
    [OPCODE_LDDW] = FORM_LDDW,
};

static uint32_t check_registers(const struct rbpf_insn *insn, uint32_t form)
{
    uint32_t dst = insn->regs & 0xf;
    uint32_t src = insn->regs >> 4;

    if (form & DST ? dst >= JIT_REGISTERS : dst != 0)
        return form & DST ? RBPF_BAD_REGISTER : RBPF_RESERVED_FIELD;
    if (form & SRC ? src >= JIT_REGISTERS : src != 0)
        return form & SRC ? RBPF_BAD_REGISTER : RBPF_RESERVED_FIELD;
    if (form & WRITES && dst == JIT_REGISTERS - 1)
        return RBPF_WRITE_R10;
    return RBPF_OK;
}

/* len is at most RBPF_MAX_LEN, so a target before slot 0 wraps to one beyond the end. */
static uint32_t check_jump(const struct jit_preflight *p, int32_t off)
{
    uint32_t target = p->index + 1 + (uint32_t)off;

    if (target >= p->len || p->prog[target].opcode == OPCODE_SECOND_SLOT)
        return RBPF_BAD_JUMP;
    return RBPF_OK;
}

/* All of the second slot but imm is reserved. */
static uint32_t check_second_slot(const struct jit_preflight *p)
{
    uint32_t second = p->index + 1;

    if (second >= p->len || p->prog[second].opcode != OPCODE_SECOND_SLOT)
        return RBPF_TRUNCATED_LDDW;
    if (p->prog[second].regs != 0 || p->prog[second].off != 0)
        return RBPF_RESERVED_FIELD;
    return RBPF_OK;
}

static uint32_t check_instruction(const struct jit_preflight *p, uint32_t form, uint32_t next)
{
    const struct rbpf_insn *insn = &p->prog[p->index];

    if (!(form & VALID))
        return RBPF_BAD_OPCODE;
    if (!(form & OFF) && insn->off != 0)
        return RBPF_RESERVED_FIELD;
    if (!(form & IMM) && insn->imm != 0)
        return RBPF_RESERVED_FIELD;

    uint32_t status = check_registers(insn, form);
    if (status != RBPF_OK)
        return status;
    if (form & OFF && (status = check_jump(p, insn->off)) != RBPF_OK)
        return status;
    if (form & WIDE && (status = check_second_slot(p)) != RBPF_OK)
        return status;
    if (form & NEXT && next >= p->len)
        return RBPF_FALLS_OFF_END;
    return RBPF_OK;
}

/* One instruction, of one slot or two. Returns 0 at the end or when status is set. */
JIT_STANDALONE uint32_t jit_preflight_step(struct jit_preflight *p)
{
    if (p->index >= p->len)
        return 0;

    uint32_t form = forms[p->prog[p->index].opcode];
    uint32_t next = p->index + (form & WIDE ? 2 : 1);

    p->status = check_instruction(p, form, next);
    if (p->status != RBPF_OK)
        return 0;
    p->index = next;
    return 1;
}

JIT_STANDALONE uint32_t rbpf_preflight(const struct rbpf_insn *prog, uint32_t len,
                                       uint32_t *bad_index)
{
    *bad_index = 0;
    if (len == 0 || len > RBPF_MAX_LEN)
        return RBPF_BAD_LENGTH;

    struct jit_preflight p = {prog, len, 0, RBPF_OK};
    while (jit_preflight_step(&p))
        ;
    *bad_index = p.index;
    return p.status;
}
