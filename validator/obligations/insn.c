/*
 * insn/OP: for every register pair, the JIT's emit function runs on the symbolic instruction; on each of its paths the
 * code that it emitted runs from a related state and must end in a state related to what the specification says, case
 * by case. A path on which emit refuses must be one on which it may. Three triples, nested: the call of the final pass, and
 * under each of its paths the call of the sizing pass and the run of the code.
 */
#include "validator/obligations/obligations.h"

#include <stdlib.h>

/* What one path of the sizing pass came to. */
struct sized {
    term condition; /* of the path, from where the pass began */
    struct emission emission;
};

enum { NOP = 0xbf00 };

struct insn_proof {
    struct proof *proof;
    struct compiler compiler, sizing;
    struct code code;
    const struct homes *homes;
    const struct relation *boundary;
    struct bpf_insn insn;
    struct bpf_state before;
    struct bpf_case cases[BPF_MAX_CASES];
    size_t case_count;
    struct assertion initial, expected;
    term halfwords[CODE_MAX_HALFWORDS];
    struct emission emission; /* of the path under way */
    unsigned accepted; /* paths of this register pair */
    struct sized *sized; /* under the path of the final pass that is under way */
    size_t sized_count, sized_room;
    /* By length and index: an instruction begins there in some code of that length, and was executed on some path, or is
     * data that was read, or padding. */
    bool seen[CODE_MAX_HALFWORDS][CODE_MAX_HALFWORDS], run[CODE_MAX_HALFWORDS][CODE_MAX_HALFWORDS];
};

static term num(uint64_t value)
{
    return term_const(32, value);
}

static struct situation situation(struct insn_proof *p, enum phase phase, const char *title, const char *subtitle)
{
    return (struct situation){.proof = p->proof,
                              .phase = phase,
                              .pass = PASS_FINAL,
                              .title = title,
                              .subtitle = subtitle,
                              .homes = p->homes,
                              .insn = &p->insn,
                              .before = &p->before,
                              .initial = &p->initial,
                              .expected = &p->expected,
                              .halfwords = p->halfwords,
                              .count = phase == PHASE_CODE ? p->emission.count : 0};
}

/* ---- running the emitted code ---- */

static term code_address(struct insn_proof *p, term position)
{
    term start = term_sub(p->compiler.here, term_shl(p->compiler.position, num(1)));
    return term_add(start, term_shl(position, num(1)));
}

/* Where control must be after a case. */
static term expected_pc(struct insn_proof *p, const struct bpf_case *c)
{
    if (c->outcome != BPF_NEXT)
        return code_address(p, num(p->proof->prelude->position[c->outcome]));
    if (c->after.pc == term_add(p->before.pc, num(bpf_slots(p->insn.row)))) /* the layout: the next code follows */
        return term_add(p->compiler.here, num(2 * (uint64_t)p->emission.count));
    return code_address(p, compiler_offset_of(&p->compiler, c->after.pc));
}

static void expect(struct insn_proof *p, const struct bpf_case *c)
{
    struct moment moment = {.state = &c->after};
    p->expected.count = 0;
    relation_assert(p->boundary, bpf_ways[c->outcome].holds, &moment, &p->expected);
    assertion_add(&p->expected, (struct place){PLACE_REGISTER, 0, ARM_PC}, expected_pc(p, c), "pc");
}

static void judge_code(struct triple *t)
{
    struct insn_proof *p = t->data;
    claim_all(&t->situation, GOAL_AFTER, &p->expected, &p->code.world);
}

/* Notes where instructions begin, for the check that each is executed on some path. */
static void note_coverage(struct insn_proof *p)
{
    const unsigned count = p->emission.count;
    for (unsigned i = 0; i < count; i++) {
        bool data = code_is_data(&p->code, i);
        p->seen[count][i] |= !data;
        p->run[count][i] |= data || p->code.executed[i] || p->halfwords[i] == term_const(16, NOP);
        i += !data && code_is_wide(p->halfwords[i]);
    }
}

static void prove_case(struct insn_proof *p, const struct bpf_case *c)
{
    struct path *path = p->proof->path;
    size_t mark = path_mark(path), undo = path->undo.count;
    struct triple t = {.situation = situation(p, PHASE_CODE, p->insn.row->mnemonic, c->name),
                       .world = &p->code.world,
                       .judge = judge_code,
                       .data = p,
                       .is_code = true};
    assume(path, LEDGER_CASE, c->guard);
    trace_conditions(p->proof, *c->name ? c->name : "    runs", mark);
    expect(p, c);
    code_start(&p->code, p->halfwords, p->emission.count, 0, &p->initial);
    triple_prove(&t);
    note_coverage(p);
    undo_to(&path->undo, undo);
    path_release(path, mark);
}

