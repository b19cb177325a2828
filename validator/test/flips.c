/*
 * Objects with one bit flipped, for bit_flips.sh:
 *
 *   flips choose ELF SEED COUNT      the first COUNT flips of a seed: lines of number, address, bit, symbol
 *   flips find ELF SYMBOL+DISTANCE   the address of a byte
 *   flips flip ELF ADDRESS BIT OUT   writes the object with that bit flipped
 *   flips readers REPORT ADDRESS     obligations whose proofs read that byte, from a report with --reads
 *   flips compare ELF OTHER COUNT    whether they do the same on random programs: status 0 or 1, and a line
 *
 * Bits are chosen among those of the loaded segments that nobody writes. Everything is the same everywhere.
 */
#include "validator/test/equivalence.h"

#include "symexec/term/diag.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what, const char *about) __attribute__((noreturn));
static void fail(const char *what, const char *about)
{
    fprintf(stderr, "flips: %s: %s\n", about, what);
    exit(2);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 0);
    if (end == text || *end)
        fail("is no number", text);
    return value;
}

static char *read_file(const char *path, size_t *size)
{
    char *data = NULL;
    FILE *in = fopen(path, "rb"), *out = open_memstream(&data, size);
    if (!in || !out)
        fail("cannot be read", path);
    for (int c; (c = getc(in)) != EOF;)
        putc(c, out);
    fclose(in);
    fclose(out);
    return data;
}

/* ---- the object ---- */

enum { MAX_SEGMENTS = 16 };

struct object {
    Elf *elf;
    char *data;
    size_t size;
    GElf_Phdr segments[MAX_SEGMENTS]; /* loaded, and not writable */
    size_t segment_count;
    uint64_t bytes; /* of them all */
};

static struct object open_object(const char *path)
{
    struct object o = {.data = read_file(path, &o.size)};
    size_t count = 0;
    GElf_Phdr header;
    elf_version(EV_CURRENT);
    o.elf = elf_memory(o.data, o.size);
    if (!o.elf || elf_getphdrnum(o.elf, &count) != 0)
        fail("is no ELF file", path);
    for (size_t i = 0; i < count && gelf_getphdr(o.elf, (int)i, &header); i++) {
        if (header.p_type != PT_LOAD || (header.p_flags & PF_W) || o.segment_count == MAX_SEGMENTS)
            continue;
        o.segments[o.segment_count++] = header;
        o.bytes += header.p_filesz;
    }
    if (o.bytes == 0)
        fail("has no code", path);
    return o;
}

static void close_object(struct object *o)
{
    elf_end(o->elf);
    free(o->data);
}

/* The symbol for which `wanted` is true; its name, or NULL. */
static const char *find_symbol(const struct object *o, bool (*wanted)(const GElf_Sym *, const char *, const void *),
                               const void *data, GElf_Sym *symbol)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while ((section = elf_nextscn(o->elf, section)) != NULL) {
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB)
            continue;
        Elf_Data *table = elf_getdata(section, NULL);
        for (int i = 1; gelf_getsym(table, i, symbol); i++) {
            unsigned type = GELF_ST_TYPE(symbol->st_info);
            const char *name = elf_strptr(o->elf, header.sh_link, symbol->st_name);
            symbol->st_value &= type == STT_FUNC ? ~UINT64_C(1) : ~UINT64_C(0);
            if (name && (type == STT_FUNC || type == STT_OBJECT) && wanted(symbol, name, data))
                return name;
        }
    }
    return NULL;
}

static bool covers(const GElf_Sym *symbol, const char *name, const void *address)
{
    (void)name;
    return *(const uint64_t *)address - symbol->st_value < symbol->st_size;
}

static bool is_called(const GElf_Sym *symbol, const char *name, const void *wanted)
{
    return symbol->st_size > 0 && strcmp(name, wanted) == 0;
}

/* ---- commands ---- */

static void print_position(const struct object *o, unsigned index, uint64_t position)
{
    uint64_t byte = position / 8, address = 0;
    GElf_Sym symbol;
    for (size_t i = 0; i < o->segment_count; i++) {
        const GElf_Phdr *s = &o->segments[i];
        if (byte < s->p_filesz) {
            address = s->p_vaddr + byte;
            break;
        }
        byte -= s->p_filesz;
    }
    const char *name = find_symbol(o, covers, &address, &symbol);
    printf("%u\t0x%" PRIx64 "\t%u\t%s\n", index, address, (unsigned)(position % 8), name ? name : "-");
}

