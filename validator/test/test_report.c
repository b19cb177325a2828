/* Reports: complete, the same for any number of workers, and written or refused. */
#include "validator/test/tool.h"

#include "symexec/arm/arm.h"
#include "symexec/term/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

static const char *deciding(const char *jobs, const char *name)
{
    const char *report = at(name);
    struct outcome *o = RUN("validate-all", "--quiet", "--jobs", jobs, "--opcode", "mov64", "--opcode", "prologue",
                            "--opcode", "exit", "--report", report);
    assert_int_equal(o->status, 0);
    assert_string_equal(o->out, "");
    assert_string_equal(o->err, "");
    return report;
}

/* The report as text, without its times. */
static char *timeless(const char *path)
{
    struct bytes b = slurp(path);
    cJSON *root = cJSON_Parse((char *)b.data);
    assert_non_null(root);
    assert_true(cJSON_HasObjectItem(root, "times"));
    cJSON_DeleteItemFromObject(root, "times");
    char *text = cJSON_Print(root);
    cJSON_Delete(root);
    free(b.data);
    return text;
}

static void reports_do_not_depend_on_workers(void **state)
{
    (void)state;
    char *one = timeless(deciding("1", "one.json"));
    char *two = timeless(deciding("2", "two.json"));
    char *again = timeless(deciding("2", "again.json"));
    assert_string_equal(one, two);
    assert_string_equal(two, again);
    free(one);
    free(two);
    free(again);
}

static void reports_are_complete(void **state)
{
    (void)state;
    static const char *const keys[] = {"schema",      "tool",    "jit",   "summary",    "obligations",
                                       "not_covered", "trusted", "times", "assumptions"};
    static const char *const jit_keys[] = {"name",     "path", "manifest", "sha256",   "manifest_sha256",
                                           "compiler", "core", "limits",   "routines", "architecture"};
    static const char *const obligation_keys[] = {"id",    "verdict",     "domain",       "paths",
                                                  "goals", "by_identity", "instructions", "solver_steps"};
    struct bytes b = slurp(deciding("2", "complete.json"));
    cJSON *root = cJSON_Parse((char *)b.data), *obligation;
    free(b.data);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_true(cJSON_HasObjectItem(root, keys[i]));
    for (size_t i = 0; i < sizeof jit_keys / sizeof *jit_keys; i++)
        assert_true(cJSON_HasObjectItem(cJSON_GetObjectItem(root, "jit"), jit_keys[i]));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "assumptions")), 0);
    int count = 0;
    cJSON_ArrayForEach(obligation, cJSON_GetObjectItem(root, "obligations"))
    {
        for (size_t i = 0; i < sizeof obligation_keys / sizeof *obligation_keys; i++)
            assert_true(cJSON_HasObjectItem(obligation, obligation_keys[i]));
        count++;
    }
    assert_int_equal(count, 4);
    assert_int_equal(cJSON_GetObjectItem(cJSON_GetObjectItem(root, "summary"), "proved")->valueint, 4);
    cJSON_Delete(root);
}

/* Whether a proof has read the first byte of a function. */
static bool has_read(const cJSON *report, const char *id, const char *function)
{
    struct diag diag;
    uint32_t address, size;
    struct arm_image *image = arm_image_open(ELF, &diag);
    const cJSON *obligation, *range;
    bool found = false;
    assert_non_null(image);
    assert_true(arm_image_symbol(image, function, &address, &size));
    arm_image_close(image);
    cJSON_ArrayForEach(obligation, cJSON_GetObjectItem(report, "obligations"))
    {
        if (strcmp(cJSON_GetObjectItem(obligation, "id")->valuestring, id) != 0)
            continue;
        cJSON_ArrayForEach(range, cJSON_GetObjectItem(obligation, "reads"))
        {
            found |= address >= strtoul(cJSON_GetArrayItem(range, 0)->valuestring, NULL, 16) &&
                     address < strtoul(cJSON_GetArrayItem(range, 1)->valuestring, NULL, 16);
        }
    }
    return found;
}

