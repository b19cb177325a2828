/*
 * The model against a board: QEMU's mps2-an385 (Cortex-M3) faults where the hardware does and Unicorn does not. Each
 * case runs on both, and either both fault for the same reason, or registers, flags and memory agree. Where the model
 * is stricter than the hardware, the case names the rule.
 *
 * The program for the board is core.elf next to this program, or what THUMBPROOF_REFEREE names.
 */
#include "symexec/arm/test/referee/cases.h"

#include "symexec/arm/execute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_CASES = 200, MAX_STEPS = 10, SVC_EXCEPTION = 11, CODE = 0, DATA = 1, STACK = 2 };

/* One line of the board's output. */
struct line {
    uint32_t number, exception, cfsr, pc, xpsr, sp, lr, r[13];
    uint32_t data[REFEREE_SHOWN], stack[REFEREE_SHOWN];
};
static struct line lines[MAX_CASES];
static size_t line_count;
static const char *program;

/* ---- the board ---- */

static bool read_line(FILE *in, struct line *line)
{
    uint32_t words[sizeof *line / 4];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (fscanf(in, "%8x", &words[i]) != 1)
            return false;
    memcpy(line, words, sizeof words);
    return true;
}

static int run_board(void **state)
{
    char elf[4000], command[5000];
    const char *named = getenv("THUMBPROOF_REFEREE"), *slash = strrchr(program, '/');
    (void)state;
    if (named)
        snprintf(elf, sizeof elf, "%s", named);
    else
        snprintf(elf, sizeof elf, "%.*score.elf", slash ? (int)(slash + 1 - program) : 0, program);
    snprintf(command, sizeof command,
             "timeout 60 qemu-system-arm -M mps2-an385 -display none -monitor none -serial none "
             "-semihosting-config enable=on,target=native -kernel '%s' 2>&1",
             elf);
    FILE *in = popen(command, "r");
    if (!in)
        return -1;
    while (line_count < MAX_CASES && read_line(in, &lines[line_count]))
        line_count++;
    if (pclose(in) != 0 || line_count != referee_case_count) {
        print_error("%s: %zu of %zu cases were run\n", command, line_count, referee_case_count);
        return -1;
    }
    return 0;
}

static enum referee_outcome board_outcome(const struct line *line)
{
    static const struct {
        uint32_t bits;
        enum referee_outcome outcome;
    } causes[] = {
        {1u << 25, REFEREE_DIVIDES_BY_ZERO}, {1u << 24, REFEREE_UNALIGNED}, {1u << 19, REFEREE_UNDEFINED},
        {1u << 17, REFEREE_LEAVES_THUMB},    {1u << 16, REFEREE_UNDEFINED},
    };
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
        if (line->cfsr == causes[i].bits && line->exception != SVC_EXCEPTION)
            return causes[i].outcome;
    if (line->exception != SVC_EXCEPTION || line->cfsr != 0)
        fail_msg("exception %u with CFSR %08x", line->exception, line->cfsr);
    return REFEREE_RUNS;
}

/* ---- the model ---- */

static bool unexpected(void *data, term cond)
{
    (void)data;
    (void)cond;
    abort();
}

static const struct arm_env env = {.decide = unexpected};

static void setup(struct arm_state *s, struct undo *undo, const struct referee_case *c)
{
    static uint8_t code[REFEREE_BLOCK], data[REFEREE_BLOCK], stack[REFEREE_BLOCK];
    for (unsigned i = 0; i < REFEREE_BLOCK; i += 2) {
        uint16_t halfword = i / 2 < REFEREE_HALFWORDS && c->code[i / 2] ? c->code[i / 2] : REFEREE_SVC;
        memcpy(code + i, &halfword, 2);
    }
    for (uint32_t i = 0; i < REFEREE_BLOCK; i += 4) {
        uint32_t word[2] = {referee_word(REFEREE_DATA + i), referee_word(REFEREE_STACK + i)};
        memcpy(data + i, &word[0], 4);
        memcpy(stack + i, &word[1], 4);
    }
    *s = (struct arm_state){.undo = undo, .env = &env};
    s->core.unaligned_trap = c->ccr & REFEREE_UNALIGN_TRP;
    s->core.div_0_trap = c->ccr & REFEREE_DIV_0_TRP;
    arm_add_block(s, (struct arm_block){.name = "code",
                                        .base = term_const(32, REFEREE_CODE),
                                        .size = REFEREE_BLOCK,
                                        .permissions = ARM_READ | ARM_EXECUTE,
                                        .image = code});
    arm_add_block(s, (struct arm_block){.name = "data",
                                        .base = term_const(32, REFEREE_DATA),
                                        .size = REFEREE_BLOCK,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .image = data});
    arm_add_block(s, (struct arm_block){.name = "stack",
                                        .base = term_const(32, REFEREE_STACK),
                                        .size = REFEREE_BLOCK,
                                        .permissions = ARM_READ | ARM_WRITE,
                                        .image = stack,
                                        .stack = true});
    for (unsigned i = 0; i < 15; i++)
        s->r[i] = term_const(32, referee_register(i));
    s->r[0] = term_const(32, c->r0);
    s->r[1] = term_const(32, c->r1);
    s->r[ARM_SP] = term_const(32, REFEREE_SP);
    s->r[ARM_PC] = term_const(32, REFEREE_CODE);
    s->n = s->z = s->c = s->v = term_const(1, 0);
}

