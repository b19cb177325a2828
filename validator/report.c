/*
 * The report: JSON, a pure function of the results. Nothing outside of "times" depends on the clock, on the number of
 * workers or on what ran before.
 */
#include "validator/validator.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdicts[] = {"proved", "refuted", "unknown"};
static const char *const confirmations[] = {"no", "by divergence", "by rule"};

/* Counters of a result, by name: written and read through the same table. */
static const struct {
    const char *name;
    size_t offset;
} counters[] = {
    {"paths", offsetof(struct result, paths)},
    {"forks", offsetof(struct result, forks)},
    {"goals", offsetof(struct result, goals)},
    {"by_identity", offsetof(struct result, by_identity)},
    {"cached", offsetof(struct result, cached)},
    {"instructions", offsetof(struct result, instructions)},
    {"solver_calls", offsetof(struct result, solver_calls)},
    {"solver_steps", offsetof(struct result, solver_steps)},
    {"rewrites_audited", offsetof(struct result, rewrites)},
    {"halfwords_min", offsetof(struct result, halfwords_min)},
    {"halfwords_max", offsetof(struct result, halfwords_max)},
    {"executed_min", offsetof(struct result, arm_min)},
    {"executed_max", offsetof(struct result, arm_max)},
};

enum { COUNTERS = sizeof counters / sizeof *counters };

static uint64_t *counter(const struct result *r, size_t i)
{
    return (uint64_t *)((char *)(uintptr_t)r + counters[i].offset);
}

/* Without times: what two runs must agree on. */
static cJSON *obligation_json(const struct result *r)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "id", r->id);
    cJSON_AddStringToObject(o, "verdict", verdicts[r->verdict]);
    cJSON_AddStringToObject(o, "domain", r->domain);
    for (size_t i = 0; i < COUNTERS; i++)
        cJSON_AddNumberToObject(o, counters[i].name, (double)*counter(r, i));
    if (r->verdict != VERDICT_PROVED)
        cJSON_AddStringToObject(o, "reason", r->reason);
    if (r->example.text) {
        cJSON *example = cJSON_AddObjectToObject(o, "counterexample");
        cJSON_AddStringToObject(example, "confirmed", confirmations[r->example.confirmation]);
        cJSON_AddStringToObject(example, "text", r->example.text);
    }
    return o;
}

static cJSON *times_json(const struct result *r)
{
    cJSON *t = cJSON_CreateObject();
    cJSON_AddStringToObject(t, "id", r->id);
    cJSON_AddNumberToObject(t, "seconds", r->seconds);
    cJSON_AddNumberToObject(t, "z3_seconds", r->z3_seconds);
    cJSON_AddNumberToObject(t, "executor_seconds", r->step_seconds);
    cJSON_AddNumberToObject(t, "peak_kib", (double)r->peak_kib);
    return t;
}

char *result_to_json(const struct result *r)
{
    cJSON *o = obligation_json(r);
    cJSON_AddItemToObject(o, "times", times_json(r));
    char *text = cJSON_PrintUnformatted(o);
    cJSON_Delete(o);
    return text;
}

