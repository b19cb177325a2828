/*
 * Kinds of obligations, a table: what there is to prove of a target, and how each kind proves it.
 *
 *   kinds.c    the table, the list, selection
 *   insn.c     insn/OP
 *   passes.c   the two passes over an instruction, for insn.c
 *   frame.c    prologue, epilogue, stub/WAY
 *   routine.c  routine/NAME, with loops proved by their invariants (loops.c, division.c)
 *   lemma.c    lemma/NAME: arithmetic that other proofs take as given
 */
#ifndef THUMBPROOF_OBLIGATIONS_H
#define THUMBPROOF_OBLIGATIONS_H

#include "validator/proof/proof.h"

struct obligation {
    char id[48];
    const struct kind *kind;
    const struct bpf_opcode *opcode; /* insn */
    enum bpf_outcome way;            /* epilogue, stub */
    size_t routine;                  /* routine: index into the manifest's */
    const struct lemma *lemma;
};

struct obligations {
    struct obligation *items;
    size_t count, room;
};

struct kind {
    const char *name;    /* the part of the id before the slash */
    const char *meaning; /* one line */
    bool needs_prelude;  /* it speaks of the code or the positions that the prelude leaves behind */
    void (*list)(const struct kind *kind, const struct target *target, struct obligations *list);
    void (*prove)(struct proof *proof, const struct obligation *o);
};
extern const struct kind obligation_kinds[];
extern const size_t obligation_kind_count;

/* All obligations of a target in the order of the report. The owner frees the items. */
void obligations_list(const struct target *target, struct obligations *list);
/* Adds one; for the list functions of kinds. An empty name: the id is the kind's name. */
struct obligation *obligations_add(struct obligations *list, const struct kind *kind, const char *name);
/* Whether `name` selects the obligation: its id, the part after the slash, or the mnemonic with its width. */
bool obligation_selected(const struct obligation *o, const char *name);

/* ---- insn.c, frame.c, routine.c, lemma.c ---- */

void insn_list(const struct kind *kind, const struct target *target, struct obligations *list);
void insn_prove(struct proof *proof, const struct obligation *o);
void prologue_list(const struct kind *kind, const struct target *target, struct obligations *list);
void prologue_prove(struct proof *proof, const struct obligation *o);
void epilogue_list(const struct kind *kind, const struct target *target, struct obligations *list);
void stub_list(const struct kind *kind, const struct target *target, struct obligations *list);
void way_out_prove(struct proof *proof, const struct obligation *o);
void routine_list(const struct kind *kind, const struct target *target, struct obligations *list);
void routine_prove(struct proof *proof, const struct obligation *o);
void lemma_list(const struct kind *kind, const struct target *target, struct obligations *list);
void lemma_prove(struct proof *proof, const struct obligation *o);

#endif
