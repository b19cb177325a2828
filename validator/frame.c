/* The code around a program: prologue, epilogue and the fault exit, all of them emitted by the prelude function and
 * then run. */
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>

struct frame_proof {
    struct proof *proof;
    struct target *found; /* prelude_find: where to keep what was found; else NULL */
    struct emission emission;
    struct unit unit;
    struct locations initial, expected;
    term code[UNIT_MAX_HALFWORDS];
    unsigned entry;
    bool accepted;
};

static term num(uint64_t value)
{
    return term_const(32, value);
}

static struct scenario scenario(struct frame_proof *p, int phase)
{
    struct scenario s = {.proof = p->proof, .homes = &p->proof->target->manifest.homes[0], .entry = p->entry};
    s.phase = (__typeof__(s.phase))phase;
    s.emission = &p->emission;
    s.initial = &p->initial;
    s.expected = &p->expected;
    return s;
}

/* A goal about the prelude function. */
static void emission_goal(struct frame_proof *p, term goal, const char *what)
{
    struct scenario s = scenario(p, SCENARIO_EMISSION);
    scenario_goal(&s, goal, what);
}

static void broken(struct frame_proof *p, int phase, const struct arm_state *arm)
{
    struct scenario s = scenario(p, phase);
    scenario_broken(&s, arm);
}

/* ---- the prelude function itself ---- */

static void keep(struct frame_proof *p)
{
    struct target *t = p->found;
    int count = emission_count(&p->emission);
    term exit_position = emission_field(&p->emission, ROLE_EXIT_POSITION);
    term fuel_position = emission_field(&p->emission, ROLE_FUEL_POSITION);
    if (count < 0 || count > (int)(sizeof t->prelude_code / sizeof *t->prelude_code) || !term_is_const(exit_position) ||
        !term_is_const(fuel_position))
        return;
    for (int i = 0; i < count; i++) {
        term halfword = emission_halfword(&p->emission, (unsigned)i);
        if (!term_is_const(halfword))
            return;
        t->prelude_code[i] = (uint16_t)halfword->value;
    }
    t->prelude_count = (uint32_t)count;
    t->exit_position = (uint32_t)exit_position->value;
    t->fuel_position = (uint32_t)fuel_position->value;
}

/* The code and the positions are those that were found, on every path. */
static term same_code(struct frame_proof *p)
{
    const struct target *t = p->proof->target;
    bool same = emission_count(&p->emission) == (int)t->prelude_count;
    for (uint32_t i = 0; same && i < t->prelude_count; i++)
        same = emission_halfword(&p->emission, i) == term_const(16, t->prelude_code[i]);
    same = same && emission_field(&p->emission, ROLE_EXIT_POSITION) == num(t->exit_position) &&
           emission_field(&p->emission, ROLE_FUEL_POSITION) == num(t->fuel_position);
    return term_const(1, same);
}

static void prelude_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct frame_proof *p = m->data;
    const struct manifest *f = &p->proof->target->manifest;
    p->proof->result.paths++;
    if (status == PATH_BROKEN) {
        broken(p, SCENARIO_EMISSION, &m->arm);
        return;
    }
    uint32_t s;
    if (!emission_status(&p->emission, &s)) {
        emission_goal(p, term_const(1, 0), "compiler: the prelude's status is not decided on a path");
    } else if (s == f->status_code_full) {
        emission_goal(p, term_ult(p->emission.capacity, num(f->prelude_headroom)),
                      "compiler: the prelude is refused though there is room");
    } else if (s != f->status_ok) {
        emission_goal(p, term_const(1, 0), "compiler: the prelude is refused");
    } else {
        p->accepted = true;
        const char *lost = path_machine_lost_register(m, p->emission.stack);
        emission_goal(p, term_const(1, lost == NULL), "compiler: the prelude loses a callee-saved register");
        if (p->found && p->found->prelude_count == 0)
            keep(p);
        emission_goal(p, same_code(p), "compiler: the prelude's code depends on something");
    }
}

static bool run_prelude(struct frame_proof *p)
{
    struct diag diag;
    struct path *path = p->proof->path;
    if (!emission_open(&p->emission, p->proof->target, path, &diag)) {
        proof_fail(p->proof, VERDICT_UNKNOWN, "%s: %s", diag.where, diag.message);
        return false;
    }
    size_t mark = path_mark(path), undo = path->undo.count;
    p->emission.machine.data = p;
    emission_start(&p->emission, &p->proof->target->manifest.homes[0], NULL, true);
    path_explore(path, path_machine_step, prelude_end, &p->emission.machine);
    undo_to(&path->undo, undo);
    path_release(path, mark);
    p->proof->result.instructions += p->emission.machine.arm.instructions;
    return p->accepted && !path->stop;
}

