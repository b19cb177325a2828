/* A proof told to a reader: conditions of a path, the code that is emitted on it with its symbolic fields, the goals; or one
 * goal that was asked for by name, whole. */
#include "validator/proof/proof.h"

#include <inttypes.h>
#include <string.h>

enum { DEPTH = 12, WHOLE = 1000 };

static FILE *wanted(const struct proof *proof, enum trace what)
{
    const struct telling *t = proof->telling;
    return t && (t->what & what) ? t->out : NULL;
}

bool trace_wants(const struct proof *proof, unsigned fields, unsigned dst, unsigned src)
{
    if (!proof->telling || !proof->telling->one_case) /* one case: the first pair of two registers */
        return true;
    return (!(fields & BPF_DST) || dst == 0) && (!(fields & BPF_SRC) || src == 1);
}

void trace_conditions(struct proof *proof, const char *title, size_t from)
{
    FILE *out = wanted(proof, TRACE_PATHS);
    if (!out)
        return;
    fprintf(out, "%s\n", title);
    for (size_t i = from; i < proof->path->count; i++) {
        fputs("    if ", out);
        term_print(out, proof->path->conditions[i], DEPTH);
        fputc('\n', out);
    }
}

void trace_code(struct proof *proof, const term *code, unsigned count)
{
    FILE *out = wanted(proof, TRACE_EMIT);
    for (unsigned i = 0; out && i < count; i++) {
        bool wide = code_is_wide(code[i]) && i + 1 < count;
        fprintf(out, "    +%-3u ", 2 * i);
        arm_print(out, wide ? term_concat(code[i], code[i + 1]) : code[i]);
        fputc('\n', out);
        i += wide;
    }
}

/* The goal and its hypotheses, as text or as a script that is unsatisfiable if it is proved. */
static void tell_whole(struct proof *proof, const char *about, term truth, enum verdict verdict)
{
    static const char *const words[] = {"proved", "refuted", "unknown"};
    struct telling *t = proof->telling;
    const struct path *path = proof->path;
    t->told = true;
    fprintf(t->out, t->smt2 ? "; %s: %s, %s%s%s\n" : "%s: %s, %s%s%s\n", proof->result.id, t->goal, words[verdict],
            about ? ": " : "", about ? about : "");
    if (t->smt2) {
        term_print_smt2(t->out, path->conditions, path->count, truth);
        return;
    }
    for (size_t i = 0; i < path->count; i++) {
        fputs("    if ", t->out);
        term_print(t->out, path->conditions[i], WHOLE);
        fputc('\n', t->out);
    }
    fputs("  then ", t->out);
    term_print(t->out, truth, WHOLE);
    fputc('\n', t->out);
}

/* Goals that are closed by identity are told only where one is asked for by name. */
void trace_goal(struct proof *proof, enum goal goal, const char *about, term truth, uint64_t steps,
                enum verdict verdict)
{
    static const char *const words[] = {"proved", "REFUTED", "unknown"};
    struct telling *t = proof->telling;
    if (!t)
        return;
    if (t->goal && strcmp(t->goal, goal_rows[goal].name) == 0 && !(t->told && term_is_true(truth)))
        tell_whole(proof, about, truth, verdict);
    FILE *out = wanted(proof, TRACE_GOALS);
    if (!out || term_is_true(truth))
        return;
    fprintf(out, "      goal %s%s%s (%s, %" PRIu64 " steps, depth %u)\n        ", goal_rows[goal].name,
            about ? ": " : "", about ? about : "", words[verdict], steps, truth->depth);
    term_print(out, truth, DEPTH);
    fputc('\n', out);
}
