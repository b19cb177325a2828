/* Loads and stores: every rule about an access is checked here, then bytes are taken from or put into cells. */
#include "symexec/arm/internal.h"

#include <assert.h>

enum verdict { BROKEN, OUTSIDE, INSIDE };

static bool check_alignment(struct arm_state *s, term address, unsigned width)
{
    uint64_t mask = width - 1;
    bool aligned = true;
    if ((address->zeros & mask) == mask)
        return true;
    unsigned bits = width == 4 ? 2 : 1;
    if (!arm_decide(s, term_eq(term_extract(address, 0, bits), term_const(bits, 0)), &aligned))
        return false;
    return aligned || arm_break(s, ARM_UNALIGNED, "%u-byte access to an unaligned address", width);
}

/* Whether [offset, offset + width) lies in the block, as a term. `width` bytes fit in `limit` first, so that
 * nothing wraps. */
static term in_bounds(const struct arm_block *block, const struct arm_place *place, unsigned width)
{
    if (!place->symbolic) {
        uint64_t end = (uint64_t)place->offset + width;
        if (end > block->size)
            return term_truth(false);
        return block->limit ? term_ule(term_const(32, end), block->limit) : term_truth(true);
    }
    term w = term_const(32, width), inside = term_truth(true);
    if (block->size >= width)
        inside = term_ule(place->symbolic, term_const(32, block->size - width));
    else if (!block->limit)
        inside = term_truth(false);
    if (block->limit)
        inside =
            term_and(inside, term_and(term_ule(w, block->limit), term_ule(place->symbolic, term_sub(block->limit, w))));
    return inside;
}

/* Finds the place of an access and checks every rule but those about the stack. */
static enum verdict check(struct arm_state *s, term address, unsigned width, bool aligned, unsigned permission,
                          struct arm_place *place)
{
    bool inside = false;
    assert(width == 1 || width == 2 || width == 4);
    address = arm_declared(s, address, TERM_UNDEFINED, "an address");
    if (!address)
        return BROKEN;
    if (aligned && width > 1 && !check_alignment(s, address, width))
        return BROKEN;
    if (!arm_find(s, address, place))
        return OUTSIDE;
    const struct arm_block *block = &s->memory.blocks[place->block];
    if (!arm_decide(s, in_bounds(block, place, width), &inside))
        return BROKEN;
    if (!inside && place->guessed)
        return OUTSIDE;
    if (!inside) {
        if (place->symbolic)
            arm_break(s, ARM_BAD_ADDRESS, "%u bytes at a symbolic offset beyond block %s", width, block->name);
        else
            arm_break(s, ARM_BAD_ADDRESS, "%u bytes at offset %u beyond block %s", width, place->offset, block->name);
        return BROKEN;
    }
    if (!(block->permissions & permission)) {
        arm_break(s, ARM_BAD_PERMISSION, "%s block %s", permission == ARM_WRITE ? "store to" : "load from",
                  block->name);
        return BROKEN;
    }
    return INSIDE;
}

/* Offset of sp in the stack block that is accessed. */
static bool sp_offset(struct arm_state *s, size_t block, uint32_t *offset)
{
    struct arm_place sp;
    if (!s->r[ARM_SP] || !arm_find_stack(s, s->r[ARM_SP], &sp) || sp.block != block)
        return arm_break(s, ARM_BAD_SP, "access to stack %s while sp is elsewhere", s->memory.blocks[block].name);
    *offset = sp.offset;
    return true;
}

/* Bytes at a constant offset, which may straddle two words. */
static term load_cells(struct arm_state *s, size_t block, uint32_t offset, unsigned width)
{
    unsigned shift = 8 * (offset & 3), bits = 8 * width;
    term word = arm_peek(s, block, offset & ~3u);
    if (bits == 32 && shift == 0)
        return word;
    if (shift + bits <= 32)
        return term_extract(word, shift, bits);
    term next = arm_peek(s, block, (offset & ~3u) + 4);
    return term_concat(term_extract(next, 0, shift + bits - 32), term_extract(word, shift, 32 - shift));
}

/* Puts `value` at bit `shift` of the word at `offset`. */
static void insert(struct arm_state *s, size_t block, uint32_t offset, unsigned shift, term value)
{
    if (value->width < 32) {
        term word = arm_peek(s, block, offset);
        unsigned end = shift + value->width;
        if (end < 32)
            value = term_concat(term_extract(word, end, 32 - end), value);
        if (shift > 0)
            value = term_concat(value, term_extract(word, 0, shift));
    }
    undo_set_term(s->undo, &s->memory.blocks[block].cells[offset / 4], value);
}