/* ---- the compiler's paths ---- */

/* Out of the reach that the manifest promises (bytes, here halfwords) from the instruction's own code. */
static term out_of_reach(struct insn_proof *p, term position)
{
    uint32_t reach = p->proof->target->manifest.branch_reach.value / 2;
    term distance = term_sub(position, p->compiler.position);
    return term_or(term_slt(distance, num(0 - (uint64_t)reach)), term_slt(num(reach), distance));
}

/* Some place that an instruction of this form can go to. */
static term somewhere_is_out_of_reach(struct insn_proof *p)
{
    term any = term_truth(false), distance = bpf_distance(&p->insn);
    if (distance)
        any = out_of_reach(p, compiler_offset_of(&p->compiler, term_add(term_add(p->before.pc, num(1)), distance)));
    for (int way = 1; way < BPF_OUTCOMES; way++)
        if (bpf_may_take(p->insn.row->form, (enum bpf_outcome)way))
            any = term_or(any, out_of_reach(p, num(p->proof->prelude->position[way])));
    return any;
}

/* A refusal must be for one of the stated limits, and the limit must really be reached: no room, or a place that it can go
 * to is too far away. */
static void judge_refusal(struct insn_proof *p, const struct situation *s, uint32_t status)
{
    const struct manifest *m = &p->proof->target->manifest;
    struct compiler *c = &p->compiler;
    struct situation refused = *s;
    term allowed = term_truth(false);
    char about[16];
    if (status == m->code_full.value)
        allowed = term_ult(term_sub(c->capacity, c->position), num(m->headroom.value));
    else if (status == m->branch_range.value)
        allowed = somewhere_is_out_of_reach(p);
    snprintf(about, sizeof about, "%u", status);
    refused.at = (struct place){PLACE_REGISTER, 0, 0};
    refused.must = num(m->accepted.value);
    claim(&refused, GOAL_REFUSAL, allowed, about);
}

/* What does not jump does not depend on positions either: a driver may keep the code of the first pass. */
static void claim_same_code(struct insn_proof *p, const struct situation *s)
{
    for (unsigned i = 0; i < p->emission.count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%u", i);
        if (!claim_value(s, GOAL_SAME_CODE, (struct place){PLACE_HALFWORD, BLOCK_OUTPUT, 2 * i},
                         compiler_halfword(&p->sizing, i), p->halfwords[i], name))
            return;
    }
}

/*
 * No two paths of the sizing pass that come to different ends may differ in nothing but what is in entries of the table that
 * are not filled yet: whatever was in that memory would decide.
 */
static void claim_independent(struct insn_proof *p, const struct situation *s, const struct sized *now)
{
    const struct place r0 = {PLACE_REGISTER, 0, 0}, position = compiler_context_place(&p->sizing, ROLE_POSITION);
    for (size_t i = 0; i < p->sized_count; i++) {
        const struct sized *other = &p->sized[i];
        struct situation about = *s;
        bool same_status = other->emission.status == now->emission.status;
        if (same_status && other->emission.count == now->emission.count)
            continue;
        about.at = same_status ? position : r0;
        about.must = same_status ? term_add(p->sizing.position, num(other->emission.count)) : num(other->emission.status);
        claim(&about, GOAL_SIZING_PURE, term_not(compiler_with_other_garbage(&p->sizing, other->condition)), NULL);
    }
}

static void note_sized(struct insn_proof *p, const struct triple *t, struct emission emission)
{
    const struct path *path = p->proof->path;
    struct sized now = {term_truth(true), emission};
    for (size_t i = t->assumed; i < path->count; i++)
        now.condition = term_and(now.condition, path->conditions[i]);
    claim_independent(p, &t->situation, &now);
    if (p->sized_count == p->sized_room) {
        p->sized_room = p->sized_room ? 2 * p->sized_room : 8;
        p->sized = realloc(p->sized, p->sized_room * sizeof *p->sized);
        if (!p->sized)
            abort();
    }
    p->sized[p->sized_count++] = now;
}

/*
 * The pass that finds positions must emit as much as the pass that uses them. What the table has for the end of the instruction
 * is what this pass made of it.
 */
