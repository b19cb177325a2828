/*
 * Homes: where the words of BPF registers live, and how an emitter reaches them.
 *
 * An emitter that changes a word takes it with jit_use, works on the register it got, and hands it
 * back with jit_commit. One that only overwrites a word starts from jit_place instead. All of these
 * keep the flags, except jit_set. A word goes from register to register by jit_assign and jit_copy.
 */
#include "jit.h"

#define SLOT(number) (JIT_SLOT + (number))

/*
 * r0 to r5 carry arguments and results and so are the busiest: their low words get the registers
 * that 16-bit encodings reach. High words are mostly 0 or a sign and live in the frame.
 */
const struct jit_home jit_homes_default[JIT_REGISTERS] = {
    {2, SLOT(0)},         /* r0 */
    {3, SLOT(1)},         /* r1 */
    {4, SLOT(2)},         /* r2 */
    {5, SLOT(3)},         /* r3 */
    {6, SLOT(4)},         /* r4 */
    {7, SLOT(5)},         /* r5 */
    {8, SLOT(6)},         /* r6 */
    {SLOT(7), SLOT(8)},   /* r7 */
    {SLOT(9), SLOT(10)},  /* r8 */
    {SLOT(11), SLOT(12)}, /* r9 */
    {SLOT(13), SLOT(14)}, /* r10 */
};

/* The register that holds the word; a slot is loaded into scratch. */
uint32_t jit_use(struct jit *j, uint32_t word, uint32_t scratch)
{
    JIT_ASSERT(jit_is_home(word) && thumb_is_register(scratch));
    if (word < JIT_SLOT)
        return word;
    return thumb_ldr_sp(j, scratch, word - JIT_SLOT);
}

/* The register in which to build a new value of the word. */
uint32_t jit_place(uint32_t word, uint32_t scratch)
{
    JIT_ASSERT(jit_is_home(word) && thumb_is_register(scratch));
    return word < JIT_SLOT ? word : scratch;
}

/* reg, from jit_use or jit_place, is the new value of the word. */
void jit_commit(struct jit *j, uint32_t word, uint32_t reg)
{
    JIT_ASSERT(jit_is_home(word));
    JIT_ASSERT(word >= JIT_SLOT || reg == word);
    if (word >= JIT_SLOT)
        thumb_str_sp(j, reg, word - JIT_SLOT);
}

/* word = reg, any register. */
void jit_assign(struct jit *j, uint32_t word, uint32_t reg)
{
    JIT_ASSERT(jit_is_home(word));
    if (word < JIT_SLOT)
        thumb_mov_reg(j, word, reg);
    else
        jit_commit(j, word, reg);
}

void jit_copy(struct jit *j, uint32_t to, uint32_t from)
{
    if (to < JIT_SLOT && from < JIT_SLOT)
        thumb_mov_reg(j, to, from);
    else if (to < JIT_SLOT)
        thumb_ldr_sp(j, to, from - JIT_SLOT);
    else
        thumb_str_sp(j, jit_use(j, from, JIT_SCRATCH_0), to - JIT_SLOT);
}

void jit_set(struct jit *j, uint32_t word, uint32_t value)
{
    uint32_t reg = jit_place(word, JIT_SCRATCH_0);

    jit_load(j, reg, value);
    jit_commit(j, word, reg);
}

/* Words of frame that the homes need: one more than the highest slot. */
uint32_t jit_slots(const struct jit_home *homes)
{
    uint32_t end = JIT_SLOT;

    for (uint32_t i = 0; i < JIT_REGISTERS; i++) {
        if (homes[i].lo >= end)
            end = homes[i].lo + 1u;
        if (homes[i].hi >= end)
            end = homes[i].hi + 1u;
    }
    return end - JIT_SLOT;
}
