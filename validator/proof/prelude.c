/* What the prelude leaves behind: it is run once, and what it emits is noted. Nothing is proved here. */
#include "validator/proof/proof.h"

#include <stdlib.h>

struct search {
    struct compiler compiler;
    struct prelude *prelude;
};

static void give_up(struct search *s, const char *problem)
{
    if (!*s->prelude->problem)
        snprintf(s->prelude->problem, sizeof s->prelude->problem, "%s", problem);
}

static void keep(struct search *s, unsigned count)
{
    struct prelude *p = s->prelude;
    struct path *path = s->compiler.world.machine.path;
    for (unsigned way = 1; way < BPF_OUTCOMES; way++) {
        term position = compiler_field(&s->compiler, (enum role)(ROLE_WAYS + way));
        if (!path_only_value(path, position, &p->position[way]) || p->position[way] >= count) {
            give_up(s, "where a way out begins is not constant, or not in its code");
            return;
        }
    }
    p->code = malloc((count + 1) * sizeof *p->code);
    if (!p->code)
        abort();
    for (unsigned i = 0; i < count; i++) {
        uint32_t halfword;
        if (!path_only_value(path, compiler_halfword(&s->compiler, i), &halfword)) {
            give_up(s, "its code is not constant");
            return;
        }
        p->code[i] = (uint16_t)halfword;
    }
    p->count = count;
    p->found = true;
}

static void search_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct search *s = m->data;
    struct emission e;
    if (s->prelude->found || s->prelude->code) /* the first that is accepted */
        return;
    if (status == PATH_BROKEN) {
        give_up(s, m->arm.detail);
    } else if (!compiler_result(&s->compiler, &e)) {
        give_up(s, e.decided ? "the length of its code is not constant" : "its status is not decided");
    } else if (e.accepted) {
        if (e.count == 0)
            give_up(s, "it has no code");
        else
            keep(s, e.count);
    }
}

void prelude_find(const struct target *target, struct solver *solver, struct prelude *prelude)
{
    struct search s = {.prelude = prelude};
    struct path *path = path_open(solver);
    struct diag diag;
    *prelude = (struct prelude){0};
    if (compiler_open(&s.compiler, target, prelude, path, PASS_PRELUDE, &diag)) {
        compiler_call(&s.compiler, &target->manifest.homes[0], NULL);
        compiler_assume_domain(&s.compiler);
        s.compiler.world.machine.data = &s;
        path_explore(path, path_machine_step, search_end, &s.compiler.world.machine);
    } else {
        give_up(&s, diag.message);
    }
    if (!prelude->found)
        give_up(&s, "it is refused");
    compiler_close(&s.compiler);
    arm_ranges_add_all(&prelude->reads, &path->reads);
    path_close(path);
}

void prelude_free(struct prelude *prelude)
{
    free(prelude->code);
    arm_ranges_free(&prelude->reads);
    *prelude = (struct prelude){0};
}
