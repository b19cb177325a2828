/*
 * Calls by contract: a call on symbolic arguments is replaced by what the function promises. The promise is proved on the
 * function's own machine code, as an obligation of its own. On constant arguments the function itself runs.
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

static term clobbered(const struct path_machine *m, const char *what, unsigned number, unsigned width)
{
    char name[48];
    snprintf(name, sizeof name, "clobbered_%s%u_%u", what, number, m->steps); /* another call, other garbage */
    return term_var(name, width, TERM_UNDEFINED);
}

void path_return(struct path_machine *m, const term *words, size_t count)
{
    static const unsigned registers[] = {0, 1, 2, 3, 12};
    struct arm_state *s = &m->arm;
    term *const flags[] = {&s->n, &s->z, &s->c, &s->v};
    term target = path_return_address(m);
    for (unsigned i = 0; i < sizeof registers / sizeof *registers; i++)
        undo_set_term(s->undo, &s->r[registers[i]], i < count ? words[i] : clobbered(m, "r", registers[i], 32));
    for (unsigned i = 0; i < 4; i++)
        undo_set_term(s->undo, flags[i], clobbered(m, "flag", i, 1));
    undo_set_term(s->undo, &s->r[ARM_LR], clobbered(m, "r", ARM_LR, 32));
    undo_set_term(s->undo, &s->r[ARM_PC], target);
}

static bool is_constant(const struct path_machine *m, unsigned registers)
{
    for (unsigned i = 0; i < registers; i++)
        if (!term_is_const(m->arm.r[i]))
            return false;
    return true;
}

static void apply(struct path_machine *m, const struct path_contract *contract)
{
    const struct promise *promise = contract->promise;
    struct promise_case cases[PROMISE_MAX_CASES];
    const term *opaque = NULL;
    assert(promise->arguments <= OPAQUE_MAX_ARGUMENTS && promise->results <= OPAQUE_MAX_RESULTS);
    if (promise->opaque.result_count) {
        bool is_new;
        opaque = path_apply(m->path, &promise->opaque, m->arm.r, &is_new);
        term facts[PROMISE_MAX_FACTS];
        size_t count = is_new && promise->facts ? promise->facts(m->arm.r, opaque, facts) : 0;
        for (size_t i = 0; i < count; i++)
            path_define(m->path, facts[i]);
    }
    size_t count = promise->cases(contract->parameter, m->arm.r, opaque, cases), chosen = 0;
    while (chosen + 1 < count && !path_decide(m->path, cases[chosen].guard))
        chosen++;
    path_return(m, cases[chosen].words, promise->results);
}

const struct path_contract *path_contract_at(const struct path_machine *m)
{
    term pc = m->arm.r[ARM_PC];
    if (!term_is_const(pc))
        return NULL;
    for (size_t i = 0; i < m->contract_count; i++)
        if (m->contracts[i].address == pc->value)
            return &m->contracts[i];
    return NULL;
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
    if (is_constant(m, contract->promise ? contract->promise->arguments : 1))
        return PATH_DONE;
    if (!contract->promise)
        return path_summarise(m) ? PATH_RUNNING : PATH_DONE;
    apply(m, contract);
    return PATH_RUNNING;
}
