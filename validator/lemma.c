/* lemma/FUNCTION: a contract that paths rely on, proved on the function's own machine code. */
#include "validator/validator.h"

#include <stdio.h>

struct lemma {
    struct proof *proof;
    const struct path_contract *contract;
    struct path_machine machine;
    size_t stack;
    term argument;
};

static void lemma_goal(struct lemma *l, term goal, const char *what)
{
    struct model model = {0};
    if (proof_goal(l->proof, goal, what, &model) == VERDICT_REFUTED)
        replay_lemma(l->proof, l->contract, (uint32_t)model_lookup(l->argument, &model));
    model_free(&model);
}

static void returned(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct lemma *l = m->data;
    term r0 = m->arm.r[0];
    l->proof->result.paths++;
    if (status == PATH_BROKEN) {
        lemma_goal(l, term_const(1, 0), m->arm.detail);
        return;
    }
    const char *lost = path_machine_lost_register(m, l->stack);
    lemma_goal(l, term_const(1, lost == NULL), "a callee-saved register is lost");
    term none = term_eq(r0, term_const(32, l->contract->none));
    term encodable = path_encodable(l->argument);
    lemma_goal(l, term_or(none, term_ult(r0, term_const(32, 0x1000))),
               "the result is neither an encoding nor the mark of none");
    lemma_goal(l, term_or(none, term_eq(path_expand_imm(term_extract(r0, 0, 12)), l->argument)),
               "the encoding means another value");
    lemma_goal(l, term_eq(none, term_not(encodable)), "the mark of none is wrong");
}

void modified_immediate_prove(struct proof *proof, const struct obligation *o)
{
    struct lemma l = {.proof = proof, .contract = o->contract, .argument = term_var("value", 32, TERM_ORDINARY)};
    struct diag diag;
    snprintf(proof->result.domain, sizeof proof->result.domain, "every 32-bit value");
    path_machine_init(&l.machine, proof->path);
    l.machine.data = &l;
    l.machine.stopped = path_machine_returned;
    if (!arm_image_map(proof->target->image, &l.machine.arm, &diag)) {
        proof_fail(proof, VERDICT_UNKNOWN, "%s: %s", diag.where, diag.message);
        return;
    }
    l.stack = arm_add_block(
        &l.machine.arm,
        (struct arm_block){.name = "stack",
                           .size = 512,
                           .stack = true,
                           .fresh = TERM_UNDEFINED,
                           .base = term_concat(term_var("stack_base", 29, TERM_PRIVATE), term_const(3, 0)),
                           .permissions = ARM_READ | ARM_WRITE});
    path_machine_call(&l.machine, o->contract->address, &l.argument, 1, l.stack);
    path_explore(proof->path, path_machine_step, returned, &l.machine);
    proof->result.instructions = l.machine.arm.instructions;
    arm_state_free(&l.machine.arm);
}
