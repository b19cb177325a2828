/* The code around a program: prologue, epilogue and fault exits, all of them emitted by the prelude function and then
 * run: two triples, one after the other. */
#include "validator/obligations/obligations.h"

struct frame_proof {
    struct proof *proof;
    struct compiler compiler;
    struct code code;
    struct assertion initial, expected;
    term halfwords[CODE_MAX_HALFWORDS];
    bool accepted;
};

static term num(uint64_t value)
{
    return term_const(32, value);
}

static struct situation situation(struct frame_proof *p, enum phase phase, unsigned entry, const char *title)
{
    return (struct situation){.proof = p->proof,
                              .phase = phase,
                              .pass = PASS_PRELUDE,
                              .title = title,
                              .homes = &p->proof->target->manifest.homes[0],
                              .entry = entry,
                              .initial = &p->initial,
                              .expected = &p->expected,
                              .halfwords = p->halfwords,
                              .count = phase == PHASE_CODE ? p->proof->prelude->count : 0};
}

/* ---- the prelude function itself ---- */

/* The code and the positions are those that were found, on every path. */
static void claim_constant(struct frame_proof *p, const struct situation *s, unsigned count)
{
    const struct prelude *found = p->proof->prelude;
    claim_value(s, GOAL_PRELUDE_CONSTANT, compiler_context_place(&p->compiler, ROLE_POSITION), num(count),
                num(found->count), "the length");
    for (uint32_t i = 0; i < found->count && i < count; i++)
        claim_value(s, GOAL_PRELUDE_CONSTANT, (struct place){PLACE_HALFWORD, BLOCK_OUTPUT, 2 * i},
                    compiler_halfword(&p->compiler, i), term_const(16, found->code[i]), "the code");
    for (unsigned way = 1; way < BPF_OUTCOMES; way++)
        claim_value(s, GOAL_PRELUDE_CONSTANT, compiler_context_place(&p->compiler, ROLE_WAYS + way),
                    compiler_field(&p->compiler, (enum role)(ROLE_WAYS + way)), num(found->position[way]),
                    bpf_ways[way].name);
}

static void judge_prelude(struct triple *t)
{
    struct frame_proof *p = t->data;
    const struct situation *s = &t->situation;
    const struct manifest *m = &p->proof->target->manifest;
    struct situation refused = *s;
    struct emission e;
    char status[16];
    if (!compiler_was_lawful(s, &p->compiler, &e))
        return;
    p->accepted |= e.accepted;
    if (e.accepted) {
        claim_constant(p, s, e.count);
        return;
    }
    snprintf(status, sizeof status, "%u", e.status);
    term allowed = term_ult(p->compiler.capacity, num(m->prelude_headroom.value));
    refused.at = (struct place){PLACE_REGISTER, 0, 0};
    refused.must = num(m->accepted.value);
    claim(&refused, GOAL_REFUSAL, e.status == m->code_full.value ? allowed : term_truth(false), status);
}

static bool prove_prelude(struct frame_proof *p)
{
    struct path *path = p->proof->path;
    size_t mark = path_mark(path), undo = path->undo.count;
    struct triple t = {.situation = situation(p, PHASE_COMPILER, 0, "compiler"),
                       .world = &p->compiler.world,
                       .judge = judge_prelude,
                       .data = p,
                       .is_main = true};
    compiler_call(&p->compiler, &p->proof->target->manifest.homes[0], NULL);
    compiler_assume_domain(&p->compiler);
    triple_prove(&t);
    undo_to(&path->undo, undo);
    path_release(path, mark);
    return p->accepted && !path->stop;
}

/* ---- running it ---- */

static void judge_code(struct triple *t)
{
    struct frame_proof *p = t->data;
    claim_all(&t->situation, GOAL_AFTER, &p->expected, &p->code.world);
}

static void prove_code(struct frame_proof *p, unsigned entry)
{
    const struct target *target = p->proof->target;
    const struct prelude *prelude = p->proof->prelude;
    struct path *path = p->proof->path;
    struct triple t = {.situation = situation(p, PHASE_CODE, entry, p->proof->result.id),
                       .world = &p->code.world,
                       .judge = judge_code,
                       .data = p,
                       .is_code = true};
    /* The code is there because there was room for it: without that, a counterexample could not be compiled again. */
    assume(path, LEDGER_PRELUDE, term_ule(num(target->manifest.prelude_headroom.value), p->compiler.capacity));
    assume(path, LEDGER_BUFFER, term_ule(p->compiler.capacity, num(1u << 28)));
    assume(path, LEDGER_PRELUDE, term_eq(p->compiler.position, num(0)));
    for (uint32_t i = 0; i < prelude->count; i++)
        p->halfwords[i] = term_const(16, prelude->code[i]);
    p->proof->result.halfwords_min = p->proof->result.halfwords_max = prelude->count;
    claim_fact(&t.situation, GOAL_SATISFIABLE, path_prove(path, term_truth(false), NULL) == VERDICT_REFUTED, NULL);
    code_start(&p->code, p->halfwords, prelude->count, entry, &p->initial);
    triple_prove(&t);
}

