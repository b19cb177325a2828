/*
 * Constants: the cheapest instructions that load, combine or compare any 32-bit value.
 *
 * jit_modimm is asked at most once a value. Where a second answer would help, as for ~value and
 * -value, only small numbers are tried: they are the common ones.
 */
#include "jit.h"

static void load_halves(struct jit *j, uint32_t rd, uint32_t value)
{
    jit_movw(j, rd, value & 0xffff);
    if (value > 0xffff)
        jit_movt(j, rd, value >> 16);
}

/* The flags are dead here: the short form of MOV sets them. */
void jit_load(struct jit *j, uint32_t rd, uint32_t value)
{
    if (value < 0x100) {
        jit_mov_imm8(j, rd, value);
    } else if (~value < 0x100) {
        jit_mvn_imm8(j, rd, ~value);
    } else {
        uint32_t imm12 = jit_modimm(value);

        if (imm12 != JIT_NO_MODIMM)
            jit_mov_imm12(j, rd, imm12);
        else
            load_halves(j, rd, value);
    }
}

/* Loading the constant comes first, so the flags are those of op. */
void jit_op_constant(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t value)
{
    if (value < 0x100) {
        jit_op_imm8(j, op, rdn, value);
        return;
    }

    uint32_t imm12 = jit_modimm(value);

    if (imm12 != JIT_NO_MODIMM) {
        jit_op_imm12(j, op, rdn, imm12);
    } else {
        load_halves(j, JIT_SCRATCH_1, value);
        jit_op_reg(j, op, rdn, JIT_SCRATCH_1);
    }
}

/*
 * Only Z may be used afterwards: CMN with the negated value agrees with CMP on Z, not on carry and
 * overflow.
 */
void jit_cmp_constant(struct jit *j, uint32_t rn, uint32_t value)
{
    uint32_t negated = 0u - value;

    if (value < 0x100) {
        jit_cmp_imm8(j, rn, value);
        return;
    }
    if (negated < 0x100) {
        jit_cmn_imm8(j, rn, negated);
        return;
    }

    uint32_t imm12 = jit_modimm(value);

    if (imm12 != JIT_NO_MODIMM) {
        jit_cmp_imm12(j, rn, imm12);
    } else {
        load_halves(j, JIT_SCRATCH_1, value);
        jit_cmp_reg(j, rn, JIT_SCRATCH_1);
    }
}
