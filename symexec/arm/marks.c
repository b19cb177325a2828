/* Marks on halfwords of code and of the image: what is known of each, and which bytes were fetched or loaded. They outlive
 * paths: nothing is undone. */
#include "symexec/arm/internal.h"

#include <stdlib.h>
#include <string.h>

uint8_t *arm_marks(struct arm_block *block)
{
    if (!block->marks && !(block->marks = calloc(block->size / 2, 1)))
        abort();
    return block->marks;
}

void arm_note_fetch(struct arm_state *s, size_t index, uint32_t offset, unsigned width)
{
    uint8_t *marks = arm_marks(&s->memory.blocks[index]);
    for (uint32_t at = offset; at < offset + width; at += 2)
        marks[at / 2] |= MARK_FETCHED;
}

void arm_note_load(struct arm_state *s, size_t index, uint32_t offset, unsigned width)
{
    struct arm_block *block = &s->memory.blocks[index];
    if (!(block->permissions & ARM_EXECUTE) && !term_is_const(block->base))
        return;
    for (uint32_t at = offset; at < offset + width; at++)
        arm_marks(block)[at / 2] |= (uint8_t)(MARK_LOADED << (at & 1));
}

bool arm_was_loaded(const struct arm_state *s, size_t index, uint32_t offset)
{
    const uint8_t *marks = s->memory.blocks[index].marks;
    return marks && (marks[offset / 2] & (MARK_LOADED | MARK_LOADED << 1));
}

void arm_forget_code(struct arm_state *s, size_t index)
{
    struct arm_block *block = &s->memory.blocks[index];
    if (block->marks)
        memset(block->marks, 0, block->size / 2);
}

static void add_reads(const struct arm_block *block, struct arm_ranges *reads)
{
    const uint64_t base = block->base->value;
    uint32_t from = 0, to = 0; /* the range that grows */
    for (uint32_t at = 0; at < block->size; at++) {
        if (!(block->marks[at / 2] & (MARK_FETCHED | MARK_LOADED << (at & 1))))
            continue;
        if (at > to) {
            arm_ranges_add(reads, (struct arm_range){base + from, base + to});
            from = at;
        }
        to = at + 1;
    }
    arm_ranges_add(reads, (struct arm_range){base + from, base + to});
}

void arm_add_reads(const struct arm_state *s, struct arm_ranges *reads)
{
    for (size_t i = 0; i < s->memory.count; i++)
        if (s->memory.blocks[i].marks && term_is_const(s->memory.blocks[i].base))
            add_reads(&s->memory.blocks[i], reads);
}
