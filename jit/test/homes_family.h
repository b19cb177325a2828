/* Assignments of homes that must all work, not only the default. */
#ifndef TEST_HOMES_FAMILY_H
#define TEST_HOMES_FAMILY_H

#include "../jit.h"

#define HOMES_FAMILY_SIZE 4

extern const struct jit_home *const homes_family[HOMES_FAMILY_SIZE];

#endif
