/* Members of structs, from the debug information. */
#include "symexec/arm/image.h"
#include "symexec/term/diag.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

void arm_image_forget_types(struct arm_image *image)
{
    if (image->dwarf)
        dwarf_end(image->dwarf);
    if (image->elf)
        elf_end(image->elf);
    image->dwarf = NULL;
    image->elf = NULL;
}

static bool open_types(struct arm_image *image)
{
    if (image->dwarf)
        return true;
    elf_version(EV_CURRENT);
    image->elf = elf_memory((char *)image->file, image->file_size);
    if (image->elf)
        image->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
    return image->dwarf != NULL;
}

static bool is_named(Dwarf_Die *die, const char *name)
{
    const char *own = dwarf_diename(die);
    return own && strcmp(own, name) == 0;
}

/* The type that a typedef, const or volatile stands for. */
static bool strip(Dwarf_Die *type)
{
    for (unsigned depth = 0; depth < 32; depth++) {
        Dwarf_Attribute attribute;
        switch (dwarf_tag(type)) {
        case DW_TAG_typedef:
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
            if (!dwarf_attr_integrate(type, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, type))
                return false;
            break;
        default:
            return true;
        }
    }
    return false;
}

static bool number(Dwarf_Die *die, unsigned name, uint32_t *value)
{
    Dwarf_Attribute attribute;
    Dwarf_Word word;
    if (!dwarf_attr_integrate(die, name, &attribute) || dwarf_formudata(&attribute, &word) != 0 || word > UINT32_MAX)
        return false;
    *value = (uint32_t)word;
    return true;
}

/* Offset and size of `member` in a struct; a bit field has no byte offset of its own and counts as not found. */
static bool find_member(Dwarf_Die *type, const char *member, uint32_t *offset, uint32_t *size)
{
    Dwarf_Die child, member_type;
    Dwarf_Attribute attribute;
    Dwarf_Word bytes;
    if (dwarf_child(type, &child) != 0)
        return false;
    do {
        if (dwarf_tag(&child) != DW_TAG_member || !is_named(&child, member))
            continue;
        if (dwarf_hasattr(&child, DW_AT_bit_size) || !number(&child, DW_AT_data_member_location, offset) ||
            !dwarf_attr_integrate(&child, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, &member_type) ||
            dwarf_aggregate_size(&member_type, &bytes) != 0 || bytes > UINT32_MAX)
            return false;
        *size = (uint32_t)bytes;
        return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

/* `tag` names the struct itself, or a typedef of it. */
static bool find_in_unit(Dwarf_Die *unit, const char *tag, const char *member, uint32_t *offset, uint32_t *size)
{
    Dwarf_Die die;
    if (dwarf_child(unit, &die) != 0)
        return false;
    do {
        int kind = dwarf_tag(&die);
        Dwarf_Die type = die;
        if ((kind == DW_TAG_structure_type || kind == DW_TAG_typedef) && is_named(&die, tag) && strip(&type) &&
            dwarf_tag(&type) == DW_TAG_structure_type && find_member(&type, member, offset, size))
            return true;
    } while (dwarf_siblingof(&die, &die) == 0);
    return false;
}

bool arm_image_member(const struct arm_image *image, const char *tag, const char *member, uint32_t *offset,
                      uint32_t *size, struct diag *diag)
{
    struct arm_image *opened = (struct arm_image *)image; /* the handles are a cache */
    Dwarf_Off at = 0, next;
    size_t header;
    if (!open_types(opened)) {
        diag_set(diag, DIAG_INPUT, image->path, "no debug information: compile with -g");
        return false;
    }
    for (; dwarf_nextcu(opened->dwarf, at, &next, &header, NULL, NULL, NULL) == 0; at = next) {
        Dwarf_Die unit;
        if (dwarf_offdie(opened->dwarf, at + header, &unit) && find_in_unit(&unit, tag, member, offset, size))
            return true;
        if (next <= at)
            break;
    }
    diag_set(diag, DIAG_INPUT, image->path, "struct %s with a member %s is not in the debug information", tag, member);
    return false;
}
