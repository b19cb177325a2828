/*
 * Branches into IT blocks. A7.7.38: "Branches into an IT block are not permitted", except by an exception return. What lies in
 * an IT block is known by reading code on from where it is entered up to where control cannot fall through, as data may
 * begin there.
 */
#include "symexec/arm/internal.h"

/* Whether a 16-bit or 32-bit instruction never goes on behind itself (A7.7.12, .20, .43, .84, .99, .185, .194). */
static bool ends_code(uint32_t word, bool wide)
{
    static const struct {
        uint32_t mask, value;
        bool wide;
    } rows[] = {
        {0xf800, 0xe000, false},        /* B T2 */
        {0xff80, 0x4700, false},        /* BX */
        {0xff87, 0x4687, false},        /* MOV to the PC */
        {0xff87, 0x4487, false},        /* ADD to the PC */
        {0xff00, 0xbd00, false},        /* POP with the PC */
        {0xff00, 0xde00, false},        /* UDF */
        {0xf800d000, 0xf0009000, true}, /* B T4 */
        {0xffd08000, 0xe8908000, true}, /* LDM with the PC */
        {0xffd08000, 0xe9108000, true}, /* LDMDB with the PC */
        {0xff70f000, 0xf850f000, true}, /* LDR to the PC */
        {0xfff0ffe0, 0xe8d0f000, true}, /* TBB, TBH */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].wide == wide && (word & rows[i].mask) == rows[i].value)
            return true;
    return false;
}

/* The halfword at `offset` if its bits are known; fields of emitted code that are symbolic count as 0. */
static bool read_halfword(struct arm_state *s, size_t index, uint32_t offset, uint32_t *halfword)
{
    const struct arm_block *block = &s->memory.blocks[index];
    if (offset + 2 > block->size || (!block->image && !block->cells[offset / 4]))
        return false;
    term t = term_extract(arm_peek(s, index, offset & ~3u), offset & 2 ? 16 : 0, 16);
    *halfword = (uint32_t)t->ones;
    return ((t->zeros | t->ones) >> 11 & 0x1f) == 0x1f;
}

static bool is_inside(struct arm_state *s, size_t index, uint32_t offset)
{
    return arm_break(s, ARM_UNPREDICTABLE, "a branch into an IT block, to offset %u of block %s", offset,
                     s->memory.blocks[index].name);
}

/* Reads on from `offset`, and marks what IT blocks contain. */
static bool read_on(struct arm_state *s, size_t index, uint32_t offset)
{
    uint8_t *marks = s->memory.blocks[index].marks;
    unsigned governed = 0; /* by the last IT instruction, from here on */
    uint32_t first, second = 0;
    while ((governed || !(marks[offset / 2] & MARK_READ)) && read_halfword(s, index, offset, &first)) {
        bool wide = first >> 11 >= 0x1d, inside = governed > 0;
        if (wide && !read_halfword(s, index, offset + 2, &second))
            second = 0;
        marks[offset / 2] |= MARK_READ;
        if (inside) {
            governed--;
            marks[offset / 2] |= MARK_INSIDE;
            if (marks[offset / 2] & MARK_ENTERED)
                return is_inside(s, index, offset);
        } else if ((first & 0xff00) == 0xbf00 && (first & 0xf)) {
            governed = 4 - (unsigned)__builtin_ctz(first & 0xf);
        }
        if (!inside && ends_code(wide ? first << 16 | second : first, wide))
            return true;
        offset += wide ? 4 : 2;
        if (offset >= s->memory.blocks[index].size)
            return true;
    }
    return true;
}

bool arm_enter(struct arm_state *s, size_t index, uint32_t offset)
{
    uint8_t *mark = &arm_marks(&s->memory.blocks[index])[offset / 2];
    if (*mark & MARK_INSIDE)
        return is_inside(s, index, offset);
    *mark |= MARK_ENTERED;
    return (*mark & MARK_READ) || read_on(s, index, offset);
}
