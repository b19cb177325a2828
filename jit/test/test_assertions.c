/* The assertions of the compiler: each kind fails on what it forbids, here in a child process. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../jit.h"

enum { CAPACITY = 100 };

static uint16_t code[CAPACITY];
static uint32_t offsets[2];
static const struct tp_insn nothing[] = {{0x95, 0, 0, 0}};

static struct jit fresh(void)
{
    return (struct jit){.code = code,
                        .capacity = CAPACITY,
                        .next = code,
                        .prog = nothing,
                        .len = 1,
                        .offsets = offsets,
                        .homes = jit_homes_default,
                        .routines = jit_routines};
}

/* ---- what must fail: each breaks one invariant of a compiler that is right otherwise ---- */

typedef void break_fn(struct jit *j);

static void high_register(struct jit *j)
{
    thumb_op_reg(j, THUMB_ADDS, 16, 0);
}

static void sp_as_operand(struct jit *j)
{
    thumb_mov_reg(j, 0, THUMB_SP);
}

static void operation(struct jit *j)
{
    thumb_op_imm8(j, THUMB_NO_OP, 0, 1);
}

static void imm8(struct jit *j)
{
    thumb_cmp_imm8(j, 2, 0x100);
}

static void imm12(struct jit *j)
{
    thumb_mov_imm12(j, 2, JIT_NO_MODIMM);
}

static void imm16(struct jit *j)
{
    thumb_movw(j, 2, 0x10000);
}

static void shift_by_0(struct jit *j)
{
    thumb_shift_imm(j, THUMB_LSR, 2, 2, 0);
}

static void shift_by_32(struct jit *j)
{
    thumb_op_shifted(j, THUMB_ORRS, 2, 2, 3, THUMB_LSL, 32);
}

static void no_accumulator(struct jit *j)
{
    thumb_multiply(j, THUMB_MLA, 2, THUMB_NONE, 3, 4);
}

static void slot_number(struct jit *j)
{
    thumb_ldr_sp(j, 2, 256);
}

static void word_offset(struct jit *j)
{
    thumb_str(j, 2, JIT_VM, 6);
}

static void pushed_high_register(struct jit *j)
{
    thumb_push(j, 1 << 8);
}

static void frame_size(struct jit *j)
{
    thumb_sub_sp(j, 512);
}

static void skip_backwards(struct jit *j)
{
    j->next = code + 10;
    thumb_skip_from(j, code + 12);
}

static void skip_far(struct jit *j)
{
    thumb_skip_if(j, THUMB_EQ, 130);
}

static void halfword(struct jit *j)
{
    jit_put(j, 0x10000);
}

static void beyond_capacity(struct jit *j)
{
    j->capacity = 10;
    j->next = code + 10;
    jit_put(j, 0);
}

static void home_is_scratch(struct jit *j)
{
    jit_set(j, JIT_SCRATCH_2, 0);
}

static void home_beyond_frame(struct jit *j)
{
    jit_use(j, JIT_SLOT + JIT_MAX_SLOTS, 0);
}

static void wrong_register_committed(struct jit *j)
{
    jit_commit(j, 2, 3);
}

static void shared_home(struct jit *j)
{
    struct jit_home homes[JIT_REGISTERS];

    memcpy(homes, jit_homes_default, sizeof homes);
    homes[3].hi = homes[7].lo;
    j->homes = homes;
    jit_prelude(j);
}

static void register_11(struct jit *j)
{
    static const struct tp_insn insn = {0xbf, 0xb0, 0, 0};

    j->prog = &insn;
    jit_emit(j);
}

static void position(struct jit *j)
{
    j->pos = CAPACITY + 1;
    jit_emit(j);
}

static void slot_after_the_last(struct jit *j)
{
    j->pc = 1;
    jit_emit(j);
}

static void first_pass_too_far(struct jit *j)
{
    struct jit_driver d = {.jit = *j};

    d.jit.pc = 2;
    jit_compile_step(&d);
}

static void second_pass_too_far(struct jit *j)
{
    struct jit_driver d = {.jit = *j};

    d.jit.pc = 2;
    jit_link_step(&d);
}

