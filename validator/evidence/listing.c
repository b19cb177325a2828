/* Disassembly for people, by capstone. Apart from the rest because capstone has names of its own for Arm things. */
#include "validator/evidence/listing.h"

#include <capstone/capstone.h>

#include <inttypes.h>
#include <string.h>

void listing_print(FILE *out, const uint16_t *code, uint32_t count, uint32_t first)
{
    csh handle;
    cs_insn *insns;
    const uint32_t shown = 24; /* instructions */
    if (count <= first || cs_open(CS_ARCH_ARM, (cs_mode)(CS_MODE_THUMB | CS_MODE_MCLASS), &handle) != CS_ERR_OK)
        return;
    size_t found = cs_disasm(handle, (const uint8_t *)(code + first), 2 * (size_t)(count - first), 0, shown, &insns);
    fputs("    emitted code:\n", out);
    for (size_t i = 0; i < found; i++) {
        uint16_t halves[2] = {0, 0};
        memcpy(halves, insns[i].bytes, insns[i].size);
        fprintf(out, "      +%-3" PRIu64 " %04x ", insns[i].address, halves[0]);
        fprintf(out, insns[i].size == 4 ? "%04x" : "    ", halves[1]);
        fprintf(out, "  %s %s\n", insns[i].mnemonic, insns[i].op_str);
    }
    if (found)
        cs_free(insns, found);
    cs_close(&handle);
}
