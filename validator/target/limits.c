/*
 * Limits of a manifest: within what the validator can represent, always; within what the claim asks for
 * (specs/limits.c), unless the user lets it be weaker.
 */
#include "validator/target/target.h"

/* Bounds of the model: blocks of memory that are laid out for a program, a piece of code, a stack. */
static const struct {
    uint32_t least, most;
} possible[SPEC_LIMITS] = {
    [SPEC_PROGRAM_SLOTS] = {2, 1u << 24}, /* an instruction may take two */
    [SPEC_BRANCH_REACH] = {0, 1u << 24},  [SPEC_HEADROOM] = {0, 100},
    [SPEC_PRELUDE_HEADROOM] = {0, 250},   [SPEC_STACK_BYTES] = {0, 4096},
};

struct constant *manifest_limit(struct manifest *m, enum spec_limit_id id)
{
    struct constant *const limits[SPEC_LIMITS] = {
        [SPEC_PROGRAM_SLOTS] = &m->program_slots,
        [SPEC_BRANCH_REACH] = &m->branch_reach,
        [SPEC_HEADROOM] = &m->headroom,
        [SPEC_STACK_BYTES] = &m->stack_bytes,
        [SPEC_PRELUDE_HEADROOM] = &m->prelude_headroom,
    };
    return limits[id];
}

uint32_t target_limit(const struct target *t, enum spec_limit_id id)
{
    struct manifest m = t->manifest;
    return manifest_limit(&m, id)->value;
}

bool limits_possible(const struct target *t, struct diag *diag)
{
    for (enum spec_limit_id i = 0; i < SPEC_LIMITS; i++) {
        uint32_t value = target_limit(t, i);
        if (value < possible[i].least || value > possible[i].most) {
            diag_set(diag, DIAG_INPUT, t->manifest_path, "\"%s\" is %u, which is not in the range of %u to %u",
                     spec_limits[i].name, value, possible[i].least, possible[i].most);
            return false;
        }
    }
    return true;
}

bool limits_met(const struct target *t, struct diag *diag)
{
    for (enum spec_limit_id i = 0; i < SPEC_LIMITS; i++) {
        const struct spec_limit *limit = &spec_limits[i];
        uint32_t value = target_limit(t, i);
        if (!spec_limit_met(i, value)) {
            diag_set(
                diag, DIAG_INPUT, t->manifest_path,
                "\"%s\" is %u %s, weaker than the %u that the claim asks for (--allow-weaker accepts and reports it)",
                limit->name, value, limit->unit, limit->bound);
            return false;
        }
    }
    return true;
}
