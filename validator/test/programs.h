/* Random eBPF programs, the same from the same seed everywhere. */
#ifndef THUMBPROOF_TEST_PROGRAMS_H
#define THUMBPROOF_TEST_PROGRAMS_H

#include <stdint.h>

struct random {
    uint64_t state; /* not 0 */
};
uint32_t random_below(struct random *random, uint32_t end);
/* Numbers at which compilers change their mind, and others. */
uint32_t random_constant(struct random *random);

enum { PROGRAM_MAX_SLOTS = 40, PROGRAM_MAX_BYTES = 8 * PROGRAM_MAX_SLOTS };
/* Writes a program of all specified instructions; returns its length in slots. Most are valid, but now and then a field is spoiled,
 * so that refusals run too. */
uint32_t random_program(struct random *random, uint8_t *bytes);

#endif
