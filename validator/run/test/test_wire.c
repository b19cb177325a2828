/* Results as JSON and back: every field survives, and what is no result is refused. */
#include "validator/run/run.h"

#include <cjson/cJSON.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every counter has a value of its own, among them the largest of 15 digits, which are exact as JSON. */
static struct result full_result(void)
{
    struct result r = {
        .id = "insn/add64_imm",
        .domain = "every imm, \"quoted\"\\ and\ta line\nmore",
        .verdict = VERDICT_REFUTED,
        .reason = "emitted code: r3 high word (sp+16) differs from the specification",
        .paths = 1,
        .forks = 2,
        .goals = 3,
        .by_identity = 4,
        .cached = 5,
        .instructions = UINT64_C(999999999999999),
        .solver_calls = 7,
        .solver_steps = UINT64_C(0x100000000),
        .halfwords_min = 9,
        .halfwords_max = 10,
        .arm_min = 11,
        .arm_max = 12,
        .z3_seconds = 0.25,
        .step_seconds = 0.5,
        .seconds = 1.125,
        .peak_kib = 13,
        .rewrites = 14,
        .example = {CONFIRMED_BY_RULE, NULL},
    };
    r.example.text = strdup("first line\n\tsecond \"line\"\n");
    assert_non_null(r.example.text);
    return r;
}

static char *to_text(const struct result *r, unsigned with)
{
    cJSON *o = result_to_json(r, with);
    assert_non_null(o);
    char *text = cJSON_PrintUnformatted(o);
    assert_non_null(text);
    cJSON_Delete(o);
    return text;
}

static struct result there_and_back(const struct result *r, unsigned with)
{
    struct result back;
    char *text = to_text(r, with);
    memset(&back, 0xa5, sizeof back); /* nothing of what was there before may show */
    assert_true(result_from_json(text, &back));
    free(text);
    return back;
}

static void same_counters(const struct result *a, const struct result *b)
{
    assert_int_equal(a->paths, b->paths);
    assert_int_equal(a->forks, b->forks);
    assert_int_equal(a->goals, b->goals);
    assert_int_equal(a->by_identity, b->by_identity);
    assert_int_equal(a->cached, b->cached);
    assert_int_equal(a->instructions, b->instructions);
    assert_int_equal(a->solver_calls, b->solver_calls);
    assert_int_equal(a->solver_steps, b->solver_steps);
    assert_int_equal(a->halfwords_min, b->halfwords_min);
    assert_int_equal(a->halfwords_max, b->halfwords_max);
    assert_int_equal(a->arm_min, b->arm_min);
    assert_int_equal(a->arm_max, b->arm_max);
    assert_int_equal(a->rewrites, b->rewrites);
}

static void every_field_survives(void **state)
{
    (void)state;
    struct result r = full_result(), back = there_and_back(&r, RESULT_TIMES);
    same_counters(&r, &back);
    assert_string_equal(back.id, r.id);
    assert_string_equal(back.domain, r.domain);
    assert_string_equal(back.reason, r.reason);
    assert_int_equal(back.verdict, r.verdict);
    assert_true(back.z3_seconds == r.z3_seconds && back.step_seconds == r.step_seconds && back.seconds == r.seconds);
    assert_int_equal(back.peak_kib, r.peak_kib);
    assert_int_equal(back.example.confirmation, r.example.confirmation);
    assert_string_equal(back.example.text, r.example.text);
    free(back.example.text);
    free(r.example.text);
}

static void the_longest_strings_survive(void **state)
{
    (void)state;
    struct result r = {.verdict = VERDICT_UNKNOWN};
    memset(r.id, 'i', sizeof r.id - 1);
    memset(r.domain, 'd', sizeof r.domain - 1);
    memset(r.reason, '"', sizeof r.reason - 1);
    struct result back = there_and_back(&r, 0);
    assert_string_equal(back.id, r.id);
    assert_string_equal(back.domain, r.domain);
    assert_string_equal(back.reason, r.reason);
}

