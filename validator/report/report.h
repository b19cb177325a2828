/*
 * Reports: JSON, of which every other format is a pure function (json.c), and the table for people (table.c). Both say
 * under which assumptions (assumptions.c).
 */
#ifndef THUMBPROOF_REPORT_H
#define THUMBPROOF_REPORT_H

#include "validator/run/run.h"

struct report {
    const struct target *target;
    const struct result *results;
    size_t count;
    bool selected_only; /* not all obligations were asked for */
    bool reads;         /* the JSON report has the bytes that each proof read */
    double seconds;
    unsigned jobs;
};
/* Writes the report; false and a diag if the file cannot be written. */
bool report_write(const struct report *report, const char *path, struct diag *diag);
/* Exit status: 0 proved, 1 refuted, 3 unknown, 4 an unconfirmed refutation. */
int report_status(const struct report *report);
/* Tells each deviation of the target from the contract, as one line. */
void assumptions_tell(const struct target *target, void (*tell)(void *data, const char *line), void *data);
/* The table for people. */
void table_print(FILE *out, const struct report *report, bool color);

#endif
