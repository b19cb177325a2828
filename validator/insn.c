/*
 * insn/OP: for every register pair, the JIT's emit function runs on the symbolic instruction; on each of its paths the
 * code that it emitted runs from a related state and must end in a state related to what the specification says, case
 * by case. A path on which emit refuses must be one on which it may.
 */
#include "validator/validator.h"

#include <stdio.h>
#include <string.h>

struct insn_proof {
    struct proof *proof;
    struct emission emission, sizing;
    struct unit unit;
    const struct homes *homes;
    struct bpf_insn insn;
    struct bpf_state before;
    struct bpf_case cases[BPF_MAX_CASES];
    const struct bpf_case *current;
    struct locations initial, expected;
    term code[UNIT_MAX_HALFWORDS];
    int count;
    unsigned accepted;  /* paths of this register pair */
    size_t assumptions; /* conditions that are the domain, not the path's */
    term covered;       /* disjunction of the path conditions so far */
    bool seen[UNIT_MAX_HALFWORDS]
             [UNIT_MAX_HALFWORDS]; /* [length][index]: an instruction begins there in some code of that length */
    bool run[UNIT_MAX_HALFWORDS][UNIT_MAX_HALFWORDS]; /* and was executed on some path */
};

static term num(uint64_t value)
{
    return term_const(32, value);
}

/* ---- failures ---- */

static struct scenario scenario(struct insn_proof *p, int phase)
{
    struct scenario s = {.proof = p->proof, .homes = p->homes, .insn = &p->insn, .before = &p->before};
    s.emission = &p->emission;
    s.phase = (__typeof__(s.phase))phase;
    s.initial = &p->initial;
    s.expected = &p->expected;
    return s;
}

/* A goal about the emission itself. */
static bool emission_goal(struct insn_proof *p, term goal, const char *what)
{
    struct scenario s = scenario(p, SCENARIO_EMISSION);
    return scenario_goal(&s, goal, what) == VERDICT_PROVED;
}

static void broken(struct insn_proof *p, int phase, const struct arm_state *arm)
{
    struct scenario s = scenario(p, phase);
    scenario_broken(&s, arm);
}

/* ---- running the emitted code ---- */

static term code_address(struct insn_proof *p, term position)
{
    term start = term_sub(p->emission.here, term_shl(p->emission.position, num(1)));
    return term_add(start, term_shl(position, num(1)));
}

/* Where control must be after a case. */
static term expected_pc(struct insn_proof *p)
{
    const struct bpf_case *c = p->current;
    term after = term_add(p->before.pc, num(bpf_slots(p->insn.row)));
    if (c->outcome == BPF_EXIT)
        return code_address(p, num(p->proof->target->exit_position));
    if (c->outcome == BPF_FAULT_FUEL)
        return code_address(p, num(p->proof->target->fuel_position));
    if (c->after.pc == after) /* the layout: code of the next instruction follows */
        return term_add(p->emission.here, num(2 * (uint64_t)p->count));
    return code_address(p, emission_offset_of(&p->emission, c->after.pc));
}

static void list_expected(struct insn_proof *p)
{
    const struct bpf_case *c = p->current;
    unsigned parts = c->outcome == BPF_FAULT_FUEL ? RELATION_FRAME : RELATION_ALL;
    relation_list(p->proof->target, p->homes, &c->after, parts, &p->expected);
    struct location *pc = &p->expected.items[p->expected.count++];
    *pc = (struct location){.kind = LOCATION_REGISTER, .index = ARM_PC, .value = expected_pc(p)};
    snprintf(pc->name, sizeof pc->name, "pc");
}

static void unit_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct insn_proof *p = m->data;
    struct result *r = &p->proof->result;
    list_expected(p);
    if (status == PATH_BROKEN) {
        broken(p, SCENARIO_RUN, &m->arm);
        return;
    }
    if (m->steps < r->arm_min || r->arm_min == 0)
        r->arm_min = m->steps;
    if (m->steps > r->arm_max)
        r->arm_max = m->steps;
    if (!emission_goal(p, term_const(1, m->steps > 0), "the instruction has no code at all"))
        return;
    struct scenario run = scenario(p, SCENARIO_RUN);
    for (size_t i = 0; i < p->expected.count && !p->proof->path->stop; i++) {
        const struct location *l = &p->expected.items[i];
        char what[120];
        snprintf(what, sizeof what, "%s%s%s: %s differs from the specification", p->insn.row->mnemonic,
                 *p->current->name ? ", " : "", p->current->name, l->name);
        scenario_goal(&run, term_eq(unit_value(&p->unit, l), l->value), what);
    }
}

