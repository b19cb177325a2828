/* Inside evidence/: what its files share. */
#ifndef THUMBPROOF_EVIDENCE_INTERNAL_H
#define THUMBPROOF_EVIDENCE_INTERNAL_H

#include "validator/evidence/emulator.h"
#include "validator/evidence/evidence.h"

/* ---- compile.c ---- */

/* What one call of the real compiler did. */
struct compiled {
    enum emulation end;
    bool accepted; /* only if it ended */
    char fault[120];
    uint32_t value; /* afterwards, in the finding's place */
    uint32_t count;
    uint16_t code[CODE_MAX_HALFWORDS];
};
/* Calls it for the finding's instruction, or for the prelude. */
void compile(struct proof *proof, struct numbers *numbers, enum pass pass, struct compiled *out);
/* Entry k of the offset table that the proof speaks of, as this pass finds it: the byte where it is, or UINT32_MAX if the pass
 * finds something else there. False beyond the last. */
bool table_number(struct proof *proof, struct numbers *numbers, enum pass pass, size_t k, uint32_t *offset,
                  uint32_t *value);
/* What a place holds. */
uint32_t emulated_value(struct emulator *emulator, struct world *w, struct place at);

/* ---- trial.c ---- */

/* Whether what the real compiler did on these numbers is wrong: it faults, or loops, or its code ends differently from the
 * specification. For what the tool could not follow. */
bool trial_differs(struct proof *proof, struct numbers *numbers, const struct compiled *compiled, FILE *out);

/* ---- rules.c ---- */

/* Whether the finding's rule is broken again on these numbers; says how. */
bool rule_breaks(struct proof *proof, struct numbers *numbers, const struct compiled *compiled, FILE *out);

/* The same of a machine that is about to run. */
bool machine_breaks(struct proof *proof, struct numbers *numbers, struct path_machine *machine, FILE *out);

/* ---- replay.c ---- */

/* A machine that is about to run code in the finding's state; false if the image cannot be mapped. */
bool code_of_finding(struct code *code, struct proof *proof, struct path *path, const struct compiled *compiled);
/* The instruction of a finding, or the prelude, on these numbers: what is told, and how far it is confirmed. */
enum confirmation replay_instruction(struct proof *proof, struct numbers *numbers, FILE *out);

/* ---- routine.c ---- */

/* A routine's finding: the model's arguments, then corner cases, until one is not as promised. */
enum confirmation replay_routine(struct proof *proof, FILE *out);

/* ---- counterexample.c ---- */

/* The instruction and the inputs that matter. */
void counterexample_case(FILE *out, struct proof *proof, struct numbers *numbers);

#endif
