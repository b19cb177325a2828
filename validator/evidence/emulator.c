/* Unicorn as the independent judge of counterexamples: QEMU's Cortex-M3, loaded with a symbolic state's values. */
#include "validator/evidence/emulator.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Routines have a stack of their own below that of whoever calls them. */
enum { PAGE = 4096, STACK_BELOW = 4096, MAX_INSTRUCTIONS = 200000, MAX_UNIT_STEPS = 20000 };

static const struct model_entry *entry_of(const struct model *model, term var)
{
    for (size_t i = 0; model && i < model->count; i++)
        if (model->entries[i].var == var)
            return &model->entries[i];
    return NULL;
}

/* Another address for each shake, less than a megabyte away: blocks are further apart. */
static uint64_t shaken_address(const struct numbers *n, term var, uint64_t address)
{
    enum { MODEL_BITS = 0x3ff, NOISE_BITS = 0x1ffff, RETURN_BITS = 0x3f };
    const struct model_entry *entry = entry_of(n->model, var);
    if (var->width == 31) /* a return address, which stays in its page */
        return entry ? address | (entry->value & RETURN_BITS) : address;
    if (n->shake == 0)
        return entry ? address | (entry->value & MODEL_BITS) : address;
    return address | ((var->hash * (2 * n->shake + 1)) >> 19 & NOISE_BITS);
}

uint64_t numbers_lookup(term var, void *data)
{
    const struct numbers *n = data;
    uint64_t address;
    if (var->classes == TERM_PRIVATE) {
        bool known = world_number(n->target, var, &address);
        assert(known && "or a block would be at address 0");
        (void)known;
        return n->exact && entry_of(n->model, var) ? entry_of(n->model, var)->value : shaken_address(n, var, address);
    }
    const struct model_entry *entry = entry_of(n->shake ? n->pinned : n->model, var);
    if (entry)
        return entry->value;
    if (n->shake || var->classes == TERM_UNDEFINED)
        return (var->hash * (2 * n->shake + 1)) >> 13 & term_mask(var->width);
    return 0;
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
    map(e, b->stack ? address - STACK_BELOW : address, b->stack ? b->size + STACK_BELOW : b->size);
    if (b->image)
        uc_mem_write(e->uc, address, b->image, b->size);
    for (uint32_t i = 0; i < b->size / 4; i++) {
        if (b->cells[i])
            emulator_write(e, address + 4 * i, (uint32_t)numbers_of(e->numbers, b->cells[i]));
        else if (!b->image)
            emulator_write(e, address + 4 * i, 0xa5a5a5a5u ^ (e->numbers->shake * 0x01234567u));
    }
}

bool emulator_may_call(struct emulator *e, const struct arm_image *image)
{
    struct arm_state s = {0};
    struct diag diag;
    bool mapped = arm_image_map(image, &s, &diag);
    for (size_t i = 0; mapped && i < s.memory.count; i++) {
        const struct arm_block *b = &s.memory.blocks[i];
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

static int cpu_of(const char *core)
{
    static const struct {
        const char *core;
        int cpu;
    } rows[] = {{"cortex-m4", UC_CPU_ARM_CORTEX_M4}, {"cortex-m7", UC_CPU_ARM_CORTEX_M7}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].core, core) == 0)
            return rows[i].cpu;
    return UC_CPU_ARM_CORTEX_M3;
}

bool emulator_open(struct emulator *e, const struct arm_state *state, struct numbers *numbers)
{
    *e = (struct emulator){.numbers = numbers};
    if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &e->uc) != UC_ERR_OK)
        return false;
    uc_ctl_set_cpu_model(e->uc, cpu_of(numbers->target->manifest.core_name));
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

static enum emulation faulted(struct emulator *e, uc_err error)
{
    snprintf(e->fault, sizeof e->fault, "fault at pc 0x%08x: %s", emulator_register(e, ARM_PC), uc_strerror(error));
    return EMULATION_FAULT;
}

static enum emulation too_long(struct emulator *e, unsigned limit)
{
    snprintf(e->fault, sizeof e->fault, "run of more than %u instructions", limit);
    return EMULATION_LIMIT;
}

/* ---- emitted code, one instruction after the other ---- */

static bool in_image(const struct emulator *e, uint32_t pc)
{
    for (size_t i = 0; i < e->segment_count; i++)
        if (pc - e->segments[i].address < e->segments[i].size)
            return true;
    return false;
}

struct snapshot {
    uint32_t registers[16], flags;
};

static struct snapshot snapshot(struct emulator *e)
{
    struct snapshot s = {.flags = 0};
    for (unsigned i = 0; i < 16; i++)
        s.registers[i] = emulator_register(e, i);
    uc_reg_read(e->uc, UC_ARM_REG_XPSR, &s.flags);
    return s;
}

