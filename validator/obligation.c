/* The list of obligations, and the frame in which each is decided. */
#include "validator/validator.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* Limits in solver steps; the clock is only a backstop. */
static const struct solver_limits limits = {.goal_steps = 200000000, .feasible_steps = 20000000, .backstop_ms = 120000};

static struct obligation *append(struct obligation **list, size_t *count, const char *id,
                                 void (*prove)(struct proof *, const struct obligation *))
{
    *list = realloc(*list, (*count + 1) * sizeof **list);
    if (!*list)
        abort();
    struct obligation *o = &(*list)[(*count)++];
    *o = (struct obligation){.prove = prove};
    snprintf(o->id, sizeof o->id, "%s", id);
    return o;
}

size_t obligation_list(const struct target *target, struct obligation **list)
{
    size_t count = 0;
    char id[48];
    *list = NULL;
    append(list, &count, "prologue", prologue_prove);
    append(list, &count, "epilogue", epilogue_prove);
    append(list, &count, "stub/fuel", fuel_stub_prove);
    for (size_t i = 0; i < target->manifest.contract_count; i++) {
        const struct path_contract *c = &target->manifest.contracts[i];
        if (c->kind != PATH_MODIFIED_IMMEDIATE)
            continue; /* a summary is computed, not believed */
        snprintf(id, sizeof id, "lemma/%.40s", c->symbol);
        append(list, &count, id, modified_immediate_prove)->contract = c;
    }
    for (size_t i = 0; i < bpf_opcode_count; i++) {
        if (!bpf_opcodes[i].specified)
            continue;
        snprintf(id, sizeof id, "insn/%s", bpf_opcodes[i].id);
        append(list, &count, id, insn_prove)->opcode = &bpf_opcodes[i];
    }
    return count;
}

bool obligation_selected(const struct obligation *o, const char *name)
{
    const char *slash = strchr(o->id, '/');
    const char *tail = slash ? slash + 1 : o->id;
    size_t length = strlen(name);
    if (strcmp(o->id, name) == 0 || strcmp(tail, name) == 0)
        return true;
    return o->opcode && strncmp(tail, name, length) == 0 && tail[length] == '_';
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A wrong rewrite makes whatever was proved with it worthless. */
static void check_rewrites(struct proof *proof)
{
    struct audit audit = solver_audit(&limits);
    proof->result.rewrites = audit.proved;
    if (audit.refuted)
        proof_fail(proof, VERDICT_UNKNOWN, "a term rewrite is wrong: %s", audit.first);
    else if (audit.unknown)
        proof_fail(proof, VERDICT_UNKNOWN, "%llu term rewrites are not proved: %s", (unsigned long long)audit.unknown,
                   audit.first);
}

struct result obligation_decide(const struct obligation *o, const struct target *target, bool audit, FILE *explain)
{
    term_reset();
    struct solver *solver = solver_open(&limits, target->shared);
    struct proof proof = {.target = target, .path = path_open(solver), .explain = explain};
    double start = now();
    proof.result.verdict = VERDICT_PROVED;
    snprintf(proof.result.id, sizeof proof.result.id, "%s", o->id);
    o->prove(&proof, o);
    if (audit)
        check_rewrites(&proof);

    struct result *r = &proof.result;
    const struct solver_stats *s = solver_stats(solver);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (r->paths == 0)
        proof_fail(&proof, VERDICT_UNKNOWN, "no path was explored");
    r->forks = proof.path->forks;
    r->goals = s->goals;
    r->by_identity = s->by_identity;
    r->cached = s->cached;
    r->solver_calls = s->goal_calls + s->feasible_calls;
    r->solver_steps = s->steps;
    r->z3_seconds = s->goal_seconds + s->feasible_seconds;
    r->step_seconds = proof.path->step_seconds;
    r->seconds = now() - start;
    r->peak_kib = (uint64_t)usage.ru_maxrss;
    path_close(proof.path);
    solver_close(solver);
    return proof.result;
}
