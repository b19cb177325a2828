/*
 * The command line from outside: the tool is run as a process on good, bad and mutilated input. Whatever the input, it
 * ends by itself with a status of its table, and says what is wrong in one line.
 *
 * THUMBPROOF is the tool (default build/thumbproof), THUMBPROOF_FUZZ the number of mutations of each kind (default
 * 150).
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#define ELF "build/m3-gcc-Os/jit.elf"
#define MANIFEST "specs/thumbproof-jit.json"

enum { MAX_ARGUMENTS = 16, MAX_OUTPUT = 1 << 16, SECONDS = 60, HANG = -1 };

static char folder[] = "/tmp/thumbproof-cli-XXXXXX";

/* ---- files ---- */

struct bytes {
    uint8_t *data;
    size_t size;
};

static struct bytes slurp(const char *path)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    struct bytes b = {.size = (size_t)ftell(in)};
    b.data = malloc(b.size + 1);
    assert_non_null(b.data);
    rewind(in);
    assert_int_equal(fread(b.data, 1, b.size, in), b.size);
    b.data[b.size] = '\0';
    fclose(in);
    return b;
}

/* Path of a file in the test's own folder. */
static const char *at(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

static const char *spill(const char *name, const void *data, size_t size)
{
    const char *path = at(name);
    write_file(path, data, size);
    return path;
}

/* ---- processes ---- */

struct outcome {
    int status; /* exit status, 128 + signal, or HANG */
    char out[MAX_OUTPUT], err[MAX_OUTPUT];
};

static const char *tool(void)
{
    const char *path = getenv("THUMBPROOF");
    return path ? path : "build/thumbproof";
}

static void redirect(int fd, const char *name)
{
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, fd) < 0)
        _exit(127);
}

static void keep(const char *name, char *text)
{
    struct bytes b = slurp(name);
    size_t size = b.size < MAX_OUTPUT - 1 ? b.size : MAX_OUTPUT - 1;
    memcpy(text, b.data, size);
    text[size] = '\0';
    free(b.data);
}

/* Runs the tool; the arguments end with NULL. */
static struct outcome *run(const char *const *arguments)
{
    static struct outcome o;
    char *argv[MAX_ARGUMENTS + 2] = {(char *)(uintptr_t)tool()};
    for (int i = 0; i < MAX_ARGUMENTS && arguments[i]; i++)
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    const char *out = at("stdout"), *err = at("stderr");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        redirect(STDOUT_FILENO, out);
        redirect(STDERR_FILENO, err);
        close(STDIN_FILENO);
        alarm(SECONDS);
        execv(argv[0], argv);
        _exit(127);
    }
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status) == SIGALRM ? HANG : 128 + WTERMSIG(status);
    keep(out, o.out);
    keep(err, o.err);
    return &o;
}

#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

/* One line that names the tool and the place. The library that parses options adds a second one. */
static bool clear(const char *err)
{
    const char *end = strchr(err, '\n');
    return strstr(err, "thumbproof: ") && end &&
           (end[1] == '\0' || (strncmp(end + 1, "Try `", 5) == 0 && !strchr(end + 1, '\n')[1]));
}

static void refused(const struct outcome *o, const char *what)
{
    if (o->status != 2 || !clear(o->err) || !strstr(o->err, what) || *o->out)
        fail_msg("status %d, not 2 with one line on \"%s\"; stderr: %s", o->status, what, o->err);
}

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
    static const char *const options[] = {"--jit",  "--manifest", "--opcode",   "--report",
                                          "--jobs", "--quiet",    "--no-color", "validate-all"};
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

/* ---- the ELF file ---- */

static void bad_elf_files(void **state)
{
    (void)state;
    struct bytes elf = slurp(ELF);
    refused(RUN("list", "--jit", at("missing.elf")), "missing.elf");
    refused(RUN("list", "--jit", folder), folder);
    refused(RUN("list", "--jit", spill("empty.elf", "", 0)), "empty.elf");
    refused(RUN("list", "--jit", "Makefile"), "Makefile");
    refused(RUN("list", "--jit", "/proc/self/exe"), "/proc/self/exe");
    refused(RUN("list", "--jit", "build/m3-gcc-Os/emit.o"), "relocatable");
    for (size_t size = 4; size < elf.size; size = size * 2 + 5)
        refused(RUN("list", "--jit", spill("cut.elf", elf.data, size)), "cut.elf");
    free(elf.data);
}

/* ---- the manifest ---- */