static void remainder_of_divisor(struct jit *j)
{
    struct jit_division s = {.remainder = 7, .divisor = 7, .remaining = 1};

    (void)j;
    jit_divide_step(&s);
}

static void program_length(struct jit *j)
{
    static const struct tp_insn ja = {0x05, 0, -1, 0};
    struct jit_preflight p = {&ja, TP_MAX_LEN + 1, 0, TP_OK};

    (void)j;
    jit_preflight_step(&p);
}

static const struct {
    break_fn *breaks;
    const char *text; /* in the message */
} cases[] = {
    {high_register, "thumb_is_register(rdn)"},
    {sp_as_operand, "thumb_is_register(rm)"},
    {operation, "op < THUMB_NO_OP"},
    {imm8, "imm8 <= 0xff"},
    {imm12, "imm12 <= 0xfff"},
    {imm16, "imm16 <= 0xffff"},
    {shift_by_0, "amount >= 1"},
    {shift_by_32, "amount < 32"},
    {no_accumulator, "thumb_is_register(ra)"},
    {slot_number, "number < 256"},
    {word_offset, "offset % 4 == 0"},
    {pushed_high_register, "registers <= 0xff"},
    {frame_size, "bytes < 512"},
    {skip_backwards, "distance >= 2"},
    {skip_far, "distance - 2 < 1u << 7"},
    {halfword, "halfword <= 0xffff"},
    {beyond_capacity, "< j->capacity"},
    {home_is_scratch, "jit_is_home(word)"},
    {home_beyond_frame, "jit_is_home(word)"},
    {wrong_register_committed, "reg == word"},
    {shared_home, "jit_are_homes(j->homes)"},
    {register_11, "insn->regs >> 4 < JIT_REGISTERS"},
    {position, "j->pos <= j->capacity"},
    {slot_after_the_last, "j->pc < j->len"},
    {first_pass_too_far, "j->pc <= j->len"},
    {second_pass_too_far, "pc <= j->len"},
    {remainder_of_divisor, "s->remainder < s->divisor"},
    {program_length, "p->len <= TP_MAX_LEN"},
};

/* Runs it in a child. Returns how the child ended; what it wrote to stderr goes to message. */
static int run_in_child(break_fn *f, char *message, size_t size)
{
    int ends[2], status;
    size_t used = 0;
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct jit j = fresh();

        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        f(&j);
        _exit(0);
    }
    close(ends[1]);
    while ((n = read(ends[0], message + used, size - 1 - used)) > 0)
        used += (size_t)n;
    message[used] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void each_kind_fails(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[1000];
        int status = run_in_child(cases[i].breaks, message, sizeof message);

        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
            fail_msg("case %zu, \"%s\": no assertion fails", i, cases[i].text);
        if (!strstr(message, "Assertion") || !strstr(message, cases[i].text))
            fail_msg("case %zu, \"%s\": another one fails: %s", i, cases[i].text, message);
    }
}

/* The largest values that are allowed, so that a child can also come back. */
static void at_the_limits(struct jit *j)
{
    thumb_op_reg(j, THUMB_ADDS, 14, 12);
    thumb_cmp_imm8(j, 2, 0xff);
    thumb_mov_imm12(j, 2, 0xfff);
    thumb_movw(j, 2, 0xffff);
    thumb_shift_imm(j, THUMB_LSR, 2, 2, 31);
    thumb_ldr_sp(j, 2, 255);
    thumb_str(j, 2, JIT_VM, 1020);
    thumb_push(j, 0xff);
    thumb_sub_sp(j, 508);
    thumb_skip_if(j, THUMB_LE, 129);
    jit_use(j, JIT_SLOT + JIT_MAX_SLOTS - 1, 0);
    j->next = code + CAPACITY - 1;
    thumb_nop(j);
}

static void limits_are_allowed(void **state)
{
    (void)state;
    char message[1000];

    assert_int_equal(run_in_child(at_the_limits, message, sizeof message), 0);
    assert_string_equal(message, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_fails),
        cmocka_unit_test(limits_are_allowed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
