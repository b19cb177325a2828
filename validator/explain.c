/* A proof told to a reader: conditions of a path, the code that is emitted on it with its symbolic fields, and the
 * goals. */
#include "validator/validator.h"

#include <inttypes.h>

enum { DEPTH = 12 };

void explain_conditions(struct proof *proof, const char *title, size_t from)
{
    if (!proof->explain)
        return;
    fprintf(proof->explain, "%s\n", title);
    for (size_t i = from; i < proof->path->count; i++) {
        fputs("    if ", proof->explain);
        term_print(proof->explain, proof->path->conditions[i], DEPTH);
        fputc('\n', proof->explain);
    }
}

void explain_code(struct proof *proof, const term *code, int count)
{
    for (int i = 0; proof->explain && i < count; i++) {
        bool wide = ((code[i]->ones >> 11) & 0x1f) >= 0x1d && i + 1 < count; /* A5.1 */
        fprintf(proof->explain, "    +%-3d ", 2 * i);
        arm_print(proof->explain, wide ? term_concat(code[i], code[i + 1]) : code[i]);
        fputc('\n', proof->explain);
        i += wide;
    }
}

/* Goals that are closed by identity only say so; the others are shown. */
void explain_goal(struct proof *proof, const char *what, term goal, uint64_t steps, enum verdict verdict)
{
    static const char *const words[] = {"proved", "REFUTED", "unknown"};
    if (!proof->explain || term_is_true(goal))
        return;
    fprintf(proof->explain, "      goal (%s, %" PRIu64 " steps, depth %u): not \"%s\"\n        ", words[verdict], steps,
            goal->depth, what);
    term_print(proof->explain, goal, DEPTH);
    fputc('\n', proof->explain);
}
