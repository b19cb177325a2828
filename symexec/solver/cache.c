/* Answers remembered by a key: a sorted or ordered list of term ids. */
#include "symexec/solver/internal.h"

#include <stdlib.h>
#include <string.h>

struct cache_entry {
    uint32_t *key; /* NULL = free */
    size_t length;
    uint64_t hash;
    struct answer answer;
};

static uint64_t hash(const uint32_t *key, size_t length)
{
    uint64_t h = length;
    for (size_t i = 0; i < length; i++) {
        h = (h ^ key[i]) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 29;
    }
    return h;
}

const struct answer *cache_find(const struct cache *cache, const uint32_t *key, size_t length)
{
    if (!cache->room)
        return NULL;
    uint64_t h = hash(key, length);
    for (size_t at = h & (cache->room - 1); cache->entries[at].key; at = (at + 1) & (cache->room - 1)) {
        const struct cache_entry *e = &cache->entries[at];
        if (e->hash == h && e->length == length && memcmp(e->key, key, length * sizeof *key) == 0)
            return &e->answer;
    }
    return NULL;
}

static void place(struct cache *cache, struct cache_entry entry)
{
    size_t at = entry.hash & (cache->room - 1);
    while (cache->entries[at].key)
        at = (at + 1) & (cache->room - 1);
    cache->entries[at] = entry;
}

void cache_add(struct cache *cache, const uint32_t *key, size_t length, struct answer answer)
{
    if (2 * cache->count >= cache->room) {
        struct cache old = *cache;
        cache->room = old.room ? 2 * old.room : 1024;
        cache->entries = calloc(cache->room, sizeof *cache->entries);
        if (!cache->entries)
            abort();
        for (size_t i = 0; i < old.room; i++)
            if (old.entries[i].key)
                place(cache, old.entries[i]);
        free(old.entries);
    }
    uint32_t *copy = malloc((length + 1) * sizeof *copy);
    if (!copy)
        abort();
    memcpy(copy, key, length * sizeof *key);
    place(cache, (struct cache_entry){copy, length, hash(key, length), answer});
    cache->count++;
}

void cache_free(struct cache *cache)
{
    for (size_t i = 0; i < cache->room; i++)
        free(cache->entries[i].key);
    free(cache->entries);
    *cache = (struct cache){0};
}
