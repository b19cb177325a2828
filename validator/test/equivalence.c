/* Two boards side by side: what they return for the same programs, and where their code ends from the same states. */
#include "validator/test/equivalence.h"
#include "validator/test/board.h"

#include "symexec/term/diag.h"

#include <string.h>

enum { STATES = 4, MAX_FUEL = 20, SAVED_FROM = 4, SAVED_TO = 12 };

struct pair {
    struct board boards[2];
    uint32_t code_full; /* the status that says so */
    struct random *random;
    struct equivalence *found;
};

/* A place where both boards must agree; false if they do not. */
static bool agree(struct pair *p, const char *what, uint32_t one, uint32_t other)
{
    if (one != other)
        snprintf(p->found->difference, sizeof p->found->difference, "program %u: %s is 0x%x, not 0x%x",
                 p->found->programs, what, other, one);
    return one == other;
}

static void random_registers(struct pair *p, uint32_t registers[13])
{
    for (unsigned i = 0; i < 13; i++)
        registers[i] = random_constant(p->random);
}

/* What a caller sees of a call. */
static bool same_return(struct pair *p, const char *whose)
{
    char what[48];
    for (unsigned reg = 0; reg <= ARM_SP; reg = reg == 0 ? SAVED_FROM : reg + 1) {
        if (reg == SAVED_TO)
            continue;
        snprintf(what, sizeof what, "r%u after the %s", reg, whose);
        if (!agree(p, what, board_register(&p->boards[0], reg), board_register(&p->boards[1], reg)))
            return false;
    }
    return true;
}

/* Whether both return, or neither does. */
static bool run_both(struct pair *p, const char *whose, bool *returned)
{
    char what[48];
    *returned = board_run(&p->boards[0]);
    snprintf(what, sizeof what, "the return of the %s", whose);
    return agree(p, what, *returned, board_run(&p->boards[1]));
}

/* The code of both runs from one state. */
static bool same_run(struct pair *p)
{
    uint32_t registers[13], vm[BOARD_VM_WORDS];
    random_registers(p, registers);
    for (unsigned i = 0; i < BOARD_VM_WORDS; i++)
        vm[i] = 4 * i == BOARD_FUEL ? random_below(p->random, MAX_FUEL) : random_constant(p->random);
    for (unsigned k = 0; k < 2; k++) {
        for (unsigned i = 0; i < BOARD_VM_WORDS; i++)
            board_put(&p->boards[k], BOARD_VM + 4 * i, vm[i]);
        board_call(&p->boards[k], BOARD_DATA + BOARD_CODE, BOARD_DATA + BOARD_VM, registers);
    }
    bool returned, same = run_both(p, "code", &returned) && (!returned || same_return(p, "code"));
    for (unsigned i = 0; i < BOARD_VM_WORDS && same; i++)
        same = agree(p, "a word of the VM block", board_word(&p->boards[0], BOARD_VM + 4 * i),
                     board_word(&p->boards[1], BOARD_VM + 4 * i));
    return same;
}

static bool same_code(const struct pair *p)
{
    uint32_t size = board_word(&p->boards[0], BOARD_ARGUMENT + BOARD_SIZE);
    bool same = size == board_word(&p->boards[1], BOARD_ARGUMENT + BOARD_SIZE);
    for (uint32_t at = 0; at < 2 * size && same; at += 4)
        same = board_word(&p->boards[0], BOARD_CODE + at) == board_word(&p->boards[1], BOARD_CODE + at);
    return same;
}

/* With little room either may be the first to find that it is not enough: nobody promises how long code is. */
static bool is_full(const struct pair *p)
{
    return board_register(&p->boards[0], 0) == p->code_full || board_register(&p->boards[1], 0) == p->code_full;
}

static bool same_program(struct pair *p)
{
    uint8_t program[PROGRAM_MAX_BYTES];
    uint32_t registers[13], length = random_program(p->random, program);
    uint32_t room = random_below(p->random, 8) ? BOARD_CODE_ROOM : random_below(p->random, 200);
    bool returned;
    random_registers(p, registers);
    for (unsigned k = 0; k < 2; k++)
        board_call_compiler(&p->boards[k], program, length, room, registers);
    if (!run_both(p, "compiler", &returned))
        return false;
    if (!returned || (room < BOARD_CODE_ROOM && is_full(p)))
        return true;
    if (!same_return(p, "compiler") ||
        !agree(p, "the index of a bad slot", board_word(&p->boards[0], BOARD_ARGUMENT + BOARD_BAD_INDEX),
               board_word(&p->boards[1], BOARD_ARGUMENT + BOARD_BAD_INDEX)))
        return false;
    if (board_register(&p->boards[0], 0) != 0)
        return true;
    p->found->compiled++;
    p->found->same_code += same_code(p);
    for (unsigned i = 0; i < STATES; i++)
        if (!same_run(p))
            return false;
    return true;
}

struct equivalence equivalence_try(const struct arm_image *one, const struct arm_image *other, unsigned programs,
                                   struct random *random)
{
    struct equivalence found = {0};
    struct diag diag;
    uint32_t code_full = 0;
    if (!arm_image_constant(one, "TP_CODE_FULL", &code_full, &diag))
        snprintf(found.difference, sizeof found.difference, "%.*s", (int)sizeof found.difference - 1, diag.message);
    while (found.programs < programs && !*found.difference) {
        struct pair p = {.code_full = code_full, .random = random, .found = &found};
        found.programs++;
        bool opened = board_open(&p.boards[0], one);
        if (!board_open(&p.boards[1], other) || !opened)
            snprintf(found.difference, sizeof found.difference, "an object cannot be loaded");
        else
            same_program(&p);
        board_close(&p.boards[0]);
        board_close(&p.boards[1]);
    }
    return found;
}
