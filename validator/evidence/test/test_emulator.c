/*
 * Emitted code under the emulator: how a run ends, and what a call of a routine leaves behind. The image is assembled here; its
 * routine f returns a declared constant and changes whatever it may.
 */
#include "validator/evidence/emulator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char source[] = ".syntax unified; .thumb; .text; .global f, g; .type f, %function; .type g, %function;"
                             "f: movw r3, #0x9000; ldr r0, [r3]; movs r1, #7; movs r2, #8; mov r12, r2; bx lr;"
                             "g: movs r2, #9; bx lr;"
                             ".data; .word 42, 43";

enum { CONSTANT = 0x9000, ROOM = 16, FRAME_BYTES = 96, STACK_BYTES = 1024 };

static char path_of_image[] = "/tmp/thumbproof-routine-XXXXXX";
static struct target target;
static struct global constant = {.symbol = "constant", .address = CONSTANT, .size = 4};
static const struct promise one_word = {.name = "any", .arguments = 1, .results = 1};
static struct path_contract contracts[2] = {{.symbol = "f", .promise = &one_word}, {.symbol = "g"}};

static int open_target(void **unused)
{
    char command[900];
    struct diag diag;
    uint32_t size;
    int file = mkstemp(path_of_image);
    (void)unused;
    if (file < 0)
        return -1;
    snprintf(command, sizeof command,
             "echo '%s' | tr ';' '\\n' | arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -nostdlib -x assembler "
             "-Wl,-Ttext=0x8000,-Tdata=0x%x,-e,f -o %s -",
             source, CONSTANT, path_of_image);
    if (system(command) != 0 || !(target.image = arm_image_open(path_of_image, &diag)))
        return -1;
    target.manifest.vm.size = 24;
    target.manifest.frame_bytes = FRAME_BYTES;
    target.manifest.stack_bytes.value = STACK_BYTES;
    target.manifest.globals = &constant;
    target.manifest.global_count = 1;
    target.manifest.routine_count = 2;
    target.contracts = contracts;
    return arm_image_symbol(target.image, "f", &contracts[0].address, &size) &&
                   arm_image_symbol(target.image, "g", &contracts[1].address, &size)
               ? 0
               : -1;
}

static int close_target(void **unused)
{
    (void)unused;
    arm_image_close(target.image);
    return remove(path_of_image);
}

/* ---- a run ---- */

struct program {
    uint16_t halfwords[ROOM];
    unsigned count;
};

/* Code with r4 the address of the VM block, r5 that of f, r6 that of g. */
struct run {
    struct path *path;
    struct code code;
    struct model nothing;
    struct numbers numbers;
    struct emulator emulator;
};

static struct place in_register(unsigned number)
{
    return (struct place){PLACE_REGISTER, 0, number};
}

static term num(uint64_t value)
{
    return term_const(32, value);
}

static void open_run(struct run *r, const struct program *program, unsigned shake)
{
    struct assertion initial = {0};
    struct diag diag;
    term halfwords[ROOM];
    *r = (struct run){.path = path_open(NULL), .numbers = {.target = &target, .shake = shake}};
    r->numbers.model = &r->nothing;
    if (!code_open(&r->code, &target, r->path, &diag))
        fail_msg("%s", diag.message);
    assertion_add(&initial, in_register(0), num(1), "r0");
    assertion_add(&initial, in_register(4), block_base(BLOCK_VM), "r4");
    assertion_add(&initial, in_register(5), num(contracts[0].address | 1), "r5");
    assertion_add(&initial, in_register(6), num(contracts[1].address | 1), "r6");
    assertion_add(&initial, in_register(ARM_SP), term_sub(world_entry_sp(&target), num(FRAME_BYTES)), "sp");
    assertion_add(&initial, in_register(ARM_LR), num(0x101), "lr");
    for (unsigned i = 0; i < program->count; i++)
        halfwords[i] = term_const(16, program->halfwords[i]);
    code_start(&r->code, halfwords, program->count, 0, &initial);
    assertion_free(&initial);
    assert_true(emulator_open(&r->emulator, &r->code.world.machine.arm, &r->numbers));
    assert_true(emulator_may_call(&r->emulator, target.image));
}

static void close_run(struct run *r)
{
    emulator_close(&r->emulator);
    code_close(&r->code);
    path_close(r->path);
}

/* ---- ends ---- */

static const struct {
    const char *what;
    struct program program;
    enum emulation end;
} ends[] = {
    {"falls out at its end", {{0x2001, 0x2102}, 2}, EMULATION_ENDED},
    {"returns", {{0x4770, 0xde00}, 2}, EMULATION_ENDED},
    {"branches out of itself", {{0xe7f0}, 1}, EMULATION_ENDED},
    {"a loop that ends", {{0xbf00, 0x3801, 0xd1fd}, 3}, EMULATION_ENDED},
    {"b . to where the code begins", {{0xe7fe}, 1}, EMULATION_ENDED}, /* a boundary, as in the proof */
    {"b . behind something", {{0x2001, 0xe7fe}, 2}, EMULATION_REPEATS},
    {"a loop of two states", {{0xbf00, 0x43c0, 0xe7fd}, 3}, EMULATION_REPEATS},
    {"a loop that stores what is there: str r0, [r4]", {{0xbf00, 0x6020, 0xe7fd}, 3}, EMULATION_REPEATS},
    {"a loop that counts in a register", {{0xbf00, 0x3001, 0xe7fd}, 3}, EMULATION_LIMIT},
    /* ldr r0, [r4]; adds r0, #1; str r0, [r4]; movs r0, #0; b: the registers alone come again */
    {"a loop that counts in memory", {{0xbf00, 0x6820, 0x3001, 0x6020, 0x2000, 0xe7fa}, 6}, EMULATION_LIMIT},
    {"a loop that counts in a byte of memory", {{0xbf00, 0x7820, 0x3001, 0x7020, 0x2000, 0xe7fa}, 6}, EMULATION_LIMIT},
    {"udf", {{0x2001, 0xde00}, 2}, EMULATION_FAULT},
    {"a load from nowhere: mvns r0, r0; ldr r0, [r0]", {{0x43c0, 0x6800}, 2}, EMULATION_FAULT},
};

