/* The command line: one table of options, from which parser and help come. */
#include "validator/validator.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_USAGE = 2, STATUS_INTERNAL = 4, MAX_SELECTIONS = 128 };

enum { KEY_JIT = 'j' + 256, KEY_MANIFEST, KEY_AUDIT, KEY_NO_COLOR };

static const struct argp_option option_table[] = {
    {"jit", KEY_JIT, "ELF", 0, "The linked object to prove (default: build/m3-gcc-Os/jit.elf)", 0},
    {"manifest", KEY_MANIFEST, "JSON", 0, "What it says about itself (default: specs/thumbproof-jit.json)", 0},
    {"opcode", 'o', "NAME", 0,
     "Only this obligation: an id such as insn/add64_imm, or an opcode such as add64; may be repeated", 0},
    {"report", 'r', "FILE", 0, "Write the JSON report to FILE", 0},
    {"jobs", 'j', "N", 0, "Prove N obligations at once (default: the number of processors)", 0},
    {"fail-fast", 'x', NULL, 0, "Stop at the first refutation; what comes after it is not decided", 0},
    {"audit", KEY_AUDIT, NULL, 0, "Also have Z3 prove every rewrite of terms that the run relies on", 0},
    {"quiet", 'q', NULL, 0, "No progress and no table", 0},
    {"no-color", KEY_NO_COLOR, NULL, 0, "No colors (also: the environment variable NO_COLOR)", 0},
    {0},
};

static const char documentation[] =
    "Proves that a JIT for eBPF emits Thumb code that does what each instruction means.\v"
    "Commands:\n"
    "  validate-all   decide every obligation of the JIT, print a table, write a report\n"
    "  list           print the ids of the obligations\n"
    "  explain NAME   tell the proof of an obligation or opcode: paths, emitted code, goals\n\n"
    "Exit status: 0 all proved; 1 something refuted; 2 usage or bad input; 3 nothing refuted but something unknown; "
    "4 a counterexample that the emulator does not confirm, or another internal error.";

