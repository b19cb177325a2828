/* Whether two objects of a JIT do the same, as far as runs can tell. */
#ifndef THUMBPROOF_TEST_EQUIVALENCE_H
#define THUMBPROOF_TEST_EQUIVALENCE_H

#include "validator/test/programs.h"

#include "symexec/arm/arm.h"

struct equivalence {
    unsigned programs, compiled, same_code; /* how many were tried, were accepted, came out as the same code */
    char difference[160];                   /* the first that was found; empty if there is none */
};
/* Both compile random programs, and their code runs from random states. Stops at the first difference. */
struct equivalence equivalence_try(const struct arm_image *one, const struct arm_image *other, unsigned programs,
                                   struct random *random);

#endif