static void store_cells(struct arm_state *s, size_t block, uint32_t offset, term value)
{
    unsigned shift = 8 * (offset & 3), room = 32 - shift;
    if (value->width <= room) {
        insert(s, block, offset & ~3u, shift, value);
        return;
    }
    insert(s, block, offset & ~3u, shift, term_extract(value, 0, room));
    insert(s, block, (offset & ~3u) + 4, 0, term_extract(value, room, value->width - room));
}

/* Memory below sp belongs to whichever interrupt comes next: another value at every read. */
static term below_sp(struct arm_state *s, const struct arm_block *block, unsigned width)
{
    char name[128];
    snprintf(name, sizeof name, "%s%s%s_below.u%u", s->owner ? s->owner : "", s->owner ? "." : "", block->name,
             s->fresh_count);
    undo_set_u32(s->undo, &s->fresh_count, s->fresh_count + 1);
    return term_extract(term_var(name, 32, TERM_UNDEFINED), 0, 8 * width);
}

/* One path for each value that a symbolic offset can have: for blocks that are small, or whose index is. */
static bool choose_offset(struct arm_state *s, struct arm_place *place, unsigned width)
{
    const struct arm_block *block = &s->memory.blocks[place->block];
    if (!arm_concretise(s, place->symbolic, &place->offset))
        return false;
    place->symbolic = NULL;
    if ((uint64_t)place->offset + width > block->size) /* the bounds were decided before: this path is infeasible */
        return arm_break(s, ARM_BAD_ADDRESS, "%u bytes at offset %u beyond block %s", width, place->offset,
                         block->name);
    return true;
}

static term load_inside(struct arm_state *s, struct arm_place *place, unsigned width)
{
    const struct arm_block *block = &s->memory.blocks[place->block];
    uint32_t sp;
    if (block->table_read) {
        /* What an entry is hides what its index depends on. */
        term at = arm_declared(s, place->symbolic ? place->symbolic : term_const(32, place->offset),
                               s->env->undeclared | TERM_UNDEFINED, "an index");
        if (!at)
            return NULL;
        term entry = block->table_read(block->table_data, at, width);
        if (!entry)
            arm_break(s, ARM_RULE_NONE, "%u bytes of block %s that are no entry of it", width, block->name);
        return entry;
    }
    if (place->symbolic && !choose_offset(s, place, width)) /* such as the offsets of a switch */
        return NULL;
    if (block->stack) {
        if (!sp_offset(s, place->block, &sp))
            return NULL;
        if (place->offset < sp)
            return below_sp(s, block, width);
    }
    arm_note_load(s, place->block, place->offset, width);
    return load_cells(s, place->block, place->offset, width);
}

term arm_load(struct arm_state *s, term address, unsigned width, bool aligned)
{
    struct arm_place place;
    switch (check(s, address, width, aligned, ARM_READ, &place)) {
    case INSIDE:
        return load_inside(s, &place, width);
    case OUTSIDE:
        if (s->env->load)
            return s->env->load(s->env->data, address, width);
        arm_break(s, ARM_BAD_ADDRESS, "%u-byte load from an address in no block", width);
        return NULL;
    case BROKEN:
        break;
    }
    return NULL;
}

static bool store_inside(struct arm_state *s, struct arm_place *place, term value)
{
    const struct arm_block *block = &s->memory.blocks[place->block];
    uint32_t sp;
    if (place->symbolic && !choose_offset(s, place, value->width / 8u))
        return false;
    if (block->stack) {
        if (!sp_offset(s, place->block, &sp))
            return false;
        if (place->offset < sp)
            return arm_break(s, ARM_BELOW_SP, "store %u bytes below sp in %s", sp - place->offset, block->name);
    }
    store_cells(s, place->block, place->offset, value);
    return true;
}

bool arm_store(struct arm_state *s, term address, unsigned width, term value, bool aligned)
{
    struct arm_place place;
    assert(value->width == 8 * width);
    switch (check(s, address, width, aligned, ARM_WRITE, &place)) {
    case INSIDE:
        return store_inside(s, &place, value);
    case OUTSIDE:
        if (s->env->store)
            return s->env->store(s->env->data, address, width, value);
        return arm_break(s, ARM_BAD_ADDRESS, "%u-byte store to an address in no block", width);
    case BROKEN:
        break;
    }
    return false;
}