/* Notes where instructions begin, for the check that each is executed on some path. */
static void note_coverage(struct insn_proof *p)
{
    for (int i = 0; i < p->count; i++) {
        p->seen[p->count][i] = true;
        p->run[p->count][i] |= p->unit.executed[i];
        bool wide = ((p->code[i]->ones >> 11) & 0x1f) >= 0x1d; /* A5.1: 0b11101, 0b11110 and 0b11111 begin 32 bits */
        i += wide;
    }
}

static void run_cases(struct insn_proof *p)
{
    struct path *path = p->proof->path;
    size_t count = bpf_step(&p->before, &p->insn, p->cases);
    relation_list(p->proof->target, p->homes, &p->before, RELATION_ALL, &p->initial);
    for (size_t i = 0; i < count && !path->stop; i++) {
        p->current = &p->cases[i];
        if (!path_feasible(path, p->current->guard))
            continue;
        size_t mark = path_mark(path), undo = path->undo.count;
        path_assume(path, p->current->guard);
        explain_conditions(p->proof, *p->current->name ? p->current->name : "    runs", mark);
        unit_start(&p->unit, p->code, (unsigned)p->count, 0, &p->initial);
        unit_explore(&p->unit, unit_end, p);
        note_coverage(p);
        undo_to(&path->undo, undo);
        path_release(path, mark);
    }
}

/* ---- the compiler's paths ---- */

/* The AAPCS and the context: what a call of emit may change is the position, the output and scratch registers. */
static bool call_was_clean(struct insn_proof *p, struct emission *e)
{
    const struct layout *l = &e->target->manifest.context;
    const char *lost = path_machine_lost_register(&e->machine, e->stack);
    char what[120];
    snprintf(what, sizeof what, "compiler: %s is not restored on return", lost ? lost : "");
    if (!emission_goal(p, term_const(1, lost == NULL), what))
        return false;
    for (int role = ROLE_PROGRAM; role <= ROLE_ROUTINES; role++) {
        if (role == ROLE_POSITION || !e->given[role])
            continue;
        snprintf(what, sizeof what, "compiler: changes the field \"%s\" of its context", l->fields[role].member);
        if (!emission_goal(p, term_eq(emission_field(e, (enum role)role), e->given[role]), what))
            return false;
    }
    return true;
}

/* Emission is a function of the declared inputs: nothing undefined and no address gets into the code. */
static bool code_is_pure(struct insn_proof *p)
{
    for (int i = 0; i < p->count; i++) {
        p->code[i] = emission_halfword(&p->emission, (unsigned)i);
        char what[120];
        bool undefined = p->code[i]->classes & TERM_UNDEFINED;
        snprintf(what, sizeof what, "compiler: halfword %d of the code depends on %s", i,
                 undefined ? "an undefined value" : "an address");
        if (!emission_goal(p, term_const(1, !(p->code[i]->classes & (TERM_UNDEFINED | TERM_PRIVATE))), what))
            return false;
    }
    return true;
}

/* Out of the reach that the manifest promises (bytes, here halfwords) from the instruction's own code. */
static term out_of_reach(struct insn_proof *p, term position)
{
    uint32_t reach = p->proof->target->manifest.branch_reach / 2;
    term distance = term_sub(position, p->emission.position);
    return term_or(term_slt(distance, num(0 - (uint64_t)reach)), term_slt(num(reach), distance));
}

/* A refusal must be for one of the stated limits, and the limit must really be reached: no room, or a place that an
 * instruction of this form can go to (target, exit or fault exit) is too far away. */
static void judge_refusal(struct insn_proof *p, uint32_t status)
{
    const struct target *t = p->proof->target;
    struct emission *e = &p->emission;
    char what[160];
    term allowed = term_const(1, 0);
    if (status == t->manifest.status_code_full) {
        allowed = term_ult(term_sub(e->capacity, e->position), num(t->manifest.headroom));
    } else if (status == t->manifest.status_branch_range && p->insn.row->form == BPF_FORM_EXIT) {
        allowed = out_of_reach(p, num(t->exit_position));
    } else if (status == t->manifest.status_branch_range && bpf_distance(&p->insn)) {
        term target = term_add(term_add(e->pc, num(1)), bpf_distance(&p->insn));
        allowed = term_or(out_of_reach(p, emission_offset_of(e, target)), out_of_reach(p, num(t->fuel_position)));
    }
    snprintf(what, sizeof what, "compiler: refuses (status %u) an instruction that it must accept", status);
    emission_goal(p, allowed, what);
}

