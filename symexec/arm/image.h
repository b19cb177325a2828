/* The inside of an ELF image, for elf.c and dwarf.c. */
#ifndef THUMBPROOF_ARM_IMAGE_H
#define THUMBPROOF_ARM_IMAGE_H

#include "symexec/arm/arm.h"

struct arm_image {
    char *path;
    uint8_t *file;
    size_t file_size;
    struct arm_segment_image {
        uint32_t address, size; /* multiples of 4 */
        uint32_t used;          /* bytes that are not padding at the end */
        uint8_t *bytes;
        char name[24];
    } * segments;
    size_t segment_count;
    uint32_t symbols, symbol_count, strings, strings_size; /* offsets in the file */
    void *elf, *dwarf;                                     /* dwarf.c: libelf's and libdw's handles, opened on demand */
};

/* ---- dwarf.c ---- */

/* Closes what arm_image_member opened. */
void arm_image_forget_types(struct arm_image *image);

#endif
