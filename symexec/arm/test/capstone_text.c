/* Capstone as text, one instruction at a time. */
#include "symexec/arm/test/capstone_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <capstone/capstone.h>

static csh handle;
static cs_insn *insn;

static void open_once(void)
{
    if (handle)
        return;
    if (cs_open(CS_ARCH_ARM, (cs_mode)(CS_MODE_THUMB | CS_MODE_MCLASS), &handle) != CS_ERR_OK)
        abort();
    insn = cs_malloc(handle);
    if (!insn)
        abort();
}

/* An IT instruction leaves its block open for the next call: no-operations close it. */
static void leave_it_block(void)
{
    static const uint8_t nops[8] = {0x00, 0xbf, 0x00, 0xbf, 0x00, 0xbf, 0x00, 0xbf};
    const uint8_t *code = nops;
    size_t left = sizeof nops;
    uint64_t address = 0;
    while (left > 0 && cs_disasm_iter(handle, &code, &left, &address, insn))
        continue;
}

bool capstone_text(uint32_t word, unsigned size, struct capstone_text *text)
{
    uint32_t first = size == 4 ? word >> 16 : word;
    const uint8_t bytes[4] = {(uint8_t)first, (uint8_t)(first >> 8), (uint8_t)word, (uint8_t)(word >> 8)};
    const uint8_t *code = bytes;
    size_t left = size;
    uint64_t address = 0;
    open_once();
    if (!cs_disasm_iter(handle, &code, &left, &address, insn) || insn->size != size)
        return false;
    snprintf(text->mnemonic, sizeof text->mnemonic, "%s", insn->mnemonic);
    snprintf(text->operands, sizeof text->operands, "%s", insn->op_str);
    if (!strncmp(text->mnemonic, "it", 2))
        leave_it_block();
    return true;
}

void capstone_text_close(void)
{
    if (!handle)
        return;
    cs_free(insn, 1);
    cs_close(&handle);
    handle = 0;
}
