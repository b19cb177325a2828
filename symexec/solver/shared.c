/*
 * Answers that workers share: a table in memory that all of them map, made before they are forked.
 *
 * A query is known by the SHA-256 of its text, which is a function of its structure and of the names of its variables;
 * so equal queries of different obligations meet, whoever asks first. An answer that is found counts like one that was
 * computed: with the same steps.
 */
#include "symexec/solver/internal.h"

#include <sha256.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ENTRIES = 1 << 16, PROBES = 32 };

enum state { EMPTY, BEING_WRITTEN, READY };

struct solver_shared {
    struct shared_entry {
        _Atomic uint32_t state;
        uint8_t key[SHA256_DIGEST_LENGTH];
        struct answer answer;
    } entries[ENTRIES];
};

struct solver_shared *solver_shared_open(void)
{
    void *memory = mmap(NULL, sizeof(struct solver_shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void solver_shared_close(struct solver_shared *shared)
{
    if (shared)
        munmap(shared, sizeof *shared);
}

void shared_key(const char *kind, struct hypotheses h, term goal, struct shared_key *key)
{
    char *text = NULL;
    size_t size = 0;
    SHA2_CTX hash;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    fprintf(out, "%s\n", kind);
    term_print_smt2(out, h.items, h.count, goal);
    fclose(out);
    SHA256Init(&hash);
    SHA256Update(&hash, (const uint8_t *)text, size);
    SHA256Final(key->digest, &hash);
    free(text);
}

static size_t first_probe(const struct shared_key *key)
{
    size_t at;
    memcpy(&at, key->digest, sizeof at);
    return at;
}

bool shared_find(struct solver_shared *shared, const struct shared_key *key, struct answer *answer)
{
    for (size_t i = 0, at = first_probe(key); shared && i < PROBES; i++, at++) {
        struct shared_entry *e = &shared->entries[at % ENTRIES];
        uint32_t state = atomic_load_explicit(&e->state, memory_order_acquire);
        if (state == EMPTY)
            return false;
        if (state == READY && memcmp(e->key, key->digest, sizeof e->key) == 0) {
            *answer = e->answer;
            return true;
        }
    }
    return false;
}

void shared_add(struct solver_shared *shared, const struct shared_key *key, struct answer answer)
{
    for (size_t i = 0, at = first_probe(key); shared && i < PROBES; i++, at++) {
        struct shared_entry *e = &shared->entries[at % ENTRIES];
        uint32_t empty = EMPTY;
        if (!atomic_compare_exchange_strong(&e->state, &empty, BEING_WRITTEN))
            continue;
        memcpy(e->key, key->digest, sizeof e->key);
        e->answer = answer;
        atomic_store_explicit(&e->state, READY, memory_order_release);
        return;
    }
}
