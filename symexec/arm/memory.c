/* Blocks and their cells: one term for each word, made when it is first read. */
#include "symexec/arm/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t arm_add_block(struct arm_state *s, struct arm_block block)
{
    struct arm_memory *m = &s->memory;
    assert(block.size % 4 == 0 && block.base && block.base->width == 32);
    assert(s->instructions == 0 && "the undo log points into blocks, which must not move");
    struct arm_block *blocks = realloc(m->blocks, (m->count + 1) * sizeof *blocks);
    block.cells = block.size ? calloc(block.size / 4, sizeof *block.cells) : NULL;
    if (!blocks || (block.size && !block.cells))
        abort();
    block.fetched = NULL;
    block.marks = NULL;
    block.poked = false;
    if (!block.fresh)
        block.fresh = TERM_UNDEFINED;
    m->blocks = blocks;
    m->blocks[m->count] = block;
    return m->count++;
}

void arm_state_free(struct arm_state *s)
{
    for (size_t i = 0; i < s->memory.count; i++) {
        arm_forget_fetched(&s->memory.blocks[i]);
        free(s->memory.blocks[i].cells);
        free(s->memory.blocks[i].marks);
    }
    free(s->memory.blocks);
    s->memory = (struct arm_memory){0};
    free(s->decoded);
    s->decoded = NULL;
}

term arm_word(const uint8_t *b)
{
    return term_const(32, (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
}

/* An undefined stack word gets a new name each time that the stack grows over it: two frames do not share its value. */
static term fresh_word(struct arm_state *s, const struct arm_block *block, uint32_t offset)
{
    char name[128];
    const char *owner = s->owner ? s->owner : "", *dot = s->owner ? "." : "";
    if (block->stack && block->fresh == TERM_UNDEFINED) {
        snprintf(name, sizeof name, "%s%s%s_%u.u%u", owner, dot, block->name, offset, s->fresh_count);
        undo_set_u32(s->undo, &s->fresh_count, s->fresh_count + 1);
    } else {
        snprintf(name, sizeof name, "%s%s%s_%u", owner, dot, block->name, offset);
    }
    return term_var(name, 32, block->fresh);
}

term arm_peek(struct arm_state *s, size_t index, uint32_t offset)
{
    struct arm_block *block = &s->memory.blocks[index];
    assert(offset % 4 == 0 && offset < block->size);
    term *cell = &block->cells[offset / 4];
    if (!*cell && block->image)
        *cell = arm_word(&block->image[offset]); /* not logged: it is the same whenever it is read */
    else if (!*cell)
        undo_set_term(s->undo, cell, fresh_word(s, block, offset));
    return *cell;
}

/* What a load would have seen in a cell that was never written; NULL for a stack word, which has no name that it keeps. */
static term unwritten(struct arm_state *s, const struct arm_block *block, uint32_t offset)
{
    if (block->image)
        return arm_word(&block->image[offset]);
    return block->stack ? NULL : fresh_word(s, block, offset);
}

size_t arm_changes(struct arm_state *s, size_t index, size_t mark, uint32_t from, struct arm_change *changes,
                   size_t room)
{
    struct arm_block *block = &s->memory.blocks[index];
    size_t noted = 0, kept = 0, at = mark;
    const term *slot;
    term old;
    while (noted < room &&
           (slot = undo_next_term(s->undo, &at, &block->cells[from / 4], &block->cells[block->size / 4], &old))) {
        uint32_t offset = (uint32_t)(slot - block->cells) * 4;
        size_t i = 0;
        while (i < noted && changes[i].offset != offset)
            i++;
        if (i == noted)
            changes[noted++] = (struct arm_change){offset, old ? old : unwritten(s, block, offset), *slot};
    }
    for (size_t i = 0; i < noted; i++)
        if (changes[i].before != changes[i].after)
            changes[kept++] = changes[i];
    return noted == room ? room : kept;
}

void arm_poke(struct arm_state *s, size_t index, uint32_t offset, term value)
{
    struct arm_block *block = &s->memory.blocks[index];
    assert(offset % 4 == 0 && offset < block->size && value->width == 32);
    block->poked = true;
    undo_set_term(s->undo, &block->cells[offset / 4], value);
}

void arm_release_stack(struct arm_state *s, size_t index, uint32_t from, uint32_t to)
{
    struct arm_block *block = &s->memory.blocks[index];
    for (uint32_t offset = from; offset < to && offset < block->size; offset += 4)
        undo_set_term(s->undo, &block->cells[offset / 4], NULL);
}