/* Runs up to an SVC; false if a rule is broken on the way. */
static bool run_model(struct arm_state *s)
{
    for (unsigned i = 0; i < MAX_STEPS; i++)
        if (!arm_step(s))
            return s->broken == ARM_SYSTEM && strncmp(s->detail, "SVC", 3) == 0;
    fail_msg("the model goes on");
    return false;
}

static enum arm_rule rule_of(enum referee_outcome outcome)
{
    static const enum arm_rule rules[] = {
        [REFEREE_RUNS] = ARM_RULE_NONE,
        [REFEREE_UNALIGNED] = ARM_UNALIGNED,
        [REFEREE_DIVIDES_BY_ZERO] = ARM_DIVIDE_BY_ZERO,
        [REFEREE_LEAVES_THUMB] = ARM_BAD_BRANCH,
        [REFEREE_UNDEFINED] = ARM_UNDEFINED,
    };
    return rules[outcome];
}

/* ---- the comparison ---- */

static void same_word(const char *what, unsigned index, term ours, uint32_t theirs)
{
    if (!term_is_const(ours) || (uint32_t)ours->value != theirs)
        fail_msg("%s %u is %08x, on the board %08x", what, index, (unsigned)ours->value, theirs);
}

static void same_state(struct arm_state *s, const struct line *line)
{
    const term flags[4] = {s->v, s->c, s->z, s->n};
    for (unsigned i = 0; i < 13; i++)
        same_word("register", i, s->r[i], line->r[i]);
    same_word("register", ARM_SP, s->r[ARM_SP], line->sp);
    same_word("register", ARM_LR, s->r[ARM_LR], line->lr);
    same_word("register", ARM_PC, s->r[ARM_PC], line->pc - 2); /* behind the SVC */
    for (unsigned i = 0; i < 4; i++)
        same_word("flag, from V up,", i, flags[i], line->xpsr >> (28 + i) & 1);
    for (uint32_t i = 0; i < REFEREE_SHOWN; i++) {
        same_word("word of data", i, arm_peek(s, DATA, 4 * i), line->data[i]);
        uint32_t at = REFEREE_STACK_SHOWN + 4 * i;
        if (at >= line->sp) /* below, the board's exception frame */
            same_word("word of stack", i, arm_peek(s, STACK, at - REFEREE_STACK), line->stack[i]);
    }
}

static void run_case(void **state)
{
    const struct referee_case *c = *state;
    const struct line *line = &lines[c - referee_cases];
    struct undo undo = {0};
    struct arm_state s;
    assert_int_equal(line->number, c - referee_cases);
    setup(&s, &undo, c);
    bool ok = run_model(&s);
    if (board_outcome(line) != c->outcome)
        fail_msg("outcome %d on the board, %d in the manual", (int)board_outcome(line), (int)c->outcome);
    if (c->stricter) {
        if (ok || strcmp(arm_rule_info(s.broken)->name, c->stricter) != 0)
            fail_msg("the model should break %s", c->stricter);
    } else if (c->outcome != REFEREE_RUNS) {
        if (ok || s.broken != rule_of(c->outcome))
            fail_msg("the model %s%s", ok ? "goes on" : "breaks ", ok ? "" : arm_rule_info(s.broken)->name);
    } else if (!ok) {
        fail_msg("the model breaks %s: %s", arm_rule_info(s.broken)->name, s.detail);
    } else {
        same_state(&s, line);
    }
    arm_state_free(&s);
    undo_free(&undo);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[MAX_CASES];
    (void)argc;
    program = argv[0];
    if (referee_case_count > MAX_CASES)
        abort();
    for (size_t i = 0; i < referee_case_count; i++)
        tests[i] = (struct CMUnitTest){.name = referee_cases[i].name,
                                       .test_func = run_case,
                                       .initial_state = (void *)(uintptr_t)&referee_cases[i]};
    return _cmocka_run_group_tests("the model and the board", tests, referee_case_count, run_board, NULL);
}
