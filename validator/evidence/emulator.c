/* Unicorn as the independent judge of counterexamples: QEMU's Cortex-M3, loaded with a symbolic state's values. */
#include "validator/evidence/emulator.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 4096, MAX_INSTRUCTIONS = 200000, MAX_UNIT_STEPS = 20000 };

static const struct model_entry *pinned(const struct numbers *n, term var)
{
    for (size_t i = 0; n->pinned && i < n->pinned->count; i++)
        if (n->pinned->entries[i].var == var)
            return &n->pinned->entries[i];
    return NULL;
}

uint64_t numbers_lookup(term var, void *data)
{
    const struct numbers *n = data;
    uint64_t address;
    if (var->classes == TERM_PRIVATE && world_number(term_name(var), var->width, n->variant * 0x10000u, &address))
        return address;
    if (var->classes == TERM_UNDEFINED) {
        for (size_t i = 0; i < n->model->count; i++)
            if (n->model->entries[i].var == var && n->variant == 0)
                return n->model->entries[i].value;
        return (var->hash * (2 * n->variant + 1)) >> 17 & term_mask(var->width);
    }
    if (n->shake) {
        const struct model_entry *entry = pinned(n, var);
        return entry ? entry->value : (var->hash * (2 * n->shake + 1)) >> 13 & term_mask(var->width);
    }
    return model_lookup(var, n->model);
}

uint64_t numbers_of(struct numbers *numbers, term t)
{
    return term_eval(t, numbers_lookup, numbers);
}

static void map(struct emulator *e, uint32_t address, uint32_t size)
{
    uint64_t first = address & ~(uint64_t)(PAGE - 1),
             end = ((uint64_t)address + size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    if (uc_mem_map(e->uc, first, end - first, UC_PROT_ALL) == UC_ERR_OK)
        return;
    for (uint64_t page = first; page < end; page += PAGE) /* some of it is mapped already */
        uc_mem_map(e->uc, page, PAGE, UC_PROT_ALL);
}

void emulator_write(struct emulator *e, uint32_t address, uint32_t value)
{
    map(e, address, 4);
    uc_mem_write(e->uc, address, &value, 4);
}

static void load_block(struct emulator *e, const struct arm_block *b)
{
    uint32_t address = (uint32_t)numbers_of(e->numbers, b->base);
    if (b->table_read) /* large and sparse: its user writes the entries that matter */
        return;
    map(e, address, b->size);
    if (b->image)
        uc_mem_write(e->uc, address, b->image, b->size);
    for (uint32_t i = 0; i < b->size / 4; i++) {
        if (b->cells[i])
            emulator_write(e, address + 4 * i, (uint32_t)numbers_of(e->numbers, b->cells[i]));
        else if (!b->image)
            emulator_write(e, address + 4 * i, 0xa5a5a5a5u ^ (e->numbers->variant * 0x01234567u));
    }
}

bool emulator_add_image(struct emulator *e, const struct arm_image *image)
{
    struct arm_state s = {0};
    struct diag diag;
    bool mapped = arm_image_map(image, &s, &diag);
    for (size_t i = 0; mapped && i < s.memory.count; i++) {
        const struct arm_block *b = &s.memory.blocks[i];
        load_block(e, b);
        if (e->segment_count < EMULATOR_MAX_SEGMENTS)
            e->segments[e->segment_count++] = (struct emulator_segment){(uint32_t)b->base->value, b->size};
        else
            mapped = false;
    }
    arm_state_free(&s);
    return mapped;
}

static const int uc_registers[16] = {UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2,  UC_ARM_REG_R3,
                                     UC_ARM_REG_R4,  UC_ARM_REG_R5, UC_ARM_REG_R6,  UC_ARM_REG_R7,
                                     UC_ARM_REG_R8,  UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
                                     UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR,  UC_ARM_REG_PC};

bool emulator_open(struct emulator *e, const struct arm_state *state, struct numbers *numbers)
{
    *e = (struct emulator){.numbers = numbers};
    if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &e->uc) != UC_ERR_OK)
        return false;
    uc_ctl_set_cpu_model(e->uc, UC_CPU_ARM_CORTEX_M3);
    map(e, 0, PAGE); /* return addresses */
    for (size_t i = 0; i < state->memory.count; i++)
        load_block(e, &state->memory.blocks[i]);
    for (unsigned i = 0; i < 16; i++) {
        uint32_t value = (uint32_t)numbers_of(numbers, state->r[i]);
        uc_reg_write(e->uc, uc_registers[i], &value);
    }
    uint32_t flags = 0;
    const term bits[4] = {state->n, state->z, state->c, state->v};
    for (unsigned i = 0; i < 4; i++)
        flags |= (uint32_t)numbers_of(numbers, bits[i]) << (31 - i);
    uc_reg_write(e->uc, UC_ARM_REG_APSR_NZCV, &flags);
    return true;
}

void emulator_close(struct emulator *e)
{
    if (e->uc)
        uc_close(e->uc);
}

uint32_t emulator_register(struct emulator *e, unsigned reg)
{
    uint32_t value = 0;
    uc_reg_read(e->uc, uc_registers[reg], &value);
    return value;
}

uint32_t emulator_word(struct emulator *e, uint32_t address)
{
    uint32_t value = 0;
    uc_mem_read(e->uc, address, &value, 4);
    return value;
}

static bool faulted(struct emulator *e, uc_err error)
{
    if (error == UC_ERR_OK)
        return false;
    snprintf(e->fault, sizeof e->fault, "fault at pc 0x%08x: %s", emulator_register(e, ARM_PC), uc_strerror(error));
    return true;
}

static bool has_left(const struct emulator *e, uint32_t pc, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < e->segment_count; i++)
        if (pc - e->segments[i].address < e->segments[i].size)
            return false;
    return pc < from || pc >= to;
}

bool emulator_run(struct emulator *e, uint32_t until, uint32_t from, uint32_t to)
{
    if (until) {
        uc_err error = uc_emu_start(e->uc, emulator_register(e, ARM_PC) | 1, until, 0, MAX_INSTRUCTIONS);
        if (faulted(e, error))
            return false;
        if ((emulator_register(e, ARM_PC) & ~1u) == until)
            return true;
    } else {
        for (int i = 0; i < MAX_UNIT_STEPS; i++) {
            uint32_t pc = emulator_register(e, ARM_PC);
            if (has_left(e, pc, from, to))
                return true;
            uc_err error = uc_emu_start(e->uc, pc | 1, 0xdffffffe, 0, 1);
            /* A jump out of the code has been taken when its target cannot be fetched. */
            pc = emulator_register(e, ARM_PC);
            if (error != UC_ERR_OK && has_left(e, pc, from, to))
                return true;
            if (faulted(e, error))
                return false;
        }
    }
    snprintf(e->fault, sizeof e->fault, "does not end");
    return false;
}
