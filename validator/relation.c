/*
 * The relation between BPF state and Arm state, stated once as a list of (location, value).
 *
 * A proof writes the list of the state before into the machine, runs code, and compares the machine with the list of
 * the state after. A replay does the same with numbers.
 */
#include "validator/validator.h"

#include <stdarg.h>
#include <stdio.h>

static void add(struct locations *list, int kind, uint32_t index, term value, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static void add(struct locations *list, int kind, uint32_t index, term value, const char *format, ...)
{
    struct location *l = &list->items[list->count++];
    va_list arguments;
    l->kind = (__typeof__(l->kind))kind;
    l->index = index;
    l->value = value;
    va_start(arguments, format);
    vsnprintf(l->name, sizeof l->name, format, arguments);
    va_end(arguments);
}

static term variable(const char *format, unsigned number, unsigned width)
{
    char name[32];
    snprintf(name, sizeof name, "%s%u", format, number);
    return term_var(name, width, TERM_ORDINARY);
}

static term register_pair(const char *role)
{
    char low[32], high[32];
    snprintf(low, sizeof low, "%s_lo", role);
    snprintf(high, sizeof high, "%s_hi", role);
    return term_concat(term_var(high, 32, TERM_ORDINARY), term_var(low, 32, TERM_ORDINARY));
}

struct bpf_state relation_variables(unsigned dst, unsigned src, bool has_dst, bool has_src, term pc)
{
    struct bpf_state s = {.pc = pc, .fuel = term_var("fuel", 32, TERM_ORDINARY)};
    unsigned others = 0;
    for (unsigned i = 0; i < BPF_REGISTERS; i++) {
        char role[16] = "";
        if (has_dst && i == dst)
            snprintf(role, sizeof role, "dst");
        else if (has_src && i == src)
            snprintf(role, sizeof role, "src");
        else
            snprintf(role, sizeof role, "other%u", others++);
        s.r[i] = register_pair(role);
    }
    return s;
}

term relation_vm_word(uint32_t offset)
{
    return variable("vm_", offset, 32);
}

static term caller_register(unsigned number)
{
    return variable("caller_r", number, 32);
}

static term caller_lr(void)
{
    return term_concat(term_var("caller_lr", 31, TERM_PRIVATE), term_const(1, 1));
}

static void add_vm(const struct target *target, struct locations *list)
{
    for (uint32_t offset = 0; offset < target->manifest.vm.size; offset += 4)
        add(list, LOCATION_VM, offset, relation_vm_word(offset), "VM block +%u", offset);
}

static void add_frame(const struct target *target, struct locations *list)
{
    const struct manifest *m = &target->manifest;
    term sp = term_sub(unit_entry_sp(), term_const(32, m->frame_bytes));
    add(list, LOCATION_REGISTER, ARM_SP, sp, "sp");
    add(list, LOCATION_REGISTER, m->vm_register, unit_vm_base(), "VM pointer (r%u)", m->vm_register);
    for (unsigned i = 0; i < SAVED_REGISTERS; i++) {
        term value = i < 8 ? caller_register(i + 4) : caller_lr();
        add(list, LOCATION_FRAME, m->saved[i], value, i < 8 ? "saved r%u" : "saved lr", i + 4);
    }
    add_vm(target, list);
}

static void add_homes(const struct homes *homes, const struct bpf_state *state, struct locations *list)
{
    for (unsigned i = 0; i < BPF_REGISTERS; i++)
        for (unsigned word = 0; word < 2; word++) {
            struct place p = homes->words[i][word];
            bool frame = p.kind == PLACE_FRAME;
            add(list, frame ? LOCATION_FRAME : LOCATION_REGISTER, p.index, term_extract(state->r[i], 32 * word, 32),
                frame ? "r%u %s word (sp+%u)" : "r%u %s word (arm r%u)", i, word ? "high" : "low", p.index);
        }
}

void relation_list(const struct target *target, const struct homes *homes, const struct bpf_state *state,
                   unsigned parts, struct locations *list)
{
    unsigned fuel = target->manifest.fuel_register;
    list->count = 0;
    if (parts & RELATION_HOMES)
        add_homes(homes, state, list);
    if (parts & RELATION_FUEL)
        add(list, LOCATION_REGISTER, fuel, state->fuel, "fuel (arm r%u)", fuel);
    if (parts & RELATION_FRAME)
        add_frame(target, list);
}

void relation_caller(const struct target *target, bool returned, uint32_t status, term fuel, term result,
                     struct locations *list)
{
    const struct manifest *m = &target->manifest;
    list->count = 0;
    for (unsigned i = 4; i <= 11; i++)
        add(list, LOCATION_REGISTER, i, caller_register(i), "caller's r%u", i);
    add(list, LOCATION_REGISTER, ARM_SP, unit_entry_sp(), "sp");
    if (!returned) {
        add(list, LOCATION_REGISTER, 0, unit_vm_base(), "argument");
        add(list, LOCATION_REGISTER, ARM_LR, caller_lr(), "lr");
        add_vm(target, list);
        return;
    }
    add(list, LOCATION_REGISTER, 0, term_const(32, status), "status returned");
    add(list, LOCATION_REGISTER, ARM_PC, term_concat(term_extract(caller_lr(), 1, 31), term_const(1, 0)),
        "return address");
    size_t first = list->count;
    add_vm(target, list);
    for (size_t i = first; i < list->count; i++) { /* what the run writes back */
        struct location *l = &list->items[i];
        uint32_t at = m->vm.fields[ROLE_RESULT].offset;
        if (l->index == m->vm.fields[ROLE_FUEL].offset)
            l->value = fuel;
        else if (result && (l->index == at || l->index == at + 4))
            l->value = term_extract(result, l->index == at ? 0 : 32, 32);
    }
}
