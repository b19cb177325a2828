/* Lazy decoding of a word that is a term: known bits are compared, unknown bits are asked for, fields come last. */
#include "symexec/arm/internal.h"

/* Letters whose fields may stay symbolic. */
#define BIT(letter) (UINT32_C(1) << ((letter) - 'a'))
static const uint32_t symbolic_letters = BIT('i') | BIT('x') | BIT('g') | BIT('j') | BIT('k');

bool arm_is_wide(struct arm_state *s, term halfword, bool *wide)
{
    return arm_decide(s, term_ule(term_const(5, 0x1d), term_extract(halfword, 11, 5)), wide);
}

/* Whether the bits of `word` under `mask` have `value`, as a term. */
static term bits_are(term word, uint32_t mask, uint32_t value)
{
    term result = term_truth(true);
    for (unsigned low = 0; low < word->width;) {
        if (!(mask >> low & 1)) {
            low++;
            continue;
        }
        unsigned width = 1;
        while (low + width < word->width && (mask >> (low + width) & 1))
            width++;
        result = term_and(result, term_eq(term_extract(word, low, width), term_const(width, value >> low)));
        low += width;
    }
    return result;
}

static bool matches(struct arm_state *s, const struct arm_pattern *p, term word, bool *match)
{
    uint32_t known = (uint32_t)(word->zeros | word->ones);
    *match = (((uint32_t)word->ones ^ p->value) & p->mask & known) == 0;
    uint32_t unknown = p->mask & ~known;
    if (!*match || !unknown)
        return true;
    return arm_decide(s, bits_are(word, unknown, p->value), match);
}

bool arm_break_encoding(struct arm_state *s, enum arm_rule rule, term word, const char *what)
{
    const char *newer = term_is_const(word) ? arm_newer_architecture((uint32_t)word->value, word->width == 32) : NULL;
    if (newer)
        return arm_break(s, ARM_UNSUPPORTED, "0x%0*x, an instruction of %s", word->width / 4, (unsigned)word->value, newer);
    if (term_is_const(word))
        return arm_break(s, rule, "%s: 0x%0*x", what, word->width / 4, (unsigned)word->value);
    return arm_break(s, rule, "%s", what);
}

/* The first row that fits, or NULL if a rule is broken. */
static const struct arm_pattern *find_pattern(struct arm_state *s, term word)
{
    const struct arm_pattern *patterns = arm_patterns();
    unsigned size = word->width / 8u;
    for (size_t i = 0; i < arm_encoding_count; i++) {
        const struct arm_pattern *p = &patterns[i];
        bool match = false;
        if (p->size != size)
            continue;
        if (!matches(s, p, word, &match))
            return NULL;
        if (match)
            return p;
    }
    arm_break_encoding(s, ARM_UNDEFINED, word, "no encoding fits"); /* whatever the bits that are open */
    return NULL;
}

bool arm_decode(struct arm_state *s, term word, struct arm_insn *insn)
{
    const struct arm_pattern *p = find_pattern(s, word);
    uint32_t known = (uint32_t)(word->zeros | word->ones);
    if (!p)
        return false;
    *insn = (struct arm_insn){.pattern = p, .word = word};
    if (p->should_mask) {
        bool kept = false;
        if (!arm_decide(s, bits_are(word, p->should_mask, p->should_value), &kept))
            return false;
        if (!kept)
            return arm_break_encoding(s, ARM_UNPREDICTABLE, word, "should-be-zero or should-be-one bits");
    }
    for (unsigned i = 0; i < ARM_LETTERS; i++)
        insn->field[i] = p->implied[i];
    for (unsigned i = 0; i < p->count; i++) {
        const struct arm_segment *g = &p->segments[i];
        uint32_t mask = (uint32_t)term_mask(g->width);
        uint16_t *field = &insn->field[g->letter];
        bool first = true;
        for (unsigned j = 0; j < i; j++)
            first = first && p->segments[j].letter != g->letter;
        *field = (uint16_t)((first ? 0 : (uint32_t)*field << g->width) | ((uint32_t)word->ones >> g->low & mask));
        if ((known >> g->low & mask) != mask)
            insn->open |= UINT32_C(1) << g->letter;
    }
    return true;
}

/* Field `letter` as a term of its own width, an implied one 16 bits wide. */
static term field_term(const struct arm_insn *insn, char letter)
{
    const struct arm_pattern *p = insn->pattern;
    term result = NULL;
    for (unsigned i = 0; i < p->count; i++) {
        const struct arm_segment *g = &p->segments[i];
        if (g->letter != letter - 'a')
            continue;
        term part = term_extract(insn->word, g->low, g->width);
        result = result ? term_concat(result, part) : part;
    }
    return result ? result : term_const(16, p->implied[letter - 'a']);
}

