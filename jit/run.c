/* Entering compiled code. */
#include "rbpf.h"

typedef uint32_t entry_fn(struct rbpf *vm);

/*
 * Code that was just written must have reached memory, and nothing of it may have been fetched
 * earlier: DSB and ISB, DDI 0403E A3.7.3. Bit 0 of the address selects Thumb state.
 */
uint32_t rbpf_run(struct rbpf *vm, const uint16_t *code)
{
#if defined(__arm__)
    __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
    return ((entry_fn *)((uintptr_t)code | 1))(vm);
}