/* What does not jump does not depend on positions either: a driver may keep the code of the first pass. */
static bool same_code(struct insn_proof *p)
{
    for (int i = 0; i < p->count; i++)
        if (emission_halfword(&p->sizing, (unsigned)i) != p->code[i])
            return false;
    return true;
}

/* The pass that finds positions must emit as much as the pass that uses them. */
static void sizing_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct insn_proof *p = m->data;
    if (status == PATH_BROKEN) {
        broken(p, SCENARIO_EMISSION, &m->arm);
        return;
    }
    uint32_t s;
    bool same = emission_status(&p->sizing, &s) && s == p->proof->target->manifest.status_ok &&
                emission_count(&p->sizing) == p->count;
    if (emission_goal(p, term_const(1, same), "compiler: the two passes emit code of different length") &&
        !bpf_distance(&p->insn))
        emission_goal(p, term_const(1, same_code(p)),
                      "compiler: the two passes emit different code, though nothing jumps");
}

static void check_sizing(struct insn_proof *p)
{
    struct path *path = p->proof->path;
    size_t mark = path_mark(path), undo = path->undo.count;
    emission_setup(&p->sizing, p->homes, &p->insn, false);
    p->sizing.machine.data = p;
    path_explore(path, path_machine_step, sizing_end, &p->sizing.machine);
    undo_to(&path->undo, undo);
    path_release(path, mark);
}

static void note_path(struct insn_proof *p)
{
    term conjunction = term_const(1, 1);
    for (size_t i = p->assumptions; i < p->proof->path->count; i++)
        conjunction = term_and(conjunction, p->proof->path->conditions[i]);
    p->covered = term_or(p->covered, conjunction);
}

static void emission_end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct insn_proof *p = m->data;
    struct result *r = &p->proof->result;
    r->paths++;
    p->initial.count = p->expected.count = 0;
    explain_conditions(p->proof, "\n  path of the compiler", p->assumptions);
    note_path(p);
    if (status == PATH_BROKEN) {
        broken(p, SCENARIO_EMISSION, &m->arm);
        return;
    }
    uint32_t s;
    if (!call_was_clean(p, &p->emission) || !emission_goal(p, term_const(1, emission_status(&p->emission, &s)),
                                                           "compiler: the status is not decided on a path"))
        return;
    if (s != p->proof->target->manifest.status_ok) {
        judge_refusal(p, s);
        return;
    }
    p->accepted++;
    p->count = emission_count(&p->emission);
    if (!emission_goal(p, term_const(1, p->count >= 0), "compiler: the length of the code is not decided on a path") ||
        !code_is_pure(p))
        return;
    if ((uint64_t)p->count < r->halfwords_min || r->halfwords_min == 0)
        r->halfwords_min = (uint64_t)p->count;
    if ((uint64_t)p->count > r->halfwords_max)
        r->halfwords_max = (uint64_t)p->count;
    explain_code(p->proof, p->code, p->count);
    check_sizing(p);
    if (!p->proof->path->stop)
        run_cases(p);
}

/* ---- the domain ---- */

static term field(const struct bpf_opcode *row, unsigned bit, enum bpf_key key, const char *name, unsigned width)
{
    if (row->key == key)
        return term_const(width, (uint64_t)row->key_value);
    return bpf_fields(row->form) & bit ? term_var(name, width, TERM_ORDINARY) : term_const(width, 0);
}

/* The specification itself: its cases cover everything and exclude each other. */
static void check_cases(struct insn_proof *p)
{
    size_t count = bpf_step(&p->before, &p->insn, p->cases);
    term any = term_const(1, 0), twice = any;
    for (size_t i = 0; i < count; i++) {
        twice = term_or(twice, term_and(any, p->cases[i].guard));
        any = term_or(any, p->cases[i].guard);
    }
    if (proof_goal(p->proof, any, "specification: no case applies", NULL) == VERDICT_PROVED)
        proof_goal(p->proof, term_not(twice), "specification: two cases apply", NULL);
}

