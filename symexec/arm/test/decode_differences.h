/* Where the table of encodings and Capstone 4.0.2 differ, and why. */
#ifndef THUMBPROOF_ARM_TEST_DECODE_DIFFERENCES_H
#define THUMBPROOF_ARM_TEST_DECODE_DIFFERENCES_H

#include <stddef.h>
#include <stdint.h>

/* What the model says about a word: it is an instruction that is executed, or one that is refused; or no instruction of
 * ARMv7-M: of a newer architecture, or none at all. */
enum decode_verdict { DECODE_EXECUTES, DECODE_REFUSED, DECODE_NEWER, DECODE_UNDEFINED, DECODE_UNPREDICTABLE };

/* A group of words that differ for one reason. */
struct decode_difference {
    const char *row; /* pattern (fnmatch) of names of rows, "-" for words that fit none */
    unsigned size;   /* in bytes */
    uint32_t mask, value;
    enum decode_verdict ours;
    const char *why;    /* pattern of what makes it UNPREDICTABLE, "" otherwise */
    const char *theirs; /* pattern of Capstone's mnemonics; "-" where it rejects the word, "=" for the row's own */
    const char *reason;
};
extern const struct decode_difference decode_differences[];
extern const size_t decode_difference_count;

#endif
