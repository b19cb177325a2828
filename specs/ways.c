/* The ways out of a run, as a table for whoever needs them by number. */
#include "specs/specs.h"

enum { UNTOUCHED, RETURNED, NONE = 0, KEPT = 1 };

#define WAY(constant, name, title, holds, fuel, result) [constant] = {name, title, holds, fuel, result},
const struct bpf_way bpf_ways[BPF_OUTCOMES] = {
    [BPF_NEXT] = {"next", "goes on", BPF_HOLDS_REGISTERS | BPF_HOLDS_FUEL | BPF_HOLDS_FRAME, KEPT, UNTOUCHED},
#include "specs/ways.def"
};
#undef WAY
