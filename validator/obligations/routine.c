/*
 * routine/NAME: a function of the image keeps its promise, on its own machine code, for all arguments. A loop in it is proved by
 * its invariant: what runs up to its head is one triple, one step from any state of the invariant another.
 */
#include "validator/obligations/loops.h"

#include <stdlib.h>
#include <string.h>

enum { STACK_BYTES = 512 };

/* The state at the head of the loop, after its fields were forgotten. */
struct head {
    bool reached;
    uint32_t steps;  /* of the machine, so that the head is not arrived at again at once */
    uint32_t offset; /* of the struct in the stack */
    term fields[LOOP_MAX_FIELDS];
    term registers[16];
    term *cells; /* of the stack */
    uint32_t sp;
};

struct routine_proof {
    struct world world; /* first, so that it can be had from its machine */
    struct proof *proof;
    const struct routine *routine;
    const struct path_contract *contract;
    const struct loop_row *loop; /* NULL: none, or none that is known */
    struct head head;
    term arguments[OPAQUE_MAX_ARGUMENTS];
};

static const struct loop_row *const loop_rows[] = {&division_loop};

const struct loop_row *loop_find(const char *routine)
{
    for (size_t i = 0; i < sizeof loop_rows / sizeof *loop_rows; i++)
        if (strcmp(loop_rows[i]->routine, routine) == 0)
            return loop_rows[i];
    return NULL;
}

static struct situation situation(struct routine_proof *p)
{
    return (struct situation){.proof = p->proof,
                              .phase = PHASE_ROUTINE,
                              .title = p->routine->symbol,
                              .routine = p->contract,
                              .arguments = p->arguments};
}

static enum path_arrival arrived(struct path_machine *m)
{
    const struct routine_proof *p = (struct routine_proof *)m;
    term pc = m->arm.r[ARM_PC];
    if (p->loop && term_is_const(pc) && pc->value == p->routine->loop.step_address &&
        !(p->head.reached && m->steps == p->head.steps))
        return PATH_AT_HEAD;
    return path_machine_returned(m);
}

/* A goal for which some axioms may be used. Behind a loop's head a failure may come from a state that is never reached, so
 * it is unknown at worst. */
static bool show(struct routine_proof *p, enum goal goal, term truth, const char *about, const term *axioms,
                 size_t axiom_count, bool ours)
{
    struct situation s = situation(p);
    struct path *path = p->proof->path;
    size_t mark = path_mark(path);
    for (size_t i = 0; i < axiom_count; i++)
        assume(path, LEDGER_ARITHMETIC, axioms[i]);
    bool shown = (ours ? claim_of_ours : claim)(&s, goal, truth, about);
    path_release(path, mark);
    return shown;
}

/* ---- the return ---- */

static void judge_return(struct routine_proof *p)
{
    static const char *const numbers[] = {"0", "1"};
    const struct promise *promise = p->contract->promise;
    const bool ours = p->head.reached;
    struct promise_case cases[PROMISE_MAX_CASES];
    term opaque[OPAQUE_MAX_RESULTS], facts[PROMISE_MAX_FACTS], axioms[LOOP_MAX_AXIOMS];
    const term *words = p->world.machine.arm.r;
    size_t axiom_count = 0, count = 0;
    struct situation s = situation(p);
    if (!claim_saved(&s, &p->world.machine, p->world.blocks[BLOCK_STACK], ours))
        return;
    if (p->loop)
        axiom_count = p->loop->leave(p->proof->path, p->arguments, p->head.reached ? p->head.fields : NULL, axioms);
    if (promise->witness)
        promise->witness(p->contract->parameter, words, opaque);
    if (promise->facts)
        count = promise->facts(p->arguments, opaque, facts);
    for (size_t i = 0; i < count; i++)
        show(p, GOAL_PROMISE_FACT, facts[i], NULL, axioms, axiom_count, ours);
    count = promise->cases(p->contract->parameter, p->arguments, opaque, cases);
    for (size_t i = 0; i < count; i++)
        for (unsigned w = 0; w < promise->results; w++)
            show(p, GOAL_PROMISE_WORD, term_or(term_not(cases[i].guard), term_eq(words[w], cases[i].words[w])),
                 numbers[w], axioms, axiom_count, ours);
}

/* ---- the loop ---- */

static const struct field *binding(const struct routine_proof *p, size_t i)
{
    const struct loop_binding *loop = &p->routine->loop;
    for (size_t k = 0; k < loop->field_count; k++)
        if (strcmp(loop->fields[k].name, p->loop->fields[i].name) == 0)
            return &loop->fields[k].field;
    return NULL;
}

/* Whether the manifest binds exactly the fields that the invariant speaks of. */
static bool is_bound(const struct routine_proof *p)
{
    for (size_t i = 0; i < p->loop->field_count; i++) {
        const struct field *f = binding(p, i);
        if (!f || 8 * f->size != p->loop->fields[i].width)
            return false;
    }
    return p->routine->loop.field_count == p->loop->field_count;
}

