/* What a manifest asks a reader to grant beyond the contract. A proof under none of these is the whole claim. */
#include "validator/report/report.h"

#include <stdarg.h>

struct telling_to {
    void (*tell)(void *data, const char *line);
    void *data;
};

static void say(const struct telling_to *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(const struct telling_to *to, const char *format, ...)
{
    char line[256];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    to->tell(to->data, line);
}

static void weaker_limits(const struct target *t, const struct telling_to *to)
{
    for (enum spec_limit_id i = 0; i < SPEC_LIMITS; i++) {
        const struct spec_limit *limit = &spec_limits[i];
        uint32_t value = target_limit(t, i);
        if (!spec_limit_met(i, value))
            say(to, "limit %s (%s): %u %s are enough, where the contract has %u", limit->name, limit->meaning, value,
                limit->unit, limit->bound);
    }
}

static void system_instructions(const struct target *t, const struct telling_to *to)
{
    for (enum arm_system i = 0; i < ARM_SYSTEM_COUNT; i++)
        if (t->manifest.core.system_allowed & 1u << i)
            say(to, "system %s: may be executed, and has no effect on the program", arm_system_name(i));
}

static void constant_globals(const struct target *t, const struct telling_to *to)
{
    for (size_t i = 0; i < t->manifest.global_count; i++) {
        const struct global *g = &t->manifest.globals[i];
        say(to, "global %s (%u bytes at 0x%x): always holds what the ELF file has there", g->symbol, g->size,
            g->address);
    }
}

void assumptions_tell(const struct target *target, void (*tell)(void *data, const char *line), void *data)
{
    const struct telling_to to = {tell, data};
    weaker_limits(target, &to);
    system_instructions(target, &to);
    constant_globals(target, &to);
}
