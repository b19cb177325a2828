/*
 * The table of encodings against Capstone: which words are instructions, and which instruction each one is.
 *
 * Every 16-bit word; for 32-bit words the corners of the fields of every row, words near the differences below, and
 * random words (THUMBPROOF_CASES of them, default 1 000 000). Everything is outside of IT blocks. Where the two differ,
 * decode_differences.c must have a line with the reason, and each of its lines must explain something. Groups of
 * differences without a line are printed, with one word of each.
 */
#include "symexec/arm/test/capstone_text.h"
#include "symexec/arm/test/cases.h"
#include "symexec/arm/test/decode_differences.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { MAX_GROUPS = 400, MAX_LINES = 200, NEAR = 400 };

/* A difference that no line explains, with the words that have it. */
struct group {
    char text[300];
    unsigned long count;
    uint32_t example, zeros, ones; /* bits that are the same in all of them */
};

/* Shared with the rounds' processes. */
static struct report {
    unsigned long words, differences;
    unsigned long explained[MAX_LINES];
    struct group groups[MAX_GROUPS];
    size_t group_count;
} * report;

static struct arm_state machine;
static struct undo undo;
static struct test_memory memory;

/* ---- what we say ---- */

struct judged {
    enum decode_verdict verdict;
    const char *row;                 /* "" if there is none */
    char why[sizeof machine.detail]; /* of UNPREDICTABLE */
    struct arm_insn insn;
};

/* Executes the instruction at a state where nothing but the encoding can be wrong, except for rules that an
 * encoding alone cannot break: those do not count. */
static struct judged judge(uint32_t word, unsigned size)
{
    struct judged j = {.verdict = DECODE_EXECUTES, .row = ""};
    struct arm_state *s = &machine;
    s->broken = ARM_RULE_NONE;
    bool fits = arm_decode(s, term_const(8 * size, word), &j.insn) && arm_complete(s, &j.insn);
    if (fits) {
        j.row = j.insn.pattern->row->name;
        if (j.insn.unpredictable)
            arm_break(s, ARM_UNPREDICTABLE, "%s", j.insn.unpredictable);
        else
            j.insn.pattern->row->execute(s, &j.insn);
    } else if (j.insn.pattern) { /* should-be bits: the name is that of the word with them right */
        const struct arm_pattern *p = j.insn.pattern;
        uint32_t right = (word & ~p->should_mask) | p->should_value;
        enum arm_rule broken = s->broken;
        j.row = p->row->name;
        arm_decode(s, term_const(8 * size, right), &j.insn);
        arm_complete(s, &j.insn);
        s->broken = broken;
    }
    undo_to(s->undo, 0);
    switch (s->broken) {
    case ARM_UNDEFINED:
        j.verdict = DECODE_UNDEFINED;
        break;
    case ARM_SYSTEM:
        j.verdict = DECODE_REFUSED;
        break;
    case ARM_UNSUPPORTED:
        j.verdict = fits && j.insn.pattern->row->execute == exec_unsupported ? DECODE_REFUSED : DECODE_NEWER;
        break;
    case ARM_UNPREDICTABLE:
        j.verdict = DECODE_UNPREDICTABLE;
        memcpy(j.why, s->detail, sizeof j.why);
        break;
    default:
        break;
    }
    return j;
}

/* ---- the mnemonic of a row ---- */

static const char *const conditions[16] = {"eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc",
                                           "hi", "ls", "ge", "lt", "gt", "le", "",   "?"};

static bool compares(const char *name)
{
    return !strncmp(name, "cmp", 3) || !strncmp(name, "cmn", 3) || !strncmp(name, "tst", 3) || !strncmp(name, "teq", 3);
}

/* The letters behind "it": the bits of the mask above its last 1, `t` where they repeat bit 0 of the condition. */
static void it_letters(const struct arm_insn *insn, char *out)
{
    unsigned end = (unsigned)__builtin_ctz(insn->o);
    for (unsigned bit = 3; bit > end; bit--)
        *out++ = (insn->o >> bit & 1) == (insn->c & 1u) ? 't' : 'e';
    *out = 0;
}