static void prove_pair(struct insn_proof *p, unsigned dst, unsigned src)
{
    const struct bpf_opcode *row = p->insn.row;
    struct path *path = p->proof->path;
    size_t mark = path_mark(path), undo = path->undo.count;
    unsigned fields = bpf_fields(row->form);
    p->insn.dst = dst;
    p->insn.src = src;
    p->insn.off = field(row, BPF_OFF, BPF_KEY_OFF, "off", 16);
    p->insn.imm = field(row, BPF_IMM, BPF_KEY_IMM, "imm", 32);
    p->insn.imm2 = field(row, BPF_IMM2, BPF_KEY_NONE, "imm2", 32);
    p->before = relation_variables(dst, src, fields & BPF_DST, fields & BPF_SRC, p->emission.pc);
    p->accepted = 0;
    emission_start(&p->emission, p->homes, &p->insn, true);
    check_cases(p);
    if (!solver_feasible(path->solver, path->conditions, path->count, NULL))
        proof_fail(p->proof, VERDICT_UNKNOWN, "the assumptions contradict each other");
    explain_conditions(p->proof, "domain", mark);
    p->assumptions = path_mark(path);
    p->emission.machine.data = p;
    p->covered = term_const(1, 0);
    path_explore(path, path_machine_step, emission_end, &p->emission.machine);
    if (!path->stop) /* no instruction of the domain took a path that was not looked at */
        proof_goal(p->proof, p->covered, "the paths do not cover the domain", NULL);
    if (p->accepted == 0 && !path->stop)
        proof_fail(p->proof, VERDICT_UNKNOWN, "no path accepts %s with dst r%u, src r%u", row->mnemonic, dst, src);
    undo_to(&path->undo, undo);
    path_release(path, mark);
}

static void check_coverage(struct insn_proof *p)
{
    for (int length = 0; length < UNIT_MAX_HALFWORDS; length++)
        for (int i = 0; i < length; i++)
            if (p->seen[length][i] && !p->run[length][i])
                proof_fail(p->proof, VERDICT_UNKNOWN, "halfword %d of code that is %d halfwords long is never executed",
                           i, length);
}

static void describe(struct proof *proof, const struct bpf_opcode *row)
{
    unsigned fields = bpf_fields(row->form);
    unsigned pairs = 0;
    for (unsigned i = 0; i < 16 * 16; i++)
        pairs += bpf_legal_operands(row, i / 16, i % 16);
    snprintf(
        proof->result.domain, sizeof proof->result.domain,
        "%u register combination%s, %zu assignment%s of homes, %s%s%severy pc and program length up to %u slots, every position and "
        "room up to 2^28 halfwords, every offset table",
        pairs, pairs == 1 ? "" : "s", proof->target->manifest.homes_count,
        proof->target->manifest.homes_count == 1 ? "" : "s", fields & BPF_IMM ? "every imm, " : "",
        fields & BPF_IMM2 ? "every second imm, " : "", fields & BPF_OFF ? "every off, " : "",
        proof->target->manifest.program_slots);
}

/* An explanation is of the first pair of two registers. */
static bool is_wanted(const struct proof *proof, const struct bpf_opcode *row, unsigned dst, unsigned src)
{
    unsigned fields = bpf_fields(row->form);
    return !proof->explain || ((!(fields & BPF_DST) || dst == 0) && (!(fields & BPF_SRC) || src == 1));
}

void insn_prove(struct proof *proof, const struct obligation *o)
{
    static struct insn_proof p; /* large, and a worker proves one obligation at a time */
    struct diag diag;
    memset(&p, 0, sizeof p);
    p.proof = proof;
    p.insn.row = o->opcode;
    describe(proof, o->opcode);
    if (!emission_open(&p.emission, proof->target, proof->path, &diag) ||
        !emission_open(&p.sizing, proof->target, proof->path, &diag)) {
        proof_fail(proof, VERDICT_UNKNOWN, "%s: %s", diag.where, diag.message);
        return;
    }
    unit_open(&p.unit, proof->target, proof->path, p.emission.here);
    for (size_t h = 0; h < proof->target->manifest.homes_count; h++) {
        p.homes = &proof->target->manifest.homes[h];
        for (unsigned dst = 0; dst < 16; dst++)
            for (unsigned src = 0; src < 16; src++)
                if (bpf_legal_operands(o->opcode, dst, src) && !proof->path->stop &&
                    is_wanted(proof, o->opcode, dst, src))
                    prove_pair(&p, dst, src);
    }
    if (!proof->path->stop)
        check_coverage(&p);
    proof->result.instructions =
        p.emission.machine.arm.instructions + p.sizing.machine.arm.instructions + p.unit.machine.arm.instructions;
    unit_close(&p.unit);
    emission_close(&p.sizing);
    emission_close(&p.emission);
}
