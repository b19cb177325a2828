/* Compiles the bit pictures of the table; a picture that is not well-formed is a bug that an assertion catches. */
#include "symexec/arm/decode.h"

#include <assert.h>
#include <stdlib.h>

/* `y=1` behind the picture. */
static const char *compile_implied(struct arm_pattern *p, const char *text)
{
    assert(text[0] >= 'a' && text[0] <= 'z' && text[1] == '=' && text[2] >= '0' && text[2] <= '9');
    char *end;
    p->implied[text[0] - 'a'] = (uint16_t)strtoul(text + 2, &end, 10);
    return end;
}

static void add_field_bit(struct arm_pattern *p, unsigned letter, unsigned bit)
{
    struct arm_segment *last = p->count ? &p->segments[p->count - 1] : NULL;
    if (last && last->letter == letter && last->low == bit + 1) {
        last->low--;
        last->width++;
    } else {
        assert(p->count < ARM_MAX_SEGMENTS);
        p->segments[p->count++] = (struct arm_segment){(uint8_t)letter, (uint8_t)bit, 1};
    }
    p->letters |= UINT32_C(1) << letter;
}

static unsigned count_bits(const char *picture)
{
    unsigned bits = 0;
    for (const char *c = picture; *c && c[1] != '='; c++)
        bits += *c != ' ';
    assert(bits == 16 || bits == 32);
    return bits;
}

static void compile(struct arm_pattern *p, const struct arm_encoding *row)
{
    unsigned bit = count_bits(row->picture);
    *p = (struct arm_pattern){.row = row, .size = bit / 8, .rules = arm_operand_rules(row->name)};
    p->implied['p' - 'a'] = 1;
    p->implied['q' - 'a'] = 1;
    for (const char *c = row->picture; *c;) {
        if (*c == ' ') {
            c++;
            continue;
        }
        if (bit == 0) {
            c = compile_implied(p, c);
            continue;
        }
        uint32_t at = UINT32_C(1) << --bit;
        switch (*c) {
        case '1':
            p->value |= at;
            p->mask |= at;
            break;
        case '0':
            p->mask |= at;
            break;
        case 'O':
            p->should_value |= at;
            p->should_mask |= at;
            break;
        case 'Z':
            p->should_mask |= at;
            break;
        default:
            assert(*c >= 'a' && *c <= 'z');
            add_field_bit(p, (unsigned)(*c - 'a'), bit);
        }
        c++;
    }
}

const struct arm_pattern *arm_patterns(void)
{
    static struct arm_pattern *patterns;
    if (!patterns) {
        patterns = malloc(arm_encoding_count * sizeof *patterns);
        if (!patterns)
            abort();
        for (size_t i = 0; i < arm_encoding_count; i++)
            compile(&patterns[i], &arm_encodings[i]);
    }
    return patterns;
}
