/*
 * The report: JSON, a pure function of the results. Nothing outside of "times" depends on the clock, on the number of
 * workers or on what ran before.
 */
#include "validator/report/report.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the whole ---- */

/* What a reader has to believe besides the ledger. */
static const char *const tools[] = {
    "Thumb semantics in symexec/arm (compared with an independent emulator by make test), eBPF semantics in specs",
    "the term rewriter in symexec/term (compared with the reference meaning by make test)",
    "Z3, the C compiler that builds this tool, and the processor",
};

/* Rows of the ledger that some proof rests on, and that nobody proves; routines that are believed; tools. */
static cJSON *trusted_json(const struct report *report)
{
    const struct manifest *m = &report->target->manifest;
    static const char believed[] = "TRUSTED ";
    cJSON *list = cJSON_CreateArray();
    char text[400];
    for (unsigned row = 0; row < LEDGER_ROWS; row++) {
        const struct ledger_row *l = &ledger_rows[row];
        bool used = false;
        if (strncmp(l->guarantor, believed, strlen(believed)) != 0)
            continue;
        for (size_t k = 0; k < report->count; k++)
            used |= report->results[k].relied >> row & 1;
        snprintf(text, sizeof text, "%s: %s (%s)", l->key, l->text, l->guarantor + strlen(believed));
        if (used)
            cJSON_AddItemToArray(list, cJSON_CreateString(text));
    }
    for (size_t i = 0; i < m->routine_count; i++) {
        snprintf(text, sizeof text,
                 "routine %s: keeps its contract for every argument, and the procedure-call standard",
                 m->routines[i].symbol);
        if (m->routines[i].trusted)
            cJSON_AddItemToArray(list, cJSON_CreateString(text));
    }
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(tools[i]));
    return list;
}

static void add_line(void *list, const char *line)
{
    cJSON_AddItemToArray(list, cJSON_CreateString(line));
}

static cJSON *assumptions_json(const struct target *target)
{
    cJSON *list = cJSON_CreateArray();
    assumptions_tell(target, add_line, list);
    return list;
}

static cJSON *limits_json(const struct target *target)
{
    cJSON *limits = cJSON_CreateObject();
    for (enum spec_limit_id i = 0; i < SPEC_LIMITS; i++)
        cJSON_AddNumberToObject(limits, spec_limits[i].name, target_limit(target, i));
    return limits;
}

/* Why calls of a routine may be replaced: a verdict of its own obligation, its summary, or belief. */
static cJSON *routine_json(const struct report *report, const struct routine *r)
{
    cJSON *o = cJSON_CreateObject();
    const char *state = r->trusted ? "trusted" : r->promise ? "not decided" : "summary";
    char id[sizeof r->is + 16];
    snprintf(id, sizeof id, "routine/%s", r->is);
    cJSON_AddStringToObject(o, "symbol", r->symbol);
    cJSON_AddStringToObject(o, "is", r->is);
    if (r->promise && !r->trusted) {
        for (size_t k = 0; k < report->count; k++)
            if (strcmp(report->results[k].id, id) == 0)
                state = verdict_names[report->results[k].verdict];
        cJSON_AddStringToObject(o, "obligation", id);
    }
    cJSON_AddStringToObject(o, "state", state);
    return o;
}

static cJSON *routines_json(const struct report *report)
{
    const struct manifest *m = &report->target->manifest;
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < m->routine_count; i++)
        cJSON_AddItemToArray(list, routine_json(report, &m->routines[i]));
    return list;
}

static cJSON *summary_json(const struct report *report)
{
    uint64_t verdict_count[3] = {0}, by_divergence = 0, by_rule = 0;
    struct result none = {.verdict = VERDICT_PROVED};
    cJSON *s = cJSON_CreateObject();
    for (size_t k = 0; k < report->count; k++) {
        const struct result *r = &report->results[k];
        verdict_count[r->verdict]++;
        by_divergence += r->verdict == VERDICT_REFUTED && r->example.confirmation == CONFIRMED_BY_DIVERGENCE;
        by_rule += r->verdict == VERDICT_REFUTED && r->example.confirmation == CONFIRMED_BY_RULE;
    }
    for (int v = 0; v < 3; v++)
        cJSON_AddNumberToObject(s, verdict_names[v], (double)verdict_count[v]);
    cJSON_AddNumberToObject(s, "confirmed_by_divergence", (double)by_divergence);
    cJSON_AddNumberToObject(s, "confirmed_by_rule", (double)by_rule);
    uint64_t value;
    const char *name;
    for (size_t i = 0; (name = result_counter(&none, i, &value)); i++) {
        double sum = 0;
        for (size_t k = 0; k < report->count; k++) {
            result_counter(&report->results[k], i, &value);
            sum += (double)value;
        }
        if (!strchr(name, '_') || (!strstr(name, "_min") && !strstr(name, "_max"))) /* extremes do not add up */
            cJSON_AddNumberToObject(s, name, sum);
    }
    return s;
}