struct command_line {
    const char *command, *jit, *manifest, *report;
    const char *selections[MAX_SELECTIONS];
    size_t selection_count;
    struct run_options run;
    bool quiet;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct command_line *c = state->input;
    char *end;
    switch (key) {
    case KEY_JIT:
        c->jit = argument;
        return 0;
    case KEY_MANIFEST:
        c->manifest = argument;
        return 0;
    case KEY_NO_COLOR:
        c->run.color = false;
        return 0;
    case 'o':
        if (c->selection_count == MAX_SELECTIONS)
            argp_error(state, "more than %d opcodes", MAX_SELECTIONS);
        c->selections[c->selection_count++] = argument;
        return 0;
    case 'r':
        c->report = argument;
        return 0;
    case 'j':
        c->run.jobs = (unsigned)strtoul(argument, &end, 10);
        if (*end || end == argument || c->run.jobs < 1 || c->run.jobs > 64)
            argp_error(state, "--jobs: takes a number from 1 to 64, not \"%s\"", argument);
        return 0;
    case 'x':
        c->run.fail_fast = true;
        return 0;
    case KEY_AUDIT:
        c->run.audit = true;
        return 0;
    case 'q':
        c->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (c->command && strcmp(c->command, "explain") == 0)
            return parse('o', argument, state);
        if (c->command)
            argp_error(state, "one command, not also \"%s\"", argument);
        c->command = argument;
        return 0;
    case ARGP_KEY_END:
        if (!c->command)
            argp_error(state, "command line: no command");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int complain(const struct diag *diag)
{
    fprintf(stderr, "thumbproof: %s: %s\n", diag->where, diag->message);
    return diag->code == DIAG_INTERNAL ? STATUS_INTERNAL : STATUS_USAGE;
}

/* Keeps the obligations that are selected, in their order. False and a diag if a name selects nothing. */
static bool narrow(const struct command_line *c, struct obligation *list, size_t *count, struct diag *diag)
{
    size_t kept = 0;
    for (size_t s = 0; s < c->selection_count; s++) {
        bool found = false;
        for (size_t i = 0; i < *count; i++)
            found |= obligation_selected(&list[i], c->selections[s]);
        if (!found) {
            diag_set(diag, DIAG_USAGE, "--opcode",
                     "\"%s\" is no obligation of this JIT; \"thumbproof list\" prints them", c->selections[s]);
            return false;
        }
    }
    for (size_t i = 0; i < *count; i++) {
        bool wanted = c->selection_count == 0;
        for (size_t s = 0; s < c->selection_count; s++)
            wanted |= obligation_selected(&list[i], c->selections[s]);
        if (wanted)
            list[kept++] = list[i];
    }
    *count = kept;
    return true;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int validate(const struct command_line *c, const struct target *target, const struct obligation *list,
                    size_t count)
{
    struct diag diag;
    struct result *results = calloc(count + 1, sizeof *results);
    if (!results)
        abort();
    FILE *probe = c->report ? fopen(c->report, "a") : NULL;
    if (c->report && !probe) { /* before the work, not after it */
        diag_set(&diag, DIAG_INPUT, c->report, "cannot be written: %s", strerror(errno));
        free(results);
        return complain(&diag);
    }
    if (probe)
        fclose(probe);
    double start = now();
    schedule_run(target, list, count, &c->run, results);
    struct report report = {target, results, count, c->selection_count > 0, now() - start, c->run.jobs};
    int status = report_status(&report);
    if (!c->quiet)
        table_print(stdout, &report, c->run.color);
    if (c->report && !report_write(&report, c->report, &diag))
        status = complain(&diag);
    else if (c->report && !c->quiet)
        printf("report: %s\n", c->report);
    for (size_t i = 0; i < count; i++)
        free(results[i].example.text);
    free(results);
    return status;
}

static int explain(const struct command_line *c, const struct target *target, const struct obligation *list,
                   size_t count)
{
    if (c->selection_count == 0) {
        struct diag diag;
        diag_set(&diag, DIAG_USAGE, "explain", "needs the name of an opcode");
        return complain(&diag);
    }
    for (size_t i = 0; i < count; i++) {
        printf("%s\n", list[i].id);
        struct result result = obligation_decide(&list[i], target, false, stdout);
        printf("\n%" PRIu64 " paths, %" PRIu64 " goals, %" PRIu64 " of them by identity\n\n", result.paths,
               result.goals, result.by_identity);
        free(result.example.text);
    }
    return 0;
}

static int run(const struct command_line *c)
{
    static struct target target;
    struct obligation *list = NULL;
    struct diag diag;
    if (strcmp(c->command, "validate-all") != 0 && strcmp(c->command, "list") != 0 &&
        strcmp(c->command, "explain") != 0) {
        diag_set(&diag, DIAG_USAGE, "command line", "unknown command \"%s\"; see --help", c->command);
        return complain(&diag);
    }
    if (c->run.audit)
        term_audit_start();
    if (!target_open(c->jit, c->manifest, &target, &diag))
        return complain(&diag);
    size_t count = obligation_list(&target, &list);
    int status = 0;
    if (!narrow(c, list, &count, &diag))
        status = complain(&diag);
    else if (strcmp(c->command, "list") == 0)
        for (size_t i = 0; i < count; i++)
            puts(list[i].id);
    else if (strcmp(c->command, "explain") == 0)
        status = explain(c, &target, list, count);
    else
        status = validate(c, &target, list, count);
    free(list);
    target_close(&target);
    return status;
}

int main(int argc, char **argv)
{
    const char *no_color = getenv("NO_COLOR");
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct command_line c = {.jit = "build/m3-gcc-Os/jit.elf", .manifest = "specs/thumbproof-jit.json"};
    const struct argp parser = {option_table, parse, "COMMAND [NAME...]", documentation, NULL, NULL, NULL};
    mallopt(M_TRIM_THRESHOLD, 1 << 28); /* each goal builds and drops a Z3 context: keep its pages */
    mallopt(M_MMAP_THRESHOLD, 1 << 25); /* glibc takes no more than 32 MiB */
    c.run.jobs = processors > 0 && processors < 64 ? (unsigned)processors : 2;
    c.run.color = isatty(STDOUT_FILENO) && !(no_color && *no_color);
    argp_program_version = "thumbproof " THUMBPROOF_VERSION;
    argp_err_exit_status = STATUS_USAGE;
    static char name[] = "thumbproof"; /* errors begin with it, however we were called */
    argv[0] = name;
    argp_parse(&parser, argc, argv, 0, NULL, &c);
    c.run.progress = !c.quiet && isatty(STDERR_FILENO);
    return run(&c);
}
