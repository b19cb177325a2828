/*
 * Calls by contract: a call on symbolic arguments is replaced by what the function promises. The promise is proved on the
 * function's own machine code, as an obligation of its own. On constant arguments the function itself runs, and what the AAPCS
 * lets it change is as undefined as after any other call.
 */
#include "symexec/path/path.h"

#include <assert.h>
#include <stdio.h>

/* Bit 0 of a return address is 1 (call_is_lawful), so the subtraction clears it, and the address stays linear. A
 * CONCAT that ends in 1 has no sum to stay in. */
term path_return_address(const struct path_machine *m)
{
    term lr = m->arm.r[ARM_LR];
    if (lr->op == TERM_SUM)
        return term_sub(lr, term_const(32, 1));
    return term_concat(term_extract(lr, 1, 31), term_const(1, 0));
}

term path_clobbered(const struct path_machine *m, unsigned step, const char *what, unsigned number, unsigned width)
{
    char name[48];
    snprintf(name, sizeof name, "clobbered%u_%s", step, what); /* another call, other garbage */
    return path_machine_fresh(m, name, number, width, TERM_UNDEFINED);
}

void path_return(struct path_machine *m, const term *words, size_t count)
{
    static const unsigned registers[] = {0, 1, 2, 3, 12};
    struct arm_state *s = &m->arm;
    term *const flags[] = {&s->n, &s->z, &s->c, &s->v};
    term target = path_return_address(m);
    for (unsigned i = 0; i < sizeof registers / sizeof *registers; i++)
        undo_set_term(s->undo, &s->r[registers[i]],
                      i < count ? words[i] : path_clobbered(m, m->steps, "r", registers[i], 32));
    for (unsigned i = 0; i < 4; i++)
        undo_set_term(s->undo, flags[i], path_clobbered(m, m->steps, "flag", i, 1));
    undo_set_term(s->undo, &s->r[ARM_LR], path_clobbered(m, m->steps, "r", ARM_LR, 32));
    undo_set_term(s->undo, &s->r[ARM_PC], target);
}

static enum path_arrival has_returned(struct path_machine *m)
{
    return m->arm.r[ARM_PC] == m->running.return_to && m->arm.r[ARM_SP] == m->running.sp ? PATH_LEFT : PATH_GOES_ON;
}

/*
 * The function itself runs, all of it in the one step that the call is: if it asks something that has two answers, the whole
 * call is repeated with the other one. Then its caller has what any call leaves it, and not whatever this one happens to.
 */
static enum path_status run_through(struct path_machine *m, unsigned results)
{
    enum path_arrival (*arrived)(struct path_machine *) = m->arrived;
    const struct running outer = m->running;
    const uint32_t steps = m->steps;
    enum path_status status;
    m->running = (struct running){path_return_address(m), m->arm.r[ARM_SP], true};
    m->arrived = has_returned;
    do
        status = path_machine_step(m);
    while (status == PATH_RUNNING);
    m->arrived = arrived;
    m->running = outer;
    if (status == PATH_BROKEN)
        return status;
    term words[OPAQUE_MAX_RESULTS] = {m->arm.r[0], m->arm.r[1]};
    undo_set_u32(m->arm.undo, &m->steps, steps); /* the call is one step of its caller, as any other */
    undo_set_term(m->arm.undo, &m->arm.r[ARM_LR], term_add(m->arm.r[ARM_PC], term_const(32, 1)));
    path_return(m, words, results);
    return PATH_RUNNING;
}

static bool is_constant(const struct path_machine *m, unsigned registers)
{
    for (unsigned i = 0; i < registers; i++)
        if (!term_is_const(m->arm.r[i]))
            return false;
    return true;
}

/* An opaque result hides what its arguments depend on, so they may depend on declared values only. */
static bool declare_arguments(struct path_machine *m, const struct promise *promise, term *arguments)
{
    for (unsigned i = 0; i < promise->arguments; i++) {
        arguments[i] = arm_declared(&m->arm, m->arm.r[i], m->env.undeclared | TERM_UNDEFINED, "an argument");
        if (!arguments[i])
            return false;
    }
    return true;
}

static enum path_status apply(struct path_machine *m, const struct path_contract *contract)
{
    const struct promise *promise = contract->promise;
    struct promise_case cases[PROMISE_MAX_CASES];
    const term *opaque = NULL, *arguments = m->arm.r;
    term declared[OPAQUE_MAX_ARGUMENTS];
    assert(promise->arguments <= OPAQUE_MAX_ARGUMENTS && promise->results <= OPAQUE_MAX_RESULTS);
    m->path->believed = true;
    if (promise->opaque.result_count) {
        bool is_new;
        if (!declare_arguments(m, promise, declared))
            return PATH_BROKEN;
        arguments = declared;
        opaque = path_apply(m->path, &promise->opaque, arguments, &is_new);
        term facts[PROMISE_MAX_FACTS];
        size_t count = is_new && promise->facts ? promise->facts(arguments, opaque, facts) : 0;
        for (size_t i = 0; i < count; i++)
            path_define(m->path, facts[i]);
    }
    size_t count = promise->cases(contract->parameter, arguments, opaque, cases), chosen = 0;
    while (chosen + 1 < count && !path_decide(m->path, cases[chosen].guard))
        chosen++;
    path_return(m, cases[chosen].words, promise->results);
    return PATH_RUNNING;
}

const struct path_contract *path_contract_of(const struct path_machine *m, uint32_t address)
{
    for (size_t i = 0; i < m->contract_count; i++)
        if (m->contracts[i].address == address)
            return &m->contracts[i];
    return NULL;
}

const struct path_contract *path_contract_at(const struct path_machine *m)
{
    term pc = m->arm.r[ARM_PC];
    return term_is_const(pc) ? path_contract_of(m, (uint32_t)pc->value) : NULL;
}

/* What the AAPCS asks of every call of a public function. */
static bool call_is_lawful(struct path_machine *m)
{
    struct arm_state *s = &m->arm;
    if ((s->r[ARM_SP]->zeros & 7) != 7) { /* 6.2.1.2 */
        s->broken = ARM_BAD_SP;
        snprintf(s->detail, sizeof s->detail, "sp is not a multiple of 8 at a call");
        return false;
    }
    if (!(s->r[ARM_LR]->ones & 1)) {
        s->broken = ARM_BAD_BRANCH;
        snprintf(s->detail, sizeof s->detail, "lr is no return address at a call");
        return false;
    }
    return true;
}

enum path_status path_contract_apply(struct path_machine *m, const struct path_contract *contract)
{
    if (!call_is_lawful(m))
        return PATH_BROKEN;
    if (!contract->promise)
        return path_summarise(m) ? PATH_RUNNING : PATH_DONE;
    if (is_constant(m, contract->promise->arguments))
        return run_through(m, contract->promise->results);
    return apply(m, contract);
}
