/* The meaning of programs, as plainly as it can be said. Opcodes are spelled out as in RFC 9669. */
#ifndef TEST_REFERENCE_H
#define TEST_REFERENCE_H

#include "../rbpf.h"

uint32_t reference_run(const struct rbpf_insn *prog, struct rbpf *vm);

#endif
