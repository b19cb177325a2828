/* Inside the validator: counterexamples as text. */
#ifndef THUMBPROOF_COUNTEREXAMPLE_H
#define THUMBPROOF_COUNTEREXAMPLE_H

#include "validator/emulator.h"

/* The instruction and the inputs that matter. */
void counterexample_case(FILE *out, const struct scenario *s, struct numbers *numbers);

#endif
