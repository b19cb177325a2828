/* The inside of an ELF image, for the files that read one. */
#ifndef THUMBPROOF_ARM_IMAGE_H
#define THUMBPROOF_ARM_IMAGE_H

#include "symexec/arm/arm.h"

#include <elfutils/libdw.h>
#include <gelf.h>

struct arm_image {
    char *path;
    Elf *elf;                          /* elf.c opens and closes it; the whole file is in memory */
    Elf_Data *symbols;                 /* NULL if there are none */
    size_t symbol_count, symbol_names; /* and the section of their names */
    struct arm_segment_image {
        uint32_t address, size; /* multiples of 4 */
        uint32_t used;          /* bytes that are not padding at the end */
        uint8_t *bytes;
        bool writable; /* whoever ran before may have changed it */
        char name[24];
    } * segments;
    size_t segment_count;
    Dwarf *dwarf; /* NULL if there is no debug information */
};

#endif
