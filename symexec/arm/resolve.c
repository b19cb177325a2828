/* From an address to a place: the block whose base the linear normal form of the address holds, and the offset. */
#include "symexec/arm/internal.h"

static bool find_constant(const struct arm_memory *m, uint32_t address, struct arm_place *place)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct arm_block *block = &m->blocks[i];
        if (block->base->op == TERM_CONST && address - (uint32_t)block->base->value < block->size) {
            *place = (struct arm_place){.block = i, .offset = address - (uint32_t)block->base->value};
            return true;
        }
    }
    return false;
}

/* The block whose symbolic base is `atom`. */
static bool find_base(const struct arm_memory *m, term atom, size_t *block)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->blocks[i].base == atom) {
            *block = i;
            return true;
        }
    return false;
}

/* An address whose known bits put it into one block, such as a table of 16 words, aligned, and an index of 4 bits. */
static bool find_range(const struct arm_memory *m, term address, struct arm_place *place)
{
    struct arm_place last;
    uint32_t highest = ~(uint32_t)address->zeros;
    if (!find_constant(m, (uint32_t)address->ones, place) || !find_constant(m, highest, &last) ||
        place->block != last.block)
        return false;
    place->offset = 0;
    place->symbolic = term_sub(address, m->blocks[place->block].base);
    return true;
}

/* A sum of several addends: exactly one base, once; or none, and a constant part that points into a block. */
static bool find_sum(const struct arm_memory *m, term address, struct arm_place *place)
{
    unsigned bases = 0;
    for (uint32_t i = 0; i < address->nargs; i++) {
        size_t block;
        if ((address->args[i]->classes & TERM_PRIVATE) && find_base(m, address->args[i], &block)) {
            if (address->coef[i] != 1 || ++bases > 1)
                return false;
            place->block = block;
        }
    }
    if (bases == 0) {
        if (address->value == 0 || !find_constant(m, (uint32_t)address->value, place))
            return false;
        place->guessed = true;
    }
    place->offset = 0;
    place->symbolic = term_sub(address, m->blocks[place->block].base);
    return true;
}

bool arm_find(const struct arm_state *s, term address, struct arm_place *place)
{
    const struct arm_memory *m = &s->memory;
    if (address->op == TERM_CONST)
        return find_constant(m, (uint32_t)address->value, place);
    *place = (struct arm_place){0};
    if (address->op != TERM_SUM)
        return (address->classes & TERM_PRIVATE) ? find_base(m, address, &place->block) : find_range(m, address, place);
    if (address->nargs == 1 && address->coef[0] == 1 && find_base(m, address->args[0], &place->block)) {
        place->offset = (uint32_t)address->value;
        return true;
    }
    return find_sum(m, address, place);
}

bool arm_find_stack(const struct arm_state *s, term sp, struct arm_place *place)
{
    for (size_t i = 0; i < s->memory.count; i++) {
        const struct arm_block *block = &s->memory.blocks[i];
        if (!block->stack)
            continue;
        term offset = term_sub(sp, block->base);
        if (term_is_const(offset) && offset->value <= block->size) {
            *place = (struct arm_place){.block = i, .offset = (uint32_t)offset->value};
            return true;
        }
    }
    return false;
}

bool arm_resolve(struct arm_state *s, term address, size_t *block, term *offset)
{
    struct arm_place place;
    if (!arm_find(s, address, &place))
        return false;
    *block = place.block;
    *offset = place.symbolic ? place.symbolic : term_const(32, place.offset);
    return true;
}
