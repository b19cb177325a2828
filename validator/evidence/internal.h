/* Inside evidence/: what its files share. */
#ifndef THUMBPROOF_EVIDENCE_INTERNAL_H
#define THUMBPROOF_EVIDENCE_INTERNAL_H

#include "validator/evidence/emulator.h"
#include "validator/evidence/evidence.h"

/* ---- replay.c ---- */

/* The instruction of a finding, or the prelude, on these numbers: what is told, and how far it is confirmed. */
enum confirmation replay_instruction(struct proof *proof, struct numbers *numbers, FILE *out);

/* ---- routine.c ---- */

/* A routine's finding: the model's arguments, then corner cases, until one is not as promised. */
enum confirmation replay_routine(struct proof *proof, FILE *out);

/* ---- counterexample.c ---- */

/* The instruction and the inputs that matter. */
void counterexample_case(FILE *out, struct proof *proof, struct numbers *numbers);

#endif