/* What compiles the instruction, and the prelude for whoever needs it; nothing of what is trusted. */
static void reads_are_told_if_they_are_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *id, *function;
        bool is_read;
    } rows[] = {{"insn/lddw", "jit_emit", true},         {"insn/lddw", "jit_emit_lddw", true},
                {"insn/lddw", "thumb_push", false},      {"insn/exit", "jit_prelude", true},
                {"prologue", "jit_prelude", true},       {"prologue", "jit_emit", false},
                {"prologue", "jit_homes_default", true}, {"prologue", "tp_check", false}};
    const char *without = at("without.json"), *with = at("with.json");
    assert_int_equal(RUN("validate-all", "-q", "-o", "lddw", "-o", "exit", "-o", "prologue", "-r", without)->status, 0);
    assert_int_equal(
        RUN("validate-all", "-q", "-o", "lddw", "-o", "exit", "-o", "prologue", "-r", with, "--reads")->status, 0);
    struct bytes b = slurp(with);
    cJSON *root = cJSON_Parse((char *)b.data), *obligation;
    free(b.data);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (has_read(root, rows[i].id, rows[i].function) != rows[i].is_read)
            fail_msg("%s has %sread %s", rows[i].id, rows[i].is_read ? "not " : "", rows[i].function);
    cJSON_ArrayForEach(obligation, cJSON_GetObjectItem(root, "obligations"))
        cJSON_DeleteItemFromObject(obligation, "reads");
    cJSON_DeleteItemFromObject(root, "times");
    char *rest = cJSON_Print(root), *plain = timeless(without);
    assert_string_equal(rest, plain);
    free(rest);
    free(plain);
    cJSON_Delete(root);
}

/* The value of "jit" in a report, which belongs to *root. */
static cJSON *jit_of(const char *path, cJSON **root)
{
    struct bytes b = slurp(path);
    *root = cJSON_Parse((char *)b.data);
    free(b.data);
    assert_non_null(*root);
    return cJSON_GetObjectItem(*root, "jit");
}

static void reports_say_what_was_proved(void **state)
{
    (void)state;
    static const char *const states[][3] = {{"jit_modimm", "proved", "routine/modimm"},
                                            {"jit_div64", "not decided", "routine/div64"},
                                            {"jit_mod64", "trusted", NULL}};
    const char *report = at("routines.json");
    cJSON *root, *item;
    assert_int_equal(RUN("validate-all", "--quiet", "--opcode", "routine/modimm", "--report", report)->status, 0);
    cJSON *jit = jit_of(report, &root);
    assert_int_equal(cJSON_GetObjectItem(cJSON_GetObjectItem(jit, "limits"), "stack_bytes")->valueint, 104);
    assert_int_equal(cJSON_GetObjectItem(cJSON_GetObjectItem(jit, "limits"), "program_slots")->valueint, 1 << 20);
    assert_string_equal(cJSON_GetObjectItem(jit, "architecture")->valuestring, "ARMv7-M");
    assert_int_equal(strlen(cJSON_GetObjectItem(jit, "manifest_sha256")->valuestring), 64);
    assert_string_not_equal(cJSON_GetObjectItem(jit, "manifest_sha256")->valuestring,
                            cJSON_GetObjectItem(jit, "sha256")->valuestring);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        item = cJSON_GetArrayItem(cJSON_GetObjectItem(jit, "routines"), (int)i);
        assert_string_equal(cJSON_GetObjectItem(item, "symbol")->valuestring, states[i][0]);
        assert_string_equal(cJSON_GetObjectItem(item, "state")->valuestring, states[i][1]);
        if (states[i][2])
            assert_string_equal(cJSON_GetObjectItem(item, "obligation")->valuestring, states[i][2]);
        else
            assert_null(cJSON_GetObjectItem(item, "obligation"));
    }
    cJSON_Delete(root);
}

