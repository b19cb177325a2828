/* Architectures of M-profile processors, and the processors that a model of ARMv7-M can stand for. */
#include "symexec/arm/arm.h"

#include <assert.h>
#include <string.h>

static const char *const names[] = {
    [ARM_UNKNOWN_ARCHITECTURE] = "unknown architecture",
    [ARM_V6_M] = "ARMv6-M",
    [ARM_V7_M] = "ARMv7-M",
    [ARM_V7E_M] = "ARMv7E-M",
    [ARM_V8_M_BASE] = "ARMv8-M Baseline",
    [ARM_V8_M_MAIN] = "ARMv8-M Mainline",
    [ARM_V8_1_M_MAIN] = "ARMv8.1-M Mainline",
};

static const struct {
    const char *name;
    enum arm_architecture architecture;
} cores[] = {{"cortex-m3", ARM_V7_M}, {"cortex-m4", ARM_V7E_M}, {"cortex-m7", ARM_V7E_M}};

const char *arm_architecture_name(enum arm_architecture architecture)
{
    assert((size_t)architecture < sizeof names / sizeof *names);
    return names[architecture];
}

enum arm_architecture arm_core_architecture(const char *core)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (strcmp(cores[i].name, core) == 0)
            return cores[i].architecture;
    return ARM_UNKNOWN_ARCHITECTURE;
}