static bool open(struct frame_proof *p, struct proof *proof)
{
    struct diag diag;
    *p = (struct frame_proof){.proof = proof};
    if (compiler_open(&p->compiler, proof->target, proof->prelude, proof->path, PASS_PRELUDE, &diag) &&
        code_open(&p->code, proof->target, proof->path, &diag))
        return true;
    proof_fail(proof, VERDICT_UNKNOWN, "%s: %s", diag.where, diag.message);
    return false;
}

static void close_proof(struct frame_proof *p)
{
    p->proof->result.instructions = p->compiler.world.machine.arm.instructions + p->code.world.machine.arm.instructions;
    code_close(&p->code);
    compiler_close(&p->compiler);
    assertion_free(&p->initial);
    assertion_free(&p->expected);
}

/* ---- obligations ---- */

void prologue_list(const struct kind *kind, const struct target *target, struct obligations *list)
{
    (void)target;
    obligations_add(list, kind, "");
}

static term vm_field(const struct target *t, enum vm_role role)
{
    return relation_vm_word(t->manifest.vm_fields[role].offset);
}

void prologue_prove(struct proof *proof, const struct obligation *o)
{
    struct frame_proof p;
    const struct target *t = proof->target;
    (void)o;
    snprintf(proof->result.domain, sizeof proof->result.domain, "every caller state, VM block and capacity");
    if (open(&p, proof) && prove_prelude(&p)) {
        struct bpf_state start = bpf_entry(vm_field(t, VM_CONTEXT_ADDRESS), vm_field(t, VM_CONTEXT_LENGTH),
                                           vm_field(t, VM_STACK_TOP), vm_field(t, VM_FUEL));
        struct moment moment = {.state = &start};
        struct relation *entry = proof_relation(proof), *boundary = proof_relation(proof);
        relation_entry(t, entry);
        relation_boundary(t, &t->manifest.homes[0], boundary);
        relation_assert(entry, BPF_HOLDS_ALL, &moment, &p.initial);
        relation_assert(boundary, BPF_HOLDS_ALL, &moment, &p.expected);
        assertion_add(&p.expected, (struct place){PLACE_REGISTER, 0, ARM_PC},
                      term_add(p.compiler.here, num(2 * proof->prelude->count)), "pc (the first instruction)");
        prove_code(&p, 0);
    }
    close_proof(&p);
}

void epilogue_list(const struct kind *kind, const struct target *target, struct obligations *list)
{
    (void)target;
    obligations_add(list, kind, "")->way = BPF_EXIT;
}

void stub_list(const struct kind *kind, const struct target *target, struct obligations *list)
{
    (void)target;
    for (int way = 1; way < BPF_OUTCOMES; way++)
        if (way != BPF_EXIT)
            obligations_add(list, kind, bpf_ways[way].name)->way = (enum bpf_outcome)way;
}

/* From a state of which the row says how far it is related, back to the caller. */
void way_out_prove(struct proof *proof, const struct obligation *o)
{
    struct frame_proof p;
    const struct target *t = proof->target;
    const struct bpf_way *way = &bpf_ways[o->way];
    snprintf(proof->result.domain, sizeof proof->result.domain, "every related state");
    if (open(&p, proof) && prove_prelude(&p)) {
        struct bpf_state state = relation_variables(0, 0, false, false, term_var("pc", 32, TERM_ORDINARY));
        struct moment moment = {.state = &state,
                                .status = t->manifest.way_status[o->way].value,
                                .fuel = way->fuel_is_kept ? state.fuel : num(0),
                                .result = way->result_is_given ? state.r[0] : NULL};
        struct relation *boundary = proof_relation(proof), *leaving = proof_relation(proof);
        relation_boundary(t, &t->manifest.homes[0], boundary);
        relation_leaving(t, leaving);
        relation_assert(boundary, way->holds, &moment, &p.initial);
        relation_assert(leaving, BPF_HOLDS_ALL, &moment, &p.expected);
        prove_code(&p, proof->prelude->position[o->way]);
    }
    close_proof(&p);
}
