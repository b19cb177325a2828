/*
 * Thumb-2 encoders: data processing, moves, words in memory, the stack.
 *
 * Sections are those of the ARMv7-M Architecture Reference Manual, DDI 0403E; T1, T2 and so on are
 * the encodings of the named instruction in its alphabetical list, A7.7. Bit pictures give the
 * first halfword, then the second of a 32-bit instruction.
 */
#include "jit.h"

/*
 * Data processing has four encodings of interest:
 *
 *   register, 16-bit      010000 oooo mmm ddd  or  00011 oo mmm nnn ddd       A5.2.2, A5.2.1
 *   register, 32-bit      11101 01 oooo S nnnn | 0 iii dddd ii tt mmmm        A5.3.11
 *   immediate, 16-bit     001 oo ddd iiiiiiii                                 A5.2.1
 *   modified immediate    11110 i 0 oooo S nnnn | 0 iii dddd iiiiiiii         A5.3.1
 *
 * The 32-bit ones share operation and S bit. A narrow form is 0 where there is none. Register forms
 * below TWO_OPERANDS have three.
 */
#define TWO_OPERANDS 0x4000

struct data_processing {
    uint16_t wide;       /* oooo S in bits 8:4 */
    uint16_t narrow;     /* register */
    uint16_t narrow_imm; /* rdn in bits 10:8, the value in bits 7:0 */
};

static const struct data_processing operations[] = {
    [THUMB_ADDS] = {0x0110, 0x1800, 0x3000}, /* ADD (register) T1, (immediate) T2 */
    [THUMB_ADCS] = {0x0150, 0x4140, 0},      /* ADC (register) T1 */
    [THUMB_SUBS] = {0x01b0, 0x1a00, 0x3800}, /* SUB (register) T1, (immediate) T2 */
    [THUMB_SBCS] = {0x0170, 0x4180, 0},      /* SBC (register) T1 */
    [THUMB_RSBS] = {0x01d0, 0, 0},
    [THUMB_ANDS] = {0x0010, 0x4000, 0}, /* AND (register) T1 */
    [THUMB_BICS] = {0x0030, 0x4380, 0}, /* BIC (register) T1 */
    [THUMB_ORRS] = {0x0050, 0x4300, 0}, /* ORR (register) T1 */
    [THUMB_ORNS] = {0x0070, 0, 0},
    [THUMB_EORS] = {0x0090, 0x4040, 0}, /* EOR (register) T1 */
};

/* Patterns of the wide forms with register 15 in a field: the move and compare rows of A5.3.1. */
enum {
    WIDE_REG = 0xea00,
    WIDE_IMM = 0xf000,
    MOV_REG = 0xea4f,
    MOV_IMM = 0xf04f,
    MVN_IMM = 0xf06f,
    CMP_IMM = 0xf1b0,
    CMN_IMM = 0xf110,
    TST_REG = 0xea10,
    TST_IMM = 0xf010,
    NO_RD = 15,
};

static inline void put_pair(struct jit *j, uint32_t first, uint32_t second)
{
    jit_put(j, first);
    jit_put(j, second);
}

/* An immediate of twelve bits, i:imm3:imm8, lies in bits 10 | 14:12 and 7:0. */
static void put_imm12(struct jit *j, uint32_t first, uint32_t rd, uint32_t imm12)
{
    put_pair(j, first | (imm12 & 0x800) >> 1, (imm12 & 0x700) << 4 | rd << 8 | (imm12 & 0xff));
}

/* A register shifted by a constant: amount imm3:imm2 in bits 14:12 and 7:6, type in bits 5:4. */
static void put_shifted(struct jit *j, uint32_t first, uint32_t rd, uint32_t rm,
                        enum thumb_shift shift, uint32_t amount)
{
    JIT_ASSERT(thumb_is_register(rm) && shift <= THUMB_ASR && amount < 32);
    put_pair(j, first,
             (amount & 0x1c) << 10 | rd << 8 | (amount & 3) << 6 | (uint32_t)shift << 4 | rm);
}

static inline uint32_t is_low(uint32_t registers)
{
    return registers < 8;
}

void thumb_op_reg(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t rm)
{
    const struct data_processing *row = &operations[op];
    JIT_ASSERT(op < THUMB_NO_OP && thumb_is_register(rdn) && thumb_is_register(rm));

    if (!is_low(rdn | rm) || !row->narrow)
        put_pair(j, WIDE_REG | row->wide | rdn, rdn << 8 | rm);
    else if (row->narrow < TWO_OPERANDS)
        jit_put(j, row->narrow | rm << 6 | rdn << 3 | rdn);
    else
        jit_put(j, row->narrow | rm << 3 | rdn);
}

