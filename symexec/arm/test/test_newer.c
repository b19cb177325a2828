/*
 * Encodings of newer architectures: each instruction by name, as the assembler encodes it; nothing that ARMv7-M has;
 * and against all that Capstone knows, words that the table of encodings leaves out (THUMBPROOF_CASES of them, default
 * 1 000 000). Where the two differ, a line of `differences` must give the reason, and each line must explain something.
 */
#include "symexec/arm/arm.h"
#include "symexec/arm/decode.h"
#include "symexec/arm/test/capstone_text.h"
#include "symexec/arm/test/cases.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arm_state machine;
static struct undo undo;
static struct test_memory memory;

static int set_up(void **unused)
{
    (void)unused;
    test_machine(&machine, &undo, &test_constant_env, &memory);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arm_state_free(&machine);
    undo_free(&undo);
    capstone_text_close();
    return 0;
}

/* Whether a row of the table of encodings fits, if only an UNPREDICTABLE form of it; holes (in parentheses) are none. */
static bool is_known(uint32_t word, bool wide)
{
    struct arm_insn insn = {0};
    arm_decode(&machine, term_const(wide ? 32 : 16, word), &insn);
    undo_to(&undo, 0);
    return insn.pattern && *insn.pattern->row->name != '(';
}

/* ---- by name ---- */

