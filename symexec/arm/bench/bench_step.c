/*
 * What one Thumb instruction costs: a loop of ten instructions (checksum of a buffer, with a spill to the stack)
 * over constants, from a constant image and from cells. Prints nanoseconds,
 * host instructions where perf events are allowed, and undo entries per instruction.
 */
#include "symexec/arm/arm.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const uint16_t loop[] = {
    0xf810, 0x3b01, /* ldrb  r3, [r0], #1 */
    0x9300,         /* str   r3, [sp, #0] */
    0xea83, 0x0301, /* eor.w r3, r3, r1 */
    0x00da,         /* lsls  r2, r3, #3 */
    0x1889,         /* adds  r1, r1, r2 */
    0x9b00,         /* ldr   r3, [sp, #0] */
    0x18c9,         /* adds  r1, r1, r3 */
    0x4020,         /* ands  r0, r4 */
    0x3d01,         /* subs  r5, #1 */
    0xd1f3,         /* bne   loop */
    0xe7fe,         /* b     . */
};
enum { INSTRUCTIONS = 10, CODE = 0x8000, DATA = 0x20000, DATA_SIZE = 0x1000, STACK = 0x30000, STACK_SIZE = 0x400 };

static bool no_decide(void *data, term cond)
{
    (void)data;
    (void)cond;
    abort();
}

static int open_counter(void)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_HARDWARE, .size = sizeof attr, .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1};
    return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static uint64_t read_counter(int counter)
{
    uint64_t value = 0;
    if (counter < 0 || read(counter, &value, sizeof value) != (ssize_t)sizeof value)
        return 0;
    return value;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void run(const char *what, bool from_image, uint32_t rounds)
{
    static uint8_t image[(sizeof loop + 3) / 4 * 4], data[DATA_SIZE];
    static const struct arm_env env = {.decide = no_decide};
    struct undo undo = {0};
    struct arm_state s = {.undo = &undo, .env = &env};
    memcpy(image, loop, sizeof loop);
    for (unsigned i = 0; i < DATA_SIZE; i++)
        data[i] = (uint8_t)(7 * i);
    arm_add_block(&s, (struct arm_block){.name = "code",
                                         .base = term_const(32, CODE),
                                         .size = sizeof image,
                                         .permissions = ARM_READ | ARM_EXECUTE,
                                         .image = image});
    arm_add_block(
        &s,
        (struct arm_block){
            .name = "data", .base = term_const(32, DATA), .size = DATA_SIZE, .permissions = ARM_READ, .image = data});
    arm_add_block(&s, (struct arm_block){.name = "stack",
                                         .base = term_const(32, STACK),
                                         .size = STACK_SIZE,
                                         .permissions = ARM_READ | ARM_WRITE,
                                         .stack = true});
    if (!from_image)
        arm_poke(&s, 0, 0, arm_peek(&s, 0, 0));
    for (unsigned i = 0; i < 16; i++)
        s.r[i] = term_const(32, 0);
    s.n = s.z = s.c = s.v = term_const(1, 0);
    s.r[0] = term_const(32, DATA);
    s.r[4] = term_const(32, DATA | (DATA_SIZE - 1));
    s.r[5] = term_const(32, rounds);
    s.r[ARM_SP] = term_const(32, STACK + STACK_SIZE - 16);
    s.r[ARM_PC] = term_const(32, CODE);

    int counter = open_counter();
    for (unsigned pass = 0; pass < 2; pass++) { /* the second finds all of its constants in the store */
        uint64_t host = read_counter(counter);
        double start = now(), each = (double)rounds * INSTRUCTIONS;
        undo_to(&undo, 0);
        for (uint64_t i = 0; i < (uint64_t)rounds * INSTRUCTIONS; i++)
            if (!arm_step(&s)) {
                fprintf(stderr, "bench_step: %s: %s\n", arm_rule_info(s.broken)->name, s.detail);
                exit(1);
            }
        printf("%s, %s %8.1f ns", what, pass ? "old constants" : "new constants", (now() - start) / each);
        if (counter >= 0)
            printf(" %8.1f host instructions", (double)(read_counter(counter) - host) / each);
        printf(" %5.2f undo entries, r1 = %08x\n", (double)undo.count / each, (unsigned)s.r[1]->value);
    }
    arm_state_free(&s);
    undo_free(&undo);
}

int main(int argc, char **argv)
{
    uint32_t rounds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    run("image", true, rounds);
    run("cells", false, rounds);
    return 0;
}