void thumb_op_shifted(struct jit *j, enum thumb_op op, uint32_t rd, uint32_t rn, uint32_t rm,
                      enum thumb_shift shift, uint32_t amount)
{
    JIT_ASSERT(op < THUMB_NO_OP && thumb_is_register(rd) && thumb_is_register(rn));
    put_shifted(j, WIDE_REG | operations[op].wide | rn, rd, rm, shift, amount);
}

/* An eight-bit value is its own modified immediate, so one of the two always fits. */
void thumb_op_imm8(struct jit *j, enum thumb_op op, uint32_t rdn, uint32_t imm8)
{
    JIT_ASSERT(op < THUMB_NO_OP && thumb_is_register(rdn) && imm8 <= 0xff);
    if (is_low(rdn) && operations[op].narrow_imm)
        jit_put(j, operations[op].narrow_imm | rdn << 8 | imm8);
    else
        thumb_op_imm12(j, op, rdn, rdn, imm8);
}

void thumb_op_imm12(struct jit *j, enum thumb_op op, uint32_t rd, uint32_t rn, uint32_t imm12)
{
    JIT_ASSERT(op < THUMB_NO_OP && thumb_is_register(rd) && thumb_is_register(rn));
    JIT_ASSERT(imm12 <= 0xfff);
    put_imm12(j, WIDE_IMM | operations[op].wide | rn, rd, imm12);
}

/*
 * One operand. The 16-bit forms have rm in bits 5:3 and rd in bits 2:0. The 32-bit ones have rd in
 * bits 11:8 of the second halfword, and rm in bits 3:0 of the first, of the second or of both.
 */
struct unary {
    uint16_t narrow, first, second;
    uint8_t in_first, in_second; /* 15 where rm goes, else 0 */
};

static const struct unary unaries[] = {
    [THUMB_SXTB] = {0xb240, 0xfa4f, 0xf080, 0, 15}, [THUMB_SXTH] = {0xb200, 0xfa0f, 0xf080, 0, 15},
    [THUMB_UXTB] = {0xb2c0, 0xfa5f, 0xf080, 0, 15}, [THUMB_UXTH] = {0xb280, 0xfa1f, 0xf080, 0, 15},
    [THUMB_REV] = {0xba00, 0xfa90, 0xf080, 15, 15}, [THUMB_MVNS] = {0x43c0, 0xea7f, 0x0000, 0, 15},
    [THUMB_NEGS] = {0x4240, 0xf1d0, 0x0000, 15, 0}, /* RSB (immediate) T1, T2 with 0 */
};

void thumb_unary(struct jit *j, enum thumb_unary op, uint32_t rd, uint32_t rm)
{
    const struct unary *row = &unaries[op];
    JIT_ASSERT(op <= THUMB_NEGS && thumb_is_register(rd) && thumb_is_register(rm));

    if (is_low(rd | rm))
        jit_put(j, row->narrow | rm << 3 | rd);
    else
        put_pair(j, row->first | (rm & row->in_first),
                 row->second | rd << 8 | (rm & row->in_second));
}

/* CMP (register) has 16-bit forms for low registers, T1, and for pairs with a high one, T2. */
void thumb_cmp_reg(struct jit *j, uint32_t rn, uint32_t rm)
{
    JIT_ASSERT(thumb_is_register(rn) && thumb_is_register(rm));
    if (is_low(rn | rm))
        jit_put(j, 0x4280 | rm << 3 | rn);
    else
        jit_put(j, 0x4500 | (rn & 8) << 4 | rm << 3 | (rn & 7));
}

/* CMP (immediate) T1. */
void thumb_cmp_imm8(struct jit *j, uint32_t rn, uint32_t imm8)
{
    JIT_ASSERT(thumb_is_register(rn) && imm8 <= 0xff);
    if (is_low(rn))
        jit_put(j, 0x2800 | rn << 8 | imm8);
    else
        thumb_cmp_imm12(j, rn, imm8);
}

void thumb_cmp_imm12(struct jit *j, uint32_t rn, uint32_t imm12)
{
    JIT_ASSERT(thumb_is_register(rn) && imm12 <= 0xfff);
    put_imm12(j, CMP_IMM | rn, NO_RD, imm12);
}

