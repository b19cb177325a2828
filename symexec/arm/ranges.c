/* Sets of addresses: ranges in order, no two of which meet. */
#include "symexec/arm/arm.h"

#include <stdlib.h>
#include <string.h>

/* The first range that ends at `address` or later. */
static size_t first_behind(const struct arm_ranges *set, uint64_t address)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set->items[middle].to < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Replaces `count` ranges at `at` by one. */
static void replace(struct arm_ranges *set, size_t at, size_t count, struct arm_range range)
{
    if (count == 0 && set->count == set->room) {
        set->room = set->room ? 2 * set->room : 64;
        set->items = realloc(set->items, set->room * sizeof *set->items);
        if (!set->items)
            abort();
    }
    struct arm_range *place = &set->items[at];
    memmove(place + 1, place + count, (set->count - at - count) * sizeof *place);
    *place = range;
    set->count += 1 - count;
}

void arm_ranges_add(struct arm_ranges *set, struct arm_range range)
{
    size_t at = first_behind(set, range.from), end = at;
    if (range.from >= range.to)
        return;
    for (; end < set->count && set->items[end].from <= range.to; end++) {
        if (set->items[end].from < range.from)
            range.from = set->items[end].from;
        if (set->items[end].to > range.to)
            range.to = set->items[end].to;
    }
    replace(set, at, end - at, range);
}

void arm_ranges_add_all(struct arm_ranges *set, const struct arm_ranges *other)
{
    for (size_t i = 0; i < other->count; i++)
        arm_ranges_add(set, other->items[i]);
}

void arm_ranges_free(struct arm_ranges *set)
{
    free(set->items);
    *set = (struct arm_ranges){0};
}