bool prelude_find(struct target *target, struct diag *diag)
{
    struct solver_limits limits = {10000000, 1000000, 60000};
    struct proof proof = {.target = target, .path = path_open(solver_open(&limits, target->shared))};
    struct frame_proof p = {.proof = &proof, .found = target};
    run_prelude(&p);
    struct solver *solver = proof.path->solver;
    emission_close(&p.emission);
    path_close(proof.path);
    solver_close(solver);
    free(proof.result.example.text);
    if (target->prelude_count == 0)
        diag_set(diag, DIAG_INPUT, target->elf_path, "%s: no usable prelude: %s", target->manifest.prelude,
                 *proof.result.reason ? proof.result.reason : "its code is not constant");
    return target->prelude_count != 0;
}

/* ---- running it ---- */

static void unit_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct frame_proof *p = m->data;
    struct result *r = &p->proof->result;
    if (status == PATH_BROKEN) {
        broken(p, SCENARIO_RUN, &m->arm);
        return;
    }
    if (m->steps < r->arm_min || r->arm_min == 0)
        r->arm_min = m->steps;
    if (m->steps > r->arm_max)
        r->arm_max = m->steps;
    struct scenario run = scenario(p, SCENARIO_RUN);
    for (size_t i = 0; i < p->expected.count && !p->proof->path->stop; i++) {
        const struct location *l = &p->expected.items[i];
        char what[120];
        snprintf(what, sizeof what, "%s differs from the contract", l->name);
        scenario_goal(&run, term_eq(unit_value(&p->unit, l), l->value), what);
    }
}

static void run_code(struct frame_proof *p)
{
    const struct target *t = p->proof->target;
    struct path *path = p->proof->path;
    term here = p->emission.here;
    /* The code is there because there was room for it: without that, a counterexample could not be compiled again. */
    path_assume(path, term_ule(num(t->manifest.prelude_headroom), p->emission.capacity));
    path_assume(path, term_ule(p->emission.capacity, num(1u << 28)));
    for (uint32_t i = 0; i < t->prelude_count; i++)
        p->code[i] = term_const(16, t->prelude_code[i]);
    p->proof->result.halfwords_min = p->proof->result.halfwords_max = t->prelude_count;
    unit_open(&p->unit, t, path, here);
    unit_start(&p->unit, p->code, t->prelude_count, p->entry, &p->initial);
    unit_explore(&p->unit, unit_end, p);
    p->proof->result.instructions += p->unit.machine.arm.instructions;
    unit_close(&p->unit);
}

/* Any BPF state at an instruction boundary. */
static struct bpf_state any_state(void)
{
    return relation_variables(0, 0, false, false, term_var("pc", 32, TERM_ORDINARY));
}

static term vm_field(const struct target *t, enum role role)
{
    return relation_vm_word(t->manifest.vm.fields[role].offset);
}

void prologue_prove(struct proof *proof, const struct obligation *o)
{
    struct frame_proof p = {.proof = proof};
    const struct target *t = proof->target;
    (void)o;
    snprintf(proof->result.domain, sizeof proof->result.domain, "every caller state, VM block and capacity");
    if (run_prelude(&p)) {
        struct bpf_state entry = bpf_entry(vm_field(t, ROLE_CONTEXT_ADDRESS), vm_field(t, ROLE_CONTEXT_LENGTH),
                                           vm_field(t, ROLE_STACK_TOP), vm_field(t, ROLE_FUEL));
        relation_caller(t, false, 0, NULL, NULL, &p.initial);
        relation_list(t, &t->manifest.homes[0], &entry, RELATION_ALL, &p.expected);
        struct location *pc = &p.expected.items[p.expected.count++];
        *pc = (struct location){LOCATION_REGISTER, ARM_PC, term_add(p.emission.here, num(2 * t->prelude_count)),
                                "pc (the first instruction)"};
        run_code(&p);
    }
    emission_close(&p.emission);
}

/* Epilogue and stubs: from a related state back to the caller. */
static void way_out(struct proof *proof, unsigned parts, uint32_t position, uint32_t status, term fuel, term result)
{
    struct frame_proof p = {.proof = proof, .entry = position};
    struct bpf_state state = any_state();
    snprintf(proof->result.domain, sizeof proof->result.domain, "every related state");
    if (run_prelude(&p)) {
        relation_list(proof->target, &proof->target->manifest.homes[0], &state, parts, &p.initial);
        relation_caller(proof->target, true, status, fuel, result, &p.expected);
        run_code(&p);
    }
    emission_close(&p.emission);
}

void epilogue_prove(struct proof *proof, const struct obligation *o)
{
    (void)o;
    struct bpf_state state = any_state();
    way_out(proof, RELATION_ALL, proof->target->exit_position, proof->target->manifest.status_ok, state.fuel,
            state.r[0]);
}

void fuel_stub_prove(struct proof *proof, const struct obligation *o)
{
    (void)o;
    way_out(proof, RELATION_FRAME, proof->target->fuel_position, proof->target->manifest.status_fuel, num(0), NULL);
}
