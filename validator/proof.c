/* One obligation being decided: verdicts only get worse, and the first reason of the worst is kept. */
#include "validator/validator.h"

#include <stdarg.h>
#include <stdio.h>

static int badness(enum verdict verdict)
{
    return verdict == VERDICT_PROVED ? 0 : verdict == VERDICT_UNKNOWN ? 1 : 2;
}

void proof_fail(struct proof *proof, enum verdict verdict, const char *format, ...)
{
    if (badness(verdict) <= badness(proof->result.verdict))
        return;
    va_list list;
    va_start(list, format);
    vsnprintf(proof->result.reason, sizeof proof->result.reason, format, list);
    va_end(list);
    proof->result.verdict = verdict;
    if (verdict == VERDICT_REFUTED) /* one counterexample is enough */
        proof->path->stop = true;
}

enum verdict proof_goal(struct proof *proof, term goal, const char *what, struct model *model)
{
    uint64_t steps = solver_stats(proof->path->solver)->steps;
    enum verdict verdict = path_prove(proof->path, goal, model);
    explain_goal(proof, what, goal, solver_stats(proof->path->solver)->steps - steps, verdict);
    if (verdict == VERDICT_REFUTED)
        proof_fail(proof, verdict, "%s", what);
    else if (verdict == VERDICT_UNKNOWN)
        proof_fail(proof, verdict, "%s: the solver gave up", what);
    return verdict;
}
