/*
 * Constants: the cheapest instructions that load, combine or compare any 32-bit value.
 *
 * Where jit_modimm(~value) or jit_modimm(-value) could help too, mostly only small numbers are
 * tried: they are the common ones. Masks are not, so jit_op_bits asks twice.
 */
#include "jit.h"

static void load_halves(struct jit *j, uint32_t rd, uint32_t value)
{
    thumb_movw(j, rd, value & 0xffff);
    if (value > 0xffff)
        thumb_movt(j, rd, value >> 16);
}

/* The flags are dead here: the short form of MOV sets them. */
void jit_load(struct jit *j, uint32_t rd, uint32_t value)
{
    if (value < 0x100) {
        thumb_mov_imm8(j, rd, value);
    } else if (~value < 0x100) {
        thumb_mvn_imm8(j, rd, ~value);
    } else {
        uint32_t imm12 = jit_modimm(value);

        if (imm12 != JIT_NO_MODIMM)
            thumb_mov_imm12(j, rd, imm12);
        else
            load_halves(j, rd, value);
    }
}

/* Always two instructions: the length must not depend on where the linker puts things. */
void jit_load_address(struct jit *j, uint32_t rd, uint32_t value)
{
    thumb_movw(j, rd, value & 0xffff);
    thumb_movt(j, rd, value >> 16);
}

/* Loading the constant comes first, so the flags are those of op. */
static void op_loaded(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t value)
{
    load_halves(j, JIT_SCRATCH_1, value);
    thumb_op_reg(j, op, rdn, JIT_SCRATCH_1);
}

void jit_op_constant(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t value)
{
    if (value < 0x100) {
        thumb_op_imm8(j, op, rdn, value);
        return;
    }

    uint32_t imm12 = jit_modimm(value);

    if (imm12 != JIT_NO_MODIMM)
        thumb_op_imm12(j, op, rdn, rdn, imm12);
    else
        op_loaded(j, op, rdn, value);
}

void jit_op_bits(struct jit *j, enum thumb_op op, enum thumb_op complement, uint32_t rdn,
                 uint32_t value)
{
    uint32_t imm12 = jit_modimm(value);

    if (imm12 == JIT_NO_MODIMM && complement != THUMB_NO_OP) {
        imm12 = jit_modimm(~value);
        op = imm12 != JIT_NO_MODIMM ? complement : op;
    }
    if (imm12 != JIT_NO_MODIMM)
        thumb_op_imm12(j, op, rdn, rdn, imm12);
    else
        op_loaded(j, op, rdn, value);
}

/*
 * All flags are those of CMP. CMN with the negated value agrees with CMP but for 0, which is
 * compared as it is, and for -2^31, which is not a small number.
 */
void jit_cmp_constant(struct jit *j, uint32_t rn, uint32_t value)
{
    uint32_t negated = 0u - value;

    if (value < 0x100) {
        thumb_cmp_imm8(j, rn, value);
        return;
    }
    if (negated < 0x100) {
        thumb_cmn_imm8(j, rn, negated);
        return;
    }

    uint32_t imm12 = jit_modimm(value);

    if (imm12 != JIT_NO_MODIMM) {
        thumb_cmp_imm12(j, rn, imm12);
    } else {
        load_halves(j, JIT_SCRATCH_1, value);
        thumb_cmp_reg(j, rn, JIT_SCRATCH_1);
    }
}

void jit_tst_constant(struct jit *j, uint32_t rn, uint32_t value)
{
    uint32_t imm12 = jit_modimm(value);

    if (imm12 != JIT_NO_MODIMM) {
        thumb_tst_imm12(j, rn, imm12);
    } else {
        load_halves(j, JIT_SCRATCH_1, value);
        thumb_tst_reg(j, rn, JIT_SCRATCH_1);
    }
}
