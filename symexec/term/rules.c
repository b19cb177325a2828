/* The rules that the constructors rewrite by: names, meanings and counts. */
#include "symexec/term/store.h"

#include <assert.h>
#include <string.h>

static const struct term_rule_info infos[RULE_COUNT] = {
    [RULE_NONE] = {"none", "the node is built as it is"},
#define RULE(rule, name, meaning) [RULE_##rule] = {name, meaning},
#include "symexec/term/rules.def"
#undef RULE
};

_Static_assert(RULE_COUNT <= UINT8_MAX + 1, "struct term_rewrite keeps a rule in a byte");

uint64_t rule_counts[RULE_COUNT];
enum term_rule rule_last;

const struct term_rule_info *term_rule_info(enum term_rule rule)
{
    assert(rule < RULE_COUNT);
    return &infos[rule];
}

uint64_t term_rule_applications(enum term_rule rule)
{
    assert(rule < RULE_COUNT);
    return rule_counts[rule];
}

void term_rule_reset(void)
{
    memset(rule_counts, 0, sizeof rule_counts);
}
