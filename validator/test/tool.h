/*
 * For tests from outside: the tool is run as a process on files. THUMBPROOF is the tool (default build/thumbproof).
 */
#ifndef THUMBPROOF_TEST_TOOL_H
#define THUMBPROOF_TEST_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF "build/m3-gcc-Os/jit.elf"
#define MANIFEST "specs/thumbproof-jit.json"

/* ---- files ---- */

extern char folder[]; /* the test's own */
/* Set up and tear down of a group of tests. */
int folder_make(void **state);
int folder_remove(void **state);

struct bytes {
    uint8_t *data; /* a NUL follows */
    size_t size;
};
/* A whole file; the caller frees the data. */
struct bytes slurp(const char *path);
/* Path of a file in the test's own folder; the last sixteen are valid. */
const char *at(const char *name);
void write_file(const char *path, const void *data, size_t size);
/* Writes a file in the test's own folder, and returns its path. */
const char *spill(const char *name, const void *data, size_t size);
/* The manifest with the first `from` after `after` replaced by `to`. */
const char *edited(const char *after, const char *from, const char *to);

/* ---- processes ---- */

enum { MAX_OUTPUT = 1 << 16, HANG = -1 };

struct outcome {
    int status; /* exit status, 128 + signal, or HANG */
    char out[MAX_OUTPUT], err[MAX_OUTPUT];
};
/* Runs the tool; the arguments end with NULL. The outcome of the last run is valid. */
struct outcome *run(const char *const *arguments);
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

/* Whether it is one line that names the tool and the place. */
bool clear(const char *err);
/* Fails unless the run ended with status 2 and one line that says `what`. */
void refused(const struct outcome *o, const char *what);

#endif
