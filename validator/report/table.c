/* The table for people: one line for each obligation, then counterexamples, then the sum. */
#include "validator/report/report.h"

#include <inttypes.h>

static const char *const words[] = {"proved", "REFUTED", "unknown"};
static const char *const colors[] = {"\033[32m", "\033[31m", "\033[33m"};

static void range(FILE *out, uint64_t min, uint64_t max, uint64_t scale)
{
    char text[32];
    if (max == 0)
        snprintf(text, sizeof text, "-");
    else if (min == max)
        snprintf(text, sizeof text, "%" PRIu64, max * scale);
    else
        snprintf(text, sizeof text, "%" PRIu64 "-%" PRIu64, min * scale, max * scale);
    fprintf(out, " %8s", text);
}

static void line(FILE *out, const struct result *r, bool color)
{
    fprintf(out, "%-22s %s%-8s%s", r->id, color ? colors[r->verdict] : "", words[r->verdict], color ? "\033[0m" : "");
    fprintf(out, "%7" PRIu64 "%8" PRIu64 "%8" PRIu64 "%8" PRIu64 "%10" PRIu64, r->paths, r->goals, r->by_identity,
            r->solver_calls, r->instructions);
    range(out, r->halfwords_min, r->halfwords_max, 2);
    range(out, r->arm_min, r->arm_max, 1);
    fprintf(out, "%8.2f\n", r->seconds);
}

static void assumption(void *data, const char *line)
{
    FILE *out = data;
    fprintf(out, "assumed: %s\n", line);
}

void table_print(FILE *out, const struct report *report, bool color)
{
    uint64_t count[3] = {0}, instructions = 0;
    double z3 = 0, steps = 0;
    fprintf(out, "%s\n%s, %s\n\n", report->target->elf_path, report->target->manifest.name, report->target->compiler);
    fprintf(out, "%-22s %-8s%7s%8s%8s%8s%10s %8s %8s%8s\n", "obligation", "verdict", "paths", "goals", "same", "Z3",
            "executed", "bytes", "runs", "seconds");
    for (size_t k = 0; k < report->count; k++) {
        const struct result *r = &report->results[k];
        line(out, r, color);
        count[r->verdict]++;
        instructions += r->instructions;
        z3 += r->z3_seconds;
        steps += r->step_seconds;
    }
    for (size_t k = 0; k < report->count; k++) {
        const struct result *r = &report->results[k];
        if (r->verdict == VERDICT_PROVED)
            continue;
        fprintf(out, "\n%s %s: %s\n", r->id, words[r->verdict], r->reason);
        if (r->example.text)
            fputs(r->example.text, out);
        if (r->verdict == VERDICT_REFUTED) {
            static const char *const how[] = {"NOT confirmed",
                                              "confirmed by divergence: the real code, run by an independent emulator",
                                              "confirmed by rule: the real code, run on these numbers, breaks it"};
            fprintf(out, "    %s\n", how[r->example.confirmation]);
        }
    }
    fprintf(out,
            "\n%" PRIu64 " proved, %" PRIu64 " refuted, %" PRIu64 " unknown; %" PRIu64
            " instructions executed, %.2f s on %u worker%s",
            count[0], count[1], count[2], instructions, report->seconds, report->jobs, report->jobs == 1 ? "" : "s");
    fprintf(out, " (Z3 %.2f s, executor %.2f s: %.2f us an instruction)\n", z3, steps,
            instructions ? steps * 1e6 / (double)instructions : 0);
    assumptions_tell(report->target, assumption, out);
}
