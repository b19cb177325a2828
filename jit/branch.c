/*
 * Branch encoders: B, BLX, IT and NOP in the alphabetical list of the ARMv7-M manual, DDI 0403E
 * A7.7.
 *
 * A branch adds its displacement to its own address plus 4, so in halfwords, counted from the
 * branch, the displacement is the distance minus 2.
 */
#include "jit.h"

void thumb_nop(struct jit *j)
{
    jit_put(j, 0xbf00);
}

/* BLX (register) T1. */
void thumb_blx(struct jit *j, uint32_t rm)
{
    JIT_ASSERT(thumb_is_register(rm));
    jit_put(j, 0x4780 | rm << 3);
}

/* One instruction under IT: the mask is 1000 whatever the condition. */
void thumb_it(struct jit *j, enum thumb_cond cond)
{
    jit_put(j, 0xbf08 | (uint32_t)cond << 4);
}

/* T2: 11100 imm11. */
void thumb_skip(struct jit *j, uint32_t distance)
{
    JIT_ASSERT(distance >= 2 && distance - 2 < 1u << 10);
    jit_put(j, 0xe000 | (distance - 2));
}

void thumb_skip_from(struct jit *j, uint16_t *at)
{
    uint16_t *here = j->next;

    j->next = at;
    thumb_skip(j, (uint32_t)(here - at));
    j->next = here;
}

/* T1: 1101 cond imm8. */
void thumb_skip_if(struct jit *j, enum thumb_cond cond, uint32_t distance)
{
    JIT_ASSERT(cond <= THUMB_LE && distance >= 2 && distance - 2 < 1u << 7);
    jit_put(j, 0xd000 | (uint32_t)cond << 8 | (distance - 2));
}

/* Is the displacement a signed number of so many bits? Wraps, as positions and addresses do. */
static uint32_t fits(uint32_t displacement, uint32_t bits)
{
    return displacement + (1u << (bits - 1)) < 1u << bits;
}

/*
 * T4: 11110 S imm10 | 10 J1 1 J2 imm11, displacement S:I1:I2:imm10:imm11 with J1 = NOT(I1 EOR S)
 * and J2 likewise.
 */
uint32_t thumb_branch(struct jit *j, uint32_t target_pos)
{
    uint32_t d = target_pos - jit_here(j) - 2;

    if (!fits(d, 24))
        return TP_BRANCH_RANGE;

    uint32_t sign = d >> 23 & 1;
    uint32_t j1 = (d >> 22 & 1) ^ sign ^ 1;
    uint32_t j2 = (d >> 21 & 1) ^ sign ^ 1;

    jit_put(j, 0xf000 | sign << 10 | (d >> 11 & 0x3ff));
    jit_put(j, 0x9000 | j1 << 13 | j2 << 11 | (d & 0x7ff));
    return TP_OK;
}

/* T3: 11110 S cond imm6 | 10 J1 0 J2 imm11, displacement S:J2:J1:imm6:imm11. */
uint32_t thumb_branch_if(struct jit *j, enum thumb_cond cond, uint32_t target_pos)
{
    uint32_t d = target_pos - jit_here(j) - 2;

    if (!fits(d, 20))
        return TP_BRANCH_RANGE;

    uint32_t sign = d >> 19 & 1;
    uint32_t j2 = d >> 18 & 1;
    uint32_t j1 = d >> 17 & 1;

    jit_put(j, 0xf000 | sign << 10 | (uint32_t)cond << 6 | (d >> 11 & 0x3f));
    jit_put(j, 0x8000 | j1 << 13 | j2 << 11 | (d & 0x7ff));
    return TP_OK;
}
