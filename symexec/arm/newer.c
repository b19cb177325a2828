/*
 * Encodings that the table of encodings leaves out, and what has them: extensions of ARMv7-M and later M-profile
 * architectures. Code with one of them is not wrong on every core, only beyond this model.
 *
 * The first row that fits decides. A row without a name is a hole: UNDEFINED everywhere, or ARMv7-M's own, where a later
 * row is drawn more widely. Sections are of DDI 0403E; for the FP extension's version 5 and for ARMv8-M see DDI 0553.
 */
#include "symexec/arm/arm.h"

struct newer {
    uint32_t mask, value;
    const char *name;
    enum arm_architecture since; /* which may have it */
};

/* clang-format off */
#define V7E "ARMv7E-M", ARM_V7E_M
#define FP4 "FPv4-SP", ARM_V7E_M
#define FP5 "FPv5", ARM_V7E_M
#define V8  "ARMv8-M", ARM_V8_M_BASE
#define V81 "ARMv8.1-M", ARM_V8_1_M_MAIN

/* 16 bits. In ARMv7-M these are UNPREDICTABLE forms of BX and BLX. */
static const struct newer narrow[] = {
    {0xff87, 0x4704, V8}, /* BXNS */
    {0xff87, 0x4784, V8}, /* BLXNS */
};

