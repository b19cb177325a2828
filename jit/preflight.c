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
    SRC = 1 << 1, /* src names a register */
    IMM = 1 << 2,
    WIDE = 1 << 3, /* a second slot follows */
    NEXT = 1 << 4, /* control may reach the next instruction */

    /* How off and imm are used otherwise. */
    JUMP_OFF = 1 << 5, /* off leads to a jump target */
    JUMP_IMM = 1 << 6, /* imm does */
    SIGN_OFF = 1 << 7, /* off may be 1: signed */
    EXTEND = 1 << 8,   /* off may be 8, 16 or for 64 bits 32: a sign extension */
    END_IMM = 1 << 9,  /* imm is 16, 32 or 64 */

    /* The highest register that dst may name. */
    DST_SHIFT = 12,
    READS = 10 << DST_SHIFT,
    WRITES = 9 << DST_SHIFT, /* r10 is read-only */

    FORM_ALU_K = VALID | WRITES | IMM | NEXT,
    FORM_ALU_X = VALID | WRITES | SRC | NEXT,
    FORM_ALU_1 = VALID | WRITES | NEXT,
    FORM_LDDW = VALID | WRITES | IMM | WIDE | NEXT,
    FORM_JUMP_K = VALID | READS | JUMP_OFF | IMM | NEXT,
    FORM_JUMP_X = VALID | READS | SRC | JUMP_OFF | NEXT,
};

/* One operation in all its variants: both widths, K and X. */
#define ALU(operation, more)                                                                       \
    [CLASS_ALU32 | SOURCE_K | (operation)] = FORM_ALU_K | (more),                                  \
                              [CLASS_ALU32 | SOURCE_X | (operation)] = FORM_ALU_X | (more),        \
                              [CLASS_ALU64 | SOURCE_K | (operation)] = FORM_ALU_K | (more),        \
                              [CLASS_ALU64 | SOURCE_X | (operation)] = FORM_ALU_X | (more)

#define JUMP(operation)                                                                            \
    [CLASS_JMP | SOURCE_K | (operation)] = FORM_JUMP_K,                                            \
                            [CLASS_JMP | SOURCE_X | (operation)] = FORM_JUMP_X,                    \
                            [CLASS_JMP32 | SOURCE_K | (operation)] = FORM_JUMP_K,                  \
                            [CLASS_JMP32 | SOURCE_X | (operation)] = FORM_JUMP_X

static const uint16_t forms[256] = {
    ALU(ALU_ADD, 0),
    ALU(ALU_SUB, 0),
    ALU(ALU_MUL, 0),
    ALU(ALU_DIV, SIGN_OFF),
    ALU(ALU_OR, 0),
    ALU(ALU_AND, 0),
    ALU(ALU_LSH, 0),
    ALU(ALU_RSH, 0),
    ALU(ALU_MOD, SIGN_OFF),
    ALU(ALU_XOR, 0),
    ALU(ALU_ARSH, 0),

    [CLASS_ALU32 | SOURCE_K | ALU_NEG] = FORM_ALU_1,
    [CLASS_ALU64 | SOURCE_K | ALU_NEG] = FORM_ALU_1,

    [CLASS_ALU32 | SOURCE_K | ALU_MOV] = FORM_ALU_K,
    [CLASS_ALU32 | SOURCE_X | ALU_MOV] = FORM_ALU_X | EXTEND,
    [CLASS_ALU64 | SOURCE_K | ALU_MOV] = FORM_ALU_K,
    [CLASS_ALU64 | SOURCE_X | ALU_MOV] = FORM_ALU_X | EXTEND,

    [OPCODE_LE] = FORM_ALU_1 | END_IMM,
    [OPCODE_BE] = FORM_ALU_1 | END_IMM,
    [OPCODE_BSWAP] = FORM_ALU_1 | END_IMM,

    JUMP(JMP_JEQ),
    JUMP(JMP_JGT),
    JUMP(JMP_JGE),
    JUMP(JMP_JSET),
    JUMP(JMP_JNE),
    JUMP(JMP_JSGT),
    JUMP(JMP_JSGE),
    JUMP(JMP_JLT),
    JUMP(JMP_JLE),
    JUMP(JMP_JSLT),
    JUMP(JMP_JSLE),

    [OPCODE_JA] = VALID | JUMP_OFF,
    [OPCODE_GOTOL] = VALID | JUMP_IMM,
    [OPCODE_EXIT] = VALID,
    [OPCODE_LDDW] = FORM_LDDW,
};

