#include "symexec/path/test/run.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static term var_base(const char *name)
{
    return term_concat(term_var(name, 29, TERM_PRIVATE), term_const(3, 0));
}

void run_open(struct run *run, struct path *path, const uint16_t *program, unsigned count)
{
    enum { BYTES = 128 };
    static uint8_t image[BYTES];
    *run = (struct run){.paths = 0};
    assert(2 * count <= BYTES);
    memset(image, 0, sizeof image);
    memcpy(image, program, 2 * count);
    path_machine_init(&run->machine, path, "test");
    run->machine.arrived = path_machine_returned;
    run->machine.data = run;
    arm_add_block(&run->machine.arm, (struct arm_block){.name = "code",
                                                        .base = term_const(32, RUN_CODE),
                                                        .size = BYTES,
                                                        .image = image,
                                                        .permissions = ARM_READ | ARM_EXECUTE});
    run->data = arm_add_block(&run->machine.arm, (struct arm_block){.name = "data",
                                                                    .base = term_const(32, RUN_DATA),
                                                                    .size = 16,
                                                                    .fresh = TERM_ORDINARY,
                                                                    .permissions = ARM_READ | ARM_WRITE});
    run->stack = arm_add_block(&run->machine.arm, (struct arm_block){.name = "stack",
                                                                     .base = var_base("stack_base"),
                                                                     .size = 64,
                                                                     .stack = true,
                                                                     .fresh = TERM_UNDEFINED,
                                                                     .permissions = ARM_READ | ARM_WRITE});
}

static void end(void *data, enum path_status status)
{
    struct path_machine *m = data;
    struct run *run = m->data;
    assert(run->paths < RUN_PATHS);
    run->results[run->paths++] = m->arm.r[0];
    if (status == PATH_BROKEN) {
        run->broken++;
        run->rule = m->arm.broken;
        snprintf(run->detail, sizeof run->detail, "%s", m->arm.detail);
    } else if (run->look) {
        run->look(run);
    }
}

void run_call(struct run *run, const term *arguments, size_t count)
{
    path_machine_call(&run->machine, RUN_CODE, arguments, count, run->stack);
    path_explore(run->machine.path, path_machine_step, end, &run->machine);
    arm_state_free(&run->machine.arm);
}
