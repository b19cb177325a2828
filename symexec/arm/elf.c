/*
 * ELF images: loaded segments and symbols, read through libelf. Files come from outside. libelf answers NULL for what
 * lies outside of the file, but cuts a table short that does, and does not know what fits into a memory of 32 bits;
 * that is checked here. Whatever is malformed ends in one message, never in a crash.
 */
#include "symexec/arm/image.h"
#include "symexec/arm/internal.h"
#include "symexec/term/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No firmware of a microcontroller comes near it. */
static const uint32_t MAX_SEGMENT = 16u << 20;
static const off_t MAX_FILE = 256l << 20;

static bool refuse(struct diag *diag, const struct arm_image *image, const char *message)
{
    diag_set(diag, DIAG_INPUT, image->path, "%s", message);
    return false;
}

/* ---- file and header ---- */

/* Nothing is read from the file later, so what is checked is what is used. */
static bool read_file(struct arm_image *image, struct diag *diag)
{
    elf_version(EV_CURRENT);
    int file = open(image->path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return refuse(diag, image, strerror(errno));
    struct stat status;
    const char *problem = NULL;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        problem = "not a regular file";
    else if (status.st_size > MAX_FILE)
        problem = "larger than 256 MiB";
    else if (!(image->elf = elf_begin(file, ELF_C_READ, NULL)) || elf_cntl(image->elf, ELF_C_FDREAD) != 0)
        problem = elf_errmsg(-1);
    close(file);
    return !problem || refuse(diag, image, problem);
}

static bool check_header(const struct arm_image *image, GElf_Ehdr *header, struct diag *diag)
{
    if (elf_kind(image->elf) != ELF_K_ELF)
        return refuse(diag, image, "not an ELF file");
    if (gelf_getclass(image->elf) != ELFCLASS32)
        return refuse(diag, image, "not a 32-bit ELF file");
    if (!gelf_getehdr(image->elf, header))
        return refuse(diag, image, elf_errmsg(-1));
    if (header->e_ident[EI_DATA] != ELFDATA2LSB)
        return refuse(diag, image, "not little-endian");
    if (header->e_machine != EM_ARM)
        return refuse(diag, image, "not for Arm");
    switch (header->e_type) {
    case ET_EXEC:
    case ET_DYN:
        return true;
    case ET_REL:
        return refuse(diag, image, "a relocatable object: link it first");
    default:
        return refuse(diag, image, "neither an executable nor a shared object");
    }
}

/* ---- segments ---- */

/* Adds one PT_LOAD segment, padded with zeros to whole words. */
static bool add_segment(struct arm_image *image, const GElf_Phdr *header, struct diag *diag)
{
    if (header->p_memsz == 0)
        return true;
    const Elf_Data *data = elf_getdata_rawchunk(image->elf, (int64_t)header->p_offset, header->p_filesz, ELF_T_BYTE);
    if (!data)
        return refuse(diag, image, "truncated: a segment reaches beyond the end of the file");
    if (header->p_filesz > header->p_memsz)
        return refuse(diag, image, "a segment is larger in the file than in memory");
    if ((header->p_flags & (PF_W | PF_X)) == (PF_W | PF_X))
        return refuse(diag, image, "a segment is both writable and executable, so its code is not constant");
    if (header->p_memsz > MAX_SEGMENT)
        return refuse(diag, image, "a segment is larger than 16 MiB");
    uint64_t end = header->p_vaddr + header->p_memsz, padded_end = (end + 3) & ~UINT64_C(3);
    uint32_t address = (uint32_t)header->p_vaddr, start = address & ~3u;
    if (padded_end > UINT32_MAX)
        return refuse(diag, image, "a segment wraps around the end of memory");
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct arm_segment_image *other = &image->segments[i];
        if (start < other->address + other->size && other->address < padded_end)
            return refuse(diag, image, "overlapping segments");
    }
    struct arm_segment_image *grown = realloc(image->segments, (image->segment_count + 1) * sizeof *image->segments);
    if (!grown)
        return refuse(diag, image, "out of memory");
    image->segments = grown;
    struct arm_segment_image *segment = &grown[image->segment_count];
    *segment = (struct arm_segment_image){.address = start,
                                          .size = (uint32_t)(padded_end - start),
                                          .used = (uint32_t)(end - start),
                                          .writable = header->p_flags & PF_W};
    segment->bytes = calloc(segment->size, 1);
    if (!segment->bytes)
        return refuse(diag, image, "out of memory");
    if (data->d_size)
        memcpy(segment->bytes + (address - start), data->d_buf, data->d_size);
    snprintf(segment->name, sizeof segment->name, "image_%x", (unsigned)start);
    image->segment_count++;
    return true;
}