static const struct {
    uint32_t word;
    const char *text, *name;
} examples[] = {
    {0xfa02f183, "sxtah r1,r2,r3", "ARMv7E-M"},
    {0xfa12f193, "uxtah r1,r2,r3,ror #8", "ARMv7E-M"},
    {0xfa22f183, "sxtab16 r1,r2,r3", "ARMv7E-M"},
    {0xfa32f183, "uxtab16 r1,r2,r3", "ARMv7E-M"},
    {0xfa2ff183, "sxtb16 r1,r3", "ARMv7E-M"},
    {0xfa3ff183, "uxtb16 r1,r3", "ARMv7E-M"},
    {0xfa42f183, "sxtab r1,r2,r3", "ARMv7E-M"},
    {0xfa52f183, "uxtab r1,r2,r3", "ARMv7E-M"},
    {0xfa92f103, "sadd16 r1,r2,r3", "ARMv7E-M"},
    {0xfaa2f113, "qasx r1,r2,r3", "ARMv7E-M"},
    {0xfac2f123, "shsub8 r1,r2,r3", "ARMv7E-M"},
    {0xfad2f163, "uhsub16 r1,r2,r3", "ARMv7E-M"},
    {0xfae2f143, "usax r1,r2,r3", "ARMv7E-M"},
    {0xfa83f182, "qadd r1,r2,r3", "ARMv7E-M"},
    {0xfa83f1b2, "qdsub r1,r2,r3", "ARMv7E-M"},
    {0xfaa2f183, "sel r1,r2,r3", "ARMv7E-M"},
    {0xeac20103, "pkhbt r1,r2,r3", "ARMv7E-M"},
    {0xeac21123, "pkhtb r1,r2,r3,asr #4", "ARMv7E-M"},
    {0xfb124103, "smlabb r1,r2,r3,r4", "ARMv7E-M"},
    {0xfb12f133, "smultt r1,r2,r3", "ARMv7E-M"},
    {0xfb224103, "smlad r1,r2,r3,r4", "ARMv7E-M"},
    {0xfb22f113, "smuadx r1,r2,r3", "ARMv7E-M"},
    {0xfb324113, "smlawt r1,r2,r3,r4", "ARMv7E-M"},
    {0xfb424113, "smlsdx r1,r2,r3,r4", "ARMv7E-M"},
    {0xfb524113, "smmlar r1,r2,r3,r4", "ARMv7E-M"},
    {0xfb52f103, "smmul r1,r2,r3", "ARMv7E-M"},
    {0xfb624103, "smmls r1,r2,r3,r4", "ARMv7E-M"},
    {0xfb72f103, "usad8 r1,r2,r3", "ARMv7E-M"},
    {0xfb724103, "usada8 r1,r2,r3,r4", "ARMv7E-M"},
    {0xfbc31294, "smlalbt r1,r2,r3,r4", "ARMv7E-M"},
    {0xfbc312c4, "smlald r1,r2,r3,r4", "ARMv7E-M"},
    {0xfbd312d4, "smlsldx r1,r2,r3,r4", "ARMv7E-M"},
    {0xfbe31264, "umaal r1,r2,r3,r4", "ARMv7E-M"},
    {0xec421a11, "vmov s2,s3,r1,r2", "FPv4-SP"},
    {0xec421b13, "vmov d3,r1,r2", "FPv4-SP"},
    {0xec521b13, "vmov r1,r2,d3", "FPv4-SP"},
    {0xedd10a01, "vldr s1,[r1,#4]", "FPv4-SP"},
    {0xed011b01, "vstr d1,[r1,#-4]", "FPv4-SP"},
    {0xecf10a04, "vldmia r1!,{s1-s4}", "FPv4-SP"},
    {0xed2d1b08, "vpush {d1-d4}", "FPv4-SP"},
    {0xec210a00, "vlstm r1", "ARMv8-M"},
    {0xec310a00, "vlldm r1", "ARMv8-M"},
    {0xee001a90, "vmov s1,r1", "FPv4-SP"},
    {0xee101a90, "vmov r1,s1", "FPv4-SP"},
    {0xee211b10, "vmov.32 d1[1],r1", "FPv4-SP"},
    {0xee111b10, "vmov.32 r1,d1[0]", "FPv4-SP"},
    {0xeef11a10, "vmrs r1,fpscr", "FPv4-SP"},
    {0xeee11a10, "vmsr fpscr,r1", "FPv4-SP"},
    {0xee710a21, "vadd.f32 s1,s2,s3", "FPv4-SP"},
    {0xeec10a21, "vdiv.f32 s1,s2,s3", "FPv4-SP"},
    {0xeee10a21, "vfma.f32 s1,s2,s3", "FPv4-SP"},
    {0xeed10a21, "vfnms.f32 s1,s2,s3", "FPv4-SP"},
    {0xeef10ac1, "vsqrt.f32 s1,s2", "FPv4-SP"},
    {0xeef70a00, "vmov.f32 s1,#1.0", "FPv4-SP"},
    {0xeef50a40, "vcmp.f32 s1,#0.0", "FPv4-SP"},
    {0xeefd0ac1, "vcvt.s32.f32 s1,s2", "FPv4-SP"},
    {0xeef30a41, "vcvtb.f16.f32 s1,s2", "FPv4-SP"},
    {0xeefa0a66, "vcvt.f32.s16 s1,s1,#3", "FPv4-SP"},
    {0xee321b03, "vadd.f64 d1,d2,d3", "FPv5"},
    {0xeeb71ae0, "vcvt.f64.f32 d1,s1", "FPv5"},
    {0xeeb11bc2, "vsqrt.f64 d1,d2", "FPv5"},
    {0xeef30b42, "vcvtb.f16.f64 s1,d2", "FPv5"},
    {0xeef60a41, "vrintr.f32 s1,s2", "FPv5"},
    {0xeef70a41, "vrintx.f32 s1,s2", "FPv5"},
    {0xeeb61bc2, "vrintz.f64 d1,d2", "FPv5"},
    {0xfe410a21, "vseleq.f32 s1,s2,s3", "FPv5"},
    {0xfec10a21, "vmaxnm.f32 s1,s2,s3", "FPv5"},
    {0xfef80a41, "vrinta.f32 s1,s2", "FPv5"},
    {0xfefc0ac1, "vcvta.s32.f32 s1,s2", "FPv5"},
    {0xe8d21faf, "lda r1,[r2]", "ARMv8-M"},
    {0xe8d21f8f, "ldab r1,[r2]", "ARMv8-M"},
    {0xe8c21f9f, "stlh r1,[r2]", "ARMv8-M"},
    {0xe8d21fef, "ldaex r1,[r2]", "ARMv8-M"},
    {0xe8c32fc1, "stlexb r1,r2,[r3]", "ARMv8-M"},
    {0xf041c01d, "wls lr,r1,9f", "ARMv8.1-M"},
    {0xf00fc805, "le lr,1b", "ARMv8.1-M"},
    {0xf02fc807, "le 1b", "ARMv8.1-M"},
    {0xf041e001, "dls lr,r1", "ARMv8.1-M"},
    {0xf01fc80b, "letp lr,1b", "ARMv8.1-M"},
    {0xf01fc00d, "letp lr,3b", "ARMv8.1-M"},
    {0xf021e001, "dlstp.32 lr,r1", "ARMv8.1-M"},
    {0xf00fe001, "lctp", "ARMv8.1-M"},
    {0xe97fe97f, "sg", "ARMv8-M"},
    {0xe842f100, "tt r1,r2", "ARMv8-M"},
    {0xe842f1c0, "ttat r1,r2", "ARMv8-M"},
    {0xe89f8006, "clrm {r1,r2,apsr}", "ARMv8.1-M"},
    {0xea528103, "csel r1,r2,r3,eq", "ARMv8.1-M"},
    {0xea5f910f, "cset r1,ne", "ARMv8.1-M"},
    {0x470c, "bxns r1", "ARMv8-M"},
    {0x478c, "blxns r1", "ARMv8-M"},
    /* beside them: UNDEFINED everywhere */
    {0xfab2f103, "parallel, op1 = 011", NULL},
    {0xfa92f133, "parallel, op2 = 11", NULL},
    {0xeec10a61, "beside vdiv", NULL},
    {0xeef90a41, "beside vcvt", NULL},
    {0xe8d21fbf, "beside lda", NULL},
    {0xf7d08000, "beside smc", NULL},
    /* and what is ARMv7-M's */
    {0xfa0ff183, "sxth.w r1,r3", NULL},
    {0xfa1ff183, "uxth.w r1,r3", NULL},
    {0xfa4ff183, "sxtb.w r1,r3", NULL},
    {0xfa5ff183, "uxtb.w r1,r3", NULL},
    {0xfa93f183, "rev.w r1,r3", NULL},
    {0xfab3f183, "clz r1,r3", NULL},
    {0xfb024103, "mla r1,r2,r3,r4", NULL},
    {0xfbe31204, "umlal r1,r2,r3,r4", NULL},
    {0xe8520f00, "ldrex r0,[r2]", NULL},
    {0x4708, "bx r1", NULL},
    {0x4788, "blx r1", NULL},
};

