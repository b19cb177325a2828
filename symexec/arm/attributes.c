/*
 * Build attributes: the architecture that an image says it was built for (Addenda to, and Errata in, the ABI for the
 * Arm Architecture, sections 2.2 and 2.3).
 *
 *   section     'A', then parts:   length (32 bits, its own included), vendor, then scopes
 *   scope       tag, length (32 bits, both included), for tags 2 and 3 a list that ends with 0, then attributes
 *   attribute   tag, value: a number, a string, or for tag 32 both
 *
 * Strings end with NUL; tags and other numbers are ULEB128. Nothing is believed: what does not fit into what contains
 * it is malformed.
 */
#include "symexec/arm/image.h"
#include "symexec/term/diag.h"

#include <string.h>

enum { SCOPE_FILE = 1, SCOPE_SECTION = 2, SCOPE_SYMBOL = 3 };
enum { TAG_CPU_RAW_NAME = 4, TAG_CPU_NAME, TAG_CPU_ARCH, TAG_CPU_ARCH_PROFILE, TAG_COMPATIBILITY = 32 };
enum { PROFILE_NONE = 0, PROFILE_M = 'M' };

/* Values of Tag_CPU_arch. ARMv7 alone has profiles; without one it is what they have in common. */
static const struct {
    uint32_t value;
    enum arm_architecture architecture;
} m_profile[] = {
    {10, ARM_V7_M},      {11, ARM_V6_M},      {12, ARM_V6_M},        {13, ARM_V7E_M},
    {16, ARM_V8_M_BASE}, {17, ARM_V8_M_MAIN}, {21, ARM_V8_1_M_MAIN},
};

/* ---- bytes ---- */

struct bytes {
    const uint8_t *at, *end;
};

static bool take_word(struct bytes *b, uint32_t *value)
{
    if (b->end - b->at < 4)
        return false;
    *value = b->at[0] | (uint32_t)b->at[1] << 8 | (uint32_t)b->at[2] << 16 | (uint32_t)b->at[3] << 24;
    b->at += 4;
    return true;
}

/* A ULEB128 of at most 32 bits. */
static bool take_number(struct bytes *b, uint32_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 35 && b->at < b->end; shift += 7) {
        uint32_t digit = *b->at & 0x7f;
        if (shift == 28 && digit > 0xf)
            return false;
        *value |= digit << shift;
        if (!(*b->at++ & 0x80))
            return true;
    }
    return false;
}

static bool take_string(struct bytes *b, const char **text)
{
    const uint8_t *nul = b->at < b->end ? memchr(b->at, '\0', (size_t)(b->end - b->at)) : NULL;
    if (!nul)
        return false;
    *text = (const char *)b->at;
    b->at = nul + 1;
    return true;
}

/* The rest of something that began at `start` and says that it has `length` bytes. */
static bool take_rest(struct bytes *b, const uint8_t *start, uint32_t length, struct bytes *rest)
{
    if (length < (size_t)(b->at - start) || length > (size_t)(b->end - start))
        return false;
    *rest = (struct bytes){b->at, start + length};
    b->at = rest->end;
    return true;
}

/* ---- attributes ---- */

/* What one scope says. */
struct cpu {
    bool named;
    uint32_t arch, profile;
};

static bool read_attribute(struct bytes *b, struct cpu *cpu)
{
    uint32_t tag, number = 0;
    const char *text;
    if (!take_number(b, &tag))
        return false;
    bool string = tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME || (tag > TAG_COMPATIBILITY && tag % 2);
    if (!string && !take_number(b, &number))
        return false;
    if ((string || tag == TAG_COMPATIBILITY) && !take_string(b, &text))
        return false;
    if (tag == TAG_CPU_ARCH) {
        cpu->named = true;
        cpu->arch = number;
    } else if (tag == TAG_CPU_ARCH_PROFILE) {
        cpu->profile = number;
    }
    return true;
}

static bool read_scope(struct bytes *b, struct cpu *cpu)
{
    const uint8_t *start = b->at;
    uint32_t tag, length, index;
    struct bytes scope;
    if (!take_number(b, &tag) || !take_word(b, &length) || !take_rest(b, start, length, &scope) || tag < SCOPE_FILE ||
        tag > SCOPE_SYMBOL)
        return false;
    if (tag != SCOPE_FILE)
        do
            if (!take_number(&scope, &index))
                return false;
        while (index != 0);
    while (scope.at < scope.end)
        if (!read_attribute(&scope, cpu))
            return false;
    return true;
}

/* Takes the newest of what is known so far and what a scope names. */
static bool merge(const struct arm_image *image, const struct cpu *cpu, enum arm_architecture *newest,
                  struct diag *diag)
{
    if (!cpu->named)
        return true;
    for (size_t i = 0; i < sizeof m_profile / sizeof *m_profile; i++)
        if (m_profile[i].value == cpu->arch && (cpu->profile == PROFILE_NONE || cpu->profile == PROFILE_M)) {
            *newest = m_profile[i].architecture > *newest ? m_profile[i].architecture : *newest;
            return true;
        }
    diag_set(diag, DIAG_INPUT, image->path,
             "is built for no M-profile architecture that is known here (Tag_CPU_arch %u, Tag_CPU_arch_profile %u)",
             cpu->arch, cpu->profile);
    return false;
}

static bool malformed(const struct arm_image *image, struct diag *diag)
{
    diag_set(diag, DIAG_INPUT, image->path, "malformed build attributes (.ARM.attributes)");
    return false;
}

static bool read_section(const struct arm_image *image, struct bytes section, enum arm_architecture *newest,
                         struct diag *diag)
{
    if (section.at == section.end || *section.at++ != 'A')
        return malformed(image, diag);
    while (section.at < section.end) {
        const uint8_t *start = section.at;
        const char *vendor;
        uint32_t length;
        struct bytes part;
        if (!take_word(&section, &length) || !take_rest(&section, start, length, &part) || !take_string(&part, &vendor))
            return malformed(image, diag);
        if (strcmp(vendor, "aeabi") != 0)
            continue;
        while (part.at < part.end) {
            struct cpu cpu = {0};
            if (!read_scope(&part, &cpu))
                return malformed(image, diag);
            if (!merge(image, &cpu, newest, diag))
                return false;
        }
    }
    return true;
}

bool arm_image_architecture(const struct arm_image *image, enum arm_architecture *newest, struct diag *diag)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    *newest = ARM_UNKNOWN_ARCHITECTURE;
    while ((section = elf_nextscn(image->elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header))
            return malformed(image, diag);
        if (header.sh_type != SHT_ARM_ATTRIBUTES)
            continue;
        const Elf_Data *data = elf_rawdata(section, NULL);
        if (!data || !data->d_buf || data->d_size != header.sh_size)
            return malformed(image, diag);
        const uint8_t *bytes = data->d_buf;
        if (!read_section(image, (struct bytes){bytes, bytes + data->d_size}, newest, diag))
            return false;
    }
    return true;
}
