/* Summaries: a leaf function's own paths are run here and now, and what they return is merged into one term. */
#include "symexec/path/path.h"

#include <string.h>

struct summary {
    enum path_arrival (*outer_arrived)(struct path_machine *);
    size_t outer_conditions, undo_mark;
    term return_to;     /* pc after the call */
    term registers[16]; /* at the call */
    term result;        /* merged so far: the last path's result, guarded by the others' conditions */
    bool failed;
};

static enum path_arrival returned(struct path_machine *m)
{
    bool back = m->arm.r[ARM_PC] == m->summary->return_to && m->arm.r[ARM_SP] == m->summary->registers[ARM_SP];
    return back ? PATH_LEFT : PATH_GOES_ON;
}

/* AAPCS 6.1.1: a summary stands for a call of a function that keeps these. */
static bool kept_registers(const struct path_machine *m)
{
    for (unsigned i = 4; i <= 11; i++)
        if (m->arm.r[i] != m->summary->registers[i])
            return false;
    return true;
}

/* It stands for a value, so the function may write nothing but its own stack, below sp at the call. */
static bool wrote_memory(struct path_machine *m)
{
    enum { ROOM = 64 }; /* for words that were read too; a function that touches more counts as one that writes */
    const struct arm_memory *memory = &m->arm.memory;
    struct arm_change changes[ROOM];
    size_t block;
    term offset;
    bool has_sp = arm_resolve(&m->arm, m->summary->registers[ARM_SP], &block, &offset) && term_is_const(offset);
    for (size_t i = 0; i < memory->count; i++) {
        uint32_t from = memory->blocks[i].stack && has_sp && i == block ? (uint32_t)offset->value : 0;
        if (from < memory->blocks[i].size && arm_changes(&m->arm, i, m->summary->undo_mark, from, changes, ROOM))
            return true;
    }
    return false;
}

static void merge(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct summary *s = m->summary;
    if (status == PATH_BROKEN || !kept_registers(m) || wrote_memory(m)) {
        s->failed = true;
        m->path->stop = true;
        return;
    }
    term guard = term_truth(true);
    for (size_t i = s->outer_conditions; i < m->path->count; i++)
        guard = term_and(guard, m->path->conditions[i]);
    s->result = s->result ? term_ite(guard, m->arm.r[0], s->result) : m->arm.r[0];
}

bool path_summarise(struct path_machine *m)
{
    struct summary s = {.outer_arrived = m->arrived,
                        .outer_conditions = m->path->count,
                        .undo_mark = m->arm.undo->count,
                        .return_to = path_return_address(m)};
    const size_t contracts = m->contract_count;
    memcpy(s.registers, m->arm.r, sizeof s.registers);
    m->summary = &s;
    m->arrived = returned;
    m->contract_count = 0; /* the function runs plainly, and summaries do not nest */
    path_explore(m->path, path_machine_step, merge, m);
    m->summary = NULL;
    m->arrived = s.outer_arrived;
    m->contract_count = contracts;
    if (s.failed) {
        m->path->stop = false;
        return false;
    }
    path_return(m, &s.result, 1);
    return true;
}
