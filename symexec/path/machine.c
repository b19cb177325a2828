/* An Arm machine on a path: calls, returns and contracts. */
#include "symexec/path/path.h"

#include <stdio.h>
#include <string.h>

/* The expansion of an opaque immediate that a contract returned is the value that was asked for. */
static term expand_imm(void *data, term imm12)
{
    const struct path_machine *m = data;
    return path_expansion(m->path, imm12);
}

static bool declared(void *data, term t, unsigned classes, term *equal, bool *known)
{
    const struct path_machine *m = data;
    return path_declared(m->path, t, classes, equal, known);
}

static bool decide(void *data, term condition)
{
    const struct path_machine *m = data;
    return path_decide(m->path, condition);
}

void path_machine_init(struct path_machine *m, struct path *path, const char *owner)
{
    *m = (struct path_machine){.path = path, .step_limit = 100000};
    m->env = (struct arm_env){
        .data = m, .decide = decide, .undeclared = TERM_UNDEFINED, .declared = declared, .expand_imm = expand_imm};
    m->arm.owner = owner;
    m->arm.undo = &path->undo;
    m->arm.env = &m->env;
}

/* Code that stops inside of an IT block would make whatever runs next conditional. */
static enum path_status leaves_it_block(struct path_machine *m)
{
    m->arm.broken = ARM_UNPREDICTABLE;
    snprintf(m->arm.detail, sizeof m->arm.detail, "the code ends inside of an IT block");
    return PATH_BROKEN;
}

enum path_status path_machine_step(void *data)
{
    struct path_machine *m = data;
    m->arrival = m->arrived(m);
    if (m->arrival != PATH_GOES_ON)
        return m->arm.it == 0 ? PATH_DONE : leaves_it_block(m);
    if (m->steps >= m->step_limit) {
        m->arm.broken = ARM_RULE_NONE;
        snprintf(m->arm.detail, sizeof m->arm.detail, "more than %u instructions on one path", m->step_limit);
        return PATH_BROKEN;
    }
    const char *exhausted = path_exhausted(m->path);
    if (exhausted) {
        m->arm.broken = ARM_RULE_NONE;
        snprintf(m->arm.detail, sizeof m->arm.detail, "given up: all paths together take more than %s", exhausted);
        return PATH_BROKEN;
    }
    m->path->steps++;
    undo_set_u32(m->arm.undo, &m->steps, m->steps + 1);
    const struct path_contract *contract = m->running.entering ? NULL : path_contract_at(m);
    m->running.entering = false;
    enum path_status called = contract ? path_contract_apply(m, contract) : PATH_DONE;
    if (called != PATH_DONE)
        return called;
    return arm_step(&m->arm) ? PATH_RUNNING : PATH_BROKEN;
}

/* ---- calls ---- */

term path_machine_fresh(const struct path_machine *m, const char *what, unsigned number, unsigned width,
                        enum term_class class)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s%u", m->arm.owner, what, number);
    return term_var(name, width, class);
}

static term return_address(void)
{
    return term_concat(term_var("return_address", 31, TERM_PRIVATE), term_const(1, 1));
}

term path_machine_entry(const struct path_machine *m, unsigned reg, size_t stack)
{
    const struct arm_block *block = &m->arm.memory.blocks[stack];
    if (reg == ARM_SP)
        return term_add(block->base, term_const(32, block->size));
    return path_machine_fresh(m, "entry_r", reg, 32, TERM_UNDEFINED);
}

void path_machine_call(struct path_machine *m, uint32_t address, const term *arguments, size_t count, size_t stack)
{
    struct arm_state *s = &m->arm;
    term *const flags[] = {&s->n, &s->z, &s->c, &s->v};
    for (unsigned i = 0; i <= ARM_SP; i++)
        undo_set_term(s->undo, &s->r[i], i < count ? arguments[i] : path_machine_entry(m, i, stack));
    undo_set_term(s->undo, &s->r[ARM_LR], return_address());
    m->return_to[0] = term_sub(return_address(), term_const(32, 1));                        /* BX and its like */
    m->return_to[1] = term_concat(term_extract(return_address(), 1, 31), term_const(1, 0)); /* a plain branch */
    undo_set_term(s->undo, &s->r[ARM_PC], term_const(32, address));
    for (unsigned i = 0; i < 4; i++)
        undo_set_term(s->undo, flags[i], path_machine_fresh(m, "entry_flag", i, 1, TERM_UNDEFINED));
    undo_set_u32(s->undo, &s->it, 0);
    undo_set_u32(s->undo, &m->steps, 0);
}

enum path_arrival path_machine_returned(struct path_machine *m)
{
    term pc = m->arm.r[ARM_PC];
    return pc == m->return_to[0] || pc == m->return_to[1] ? PATH_LEFT : PATH_GOES_ON;
}
