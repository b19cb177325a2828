/* The store: an arena of nodes, one hash table over them, and the table of variables. */
#include "symexec/term/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20, RECENT = 1 << 12 };

static struct {
    struct term **slots; /* open addressing, power of two */
    size_t room, count, bytes;
    struct chunk {
        struct chunk *next;
        size_t size;
        char bytes[];
    } * chunks, *current; /* the arena: all chunks, and the one that is being filled */
    size_t used;          /* of the current one */
    term truth[2];
    term recent[RECENT]; /* constants, by a hash of value and width */
} store;

uint64_t term_mask(unsigned width)
{
    return width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1;
}

size_t term_count(void)
{
    return store.count;
}

size_t term_bytes(void)
{
    return store.bytes;
}

void *store_checked(void *memory)
{
    if (!memory) {
        fputs("thumbproof: out of memory\n", stderr);
        abort();
    }
    return memory;
}

/* The next chunk with room for `size` bytes: one that a reset left behind, or a new one. */
static void next_chunk(size_t size)
{
    struct chunk **end = store.current ? &store.current->next : &store.chunks;
    store.used = 0;
    if (!*end || (*end)->size < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        struct chunk *chunk = store_checked(malloc(sizeof *chunk + room));
        *chunk = (struct chunk){*end, room};
        *end = chunk;
        store.bytes += room;
    }
    store.current = *end;
}

