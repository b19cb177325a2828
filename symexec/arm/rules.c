/* The error rules: one row for each enum arm_rule. Sections are of DDI 0403E unless they say AAPCS. */
#include "symexec/arm/internal.h"

#include <assert.h>
#include <stdarg.h>

static const struct arm_rule_info rules[] = {
    [ARM_RULE_NONE] = {"none", "no rule is broken", ""},
    [ARM_UNDEFINED] = {"undefined-encoding", "the encoding is UNDEFINED or not in the table", "A5.1.2"},
    [ARM_UNPREDICTABLE] = {"unpredictable", "the encoding, its operands or its place in an IT block are UNPREDICTABLE",
                           "A5.1.2"},
    [ARM_USES_UNDEFINED] = {"uses-undefined", "a branch, an address or a result depends on an undefined value",
                            "AAPCS 6.1.1"},
    [ARM_USES_ADDRESS] = {"uses-address", "a decision depends on where a private block is, which is no declared input",
                          "AAPCS 4.1"},
    [ARM_BAD_ADDRESS] = {"bad-address", "access outside of every block, or beyond the bounds of its block", "B3.1"},
    [ARM_BAD_PERMISSION] = {"bad-permission", "store to a read-only block, or execution of data", "B3.5.3"},
    [ARM_UNALIGNED] = {"unaligned-access", "unaligned access where the core faults", "A3.2.1"},
    [ARM_BELOW_SP] = {"store-below-sp", "store below the stack pointer, where an interrupt may write", "AAPCS 6.2.1.1"},
    [ARM_BAD_SP] = {"bad-sp", "the stack pointer is not a known word-aligned place in its stack", "B1.4.7"},
    [ARM_BAD_BRANCH] = {"bad-branch", "the branch target is not code, or bit 0 of an interworking target is clear",
                        "A4.1.1"},
    [ARM_DIVIDE_BY_ZERO] = {"divide-by-zero", "division by zero where the core traps", "B1.5.14"},
    [ARM_SYSTEM] = {"system-effect", "an instruction that acts on more than registers and memory, and is not allowed to",
                    "B1.5"},
    [ARM_UNSUPPORTED] = {"unsupported", "a valid encoding that the model leaves out", "A7.7"},
};

const struct arm_rule_info *arm_rule_info(enum arm_rule rule)
{
    assert((size_t)rule < sizeof rules / sizeof *rules);
    return &rules[rule];
}

bool arm_break(struct arm_state *s, enum arm_rule rule, const char *format, ...)
{
    va_list list;
    s->broken = rule;
    s->unless = NULL;
    va_start(list, format);
    vsnprintf(s->detail, sizeof s->detail, format, list);
    va_end(list);
    return false;
}