/* The manifest with the first `from` after `after` replaced by `to`. */
static const char *edited(const char *after, const char *from, const char *to)
{
    struct bytes b = slurp(MANIFEST);
    char *start = strstr((char *)b.data, after);
    char *place = start ? strstr(start, from) : NULL;
    if (!place)
        fail_msg("the manifest has no %s after %s", from, after);
    char *text = malloc(b.size + strlen(to) + 1);
    assert_non_null(text);
    int size = sprintf(text, "%.*s%s%s", (int)(place - (char *)b.data), (char *)b.data, to, place + strlen(from));
    const char *path = spill("edited.json", text, (size_t)size);
    free(text);
    free(b.data);
    return path;
}

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

/* ---- reports ---- */

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
    static const char *const keys[] = {"schema",      "tool",        "jit",     "summary",
                                       "obligations", "not_covered", "trusted", "times"};
    static const char *const obligation_keys[] = {"id",    "verdict",     "domain",       "paths",
                                                  "goals", "by_identity", "instructions", "solver_steps"};
    struct bytes b = slurp(deciding("2", "complete.json"));
    cJSON *root = cJSON_Parse((char *)b.data), *obligation;
    free(b.data);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_true(cJSON_HasObjectItem(root, keys[i]));
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

/* ---- mutilated input ---- */

static uint64_t seed = 0x9e3779b97f4a7c15;

static size_t below(size_t end)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % end);
}

/* A few changes of a byte, a word or a stretch; half of them in the `head` bytes at the start or the `tail` bytes at
 * the end. */
static void mutilate(struct bytes *b, size_t head, size_t tail)
{
    for (size_t changes = 1 + below(4); changes > 0; changes--) {
        size_t kind = below(4);
        size_t place = kind == 0 ? below(head) : kind == 1 ? b->size - 1 - below(tail) : below(b->size);
        static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, '"', '{', ','};
        switch (below(4)) {
        case 0:
            b->data[place] ^= (uint8_t)(1u << below(8));
            break;
        case 1:
            b->data[place] = values[below(sizeof values)];
            break;
        case 2:
            memset(b->data + place, values[below(sizeof values)], b->size - place < 4 ? b->size - place : 4);
            break;
        default:
            b->data[place] = (uint8_t)below(256);
            break;
        }
    }
    if (below(20) == 0)
        b->size = below(b->size);
}

static void fuzz(const char *original, const char *option, const char *name, size_t head, size_t tail)
{
    const char *setting = getenv("THUMBPROOF_FUZZ");
    long count = setting ? strtol(setting, NULL, 10) : 150;
    struct bytes whole = slurp(original);
    unsigned refusals = 0;
    for (long i = 0; i < count; i++) {
        struct bytes b = {malloc(whole.size), whole.size};
        assert_non_null(b.data);
        memcpy(b.data, whole.data, whole.size);
        mutilate(&b, head, tail);
        struct outcome *o = RUN("list", option, spill(name, b.data, b.size));
        if ((o->status != 0 || *o->err) && (o->status != 2 || !clear(o->err))) {
            char kept[64];
            snprintf(kept, sizeof kept, "build/bad-%s", name);
            write_file(kept, b.data, b.size);
            fail_msg("mutation %ld, kept as %s: status %d, stderr: %s", i, kept, o->status, o->err);
        }
        refusals += o->status == 2;
        free(b.data);
    }
    assert_true(refusals > 0);
    free(whole.data);
}

static void mutilated_manifests(void **state)
{
    (void)state;
    fuzz(MANIFEST, "--manifest", "fuzz.json", 500, 500);
}

/* The file begins with the ELF header and ends with symbols, strings and section headers. */
static void mutilated_elf_files(void **state)
{
    (void)state;
    fuzz(ELF, "--jit", "fuzz.elf", 120, 4096);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"stdout",      "stderr",   "empty.elf", "cut.elf",    "empty.json",
                                        "edited.json", "one.json", "two.json",  "again.json", "complete.json",
                                        "fuzz.json",   "fuzz.elf", "fast.json"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(at(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage_errors),
        cmocka_unit_test(help_and_version),
        cmocka_unit_test(list_names_what_can_be_selected),
        cmocka_unit_test(bad_elf_files),
        cmocka_unit_test(bad_manifests),
        cmocka_unit_test(good_manifests),
        cmocka_unit_test(reports_do_not_depend_on_workers),
        cmocka_unit_test(reports_are_complete),
        cmocka_unit_test(unwritable_reports),
        cmocka_unit_test(wrong_places_are_refuted),
        cmocka_unit_test(fail_fast_stops_at_the_first_of_the_list),
        cmocka_unit_test(a_bad_prelude_is_a_verdict),
        cmocka_unit_test(instruments),
        cmocka_unit_test(no_colors_into_files),
        cmocka_unit_test(mutilated_manifests),
        cmocka_unit_test(mutilated_elf_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