static void judge_sizing(struct triple *t)
{
    struct insn_proof *p = t->data;
    const struct situation *s = &t->situation;
    struct path *path = p->proof->path;
    struct emission e;
    if (!compiler_was_lawful(s, &p->sizing, &e))
        return;
    note_sized(p, t, e);
    if (!e.accepted) {
        judge_refusal(p, s, e.status);
        return;
    }
    assume(path, LEDGER_OWN_ENTRIES, term_eq(p->compiler.own_length, num(e.count)));
    if (!p->emission.accepted) { /* the refusal of the final pass, which is only called where this one accepts */
        struct situation refusing = *s;
        refusing.pass = PASS_FINAL;
        judge_refusal(p, &refusing, p->emission.status);
        claim_output_kept(&refusing, &p->compiler, e.count);
        return;
    }
    if (claim_value(s, GOAL_SAME_LENGTH, compiler_context_place(&p->sizing, ROLE_POSITION),
                    term_add(p->compiler.position, num(e.count)),
                    term_add(p->compiler.position, num(p->emission.count)), NULL) && !bpf_distance(&p->insn) &&
        e.count == p->emission.count)
        claim_same_code(p, s);
}

static void prove_sizing(struct insn_proof *p)
{
    struct path *path = p->proof->path;
    size_t mark = path_mark(path), undo = path->undo.count;
    struct triple t = {.situation = situation(p, PHASE_COMPILER, "compiler", NULL),
                       .world = &p->sizing.world,
                       .judge = judge_sizing,
                       .data = p};
    t.situation.pass = PASS_SIZING;
    p->sized_count = 0;
    compiler_call(&p->sizing, p->homes, &p->insn);
    triple_prove(&t);
    undo_to(&path->undo, undo);
    path_release(path, mark);
}

static void note_length(struct result *r, unsigned count)
{
    if (count < r->halfwords_min)
        r->halfwords_min = count;
    if (count > r->halfwords_max)
        r->halfwords_max = count;
}

static void judge_emission(struct triple *t)
{
    struct insn_proof *p = t->data;
    const struct situation *s = &t->situation;
    struct path *path = p->proof->path;
    trace_conditions(p->proof, "\n  path of the compiler", t->assumed);
    if (!compiler_was_lawful(s, &p->compiler, &p->emission))
        return;
    if (!p->emission.accepted) {
        prove_sizing(p);
        return;
    }
    if (!compiler_is_pure(s, &p->compiler, p->emission.count))
        return;
    for (unsigned i = 0; i < p->emission.count; i++)
        p->halfwords[i] = compiler_halfword(&p->compiler, i);
    prove_sizing(p);
    term own = term_eq(p->compiler.own_length, num(p->emission.count));
    if (path->stop || !path_feasible(path, own)) /* decided by an end that the other pass never finds */
        return;
    assume(path, LEDGER_OWN_ENTRIES, own);
    p->accepted++;
    note_length(&p->proof->result, p->emission.count);
    trace_code(p->proof, p->halfwords, p->emission.count);
    for (size_t i = 0; i < p->case_count && !path->stop; i++)
        if (path_feasible(path, p->cases[i].guard))
            prove_case(p, &p->cases[i]);
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
    struct situation s = situation(p, PHASE_COMPILER, NULL, NULL);
    term any = term_truth(false), twice = any;
    for (size_t i = 0; i < p->case_count; i++) {
        twice = term_or(twice, term_and(any, p->cases[i].guard));
        any = term_or(any, p->cases[i].guard);
    }
    if (claim_of_ours(&s, GOAL_CASES_COVER, any, NULL))
        claim_of_ours(&s, GOAL_CASES_EXCLUDE, term_not(twice), NULL);
}

static void prove_pair(struct insn_proof *p, unsigned dst, unsigned src)
{
    const struct bpf_opcode *row = p->insn.row;
    struct path *path = p->proof->path;
    size_t mark = path_mark(path), undo = path->undo.count;
    unsigned fields = bpf_fields(row->form);
    char operands[32];
    struct triple t = {.situation = situation(p, PHASE_COMPILER, "compiler", NULL),
                       .world = &p->compiler.world,
                       .judge = judge_emission,
                       .data = p,
                       .is_main = true};
    p->insn.dst = dst;
    p->insn.src = src;
    p->insn.off = field(row, BPF_OFF, BPF_KEY_OFF, "off", 16);
    p->insn.imm = field(row, BPF_IMM, BPF_KEY_IMM, "imm", 32);
    p->insn.imm2 = field(row, BPF_IMM2, BPF_KEY_NONE, "imm2", 32);
    p->before = relation_variables(dst, src, fields & BPF_DST, fields & BPF_SRC, p->compiler.pc);
    p->case_count = bpf_step(&p->before, &p->insn, p->cases);
    p->accepted = 0;
    p->initial.count = p->expected.count = 0;
    relation_assert(p->boundary, BPF_HOLDS_ALL, &(struct moment){.state = &p->before}, &p->initial);
    compiler_call(&p->compiler, p->homes, &p->insn);
    compiler_assume_domain(&p->compiler);
    check_cases(p);
    claim_fact(&t.situation, GOAL_SATISFIABLE, solver_feasible(path->solver, path->conditions, path->count, NULL),
               NULL);
    trace_conditions(p->proof, "domain", mark);
    triple_prove(&t);
    snprintf(operands, sizeof operands, "dst r%u, src r%u", dst, src);
    if (!path->stop)
        claim_fact(&t.situation, GOAL_ACCEPTS, p->accepted > 0, operands);
    undo_to(&path->undo, undo);
    path_release(path, mark);
}

