/* Structs and enumerators, from the debug information. */
#include "symexec/arm/image.h"
#include "symexec/term/diag.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

/* ---- entries ---- */

static bool is_named(Dwarf_Die *die, const char *name)
{
    const char *own = dwarf_diename(die);
    return own && strcmp(own, name) == 0;
}

/* The type that a typedef, const or volatile stands for; *named becomes true if it or one on the way there is called `name`, which may
 * be NULL. */
static bool strip_named(Dwarf_Die *type, const char *name, bool *named)
{
    for (unsigned depth = 0; depth < 32; depth++) {
        Dwarf_Attribute attribute;
        *named |= name && is_named(type, name);
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

static bool strip(Dwarf_Die *type)
{
    bool named = false;
    return strip_named(type, NULL, &named);
}

/* A number of 32 bits; a negative one in two's complement. */
static bool number(Dwarf_Die *die, unsigned name, uint32_t *value)
{
    Dwarf_Attribute attribute;
    Dwarf_Word word;
    if (!dwarf_attr_integrate(die, name, &attribute) || dwarf_formudata(&attribute, &word) != 0 ||
        (word > UINT32_MAX && word < (Dwarf_Word)INT32_MIN))
        return false;
    *value = (uint32_t)word;
    return true;
}

/* ---- searches ---- */

/* What is looked for; `match` tells whether an entry is it, and fills in the answer. */
struct search {
    bool (*match)(const struct search *search, Dwarf_Die *die, uint32_t answer[2]);
    const char *name, *member;
    unsigned depth; /* levels below the unit to look at */
    bool found, contradicted;
    uint32_t answer[2];
};

static bool match_struct(const struct search *search, Dwarf_Die *die, Dwarf_Die *type)
{
    int kind = dwarf_tag(die);
    *type = *die;
    return (kind == DW_TAG_structure_type || kind == DW_TAG_typedef) && is_named(die, search->name) && strip(type) &&
           dwarf_tag(type) == DW_TAG_structure_type;
}

static bool match_size(const struct search *search, Dwarf_Die *die, uint32_t answer[2])
{
    Dwarf_Die type;
    return match_struct(search, die, &type) && number(&type, DW_AT_byte_size, &answer[0]);
}

/* A bit field has no byte offset of its own and counts as not found. */
static bool match_member(const struct search *search, Dwarf_Die *die, uint32_t answer[2])
{
    Dwarf_Die type, child, member_type;
    Dwarf_Attribute attribute;
    Dwarf_Word bytes;
    if (!match_struct(search, die, &type) || dwarf_child(&type, &child) != 0)
        return false;
    do {
        if (dwarf_tag(&child) != DW_TAG_member || !is_named(&child, search->member))
            continue;
        if (dwarf_hasattr(&child, DW_AT_bit_size) || !number(&child, DW_AT_data_member_location, &answer[0]) ||
            !dwarf_attr_integrate(&child, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, &member_type) ||
            dwarf_aggregate_size(&member_type, &bytes) != 0 || bytes > UINT32_MAX)
            return false;
        answer[1] = (uint32_t)bytes;
        return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

/* A function, and whether its first parameter points to a struct of that name. */
static bool match_function(const struct search *search, Dwarf_Die *die, uint32_t answer[2])
{
    Dwarf_Die child, type;
    Dwarf_Attribute attribute;
    bool named = false;
    if (dwarf_tag(die) != DW_TAG_subprogram || !is_named(die, search->name) || dwarf_child(die, &child) != 0)
        return false;
    while (dwarf_tag(&child) != DW_TAG_formal_parameter)
        if (dwarf_siblingof(&child, &child) != 0)
            return false;
    bool known = dwarf_attr_integrate(&child, DW_AT_type, &attribute) && dwarf_formref_die(&attribute, &type) &&
                 strip(&type) && dwarf_tag(&type) == DW_TAG_pointer_type &&
                 dwarf_attr_integrate(&type, DW_AT_type, &attribute) && dwarf_formref_die(&attribute, &type) &&
                 strip_named(&type, search->member, &named) && dwarf_tag(&type) == DW_TAG_structure_type;
    answer[0] = known && named;
    return true;
}

static bool match_enumerator(const struct search *search, Dwarf_Die *die, uint32_t answer[2])
{
    return dwarf_tag(die) == DW_TAG_enumerator && is_named(die, search->name) &&
           number(die, DW_AT_const_value, &answer[0]);
}

/* Entries follow each other in the file; where a malformed one leads back to one before `*last`, the search ends. */
static void look_below(struct search *search, Dwarf_Die *parent, unsigned depth, Dwarf_Off *last)
{
    Dwarf_Die die;
    if (depth == 0 || dwarf_child(parent, &die) != 0)
        return;
    do {
        uint32_t answer[2] = {0};
        if (dwarf_dieoffset(&die) <= *last)
            return;
        *last = dwarf_dieoffset(&die);
        if (search->match(search, &die, answer)) {
            if (search->found && memcmp(search->answer, answer, sizeof answer) != 0)
                search->contradicted = true;
            memcpy(search->answer, answer, sizeof answer);
            search->found = true;
        }
        look_below(search, &die, depth - 1, last);
    } while (dwarf_siblingof(&die, &die) == 0);
}

static bool run(struct search *search, const struct arm_image *image, struct diag *diag)
{
    if (!image->dwarf) {
        diag_set(diag, DIAG_INPUT, image->path, "no debug information: compile with -g");
        return false;
    }
    Dwarf_CU *unit = NULL;
    Dwarf_Die top;
    while (dwarf_get_units(image->dwarf, unit, &unit, NULL, NULL, &top, NULL) == 0) {
        Dwarf_Off last = 0;
        look_below(search, &top, search->depth, &last);
    }
    if (search->found && !search->contradicted)
        return true;
    diag_set(diag, DIAG_INPUT, image->path, "%s%s%s %s", search->name, search->member ? "." : "",
             search->member ? search->member : "",
             search->found ? "differs between parts of the debug information" : "is not in the debug information");
    return false;
}

/* Types count where every function sees them, enumerators wherever they are. */
enum { FILE_SCOPE = 1, ANY_SCOPE = 256 };

bool arm_image_member(const struct arm_image *image, const char *tag, const char *member, uint32_t *offset,
                      uint32_t *size, struct diag *diag)
{
    struct search search = {.match = match_member, .name = tag, .member = member, .depth = FILE_SCOPE};
    bool found = run(&search, image, diag);
    *offset = search.answer[0], *size = search.answer[1];
    return found;
}

bool arm_image_struct_size(const struct arm_image *image, const char *tag, uint32_t *size, struct diag *diag)
{
    struct search search = {.match = match_size, .name = tag, .depth = FILE_SCOPE};
    bool found = run(&search, image, diag);
    *size = search.answer[0];
    return found;
}

bool arm_image_takes(const struct arm_image *image, const char *function, const char *tag, struct diag *diag)
{
    struct search search = {.match = match_function, .name = function, .member = tag, .depth = FILE_SCOPE};
    if (!run(&search, image, diag))
        return false;
    if (!search.answer[0])
        diag_set(diag, DIAG_INPUT, image->path, "the first parameter of \"%s\" is no pointer to \"%s\"", function, tag);
    return search.answer[0];
}

bool arm_image_constant(const struct arm_image *image, const char *name, uint32_t *value, struct diag *diag)
{
    struct search search = {.match = match_enumerator, .name = name, .depth = ANY_SCOPE};
    bool found = run(&search, image, diag);
    *value = search.answer[0];
    return found;
}
