/* How far a JIT may be restricted and still be what the claim speaks of. */
#include "specs/specs.h"

const struct spec_limit spec_limits[SPEC_LIMITS] = {
    [SPEC_PROGRAM_SLOTS] = {"program_slots", true, 65535, "slots", "the longest program"},
    [SPEC_BRANCH_REACH] = {"branch_reach", true, 1000000, "bytes", "how far a jump reaches from its own code"},
    [SPEC_HEADROOM] = {"headroom", false, 64, "halfwords", "room that an instruction may ask for"},
    [SPEC_PRELUDE_HEADROOM] = {"prelude_headroom", false, 250, "halfwords", "room that the prelude may ask for"},
    [SPEC_STACK_BYTES] = {"stack_bytes", false, 512, "bytes", "native stack of emitted code itself"},
};

bool spec_limit_met(enum spec_limit_id id, uint32_t value)
{
    const struct spec_limit *limit = &spec_limits[id];
    return limit->at_least ? value >= limit->bound : value <= limit->bound;
}
