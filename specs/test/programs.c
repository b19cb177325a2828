/* Random programs. */
#include "specs/test/programs.h"

#include <inttypes.h>
#include <string.h>

enum {
    INSTRUCTIONS = 20,
    MAX_CONDITIONS = 6, /* a verifier may try every path */
    MAX_SKIP = 3,       /* instructions that a jump skips */
};

/* clang-format off */
static const uint64_t value_corners[] = {
    0, 1, 2, 3, 5, 31, 32, 33, 63, 64, 65, 0x7f, 0x80, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
    0x100000000, 0x180000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffff00000000, 0xffffffff7fffffff,
    0xffffffff80000000, 0xfffffffffffffffe, 0xffffffffffffffff,
};

static const int32_t imm_corners[] = {
    0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 65, 127, 128, 255, 32767, 0x8000, 0xffff, 0x10000, INT32_MAX, INT32_MIN,
    -1, -2, -128, -129, -32768,
};
/* clang-format on */

static uint64_t next(struct generator *g)
{
    uint64_t z = g->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static unsigned below(struct generator *g, size_t bound)
{
    return (unsigned)(next(g) % bound);
}

static uint64_t random_value(struct generator *g)
{
    uint64_t corner = value_corners[below(g, sizeof value_corners / sizeof *value_corners)];
    unsigned shift = below(g, 64);
    switch (below(g, 6)) {
    case 0:
        return next(g);
    case 1:
        return next(g) >> shift;
    default:
        return corner;
    }
}

static int32_t random_imm(struct generator *g)
{
    int32_t corner = imm_corners[below(g, sizeof imm_corners / sizeof *imm_corners)];
    return below(g, 4) ? corner : (int32_t)(uint32_t)next(g);
}

void program_values(uint64_t *values, struct generator *g)
{
    uint64_t few[4];
    for (size_t i = 0; i < sizeof few / sizeof *few; i++)
        few[i] = random_value(g);
    for (unsigned r = 0; r < PROGRAM_REGISTERS; r++)
        values[r] = few[below(g, sizeof few / sizeof *few)];
}

struct bpf_insn program_insn(const struct bpf_opcode *row, unsigned dst, unsigned src, int16_t off, int32_t imm)
{
    struct bpf_insn insn = {.row = row, .dst = dst, .src = src};
    insn.off = term_const(16, (uint16_t)off);
    insn.imm = term_const(32, (uint32_t)imm);
    insn.imm2 = term_const(32, 0);
    return insn;
}

size_t program_append(struct program *program, const struct bpf_insn *insn)
{
    size_t slot = program->length;
    program->insns[slot] = *insn;
    program->insns[slot + 1].row = NULL;
    program->length += bpf_slots(insn->row);
    return slot;
}

static void append(struct program *program, uint8_t opcode, unsigned dst, unsigned src, int32_t imm)
{
    struct bpf_insn insn = program_insn(bpf_find(opcode, (uint8_t)src, 0, imm), dst, src, 0, imm);
    program_append(program, &insn);
}

void program_fold(struct program *program)
{
    for (unsigned r = 1; r < PROGRAM_REGISTERS; r++) {
        append(program, 0x27, 0, 0, 0x01000193); /* r0 *= an odd number */
        append(program, 0xaf, 0, r, 0);          /* r0 ^= r */
    }
    append(program, 0x95, 0, 0, 0); /* exit */
}

static struct bpf_insn random_fields(const struct bpf_opcode *row, struct generator *g)
{
    unsigned fields = bpf_fields(row->form);
    unsigned dst = fields & BPF_DST ? below(g, PROGRAM_REGISTERS) : 0;
    unsigned src = fields & BPF_SRC ? below(g, PROGRAM_REGISTERS) : 0;
    int16_t off = row->key == BPF_KEY_OFF ? (int16_t)row->key_value : 0;
    int32_t imm = fields & BPF_IMM ? random_imm(g) : row->key == BPF_KEY_IMM ? row->key_value : 0;
    struct bpf_insn insn = program_insn(row, dst, src, off, imm);
    if (fields & BPF_IMM2)
        insn.imm2 = term_const(32, (uint32_t)random_imm(g));
    return insn;
}

static bool conditional(const struct bpf_opcode *row)
{
    return row->form == BPF_FORM_JUMP_IMM || row->form == BPF_FORM_JUMP_REG;
}

/* A random instruction that is wished for; a conditional jump or none of those. */
static struct bpf_insn random_insn(struct generator *g, bool allow_conditions, bool only_conditions)
{
    for (;;) {
        const struct bpf_opcode *row = &bpf_opcodes[below(g, bpf_opcode_count)];
        if (!row->specified || (conditional(row) ? !allow_conditions : only_conditions))
            continue;
        struct bpf_insn insn = random_fields(row, g);
        enum program_wish wish = g->wish(&insn);
        if (wish == PROGRAM_YES || (wish == PROGRAM_SELDOM && !below(g, 8)))
            return insn;
    }
}

void program_random(struct program *program, struct generator *g)
{
    size_t jumps[INSTRUCTIONS], skips[INSTRUCTIONS], pending = 0; /* jumps whose target is not reached */
    unsigned conditions = 0;
    memset(program, 0, sizeof *program);
    for (unsigned i = 0; i < INSTRUCTIONS; i++) {
        struct bpf_insn insn = random_insn(g, conditions < MAX_CONDITIONS, false);
        bool jump = insn.row->form == BPF_FORM_JUMP;
        if (jump || insn.row->form == BPF_FORM_EXIT) { /* a way around it, so that what follows can be reached */
            if (conditions == MAX_CONDITIONS)
                continue;
            struct bpf_insn around = random_insn(g, true, true);
            around.off = term_const(16, 1);
            program_append(program, &around);
            conditions++;
        }
        size_t slot = program_append(program, &insn);
        for (size_t j = 0; j < pending; j++)
            if (skips[j]-- == 0) {
                program->insns[jumps[j]].off = term_const(16, slot - jumps[j] - 1);
                pending--;
                jumps[j] = jumps[pending];
                skips[j--] = skips[pending];
            }
        if (jump || conditional(insn.row)) {
            conditions += conditional(insn.row);
            jumps[pending] = slot;
            skips[pending++] = below(g, MAX_SKIP + 1);
        }
    }
    for (size_t j = 0; j < pending; j++)
        program->insns[jumps[j]].off = term_const(16, program->length - jumps[j] - 1);
    program_fold(program);
}

void program_encode(const struct program *program, uint64_t *slots)
{
    for (unsigned i = 0; i < PROGRAM_PROLOGUE; i++) { /* r1 last: it holds the address */
        unsigned r = i == PROGRAM_REGISTERS - 1 ? 1 : i == 0 ? 0 : i + 1;
        slots[i] = UINT64_C(0x79) | r << 8 | 1 << 12 | r * 8 << 16; /* ldxdw r, [r1 + 8 r] */
    }
    slots += PROGRAM_PROLOGUE;
    for (size_t i = 0; i < program->length; i++) {
        const struct bpf_insn *insn = &program->insns[i];
        if (insn->row)
            slots[i] = insn->imm->value << 32 | insn->off->value << 16 | (uint64_t)insn->src << 12 |
                       (uint64_t)insn->dst << 8 | insn->row->opcode;
        else
            slots[i] = program->insns[i - 1].imm2->value << 32;
    }
}

void program_print(FILE *out, const struct program *program)
{
    for (size_t i = 0; i < program->length; i++)
        if (program->insns[i].row) {
            fprintf(out, "    %3zu  ", i);
            bpf_print(out, &program->insns[i]);
            fputc('\n', out);
        }
}