void thumb_cmn_imm8(struct jit *j, uint32_t rn, uint32_t imm8)
{
    JIT_ASSERT(thumb_is_register(rn) && imm8 <= 0xff);
    put_imm12(j, CMN_IMM | rn, NO_RD, imm8);
}

/* TST (register) T1, T2. */
void thumb_tst_reg(struct jit *j, uint32_t rn, uint32_t rm)
{
    JIT_ASSERT(thumb_is_register(rn) && thumb_is_register(rm));
    if (is_low(rn | rm))
        jit_put(j, 0x4200 | rm << 3 | rn);
    else
        put_pair(j, TST_REG | rn, NO_RD << 8 | rm);
}

void thumb_tst_imm12(struct jit *j, uint32_t rn, uint32_t imm12)
{
    JIT_ASSERT(thumb_is_register(rn) && imm12 <= 0xfff);
    put_imm12(j, TST_IMM | rn, NO_RD, imm12);
}

/* MOV (register) T1 takes any registers and keeps the flags. */
void thumb_mov_reg(struct jit *j, uint32_t rd, uint32_t rm)
{
    JIT_ASSERT(thumb_is_register(rd) && thumb_is_register(rm));
    jit_put(j, 0x4600 | (rd & 8) << 4 | rm << 3 | (rd & 7));
}

void thumb_mov_imm8(struct jit *j, uint32_t rd, uint32_t imm8)
{
    JIT_ASSERT(thumb_is_register(rd) && imm8 <= 0xff);
    if (is_low(rd))
        jit_put(j, 0x2000 | rd << 8 | imm8);
    else
        thumb_mov_imm12(j, rd, imm8);
}

void thumb_mov_imm12(struct jit *j, uint32_t rd, uint32_t imm12)
{
    JIT_ASSERT(thumb_is_register(rd) && imm12 <= 0xfff);
    put_imm12(j, MOV_IMM, rd, imm12);
}

void thumb_mvn_imm8(struct jit *j, uint32_t rd, uint32_t imm8)
{
    JIT_ASSERT(thumb_is_register(rd) && imm8 <= 0xff);
    put_imm12(j, MVN_IMM, rd, imm8);
}

/* MOV (immediate) T3: imm4 in bits 3:0 of the first halfword, the others as in put_imm12. */
void thumb_movw(struct jit *j, uint32_t rd, uint32_t imm16)
{
    JIT_ASSERT(thumb_is_register(rd) && imm16 <= 0xffff);
    put_imm12(j, 0xf240 | imm16 >> 12, rd, imm16);
}

/* MOVT T1. */
void thumb_movt(struct jit *j, uint32_t rd, uint32_t imm16)
{
    JIT_ASSERT(thumb_is_register(rd) && imm16 <= 0xffff);
    put_imm12(j, 0xf2c0 | imm16 >> 12, rd, imm16);
}

/* LSL, LSR, ASR (immediate): T1 is 000 tt iiiii mmm ddd, T2 a MOV of a shifted register. */
void thumb_shift_imm(struct jit *j, enum thumb_shift shift, uint32_t rd, uint32_t rm,
                     uint32_t amount)
{
    JIT_ASSERT(thumb_is_register(rd) && thumb_is_register(rm));
    JIT_ASSERT(shift <= THUMB_ASR && amount >= 1 && amount <= 31);
    if (is_low(rd | rm))
        jit_put(j, (uint32_t)shift << 11 | amount << 6 | rm << 3 | rd);
    else
        put_shifted(j, MOV_REG, rd, rm, shift, amount);
}

/* LSL, LSR, ASR (register): T1 for the operations 2, 3 and 4 of A5.2.2, T2. */
void thumb_shift_reg(struct jit *j, enum thumb_shift shift, uint32_t rd, uint32_t rn, uint32_t rm)
{
    JIT_ASSERT(thumb_is_register(rd) && thumb_is_register(rn) && thumb_is_register(rm));
    JIT_ASSERT(shift <= THUMB_ASR);
    if (is_low(rd | rm) && rd == rn)
        jit_put(j, 0x4080 + ((uint32_t)shift << 6) + (rm << 3) + rd);
    else
        put_pair(j, 0xfa00 | (uint32_t)shift << 5 | rn, 0xf000 | rd << 8 | rm);
}