static void runs_end_in_one_way(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct run r;
        open_run(&r, &ends[i].program, 0);
        enum emulation end = emulator_run_code(&r.emulator, &r.code);
        if (end != ends[i].end)
            fail_msg("%s: %d: %s", ends[i].what, (int)end, r.emulator.fault);
        assert_int_equal(*r.emulator.fault == 0, end == EMULATION_ENDED);
        close_run(&r);
    }
}

/* ---- calls ---- */

static struct run *compared;

/* The machine of the proof has left the code: so has the emulator, and they agree. */
static void compare(void *data, enum path_status status)
{
    const struct path_machine *m = data;
    struct run *r = compared;
    assert_int_equal(status, PATH_DONE);
    for (unsigned i = 0; i < ARM_PC; i++)
        if (emulator_register(&r->emulator, i) != numbers_of(&r->numbers, m->arm.r[i]))
            fail_msg("r%u", i);
    const term flags[] = {m->arm.v, m->arm.c, m->arm.z, m->arm.n};
    uint32_t xpsr = 0;
    uc_reg_read(r->emulator.uc, UC_ARM_REG_XPSR, &xpsr);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(xpsr >> (28 + i) & 1, numbers_of(&r->numbers, flags[i]));
}

static const struct {
    const char *what;
    struct program program;
    uint32_t r0, r2; /* r2 of garbage: 0 */
} calls[] = {
    {"blx r5", {{0x47a8}, 1}, 42, 0},
    {"blx r5; movs r2, #5", {{0x47a8, 0x2205}, 2}, 42, 5},
    {"movs r2, #5; blx r5", {{0x2205, 0x47a8}, 2}, 42, 0},
    {"blx r5; mov r7, r2; blx r5", {{0x47a8, 0x4617, 0x47a8}, 3}, 42, 0},
    {"blx r5, in a loop of two rounds", {{0x2702, 0x47a8, 0x3f01, 0xd1fc}, 4}, 42, 0},
};

static void a_call_leaves_what_the_proof_says(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (unsigned shake = 0; shake < 3; shake++) {
            struct run r;
            open_run(&r, &calls[i].program, shake);
            if (emulator_run_code(&r.emulator, &r.code) != EMULATION_ENDED)
                fail_msg("%s: %s", calls[i].what, r.emulator.fault);
            assert_int_equal(emulator_register(&r.emulator, 0), calls[i].r0);
            if (calls[i].r2)
                assert_int_equal(emulator_register(&r.emulator, 2), calls[i].r2);
            else
                assert_int_not_equal(emulator_register(&r.emulator, 2),
                                     8); /* what f leaves there is nobody's to know */
            compared = &r;
            path_explore(r.path, path_machine_step, compare, &r.code.world.machine);
            close_run(&r);
        }
}

/* Below sp a call leaves noise; what is at sp stays. */
static void a_call_uses_the_stack(void **unused)
{
    (void)unused;
    static const struct program program = {{0x47a8}, 1};
    struct run r;
    open_run(&r, &program, 0);
    uint32_t sp = emulator_register(&r.emulator, ARM_SP), below = 0x12345678, at = 0x9abcdef0;
    emulator_write(&r.emulator, sp - 4, below);
    emulator_write(&r.emulator, sp, at);
    assert_int_equal(emulator_run_code(&r.emulator, &r.code), EMULATION_ENDED);
    assert_int_not_equal(emulator_word(&r.emulator, sp - 4), below);
    assert_int_equal(emulator_word(&r.emulator, sp), at);
    assert_int_equal(emulator_register(&r.emulator, ARM_SP), sp);
    close_run(&r);
}

/* What no contract says comes back is where the run has left the code. */
static void a_function_without_a_promise_is_the_end(void **unused)
{
    (void)unused;
    static const struct program program = {{0x47b0, 0xde00}, 2}; /* blx r6 */
    struct run r;
    open_run(&r, &program, 0);
    assert_int_equal(emulator_run_code(&r.emulator, &r.code), EMULATION_ENDED);
    assert_int_equal(emulator_register(&r.emulator, ARM_PC) & ~1u, contracts[1].address);
    close_run(&r);
}

/* Of the image's data only what is declared constant is as in the file. */
static void a_declared_constant_is_kept(void **unused)
{
    (void)unused;
    static const struct program program = {{0x2001}, 1};
    struct run r;
    open_run(&r, &program, 0);
    assert_int_equal(emulator_word(&r.emulator, CONSTANT), 42);
    assert_int_not_equal(emulator_word(&r.emulator, CONSTANT + 4), 43);
    close_run(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_end_in_one_way),         cmocka_unit_test(a_call_leaves_what_the_proof_says),
        cmocka_unit_test(a_call_uses_the_stack),       cmocka_unit_test(a_function_without_a_promise_is_the_end),
        cmocka_unit_test(a_declared_constant_is_kept),
    };
    return cmocka_run_group_tests(tests, open_target, close_target);
}
