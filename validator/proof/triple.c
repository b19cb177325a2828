/* Every path of a run, judged at its end: the one place where runs are explored and broken rules become findings. */
#include "validator/proof/proof.h"

#include <assert.h>

static void note_path(struct triple *t)
{
    const struct path *path = t->situation.proof->path;
    term conjunction = term_truth(true);
    for (size_t i = t->assumed; i < path->count; i++)
        conjunction = term_and(conjunction, path->conditions[i]);
    t->covered = term_or(t->covered, conjunction);
    t->situation.proof->result.paths++;
}

static void note_length(struct result *r, uint64_t steps)
{
    if (steps < r->arm_min)
        r->arm_min = steps;
    if (steps > r->arm_max)
        r->arm_max = steps;
}

static void end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct triple *t = m->data;
    if (t->is_main)
        note_path(t);
    bool ends = m->arm.broken != ARM_RULE_NONE, modelled = m->arm.broken != ARM_UNSUPPORTED;
    if (status == PATH_BROKEN && !(ends && modelled)) { /* a run with numbers may tell */
        claim_of_ours(&t->situation, ends ? GOAL_MODELLED : GOAL_ENDS, term_truth(false), m->arm.detail);
        return;
    }
    if (status == PATH_BROKEN) {
        claim_broken(&t->situation, &m->arm);
        return;
    }
    if (t->is_code)
        note_length(&t->situation.proof->result, m->steps);
    t->judge(t);
}

void triple_prove(struct triple *t)
{
    struct path_machine *m = &t->world->machine;
    struct proof *proof = t->situation.proof;
    struct path *path = proof->path;
    size_t mark = path_mark(path), undo = path->undo.count;
    void *outer = m->data;
    assert(proof && t->judge && m->arrived);
    t->covered = term_truth(false);
    t->assumed = mark;
    if (t->is_main) /* from what cannot be, anything follows */
        claim_fact(&t->situation, GOAL_SATISFIABLE, solver_feasible(path->solver, path->conditions, path->count, NULL),
                   NULL);
    m->data = t;
    path_explore(path, path_machine_step, end, m);
    m->data = outer;
    undo_to(&path->undo, undo);
    path_release(path, mark);
    if (t->is_main && !path->stop) /* no state that was assumed took a path that was not looked at */
        claim_of_ours(&t->situation, GOAL_COVER, t->covered, NULL);
}