/* SplitMix64 (Steele, Lea, Flood 2014): every seed is good. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int choose(char **arguments)
{
    struct object o = open_object(arguments[0]);
    uint64_t state = number(arguments[1]), count = number(arguments[2]);
    bool *taken = calloc(8 * o.bytes, sizeof *taken);
    if (!taken || count > 8 * o.bytes)
        fail("has fewer bits", arguments[0]);
    for (unsigned i = 0; i < count;) {
        uint64_t position = next_random(&state) % (8 * o.bytes);
        if (taken[position])
            continue;
        taken[position] = true;
        print_position(&o, i++, position);
    }
    free(taken);
    close_object(&o);
    return 0;
}

static int find(char **arguments)
{
    struct object o = open_object(arguments[0]);
    GElf_Sym symbol;
    char *distance = strchr(arguments[1], '+');
    if (!distance)
        fail("is no symbol and a distance", arguments[1]);
    *distance++ = '\0';
    if (!find_symbol(&o, is_called, arguments[1], &symbol))
        fail("is no symbol", arguments[1]);
    printf("0x%" PRIx64 "\n", symbol.st_value + number(distance));
    close_object(&o);
    return 0;
}

static int flip(char **arguments)
{
    struct object o = open_object(arguments[0]);
    uint64_t address = number(arguments[1]), bit = number(arguments[2]);
    size_t i = 0;
    while (i < o.segment_count && address - o.segments[i].p_vaddr >= o.segments[i].p_filesz)
        i++;
    if (i == o.segment_count || bit > 7)
        fail("is no bit of the object", arguments[1]);
    unsigned char *byte = (unsigned char *)o.data + o.segments[i].p_offset + (address - o.segments[i].p_vaddr);
    *byte ^= (unsigned char)(1u << bit);
    FILE *out = fopen(arguments[3], "wb");
    if (!out || fwrite(o.data, 1, o.size, out) != o.size || fclose(out) != 0)
        fail("cannot be written", arguments[3]);
    close_object(&o);
    return 0;
}

static bool reads(const cJSON *obligation, uint64_t address)
{
    const cJSON *pair;
    cJSON_ArrayForEach(pair, cJSON_GetObjectItem(obligation, "reads"))
    {
        if (address >= number(cJSON_GetArrayItem(pair, 0)->valuestring) &&
            address < number(cJSON_GetArrayItem(pair, 1)->valuestring))
            return true;
    }
    return false;
}

static int readers(char **arguments)
{
    size_t size;
    char *text = read_file(arguments[0], &size);
    cJSON *root = cJSON_Parse(text);
    const cJSON *obligation, *list = cJSON_GetObjectItem(root, "obligations");
    uint64_t address = number(arguments[1]);
    if (!list)
        fail("is no report", arguments[0]);
    cJSON_ArrayForEach(obligation, list)
    {
        if (reads(obligation, address))
            puts(cJSON_GetObjectItem(obligation, "id")->valuestring);
    }
    cJSON_Delete(root);
    free(text);
    return 0;
}

static int compare(char **arguments)
{
    struct diag diag = {0};
    struct random random = {1};
    struct arm_image *one = arm_image_open(arguments[0], &diag), *other = arm_image_open(arguments[1], &diag);
    if (!one || !other)
        fail(diag.message, diag.where);
    struct equivalence e = equivalence_try(one, other, (unsigned)number(arguments[2]), &random);
    if (*e.difference)
        printf("differs: %s\n", e.difference);
    else
        printf("same on %u programs, %u compiled, %u to the same code\n", e.programs, e.compiled, e.same_code);
    arm_image_close(one);
    arm_image_close(other);
    return *e.difference != '\0';
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int arguments;
        int (*run)(char **arguments);
    } commands[] = {
        {"choose", 3, choose}, {"find", 2, find}, {"flip", 4, flip}, {"readers", 2, readers}, {"compare", 3, compare},
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (argc == commands[i].arguments + 2 && strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argv + 2);
    fail("no such command", "command line");
}
