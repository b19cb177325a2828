/* Capstone as text, one instruction at a time: it keeps no IT state from one call to the next. */
#include "symexec/arm/test/capstone_text.h"

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
    strncpy(text->mnemonic, insn->mnemonic, sizeof text->mnemonic - 1);
    strncpy(text->operands, insn->op_str, sizeof text->operands - 1);
    text->mnemonic[sizeof text->mnemonic - 1] = text->operands[sizeof text->operands - 1] = 0;
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
