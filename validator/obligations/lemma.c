/* lemma/NAME: facts about integers that proofs of routines take as given, proved by Z3 as they stand here. */
#include "validator/obligations/loops.h"

const struct lemma lemmas[] = {
    {"quotient-product", "q = n / d, d > 0: q d <= n and n - q d < d",
     "(declare-const n Int) (declare-const d Int) (assert (>= n 0)) (assert (> d 0))"
     "(assert (not (and (<= (* (div n d) d) n) (< (- n (* (div n d) d)) d))))"},
    {"product-of-zero", "0 d = 0", "(declare-const d Int) (assert (not (= (* 0 d) 0)))"},
    {"product-step", "q d = p: (2 q + b) d = 2 p + b d",
     "(declare-const q Int) (declare-const d Int) (declare-const p Int) (declare-const b Int)"
     "(assert (= (* q d) p)) (assert (or (= b 0) (= b 1)))"
     "(assert (not (= (* (+ (* 2 q) b) d) (+ (* 2 p) (* b d)))))"},
    {"division-is-unique", "q d + r = n, 0 <= r < d, q >= 0: q = n / d",
     "(declare-const q Int) (declare-const d Int) (declare-const r Int) (declare-const n Int)"
     "(assert (= (+ (* q d) r) n)) (assert (>= r 0)) (assert (< r d)) (assert (>= q 0))"
     "(assert (not (= q (div n d))))"},
};
const size_t lemma_count = sizeof lemmas / sizeof *lemmas;

/* They are needed where a loop of a routine is proved. */
void lemma_list(const struct kind *kind, const struct target *target, struct obligations *list)
{
    bool needed = false;
    for (size_t i = 0; i < target->manifest.routine_count; i++)
        needed |= *target->manifest.routines[i].loop.step && !target->manifest.routines[i].trusted;
    for (size_t i = 0; needed && i < lemma_count; i++)
        obligations_add(list, kind, lemmas[i].name)->lemma = &lemmas[i];
}

void lemma_prove(struct proof *proof, const struct obligation *o)
{
    snprintf(proof->result.domain, sizeof proof->result.domain, "every integer: %s", o->lemma->meaning);
    enum verdict verdict = solver_prove_text(proof->path->solver, o->lemma->text);
    proof->result.paths = 1;
    claim_fact(&(struct situation){.proof = proof}, GOAL_LEMMA, verdict == VERDICT_PROVED, NULL);
}
