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
        {"\"routines\": [", "]\n}", "]\n}}", "JSON"},
        {"\"routines\": [", "]\n}", "]\n} // end", "JSON"},
        {"", "jit_emit", "jit_emit\\u0000", "contains a NUL"},
        {"", "\"emit\"", "\"emit\\u0000er\"", "contains a NUL"},
        {"", "jit_emit", "jit_emit\\\\u0000", "jit_emit\\u0000"}, /* no escape: a backslash and letters */
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
        {"\"context\"", "\"struct\"", "\"extra\": 1, \"struct\"", "\"extra\" is an unknown key"},
        {"\"vm\": {", "\"struct\"", "\"scratch\": [], \"struct\"", "\"scratch\" is an unknown key"},
        {"\"core\"", "\"name\"", "\"speed\": 1, \"name\"", "\"speed\" is an unknown key"},
        {"\"homes\": [", "\"symbol\"", "\"extra\": 1, \"symbol\"", "\"extra\" is an unknown key"},
        {"\"frame\"", "\"bytes\"", "\"extra\": 1, \"bytes\"", "\"extra\" is an unknown key"},
        {"\"status\"", "\"accepted\"", "\"extra\": 1, \"accepted\"", "\"extra\" is an unknown key"},
        {"\"limits\"", "\"headroom\"", "\"extra\": 1, \"headroom\"", "\"extra\" is an unknown key"},
        {"\"loop\"", "\"step\"", "\"extra\": 1, \"step\"", "\"extra\" is an unknown key"},
        {"\"core\"", "\"name\"", "\"div_0_trap\": true, \"name\"", "\"div_0_trap\" stands twice"},
        {"\"fields\"", "\"program\"", "\"pc\": \"len\", \"program\"", "\"pc\" stands twice"},
        {"\"saved\"", "\"r4\"", "\"r5\": \"sp+0\", \"r4\"", "\"r5\" stands twice"},
        {"\"ways\"", "\"exit\"", "\"fuel\": {}, \"exit\"", "\"fuel\" stands twice"},
        {"\"limits\"", "\"program_slots\"", "\"headroom\": 1, \"program_slots\"", "\"headroom\" stands twice"},
        {"\"routines\": [", "\"symbol\"", "\"is\": \"summary\", \"symbol\"", "\"is\" stands twice"},
        {"\"loop\"", "\"remainder\"", "\"divisor\": \"remainder\", \"remainder\"", "\"divisor\" stands twice"},
        {"\"loop\"", "\"remainder\"", "\"\"", "(a key)"},
        /* values of other types */
        {"", "\"homes\": [", "\"homes\": [[\"r2\"],", "not an object"},
        {"\"routines\": [", "{", "[\"x\"], {", "not an object"},
        {"\"routines\": [", "{", "7, {", "not an object"},
        {"\"ways\"", "{\"status\": \"TP_OK\", \"position\": \"exit_pos\"}", "[\"TP_OK\"]", "not an object"},
        {"\"registers\": [", "[\"r2\", \"sp+0\"]", "[\"r2\", \"sp+0\", \"r11\"]", "not a pair"},
        {"\"registers\": [", "[\"r2\", \"sp+0\"]", "{\"a\": \"r2\", \"b\": \"sp+0\"}", "not a pair"},
        /* core */
        {"\"core\"", "cortex-m3", "cortex-m0", "no processor that is known"},
        {"\"core\"", "cortex-m3", "Cortex-M3", "no processor that is known"},
        {"\"core\"", "cortex-m3", "cortex-m33", "no processor that is known"},
        /* symbols */
        {"", "\"jit_emit\"", "\"no_such_function\"", "\"no_such_function\""},
        {"", "\"jit_prelude\"", "\"no_such_function\"", "\"no_such_function\""},
        {"", "\"jit_homes_default\"", "\"no_such_table\"", "\"no_such_table\""},
        {"", "\"jit_modimm\"", "\"no_such_routine\"", "\"no_such_routine\""},
        {"", "\"jit_divide_step\"", "\"no_such_step\"", "\"no_such_step\""},
        /* names against the debug information */
        {"\"context\"", "\"struct\": \"jit\"", "\"struct\": \"jet\"", "jet"},
        {"\"context\"", "\"struct\": \"jit\"", "\"struct\": \"jit_driver\"", "no pointer to \"jit_driver\""},
        {"", "\"jit_emit\"", "\"jit_modimm\"", "first parameter of \"jit_modimm\""},
        {"\"fields\"", "\"prog\"", "\"prof\"", "prof"},
        {"\"fields\"", "\"pos\"", "\"pc\"", "\"pc\" has two roles"},
        {"\"vm\": {", "\"fuel\": \"fuel\"", "\"fuel\": \"result\"", "\"result\" is not one aligned word"},
        {"\"vm\": {", "\"result\": \"result\"", "\"result\": \"ctx\"", "\"ctx\" is not two aligned words"},
        {"\"status\"", "TP_OK", "TP_FINE", "TP_FINE"},
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
        {"\"registers\": [", "\"sp+4\"", "\"sp+04\"", "place"},
        {"\"registers\": [", "\"sp+4\"", "\"sp+0x4\"", "place"},
        {"\"registers\": [", "\"sp+4\"", "\"sp++4\"", "place"},
        {"\"registers\": [", "\"sp+4\"", "\"sp+4 \"", "place"},
        {"\"registers\": [", "\"sp+4\"", "\" sp+4\"", "place"},
        {"\"registers\": [", "\"sp+4\"", "\"sp + 4\"", "place"},
        {"\"registers\": [", "\"sp+4\"", "\"sp\"", "place"},
        {"\"registers\": [", "\"sp+4\"", "\"sp+99999999999\"", "place"},
        {"\"registers\": [", "\"r4\"", "\"r+4\"", "place"},
        {"\"registers\": [", "\"r4\"", "\"R4\"", "place"},
        {"\"registers\": [", "\"r4\"", "\"r4 \"", "place"},
        {"\"registers\": [", "\"r4\"", "\"r00\"", "place"},
        {"\"registers\": {\"vm\"", "\"r9\"", "\"r09\"", "place"},
        {"\"registers\": {\"vm\"", "\"r9\"", "\"sb\"", "place"},
        {"\"saved\"", "\"sp+60\"", "\"sp+060\"", "place"},
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
        {"\"status\"", "\"TP_OK\"", "-1", "\"accepted\""},
        {"\"status\"", "\"TP_OK\"", "4294967296", "\"accepted\""},
        {"\"status\"", "\"TP_CODE_FULL\"", "\"TP_OK\"", "\"code_full\" is 0, the status of \"accepted\" too"},
        {"\"status\"", "\"TP_BRANCH_RANGE\"", "\"TP_CODE_FULL\"", "the status of \"code_full\" too"},
        {"\"ways\"", "\"TP_FUEL\"", "\"TP_OK\"", "\"fuel\" is 0, the status of \"exit\" too"},
        {"\"ways\"", "\"TP_FUEL\"", "0", "\"fuel\" is 0, the status of \"exit\" too"},
        {"\"limits\"", "1048000", "1e300", "\"branch_reach\""},
        {"\"limits\"", "1048000", "16777217", "\"branch_reach\""},
        {"\"limits\"", "\"JIT_HEADROOM\"", "101", "\"headroom\""},
        {"\"limits\"", "\"JIT_HEADROOM\"", "\"\"", "\"headroom\""},
        {"\"limits\"", "\"TP_MAX_LEN\"", "1", "\"program_slots\" is 1, which is not in the range"},
        {"\"limits\"", "\"JIT_PRELUDE_HEADROOM\"", "251", "\"prelude_headroom\" is 251, which is not in the range"},
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
        {"\"routines\": [", "\"is\": \"mod64\"", "\"is\": \"summary\"", "known by a summary"},
        {"\"routines\": [", "\"is\": \"div64\"", "\"is\": \"summary\"", "known by a summary"},
        {"\"routines\": [", "\"is\": \"mod64\"", "\"none\": 5000, \"is\": \"mod64\"", "\"none\" is no parameter"},
        {"\"routines\": [", "\"jit_mod64\"", "\"jit_div64\"", "\"jit_div64\" is the same function"},
        {"\"loop\"", "\"divisor\": \"divisor\"", "\"divisor\": \"remainder\"", "\"remainder\" has two roles"},
        {"\"fields\"", ", \"routines\": \"routines\"", "", "\"routine_table\" is there"},
    };
    refused(RUN("list", "--manifest", at("missing.json")), "missing.json");
    refused(RUN("list", "--manifest", folder), folder);
    refused(RUN("list", "--manifest", ELF), ELF);
    refused(RUN("list", "--manifest", spill("empty.json", "", 0)), "empty.json");
    static char large[(1 << 16) + 2];
    memset(large, ' ', sizeof large);
    memcpy(large, "{}", 2);
    refused(RUN("list", "--manifest", spill("large.json", large, sizeof large)), "64 KiB");
    refused(RUN("list", "--manifest", spill("nul.json", "{}\0{}", 5)), "contains a NUL");
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