static const char *string(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static double real(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static int find(const char *name, const char *const *names, int count)
{
    int i = 0;
    while (name && i < count && strcmp(names[i], name) != 0)
        i++;
    return name && i < count ? i : -1;
}

bool result_from_json(const char *text, struct result *r)
{
    cJSON *o = cJSON_Parse(text);
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(o, "times"),
                *example = cJSON_GetObjectItemCaseSensitive(o, "counterexample");
    const char *id = string(o, "id"), *domain = string(o, "domain"), *reason = string(o, "reason");
    int verdict = find(string(o, "verdict"), verdicts, 3),
        confirmation = example ? find(string(example, "confirmed"), confirmations, 3) : 0;
    bool good = id && domain && verdict >= 0 && confirmation >= 0;
    *r = (struct result){0};
    if (good) {
        r->verdict = (enum verdict)verdict;
        snprintf(r->id, sizeof r->id, "%s", id);
        snprintf(r->domain, sizeof r->domain, "%s", domain);
        snprintf(r->reason, sizeof r->reason, "%s", reason ? reason : "");
        for (size_t i = 0; i < COUNTERS; i++)
            *counter(r, i) = (uint64_t)real(o, counters[i].name);
        r->seconds = real(times, "seconds");
        r->z3_seconds = real(times, "z3_seconds");
        r->step_seconds = real(times, "executor_seconds");
        r->peak_kib = (uint64_t)real(times, "peak_kib");
        if (example && string(example, "text")) {
            r->example.confirmation = (enum confirmation)confirmation;
            r->example.text = strdup(string(example, "text"));
        }
    }
    cJSON_Delete(o);
    return good;
}

/* ---- the whole ---- */

/* What a reader has to believe besides the proofs: assumptions whose guarantor is not proved yet, and tools. */
static const char *const trusted[] = {
    "preflight: programs that it accepts are well-formed (registers, reserved fields, jump targets)",
    "compile: the driver calls emit once for each instruction, in order, with the final offset table in the second pass, and never overwrites "
    "code; an entry of the offset table is a position inside the buffer",
    "code memory: the buffer is executable, 4-aligned and not written after compilation; caches are handled by the caller",
    "entry: the caller passes a VM block of its own and a stack with room for the frame",
    "Thumb semantics in symexec/arm (compared with an independent emulator by make test), eBPF semantics in specs",
    "the term rewriter in symexec/term (compared with the reference meaning by make test)",
    "Z3, the C compiler that builds this tool, and the processor",
};

static cJSON *trusted_json(const struct manifest *m)
{
    cJSON *list = cJSON_CreateStringArray(trusted, sizeof trusted / sizeof *trusted);
    for (size_t i = 0; i < m->contract_count; i++) {
        const struct path_contract *c = &m->contracts[i];
        char text[160];
        if (c->kind == PATH_MODIFIED_IMMEDIATE || c->kind == PATH_SUMMARY) /* proved, or computed */
            continue;
        snprintf(text, sizeof text,
                 "routine %s: keeps its contract for every argument, and the procedure-call standard", c->symbol);
        cJSON_AddItemToArray(list, cJSON_CreateString(text));
    }
    return list;
}

static cJSON *summary_json(const struct report *report)
{
    uint64_t verdict_count[3] = {0}, sums[COUNTERS] = {0}, by_divergence = 0, by_rule = 0;
    cJSON *s = cJSON_CreateObject();
    for (size_t k = 0; k < report->count; k++) {
        const struct result *r = &report->results[k];
        verdict_count[r->verdict]++;
        by_divergence += r->verdict == VERDICT_REFUTED && r->example.confirmation == CONFIRMED_BY_DIVERGENCE;
        by_rule += r->verdict == VERDICT_REFUTED && r->example.confirmation == CONFIRMED_BY_RULE;
        for (size_t i = 0; i < COUNTERS; i++)
            sums[i] += *counter(r, i);
    }
    for (int v = 0; v < 3; v++)
        cJSON_AddNumberToObject(s, verdicts[v], (double)verdict_count[v]);
    cJSON_AddNumberToObject(s, "confirmed_by_divergence", (double)by_divergence);
    cJSON_AddNumberToObject(s, "confirmed_by_rule", (double)by_rule);
    for (size_t i = 0; i < COUNTERS && strncmp(counters[i].name, "halfwords", 9) != 0; i++)
        cJSON_AddNumberToObject(s, counters[i].name, (double)sums[i]);
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
        cJSON_AddItemToArray(list, times_json(&report->results[k]));
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
    cJSON_AddStringToObject(jit, "compiler", target->compiler);
    cJSON_AddBoolToObject(root, "selection_only", report->selected_only);
    cJSON_AddItemToObject(root, "summary", summary_json(report));
    cJSON *list = cJSON_AddArrayToObject(root, "obligations");
    for (size_t k = 0; k < report->count; k++)
        cJSON_AddItemToArray(list, obligation_json(&report->results[k]));
    cJSON_AddItemToObject(root, "not_covered", not_covered_json());
    cJSON_AddItemToObject(root, "trusted", trusted_json(&target->manifest));
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