/* What a text claims cannot write beyond a field. */
static void longer_strings_are_cut(void **state)
{
    (void)state;
    struct result back;
    cJSON *o = cJSON_CreateObject();
    char *much = malloc(100001);
    assert_non_null(much);
    memset(much, 'x', 100000);
    much[100000] = '\0';
    cJSON_AddStringToObject(o, "id", much);
    cJSON_AddStringToObject(o, "verdict", "unknown");
    cJSON_AddStringToObject(o, "domain", much);
    cJSON_AddStringToObject(o, "reason", much);
    char *text = cJSON_PrintUnformatted(o);
    if (result_from_json(text, &back)) { /* to refuse it would be as good */
        assert_int_equal(strlen(back.id), sizeof back.id - 1);
        assert_int_equal(strlen(back.domain), sizeof back.domain - 1);
        assert_int_equal(strlen(back.reason), sizeof back.reason - 1);
    }
    free(text);
    free(much);
    cJSON_Delete(o);
}

static void each_verdict_and_confirmation_survives(void **state)
{
    static const enum verdict verdicts[] = {VERDICT_PROVED, VERDICT_REFUTED, VERDICT_UNKNOWN};
    static const enum confirmation confirmations[] = {CONFIRMED_NOT, CONFIRMED_BY_DIVERGENCE, CONFIRMED_BY_RULE};
    (void)state;
    for (size_t v = 0; v < 3; v++)
        for (size_t c = 0; c < 4; c++) {
            char text[] = "text";
            struct result r = {.id = "stub/fuel", .verdict = verdicts[v], .reason = "why"};
            if (c < 3)
                r.example = (struct counterexample){confirmations[c], text};
            struct result back = there_and_back(&r, 0);
            assert_int_equal(back.verdict, verdicts[v]);
            assert_string_equal(back.reason, v == 0 ? "" : "why"); /* what is proved has no reason */
            if (c < 3) {
                assert_int_equal(back.example.confirmation, confirmations[c]);
                assert_string_equal(back.example.text, text);
            } else {
                assert_null(back.example.text);
            }
            free(back.example.text);
        }
    assert_string_equal(verdict_names[VERDICT_PROVED], "proved");
    assert_string_equal(verdict_names[VERDICT_REFUTED], "refuted");
    assert_string_equal(verdict_names[VERDICT_UNKNOWN], "unknown");
}

static void times_are_apart(void **state)
{
    (void)state;
    struct result r = full_result(), other = r;
    other.seconds = other.z3_seconds = other.step_seconds = 99;
    other.peak_kib = 99;
    char *a = to_text(&r, 0), *b = to_text(&other, 0);
    assert_string_equal(a, b);
    struct result back = there_and_back(&r, 0);
    same_counters(&r, &back);
    assert_true(back.seconds == 0 && back.z3_seconds == 0 && back.step_seconds == 0 && back.peak_kib == 0);
    free(back.example.text);
    free(a);
    free(b);
    free(r.example.text);
}

static void counters_by_name(void **state)
{
    (void)state;
    struct result r = full_result();
    cJSON *o = result_to_json(&r, false);
    uint64_t value,
        sum = 0,
        expected = 1 + 2 + 3 + 4 + 5 + UINT64_C(999999999999999) + 7 + (UINT64_C(1) << 32) + 9 + 10 + 11 + 12 + 14;
    size_t count = 0;
    const char *name;
    for (; (name = result_counter(&r, count, &value)); count++) {
        uint64_t unused;
        for (size_t i = 0; i < count; i++)
            assert_string_not_equal(result_counter(&r, i, &unused), name);
        assert_true(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(o, name)) == (double)value);
        sum += value;
    }
    assert_int_equal(count, 13);
    assert_int_equal(sum, expected); /* each counter once */
    assert_null(result_counter(&r, SIZE_MAX, &value));
    cJSON_Delete(o);
    free(r.example.text);
}

