/*
 * No two programs of an engine share an address: what unicorn 2.0.1 has translated of the first can
 * crash it on the second, even after uc_ctl_remove_cache. So each program gets pages of its own,
 * and when all pages are used, a new engine is opened, which takes longer than most programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <unicorn/unicorn.h>

#include "machine.h"

enum {
    CODE_BASE = 0x20000000,
    CODE_BYTES = 0x1000000,
    PAGE_BYTES = 0x1000,
    VM_BASE = 0x30000000,
    STACK_BASE = 0x30010000,
    STACK_BYTES = 0x1000,
    ROUTINE_BASE = 0x08004000, /* where machine_routines lie, 4 bytes each */
    RETURN_TO = 0x1000,        /* never mapped: reaching it ends the run */
    SAVED = 8,                 /* r4 to r11 */
};

struct machine {
    uc_engine *uc;
    uc_hook routine_hook, block_hook;
    uint32_t used;          /* of CODE_BYTES, whole pages */
    uint64_t blocks_left;   /* basic blocks that may run; 0 stops the run */
    const char *wrong_call; /* what was wrong with a call of a routine, or NULL */
};

#define ROUTINE(number) ((jit_routine_fn *)(uintptr_t)(ROUTINE_BASE + 4 * (number) + 1))

jit_routine_fn *const machine_routines[JIT_ROUTINES] = {ROUTINE(0), ROUTINE(1), ROUTINE(2),
                                                        ROUTINE(3)};

static void set(struct machine *m, int reg, uint32_t value)
{
    assert_int_equal(uc_reg_write(m->uc, reg, &value), UC_ERR_OK);
}

static uint32_t get(struct machine *m, int reg)
{
    uint32_t value = 0;

    assert_int_equal(uc_reg_read(m->uc, reg, &value), UC_ERR_OK);
    return value;
}

static uint64_t get_pair(struct machine *m, int reg)
{
    return get(m, reg) | (uint64_t)get(m, reg + 1) << 32;
}

/*
 * A routine was called: run the host's, leave nothing of what a callee may change, and return. The
 * bx lr that lies there is what the emulator then executes. A failure is only noted, as cmocka's
 * would jump out of the engine.
 */
static void enter_routine(uc_engine *uc, uint64_t address, uint32_t size, void *data)
{
    struct machine *m = data;
    static const uint8_t trash[64] = {0xee};
    uint32_t sp = get(m, UC_ARM_REG_SP);
    uint64_t r = jit_routines[(address - ROUTINE_BASE) / 4](get_pair(m, UC_ARM_REG_R0),
                                                            get_pair(m, UC_ARM_REG_R2));

    (void)size;
    if (sp % 8 != 0)
        m->wrong_call = "sp is no multiple of 8 at a call";
    if (uc_mem_write(uc, sp - sizeof trash, trash, sizeof trash) != UC_ERR_OK)
        m->wrong_call = "sp is not in the stack at a call";
    set(m, UC_ARM_REG_R0, (uint32_t)r);
    set(m, UC_ARM_REG_R1, (uint32_t)(r >> 32));
    set(m, UC_ARM_REG_R2, 0xbad00002);
    set(m, UC_ARM_REG_R3, 0xbad00003);
    set(m, UC_ARM_REG_R12, 0xbad0000c);
    set(m, UC_ARM_REG_APSR, (uint32_t)r << 28);
}

/*
 * Code that does not end is stopped. Blocks are counted, not instructions by the count of
 * uc_emu_start, as that takes twice the time.
 */
static void enter_block(uc_engine *uc, uint64_t address, uint32_t size, void *data)
{
    struct machine *m = data;

    (void)address;
    (void)size;
    if (m->blocks_left == 0 || --m->blocks_left == 0)
        uc_emu_stop(uc);
}

