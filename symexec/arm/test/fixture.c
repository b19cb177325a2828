#include "symexec/arm/test/fixture.h"

#include <string.h>

static uint64_t value_of(term var, void *data)
{
    return ((struct fixture *)data)->value & term_mask(var->width);
}

uint64_t fixture_eval(struct fixture *f, term t)
{
    return term_eval(t, value_of, f);
}

static bool decide(void *data, term cond)
{
    struct fixture *f = data;
    f->asked++;
    return f->by_value ? fixture_eval(f, cond) != 0 : f->answer;
}

term fixture_base(const char *name)
{
    return term_concat(term_var(name, 29, TERM_PRIVATE), term_const(3, 0));
}

void fixture_open(struct fixture *f, const uint16_t *code, unsigned count)
{
    static const uint8_t constants[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    memset(f, 0, sizeof *f);
    struct arm_state *s = &f->s;
    s->undo = &f->undo;
    s->env = &f->env;
    f->env = (struct arm_env){.data = f, .decide = decide};
    if (count)
        memcpy(f->code, code, count * sizeof *code);
    arm_add_block(s, (struct arm_block){.name = "code",
                                        .base = term_const(32, CODE),
                                        .size = sizeof f->code,
                                        .permissions = ARM_READ | ARM_EXECUTE,
                                        .image = f->code});
    arm_add_block(s, (struct arm_block){.name = "data",
                                        .base = term_const(32, DATA),
                                        .size = 64,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .fresh = TERM_ORDINARY});
    arm_add_block(s, (struct arm_block){.name = "constants",
                                        .base = term_const(32, CONSTANTS),
                                        .size = 16,
                                        .permissions = ARM_READ,
                                        .image = constants});
    arm_add_block(s, (struct arm_block){.name = "stack",
                                        .base = fixture_base("stack_base"),
                                        .size = FIXTURE_STACK,
                                        .stack = true,
                                        .permissions = ARM_READ | ARM_WRITE});
    arm_add_block(s, (struct arm_block){.name = "buffer",
                                        .base = fixture_base("buffer_base"),
                                        .size = 64,
                                        .fresh = TERM_ORDINARY,
                                        .limit = term_var("capacity", 32, TERM_ORDINARY),
                                        .permissions = ARM_READ | ARM_WRITE});
    for (unsigned i = 0; i < 16; i++)
        s->r[i] = term_const(32, 0);
    s->r[0] = term_const(32, DATA);
    s->r[1] = term_var("u", 32, TERM_UNDEFINED);
    s->r[2] = term_var("any", 32, TERM_ORDINARY);
    s->r[3] = term_const(32, CONSTANTS);
    s->r[4] = term_const(32, 0x12345678);
    s->r[5] = term_const(32, DATA + 2);
    s->r[7] = term_const(32, DATA | 1);
    s->r[8] = fixture_base("buffer_base");
    s->r[ARM_SP] = term_add(fixture_base("stack_base"), term_const(32, FIXTURE_STACK / 2));
    s->r[ARM_PC] = term_const(32, CODE);
    s->n = s->z = s->c = s->v = term_var("u_flag", 1, TERM_UNDEFINED);
}

void fixture_close(struct fixture *f)
{
    arm_state_free(&f->s);
    undo_free(&f->undo);
}
