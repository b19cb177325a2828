/*
 * The board's side of the referee: runs each case in thread mode on the process stack, catches what ends it (the SVC
 * behind it, or a fault) and prints, through semihosting, one line of hexadecimal words for each case:
 *
 *     number exception CFSR PC xPSR SP LR r0 ... r12 data... stack...
 */
#include "symexec/arm/test/referee/cases.h"

#define CCR (*(volatile uint32_t *)0xe000ed14)
#define CFSR (*(volatile uint32_t *)0xe000ed28)

/* Also known to the assembly below: r[13] at 52 and so on. */
struct registers {
    uint32_t r[13], sp, lr, pc, xpsr, exception;
};
struct registers referee_registers;
static uint8_t main_stack[1024] __attribute__((aligned(8)));

/* Loads the registers and goes to the case with the flags clear; comes back through `referee_resume`. */
__attribute__((naked)) static void enter(void)
{
    __asm__ volatile("push {r4-r11, lr}\n"
                     "ldr r12, =referee_registers\n"
                     "ldr r0, [r12, #52]\n msr psp, r0\n"
                     "movs r0, #2\n msr control, r0\n isb\n"
                     "ldr lr, [r12, #56]\n"
                     "movs r0, #0\n msr apsr_nzcvq, r0\n"
                     "ldmia r12, {r0-r12}\n"
                     "ldr pc, =%c0\n"
                     ".ltorg\n"
                     ".global referee_resume\n .thumb_func\n"
                     "referee_resume:\n"
                     "movs r0, #0\n msr control, r0\n isb\n"
                     "pop {r4-r11, pc}\n" ::"i"(REFEREE_CODE + 1));
}

void referee_caught(const uint32_t *frame, uint32_t exception);

/* Every exception: r4 to r11 are still those of the case, the rest is on its stack. */
__attribute__((naked)) static void handler(void)
{
    __asm__ volatile("ldr r3, =referee_registers + 16\n"
                     "stmia r3, {r4-r11}\n"
                     "mrs r0, psp\n mrs r1, ipsr\n"
                     "b referee_caught\n"
                     ".ltorg\n");
}

extern void referee_resume(void);

void referee_caught(const uint32_t *frame, uint32_t exception)
{
    struct registers *out = &referee_registers;
    for (unsigned i = 0; i < 4; i++)
        out->r[i] = frame[i];
    out->r[12] = frame[4];
    out->lr = frame[5];
    out->pc = frame[6];
    out->xpsr = frame[7];
    out->sp = (uint32_t)frame + 32 + (frame[7] >> 9 & 1) * 4; /* bit 9: the frame was aligned (B1.5.6) */
    out->exception = exception;
    uint32_t *changed = (uint32_t *)(uintptr_t)frame;
    changed[6] = (uint32_t)referee_resume & ~1u;
    changed[7] = (frame[7] & 1u << 9) | 1u << 24; /* Thumb state, no IT block */
}

/* ---- semihosting ---- */

static void semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static char line[600], *end;

static void add(uint32_t word)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        *end++ = "0123456789abcdef"[word >> shift & 15];
    *end++ = ' ';
}

static void add_memory(uint32_t address)
{
    for (uint32_t i = 0; i < REFEREE_SHOWN; i++)
        add(((volatile uint32_t *)address)[i]);
}

/* ---- cases ---- */

static void fill(uint32_t base)
{
    for (uint32_t at = base; at < base + REFEREE_BLOCK; at += 4)
        *(volatile uint32_t *)at = referee_word(at);
}

static void prepare(const struct referee_case *c)
{
    volatile uint16_t *code = (volatile uint16_t *)REFEREE_CODE;
    for (unsigned i = 0; i < REFEREE_BLOCK / 2; i++)
        code[i] = i < REFEREE_HALFWORDS && c->code[i] ? c->code[i] : REFEREE_SVC;
    fill(REFEREE_DATA);
    fill(REFEREE_STACK);
    for (unsigned i = 0; i < 13; i++)
        referee_registers.r[i] = referee_register(i);
    referee_registers.r[0] = c->r0;
    referee_registers.r[1] = c->r1;
    referee_registers.sp = REFEREE_SP;
    referee_registers.lr = referee_register(14);
    CFSR = ~0u; /* ones clear */
    __asm__ volatile("dsb\n isb" ::: "memory");
}

static void run(uint32_t number)
{
    const struct registers *out = &referee_registers;
    uint32_t ccr = CCR;
    prepare(&referee_cases[number]);
    CCR = (ccr & ~(uint32_t)(REFEREE_UNALIGN_TRP | REFEREE_DIV_0_TRP)) | referee_cases[number].ccr;
    enter();
    CCR = ccr;
    end = line;
    add(number);
    add(out->exception);
    add(CFSR);
    add(out->pc);
    add(out->xpsr);
    add(out->sp);
    add(out->lr);
    for (unsigned i = 0; i < 13; i++)
        add(out->r[i]);
    add_memory(REFEREE_DATA);
    add_memory(REFEREE_STACK_SHOWN);
    *end++ = '\n';
    *end = 0;
    semihost(4, line); /* SYS_WRITE0 */
}

void reset(void)
{
    for (uint32_t i = 0; i < referee_case_count; i++)
        run(i);
    semihost(0x18, (const void *)0x20026); /* SYS_EXIT, ADP_Stopped_ApplicationExit */
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    main_stack + sizeof main_stack,
    reset,
    handler,
    handler,
    handler,
    handler,
    handler,
    NULL,
    NULL,
    NULL,
    NULL,
    handler,
    handler,
    NULL,
    handler,
    handler,
};
