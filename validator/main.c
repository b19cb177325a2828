/* The command line: one table of options, from which parser and help come. */
#include "validator/report/report.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STATUS_USAGE = 2, STATUS_INTERNAL = 4, MAX_NAMES = 128 };

enum {
    KEY_JIT = 'j' + 256,
    KEY_MANIFEST,
    KEY_AUDIT,
    KEY_NO_COLOR,
    KEY_TRACE,
    KEY_SMT2,
    KEY_GOALS,
    KEY_ALLOW_WEAKER,
    KEY_READS
};

static const struct argp_option option_table[] = {
    {"jit", KEY_JIT, "ELF", 0, "The linked object to prove (default: build/m3-gcc-Os/jit.elf)", 0},
    {"manifest", KEY_MANIFEST, "JSON", 0, "What it says about itself (default: specs/thumbproof-jit.json)", 0},
    {"allow-weaker", KEY_ALLOW_WEAKER, NULL, 0,
     "Accept limits of the manifest that are weaker than the contract's; reports list them as assumptions", 0},
    {"opcode", 'o', "NAME", 0,
     "Only this obligation: an id such as insn/add64_imm, or an opcode such as add64; may be repeated", 0},
    {"report", 'r', "FILE", 0, "Write the JSON report to FILE", 0},
    {"reads", KEY_READS, NULL, 0,
     "The report also has, for each obligation, which bytes of the object its proof executed or loaded", 0},
    {"jobs", 'j', "N", 0, "Prove N obligations at once (default: the number of processors)", 0},
    {"fail-fast", 'x', NULL, 0, "Stop at the first refutation; what comes after it is not decided", 0},
    {"audit", KEY_AUDIT, NULL, 0, "Also have Z3 prove every rewrite of terms that the run relies on", 0},
    {"trace", KEY_TRACE, "WHAT", 0, "Tell on stderr, as it happens: emit,paths,goals or some of them", 0},
    {"smt2", KEY_SMT2, NULL, 0, "goal: as an SMT-LIB 2 script that is unsatisfiable if the goal is proved", 0},
    {"goals", KEY_GOALS, NULL, 0, "list: the names of all goals, and what is said if one fails", 0},
    {"quiet", 'q', NULL, 0, "No progress and no table", 0},
    {"no-color", KEY_NO_COLOR, NULL, 0, "No colors (also: the environment variable NO_COLOR)", 0},
    {0},
};

static const char documentation[] =
    "Proves that a JIT for eBPF emits Thumb code that does what each instruction means.\v"
    "Commands:\n"
    "  validate-all   decide every obligation of the JIT, print a table, write a report\n"
    "  list           print the ids of the obligations\n"
    "  explain NAME   tell the proof of an obligation or opcode: paths, emitted code, goals\n"
    "  goal ID NAME   print one goal of an obligation whole, with its hypotheses\n\n"
    "Exit status: 0 all proved; 1 something refuted; 2 usage or bad input; 3 nothing refuted but something unknown; "
    "4 a counterexample that the emulator does not confirm, or another internal error.";

struct command_line {
    const struct command *command;
    const char *jit, *manifest, *report;
    const char *selections[MAX_NAMES], *arguments[MAX_NAMES];
    size_t selection_count, argument_count;
    struct run_options run;
    struct telling telling;
    bool goals, quiet, allow_weaker, reads;
};

/* ---- parsing ---- */

static bool parse_trace(const char *list, unsigned *what)
{
    static const char *const names[] = {"emit", "paths", "goals"}; /* by bit of enum trace */
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < 3 && (strlen(names[i]) != length || strncmp(at, names[i], length) != 0))
            i++;
        if (i == 3)
            return false;
        *what |= 1u << i;
        at += length;
        if (!*at)
            return true;
    }
}

static const struct command *find_command(const char *name);

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
    case KEY_ALLOW_WEAKER:
        c->allow_weaker = true;
        return 0;
    case KEY_NO_COLOR:
        c->run.color = false;
        return 0;
    case 'o':
        if (c->selection_count == MAX_NAMES)
            argp_error(state, "more than %d opcodes", MAX_NAMES);
        c->selections[c->selection_count++] = argument;
        return 0;
    case 'r':
        c->report = argument;
        return 0;
    case KEY_READS:
        c->reads = true;
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
    case KEY_TRACE:
        if (!parse_trace(argument, &c->telling.what))
            argp_error(state, "--trace: takes emit, paths, goals or some of them, not \"%s\"", argument);
        c->telling.out = stderr;
        c->run.telling = &c->telling;
        return 0;
    case KEY_SMT2:
        c->telling.smt2 = true;
        return 0;
    case KEY_GOALS:
        c->goals = true;
        return 0;
    case 'q':
        c->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (c->argument_count == MAX_NAMES)
            argp_error(state, "more than %d names", MAX_NAMES);
        if (state->arg_num == 0 && !(c->command = find_command(argument)))
            argp_error(state, "command line: unknown command \"%s\"", argument);
        if (state->arg_num > 0)
            c->arguments[c->argument_count++] = argument;
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
static bool narrow(const struct command_line *c, struct obligations *list, struct diag *diag)
{
    size_t kept = 0;
    for (size_t s = 0; s < c->selection_count; s++) {
        bool found = false;
        for (size_t i = 0; i < list->count; i++)
            found |= obligation_selected(&list->items[i], c->selections[s]);
        if (!found) {
            diag_set(diag, DIAG_USAGE, "--opcode",
                     "\"%s\" is no obligation of this JIT; \"thumbproof list\" prints them", c->selections[s]);
            return false;
        }
    }
    for (size_t i = 0; i < list->count; i++) {
        bool wanted = c->selection_count == 0;
        for (size_t s = 0; s < c->selection_count; s++)
            wanted |= obligation_selected(&list->items[i], c->selections[s]);
        if (wanted)
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
    return true;
}

/* ---- commands ---- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int validate(struct command_line *c, const struct target *target, struct obligations *list)
{
    struct diag diag;
    struct session session;
    struct result *results = calloc(list->count + 1, sizeof *results);
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
    session_open(&session, target);
    schedule_run(&session, list, &c->run, results);
    session_close(&session);
    struct report report = {.target = target,
                            .results = results,
                            .count = list->count,
                            .selected_only = c->selection_count > 0,
                            .reads = c->reads,
                            .seconds = now() - start,
                            .jobs = c->run.jobs};
    int status = report_status(&report);
    if (!c->quiet)
        table_print(stdout, &report, c->run.color);
    if (c->report && !report_write(&report, c->report, &diag))
        status = complain(&diag);
    else if (c->report && !c->quiet)
        printf("report: %s\n", c->report);
    for (size_t i = 0; i < list->count; i++)
        result_free(&results[i]);
    free(results);
    return status;
}

static void print_goals(void)
{
    for (size_t i = 0; i < GOALS; i++)
        if (i != GOAL_RULE)
            printf("%-20s %s\n", goal_rows[i].name, goal_rows[i].sentence);
    for (size_t i = ARM_RULE_NONE + 1; i < ARM_RULES; i++) {
        char name[48];
        if (i == ARM_UNSUPPORTED) /* a limit of ours, never a goal */
            continue;
        goal_name(GOAL_RULE, (enum arm_rule)i, name, sizeof name);
        printf("%-20s %s\n", name, arm_rule_info((enum arm_rule)i)->meaning);
    }
}