/* The name up to its first blank in lower case, and what an assembler adds to it: `s`, a condition, IT's letters. */
static void mnemonic(const struct arm_insn *insn, char *out, size_t size)
{
    const struct arm_encoding *row = insn->pattern->row;
    char name[16], letters[8] = "";
    size_t length = strcspn(row->name, " ,");
    for (size_t i = 0; i < length; i++)
        name[i] = (char)(row->name[i] >= 'A' && row->name[i] <= 'Z' ? row->name[i] + 'a' - 'A' : row->name[i]);
    name[length] = 0;
    if (row->execute == exec_it && insn->o)
        it_letters(insn, letters);
    else if (row->execute == exec_b_conditional)
        snprintf(letters, sizeof letters, "%s", conditions[insn->c]);
    else if (!compares(name) && (row->it == IT_FLAGS || insn->s))
        snprintf(letters, sizeof letters, "s");
    snprintf(out, size, "%s%s", name, letters);
}

/* Names that Capstone has for a row besides its own. */
static const struct {
    const char *row, *names;
} aliases[] = {
    {"CPS T1", "cpsie cpsid"},
    {"ADD (SP plus immediate) T4", "addw"},
    {"SUB (SP minus immediate) T3", "subw"},
    {"ADD (immediate) T4", "addw"},
    {"SUB (immediate) T4", "subw"},
    {"ADR T2", "subw"}, /* of the pc */
    {"ADR T3", "addw"},
    {"MOV (immediate) T3", "movw"},
    {"POP T2", "ldm"}, /* of one register, which is UNPREDICTABLE */
    {"POP T3", "ldr"},
    {"PUSH T2", "stmdb"},
    {"PUSH T3", "str"},
    {"MRS T1", "mrseq"}, /* of registers of other profiles: the condition is made up */
    {"MSR T1", "msreq"},
    {"LDREXB, LDREXH T1", "ldrexh"},
    {"STREXB, STREXH T1", "strexh"},
    {"(unallocated hint) T1", "hint"},
    {"(unallocated hint) T2", "hint"},
};

