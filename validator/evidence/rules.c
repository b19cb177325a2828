/* Our machine on constants, for what an emulator cannot show: the same rule must break again. */
#include "validator/evidence/internal.h"

/* What a rule's confirmation asks. */
struct questions {
    struct proof *proof;
    struct numbers *numbers;
};

static term constant(term var, void *data)
{
    struct numbers *n = data;
    return var->classes == TERM_ORDINARY ? term_const(var->width, numbers_lookup(var, n)) : var;
}

static void concretise(struct arm_state *a, struct numbers *n)
{
    term *const flags[] = {&a->n, &a->z, &a->c, &a->v};
    for (unsigned i = 0; i < 16; i++)
        a->r[i] = term_substitute(a->r[i], constant, n);
    for (unsigned i = 0; i < 4; i++)
        *flags[i] = term_substitute(*flags[i], constant, n);
    for (size_t b = 0; b < a->memory.count; b++) {
        struct arm_block *block = &a->memory.blocks[b];
        block->base = term_substitute(block->base, constant, n); /* that of the code has a bit of the position */
        if (block->limit)
            block->limit = term_substitute(block->limit, constant, n);
        for (uint32_t i = 0; i < block->size / 4 && !block->table_read; i++)
            if (block->cells[i])
                block->cells[i] = term_substitute(block->cells[i], constant, n);
    }
}

static term read_number(void *data, term offset, unsigned width)
{
    const struct questions *q = data;
    uint32_t at, value;
    for (size_t i = 0;
         width == 4 && table_number(q->proof, q->numbers, q->proof->finding.situation.pass, i, &at, &value); i++)
        if (at == numbers_of(q->numbers, offset))
            return term_const(32, value);
    return term_const(8 * width, 0);
}

static bool decide_number(void *data, term condition)
{
    const struct questions *q = data;
    return numbers_of(q->numbers, condition) != 0;
}

/* The number, and the one that canonical values of what is undeclared give: whether they are the same. */
static bool declared_number(void *data, term t, unsigned classes, term *equal, bool *known)
{
    const struct questions *q = data;
    term other = path_canonical(q->proof->path, t, classes);
    *known = true;
    *equal = term_const(t->width, numbers_of(q->numbers, other));
    struct numbers exact = *q->numbers;
    exact.exact = true;
    return numbers_of(&exact, t) == (*equal)->value;
}

/* Runs until the rule breaks again; true if it does. */
static bool breaks_again(struct path_machine *m, enum arm_rule rule, struct questions *q, FILE *out)
{
    struct arm_env env = m->env;
    env.data = q;
    env.decide = decide_number;
    env.declared = declared_number;
    env.expand_imm = NULL; /* nothing is opaque */
    m->arm.env = &env;
    concretise(&m->arm, q->numbers);
    enum path_status status;
    do
        status = path_machine_step(m);
    while (status == PATH_RUNNING);
    m->arm.env = &m->env;
    if (status != PATH_BROKEN || m->arm.broken != rule)
        return false;
    const struct arm_rule_info *info = arm_rule_info(rule);
    fprintf(out, "    after %u instructions: %s\n    rule %s: %s (%s)\n", m->steps, m->arm.detail, info->name,
            info->meaning, info->section);
    return true;
}

bool machine_breaks(struct proof *proof, struct numbers *numbers, struct path_machine *m, FILE *out)
{
    struct questions q = {proof, numbers};
    return breaks_again(m, proof->finding.rule, &q, out);
}

bool rule_breaks(struct proof *proof, struct numbers *numbers, const struct compiled *compiled, FILE *out)
{
    const struct finding *f = &proof->finding;
    struct questions q = {proof, numbers};
    struct path *path = path_open(NULL);
    struct diag diag;
    bool again = false;
    if (f->situation.phase == PHASE_CODE) {
        struct code code;
        if (code_of_finding(&code, proof, path, compiled))
            again = breaks_again(&code.world.machine, f->rule, &q, out);
        code_close(&code);
    } else {
        struct compiler c;
        if (compiler_open(&c, proof->target, proof->prelude, path, f->situation.pass, &diag)) {
            compiler_call(&c, f->situation.homes, f->situation.insn);
            world_block(&c.world, BLOCK_OFFSETS)->table_read = read_number;
            world_block(&c.world, BLOCK_OFFSETS)->table_data = &q;
            again = breaks_again(&c.world.machine, f->rule, &q, out);
        }
        compiler_close(&c);
    }
    path_close(path);
    return again;
}
