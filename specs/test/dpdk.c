/* DPDK's interpreter by its binary interface, version 23 (DPDK 22.11). */
#include "specs/test/dpdk.h"

#include <dlfcn.h>
#include <string.h>

#define LIBRARY "librte_bpf.so.23"

enum { ARGUMENT_POINTER = 0x10, LOG_EMERGENCY = 1 };

struct argument {
    int type;
    size_t size, buffer_size;
};

struct parameters {
    const uint64_t *slots;
    uint32_t length;
    const void *symbols;
    uint32_t symbol_count;
    struct argument argument;
};

static struct {
    struct rte_bpf *(*load)(const struct parameters *parameters);
    uint64_t (*execute)(const struct rte_bpf *program, void *context);
    void (*destroy)(struct rte_bpf *program);
    void (*set_log_level)(uint32_t level);
} dpdk;

static const struct {
    const char *name;
    void *function; /* where the pointer goes */
} symbols[] = {
    {"rte_bpf_load", &dpdk.load},
    {"rte_bpf_exec", &dpdk.execute},
    {"rte_bpf_destroy", &dpdk.destroy},
    {"rte_log_set_global_level", &dpdk.set_log_level},
};

bool dpdk_open(const char **why)
{
    void *library = dlopen(LIBRARY, RTLD_NOW);
    *why = LIBRARY " is missing (Debian: apt-get install librte-bpf23)";
    if (!library)
        return false;
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *address = dlsym(library, symbols[i].name);
        *why = symbols[i].name;
        if (!address)
            return false;
        memcpy(symbols[i].function, &address, sizeof address); /* ISO C has no cast from object to function pointer */
    }
    dpdk.set_log_level(LOG_EMERGENCY); /* rejections are results here */
    return true;
}

struct rte_bpf *dpdk_load(const uint64_t *slots, size_t length, size_t context_size)
{
    const struct parameters parameters = {
        .slots = slots, .length = (uint32_t)length, .argument = {.type = ARGUMENT_POINTER, .size = context_size}};
    return dpdk.load(&parameters);
}

uint64_t dpdk_run(const struct rte_bpf *program, void *context)
{
    return dpdk.execute(program, context);
}

void dpdk_free(struct rte_bpf *program)
{
    dpdk.destroy(program);
}
