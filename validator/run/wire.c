/* Results as JSON: what a worker sends, and what a report is made of. Nothing outside of "times" depends on the clock, on the
 * number of workers or on what ran before. */
#include "validator/run/run.h"

#include <cjson/cJSON.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const verdict_names[3] = {"proved", "refuted", "unknown"};
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

const char *result_counter(const struct result *r, size_t i, uint64_t *value)
{
    if (i >= COUNTERS)
        return NULL;
    *value = *counter(r, i);
    return counters[i].name;
}

cJSON *result_times(const struct result *r)
{
    cJSON *t = cJSON_CreateObject();
    cJSON_AddStringToObject(t, "id", r->id);
    cJSON_AddNumberToObject(t, "seconds", r->seconds);
    cJSON_AddNumberToObject(t, "z3_seconds", r->z3_seconds);
    cJSON_AddNumberToObject(t, "executor_seconds", r->step_seconds);
    cJSON_AddNumberToObject(t, "peak_kib", (double)r->peak_kib);
    return t;
}

/* Addresses as text, as people know them: [["0x8000", "0x8010"], ...]. */
static cJSON *reads_to_json(const struct arm_ranges *reads)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < reads->count; i++) {
        char from[20], to[20];
        snprintf(from, sizeof from, "0x%" PRIx64, reads->items[i].from);
        snprintf(to, sizeof to, "0x%" PRIx64, reads->items[i].to);
        cJSON_AddItemToArray(list, cJSON_CreateStringArray((const char *const[]){from, to}, 2));
    }
    return list;
}

cJSON *result_to_json(const struct result *r, unsigned with)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "id", r->id);
    cJSON_AddStringToObject(o, "verdict", verdict_names[r->verdict]);
    cJSON_AddStringToObject(o, "domain", r->domain);
    for (size_t i = 0; i < COUNTERS; i++)
        cJSON_AddNumberToObject(o, counters[i].name, (double)*counter(r, i));
    cJSON *relies = cJSON_AddArrayToObject(o, "relies_on");
    for (unsigned i = 0; i < LEDGER_ROWS; i++)
        if (r->relied >> i & 1)
            cJSON_AddItemToArray(relies, cJSON_CreateString(ledger_rows[i].key));
    if (r->verdict != VERDICT_PROVED)
        cJSON_AddStringToObject(o, "reason", r->reason);
    if (*r->goal)
        cJSON_AddStringToObject(o, "goal", r->goal);
    if (r->example.text) {
        cJSON *example = cJSON_AddObjectToObject(o, "counterexample");
        cJSON_AddStringToObject(example, "confirmed", confirmations[r->example.confirmation]);
        cJSON_AddStringToObject(example, "text", r->example.text);
    }
    if (with & RESULT_READS)
        cJSON_AddItemToObject(o, "reads", reads_to_json(&r->reads));
    if (with & RESULT_TIMES)
        cJSON_AddItemToObject(o, "times", result_times(r));
    return o;
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

/* A count that a double holds exactly; one that is absent is 0. */
static bool read_count(const cJSON *object, const char *key, uint64_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    *out = 0;
    if (!item)
        return true;
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 0x1p53))
        return false;
    *out = (uint64_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static bool read_relied(const cJSON *object, struct result *r)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "relies_on"))
    {
        unsigned i = 0;
        while (i < LEDGER_ROWS && !(cJSON_IsString(item) && strcmp(item->valuestring, ledger_rows[i].key) == 0))
            i++;
        if (i == LEDGER_ROWS)
            return false;
        r->relied |= UINT32_C(1) << i;
    }
    return true;
}

static bool read_address(const cJSON *item, uint64_t *address)
{
    char *end;
    if (!cJSON_IsString(item) || strncmp(item->valuestring, "0x", 2) != 0)
        return false;
    *address = strtoull(item->valuestring, &end, 16);
    return end > item->valuestring + 2 && !*end;
}

/* Ranges that are absent are none. */
static bool read_reads(const cJSON *list, struct arm_ranges *reads)
{
    const cJSON *pair;
    bool good = !list || cJSON_IsArray(list);
    cJSON_ArrayForEach(pair, list)
    {
        struct arm_range range;
        good = good && cJSON_GetArraySize(pair) == 2 && read_address(cJSON_GetArrayItem(pair, 0), &range.from) &&
               read_address(cJSON_GetArrayItem(pair, 1), &range.to) && range.from < range.to;
        if (!good)
            return false;
        arm_ranges_add(reads, range);
    }
    return good;
}

bool result_from_json(const char *text, struct result *r)
{
    cJSON *o = cJSON_ParseWithOpts(text, NULL, true);
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(o, "times"),
                *example = cJSON_GetObjectItemCaseSensitive(o, "counterexample");
    const char *id = string(o, "id"), *domain = string(o, "domain"), *reason = string(o, "reason"),
               *goal = string(o, "goal");
    int verdict = find(string(o, "verdict"), verdict_names, 3),
        confirmation = example ? find(string(example, "confirmed"), confirmations, 3) : 0;
    bool good = id && domain && verdict >= 0 && confirmation >= 0 && (!example || string(example, "text"));
    *r = (struct result){0};
    for (size_t i = 0; i < COUNTERS && good; i++)
        good = read_count(o, counters[i].name, counter(r, i));
    good = good && read_relied(o, r) && read_count(times, "peak_kib", &r->peak_kib) &&
           read_reads(cJSON_GetObjectItemCaseSensitive(o, "reads"), &r->reads);
    if (!good)
        result_free(r);
    if (good) {
        r->verdict = (enum verdict)verdict;
        snprintf(r->id, sizeof r->id, "%s", id);
        snprintf(r->domain, sizeof r->domain, "%s", domain);
        snprintf(r->reason, sizeof r->reason, "%s", reason ? reason : "");
        snprintf(r->goal, sizeof r->goal, "%s", goal ? goal : "");
        r->seconds = real(times, "seconds");
        r->z3_seconds = real(times, "z3_seconds");
        r->step_seconds = real(times, "executor_seconds");
        if (example) {
            r->example.confirmation = (enum confirmation)confirmation;
            r->example.text = strdup(string(example, "text"));
        }
    }
    cJSON_Delete(o);
    return good;
}
