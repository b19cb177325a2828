/*
 * Evidence: a finding is run again with numbers, the real code under an independent emulator (by divergence) or our own machine
 * on constants (by rule), and told to a reader.
 *
 *   confirm.c         what kind of finding asks for what
 *   replay.c          an instruction: what shows each goal
 *   compile.c         the real compiler under the emulator
 *   trial.c           compiler and code against the specification alone
 *   rules.c           our machine on constants
 *   routine.c         a routine on concrete arguments
 *   counterexample.c  the case as text
 *   emulator.c        a symbolic machine state carried over to Unicorn
 *   listing.c         disassembly
 */
#ifndef THUMBPROOF_EVIDENCE_H
#define THUMBPROOF_EVIDENCE_H

#include "validator/proof/proof.h"

/* Makes the counterexample of a proof's finding and tries to confirm it. The finding of a routine that is unknown is tried on
 * numbers, too, and is refuted if they show it. Does nothing without a finding. */
void evidence_confirm(struct proof *proof);

#endif