static void check_coverage(struct insn_proof *p)
{
    struct situation s = situation(p, PHASE_COMPILER, NULL, NULL);
    for (int length = 0; length < CODE_MAX_HALFWORDS; length++)
        for (int i = 0; i < length; i++) {
            char which[64];
            snprintf(which, sizeof which, "%d of code that is %d halfwords long", i, length);
            if (p->seen[length][i])
                claim_fact(&s, GOAL_EXECUTED, p->run[length][i], which);
        }
}

static void describe(struct proof *proof, const struct bpf_opcode *row)
{
    const struct manifest *m = &proof->target->manifest;
    unsigned fields = bpf_fields(row->form);
    unsigned pairs = 0;
    for (unsigned i = 0; i < 16 * 16; i++)
        pairs += bpf_legal_operands(row, i / 16, i % 16);
    snprintf(
        proof->result.domain, sizeof proof->result.domain,
        "%u register combination%s, %zu assignment%s of homes, %s%s%severy pc and program length up to %u slots, every position and "
        "room up to 2^28 halfwords, every offset table",
        pairs, pairs == 1 ? "" : "s", m->homes_count, m->homes_count == 1 ? "" : "s",
        fields & BPF_IMM ? "every imm, " : "", fields & BPF_IMM2 ? "every second imm, " : "",
        fields & BPF_OFF ? "every off, " : "", m->program_slots.value);
}

void insn_list(const struct kind *kind, const struct target *target, struct obligations *list)
{
    (void)target;
    for (size_t i = 0; i < bpf_opcode_count; i++)
        if (bpf_opcodes[i].specified)
            obligations_add(list, kind, bpf_opcodes[i].id)->opcode = &bpf_opcodes[i];
}

static void prove_homes(struct insn_proof *p, const struct homes *homes)
{
    struct relation *boundary = proof_relation(p->proof);
    unsigned fields = bpf_fields(p->insn.row->form);
    p->homes = homes;
    p->boundary = boundary;
    relation_boundary(p->proof->target, homes, boundary);
    for (unsigned dst = 0; dst < 16; dst++)
        for (unsigned src = 0; src < 16; src++)
            if (bpf_legal_operands(p->insn.row, dst, src) && !p->proof->path->stop &&
                trace_wants(p->proof, fields, dst, src))
                prove_pair(p, dst, src);
}

void insn_prove(struct proof *proof, const struct obligation *o)
{
    const struct manifest *m = &proof->target->manifest;
    struct insn_proof *p = calloc(1, sizeof *p);
    struct diag diag;
    if (!p)
        abort();
    p->proof = proof;
    p->insn.row = o->opcode;
    describe(proof, o->opcode);
    if (compiler_open(&p->compiler, proof->target, proof->prelude, proof->path, PASS_FINAL, &diag) &&
        compiler_open(&p->sizing, proof->target, proof->prelude, proof->path, PASS_SIZING, &diag) &&
        code_open(&p->code, proof->target, proof->path, &diag)) {
        for (size_t h = 0; h < m->homes_count; h++)
            prove_homes(p, &m->homes[h]);
        if (!proof->path->stop)
            check_coverage(p);
        proof->result.instructions = p->compiler.world.machine.arm.instructions +
                                     p->sizing.world.machine.arm.instructions + p->code.world.machine.arm.instructions;
    } else {
        proof_fail(proof, VERDICT_UNKNOWN, "%s: %s", diag.where, diag.message);
    }
    code_close(&p->code);
    compiler_close(&p->sizing);
    compiler_close(&p->compiler);
    assertion_free(&p->initial);
    assertion_free(&p->expected);
    free(p->sized);
    free(p);
}
