/*
 * The path engine: explores every path of a step function over state that lives under an undo log.
 *
 * A step may ask for the truth of a term (path_decide). Where both answers are possible the engine takes one, and later
 * restores the state from before the step, adds the other answer to the path condition and repeats the step. So a step
 * needs no continuation: what it asked before is by then a known condition. Explorations nest: what is done at the end
 * of a path may explore further under its path condition.
 */
#ifndef THUMBPROOF_PATH_H
#define THUMBPROOF_PATH_H

#include "symexec/arm/arm.h"
#include "symexec/solver/solver.h"
#include "symexec/term/promise.h"

/* ---- path.c ---- */

/* What all paths together may take, in counts that are the same on every machine; 0: anything. */
struct path_limits {
    uint64_t instructions;
    uint64_t conditions; /* in all queries of feasibility together */
    uint64_t solver_steps;
};

struct path {
    struct path_limits limits;
    struct solver *solver;
    struct undo undo;
    term *conditions; /* the path condition: a conjunction of terms of width 1, in order of assumption */
    size_t count, room;
    struct choice *choices; /* answers still to be tried */
    size_t choice_count, choice_room;
    size_t step_mark;  /* undo mark of the step under way */
    term *definitions; /* facts about opaque variables that only refutations need; see solver_prove */
    size_t definition_count, definition_room;
    struct path_application **applications; /* function.c */
    size_t application_count;
    uint64_t forks;      /* decisions that went both ways */
    uint32_t relied;     /* the owner's: which assumptions were made */
    bool believed;       /* some promise of a function was taken for its code */
    uint64_t steps;      /* instructions, on all paths together */
    double step_seconds; /* spent in steps, without Z3 */
    /* The value of an undeclared variable that stands for any other; NULL: 0. */
    uint64_t (*canonical)(term var, void *data);
    void *canonical_data;
    struct arm_ranges reads; /* bytes of images that machines on it fetched or loaded, of those that are closed */
    bool stop;               /* set by anyone: explorations return as soon as they can */
};

/* `solver` may be NULL for runs on constants, which ask nothing. */
struct path *path_open(struct solver *solver);
void path_close(struct path *path);
/* Adds a condition. A constant true adds nothing. */
void path_assume(struct path *path, term condition);
/* The truth of `condition` on this path; forks if both are possible. */
bool path_decide(void *path, term condition);
/* Whether `condition` can hold here. */
bool path_feasible(struct path *path, term condition);
/* Whether the path condition implies `goal`; see solver_prove. */
enum verdict path_prove(struct path *path, term goal, struct model *model);
/* The one value that `t`, 32 bits or fewer, has on this path. It may be constant only because of the branches taken, so some value is
 * found, and then the solver is asked whether there is another. False if there is, or if nobody knows. */
bool path_only_value(struct path *path, term t, uint32_t *value);
/* A scope for assumptions outside of explorations: path_release drops every condition assumed since the mark. */
size_t path_mark(const struct path *path);
void path_release(struct path *path, size_t mark);
/* A fact about opaque variables. Never undone: it is true wherever the variable is used. */
void path_define(struct path *path, term fact);

/* NULL, or which of its limits this path has used up. */
const char *path_exhausted(const struct path *path);

/* ---- undeclared.c: values that nothing may depend on ---- */

/* `t` with each variable of `classes` at its canonical value. */
term path_canonical(const struct path *path, term t, unsigned classes);
/* Whether `t` does not depend on its variables of `classes` on this path; *equal is `t` at their canonical values. False with
 * *known false if the solver gave up. */
bool path_declared(struct path *path, term t, unsigned classes, term *equal, bool *known);

/* ---- function.c: opaque functions ---- */

struct path_application {
    const struct opaque_function *function;
    term arguments[OPAQUE_MAX_ARGUMENTS], results[OPAQUE_MAX_RESULTS];
};
/* The results of an application, owned by the path; *is_new: it is the first with these arguments. */
const term *path_apply(struct path *path, const struct opaque_function *function, const term *arguments, bool *is_new);
/* Gives an application its results, unless there is one with these arguments. */
void path_give(struct path *path, const struct opaque_function *function, const term *arguments, const term *results);
/* The value whose encoding an opaque function returned as the field `imm12`, or NULL. */
term path_expansion(const struct path *path, term imm12);
/* For path_close. */
void path_forget_applications(struct path *path);

