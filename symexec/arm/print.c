/* Instructions as text with their fields, symbolic ones included: for people who read a proof. */
#include "symexec/arm/decode.h"

#include "symexec/arm/arm.h"

/* Whether the fixed bits of a pattern are known to be there. */
static bool fits(const struct arm_pattern *p, term word)
{
    return 8 * p->size == word->width && (word->ones & p->mask) == p->value &&
           (word->zeros & p->mask) == (p->mask & ~p->value);
}

static void print_field(FILE *out, const struct arm_pattern *p, term word, unsigned letter)
{
    term field = NULL;
    for (unsigned i = 0; i < p->count; i++) {
        if (p->segments[i].letter != letter)
            continue;
        term slice = term_extract(word, p->segments[i].low, p->segments[i].width);
        field = field ? term_concat(field, slice) : slice;
    }
    if (!field)
        return;
    fprintf(out, " %c=", 'a' + (int)letter);
    term_print(out, field, 6);
}

void arm_print(FILE *out, term word)
{
    const struct arm_pattern *patterns = arm_patterns();
    for (size_t i = 0; i < arm_encoding_count; i++) {
        if (!fits(&patterns[i], word))
            continue;
        fputs(patterns[i].row->name, out);
        for (unsigned letter = 0; letter < ARM_LETTERS; letter++)
            print_field(out, &patterns[i], word, letter);
        return;
    }
    fputs("(opcode not known on this path)", out);
}
