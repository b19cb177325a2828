/*
 * ELF images: loaded segments and symbols. Files come from outside, so every offset and size is checked against the
 * file before it is followed; whatever is malformed ends in one message, never in a crash.
 */
#include "symexec/arm/image.h"
#include "symexec/term/diag.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No firmware of a microcontroller comes near it. */
static const uint32_t MAX_SEGMENT = 16u << 20;
static const long MAX_FILE = 256l << 20;

static bool refuse(struct diag *diag, const struct arm_image *image, const char *message)
{
    diag_set(diag, DIAG_INPUT, image->path, "%s", message);
    return false;
}

/* ---- bytes of the file ---- */

/* [offset, offset + size) lies in the file. */
static bool within(const struct arm_image *image, uint64_t offset, uint64_t size)
{
    return offset <= image->file_size && size <= image->file_size - offset;
}

static uint32_t get16(const struct arm_image *image, uint64_t offset)
{
    const uint8_t *b = image->file + offset;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static uint32_t get32(const struct arm_image *image, uint64_t offset)
{
    return get16(image, offset) | get16(image, offset + 2) << 16;
}

/* Member `m` of the Elf32_`type` at `offset`. */
#define GET32(image, offset, type, m) get32(image, (offset) + offsetof(Elf32_##type, m))
#define GET16(image, offset, type, m) get16(image, (offset) + offsetof(Elf32_##type, m))

static bool read_file(struct arm_image *image, struct diag *diag)
{
    FILE *f = fopen(image->path, "rb");
    if (!f)
        return refuse(diag, image, strerror(errno));
    long size = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    bool ok = size >= 0 && size <= MAX_FILE && fseek(f, 0, SEEK_SET) == 0;
    if (ok) {
        image->file_size = (size_t)size;
        image->file = malloc(image->file_size + 1);
        ok = image->file && fread(image->file, 1, image->file_size, f) == image->file_size;
    }
    fclose(f);
    return ok || refuse(diag, image, "cannot be read, or is too large");
}

/* ---- header ---- */

static bool check_header(const struct arm_image *image, struct diag *diag)
{
    const uint8_t *ident = image->file;
    if (image->file_size < EI_NIDENT || memcmp(ident, ELFMAG, SELFMAG) != 0)
        return refuse(diag, image, "not an ELF file");
    if (ident[EI_CLASS] != ELFCLASS32)
        return refuse(diag, image, "not a 32-bit ELF file");
    if (ident[EI_DATA] != ELFDATA2LSB)
        return refuse(diag, image, "not little-endian");
    if (image->file_size < sizeof(Elf32_Ehdr))
        return refuse(diag, image, "truncated ELF header");
    if (GET16(image, 0, Ehdr, e_machine) != EM_ARM)
        return refuse(diag, image, "not for Arm");
    switch (GET16(image, 0, Ehdr, e_type)) {
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
static bool add_segment(struct arm_image *image, uint64_t header, struct diag *diag)
{
    uint32_t address = GET32(image, header, Phdr, p_vaddr), size = GET32(image, header, Phdr, p_memsz);
    uint32_t offset = GET32(image, header, Phdr, p_offset), file_size = GET32(image, header, Phdr, p_filesz);
    if (size == 0)
        return true;
    if (!within(image, offset, file_size))
        return refuse(diag, image, "truncated: a segment reaches beyond the end of the file");
    if (file_size > size)
        return refuse(diag, image, "a segment is larger in the file than in memory");
    if (size > MAX_SEGMENT)
        return refuse(diag, image, "a segment is larger than 16 MiB");
    uint64_t end = (uint64_t)address + size, padded_end = (end + 3) & ~UINT64_C(3);
    uint32_t start = address & ~3u;
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
    *segment = (struct arm_segment_image){
        .address = start, .size = (uint32_t)(padded_end - start), .used = (uint32_t)(end - start)};
    segment->bytes = calloc(segment->size, 1);
    if (!segment->bytes)
        return refuse(diag, image, "out of memory");
    memcpy(segment->bytes + (address - start), image->file + offset, file_size);
    snprintf(segment->name, sizeof segment->name, "image_%x", (unsigned)start);
    image->segment_count++;
    return true;
}

static bool read_segments(struct arm_image *image, struct diag *diag)
{
    uint32_t table = GET32(image, 0, Ehdr, e_phoff), count = GET16(image, 0, Ehdr, e_phnum);
    if (count == 0)
        return refuse(diag, image, "no segments: it is not linked");
    if (GET16(image, 0, Ehdr, e_phentsize) != sizeof(Elf32_Phdr))
        return refuse(diag, image, "program headers of a wrong size");
    if (!within(image, table, (uint64_t)count * sizeof(Elf32_Phdr)))
        return refuse(diag, image, "truncated: the program headers reach beyond the end of the file");
    for (uint32_t i = 0; i < count; i++) {
        uint64_t header = table + (uint64_t)i * sizeof(Elf32_Phdr);
        if (GET32(image, header, Phdr, p_type) == PT_LOAD && !add_segment(image, header, diag))
            return false;
    }
    return image->segment_count > 0 || refuse(diag, image, "no segment to load");
}

/* ---- symbols ---- */

/* Finds the symbol table and its strings; an image without one is legal, it only has no symbols. */
static bool find_symbols(struct arm_image *image, struct diag *diag)
{
    uint32_t table = GET32(image, 0, Ehdr, e_shoff), count = GET16(image, 0, Ehdr, e_shnum);
    if (table == 0 || count == 0)
        return true;
    if (GET16(image, 0, Ehdr, e_shentsize) != sizeof(Elf32_Shdr))
        return refuse(diag, image, "section headers of a wrong size");
    if (!within(image, table, (uint64_t)count * sizeof(Elf32_Shdr)))
        return refuse(diag, image, "truncated: the section headers reach beyond the end of the file");
    for (uint32_t i = 0; i < count; i++) {
        uint64_t header = table + (uint64_t)i * sizeof(Elf32_Shdr);
        if (GET32(image, header, Shdr, sh_type) != SHT_SYMTAB)
            continue;
        uint32_t link = GET32(image, header, Shdr, sh_link);
        image->symbols = GET32(image, header, Shdr, sh_offset);
        image->symbol_count = GET32(image, header, Shdr, sh_size) / sizeof(Elf32_Sym);
        if (link >= count || !within(image, image->symbols, (uint64_t)image->symbol_count * sizeof(Elf32_Sym)))
            return refuse(diag, image, "malformed symbol table");
        uint64_t strings = table + (uint64_t)link * sizeof(Elf32_Shdr);
        image->strings = GET32(image, strings, Shdr, sh_offset);
        image->strings_size = GET32(image, strings, Shdr, sh_size);
        if (GET32(image, strings, Shdr, sh_type) != SHT_STRTAB || !within(image, image->strings, image->strings_size))
            return refuse(diag, image, "malformed names of symbols");
        return true;
    }
    return true;
}

static bool has_name(const struct arm_image *image, uint32_t at, const char *name)
{
    size_t length = strlen(name) + 1; /* with the terminating zero */
    return at < image->strings_size && length <= image->strings_size - at &&
           memcmp(image->file + image->strings + at, name, length) == 0;
}

/* A global symbol wins over local ones of the same name. */
bool arm_image_symbol(const struct arm_image *image, const char *name, uint32_t *address, uint32_t *size)
{
    bool found = false;
    for (uint32_t i = 1; i < image->symbol_count; i++) {
        uint64_t symbol = image->symbols + (uint64_t)i * sizeof(Elf32_Sym);
        uint8_t info = image->file[symbol + offsetof(Elf32_Sym, st_info)];
        unsigned type = ELF32_ST_TYPE(info), bind = ELF32_ST_BIND(info);
        if (GET16(image, symbol, Sym, st_shndx) == SHN_UNDEF || type == STT_SECTION || type == STT_FILE ||
            (found && bind == STB_LOCAL) || !has_name(image, GET32(image, symbol, Sym, st_name), name))
            continue;
        *address = GET32(image, symbol, Sym, st_value) & (type == STT_FUNC ? ~1u : ~0u);
        *size = GET32(image, symbol, Sym, st_size);
        found = true;
        if (bind != STB_LOCAL)
            break;
    }
    return found;
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
    if (read_file(image, diag) && check_header(image, diag) && read_segments(image, diag) && find_symbols(image, diag))
        return image;
    arm_image_close(image);
    return NULL;
}

void arm_image_close(struct arm_image *image)
{
    if (!image)
        return;
    arm_image_forget_types(image);
    for (size_t i = 0; i < image->segment_count; i++)
        free(image->segments[i].bytes);
    free(image->segments);
    free(image->file);
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
                             .permissions = ARM_READ | ARM_EXECUTE,
                             .image = segment->bytes,
                         });
    }
    return true;
}
