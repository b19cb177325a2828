/* Inside evidence/: disassembly. */
#ifndef THUMBPROOF_LISTING_H
#define THUMBPROOF_LISTING_H

#include <stdint.h>
#include <stdio.h>

/* Prints code[first..count), one instruction a line, with byte offsets from `first`. */
void listing_print(FILE *out, const uint16_t *code, uint32_t count, uint32_t first);

#endif