static void open_engine(struct machine *m)
{
    m->used = 0;
    assert_int_equal(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &m->uc), UC_ERR_OK);
    assert_int_equal(uc_ctl_set_cpu_model(m->uc, UC_CPU_ARM_CORTEX_M3), UC_ERR_OK);
    assert_int_equal(uc_mem_map(m->uc, CODE_BASE, CODE_BYTES, UC_PROT_ALL), UC_ERR_OK);
    assert_int_equal(uc_mem_map(m->uc, VM_BASE, 0x1000, UC_PROT_READ | UC_PROT_WRITE), UC_ERR_OK);
    assert_int_equal(uc_mem_map(m->uc, STACK_BASE, STACK_BYTES, UC_PROT_READ | UC_PROT_WRITE),
                     UC_ERR_OK);

    static const uint16_t bx_lr[2 * JIT_ROUTINES] = {0x4770, 0, 0x4770, 0, 0x4770, 0, 0x4770, 0};
    assert_int_equal(uc_mem_map(m->uc, ROUTINE_BASE, 0x1000, UC_PROT_READ | UC_PROT_EXEC),
                     UC_ERR_OK);
    assert_int_equal(uc_mem_write(m->uc, ROUTINE_BASE, bx_lr, sizeof bx_lr), UC_ERR_OK);
    assert_int_equal(uc_hook_add(m->uc, &m->routine_hook, UC_HOOK_CODE, enter_routine, m,
                                 ROUTINE_BASE, ROUTINE_BASE + sizeof bx_lr - 1),
                     UC_ERR_OK);
    assert_int_equal(uc_hook_add(m->uc, &m->block_hook, UC_HOOK_BLOCK, enter_block, m, 1, 0),
                     UC_ERR_OK); /* anywhere */
}

struct machine *machine_new(void)
{
    struct machine *m = calloc(1, sizeof *m);

    assert_non_null(m);
    open_engine(m);
    return m;
}

void machine_free(struct machine *m)
{
    uc_close(m->uc);
    free(m);
}

/* The address of the code, where nothing else was or will be. */
static uint32_t place(struct machine *m, const uint16_t *code, uint32_t bytes)
{
    uint32_t pages = (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1u);

    assert_true(pages <= CODE_BYTES);
    if (pages > CODE_BYTES - m->used) {
        assert_int_equal(uc_close(m->uc), UC_ERR_OK);
        open_engine(m);
    }
    uint32_t address = CODE_BASE + m->used;
    m->used += pages;
    assert_int_equal(uc_mem_write(m->uc, address, code, bytes), UC_ERR_OK);
    return address;
}

/*
 * More blocks than right code enters: each of its instructions may begin one, as may each return
 * from a routine, and all of them again after each taken backward jump.
 */
static uint64_t too_many_blocks(uint32_t halfwords, uint32_t fuel)
{
    return ((uint64_t)fuel + 1) * (2 * halfwords + 1);
}

/* struct tp_vm has only fixed-width fields: the same bytes on the host and on the target. */
uint32_t machine_call(struct machine *m, const uint16_t *code, uint32_t halfwords, struct tp_vm *vm)
{
    uint32_t sp = STACK_BASE + STACK_BYTES - 8;
    uint32_t address = place(m, code, halfwords * 2);
    uint64_t limit = too_many_blocks(halfwords, vm->fuel);

    assert_int_equal(uc_mem_write(m->uc, VM_BASE, vm, sizeof *vm), UC_ERR_OK);
    for (int i = 0; i <= 12; i++)
        set(m, UC_ARM_REG_R0 + i, 0xdead0000u + (uint32_t)i);
    set(m, UC_ARM_REG_R0, VM_BASE);
    set(m, UC_ARM_REG_SP, sp);
    set(m, UC_ARM_REG_LR, RETURN_TO | 1);
    m->wrong_call = NULL;
    m->blocks_left = limit;

    uc_err error = uc_emu_start(m->uc, address | 1, RETURN_TO, 0, 0);
    uint32_t pc = get(m, UC_ARM_REG_PC);
    if (error != UC_ERR_OK)
        fail_msg("%s at byte %#x of the code", uc_strerror(error), pc - address);
    if (m->blocks_left == 0)
        fail_msg("the code does not end: byte %#x of %#x after %llu basic blocks, fuel %u",
                 pc - address, halfwords * 2, (unsigned long long)limit, vm->fuel);
    assert_int_equal(pc, RETURN_TO);
    if (m->wrong_call)
        fail_msg("%s", m->wrong_call);

    assert_int_equal(get(m, UC_ARM_REG_SP), sp);
    for (int i = 4; i < 4 + SAVED; i++)
        assert_int_equal(get(m, UC_ARM_REG_R0 + i), 0xdead0000u + (uint32_t)i);

    assert_int_equal(uc_mem_read(m->uc, VM_BASE, vm, sizeof *vm), UC_ERR_OK);
    return get(m, UC_ARM_REG_R0);
}