static const struct newer wide[] = {
    /* DSP: register extension with addition (A5.3.12). Without addition, UXTH and the like are ARMv7-M's. */
    {0xfffff080, 0xfa0ff080, NULL, 0}, /* SXTH */
    {0xfffff080, 0xfa1ff080, NULL, 0}, /* UXTH */
    {0xfffff080, 0xfa4ff080, NULL, 0}, /* SXTB */
    {0xfffff080, 0xfa5ff080, NULL, 0}, /* UXTB */
    {0xffc0f080, 0xfa00f080, V7E},  /* SXTAH, UXTAH, SXTAB16, UXTAB16, SXTB16, UXTB16 */
    {0xffe0f080, 0xfa40f080, V7E},  /* SXTAB, UXTAB */

    /* DSP: parallel addition and subtraction (A5.3.13, A5.3.14) */
    {0xffb0f080, 0xfab0f000, NULL, 0}, /* op1 = x11 */
    {0xff80f0b0, 0xfa80f030, NULL, 0}, /* op2 = 11 */
    {0xff80f080, 0xfa80f000, V7E},

    /* DSP: miscellaneous operations (A5.3.15), packing (A5.3.11) */
    {0xfff0f0c0, 0xfa80f080, V7E}, /* QADD, QDADD, QSUB, QDSUB */
    {0xfff0f0f0, 0xfaa0f080, V7E}, /* SEL */
    {0xfff00010, 0xeac00000, V7E}, /* PKHBT, PKHTB */

    /* DSP: multiplication (A5.3.16) */
    {0xfff000c0, 0xfb100000, V7E}, /* SMLABB and the like, SMULBB and the like */
    {0xfff000e0, 0xfb200000, V7E}, /* SMLAD, SMUAD */
    {0xfff000e0, 0xfb300000, V7E}, /* SMLAWB, SMLAWT, SMULWB, SMULWT */
    {0xfff000e0, 0xfb400000, V7E}, /* SMLSD, SMUSD */
    {0xfff000e0, 0xfb500000, V7E}, /* SMMLA, SMMUL */
    {0xfff000e0, 0xfb600000, V7E}, /* SMMLS */
    {0xfff000f0, 0xfb700000, V7E}, /* USADA8, USAD8 */

    /* DSP: long multiplication (A5.3.17) */
    {0xfff000c0, 0xfbc00080, V7E}, /* SMLALBB and the like */
    {0xfff000e0, 0xfbc000c0, V7E}, /* SMLALD */
    {0xfff000e0, 0xfbd000c0, V7E}, /* SMLSLD */
    {0xfff000f0, 0xfbe00060, V7E}, /* UMAAL */

    /* FP: loads, stores, and moves of two words (A6.5 to A6.7); doubles too, as pairs of words */
    {0xffe00ed0, 0xec400a10, FP4}, /* VMOV, two core registers */
    {0xff200e00, 0xed000a00, FP4}, /* VLDR, VSTR */
    {0xff800e00, 0xec800a00, FP4}, /* VLDM, VSTM, increment after */
    {0xffa00e00, 0xed200a00, FP4}, /* VLDMDB, VSTMDB */
    {0xffe0ffff, 0xec200a00, V8},  /* VLSTM, VLLDM */
    {0xffe0ffff, 0xec200a80, V81}, /* the same with D16 to D31 */

    /* FP: moves of one word (A6.6) */
    {0xffe00f10, 0xee000a10, FP4}, /* VMOV between a core register and a single */
    {0xffc00f70, 0xee000b10, FP4}, /* VMOV between a core register and half of a double */
    {0xffef0f10, 0xeee10a10, FP4}, /* VMSR, VMRS */

    /* FP: data processing (A6.4) */
    {0xffb00e50, 0xee800a40, NULL, 0}, /* beside VDIV */
    {0xffbf0e50, 0xeeb60a40, FP5},  /* VRINTR, VRINTZ */
    {0xffbf0ed0, 0xeeb70a40, FP5},  /* VRINTX */
    {0xffbf0ed0, 0xeeb70ac0, FP5},  /* VCVT between single and double */
    {0xffbf0e50, 0xeeb90a40, NULL, 0}, /* beside VCVT */
    {0xff000f10, 0xee000b00, FP5},  /* of doubles */
    {0xff000f10, 0xee000a00, FP4},
    {0xff800e50, 0xfe000a00, FP5},  /* VSEL */
    {0xffb00e10, 0xfe800a00, FP5},  /* VMAXNM, VMINNM */
    {0xffbc0ed0, 0xfeb80a40, FP5},  /* VRINTA, VRINTN, VRINTP, VRINTM */
    {0xffbc0e50, 0xfebc0a40, FP5},  /* VCVTA, VCVTN, VCVTP, VCVTM */

    /* Loads and stores with acquire and release: LDA, STL, LDAEX, STLEX and theirs of bytes and halfwords */
    {0xffe000b0, 0xe8c000b0, NULL, 0},
    {0xffe00080, 0xe8c00080, V8},

    /* Loops: WLS, LE and DLS, LCTP, also with tail predication */
    {0xffc0f001, 0xf000c001, V81},
    {0xfff0f001, 0xf040c001, V81},
    {0xffc0ffff, 0xf000e001, V81},
    {0xfff0ffff, 0xf040e001, V81},

    /* Where ARMv7-M has an UNPREDICTABLE form of something else. */
    {0xffffffff, 0xe97fe97f, V8},  /* SG: LDRD of a literal with write-back */
    {0xfff0f03f, 0xe840f000, V8},  /* TT, TTT, TTA, TTAT: STREX of the pc */
    {0xffff2000, 0xe89f0000, V81}, /* CLRM: LDM from the pc */
    {0xfff0c000, 0xea508000, V81}, /* CSEL, CSINC, CSINV, CSNEG: ORRS with bit 15 */
};
/* clang-format on */

static const char *find(const struct newer *rows, size_t count, uint32_t word, enum arm_architecture *since)
{
    for (size_t i = 0; i < count; i++)
        if ((word & rows[i].mask) == rows[i].value) {
            *since = rows[i].since;
            return rows[i].name;
        }
    return NULL;
}

const char *arm_newer_architecture(uint32_t word, bool is_wide, enum arm_architecture *since)
{
    return is_wide ? find(wide, sizeof wide / sizeof *wide, word, since)
                   : find(narrow, sizeof narrow / sizeof *narrow, word, since);
}
