/* Small Thumb programs, called with a few arguments and run on every path. */
#ifndef THUMBPROOF_PATH_TEST_RUN_H
#define THUMBPROOF_PATH_TEST_RUN_H

#include "symexec/path/path.h"

enum { RUN_CODE = 0x8000, RUN_DATA = 0x20000000, RUN_PATHS = 8 };

struct run {
    struct path_machine machine; /* registers, as long as `look` runs */
    size_t data, stack;          /* blocks: 16 bytes of data that are ordinary variables, and a stack */
    unsigned paths, broken;
    enum arm_rule rule; /* of the last path that was broken */
    char detail[160];
    term results[RUN_PATHS]; /* r0 at the end of each path */
    /* NULL, or called at the end of each path that broke no rule. */
    void (*look)(struct run *run);
};

/* Opens a machine on `path` with the program at RUN_CODE; the caller sets what else there is. */
void run_open(struct run *run, struct path *path, const uint16_t *program, unsigned count);
/* Calls the program with as many arguments and explores; closes the machine. */
void run_call(struct run *run, const term *arguments, size_t count);

#endif
