/* Capstone as text, one instruction at a time. */
#include "symexec/arm/test/capstone_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <capstone/capstone.h>

/* A disassembler, opened at first use. */
struct session {
    cs_mode extra;
    csh handle;
    cs_insn *insn;
};
static struct session base = {.extra = (cs_mode)0}, v8 = {.extra = CS_MODE_V8};

static void open_once(struct session *s)
{
    if (s->handle)
        return;
    if (cs_open(CS_ARCH_ARM, (cs_mode)(CS_MODE_THUMB | CS_MODE_MCLASS | (int)s->extra), &s->handle) != CS_ERR_OK)
        abort();
    s->insn = cs_malloc(s->handle);
    if (!s->insn)
        abort();
}

/* An IT instruction leaves its block open for the next call: no-operations close it. */
static void leave_it_block(struct session *s)
{
    static const uint8_t nops[8] = {0x00, 0xbf, 0x00, 0xbf, 0x00, 0xbf, 0x00, 0xbf};
    const uint8_t *code = nops;
    size_t left = sizeof nops;
    uint64_t address = 0;
    while (left > 0 && cs_disasm_iter(s->handle, &code, &left, &address, s->insn))
        continue;
}

static bool disassemble(struct session *s, uint32_t word, unsigned size, struct capstone_text *text)
{
    uint32_t first = size == 4 ? word >> 16 : word;
    const uint8_t bytes[4] = {(uint8_t)first, (uint8_t)(first >> 8), (uint8_t)word, (uint8_t)(word >> 8)};
    const uint8_t *code = bytes;
    size_t left = size;
    uint64_t address = 0;
    open_once(s);
    if (!cs_disasm_iter(s->handle, &code, &left, &address, s->insn) || s->insn->size != size)
        return false;
    snprintf(text->mnemonic, sizeof text->mnemonic, "%s", s->insn->mnemonic);
    snprintf(text->operands, sizeof text->operands, "%s", s->insn->op_str);
    if (!strncmp(text->mnemonic, "it", 2))
        leave_it_block(s);
    return true;
}

bool capstone_text(uint32_t word, unsigned size, struct capstone_text *text)
{
    return disassemble(&base, word, size, text);
}

bool capstone_text_v8(uint32_t word, unsigned size, struct capstone_text *text)
{
    return disassemble(&v8, word, size, text);
}

static void close_session(struct session *s)
{
    if (!s->handle)
        return;
    cs_free(s->insn, 1);
    cs_close(&s->handle);
    s->handle = 0;
}

void capstone_text_close(void)
{
    close_session(&base);
    close_session(&v8);
}