/* Other than 0. */
static uint32_t is_valid_off(uint32_t form, uint32_t opcode, int32_t off)
{
    if (form & EXTEND)
        return off == 8 || off == 16 || (off == 32 && (opcode & CLASS_MASK) == CLASS_ALU64);
    return form & JUMP_OFF || (form & SIGN_OFF && off == 1);
}

static uint32_t is_valid_imm(uint32_t form, int32_t imm)
{
    if (form & (IMM | JUMP_IMM))
        return 1;
    if (form & END_IMM)
        return imm == 16 || imm == 32 || imm == 64;
    return imm == 0;
}

static uint32_t check_registers(const struct tp_insn *insn, uint32_t form)
{
    uint32_t dst = insn->regs & 0xf;
    uint32_t src = insn->regs >> 4;

    if (dst > form >> DST_SHIFT) {
        if (form < 1 << DST_SHIFT)
            return TP_RESERVED_FIELD;
        return dst >= JIT_REGISTERS ? TP_BAD_REGISTER : TP_WRITE_R10;
    }
    if (form & SRC)
        return src < JIT_REGISTERS ? TP_OK : TP_BAD_REGISTER;
    return src == 0 ? TP_OK : TP_RESERVED_FIELD;
}

/* len is at most TP_MAX_LEN, so a target before slot 0 wraps to one beyond the end. */
static uint32_t check_jump(const struct jit_preflight *p, int32_t distance)
{
    uint32_t target = p->index + 1 + (uint32_t)distance;
    JIT_ASSERT(p->len <= TP_MAX_LEN);

    if (target >= p->len || p->prog[target].opcode == OPCODE_SECOND_SLOT)
        return TP_BAD_JUMP;
    return TP_OK;
}

/* All of the second slot but imm is reserved. */
static uint32_t check_second_slot(const struct jit_preflight *p)
{
    uint32_t second = p->index + 1;

    if (second >= p->len || p->prog[second].opcode != OPCODE_SECOND_SLOT)
        return TP_TRUNCATED_LDDW;
    if (p->prog[second].regs != 0 || p->prog[second].off != 0)
        return TP_RESERVED_FIELD;
    return TP_OK;
}

static uint32_t check_instruction(const struct jit_preflight *p, uint32_t form, uint32_t next)
{
    const struct tp_insn *insn = &p->prog[p->index];

    if (!(form & VALID))
        return TP_BAD_OPCODE;
    if (insn->off != 0 && !is_valid_off(form, insn->opcode, insn->off))
        return TP_RESERVED_FIELD;
    if (!is_valid_imm(form, insn->imm))
        return TP_RESERVED_FIELD;

    uint32_t status = check_registers(insn, form);
    if (status != TP_OK)
        return status;
    if (form & (JUMP_OFF | JUMP_IMM)) {
        status = check_jump(p, form & JUMP_OFF ? insn->off : insn->imm);
        if (status != TP_OK)
            return status;
    }
    if (form & WIDE && (status = check_second_slot(p)) != TP_OK)
        return status;
    if (form & NEXT && next >= p->len)
        return TP_FALLS_OFF_END;
    return TP_OK;
}

/* One instruction, of one slot or two. Returns 0 at the end or when status is set. */
JIT_STANDALONE uint32_t jit_preflight_step(struct jit_preflight *p)
{
    if (p->index >= p->len)
        return 0;

    uint32_t form = forms[p->prog[p->index].opcode];
    uint32_t next = p->index + (form & WIDE ? 2 : 1);

    p->status = check_instruction(p, form, next);
    if (p->status != TP_OK)
        return 0;
    p->index = next;
    return 1;
}

JIT_STANDALONE uint32_t tp_check(const struct tp_insn *prog, uint32_t len, uint32_t *bad_index)
{
    *bad_index = 0;
    if (len == 0 || len > TP_MAX_LEN)
        return TP_BAD_LENGTH;

    struct jit_preflight p = {prog, len, 0, TP_OK};
    while (jit_preflight_step(&p))
        ;
    *bad_index = p.index;
    return p.status;
}
