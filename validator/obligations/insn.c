/*
 * insn/OP: for every register pair, the JIT's emit function runs on the symbolic instruction; on each of its paths the
 * code that it emitted runs from a related state and must end in a state related to what the specification says, case
 * by case. A path on which emit refuses must be one on which it may. Three triples: the call of the sizing pass (passes.c), then the
 * call of the final pass, and under each of its paths the run of the code.
 */
#include "validator/obligations/passes.h"

#include <stdlib.h>

enum { NOP = 0xbf00 };

struct insn_proof {
    struct proof *proof;
    struct compiler compiler;
    struct passes passes;
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
    unsigned accepted;        /* paths of this register pair */
    bool checked;             /* that assumptions and definitions can hold together */
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
        passes_compare(&p->passes, s, &p->compiler, &p->emission, NULL);
        return;
    }
    for (unsigned i = 0; i < p->emission.count; i++)
        p->halfwords[i] = compiler_halfword(&p->compiler, i);
    passes_compare(&p->passes, s, &p->compiler, &p->emission, p->halfwords);
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
    trace_conditions(p->proof, "domain", mark);
    passes_size(&p->passes, &t.situation);
    triple_prove(&t);
    snprintf(operands, sizeof operands, "dst r%u, src r%u", dst, src);
    if (!path->stop)
        claim_fact(&t.situation, GOAL_ACCEPTS, p->accepted > 0, operands);
    if (!p->checked && !path->stop) { /* with all that was defined on the way: once is enough, the pairs are alike */
        claim_fact(&t.situation, GOAL_SATISFIABLE, path_prove(path, term_truth(false), NULL) == VERDICT_REFUTED, NULL);
        p->checked = true;
    }
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
        compiler_open(&p->passes.sizing, proof->target, proof->prelude, proof->path, PASS_SIZING, &diag) &&
        code_open(&p->code, proof->target, proof->path, &diag)) {
        for (size_t h = 0; h < m->homes_count; h++)
            prove_homes(p, &m->homes[h]);
        if (!proof->path->stop)
            check_coverage(p);
        proof->result.instructions = p->compiler.world.machine.arm.instructions +
                                     p->passes.sizing.world.machine.arm.instructions +
                                     p->code.world.machine.arm.instructions;
    } else {
        proof_fail(proof, VERDICT_UNKNOWN, "%s: %s", diag.where, diag.message);
    }
    code_close(&p->code);
    passes_close(&p->passes);
    compiler_close(&p->compiler);
    assertion_free(&p->initial);
    assertion_free(&p->expected);
    free(p);
}
