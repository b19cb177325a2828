/* Manifests: one message for each way of being wrong. */
#include "validator/test/tool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void bad_manifests(void **state)
{
    (void)state;
    static const struct {
        const char *after, *from, *to, *what;
    } rows[] = {
        /* text */
        {"", "{", "", "JSON"},
        {"", "{", "[{", "JSON"},
        {"\"routines\": [", "]\n}", "]\n} more", "JSON"},
        {"", "\"schema\"", "\"scheme\"", "\"schema\" is missing"},
        {"", "manifest-3", "manifest-999", "\"schema\""},
        {"", "manifest-3", "manifest-2", "\"thumbproof-manifest-3\""},
        {"\"name\"", "\"Thumbproof rBPF JIT\"", "7", "\"name\""},
        {"\"name\"", "\"Thumbproof rBPF JIT\"", "\"\"", "\"name\""},
        {"\"name\"", "\"Thumbproof rBPF JIT\"", "\"a\\u0007b\"", "\"name\""},
        {"\"core\"", "false", "0", "\"unaligned_trap\""},
        {"\"core\"", "{", "[{", "JSON"},
        /* missing, misplaced, unknown, repeated */
        {"", "\"prelude\"", "\"overture\"", "\"overture\" is an unknown key"},
        {"", "\"context\"", "\"kontext\"", "\"kontext\" is an unknown key"},
        {"", "\"prelude\": \"jit_prelude\",", "", "\"prelude\" is missing"},
        {"", "\"name\"", "\"emit\": \"jit_emit\", \"name\"", "\"emit\" stands twice"},
        {"\"fields\"", "\"position\"", "\"post\"", "\"post\""},
        {"\"fields\"", "\"position\"", "\"pc\"", "\"pc\""},
        {"\"vm\": {", "\"fuel\"", "\"length\"", "\"length\""},
        {"\"registers\": {\"vm\"", "\"fuel\"", "\"fool\"", "\"fool\""},
        {"\"ways\"", "\"fuel\"", "\"fool\"", "\"fool\""},
        {"\"ways\"", "\"position\"", "\"post\"", "\"post\""},
        /* symbols */
        {"", "\"jit_emit\"", "\"no_such_function\"", "\"no_such_function\""},
        {"", "\"jit_prelude\"", "\"no_such_function\"", "\"no_such_function\""},
        {"", "\"jit_homes_default\"", "\"no_such_table\"", "\"no_such_table\""},
        {"", "\"jit_modimm\"", "\"no_such_routine\"", "\"no_such_routine\""},
        {"", "\"jit_divide_step\"", "\"no_such_step\"", "\"no_such_step\""},
        /* names against the debug information */
        {"\"context\"", "\"struct\": \"jit\"", "\"struct\": \"jet\"", "jet"},
        {"\"fields\"", "\"prog\"", "\"prof\"", "prof"},
        {"\"fields\"", "\"pos\"", "\"pc\"", "\"pc\" has two roles"},
        {"\"vm\": {", "\"fuel\": \"fuel\"", "\"fuel\": \"result\"", "\"result\" is not one aligned word"},
        {"\"vm\": {", "\"result\": \"result\"", "\"result\": \"ctx\"", "\"ctx\" is not two aligned words"},
        {"\"status\"", "RBPF_OK", "RBPF_FINE", "RBPF_FINE"},
        {"\"limits\"", "JIT_HEADROOM", "JIT_LEGROOM", "JIT_LEGROOM"},
        {"\"routines\": [", "\"remainder\": \"remainder\"", "\"remainder\": \"residue\"", "residue"},
        /* scratch, globals, system */
        {"\"context\"", "\"scratch\"", "\"scrap\"", "\"scratch\" is missing"},
        {"\"scratch\"", "\"next\"", "\"nest\"", "nest"},
        {"\"scratch\"", "\"next\"", "\"pos\"", "\"pos\" is scratch and has a role"},
        {"\"scratch\"", "\"next\"", "\"next\", \"next\"", "\"next\" is scratch twice"},
        {"\"scratch\"", "\"next\"", "7", "\"scratch\""},
        {"\"scratch\"", "[\"next\"]", "\"next\"", "\"scratch\" is not an array"},
        {"", "\"emit\"", "\"globals\": [\"jit_nothing\"], \"emit\"", "\"jit_nothing\" is no symbol"},
        {"", "\"emit\"", "\"globals\": [\"jit_modimm\"], \"emit\"", "\"jit_modimm\" is no object"},
        {"", "\"emit\"", "\"globals\": [\"jit_routines\", \"jit_routines\"], \"emit\"", "twice"},
        {"", "\"emit\"", "\"globals\": \"jit_routines\", \"emit\"", "\"globals\" is not an array"},
        {"", "\"div_0_trap\"", "\"system\": [\"DMB\", \"SVC\"], \"div_0_trap\"", "\"system\""},
        {"", "\"div_0_trap\"", "\"system\": [\"DMB\", \"DMB\"], \"div_0_trap\"", "twice"},
        {"", "\"div_0_trap\"", "\"system\": [\"dmb\"], \"div_0_trap\"", "\"system\""},
        {"", "\"div_0_trap\"", "\"system\": \"DMB\", \"div_0_trap\"", "\"system\" is not an array"},
        /* homes and frame */
        {"\"registers\": [", "\"r2\"", "\"r3\"", "two words in one place"},
        {"\"registers\": [", "\"sp+0\"", "\"sp+4\"", "two words in one place"},
        {"\"registers\": [", "\"r2\"", "\"r9\"", "fixed role"},
        {"\"registers\": [", "\"sp+0\"", "\"sp+60\"", "saved"},
        {"\"registers\": [", "\"sp+0\"", "\"sp+96\"", "frame"},
        {"\"registers\": [", "\"sp+0\"", "\"sp+2\"", "place"},
        {"\"registers\": [", "\"sp+0\"", "\"sp+ 0\"", "place"},
        {"\"registers\": [", "\"r2\"", "\"r02\"", "place"},
        {"\"registers\": [", "\"r2\"", "\"r13\"", "place"},
        {"\"registers\": [", "\"r2\"", "\"r\"", "place"},
        {"\"registers\": [", "\"r2\"", "2", "place"},
        {"\"registers\": [", "[\"r2\", \"sp+0\"],", "", "eleven"},
        {"\"registers\": {\"vm\"", "\"r9\"", "\"r15\"", "\"vm\""},
        {"\"registers\": {\"vm\"", "\"r9\"", "\"sp+8\"", "\"vm\""},
        {"\"registers\": {\"vm\"", "\"r9\"", "\"r10\"", "\"fuel\""},
        {"\"frame\"", "96", "88", "frame"},
        {"\"frame\"", "96", "96.5", "\"bytes\""},
        {"\"frame\"", "96", "1e9", "\"bytes\""},
        {"\"frame\"", "96", "100", "\"bytes\""},
        {"\"saved\"", "sp+60", "sp+62", "\"r4\""},
        {"\"saved\"", "sp+60", "sp+64", "\"r5\""},
        {"\"saved\"", "sp+60", "r4", "\"r4\""},
        {"\"saved\"", "\"lr\"", "\"ra\"", "\"ra\""},
        /* numbers */
        {"\"status\"", "\"RBPF_OK\"", "-1", "\"accepted\""},
        {"\"status\"", "\"RBPF_OK\"", "4294967296", "\"accepted\""},
        {"\"limits\"", "1048000", "1e300", "\"branch_reach\""},
        {"\"limits\"", "1048000", "16777217", "\"branch_reach\""},
        {"\"limits\"", "\"JIT_HEADROOM\"", "101", "\"headroom\""},
        {"\"limits\"", "\"JIT_HEADROOM\"", "\"\"", "\"headroom\""},
        {"\"limits\"", "\"JIT_STACK_BYTES\"", "4104", "\"stack_bytes\""},
        {"\"limits\"", "\"JIT_STACK_BYTES\"", "100", "\"stack_bytes\" is not a multiple of 8"},
        {"\"limits\"", "\"JIT_STACK_BYTES\"", "88", "\"stack_bytes\" is less than the frame"},
        {"\"limits\"", ", \"stack_bytes\": \"JIT_STACK_BYTES\"", "", "\"stack_bytes\" is missing"},
        /* routines */
        {"\"routines\": [", "\"modimm\"", "\"anything\"", "\"is\""},
        {"\"routines\": [", "4294967295", "7", "\"none\""},
        {"\"routines\": [", "\"is\": \"mod64\"", "\"is\": \"div64\"", "two routines"},
        {"\"routines\": [", "\"trusted\": true", "\"trusted\": 1", "\"trusted\""},
        {"\"routines\": [", "\"trusted\"", "\"rusted\"", "\"rusted\""},
    };
    refused(RUN("list", "--manifest", at("missing.json")), "missing.json");
    refused(RUN("list", "--manifest", folder), folder);
    refused(RUN("list", "--manifest", ELF), ELF);
    refused(RUN("list", "--manifest", spill("empty.json", "", 0)), "empty.json");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome *o = RUN("list", "--manifest", edited(rows[i].after, rows[i].from, rows[i].to));
        if (o->status != 2 || !strstr(o->err, rows[i].what))
            print_error("%s -> %s: \n", rows[i].from, rows[i].to);
        refused(o, rows[i].what);
    }
}