static bool is_wide(uint32_t word)
{
    return word > 0xffff;
}

static void by_name(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        enum arm_architecture since = ARM_UNKNOWN_ARCHITECTURE;
        const char *found = arm_newer_architecture(examples[i].word, is_wide(examples[i].word), &since);
        if (!found != !examples[i].name || (found && strcmp(found, examples[i].name) != 0))
            fail_msg("%s: %s", examples[i].text, found ? found : "nothing");
    }
}

/* ---- nothing of ARMv7-M ---- */

/* Rows of the table of which newer architectures use an UNPREDICTABLE form. */
static const struct {
    const char *row;
    uint32_t mask, value;
} forms[] = {
    {"BX T1", 0x7, 0x4},           {"BLX (register) T1", 0x7, 0x4}, {"LDRD (literal) T1", 0xffffffff, 0xe97fe97f},
    {"STREX T1", 0xf000, 0xf000},  {"LDM T2", 0xf0000, 0xf0000},    {"ORR (register) T2", 0x8000, 0x8000},
    {"*", 0xffff8000, 0xea5f8000}, /* MOVS and shifts, also with bit 15 */
};

static bool is_form(uint32_t word, bool wide)
{
    struct arm_insn insn = {0};
    arm_decode(&machine, term_const(wide ? 32 : 16, word), &insn);
    undo_to(&undo, 0);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if ((word & forms[i].mask) == forms[i].value && fnmatch(forms[i].row, insn.pattern->row->name, 0) == 0)
            return true;
    return false;
}

static void claims_nothing_known(uint32_t word, bool wide)
{
    enum arm_architecture since = ARM_UNKNOWN_ARCHITECTURE;
    const char *found = arm_newer_architecture(word, wide, &since);
    if (found && is_known(word, wide) && !is_form(word, wide))
        fail_msg("%08x is an encoding of ARMv7-M, not of %s", word, found);
}

static unsigned long cases(void)
{
    const char *wanted = getenv("THUMBPROOF_CASES");
    return wanted ? strtoul(wanted, NULL, 10) : 1000000;
}

static uint32_t random_wide(void)
{
    return test_random() % 0x1800 << 16 | (test_random() & 0xffff);
}

static void nothing_of_armv7m(void **unused)
{
    (void)unused;
    test_seed(1);
    for (uint32_t word = 0; word < 0xe800; word++)
        claims_nothing_known(word, false);
    for (size_t i = 0; i < arm_encoding_count; i++) /* each row, however rare */
        for (unsigned k = 0; arm_patterns()[i].size == 4 && k < 2000; k++) {
            const struct arm_pattern *p = &arm_patterns()[i];
            uint32_t fixed = p->mask | (k % 2 ? p->should_mask : 0);
            claims_nothing_known((test_random() & ~fixed) | p->value | (k % 2 ? p->should_value : 0), true);
        }
    for (unsigned long i = 0; i < cases(); i++)
        claims_nothing_known(0xe8000000 + random_wide(), true);
}

/* ---- Capstone ---- */