/* Just within the contract is accepted, and just beyond it only with --allow-weaker. */
static void limits_of_the_contract(void **state)
{
    (void)state;
    static const struct {
        const char *from, *good, *weaker, *what;
    } rows[] = {
        {"\"TP_MAX_LEN\"", "65535", "65534", "\"program_slots\" is 65534 slots, weaker than the 65535"},
        {"1048000", "1000000", "999999", "\"branch_reach\" is 999999 bytes, weaker than the 1000000"},
        {"\"JIT_HEADROOM\"", "64", "65", "\"headroom\" is 65 halfwords, weaker than the 64"},
        {"\"JIT_STACK_BYTES\"", "512", "520", "\"stack_bytes\" is 520 bytes, weaker than the 512"},
    };
    assert_int_equal(RUN("list", "--manifest", edited("\"limits\"", "\"JIT_PRELUDE_HEADROOM\"", "250"))->status, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(RUN("list", "--manifest", edited("\"limits\"", rows[i].from, rows[i].good))->status, 0);
        const char *weaker = edited("\"limits\"", rows[i].from, rows[i].weaker);
        refused(RUN("list", "--manifest", weaker), rows[i].what);
        assert_int_equal(RUN("list", "--allow-weaker", "--manifest", weaker)->status, 0);
    }
}

/* Opening a target proves nothing: a prelude that cannot be had is a verdict. */
static void a_bad_prelude_is_a_verdict(void **state)
{
    (void)state;
    char manifest[128];
    snprintf(manifest, sizeof manifest, "%s", edited("", "\"jit_prelude\"", "\"thumb_nop\""));
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
        cmocka_unit_test(limits_of_the_contract),
        cmocka_unit_test(a_bad_prelude_is_a_verdict),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
