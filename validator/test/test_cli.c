/*
 * The command line from outside: good and bad usage. Whatever the input, the tool ends by itself with a status of its
 * table, and says what is wrong in one line.
 */
#include "validator/test/tool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- usage ---- */

static void usage_errors(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[6], *what;
    } rows[] = {
        {{NULL}, "no command"},
        {{"frobnicate"}, "\"frobnicate\""},
        {{"list", "again"}, "\"again\""},
        {{"list", "--frobnicate"}, "--frobnicate"},
        {{"list", "--jit"}, "--jit"},
        {{"validate-all", "--jobs", "0"}, "--jobs"},
        {{"validate-all", "--jobs", "65"}, "--jobs"},
        {{"validate-all", "--jobs", "-1"}, "--jobs"},
        {{"validate-all", "--jobs", "99999999999999999999"}, "--jobs"},
        {{"validate-all", "--jobs", "2x"}, "--jobs"},
        {{"validate-all", "--jobs", ""}, "--jobs"},
        {{"validate-all", "--opcode", "frobnicate64"}, "\"frobnicate64\""},
        {{"validate-all", "--opcode", "mov64", "--opcode", "mov6"}, "\"mov6\""},
        {{"list", "--opcode", ""}, "\"\""},
        {{"validate-all", "--trace", "emit,pats"}, "--trace"},
        {{"validate-all", "--trace", ""}, "--trace"},
        {{"explain"}, "explain"},
        {{"goal", "mov64_imm"}, "two words"},
        {{"goal", "mov64_imm", "frobnicated"}, "no goal of that name"},
        {{"goal", "frobnicate64", "after"}, "\"frobnicate64\""},
        {{"goal", "mov64_imm", "after", "all"}, "\"all\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refused(run(rows[i].arguments), rows[i].what);
}

static void help_and_version(void **state)
{
    (void)state;
    static const char *const options[] = {"--jit",   "--manifest", "--opcode",     "--report",       "--jobs",
                                          "--quiet", "--no-color", "validate-all", "--allow-weaker", "--reads"};
    struct outcome *o = RUN("--help");
    assert_int_equal(o->status, 0);
    assert_string_equal(o->err, "");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_non_null(strstr(o->out, options[i]));
    o = RUN("--version");
    assert_int_equal(o->status, 0);
    assert_int_equal(strncmp(o->out, "thumbproof ", 11), 0);
}

static void list_names_what_can_be_selected(void **state)
{
    (void)state;
    struct outcome *o = RUN("list");
    assert_int_equal(o->status, 0);
    assert_string_equal(o->err, "");
    assert_non_null(strstr(o->out, "insn/mov64_imm\n"));
    o = RUN("list", "--opcode", "mov64", "--opcode", "prologue");
    assert_int_equal(o->status, 0);
    assert_string_equal(o->out, "prologue\ninsn/mov64_imm\ninsn/mov64_reg\n");
}

/* ---- what it tells ---- */

static void instruments(void **state)
{
    (void)state;
    struct outcome *o = RUN("goal", "insn/add64_reg", "after");
    assert_int_equal(o->status, 0);
    assert_non_null(strstr(o->out, "insn/add64_reg: after, proved"));
    assert_non_null(strstr(o->out, "  then "));
    assert_string_equal(o->err, "");
    o = RUN("goal", "insn/add64_reg", "after", "--smt2");
    assert_int_equal(o->status, 0);
    assert_non_null(strstr(o->out, "(check-sat)"));
    o = RUN("goal", "insn/add64_reg", "loop-kept");
    assert_int_equal(o->status, 2);
    assert_non_null(strstr(o->err, "states no goal"));
    o = RUN("validate-all", "--quiet", "--opcode", "neg64", "--trace", "emit,goals");
    assert_int_equal(o->status, 0);
    assert_non_null(strstr(o->err, "      goal "));
    assert_non_null(strstr(o->err, "    +0 "));
    assert_null(strstr(o->err, "    if "));
    assert_string_equal(o->out, "");
    o = RUN("explain", "routine/div64");
    assert_int_equal(o->status, 0);
    assert_non_null(strstr(o->out, "loop-kept: Q * D = M - remainder (proved"));
}

static void no_colors_into_files(void **state)
{
    (void)state;
    static const char *const settings[] = {"", "1"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        setenv("NO_COLOR", settings[i], 1);
        struct outcome *o = RUN("validate-all", "--opcode", "exit");
        assert_int_equal(o->status, 0);
        assert_non_null(strstr(o->out, "1 proved, 0 refuted, 0 unknown"));
        assert_null(strchr(o->out, '\033'));
        assert_string_equal(o->err, "");
    }
    unsetenv("NO_COLOR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage_errors),
        cmocka_unit_test(help_and_version),
        cmocka_unit_test(list_names_what_can_be_selected),
        cmocka_unit_test(instruments),
        cmocka_unit_test(no_colors_into_files),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