static void read_fields(struct routine_proof *p, uint32_t offset, term *fields)
{
    struct arm_state *s = &p->world.machine.arm;
    for (size_t i = 0; i < p->loop->field_count; i++) {
        uint32_t at = offset + binding(p, i)->offset;
        fields[i] = arm_peek(s, p->world.blocks[BLOCK_STACK], at);
        if (p->loop->fields[i].width == 64)
            fields[i] = term_concat(arm_peek(s, p->world.blocks[BLOCK_STACK], at + 4), fields[i]);
    }
}

/* The struct that the step is called with: in the stack, above sp. */
static bool find_struct(struct routine_proof *p, uint32_t *offset)
{
    struct arm_state *s = &p->world.machine.arm;
    size_t block, sp_block;
    term at, sp;
    if (!arm_resolve(s, s->r[0], &block, &at) || block != p->world.blocks[BLOCK_STACK] || !term_is_const(at) ||
        !arm_resolve(s, s->r[ARM_SP], &sp_block, &sp) || sp_block != block || !term_is_const(sp) || at->value % 4 ||
        at->value < sp->value || at->value + p->routine->loop.layout.size > STACK_BYTES)
        return false;
    p->head.sp = (uint32_t)sp->value;
    *offset = (uint32_t)at->value;
    return true;
}

static void show_invariant(struct routine_proof *p, enum goal goal, const term *fields, const term *axioms,
                           size_t axiom_count)
{
    struct conjunct conjuncts[LOOP_MAX_CONJUNCTS];
    size_t count = p->loop->invariant(p->proof->path, p->arguments, fields, conjuncts);
    for (size_t i = 0; i < count; i++)
        show(p, goal, conjuncts[i].truth, conjuncts[i].name, axioms, axiom_count, true);
}

static void forget_word(struct routine_proof *p, uint32_t at, const char *field, const char *half)
{
    char name[96];
    snprintf(name, sizeof name, "loop_%s%s", field, half);
    arm_poke(&p->world.machine.arm, p->world.blocks[BLOCK_STACK], at, term_var(name, 32, TERM_ORDINARY));
}

/* Fields become any values, scratch registers and flags undefined ones; everything else stays what it is. */
static void forget(struct routine_proof *p)
{
    static const unsigned scratch[] = {1, 2, 3, 12};
    struct arm_state *s = &p->world.machine.arm;
    term *const flags[] = {&s->n, &s->z, &s->c, &s->v};
    char name[32];
    for (size_t i = 0; i < p->loop->field_count; i++) {
        uint32_t at = p->head.offset + binding(p, i)->offset;
        forget_word(p, at, p->loop->fields[i].name, p->loop->fields[i].width == 64 ? "_lo" : "");
        if (p->loop->fields[i].width == 64)
            forget_word(p, at + 4, p->loop->fields[i].name, "_hi");
    }
    for (unsigned i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "loop_r%u", scratch[i]);
        undo_set_term(s->undo, &s->r[scratch[i]], term_var(name, 32, TERM_UNDEFINED));
        snprintf(name, sizeof name, "loop_flag%u", i);
        undo_set_term(s->undo, flags[i], term_var(name, 1, TERM_UNDEFINED));
    }
}

static void remember(struct routine_proof *p)
{
    struct arm_state *s = &p->world.machine.arm;
    memcpy(p->head.registers, s->r, sizeof p->head.registers);
    p->head.cells = calloc(STACK_BYTES / 4, sizeof(term));
    if (!p->head.cells)
        abort();
    for (uint32_t at = p->head.sp; at < STACK_BYTES; at += 4) /* what was never written gets its name now */
        p->head.cells[at / 4] = arm_peek(s, p->world.blocks[BLOCK_STACK], at);
}

static bool is_field(const struct routine_proof *p, uint32_t at)
{
    for (size_t i = 0; i < p->loop->field_count; i++) {
        const struct field *f = binding(p, i);
        if (at >= p->head.offset + f->offset && at < p->head.offset + f->offset + f->size)
            return true;
    }
    return false;
}

/* The second arrival is at the head that was assumed: all but the fields and what a callee may change is the same. */
static void show_frame(struct routine_proof *p)
{
    static const char *const names[16] = {"r0", NULL, NULL,  NULL,  "r4", "r5", "r6", "r7",
                                          "r8", "r9", "r10", "r11", NULL, "sp", "lr", NULL};
    struct arm_state *s = &p->world.machine.arm;
    for (unsigned i = 0; i < 16; i++)
        if (names[i])
            show(p, GOAL_LOOP_FRAME, term_eq(s->r[i], p->head.registers[i]), names[i], NULL, 0, true);
    for (uint32_t at = p->head.sp; at < STACK_BYTES; at += 4) {
        term now = arm_peek(s, p->world.blocks[BLOCK_STACK], at), then = p->head.cells[at / 4];
        if (now != then && !is_field(p, at))
            show(p, GOAL_LOOP_FRAME, term_eq(now, then), "a word of the caller's frame", NULL, 0, true);
    }
}