static bool close_fields(struct arm_state *s, struct arm_insn *insn)
{
    uint32_t open = insn->open & ~symbolic_letters;
    for (unsigned i = 0; open >> i; i++) {
        uint32_t value;
        if (!(open >> i & 1))
            continue;
        if (!arm_concretise(s, field_term(insn, (char)('a' + i)), &value))
            return false;
        insn->field[i] = (uint16_t)value;
        insn->open &= ~(UINT32_C(1) << i);
    }
    return true;
}

static void check_registers(struct arm_insn *insn)
{
    for (const char *c = insn->pattern->row->forbidden; *c; c++) {
        bool may_be_sp = *c >= 'A' && *c <= 'Z';
        unsigned reg = insn->field[may_be_sp ? *c - 'A' : *c - 'a'];
        if (reg == ARM_PC || (reg == ARM_SP && !may_be_sp))
            insn->unpredictable = reg == ARM_PC ? "pc as an operand" : "sp as an operand";
    }
}

/* ThumbExpandImm_C (A5.3.2): the upper bits, which choose the pattern, become constants first. */
static bool expand_immediate(struct arm_state *s, struct arm_insn *insn, term imm12)
{
    term top = term_extract(imm12, 10, 2), byte = term_extract(imm12, 0, 8);
    uint32_t upper, lower;
    if (!term_is_const(imm12) && s->env->expand_imm)
        insn->imm = s->env->expand_imm(s->env->data, imm12);
    if (insn->imm) {
        insn->carry = term_ite(term_eq(top, term_const(2, 0)), s->c, arm_sign(insn->imm));
        return true;
    }
    if (!arm_concretise(s, top, &upper))
        return false;
    if (upper == 0) {
        term zero = term_const(8, 0);
        bool is_zero = false;
        if (!arm_concretise(s, term_extract(imm12, 8, 2), &lower))
            return false;
        if (lower != 0 && !arm_decide(s, term_eq(byte, zero), &is_zero))
            return false;
        if (is_zero)
            insn->unpredictable = "modified immediate made of zero bytes";
        term even = lower == 2 ? zero : byte, odd = lower >= 2 ? byte : zero;
        if (lower == 0)
            insn->imm = term_zext(byte, 32);
        else
            insn->imm = term_concat(term_concat(odd, even), term_concat(odd, even));
        return true;
    }
    if (!arm_concretise(s, term_extract(imm12, 7, 3), &lower))
        return false;
    unsigned rotation = upper << 3 | lower; /* 8..31: the byte 1bcdefgh does not wrap around */
    term value = term_zext(term_concat(term_const(1, 1), term_extract(imm12, 0, 7)), 32);
    insn->imm = term_shl(value, term_const(32, 32 - rotation));
    insn->carry = arm_sign(insn->imm);
    return true;
}

static bool make_immediate(struct arm_state *s, struct arm_insn *insn)
{
    enum arm_immediate kind = insn->pattern->row->immediate;
    if (kind == IMM_NONE)
        return true;
    term i = field_term(insn, 'i'), zero = term_const(1, 0);
    switch (kind) {
    case IMM_NONE:
    case IMM_U0:
        insn->imm = term_zext(i, 32);
        break;
    case IMM_U1:
        insn->imm = term_zext(term_concat(i, zero), 32);
        break;
    case IMM_U2:
        insn->imm = term_zext(term_concat(i, term_const(2, 0)), 32);
        break;
    case IMM_S1:
        insn->imm = term_sext(term_concat(i, zero), 32);
        break;
    case IMM_16:
        insn->imm = term_zext(term_concat(field_term(insn, 'x'), i), 32);
        break;
    case IMM_X:
        return expand_immediate(s, insn, i);
    case IMM_B6:
    case IMM_B10: {
        term sign = field_term(insn, 'g'), j1 = field_term(insn, 'j'), j2 = field_term(insn, 'k');
        term low = term_concat(term_concat(i, field_term(insn, 'x')), zero);
        /* I1 = NOT(J1 EOR S), I2 = NOT(J2 EOR S) in the long form only. */
        term upper = kind == IMM_B6 ? term_concat(j2, j1)
                                    : term_concat(term_not(term_xor(j1, sign)), term_not(term_xor(j2, sign)));
        insn->imm = term_sext(term_concat(term_concat(sign, upper), low), 32);
        break;
    }
    }
    return true;
}

bool arm_complete(struct arm_state *s, struct arm_insn *insn)
{
    if (!close_fields(s, insn))
        return false;
    if (insn->pattern->letters & BIT('b')) {
        insn->d = insn->b;
        insn->n = insn->b;
    }
    check_registers(insn);
    return make_immediate(s, insn);
}
