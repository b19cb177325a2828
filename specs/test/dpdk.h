/*
 * For test_dpdk.c: the eBPF interpreter of DPDK (Debian: librte-bpf23), opened when the test runs: the build does not
 * need it. Its compilers are left alone: the one for x86 has faults enough of its own.
 */
#ifndef THUMBPROOF_SPECS_TEST_DPDK_H
#define THUMBPROOF_SPECS_TEST_DPDK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the library is there. If not, says in `*why` what is missing. */
bool dpdk_open(const char **why);
/* A program of raw slots that gets a pointer to readable bytes in r1, or NULL if the verifier rejects it. */
struct rte_bpf *dpdk_load(const uint64_t *slots, size_t length, size_t context_size);
/* Runs the program; returns r0. */
uint64_t dpdk_run(const struct rte_bpf *program, void *context);
void dpdk_free(struct rte_bpf *program);

#endif