/* MUL T1, T2. */
void thumb_mul(struct jit *j, uint32_t rdn, uint32_t rm)
{
    JIT_ASSERT(thumb_is_register(rdn) && thumb_is_register(rm));
    if (is_low(rdn | rm))
        jit_put(j, 0x4340 | rm << 3 | rdn);
    else
        put_pair(j, 0xfb00 | rdn, 0xf000 | rdn << 8 | rm);
}

/* 11111 011 oooo nnnn | aaaa dddd oooo mmmm, A5.3.16 and A5.3.17; aaaa may be RdLo. */
static const struct {
    uint16_t first, second;
} multiplications[] = {
    [THUMB_MLA] = {0xfb00, 0x00},  [THUMB_MLS] = {0xfb00, 0x10},  [THUMB_UMULL] = {0xfba0, 0x00},
    [THUMB_UDIV] = {0xfbb0, 0xf0}, [THUMB_SDIV] = {0xfb90, 0xf0},
};

void thumb_multiply(struct jit *j, enum thumb_multiply op, uint32_t rd, uint32_t ra, uint32_t rn,
                    uint32_t rm)
{
    JIT_ASSERT(thumb_is_register(rd) && thumb_is_register(rn) && thumb_is_register(rm));
    JIT_ASSERT(op >= THUMB_UDIV ? op <= THUMB_SDIV && ra == THUMB_NONE : thumb_is_register(ra));
    put_pair(j, multiplications[op].first | rn,
             ra << 12 | rd << 8 | multiplications[op].second | rm);
}

/* LDR and STR (immediate): T1 with low registers, else T3. */
static void access_word(struct jit *j, uint32_t narrow, uint32_t wide, uint32_t rt, uint32_t rn,
                        uint32_t offset)
{
    JIT_ASSERT(thumb_is_register(rt) && thumb_is_register(rn));
    JIT_ASSERT(offset % 4 == 0 && offset < 1024);
    if (is_low(rn | rt) && offset < 128)
        jit_put(j, narrow | offset << 4 | rn << 3 | rt);
    else
        put_pair(j, wide | rn, rt << 12 | offset);
}

void thumb_ldr(struct jit *j, uint32_t rt, uint32_t rn, uint32_t offset)
{
    access_word(j, 0x6800, 0xf8d0, rt, rn, offset);
}

void thumb_str(struct jit *j, uint32_t rt, uint32_t rn, uint32_t offset)
{
    access_word(j, 0x6000, 0xf8c0, rt, rn, offset);
}

/* T2, relative to sp, with a low register, else T3. */
uint32_t thumb_ldr_sp(struct jit *j, uint32_t rt, uint32_t number)
{
    JIT_ASSERT(thumb_is_register(rt) && number < 256);
    if (is_low(rt))
        jit_put(j, 0x9800 | rt << 8 | number);
    else
        put_pair(j, 0xf8d0 | THUMB_SP, rt << 12 | number << 2);
    return rt;
}

void thumb_str_sp(struct jit *j, uint32_t rt, uint32_t number)
{
    JIT_ASSERT(thumb_is_register(rt) && number < 256);
    if (is_low(rt))
        jit_put(j, 0x9000 | rt << 8 | number);
    else
        put_pair(j, 0xf8c0 | THUMB_SP, rt << 12 | number << 2);
}

/* PUSH T2 of {r4-r11, lr} and POP T2 of {r4-r11, pc}. */
void thumb_push_saved(struct jit *j)
{
    put_pair(j, 0xe92d, 0x4ff0);
}

void thumb_pop_saved_and_return(struct jit *j)
{
    put_pair(j, 0xe8bd, 0x8ff0);
}

/* PUSH T1, POP T1 without lr and pc. */
void thumb_push(struct jit *j, uint32_t registers)
{
    JIT_ASSERT(registers != 0 && registers <= 0xff);
    jit_put(j, 0xb400 | registers);
}

void thumb_pop(struct jit *j, uint32_t registers)
{
    JIT_ASSERT(registers != 0 && registers <= 0xff);
    jit_put(j, 0xbc00 | registers);
}

/* SUB (SP minus immediate) T1, ADD (SP plus immediate) T2: 1011 0000 S imm7. */
void thumb_sub_sp(struct jit *j, uint32_t bytes)
{
    JIT_ASSERT(bytes % 4 == 0 && bytes < 512);
    jit_put(j, 0xb080 | bytes >> 2);
}

void thumb_add_sp(struct jit *j, uint32_t bytes)
{
    JIT_ASSERT(bytes % 4 == 0 && bytes < 512);
    jit_put(j, 0xb000 | bytes >> 2);
}
