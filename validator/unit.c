/* Emitted code on a machine of its own: the VM block, a native stack, and the code. */
#include "validator/validator.h"

#include <stdio.h>
#include <string.h>

enum { STACK_BYTES = 1024, RUN_LIMIT = 2000 };

/* An 8-aligned base address. */
static term base(const char *name)
{
    return term_concat(term_var(name, 29, TERM_PRIVATE), term_const(3, 0));
}

term unit_vm_base(void)
{
    return base("vm_base");
}

term unit_entry_sp(void)
{
    return term_add(base("stack_base"), term_const(32, STACK_BYTES));
}

/* The halfword that the machine is at, or -1 if it has left the code. */
static int at(struct unit *u)
{
    term distance = term_sub(u->machine.arm.r[ARM_PC], u->here);
    return term_is_const(distance) && distance->value < 2 * u->count ? (int)(distance->value / 2) : -1;
}

static bool left(struct path_machine *m)
{
    struct unit *u = (struct unit *)((char *)m - offsetof(struct unit, machine));
    int index = at(u);
    if (index >= 0)
        u->executed[index] = true;
    return index < 0 && !path_contract_at(m); /* a call of a routine comes back */
}

void unit_open(struct unit *u, const struct target *target, struct path *path, term here)
{
    *u = (struct unit){.target = target, .here = here};
    path_machine_init(&u->machine, path);
    u->machine.stopped = left;
    u->machine.step_limit = RUN_LIMIT;
    u->machine.arm.core = target->manifest.core;
    u->machine.contracts = target->manifest.contracts;
    u->machine.contract_count = target->manifest.contract_count;
    u->vm = arm_add_block(&u->machine.arm, (struct arm_block){.name = "vm",
                                                              .base = unit_vm_base(),
                                                              .size = target->manifest.vm.size,
                                                              .permissions = ARM_READ | ARM_WRITE,
                                                              .fresh = TERM_ORDINARY});
    u->stack = arm_add_block(&u->machine.arm, (struct arm_block){.name = "stack",
                                                                 .base = base("stack_base"),
                                                                 .size = STACK_BYTES,
                                                                 .permissions = ARM_READ | ARM_WRITE,
                                                                 .stack = true,
                                                                 .fresh = TERM_UNDEFINED});
    u->out = arm_add_block(&u->machine.arm, (struct arm_block){.name = "code",
                                                               .base = here,
                                                               .size = 2 * UNIT_MAX_HALFWORDS,
                                                               .permissions = ARM_READ | ARM_EXECUTE,
                                                               .fresh = TERM_UNDEFINED});
}

void unit_close(struct unit *u)
{
    arm_state_free(&u->machine.arm);
}

static void set(struct unit *u, const struct location *l)
{
    struct arm_state *s = &u->machine.arm;
    uint32_t boundary = STACK_BYTES - u->target->manifest.frame_bytes;
    switch (l->kind) {
    case LOCATION_REGISTER:
        undo_set_term(s->undo, &s->r[l->index], l->value);
        break;
    case LOCATION_FRAME:
        arm_poke(s, u->stack, boundary + l->index, l->value);
        break;
    case LOCATION_VM:
        arm_poke(s, u->vm, l->index, l->value);
        break;
    }
}

void unit_start(struct unit *u, const term *code, unsigned count, unsigned entry, const struct locations *initial)
{
    struct arm_state *s = &u->machine.arm;
    term *const flags[] = {&s->n, &s->z, &s->c, &s->v};
    char name[32];
    for (unsigned i = 0; i < 15; i++) {
        snprintf(name, sizeof name, "scratch_r%u", i);
        undo_set_term(s->undo, &s->r[i], term_var(name, 32, TERM_UNDEFINED));
    }
    for (unsigned i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "scratch_%c", "nzcv"[i]);
        undo_set_term(s->undo, flags[i], term_var(name, 1, TERM_UNDEFINED));
    }
    undo_set_u32(s->undo, &s->it, 0);
    undo_set_u32(s->undo, &u->machine.steps, 0);
    undo_set_term(s->undo, &s->r[ARM_PC], term_add(u->here, term_const(32, 2 * entry)));
    for (size_t i = 0; i < initial->count; i++)
        set(u, &initial->items[i]);
    u->count = count;
    s->memory.blocks[u->out].limit = term_const(32, 2 * count);
    for (unsigned i = 0; i < count; i += 2) {
        term high = i + 1 < count ? code[i + 1] : term_const(16, 0);
        arm_poke(s, u->out, 2 * i, term_concat(high, code[i]));
    }
    memset(u->executed, 0, sizeof u->executed);
}

term unit_value(struct unit *u, const struct location *l)
{
    struct arm_state *s = &u->machine.arm;
    uint32_t boundary = STACK_BYTES - u->target->manifest.frame_bytes;
    switch (l->kind) {
    case LOCATION_REGISTER:
        return s->r[l->index];
    case LOCATION_FRAME:
        return arm_peek(s, u->stack, boundary + l->index);
    case LOCATION_VM:
        return arm_peek(s, u->vm, l->index);
    }
    return NULL;
}

void unit_explore(struct unit *u, void (*end)(void *machine, enum path_status status), void *data)
{
    u->machine.data = data;
    path_explore(u->machine.path, path_machine_step, end, &u->machine);
}