static bool read_segments(struct arm_image *image, const GElf_Ehdr *file_header, struct diag *diag)
{
    size_t count;
    GElf_Phdr header;
    if (file_header->e_phnum == 0)
        return refuse(diag, image, "no segments: it is not linked");
    if (file_header->e_phentsize != gelf_fsize(image->elf, ELF_T_PHDR, 1, EV_CURRENT))
        return refuse(diag, image, "program headers of a wrong size");
    if (elf_getphdrnum(image->elf, &count) != 0 || count != file_header->e_phnum)
        return refuse(diag, image, "truncated: the program headers reach beyond the end of the file");
    for (size_t i = 0; i < count; i++) {
        if (!gelf_getphdr(image->elf, (int)i, &header))
            return refuse(diag, image, elf_errmsg(-1));
        if (header.p_type == PT_LOAD && !add_segment(image, &header, diag))
            return false;
    }
    return image->segment_count > 0 || refuse(diag, image, "no segment to load");
}

/* ---- symbols ---- */

/* Finds the symbol table and its names; an image without one is legal, it only has no symbols. */
static bool find_symbol_table(struct arm_image *image, const GElf_Ehdr *file_header, struct diag *diag)
{
    size_t count;
    if (file_header->e_shoff == 0 || file_header->e_shnum == 0)
        return true;
    if (file_header->e_shentsize != gelf_fsize(image->elf, ELF_T_SHDR, 1, EV_CURRENT))
        return refuse(diag, image, "section headers of a wrong size");
    if (elf_getshdrnum(image->elf, &count) != 0 || count != file_header->e_shnum)
        return refuse(diag, image, "truncated: the section headers reach beyond the end of the file");
    GElf_Shdr header;
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(image->elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header))
            return refuse(diag, image, elf_errmsg(-1));
        if (header.sh_type == SHT_SYMTAB)
            break;
    }
    if (!section)
        return true;
    image->symbols = elf_getdata(section, NULL);
    if (!image->symbols || !elf_getscn(image->elf, header.sh_link))
        return refuse(diag, image, "malformed symbol table");
    if (!elf_strptr(image->elf, header.sh_link, 0))
        return refuse(diag, image, "malformed names of symbols");
    image->symbol_count = image->symbols->d_size / gelf_fsize(image->elf, ELF_T_SYM, 1, EV_CURRENT);
    image->symbol_names = header.sh_link;
    return true;
}

/* The symbol of that name, and how many there are that it might be: a global one wins over all others. */
static size_t find_symbol(const struct arm_image *image, const char *name, GElf_Sym *found)
{
    size_t count = 0;
    GElf_Sym symbol;
    for (size_t i = 1; i < image->symbol_count && gelf_getsym(image->symbols, (int)i, &symbol); i++) {
        unsigned type = GELF_ST_TYPE(symbol.st_info);
        if (symbol.st_shndx == SHN_UNDEF || type == STT_SECTION || type == STT_FILE)
            continue;
        const char *own = elf_strptr(image->elf, image->symbol_names, symbol.st_name);
        if (!own || strcmp(own, name) != 0)
            continue;
        bool global = GELF_ST_BIND(symbol.st_info) != STB_LOCAL;
        if (count == 0 || global)
            *found = symbol;
        if (global)
            return 1;
        count++;
    }
    return count;
}

bool arm_image_symbol(const struct arm_image *image, const char *name, uint32_t *address, uint32_t *size)
{
    GElf_Sym symbol;
    if (find_symbol(image, name, &symbol) == 0)
        return false;
    *address = (uint32_t)symbol.st_value & (GELF_ST_TYPE(symbol.st_info) == STT_FUNC ? ~1u : ~0u);
    *size = (uint32_t)symbol.st_size;
    return true;
}