enum path_status { PATH_RUNNING, PATH_DONE, PATH_BROKEN };

/*
 * Runs `step` until it no longer returns PATH_RUNNING, then calls `end` with the status, for every path from the
 * current state. State and path condition are those from before on return.
 */
void path_explore(struct path *path, enum path_status (*step)(void *data),
                  void (*end)(void *data, enum path_status status), void *data);

/* ---- machine.c: an Arm machine on a path ---- */

enum path_arrival {
    PATH_GOES_ON,
    PATH_LEFT,    /* the code that is to be run has been left */
    PATH_AT_HEAD, /* the head of a loop that is proved by its invariant */
};

struct path_machine {
    struct path *path;
    struct arm_state arm;
    struct arm_env env;
    /* Where the machine is; asked before each step, which does not happen if it has arrived. */
    enum path_arrival (*arrived)(struct path_machine *machine);
    enum path_arrival arrival;             /* the last answer */
    const struct path_contract *contracts; /* functions not to be entered */
    size_t contract_count;
    struct summary *summary; /* summary.c: the one that is being made, or NULL; they do not nest */
    struct running {         /* contract.c: the call of a function that runs, though there is a contract for it */
        term return_to, sp;
        bool entering; /* its first instruction is next */
    } running;
    term return_to[2];   /* of path_machine_call: the pc after the return, in both forms that it can have */
    uint32_t steps;      /* on this path; under the undo log */
    uint32_t step_limit; /* a path longer than this is broken: ARM_RULE_NONE and a detail */
    void *data;          /* the owner's */
};

/* Ties machine, path and environment together; the rest is the caller's. `owner` begins the names of the machine's own variables:
 * machines on one path have different ones. */
void path_machine_init(struct path_machine *machine, struct path *path, const char *owner);
/* The variable `what` `number` of a machine's own. */
term path_machine_fresh(const struct path_machine *machine, const char *what, unsigned number, unsigned width,
                        enum term_class class);
/* One instruction, or one contract, or nothing but PATH_DONE. Fit for path_explore with a struct path_machine. */
enum path_status path_machine_step(void *machine);
/* Sets up a call by the AAPCS: up to four arguments, lr = a return address that only path_machine_returned knows, other
 * registers and the flags fresh, of class U: they may be saved and restored, and that is all. sp is the top of block
 * `stack`. */
void path_machine_call(struct path_machine *machine, uint32_t address, const term *arguments, size_t count,
                       size_t stack);
/* arrived: whether the function has returned. */
enum path_arrival path_machine_returned(struct path_machine *machine);
/* What path_machine_call put into a register that holds no argument; sp included. */
term path_machine_entry(const struct path_machine *machine, unsigned reg, size_t stack);

/* ---- contract.c: functions by what they promise ---- */

struct path_contract {
    const char *symbol;
    uint32_t address;
    const struct promise *promise; /* NULL: a summary is made of the function's own paths */
    uint32_t parameter;            /* of the promise */
};

/* Performs the call at r[15] by its contract: PATH_RUNNING, or PATH_BROKEN if the call breaks a rule, or PATH_DONE if the
 * function should simply be entered, as it is fit for no summary. */
enum path_status path_contract_apply(struct path_machine *machine, const struct path_contract *contract);
/* What a register ("r") or flag ("flag") holds after the call that is step `step`, if a callee may change it. */
term path_clobbered(const struct path_machine *machine, unsigned step, const char *what, unsigned number,
                    unsigned width);
/* The contract of the function at an address, or NULL; or of the function that the machine is at. */
const struct path_contract *path_contract_of(const struct path_machine *machine, uint32_t address);
const struct path_contract *path_contract_at(const struct path_machine *machine);
/* Where a function that has just been called returns to. */
term path_return_address(const struct path_machine *machine);
/* Returns from a function: r0 and up to r3 are `words`, whatever else the AAPCS lets a callee change is undefined. */
void path_return(struct path_machine *machine, const term *words, size_t count);

/* ---- summary.c ---- */

/* Performs the call of a leaf function with one result by merging its paths. False, and nothing is changed, if a path
 * breaks a rule or writes memory other than its stack: run plainly, it then shows the error where it happens. */
bool path_summarise(struct path_machine *machine);

#endif
