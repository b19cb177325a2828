/* Forking, path conditions and exploration. */
#include "symexec/path/path.h"

#include <stdlib.h>

/* The other answer of a decision: the state to go back to and the condition to assume there. */
struct choice {
    size_t mark;       /* undo log */
    size_t conditions; /* length of the path condition before the decision */
    term other;
};

static void *grown(void *memory, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return memory;
    *room = *room ? 2 * *room : 64;
    memory = realloc(memory, *room * size);
    if (!memory)
        abort();
    return memory;
}

struct path *path_open(struct solver *solver)
{
    struct path *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->solver = solver;
    return p;
}

void path_close(struct path *p)
{
    undo_free(&p->undo);
    free(p->conditions);
    free(p->choices);
    free(p->definitions);
    arm_ranges_free(&p->reads);
    path_forget_applications(p);
    free(p);
}

static bool holds(const struct path *p, term condition)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->conditions[i] == condition)
            return true;
    return false;
}

void path_assume(struct path *p, term condition)
{
    if (term_is_true(condition) || holds(p, condition))
        return;
    if (condition->op == TERM_AND) { /* separate conditions slice better */
        path_assume(p, condition->args[0]);
        path_assume(p, condition->args[1]);
        return;
    }
    p->conditions = grown(p->conditions, p->count, &p->room, sizeof *p->conditions);
    p->conditions[p->count++] = condition;
}

const char *path_exhausted(const struct path *p)
{
    static char text[80];
    if (!p->limits.instructions) /* none are set */
        return NULL;
    const struct solver_stats *s = solver_stats(p->solver);
    const struct {
        uint64_t used, limit;
        const char *what;
    } rows[] = {
        {p->steps, p->limits.instructions, "instructions"},
        {s->feasible_conditions, p->limits.conditions, "conditions asked about"},
        {s->steps, p->limits.solver_steps, "solver steps"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].used > rows[i].limit) {
            snprintf(text, sizeof text, "%llu %s", (unsigned long long)rows[i].limit, rows[i].what);
            return text;
        }
    return NULL;
}

void path_define(struct path *p, term fact)
{
    for (size_t i = 0; i < p->definition_count; i++)
        if (p->definitions[i] == fact)
            return;
    p->definitions = grown(p->definitions, p->definition_count, &p->definition_room, sizeof *p->definitions);
    p->definitions[p->definition_count++] = fact;
}

size_t path_mark(const struct path *p)
{
    return p->count;
}

void path_release(struct path *p, size_t mark)
{
    p->count = mark;
}

/* Whether some part of a conjunction is known to be false. */
static bool contradicted(const struct path *p, term condition)
{
    if (holds(p, term_not(condition)))
        return true;
    return condition->op == TERM_AND && (contradicted(p, condition->args[0]) || contradicted(p, condition->args[1]));
}

/* What is left of a conjunction without the parts that are known. */
static term unknown_part(const struct path *p, term condition)
{
    if (holds(p, condition))
        return term_truth(true);
    if (condition->op != TERM_AND)
        return condition;
    return term_and(unknown_part(p, condition->args[0]), unknown_part(p, condition->args[1]));
}

bool path_feasible(struct path *p, term condition)
{
    if (term_is_const(condition))
        return term_is_true(condition);
    if (contradicted(p, condition))
        return false;
    condition = unknown_part(p, condition);
    return term_is_const(condition) ? term_is_true(condition)
                                    : solver_feasible(p->solver, p->conditions, p->count, condition);
}

bool path_decide(void *data, term condition)
{
    struct path *p = data;
    if (term_is_const(condition))
        return term_is_true(condition);
    if (condition->op == TERM_XOR && condition->value == 1) /* one form of a question and its negation */
        return !path_decide(p, term_not(condition));
    if (!path_feasible(p, condition))
        return false;
    term other = term_not(condition);
    if (!path_feasible(p, other))
        return true;
    p->choices = grown(p->choices, p->choice_count, &p->choice_room, sizeof *p->choices);
    p->choices[p->choice_count++] = (struct choice){p->step_mark, p->count, other};
    p->forks++;
    path_assume(p, condition);
    return true;
}

/* `t` as "not x < bound", unsigned, with a constant bound: x, or NULL. */
static term lower_bound(term t, uint64_t *bound)
{
    if (t->op != TERM_XOR || t->width != 1 || t->value != 1 || t->nargs != 1 || t->args[0]->op != TERM_ULT ||
        !term_is_const(t->args[0]->args[1]))
        return NULL;
    *bound = t->args[0]->args[1]->value;
    return t->args[0]->args[0];
}

/* Whether the path has the goal, or a stricter lower bound. */
static bool is_known(const struct path *p, term goal)
{
    uint64_t least, known;
    term x = lower_bound(goal, &least);
    for (size_t i = 0; i < p->count; i++)
        if (p->conditions[i] == goal || (x && lower_bound(p->conditions[i], &known) == x && known >= least))
            return true;
    return false;
}

enum verdict path_prove(struct path *p, term goal, struct model *model)
{
    if (!term_is_const(goal) && is_known(p, goal))
        goal = term_truth(true);
    return solver_prove(p->solver, p->conditions, p->count, p->definitions, p->definition_count, goal, model);
}

bool path_only_value(struct path *path, term t, uint32_t *value)
{
    struct model model = {0};
    *value = (uint32_t)t->value;
    if (term_is_const(t))
        return true;
    bool found = path_prove(path, term_truth(false), &model) == VERDICT_REFUTED;
    *value = (uint32_t)term_eval(t, model_lookup, &model);
    model_free(&model);
    return found && path_prove(path, term_eq(t, term_const(t->width, *value)), NULL) == VERDICT_PROVED;
}

/* The clock less the time that Z3 has had. */
static double own_time(const struct path *p)
{
    if (!p->solver) /* a run on constants asks nothing */
        return 0;
    const struct solver_stats *s = solver_stats(p->solver);
    return solver_clock() - s->goal_seconds - s->feasible_seconds;
}

void path_explore(struct path *p, enum path_status (*step)(void *data),
                  void (*end)(void *data, enum path_status status), void *data)
{
    const size_t entry_mark = p->undo.count, entry_count = p->count;
    const size_t outer_step = p->step_mark, base = p->choice_count;
    for (;;) {
        enum path_status status;
        double start = own_time(p);
        do {
            p->step_mark = p->undo.count;
            status = step(data);
        } while (status == PATH_RUNNING);
        p->step_seconds += own_time(p) - start;
        end(data, status);
        if (p->choice_count == base || p->stop)
            break;
        struct choice choice = p->choices[--p->choice_count];
        undo_to(&p->undo, choice.mark);
        p->count = choice.conditions;
        path_assume(p, choice.other);
    }
    p->choice_count = base;
    undo_to(&p->undo, entry_mark);
    p->count = entry_count;
    p->step_mark = outer_step;
}