static int print_list(struct command_line *c, const struct target *target, struct obligations *list)
{
    (void)target;
    if (c->goals) {
        print_goals();
        return 0;
    }
    for (size_t i = 0; i < list->count; i++)
        puts(list->items[i].id);
    return 0;
}

/* Decides with something told on stdout; the status is that of the worst verdict. */
static int tell(struct command_line *c, const struct target *target, const struct obligations *list, bool headings)
{
    struct session session;
    int status = 0;
    c->telling.out = stdout;
    c->telling.one_case = true;
    c->run.telling = &c->telling;
    session_open(&session, target);
    for (size_t i = 0; i < list->count; i++) {
        if (headings)
            printf("%s\n", list->items[i].id);
        struct result r = decide(&session, &list->items[i], &c->run);
        const struct report report = {.target = target, .results = &r, .count = 1};
        int own = report_status(&report);
        status = status == 0 || own == 4 || own == 1 ? own : status;
        if (headings && r.verdict != VERDICT_PROVED)
            printf("\n%s: %s\n%s", verdict_names[r.verdict], r.reason, r.example.text ? r.example.text : "");
        if (headings)
            printf("\n%" PRIu64 " paths, %" PRIu64 " goals, %" PRIu64 " of them by identity\n\n", r.paths, r.goals,
                   r.by_identity);
        result_free(&r);
    }
    session_close(&session);
    return status;
}

static int explain(struct command_line *c, const struct target *target, struct obligations *list)
{
    if (c->selection_count == 0) {
        struct diag diag;
        diag_set(&diag, DIAG_USAGE, "explain", "needs the name of an opcode");
        return complain(&diag);
    }
    c->telling.what = TRACE_EMIT | TRACE_PATHS | TRACE_GOALS;
    return tell(c, target, list, true);
}

static int print_goal(struct command_line *c, const struct target *target, struct obligations *list)
{
    struct diag diag;
    bool known = false;
    for (size_t i = 0; i < GOALS && c->argument_count == 2; i++)
        known |= strcmp(goal_rows[i].name, c->arguments[1]) == 0;
    if (!known) {
        diag_set(&diag, DIAG_USAGE, "goal", "takes an obligation and the name of a goal: %s",
                 c->argument_count == 2 ? "there is no goal of that name" : "two words");
        return complain(&diag);
    }
    c->telling.goal = c->arguments[1];
    int status = tell(c, target, list, false);
    if (c->telling.told)
        return status;
    diag_set(&diag, DIAG_USAGE, c->arguments[0], "states no goal \"%s\"", c->arguments[1]);
    return complain(&diag);
}

static const struct command {
    const char *name;
    size_t selections; /* so many arguments select obligations */
    size_t arguments;  /* at most */
    int (*run)(struct command_line *c, const struct target *target, struct obligations *list);
} commands[] = {
    {"validate-all", 0, 0, validate},
    {"list", 0, 0, print_list},
    {"explain", MAX_NAMES, MAX_NAMES, explain},
    {"goal", 1, 2, print_goal},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int run(struct command_line *c)
{
    static struct target target;
    struct obligations list;
    struct diag diag;
    if (c->argument_count > c->command->arguments) {
        diag_set(&diag, DIAG_USAGE, "command line", "%s does not take \"%s\"", c->command->name,
                 c->arguments[c->command->arguments]);
        return complain(&diag);
    }
    for (size_t i = 0; i < c->argument_count && i < c->command->selections && c->selection_count < MAX_NAMES; i++)
        c->selections[c->selection_count++] = c->arguments[i];
    if (c->run.audit)
        term_audit_start();
    if (!target_open(c->jit, c->manifest, &target, &diag))
        return complain(&diag);
    if (!c->allow_weaker && !limits_met(&target, &diag)) {
        target_close(&target);
        return complain(&diag);
    }
    obligations_list(&target, &list);
    int status = narrow(c, &list, &diag) ? c->command->run(c, &target, &list) : complain(&diag);
    free(list.items);
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