/* What is optional, and missing in ours. */
static void good_manifests(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "\"globals\": [\"jit_routines\", \"jit_homes_default\"], \"core\"",
        "\"globals\": [], \"core\"",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(RUN("list", "--manifest", edited("", "\"core\"", rows[i]))->status, 0);
    assert_int_equal(RUN("list", "--manifest",
                         edited("", "\"div_0_trap\"",
                                "\"system\": [\"DMB\", \"DSB\", \"ISB\", \"DBG\", \"SEV\", \"YIELD\", \"WFE\", "
                                "\"WFI\"], \"div_0_trap\""))
                         ->status,
                     0);
    assert_int_equal(RUN("list", "--manifest", edited("\"scratch\"", "\"next\"", ""))->status, 0);
}

/* Opening a target proves nothing: a prelude that cannot be had is a verdict. */
static void a_bad_prelude_is_a_verdict(void **state)
{
    (void)state;
    char manifest[128];
    snprintf(manifest, sizeof manifest, "%s", edited("", "\"jit_prelude\"", "\"jit_modimm\""));
    struct outcome *o = RUN("list", "--manifest", manifest);
    assert_int_equal(o->status, 0);
    o = RUN("validate-all", "--manifest", manifest, "--opcode", "mov64_imm");
    assert_int_equal(o->status, 3);
    assert_non_null(strstr(o->out, "there is no prelude to prove it with"));
    o = RUN("validate-all", "--manifest", manifest, "--opcode", "prologue");
    assert_true(o->status == 1 || o->status == 4);
    assert_non_null(strstr(o->out, "prologue REFUTED"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_manifests),
        cmocka_unit_test(good_manifests),
        cmocka_unit_test(a_bad_prelude_is_a_verdict),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