static bool is_in(const char *name, const char *names)
{
    size_t length = strlen(name);
    for (const char *at = names; *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && !strncmp(at, name, length))
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

static bool same_name(const struct judged *j, const char *theirs)
{
    char ours[40], plain[40];
    mnemonic(&j->insn, ours, sizeof ours);
    snprintf(plain, sizeof plain, "%s", theirs);
    size_t length = strlen(plain);
    if (length > 2 && !strcmp(plain + length - 2, ".w")) /* 32 bits wide: the size has been compared */
        plain[length - 2] = 0;
    if (!strcmp(ours, plain))
        return true;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (!strcmp(aliases[i].row, j->row) && is_in(plain, aliases[i].names))
            return true;
    return false;
}

/* ---- differences ---- */

static const char *const verdict_names[] = {"executes", "refused", "newer", "undefined", "unpredictable"};

static void note_group(const struct judged *j, const char *theirs, uint32_t word)
{
    char text[sizeof report->groups->text];
    snprintf(text, sizeof text, "%s: %s%s%s; Capstone: %s", *j->row ? j->row : "(no row)", verdict_names[j->verdict],
             *j->why ? ": " : "", j->why, theirs);
    size_t i = 0;
    while (i < report->group_count && strcmp(report->groups[i].text, text) != 0)
        i++;
    if (i == MAX_GROUPS)
        return;
    struct group *g = &report->groups[i];
    if (i == report->group_count) {
        report->group_count++;
        *g = (struct group){.example = word, .zeros = ~0u, .ones = ~0u};
        snprintf(g->text, sizeof g->text, "%s", text);
    }
    g->count++;
    g->zeros &= ~word;
    g->ones &= word;
}

static bool line_fits(const struct decode_difference *d, const struct judged *j, const char *theirs, uint32_t word,
                      unsigned size)
{
    return d->size == size && (word & d->mask) == d->value && d->ours == j->verdict &&
           fnmatch(d->row, *j->row ? j->row : "-", 0) == 0 && fnmatch(d->why, j->why, 0) == 0 &&
           (strcmp(d->theirs, "=") == 0 ? same_name(j, theirs) : fnmatch(d->theirs, theirs, 0) == 0);
}

static void compare(uint32_t word, unsigned size)
{
    struct capstone_text text;
    struct judged j = judge(word, size);
    bool valid = j.verdict == DECODE_EXECUTES || j.verdict == DECODE_REFUSED;
    const char *theirs = capstone_text(word, size, &text) ? text.mnemonic : "-";
    bool decodes = strcmp(theirs, "-") != 0;
    report->words++;
    if (j.verdict == DECODE_NEWER) /* what these are is looked at in test_newer */
        return;
    if (valid ? decodes && same_name(&j, theirs) : !decodes)
        return;
    report->differences++;
    for (size_t i = 0; i < decode_difference_count; i++)
        if (line_fits(&decode_differences[i], &j, theirs, word, size)) {
            report->explained[i]++;
            return;
        }
    note_group(&j, theirs, word);
}

/* ---- words ---- */

static bool is_wide(uint32_t halfword)
{
    return halfword >> 11 >= 0x1d;
}

static void all_16_bit_words(void)
{
    for (uint32_t word = 0; word <= 0xffff; word++)
        if (!is_wide(word))
            compare(word, 2);
}

struct field {
    unsigned letter, width;
};

/* The values of a field that are tried, 0 and 1 and all ones among them. */
static unsigned corners(const struct arm_pattern *p, const struct field *f, uint32_t *values)
{
    static const uint32_t lists[] = {0, 1, 3, 0x11, 0x2001, 0x4001, 0x8001, 0xc001, 0x00ff, 0x5fff, 0xffff};
    static const uint32_t modified[] = {0, 1, 0xff, 0x100, 0x101, 0x200, 0x201, 0x300, 0x301, 0x400, 0xfff};
    static const uint32_t registers[] = {0, 1, 7, 8, 13, 14, 15};
    const uint32_t *from = registers;
    unsigned count = 7, kept = 0;
    uint32_t top = (uint32_t)term_mask(f->width), small[] = {0, 1, top / 2, top};
    char letter = (char)('a' + f->letter);
    if (letter == 'r') {
        from = lists;
        count = 11;
    } else if (letter == 'i' && p->row->immediate == IMM_X) {
        from = modified;
        count = 11;
    } else if (letter == 'c' || letter == 'o') { /* all of them */
        for (uint32_t value = 0; value <= top; value++)
            values[kept++] = value;
        return kept;
    } else if (!strchr("dnmtuaeb", letter)) {
        from = small;
        count = 4;
    }
    for (unsigned i = 0; i < count; i++)
        if (from[i] <= top && (kept == 0 || from[i] > values[kept - 1]))
            values[kept++] = from[i];
    return kept;
}

static uint32_t put_field(const struct arm_pattern *p, unsigned letter, uint32_t value)
{
    uint32_t word = 0;
    for (unsigned i = p->count; i-- > 0;) { /* the last segment holds the low bits */
        const struct arm_segment *g = &p->segments[i];
        if (g->letter != letter)
            continue;
        word |= (value & (uint32_t)term_mask(g->width)) << g->low;
        value >>= g->width;
    }
    return word;
}

static uint32_t should_bit(const struct arm_pattern *p)
{
    unsigned bits = (unsigned)__builtin_popcount(p->should_mask), skip = test_random() % bits;
    uint32_t mask = p->should_mask;
    while (skip-- > 0)
        mask &= mask - 1;
    return mask & (0u - mask);
}

static void combine(const struct arm_pattern *p, const struct field *fields, unsigned count, uint32_t word)
{
    uint32_t values[16];
    if (count == 0) {
        compare(word, 4);
        if (p->should_mask)
            compare(word ^ should_bit(p), 4);
        return;
    }
    unsigned tried = corners(p, fields, values);
    for (unsigned i = 0; i < tried; i++)
        combine(p, fields + 1, count - 1, word | put_field(p, fields->letter, values[i]));
}

static void corners_of_row(const struct arm_pattern *p)
{
    struct field fields[ARM_LETTERS];
    unsigned count = 0;
    for (unsigned letter = 0; letter < ARM_LETTERS; letter++) {
        unsigned width = 0;
        for (unsigned i = 0; i < p->count; i++)
            width += p->segments[i].letter == letter ? p->segments[i].width : 0;
        if (width)
            fields[count++] = (struct field){letter, width};
    }
    combine(p, fields, count, p->value | p->should_value);
}

/* Each line of the list is tried, however rare its words are. */
static void words_near_differences(void)
{
    for (size_t i = 0; i < decode_difference_count; i++) {
        const struct decode_difference *d = &decode_differences[i];
        for (unsigned k = 0; d->size == 4 && k < NEAR; k++) {
            uint32_t word = (test_random() & ~d->mask) | d->value;
            if (is_wide(word >> 16))
                compare(word, 4);
        }
    }
}

static void random_words(uint32_t seed, unsigned long count, void *unused)
{
    (void)unused;
    test_seed(seed);
    for (unsigned long i = 0; i < count;) {
        uint32_t word = test_random();
        if (is_wide(word >> 16)) {
            compare(word, 4);
            i++;
        }
    }
}

/* ---- the test ---- */

static void setup_machine(void)
{
    test_machine(&machine, &undo, &test_constant_env, &memory);
    for (unsigned i = 0; i < 16; i++)
        machine.r[i] = term_const(32, DATA_BASE + DATA_SIZE / 2);
    machine.r[ARM_SP] = term_const(32, STACK_BASE + STACK_SIZE / 2);
    machine.r[ARM_PC] = term_const(32, CODE_BASE + CODE_SIZE / 2);
    machine.n = machine.z = machine.c = machine.v = term_const(1, 0);
}

static void print_groups(void)
{
    for (size_t i = 0; i < report->group_count; i++) {
        const struct group *g = &report->groups[i];
        print_error("%s: %lu words, such as 0x%x; all have mask 0x%x value 0x%x\n", g->text, g->count,
                    (unsigned)g->example, (unsigned)(g->zeros | g->ones), (unsigned)g->ones);
    }
}

static void differences_are_explained(void **state)
{
    (void)state;
    const char *wanted = getenv("THUMBPROOF_CASES");
    size_t unused = 0;
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(report != MAP_FAILED && decode_difference_count <= MAX_LINES);
    setup_machine();
    test_seed(1);
    all_16_bit_words();
    unsigned long narrow = report->words;
    for (size_t i = 0; i < arm_encoding_count; i++)
        if (arm_patterns()[i].size == 4)
            corners_of_row(&arm_patterns()[i]);
    unsigned long corner = report->words - narrow;
    words_near_differences();
    unsigned long near = report->words - narrow - corner;
    test_rounds(wanted ? strtoul(wanted, NULL, 10) : 1000000, random_words, NULL);
    print_message("%lu 16-bit words, %lu corners, %lu words near differences, %lu random words: %lu differences\n",
                  narrow, corner, near, report->words - narrow - corner - near, report->differences);
    print_groups();
    for (size_t i = 0; i < decode_difference_count; i++) {
        if (getenv("THUMBPROOF_SHOW"))
            print_message("%8lu  %s: %s\n", report->explained[i], decode_differences[i].row,
                          decode_differences[i].reason);
        if (report->explained[i] > 0)
            continue;
        print_error("%s, %08x/%08x explains nothing\n", decode_differences[i].row, (unsigned)decode_differences[i].mask,
                    (unsigned)decode_differences[i].value);
        unused++;
    }
    assert_int_equal(report->group_count, 0);
    assert_int_equal(unused, 0);
    munmap(report, sizeof *report);
    arm_state_free(&machine);
    undo_free(&undo);
    capstone_text_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(differences_are_explained)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
