/* The undo log: old values of slots, restored in reverse. */
#include "symexec/arm/arm.h"

#include <stdlib.h>

struct undo_entry {
    void *slot;
    bool is_term;
    union {
        term term;
        uint32_t u32;
    } old;
};

static struct undo_entry *append(struct undo *log, void *slot)
{
    if (log->count == log->room) {
        size_t room = log->room ? 2 * log->room : 1024;
        struct undo_entry *entries = realloc(log->entries, room * sizeof *entries);
        if (!entries)
            abort();
        log->entries = entries;
        log->room = room;
    }
    struct undo_entry *entry = &log->entries[log->count++];
    entry->slot = slot;
    return entry;
}

void undo_set_term(struct undo *log, term *slot, term value)
{
    if (*slot == value)
        return;
    if (log) {
        struct undo_entry *entry = append(log, slot);
        entry->is_term = true;
        entry->old.term = *slot;
    }
    *slot = value;
}

void undo_set_u32(struct undo *log, uint32_t *slot, uint32_t value)
{
    if (*slot == value)
        return;
    if (log) {
        struct undo_entry *entry = append(log, slot);
        entry->is_term = false;
        entry->old.u32 = *slot;
    }
    *slot = value;
}

void undo_to(struct undo *log, size_t mark)
{
    while (log->count > mark) {
        const struct undo_entry *entry = &log->entries[--log->count];
        if (entry->is_term)
            *(term *)entry->slot = entry->old.term;
        else
            *(uint32_t *)entry->slot = entry->old.u32;
    }
}

void undo_free(struct undo *log)
{
    free(log->entries);
    *log = (struct undo){0};
}

const term *undo_next_term(const struct undo *log, size_t *at, const term *from, const term *to, term *old)
{
    while (*at < log->count) {
        const struct undo_entry *entry = &log->entries[(*at)++];
        uintptr_t slot = (uintptr_t)entry->slot;
        if (slot < (uintptr_t)from || slot >= (uintptr_t)to)
            continue;
        *old = entry->old.term;
        return entry->slot;
    }
    return NULL;
}
