/*
 * The relation between BPF state and Arm state, as rows of (place, subject).
 *
 * A proof makes an assertion of the rows before, establishes it, runs code, and claims the assertion of the rows after. A
 * replay does the same with numbers.
 */
#include "validator/proof/proof.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

static struct place in_register(unsigned number)
{
    return (struct place){PLACE_REGISTER, 0, number};
}

static struct place in_vm(uint32_t offset)
{
    return (struct place){PLACE_CELL, BLOCK_VM, offset};
}

static struct tie *add(struct relation *r, struct place at, enum subject of, unsigned part, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static struct tie *add(struct relation *r, struct place at, enum subject of, unsigned part, const char *format, ...)
{
    if (r->count == r->room) {
        r->room = r->room ? 2 * r->room : 64;
        r->ties = realloc(r->ties, r->room * sizeof *r->ties);
        if (!r->ties)
            abort();
    }
    struct tie *t = &r->ties[r->count++];
    va_list arguments;
    *t = (struct tie){.at = at, .of = of, .part = part};
    va_start(arguments, format);
    vsnprintf(t->name, sizeof t->name, format, arguments);
    va_end(arguments);
    return t;
}

void relation_free(struct relation *r)
{
    free(r->ties);
    *r = (struct relation){0};
}

/* ---- values that depend on no BPF state ---- */

static term numbered(const char *prefix, unsigned number, enum term_class class)
{
    char name[32];
    snprintf(name, sizeof name, "%s%u", prefix, number);
    return term_var(name, 32, class);
}

term relation_vm_word(uint32_t offset)
{
    return numbered("vm_", offset, TERM_ORDINARY);
}

/* A run may keep and restore what its caller's registers hold, and nothing else. */
static term caller_register(unsigned number)
{
    return numbered("caller_r", number, TERM_UNDEFINED);
}

static term caller_lr(void)
{
    return term_concat(term_var("caller_lr", 31, TERM_PRIVATE), term_const(1, 1));
}

static void add_fixed(struct relation *r, struct place at, term value, const char *name)
{
    add(r, at, SUBJECT_FIXED, BPF_HOLDS_FRAME, "%s", name)->fixed = value;
}

static void add_vm(const struct target *target, struct relation *r)
{
    for (uint32_t offset = 0; offset < target->manifest.vm.size; offset += 4)
        add(r, in_vm(offset), SUBJECT_FIXED, BPF_HOLDS_FRAME, "VM block +%u", offset)->fixed = relation_vm_word(offset);
}

/* ---- the three relations ---- */

static void add_home(struct relation *r, struct place at, unsigned index, unsigned word)
{
    bool frame = at.kind == PLACE_FRAME;
    struct tie *t =
        add(r, at, SUBJECT_REGISTER, BPF_HOLDS_REGISTERS, frame ? "r%u %s word (sp+%u)" : "r%u %s word (arm r%u)",
            index, word ? "high" : "low", at.index);
    t->index = index;
    t->word = word;
}

void relation_boundary(const struct target *target, const struct homes *homes, struct relation *r)
{
    const struct manifest *m = &target->manifest;
    char name[40];
    for (unsigned i = 0; i < BPF_REGISTERS; i++)
        for (unsigned word = 0; word < 2; word++)
            add_home(r, homes->words[i][word], i, word);
    add(r, in_register(m->fuel_register), SUBJECT_FUEL, BPF_HOLDS_FUEL, "fuel (arm r%u)", m->fuel_register);
    add_fixed(r, in_register(ARM_SP), term_sub(world_entry_sp(target), term_const(32, m->frame_bytes)), "sp");
    snprintf(name, sizeof name, "VM pointer (r%u)", m->vm_register);
    add_fixed(r, in_register(m->vm_register), block_base(BLOCK_VM), name);
    for (unsigned i = 0; i < SAVED_REGISTERS; i++) {
        snprintf(name, sizeof name, i < 8 ? "saved r%u" : "saved lr", i + 4);
        add_fixed(r, m->saved[i], i < 8 ? caller_register(i + 4) : caller_lr(), name);
    }
    add_vm(target, r);
}

static void add_caller(const struct target *target, struct relation *r)
{
    for (unsigned i = 4; i <= 11; i++)
        add(r, in_register(i), SUBJECT_FIXED, BPF_HOLDS_FRAME, "caller's r%u", i)->fixed = caller_register(i);
    add_fixed(r, in_register(ARM_SP), world_entry_sp(target), "sp");
}

void relation_entry(const struct target *target, struct relation *r)
{
    add_caller(target, r);
    add_fixed(r, in_register(0), block_base(BLOCK_VM), "argument");
    add_fixed(r, in_register(ARM_LR), caller_lr(), "lr");
    add_vm(target, r);
}

void relation_leaving(const struct target *target, struct relation *r)
{
    const struct field *fields = target->manifest.vm_fields;
    add_caller(target, r);
    add(r, in_register(0), SUBJECT_STATUS, BPF_HOLDS_FRAME, "status returned");
    add_fixed(r, in_register(ARM_PC), term_concat(term_extract(caller_lr(), 1, 31), term_const(1, 0)),
              "return address");
    size_t first = r->count;
    add_vm(target, r);
    for (size_t i = first; i < r->count; i++) { /* what the run writes back */
        struct tie *t = &r->ties[i];
        if (t->at.index == fields[VM_FUEL].offset)
            t->of = SUBJECT_RETURNED_FUEL;
        for (unsigned word = 0; word < 2; word++)
            if (t->at.index == fields[VM_RESULT].offset + 4 * word) {
                t->of = SUBJECT_RESULT;
                t->word = word;
            }
    }
}

/* ---- from rows to assertions ---- */

static term value_of(const struct tie *t, const struct moment *m)
{
    switch (t->of) {
    case SUBJECT_REGISTER:
        return term_extract(m->state->r[t->index], 32 * t->word, 32);
    case SUBJECT_FUEL:
        return m->state->fuel;
    case SUBJECT_STATUS:
        return term_const(32, m->status);
    case SUBJECT_RETURNED_FUEL:
        return m->fuel;
    case SUBJECT_RESULT:
        return m->result ? term_extract(m->result, 32 * t->word, 32) : t->fixed;
    case SUBJECT_FIXED:
        break;
    }
    assert(t->fixed);
    return t->fixed;
}

void relation_assert(const struct relation *r, unsigned parts, const struct moment *moment, struct assertion *a)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->ties[i].part & parts)
            assertion_add(a, r->ties[i].at, value_of(&r->ties[i], moment), r->ties[i].name);
}

/* ---- BPF state ---- */

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
