/* Entering compiled code. */
#include "tp_vm.h"

typedef uint32_t entry_fn(struct tp_vm *vm);

/*
 * Code that was just written must have reached memory, and nothing of it may have been fetched
 * earlier: DSB and ISB, DDI 0403E A3.7.3. Bit 0 of the address selects Thumb state.
 */
uint32_t tp_run(struct tp_vm *vm, const uint16_t *code)
{
#if defined(__arm__)
    __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
    return ((entry_fn *)((uintptr_t)code | 1))(vm);
}