static const struct difference {
    uint32_t mask, value;
    bool ours;          /* we know it, and Capstone does not */
    const char *theirs; /* pattern (fnmatch) of mnemonics, "-" if it rejects the word */
    const char *reason;
} differences[] = {
    /* what M-profile does not have */
    {0xef000000, 0xef000000, false, "*", "SIMD of A-profile"},
    {0xff100000, 0xf9000000, false, "v*", "SIMD loads and stores of A-profile"},
    {0xff000f1f, 0xee000b10, false, "vmov.*", "moves of bytes and halfwords of A-profile"},
    {0xff900f5f, 0xee800b10, false, "vdup.*", "copies to all lanes of A-profile"},
    {0xffe00f10, 0xeee00a10, false, "vm[rs][rs]", "special registers that M-profile has no moves of"},
    {0xffa0f0c0, 0xfa80f080, false, "crc32*", "checksums of A-profile"},
    {0xec000000, 0xec000000, false, "mcr*", "other coprocessors: a core's own"},
    {0xec000000, 0xec000000, false, "mrc*", "other coprocessors: a core's own"},
    {0xec000000, 0xec000000, false, "mrrc*", "other coprocessors: a core's own"},
    {0xec000000, 0xec000000, false, "ldc*", "other coprocessors: a core's own"},
    {0xec000000, 0xec000000, false, "stc*", "other coprocessors: a core's own"},
    {0xffe000b0, 0xe8c000b0, false, "*exd", "exclusives of two words of A-profile"},
    {0xfff0f000, 0xf7f08000, false, "smc", "a system call of A-profile"},
    {0xfff0f000, 0xf7e08000, false, "hvc*", "a system call of A-profile"},
    /* Capstone's tables of SIMD of ARMv8 do not look at all bits */
    {0, 0, false, "sha*", "any word may be one"},
    {0, 0, false, "aes*", "any word may be one"},
    {0xf8000000, 0xf0000000, false, "v*", "no space of SIMD in Thumb"},
    {0xfc000000, 0xf8000000, false, "v*", "no space of SIMD in Thumb"},
    /* what Capstone does not know, or looks at more closely */
    {0xff80d001, 0xf000c001, true, "-", "loops: ARMv8.1-M is younger"},
    {0xffe00080, 0xe8c00080, true, "-", "LDA, STL: should-be-one bits"},
    {0xfe000e00, 0xec000a00, true, "-", "VLDM, VSTM: lists of registers"},
    {0xffb00e50, 0xeeb00a00, true, "-", "VMOV of an immediate: should-be-zero bits"},
    {0xffbf0e50, 0xeeb50a40, true, "-", "VCMP with zero: should-be-zero bits"},
    {0xff000e10, 0xee000a10, true, "-", "VMOV, VMSR: should-be-zero bits"},
};
enum { DIFFERENCES = sizeof differences / sizeof *differences };

static struct {
    unsigned long words, claimed, different, unexplained, explained[DIFFERENCES];
} counts;

static void compare(uint32_t word)
{
    struct capstone_text text;
    enum arm_architecture since = ARM_UNKNOWN_ARCHITECTURE;
    const char *name = arm_newer_architecture(word, true, &since);
    const char *theirs = capstone_text_v8(word, 4, &text) ? text.mnemonic : "-";
    counts.words++;
    counts.claimed += name != NULL;
    if ((strcmp(theirs, "-") != 0) == (name != NULL))
        return;
    counts.different++;
    for (size_t i = 0; i < DIFFERENCES; i++) {
        const struct difference *d = &differences[i];
        if ((word & d->mask) == d->value && d->ours == (name != NULL) && fnmatch(d->theirs, theirs, 0) == 0) {
            counts.explained[i]++;
            return;
        }
    }
    if (counts.unexplained++ < 20)
        print_error("%08x: %s here, Capstone: %s\n", word, name ? name : "nothing", theirs);
}

static void as_capstone(void **unused)
{
    enum { NEAR = 1000, ENOUGH = 1000000 }; /* fewer random words may miss what has no space of its own */
    (void)unused;
    test_seed(2);
    while (counts.words < cases()) {
        uint32_t word = 0xe8000000 + random_wide();
        if (!is_known(word, true))
            compare(word);
    }
    print_message("%lu words, %lu of newer architectures, %lu differences\n", counts.words, counts.claimed,
                  counts.different);
    for (size_t i = 0; i < DIFFERENCES; i++) /* each line is tried, however rare its words are */
        for (unsigned k = 0; k < NEAR; k++) {
            uint32_t word = ((0xe8000000 + random_wide()) & ~differences[i].mask) | differences[i].value;
            if (!is_known(word, true))
                compare(word);
        }
    assert_int_equal(counts.unexplained, 0);
    for (size_t i = 0; i < DIFFERENCES && cases() >= ENOUGH; i++)
        if (counts.explained[i] == 0)
            fail_msg("%s (%s) explains nothing", differences[i].reason, differences[i].theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_name),
        cmocka_unit_test(nothing_of_armv7m),
        cmocka_unit_test(as_capstone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
