/* What a person needs to see of a counterexample: the instruction and the inputs that matter. */
#include "validator/evidence/internal.h"

#include <inttypes.h>

static term fixed(struct numbers *n, term t)
{
    return term_const(t->width, numbers_of(n, t));
}

static uint64_t input(struct numbers *n, const char *name)
{
    return numbers_of(n, term_var(name, 32, TERM_ORDINARY));
}

static void print_registers(FILE *out, const struct situation *s, struct numbers *n)
{
    unsigned fields = bpf_fields(s->insn->row->form);
    if (fields & BPF_DST)
        fprintf(out, "    r%u = 0x%" PRIx64 "\n", s->insn->dst, numbers_of(n, s->before->r[s->insn->dst]));
    if ((fields & BPF_SRC) && (s->insn->src != s->insn->dst || !(fields & BPF_DST)))
        fprintf(out, "    r%u = 0x%" PRIx64 "\n", s->insn->src, numbers_of(n, s->before->r[s->insn->src]));
    if (bpf_distance(s->insn))
        fprintf(out, "    fuel = %" PRIu64 "\n", numbers_of(n, s->before->fuel));
}

static void print_instruction(FILE *out, struct proof *proof, struct numbers *n)
{
    const struct situation *s = &proof->finding.situation;
    struct bpf_insn insn = *s->insn;
    uint32_t offset, value;
    insn.off = fixed(n, insn.off);
    insn.imm = fixed(n, insn.imm);
    insn.imm2 = fixed(n, insn.imm2);
    fputs("    instruction: ", out);
    bpf_print(out, &insn);
    uint64_t pc = input(n, "pc"), position = input(n, "position");
    fprintf(out, "    (slot %" PRIu64 " of %" PRIu64 ", code at halfword %" PRIu64 " of %" PRIu64 ")\n", pc,
            pc + input(n, "slots_left"), position, position + input(n, "room"));
    for (size_t i = 0; table_number(proof, n, s->pass, i, &offset, &value); i++)
        if (offset != UINT32_MAX)
            fprintf(out, "    code of slot %" PRIu32 " at halfword %" PRIu32 "\n", offset / 4, value);
    print_registers(out, s, n);
}

void counterexample_case(FILE *out, struct proof *proof, struct numbers *n)
{
    const struct situation *s = &proof->finding.situation;
    if (s->insn) {
        print_instruction(out, proof, n);
        return;
    }
    for (size_t i = 0; i < s->initial->count; i++) {
        const struct clause *c = &s->initial->clauses[i];
        uint64_t value = numbers_of(n, c->value);
        if (value && !(c->value->classes & TERM_PRIVATE))
            fprintf(out, "    %s = 0x%" PRIx64 "\n", c->name, value);
    }
}
