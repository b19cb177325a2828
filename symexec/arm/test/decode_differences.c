/*
 * The differences, one line for each reason; the first line that fits explains a word.
 *
 * Capstone knows the instructions of every Arm core, and its mode for M-profile leaves most of them in; and where the
 * manual says UNPREDICTABLE it shows what a core is likely to do.
 */
#include "symexec/arm/test/decode_differences.h"

/* clang-format off */
const struct decode_difference decode_differences[] = {
    /* no row: what Cortex-M3 does not have */
    {"-", 4, 0xec000000, 0xec000000, DECODE_UNDEFINED, "", "*", "coprocessors, floating point, SIMD (A5.3.18)"},
    {"-", 4, 0xff100000, 0xf9000000, DECODE_UNDEFINED, "", "v[ls][dt]?.*", "SIMD loads and stores of A-profile"},
    {"(B: condition 111x)", 4, 0xfff0f000, 0xf7f08000, DECODE_UNDEFINED, "", "smc", "a system call of A-profile"},
    {"(B: condition 111x)", 4, 0xfff0f000, 0xf7e08000, DECODE_UNDEFINED, "", "hvc.w", "a system call of A-profile"},

    /* rows that are no instruction, by name */
    {"UDF T1", 2, 0xffff, 0xdefe, DECODE_UNDEFINED, "", "trap", "Capstone's own name for one UDF"},
    {"UDF T?", 2, 0, 0, DECODE_UNDEFINED, "", "udf", "permanently undefined, by name"},
    {"UDF T?", 4, 0, 0, DECODE_UNDEFINED, "", "udf.w", "permanently undefined, by name"},

    /* rows that the model refuses: Capstone looks closer */
    {"CPS T1", 2, 0xffe8, 0xb668, DECODE_REFUSED, "", "-", "should-be-zero bits that the row does not draw"},
    {"MRS T1", 4, 0, 0, DECODE_REFUSED, "", "-", "numbers of special registers that do not exist"},
    {"MSR T1", 4, 0, 0, DECODE_REFUSED, "", "-", "numbers of special registers that do not exist"},
    {"SSAT T1", 4, 0x002070c0, 0x00200000, DECODE_REFUSED,
     "", "ssat16", "DSP (UNDEFINED without): the row has both"},
    {"SSAT T1", 4, 0x002070c0, 0x00200000, DECODE_REFUSED, "", "-", "SSAT16 with a bit that must be zero"},
    {"SSAT T1", 4, 0x002070c0, 0x00200000, DECODE_UNPREDICTABLE,
     "*", "ssat16", "DSP (UNDEFINED without): the row has both"},
    {"USAT T1", 4, 0x002070c0, 0x00200000, DECODE_REFUSED,
     "", "usat16", "DSP (UNDEFINED without): the row has both"},
    {"USAT T1", 4, 0x002070c0, 0x00200000, DECODE_REFUSED, "", "-", "USAT16 with a bit that must be zero"},
    {"USAT T1", 4, 0x002070c0, 0x00200000, DECODE_UNPREDICTABLE,
     "*", "usat16", "DSP (UNDEFINED without): the row has both"},

    /* UNPREDICTABLE, but for Capstone the same instruction */
    {"*", 2, 0, 0, DECODE_UNPREDICTABLE, "should-be-*", "=", "Capstone does not look at these bits"},
    {"*", 4, 0, 0, DECODE_UNPREDICTABLE, "should-be-*", "=", "Capstone does not look at these bits"},
    {"*", 2, 0, 0, DECODE_UNPREDICTABLE, "pc as an operand", "=", "BLX, CMP: registers are not checked"},
    {"*", 4, 0, 0, DECODE_UNPREDICTABLE, "pc as an operand", "=", "registers are not checked"},
    {"*", 4, 0, 0, DECODE_UNPREDICTABLE, "sp as an operand", "=", "registers are not checked"},
    {"*", 4, 0x00008000, 0, DECODE_UNPREDICTABLE,
     "modified immediate made of zero bytes", "=", "immediates are not checked"},
    {"ADD (register) T2", 2, 0xffff, 0x44ff, DECODE_UNPREDICTABLE, "pc and pc", "=", "pc + pc"},
    {"CMP (register) T2", 2, 0xffc0, 0x4500, DECODE_UNPREDICTABLE,
     "two low registers", "=", "two low registers: T1 is for them"},
    {"STM T1", 2, 0xf800, 0xc000, DECODE_UNPREDICTABLE, "its base in the list behind*", "=", "an UNKNOWN value is stored"},
    {"IT T1", 2, 0xfff0, 0xbff0, DECODE_UNPREDICTABLE, "condition 15*", "it*", "AL again, for Capstone"},
    {"IT T1", 2, 0xfff0, 0xbfe0, DECODE_UNPREDICTABLE, "condition 15*", "=", "AL with an else"},
    {"MOV (register) T3", 4, 0xffff8000, 0xea4f0000, DECODE_UNPREDICTABLE, "pc, or sp*", "=", "pc, or sp twice"},
    {"MOV (register) T3", 4, 0xffff8000, 0xea5f0000, DECODE_UNPREDICTABLE, "pc, or sp*", "=", "pc, or sp with flags"},
    {"ADD (SP plus register) T3", 4, 0xffef8f00, 0xeb0d0d00, DECODE_UNPREDICTABLE,
     "a shift into sp", "=", "more than LSL #3"},
    {"SUB (SP minus register) T1", 4, 0xffef8f00, 0xebad0d00, DECODE_UNPREDICTABLE,
     "a shift into sp", "=", "more than LSL #3"},
    {"BF[CI] T1", 4, 0xfff08020, 0xf3600000, DECODE_UNPREDICTABLE, "msb below lsb", "=", "an empty field"},
    {"[SU]BFX T1", 4, 0xff708020, 0xf3400000, DECODE_UNPREDICTABLE, "a field beyond bit 31", "=", "a field beyond the word"},
    {"[CR]*", 4, 0xffd0f0c0, 0xfa90f080, DECODE_UNPREDICTABLE,
     "two different Rm", "=", "the second Rm is not looked at"},
    {"[SU]M*L T1", 4, 0xff9000f0, 0xfb800000, DECODE_UNPREDICTABLE,
     "RdHi = RdLo", "=", "one register for both halves"},
    {"TB[BH] T1", 4, 0xffffffe0, 0xe8ddf000, DECODE_UNPREDICTABLE, "sp as base", "=", "registers are not checked"},
    {"*", 4, 0xfe400000, 0xe8000000, DECODE_UNPREDICTABLE, "fewer than two registers", "=", "lists are not checked"},
    {"*", 4, 0xfe602000, 0xe8200000, DECODE_UNPREDICTABLE,
     "its base in the list and write-back", "=", "lists are not checked"},
    {"LDM*", 4, 0xfe502000, 0xe8102000, DECODE_UNPREDICTABLE, "sp in the list", "=", "lists are not checked"},
    {"LDM*", 4, 0xfe50c000, 0xe810c000, DECODE_UNPREDICTABLE, "lr and pc in the list", "=", "lists are not checked"},
    {"LDRD *", 4, 0xfe500000, 0xe8500000, DECODE_UNPREDICTABLE, "Rt = Rt2", "=", "registers are not checked"},
    {"LDRD (literal) T1", 4, 0xfe7f0000, 0xe87f0000, DECODE_UNPREDICTABLE,
     "a base that is written and pc", "=", "registers are not checked"},
    {"*RD (immediate) T1", 4, 0xfe600000, 0xe8600000, DECODE_UNPREDICTABLE,
     "a base that is written and [ls]*", "=", "registers are not checked"},
    {"*", 4, 0xfe800900, 0xf8000900, DECODE_UNPREDICTABLE, "a base that is written and [ls]*", "=", "registers are not checked"},
    {"LDRH *", 4, 0xf000, 0xf000, DECODE_UNPREDICTABLE, "[ps][cp] as an operand", "pld*", "an unallocated hint (PLDW)"},
};
/* clang-format on */

const size_t decode_difference_count = sizeof decode_differences / sizeof *decode_differences;