static void *arena(size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (!store.current || size > store.current->size - store.used)
        next_chunk(size);
    void *memory = store.current->bytes + store.used;
    store.used += size;
    return memory;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

static uint64_t hash_name(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}

static void grow(void)
{
    size_t room = store.room ? 2 * store.room : 1 << 12;
    struct term **slots = store_checked(calloc(room, sizeof(struct term *)));
    for (size_t i = 0; i < store.room; i++) {
        struct term *t = store.slots[i];
        if (!t)
            continue;
        size_t at = t->hash & (room - 1);
        while (slots[at])
            at = (at + 1) & (room - 1);
        slots[at] = t;
    }
    store.bytes += (room - store.room) * sizeof *slots;
    free(store.slots);
    store.slots = slots;
    store.room = room;
}

static bool same(const struct term *t, enum term_op op, unsigned width, uint64_t value, uint32_t nargs,
                 const term *args, const uint64_t *coef)
{
    if (t->op != op || t->width != width || t->value != value || t->nargs != nargs)
        return false;
    for (uint32_t i = 0; i < nargs; i++)
        if (t->args[i] != args[i] || (coef && t->coef[i] != coef[i]))
            return false;
    return true;
}

/* Finds or makes a node. For variables `seed` is the hash of the name, so that hashes do not depend on creation
 * order. */
static term intern(enum term_op op, unsigned width, uint64_t value, uint32_t nargs, const term *args,
                   const uint64_t *coef, uint64_t seed, unsigned classes)
{
    assert(width >= 1 && width <= 64);
    uint64_t hash = mix(mix(seed, op), width);
    for (uint32_t i = 0; i < nargs; i++)
        hash = mix(coef ? mix(hash, coef[i]) : hash, args[i]->hash);
    if (2 * store.count >= store.room)
        grow();
    size_t at = hash & (store.room - 1);
    for (; store.slots[at]; at = (at + 1) & (store.room - 1))
        if (store.slots[at]->hash == hash && same(store.slots[at], op, width, value, nargs, args, coef))
            return store.slots[at];

    struct term *t = arena(sizeof *t);
    term *own_args = nargs ? arena(nargs * sizeof *own_args) : NULL;
    uint64_t *own_coef = coef ? arena(nargs * sizeof *own_coef) : NULL;
    *t = (struct term){.op = (uint8_t)op,
                       .width = (uint8_t)width,
                       .nargs = nargs,
                       .hash = hash,
                       .value = value,
                       .id = (uint32_t)store.count,
                       .args = own_args,
                       .coef = own_coef,
                       .classes = (uint8_t)classes};
    for (uint32_t i = 0; i < nargs; i++) {
        own_args[i] = args[i];
        if (coef)
            own_coef[i] = coef[i];
        t->classes |= args[i]->classes;
        if (args[i]->depth >= t->depth)
            t->depth = args[i]->depth + 1;
    }
    known_bits(t);
    store.slots[at] = t;
    store.count++;
    return t;
}

term store_node(enum term_op op, unsigned width, uint64_t value, uint32_t nargs, const term *args, const uint64_t *coef)
{
    return intern(op, width, value, nargs, args, coef, value, 0);
}

term store_node1(enum term_op op, unsigned width, uint64_t value, term a)
{
    return store_node(op, width, value, 1, &a, NULL);
}

term store_node2(enum term_op op, unsigned width, term a, term b)
{
    return store_node(op, width, 0, 2, (term[]){a, b}, NULL);
}

/* Most nodes that are asked for are constants, and most of these were asked for a moment ago. */
term term_const(unsigned width, uint64_t value)
{
    value &= term_mask(width);
    term *recent = &store.recent[(value * UINT64_C(0x9e3779b97f4a7c15) >> 52 ^ width) % RECENT];
    if (!*recent || (*recent)->value != value || (*recent)->width != width)
        *recent = intern(TERM_CONST, width, value, 0, NULL, NULL, value, 0);
    return *recent;
}

/* Variables by name: a second table, since a node's payload is the variable's index. */
static struct {
    uint32_t *slots; /* index + 1; open addressing, power of two */
    size_t room;
    char **names; /* by index */
    term *nodes;  /* by index */
    size_t count, name_room;
} variables;

static void grow_names(void)
{
    size_t room = variables.name_room ? 2 * variables.name_room : 256;
    variables.names = store_checked(realloc(variables.names, room * sizeof *variables.names));
    variables.nodes = store_checked(realloc(variables.nodes, room * sizeof *variables.nodes));
    free(variables.slots);
    variables.room = 4 * room;
    variables.slots = store_checked(calloc(variables.room, sizeof *variables.slots));
    variables.name_room = room;
    for (size_t i = 0; i < variables.count; i++) {
        size_t at = hash_name(variables.names[i]) & (variables.room - 1);
        while (variables.slots[at])
            at = (at + 1) & (variables.room - 1);
        variables.slots[at] = (uint32_t)i + 1;
    }
}

term term_var(const char *name, unsigned width, enum term_class class)
{
    uint64_t hash = hash_name(name);
    if (variables.count == variables.name_room)
        grow_names();
    size_t at = hash & (variables.room - 1);
    for (; variables.slots[at]; at = (at + 1) & (variables.room - 1)) {
        uint32_t index = variables.slots[at] - 1;
        if (strcmp(variables.names[index], name) == 0) {
            assert(variables.nodes[index]->width == width && variables.nodes[index]->classes == class);
            return variables.nodes[index];
        }
    }
    size_t size = strlen(name) + 1;
    char *copy = arena(size);
    memcpy(copy, name, size);
    size_t index = variables.count++;
    variables.slots[at] = (uint32_t)index + 1;
    variables.names[index] = copy;
    variables.nodes[index] = intern(TERM_VAR, width, index, 0, NULL, NULL, hash, class);
    return variables.nodes[index];
}

term term_truth(bool value)
{
    if (!store.truth[value])
        store.truth[value] = term_const(1, value);
    return store.truth[value];
}

/* Memory stays with the store: what comes next is as large, and pages that were touched are cheap. */
void term_reset(void)
{
    if (store.slots)
        memset(store.slots, 0, store.room * sizeof *store.slots);
    if (variables.slots)
        memset(variables.slots, 0, variables.room * sizeof *variables.slots);
    variables.count = 0;
    store.count = 0;
    store.current = NULL;
    store.used = 0;
    store.truth[0] = store.truth[1] = NULL;
    memset(store.recent, 0, sizeof store.recent);
    audit_reset();
}

const char *term_name(term t)
{
    assert(t->op == TERM_VAR);
    return variables.names[t->value];
}