static void judge_step(struct routine_proof *p)
{
    struct path *path = p->proof->path;
    struct conjunct stations[LOOP_MAX_CONJUNCTS];
    term after[LOOP_MAX_FIELDS];
    size_t mark = path_mark(path);
    bool all = true;
    read_fields(p, p->head.offset, after);
    size_t count = p->loop->stations(path, p->arguments, p->head.fields, after, stations);
    for (size_t i = 0; i < count; i++) {
        bool shown = show(p, GOAL_LOOP_STEP, stations[i].truth, stations[i].name, NULL, 0, true);
        if (shown)
            assume(path, LEDGER_INVARIANT, stations[i].truth); /* shown just above */
        all &= shown;
    }
    if (all)
        assume(path, LEDGER_ARITHMETIC, p->loop->conclusion(path, p->arguments, after));
    show_invariant(p, GOAL_LOOP_KEPT, after, NULL, 0);
    show_frame(p);
    show(p, GOAL_LOOP_MEASURE, term_ult(p->loop->measure(after), p->loop->measure(p->head.fields)), NULL, NULL, 0,
         true);
    path_release(path, mark);
}

static void judge_behind_head(struct triple *t)
{
    struct routine_proof *p = t->data;
    if (p->world.machine.arrival == PATH_AT_HEAD)
        judge_step(p);
    else
        judge_return(p);
}

/* The first arrival. */
static void judge_head(struct routine_proof *p)
{
    struct path *path = p->proof->path;
    struct triple step = {
        .situation = situation(p), .world = &p->world, .judge = judge_behind_head, .data = p, .is_main = true};
    struct conjunct conjuncts[LOOP_MAX_CONJUNCTS];
    term axioms[LOOP_MAX_AXIOMS];
    size_t mark = path_mark(path);
    if (!find_struct(p, &p->head.offset)) {
        proof_fail(p->proof, VERDICT_UNKNOWN, "%s is called with something else than a struct in its caller's frame",
                   p->routine->loop.step);
        return;
    }
    read_fields(p, p->head.offset, p->head.fields);
    size_t axiom_count = p->loop->enter(path, p->arguments, axioms);
    show_invariant(p, GOAL_LOOP_ENTRY, p->head.fields, axioms, axiom_count);
    forget(p);
    read_fields(p, p->head.offset, p->head.fields);
    size_t count = p->loop->invariant(path, p->arguments, p->head.fields, conjuncts);
    for (size_t i = 0; i < count; i++)
        assume(path, LEDGER_INVARIANT, conjuncts[i].truth);
    remember(p);
    p->head.reached = true;
    p->head.steps = p->world.machine.steps;
    triple_prove(&step);
    free(p->head.cells);
    p->head = (struct head){0};
    path_release(path, mark);
}

static void judge(struct triple *t)
{
    struct routine_proof *p = t->data;
    if (p->world.machine.arrival == PATH_AT_HEAD)
        judge_head(p);
    else
        judge_return(p);
}

/* ---- the obligation ---- */

void routine_list(const struct kind *kind, const struct target *target, struct obligations *list)
{
    for (size_t i = 0; i < target->manifest.routine_count; i++) {
        const struct routine *r = &target->manifest.routines[i];
        if (r->promise && !r->trusted) /* a summary is computed, not believed */
            obligations_add(list, kind, r->promise->name)->routine = i;
    }
}

static void start(struct routine_proof *p)
{
    char name[32];
    for (unsigned i = 0; i < p->contract->promise->arguments; i++) {
        snprintf(name, sizeof name, p->contract->promise->arguments == 1 ? "value" : "argument_%u", i);
        p->arguments[i] = term_var(name, 32, TERM_ORDINARY);
    }
    path_machine_call(&p->world.machine, p->contract->address, p->arguments, p->contract->promise->arguments,
                      p->world.blocks[BLOCK_STACK]);
}

void routine_prove(struct proof *proof, const struct obligation *o)
{
    struct routine_proof p = {.proof = proof};
    struct diag diag;
    p.routine = &proof->target->manifest.routines[o->routine];
    p.contract = &proof->target->contracts[o->routine];
    snprintf(proof->result.domain, sizeof proof->result.domain, "every argument: %s", p.contract->promise->meaning);
    world_open(&p.world, proof->target, proof->path, "routine");
    p.world.machine.contract_count = o->routine; /* those before it in the manifest: no circle of promises */
    p.world.machine.arrived = arrived;
    if (*p.routine->loop.step) {
        p.loop = loop_find(p.contract->promise->name);
        if (!p.loop || !is_bound(&p)) {
            proof_fail(proof, VERDICT_UNKNOWN, "the manifest's loop has no invariant with these fields");
            world_close(&p.world);
            return;
        }
    }
    if (world_map_image(&p.world, &diag)) {
        struct triple t = {.situation = situation(&p), .world = &p.world, .judge = judge, .data = &p, .is_main = true};
        world_add(&p.world, BLOCK_STACK, STACK_BYTES, NULL);
        start(&p);
        triple_prove(&t);
    } else {
        proof_fail(proof, VERDICT_UNKNOWN, "%s: %s", diag.where, diag.message);
    }
    proof->result.instructions = p.world.machine.arm.instructions;
    world_close(&p.world);
}
