/* The real compiler under the emulator. */
#include "validator/evidence/internal.h"

#include <string.h>

bool table_number(struct proof *proof, struct numbers *numbers, enum pass pass, size_t k, uint32_t *offset,
                  uint32_t *value)
{
    struct table_entry entry;
    term pc = proof->finding.before.pc;
    if (!compiler_table_entry(proof->path, k, &entry))
        return false;
    *offset = (uint32_t)numbers_of(numbers, entry.offset);
    *value = (uint32_t)numbers_of(numbers, entry.value);
    bool is_filled = pass == PASS_FINAL || !pc || *offset <= 4 * (uint32_t)numbers_of(numbers, pc);
    if (entry.filled != is_filled)
        *offset = UINT32_MAX;
    return true;
}

static void fill_table(struct proof *proof, enum pass pass, struct emulator *emu, uint32_t table)
{
    uint32_t offset, value;
    for (size_t i = 0; table_number(proof, emu->numbers, pass, i, &offset, &value); i++)
        if (offset != UINT32_MAX)
            emulator_write(emu, table + offset, value);
}

uint32_t emulated_value(struct emulator *emu, struct world *w, struct place at)
{
    if (at.kind == PLACE_REGISTER) {
        uint32_t value = emulator_register(emu, at.index);
        return at.index == ARM_PC ? value & ~1u : value;
    }
    if (at.kind == PLACE_FRAME) {
        uint32_t sp = (uint32_t)numbers_of(emu->numbers, world_entry_sp(w->target)) - w->target->manifest.frame_bytes;
        return emulator_word(emu, sp + at.index);
    }
    uint32_t address = (uint32_t)numbers_of(emu->numbers, block_base((enum block_id)at.block)) + at.index;
    return at.kind == PLACE_HALFWORD ? emulator_word(emu, address) & 0xffff : emulator_word(emu, address);
}

static void run(struct proof *proof, struct emulator *emu, struct compiler *c, struct compiled *out)
{
    const struct situation *s = &proof->finding.situation;
    uint32_t here = (uint32_t)numbers_of(emu->numbers, c->here);
    fill_table(proof, c->pass, emu, (uint32_t)numbers_of(emu->numbers, block_base(BLOCK_OFFSETS)));
    out->end = emulator_call(emu, emulator_register(emu, ARM_LR) & ~1u);
    strcpy(out->fault, emu->fault);
    out->accepted = out->end == EMULATION_ENDED && emulator_register(emu, 0) == proof->target->manifest.accepted.value;
    out->value = emulated_value(emu, &c->world, s->at);
    out->count = emulated_value(emu, &c->world, compiler_context_place(c, ROLE_POSITION)) -
                 (c->insn ? (uint32_t)numbers_of(emu->numbers, c->position) : 0);
    if (out->count > CODE_MAX_HALFWORDS - 2)
        out->count = 0;
    for (uint32_t i = 0; i < out->count; i++)
        out->code[i] = (uint16_t)emulator_word(emu, here + 2 * i);
}

void compile(struct proof *proof, struct numbers *numbers, enum pass pass, struct compiled *out)
{
    const struct situation *s = &proof->finding.situation;
    struct path *path = path_open(NULL);
    struct compiler c;
    struct emulator emu;
    struct diag diag;
    memset(out, 0, sizeof *out);
    out->end = EMULATION_LIMIT;
    if (compiler_open(&c, proof->target, proof->prelude, path, pass, &diag)) {
        compiler_call(&c, s->homes, s->insn);
        if (emulator_open(&emu, &c.world.machine.arm, numbers))
            run(proof, &emu, &c, out);
        emulator_close(&emu);
    }
    compiler_close(&c);
    path_close(path);
}