static cJSON *not_covered_json(void)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < bpf_opcode_count; i++)
        if (!bpf_opcodes[i].specified)
            cJSON_AddItemToArray(list, cJSON_CreateString(bpf_opcodes[i].id));
    return list;
}

static cJSON *whole_times_json(const struct report *report)
{
    double z3 = 0, workers = 0, instructions = 0, peak = 0, steps = 0;
    cJSON *t = cJSON_CreateObject();
    for (size_t k = 0; k < report->count; k++) {
        const struct result *r = &report->results[k];
        z3 += r->z3_seconds;
        workers += r->seconds;
        steps += r->step_seconds;
        instructions += (double)r->instructions;
        peak = (double)r->peak_kib > peak ? (double)r->peak_kib : peak;
    }
    cJSON_AddNumberToObject(t, "wall_seconds", report->seconds);
    cJSON_AddNumberToObject(t, "jobs", report->jobs);
    cJSON_AddNumberToObject(t, "worker_seconds", workers);
    cJSON_AddNumberToObject(t, "z3_seconds", z3);
    cJSON_AddNumberToObject(t, "executor_seconds", steps);
    cJSON_AddNumberToObject(t, "executor_ns_per_instruction", instructions > 0 ? steps * 1e9 / instructions : 0);
    cJSON_AddNumberToObject(t, "peak_worker_kib", peak);
    cJSON *list = cJSON_AddArrayToObject(t, "obligations");
    for (size_t k = 0; k < report->count; k++)
        cJSON_AddItemToArray(list, result_times(&report->results[k]));
    return t;
}

bool report_write(const struct report *report, const char *path, struct diag *diag)
{
    const struct target *target = report->target;
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "schema", "thumbproof-report-1");
    cJSON_AddStringToObject(root, "tool", "thumbproof " THUMBPROOF_VERSION);
    cJSON *jit = cJSON_AddObjectToObject(root, "jit");
    cJSON_AddStringToObject(jit, "name", target->manifest.name);
    cJSON_AddStringToObject(jit, "path", target->elf_path);
    cJSON_AddStringToObject(jit, "manifest", target->manifest_path);
    cJSON_AddStringToObject(jit, "sha256", target->sha256);
    cJSON_AddStringToObject(jit, "manifest_sha256", target->manifest_sha256);
    cJSON_AddStringToObject(jit, "compiler", target->compiler);
    cJSON_AddStringToObject(jit, "architecture", arm_architecture_name(target->architecture));
    cJSON_AddStringToObject(jit, "core", target->manifest.core_name);
    cJSON_AddItemToObject(jit, "limits", limits_json(target));
    cJSON_AddItemToObject(jit, "routines", routines_json(report));
    cJSON_AddBoolToObject(root, "selection_only", report->selected_only);
    cJSON_AddItemToObject(root, "summary", summary_json(report));
    cJSON *list = cJSON_AddArrayToObject(root, "obligations");
    for (size_t k = 0; k < report->count; k++)
        cJSON_AddItemToArray(list, result_to_json(&report->results[k], report->reads ? RESULT_READS : 0));
    cJSON_AddItemToObject(root, "not_covered", not_covered_json());
    cJSON_AddItemToObject(root, "trusted", trusted_json(report));
    cJSON_AddItemToObject(root, "assumptions", assumptions_json(target));
    cJSON_AddItemToObject(root, "times", whole_times_json(report));
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    FILE *out = fopen(path, "w");
    bool written = out && text && fprintf(out, "%s\n", text) > 0;
    if (out)
        written &= fclose(out) == 0;
    if (!written)
        diag_set(diag, DIAG_INPUT, path, "cannot be written: %s", strerror(errno));
    free(text);
    return written;
}

int report_status(const struct report *report)
{
    bool refuted = false, unknown = false;
    for (size_t k = 0; k < report->count; k++) {
        const struct result *r = &report->results[k];
        if (r->verdict == VERDICT_REFUTED && r->example.confirmation == CONFIRMED_NOT)
            return 4; /* the engines disagree: nothing here is uninterpreted, so a model must replay */
        refuted |= r->verdict == VERDICT_REFUTED;
        unknown |= r->verdict == VERDICT_UNKNOWN;
    }
    return refuted ? 1 : unknown ? 3 : 0;
}