static void note_write(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *data)
{
    struct emulator *e = data;
    int64_t old = 0;
    (void)type;
    if (size > 8 || uc_mem_read(uc, address, &old, (size_t)size) != UC_ERR_OK ||
        ((old ^ value) & (size == 8 ? -1 : (INT64_C(1) << (8 * size)) - 1)))
        e->wrote = true;
}

/* Whether the machine comes to a state again: that of a step whose number is a power of two is compared with those that follow
 * (Brent). */
struct watch {
    struct snapshot last;
    unsigned steps, power;
};

static void watch_begin(struct emulator *e, struct watch *w)
{
    uc_hook hook;
    *w = (struct watch){snapshot(e), 0, 1};
    e->wrote = false;
    uc_hook_add(e->uc, &hook, UC_HOOK_MEM_WRITE, (void *)(uintptr_t)note_write, e, 1, 0);
}

static bool watch_again(struct emulator *e, struct watch *w)
{
    struct snapshot now = snapshot(e);
    if (!e->wrote && memcmp(&now, &w->last, sizeof now) == 0) {
        snprintf(e->fault, sizeof e->fault, "loop: the state at pc 0x%08x comes again", now.registers[ARM_PC]);
        return true;
    }
    if (w->steps++ == w->power) {
        w->last = now;
        w->power *= 2;
        e->wrote = false;
    }
    return false;
}

enum emulation emulator_call(struct emulator *e, uint32_t until)
{
    struct watch watch;
    uc_err error = uc_emu_start(e->uc, emulator_register(e, ARM_PC) | 1, until, 0, MAX_INSTRUCTIONS);
    if (error != UC_ERR_OK)
        return faulted(e, error);
    if ((emulator_register(e, ARM_PC) & ~1u) == until)
        return EMULATION_ENDED;
    watch_begin(e, &watch); /* so long: does it go round? */
    for (unsigned i = 0; i < MAX_UNIT_STEPS; i++) {
        error = uc_emu_start(e->uc, emulator_register(e, ARM_PC) | 1, until, 0, 1);
        if (error != UC_ERR_OK)
            return faulted(e, error);
        if (watch_again(e, &watch))
            return EMULATION_REPEATS;
    }
    return too_long(e, MAX_INSTRUCTIONS);
}

/* What a callee may leave behind, by the names that the proof has for it: it counts a call as one step. */
static void clobber(struct emulator *e, const struct code *c, const struct path_contract *contract, unsigned step)
{
    enum { BELOW_SP = 64 };
    static const unsigned scratch[] = {0, 1, 2, 3, 12, ARM_LR};
    uint32_t sp = emulator_register(e, ARM_SP), flags = 0;
    for (unsigned i = 0; i < sizeof scratch / sizeof *scratch; i++) {
        uint32_t value = (uint32_t)numbers_of(e->numbers, path_clobbered(&c->world.machine, step, "r", scratch[i], 32));
        if (i >= contract->promise->results)
            uc_reg_write(e->uc, uc_registers[scratch[i]], &value);
    }
    for (unsigned i = 0; i < 4; i++)
        flags |= (uint32_t)numbers_of(e->numbers, path_clobbered(&c->world.machine, step, "flag", i, 1)) << (31 - i);
    uc_reg_write(e->uc, UC_ARM_REG_APSR_NZCV, &flags);
    for (uint32_t at = sp - BELOW_SP; at != sp; at += 4)
        emulator_write(e, at, 0x5a5a5a5au * at + e->numbers->shake);
}

enum emulation emulator_run_code(struct emulator *e, const struct code *c)
{
    uint32_t from = (uint32_t)numbers_of(e->numbers, code_begin(c)), to = from + 2 * c->count, return_to = 0;
    const struct path_contract *called = NULL; /* while one of its instructions is next */
    struct watch watch;
    watch_begin(e, &watch);
    for (unsigned i = 0, steps = 0; i < MAX_UNIT_STEPS; i++) {
        uint32_t pc = emulator_register(e, ARM_PC);
        if (called && (pc & ~1u) == return_to) {
            clobber(e, c, called, steps);
            called = NULL;
            continue;
        }
        if (i > 0 && !called && pc == from) /* a boundary like any other: see code.c */
            return EMULATION_ENDED;
        if (!called && (pc < from || pc >= to)) {
            if (!in_image(e, pc))
                return EMULATION_ENDED;
            called = path_contract_of(&c->world.machine, pc);
            if (!called || !called->promise)
                return EMULATION_ENDED;
            return_to = emulator_register(e, ARM_LR) & ~1u;
            steps++;
            continue;
        }
        steps += !called;
        uc_err error = uc_emu_start(e->uc, pc | 1, 0xdffffffe, 0, 1);
        pc = emulator_register(e, ARM_PC);
        /* A jump out of the code has been taken when its target cannot be fetched. */
        if (error != UC_ERR_OK && (called || in_image(e, pc) || (pc >= from && pc < to)))
            return faulted(e, error);
        if (watch_again(e, &watch))
            return EMULATION_REPEATS;
    }
    return too_long(e, MAX_UNIT_STEPS);
}
