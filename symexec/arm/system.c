/*
 * Instructions with an effect on the system alone: barriers, and the hints that wait, yield or talk to a debugger. To
 * the registers and to private memory each is a NOP, so a model can execute it; whether a run may is not for the model
 * to say, since a WFI can wait for ever.
 */
#include "symexec/arm/arm.h"

#include <assert.h>
#include <string.h>

static const char *const names[ARM_SYSTEM_COUNT] = {
    [ARM_DMB] = "DMB", [ARM_DSB] = "DSB",     [ARM_ISB] = "ISB", [ARM_DBG] = "DBG",
    [ARM_SEV] = "SEV", [ARM_YIELD] = "YIELD", [ARM_WFE] = "WFE", [ARM_WFI] = "WFI",
};

const char *arm_system_name(enum arm_system which)
{
    assert(which < ARM_SYSTEM_COUNT);
    return names[which];
}

enum arm_system arm_system_named(const char *name)
{
    unsigned i = 0;
    while (i < ARM_SYSTEM_COUNT && strcmp(names[i], name) != 0)
        i++;
    return i;
}
