/* One error message: what went wrong, where, and of which kind. Functions that can fail on input fill one of these. */
#ifndef THUMBPROOF_DIAG_H
#define THUMBPROOF_DIAG_H

enum diag_code {
    DIAG_NONE,
    DIAG_USAGE,    /* the command line */
    DIAG_INPUT,    /* a file that is missing, unreadable, malformed or does not fit */
    DIAG_INTERNAL, /* a bug of ours */
};

struct diag {
    enum diag_code code;
    char where[160];   /* file, and opcode or symbol if there is one */
    char message[320]; /* one line, no newline */
};

/* Fills *d. `where` and the printf-like message are cut to fit. */
void diag_set(struct diag *d, enum diag_code code, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