/* What a manifest may do to the claim stands in the report and in the table. */
static void reports_tell_assumptions(void **state)
{
    (void)state;
    static const struct {
        const char *after, *from, *to, *line;
    } rows[] = {
        {"\"limits\"", "1048000", "4096",
         "limit branch_reach (how far a jump reaches from its own code): 4096 bytes are enough, where the contract has "
         "1000000"},
        {"", "\"div_0_trap\"", "\"system\": [\"DMB\"], \"div_0_trap\"",
         "system DMB: may be executed, and has no effect on the program"},
        {"", "\"emit\"", "\"globals\": [\"jit_routines\"], \"emit\"", "global jit_routines (16 bytes at 0x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *report = at("assumed.json");
        struct outcome *o = RUN("validate-all", "--allow-weaker", "--opcode", "exit", "--report", report, "--manifest",
                                edited(rows[i].after, rows[i].from, rows[i].to));
        cJSON *root;
        assert_int_equal(o->status, 0);
        const char *told = strstr(o->out, "assumed: ");
        assert_non_null(told);
        assert_int_equal(strncmp(told + strlen("assumed: "), rows[i].line, strlen(rows[i].line)), 0);
        jit_of(report, &root);
        const cJSON *list = cJSON_GetObjectItem(root, "assumptions");
        assert_int_equal(cJSON_GetArraySize(list), 1);
        assert_non_null(strstr(cJSON_GetArrayItem(list, 0)->valuestring, rows[i].line));
        cJSON_Delete(root);
    }
}

static void unwritable_reports(void **state)
{
    (void)state;
    refused(RUN("validate-all", "--quiet", "--opcode", "exit", "--report", at("no/such/folder.json")), "folder.json");
    refused(RUN("validate-all", "--quiet", "--opcode", "exit", "--report", folder), folder);
    refused(RUN("validate-all", "--quiet", "--opcode", "exit", "--report", "/dev/full"), "/dev/full");
}

/* A manifest that says wrong things about two homes: what they hold is refuted. */
static const char *wrong_homes(void)
{
    return edited("\"registers\": [", "[\"r2\", \"sp+0\"], [\"r3\", \"sp+4\"]",
                  "[\"r3\", \"sp+0\"], [\"r2\", \"sp+4\"]");
}

static void wrong_places_are_refuted(void **state)
{
    (void)state;
    struct outcome *o = RUN("validate-all", "--manifest", wrong_homes(), "--opcode", "mov64_imm");
    assert_int_equal(o->status, 1);
    assert_non_null(strstr(o->out, "differs from the specification"));
    assert_non_null(strstr(o->out, "confirmed by divergence"));
}

static char *failing_fast(const char *jobs)
{
    const char *report = at("fast.json");
    struct outcome *o = RUN("validate-all", "--quiet", "-x", "--jobs", jobs, "--manifest", wrong_homes(), "--opcode",
                            "ja", "--opcode", "mov64", "--opcode", "neg64", "--report", report);
    assert_int_equal(o->status, 1);
    return timeless(report);
}

/* What comes after the first refutation of the list is not decided, whoever had begun it. */
static void fail_fast_stops_at_the_first_of_the_list(void **state)
{
    (void)state;
    char *one = failing_fast("1"), *two = failing_fast("2");
    unsigned refuted = 0, undecided = 0;
    assert_string_equal(one, two);
    for (const char *at = one; (at = strstr(at, "\"verdict\":\t\"refuted\"")); at++)
        refuted++;
    for (const char *at = one; (at = strstr(at, "not decided: the run stopped")); at++)
        undecided++;
    assert_int_equal(refuted, 1);
    assert_int_equal(undecided, 3);
    free(one);
    free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_do_not_depend_on_workers),  cmocka_unit_test(reports_are_complete),
        cmocka_unit_test(reads_are_told_if_they_are_wanted), cmocka_unit_test(reports_say_what_was_proved),
        cmocka_unit_test(reports_tell_assumptions),          cmocka_unit_test(unwritable_reports),
        cmocka_unit_test(wrong_places_are_refuted),          cmocka_unit_test(fail_fast_stops_at_the_first_of_the_list),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