static bool refuse_object(struct diag *diag, const struct arm_image *image, const char *name, const char *problem)
{
    diag_set(diag, DIAG_INPUT, image->path, "\"%s\" %s", name, problem);
    return false;
}

bool arm_image_object(const struct arm_image *image, const char *name, uint32_t *address, uint32_t *size,
                      struct diag *diag)
{
    GElf_Sym symbol;
    size_t count = find_symbol(image, name, &symbol);
    if (count == 0)
        return refuse_object(diag, image, name, "is no symbol");
    if (count > 1)
        return refuse_object(diag, image, name, "is the name of more than one local symbol");
    if (GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_size == 0)
        return refuse_object(diag, image, name, "is no object with a size");
    *address = (uint32_t)symbol.st_value;
    *size = (uint32_t)symbol.st_size;
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct arm_segment_image *s = &image->segments[i];
        if (*address >= s->address && (uint64_t)*address + *size <= (uint64_t)s->address + s->used)
            return true;
    }
    return refuse_object(diag, image, name, "lies outside of the loaded segments");
}

/* ---- images ---- */

struct arm_image *arm_image_open(const char *path, struct diag *diag)
{
    struct arm_image *image = calloc(1, sizeof *image);
    if (image)
        image->path = strdup(path);
    if (!image || !image->path) {
        free(image);
        diag_set(diag, DIAG_INTERNAL, path, "out of memory");
        return NULL;
    }
    GElf_Ehdr header;
    if (read_file(image, diag) && check_header(image, &header, diag) && read_segments(image, &header, diag) &&
        find_symbol_table(image, &header, diag)) {
        image->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
        return image;
    }
    arm_image_close(image);
    return NULL;
}

void arm_image_close(struct arm_image *image)
{
    if (!image)
        return;
    dwarf_end(image->dwarf);
    elf_end(image->elf);
    for (size_t i = 0; i < image->segment_count; i++)
        free(image->segments[i].bytes);
    free(image->segments);
    free(image->path);
    free(image);
}

bool arm_image_map(const struct arm_image *image, struct arm_state *s, struct diag *diag)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct arm_segment_image *segment = &image->segments[i];
        for (size_t j = 0; j < s->memory.count; j++) {
            const struct arm_block *other = &s->memory.blocks[j];
            if (term_is_const(other->base) && segment->address < other->base->value + other->size &&
                other->base->value < (uint64_t)segment->address + segment->size)
                return refuse(diag, image, "a segment overlaps another block of memory");
        }
        arm_add_block(s, (struct arm_block){
                             .name = segment->name,
                             .base = term_const(32, segment->address),
                             .size = segment->size,
                             .limit = segment->used < segment->size ? term_const(32, segment->used) : NULL,
                             .permissions = segment->writable ? ARM_READ : ARM_READ | ARM_EXECUTE,
                             .image = segment->writable ? NULL : segment->bytes,
                             .fresh = TERM_UNDEFINED,
                         });
    }
    return true;
}

bool arm_image_map_constant(const struct arm_image *image, struct arm_state *s, uint32_t address, uint32_t size)
{
    if ((address | size) & 3)
        return false;
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct arm_segment_image *segment = &image->segments[i];
        if (!segment->writable || address < segment->address || segment->size < size ||
            address - segment->address > segment->size - size)
            continue;
        for (size_t b = 0; b < s->memory.count; b++)
            if (term_is_const(s->memory.blocks[b].base) && s->memory.blocks[b].base->value == segment->address)
                for (uint32_t at = address - segment->address, end = at + size; at < end; at += 4)
                    arm_poke(s, b, at, arm_word(&segment->bytes[at]));
        return true;
    }
    return false;
}

bool arm_image_overlaps(const struct arm_image *image, uint32_t address, uint32_t size)
{
    for (size_t i = 0; i < image->segment_count; i++)
        if (address - image->segments[i].address < image->segments[i].size ||
            image->segments[i].address - address < size)
            return true;
    return false;
}
