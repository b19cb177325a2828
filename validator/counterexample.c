/* What a person needs to see of a counterexample: the instruction and the inputs that matter. */
#include "validator/counterexample.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static term fixed(struct numbers *n, term t)
{
    return term_const(t->width, numbers_of(n, t));
}

static void print_registers(FILE *out, const struct scenario *s, struct numbers *n)
{
    unsigned fields = bpf_fields(s->insn->row->form);
    if (fields & BPF_DST)
        fprintf(out, "    r%u = 0x%" PRIx64 "\n", s->insn->dst, numbers_of(n, s->before->r[s->insn->dst]));
    if ((fields & BPF_SRC) && (s->insn->src != s->insn->dst || !(fields & BPF_DST)))
        fprintf(out, "    r%u = 0x%" PRIx64 "\n", s->insn->src, numbers_of(n, s->before->r[s->insn->src]));
    if (bpf_distance(s->insn))
        fprintf(out, "    fuel = %" PRIu64 "\n", numbers_of(n, s->before->fuel));
}

void counterexample_case(FILE *out, const struct scenario *s, struct numbers *n)
{
    if (!s->insn) {
        for (size_t i = 0; s->initial && i < s->initial->count; i++) {
            const struct location *l = &s->initial->items[i];
            uint64_t value = numbers_of(n, l->value);
            if (value && !(l->value->classes & TERM_PRIVATE))
                fprintf(out, "    %s = 0x%" PRIx64 "\n", l->name, value);
        }
        return;
    }
    struct bpf_insn insn = *s->insn;
    const struct emission *e = s->emission;
    insn.off = fixed(n, insn.off);
    insn.imm = fixed(n, insn.imm);
    insn.imm2 = fixed(n, insn.imm2);
    fputs("    instruction: ", out);
    bpf_print(out, &insn);
    fprintf(out, "    (slot %" PRIu64 " of %" PRIu64 ", code at halfword %" PRIu64 " of %" PRIu64 ")\n",
            numbers_of(n, e->pc), numbers_of(n, e->length), numbers_of(n, e->position), numbers_of(n, e->capacity));
    for (size_t i = 0; i < e->table_count; i++) /* code of the slots that it may go to */
        fprintf(out, "    code of slot %" PRIu64 " at halfword %" PRIu64 "\n", numbers_of(n, e->table[i].offset) / 4,
                numbers_of(n, e->table[i].value));
    print_registers(out, s, n);
}