/* The last range ends where addresses do. */
static void reads_survive_if_they_are_wanted(void **state)
{
    static const struct arm_range ranges[] = {{0x8000, 0x8010}, {0x9ffe, 0xa000}, {0xfffffffe, UINT64_C(0x100000000)}};
    (void)state;
    struct result r = {.verdict = VERDICT_PROVED};
    for (size_t i = 0; i < 3; i++)
        arm_ranges_add(&r.reads, ranges[i]);
    struct result without = there_and_back(&r, RESULT_TIMES), with = there_and_back(&r, RESULT_READS);
    char *text = to_text(&r, RESULT_READS);
    assert_non_null(strstr(text, "\"reads\":[[\"0x8000\",\"0x8010\"],[\"0x9ffe\",\"0xa000\"],"));
    assert_int_equal(without.reads.count, 0);
    assert_int_equal(with.reads.count, 3);
    assert_memory_equal(with.reads.items, ranges, sizeof ranges);
    free(text);
    result_free(&with);
    result_free(&r);
}

/* ---- what is no result ---- */

#define ID "\"id\":\"insn/ja\","
#define DOMAIN "\"domain\":\"\""

static void malformed_texts_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "null",
        "true",
        "7",
        "\"proved\"",
        "[]",
        "[{" ID "\"verdict\":\"proved\"," DOMAIN "}]",
        "{}",
        "{" ID "\"verdict\":\"proved\"}",
        "{\"verdict\":\"proved\"," DOMAIN "}",
        "{" ID DOMAIN "}",
        "{" ID "\"verdict\":\"Proved\"," DOMAIN "}",
        "{" ID "\"verdict\":\"\"," DOMAIN "}",
        "{" ID "\"verdict\":\"proved \"," DOMAIN "}",
        "{" ID "\"verdict\":0," DOMAIN "}",
        "{" ID "\"verdict\":null," DOMAIN "}",
        "{" ID "\"verdict\":[\"proved\"]," DOMAIN "}",
        "{\"id\":7,\"verdict\":\"proved\"," DOMAIN "}",
        "{" ID "\"verdict\":\"proved\",\"domain\":{}}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"counterexample\":{}}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"counterexample\":7}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"counterexample\":{\"confirmed\":\"yes\",\"text\":\"\"}}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"counterexample\":{\"confirmed\":1,\"text\":\"\"}}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",}",
        "{" ID "\"verdict\":\"proved\" " DOMAIN "}",
        "{" ID "\"verdict\":\"proved\",\"domain\":\"\\u12\"}",
        "{" ID "\"verdict\":\"proved\",\"domain\":\"\\ud800\"}",
        "\xff\xfe{",
        "{" ID "\"verdict\":\"proved\"," DOMAIN "} garbage",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"paths\":\"many\"}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"paths\":1.5}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"paths\":-1}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"paths\":1e300}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"counterexample\":{\"confirmed\":\"no\"}}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":7}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[7]}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[[]]}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[[1,2]]}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[[\"0x8\"]]}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[[\"0x8\",\"\"]]}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[[\"0x8\",\"0xz\"]]}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[[\"0x8\",\"0x8\"]]}",
        "{" ID "\"verdict\":\"proved\"," DOMAIN ",\"reads\":[[\"0x8\",\"0x9\"],[\"0x8\",\"10\"]]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct result r;
        if (result_from_json(texts[i], &r))
            fail_msg("accepted: %s", texts[i]);
    }
    struct result r; /* these rows differ from a good one in one thing each */
    assert_true(result_from_json("{" ID "\"verdict\":\"proved\"," DOMAIN "}", &r));
}

static void a_truncated_text_is_refused(void **state)
{
    (void)state;
    for (unsigned with = 0; with <= (RESULT_TIMES | RESULT_READS); with++) {
        struct result r = full_result();
        char *text = to_text(&r, with);
        for (size_t length = 0; length < strlen(text); length++) {
            struct result back;
            char *part = strndup(text, length); /* its own memory, so that a sanitizer sees a read beyond the end */
            assert_non_null(part);
            if (result_from_json(part, &back))
                fail_msg("accepted the first %zu bytes", length);
            free(part);
        }
        free(text);
        free(r.example.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_survives),
        cmocka_unit_test(the_longest_strings_survive),
        cmocka_unit_test(longer_strings_are_cut),
        cmocka_unit_test(each_verdict_and_confirmation_survives),
        cmocka_unit_test(times_are_apart),
        cmocka_unit_test(counters_by_name),
        cmocka_unit_test(reads_survive_if_they_are_wanted),
        cmocka_unit_test(malformed_texts_are_refused),
        cmocka_unit_test(a_truncated_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
