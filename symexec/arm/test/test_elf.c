/*
 * ELF images: what is read from a good one, one clear message for each way of being bad, and thousands of damaged
 * ones that must not crash anything. The good one is compiled here.
 */
#include "symexec/arm/arm.h"
#include "symexec/term/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>

static char folder[] = "/tmp/thumbproof-elf-XXXXXX";
static char good_path[sizeof folder + 16], bad_path[sizeof folder + 16];
static uint8_t good[1 << 16];
static size_t good_size;

static const char source[] = "struct inner { int x, y; };\n"
                             "struct outer { char c; struct inner in; unsigned short h[3]; unsigned bits : 3; };\n"
                             "typedef struct { int first, second; } pair;\n"
                             "enum color { RED, GREEN } color;\n"
                             "pair p; struct outer o = {.c = 1};\n"
                             "static const unsigned char table[6] = {1, 2, 3, 4, 5, 6};\n"
                             "int entry(int i) { return table[i] + o.c; }\n"
                             "static int helper(void) { return 7; } int (*keep)(void) = helper;\n"
                             "static int twin = 1; int *one(void) { return &twin; }\n";
/* Another unit, for a second local symbol of one name. */
static const char other_source[] = "static int twin = 2; int *other(void) { return &twin; }";

static int compile_good(void **unused)
{
    (void)unused;
    char source_path[sizeof folder + 16], command[768];
    if (!mkdtemp(folder))
        return -1;
    snprintf(source_path, sizeof source_path, "%s/good.c", folder);
    snprintf(good_path, sizeof good_path, "%s/good.elf", folder);
    snprintf(bad_path, sizeof bad_path, "%s/bad.elf", folder);
    FILE *f = fopen(source_path, "w");
    if (!f || fputs(source, f) < 0 || fclose(f) != 0)
        return -1;
    snprintf(command, sizeof command,
             "echo '%s' | arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os -g -nostdlib "
             "-Wl,-Ttext=0x8000,-Tdata=0x9000,-e,entry -o %s %s -x c -",
             other_source, good_path, source_path);
    if (system(command) != 0)
        return -1;
    f = fopen(good_path, "rb");
    if (!f)
        return -1;
    good_size = fread(good, 1, sizeof good, f);
    fclose(f);
    return good_size > 0 && good_size < sizeof good ? 0 : -1;
}

static int remove_good(void **unused)
{
    (void)unused;
    char command[sizeof folder + 16];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static struct arm_image *open_bytes(const uint8_t *bytes, size_t size, struct diag *diag)
{
    FILE *f = fopen(bad_path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
    return arm_image_open(bad_path, diag);
}

/* ---- a good image ---- */

static void test_good(void **unused)
{
    (void)unused;
    struct diag diag = {0};
    struct arm_image *image = arm_image_open(good_path, &diag);
    uint32_t address, size;
    assert_non_null(image);
    assert_true(arm_image_symbol(image, "entry", &address, &size));
    assert_true(address >= 0x8000 && address < 0x8100 && address % 2 == 0 && size > 0);
    assert_true(arm_image_symbol(image, "helper", &address, &size));
    assert_true(arm_image_symbol(image, "table", &address, &size));
    assert_int_equal(size, 6);
    assert_false(arm_image_symbol(image, "entr", &address, &size));
    assert_false(arm_image_symbol(image, "", &address, &size));
    assert_true(arm_image_object(image, "o", &address, &size, &diag));
    assert_true(address >= 0x9000 && address < 0x9100);
    assert_int_equal(size, 20);

    struct undo undo = {0};
    struct arm_env env = {0};
    struct arm_state s = {.undo = &undo, .env = &env};
    assert_true(arm_image_map(image, &s, &diag));
    assert_true(arm_image_symbol(image, "table", &address, &size));
    assert_ptr_equal(arm_load(&s, term_const(32, address + 2), 1, false), term_const(8, 3));
    assert_false(arm_store(&s, term_const(32, address), 1, term_const(8, 0), false));
    assert_int_equal(s.broken, ARM_BAD_PERMISSION);
    assert_false(arm_image_map(image, &s, &diag)); /* twice at the same place */
    arm_state_free(&s);
    undo_free(&undo);
    arm_image_close(image);
}

static void test_no_objects(void **unused)
{
    (void)unused;
    static const char *const rows[][2] = {
        {"nothing", "is no symbol"},
        {"entry", "is no object with a size"},
        {"twin", "more than one local symbol"},
    };
    struct arm_image *image = arm_image_open(good_path, &(struct diag){0});
    assert_non_null(image);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct diag diag = {0};
        uint32_t address, size;
        assert_false(arm_image_object(image, rows[i][0], &address, &size, &diag));
        assert_non_null(strstr(diag.message, rows[i][1]));
    }
    arm_image_close(image);
}

/* ---- bad images ---- */

static Elf32_Ehdr *header(uint8_t *bytes)
{
    return (void *)bytes;
}

static Elf32_Phdr *first_load(uint8_t *bytes)
{
    Elf32_Phdr *p = (void *)(bytes + header(bytes)->e_phoff);
    while (p->p_type != PT_LOAD)
        p++;
    return p;
}

static Elf32_Shdr *symbol_table(uint8_t *bytes)
{
    Elf32_Shdr *s = (void *)(bytes + header(bytes)->e_shoff);
    while (s->sh_type != SHT_SYMTAB)
        s++;
    return s;
}

static void magic(uint8_t *b)
{
    b[0] = 'M';
}

static void class_64(uint8_t *b)
{
    b[EI_CLASS] = ELFCLASS64;
}

static void big_endian(uint8_t *b)
{
    b[EI_DATA] = ELFDATA2MSB;
}

static void other_machine(uint8_t *b)
{
    header(b)->e_machine = EM_386;
}

static void relocatable(uint8_t *b)
{
    header(b)->e_type = ET_REL;
}

static void core_file(uint8_t *b)
{
    header(b)->e_type = ET_CORE;
}

static void no_segments(uint8_t *b)
{
    header(b)->e_phnum = 0;
}

static void entry_size(uint8_t *b)
{
    header(b)->e_phentsize = 8;
}

static void program_headers_outside(uint8_t *b)
{
    header(b)->e_phoff = 0xfffffff0;
}

static void program_headers_cut(uint8_t *b)
{
    header(b)->e_phoff = (uint32_t)((good_size - sizeof(Elf32_Phdr)) & ~3u);
}

static void nothing_to_load(uint8_t *b)
{
    Elf32_Phdr *p = (void *)(b + header(b)->e_phoff);
    for (unsigned i = 0; i < header(b)->e_phnum; i++)
        p[i].p_type = PT_NULL;
}

static void segment_outside(uint8_t *b)
{
    first_load(b)->p_offset = 0xfffffff0;
}

static void segment_sizes(uint8_t *b)
{
    first_load(b)->p_memsz = 1;
}

static void segment_huge(uint8_t *b)
{
    first_load(b)->p_memsz = 0x7fffffff;
}

static void segment_wraps(uint8_t *b)
{
    first_load(b)->p_vaddr = 0xfffffff8;
}

static void segments_overlap(uint8_t *b)
{
    Elf32_Phdr *p = first_load(b);
    p[1] = p[0];
}

static void section_headers_outside(uint8_t *b)
{
    header(b)->e_shoff = 0xfffffff0;
}

static void section_headers_cut(uint8_t *b)
{
    header(b)->e_shoff = (uint32_t)((good_size - sizeof(Elf32_Shdr)) & ~3u);
}

static void section_entry_size(uint8_t *b)
{
    header(b)->e_shentsize = 8;
}

static void symbols_outside(uint8_t *b)
{
    symbol_table(b)->sh_offset = 0xfffffff0;
}

static void symbols_link(uint8_t *b)
{
    symbol_table(b)->sh_link = 0xffff;
}

static void strings_missing(uint8_t *b)
{
    symbol_table(b)->sh_link = 0;
}

static const struct {
    void (*damage)(uint8_t *bytes);
    const char *message;
} bad_images[] = {
    {magic, "not an ELF file"},
    {class_64, "not a 32-bit ELF file"},
    {big_endian, "not little-endian"},
    {other_machine, "not for Arm"},
    {relocatable, "a relocatable object: link it first"},
    {core_file, "neither an executable nor a shared object"},
    {no_segments, "no segments: it is not linked"},
    {entry_size, "program headers of a wrong size"},
    {program_headers_outside, "truncated: the program headers reach beyond the end of the file"},
    {program_headers_cut, "truncated: the program headers reach beyond the end of the file"},
    {nothing_to_load, "no segment to load"},
    {segment_outside, "truncated: a segment reaches beyond the end of the file"},
    {segment_sizes, "a segment is larger in the file than in memory"},
    {segment_huge, "a segment is larger than 16 MiB"},
    {segment_wraps, "a segment wraps around the end of memory"},
    {segments_overlap, "overlapping segments"},
    {section_headers_outside, "truncated: the section headers reach beyond the end of the file"},
    {section_headers_cut, "truncated: the section headers reach beyond the end of the file"},
    {section_entry_size, "section headers of a wrong size"},
    {symbols_outside, "malformed symbol table"},
    {symbols_link, "malformed symbol table"},
    {strings_missing, "malformed names of symbols"},
};

static void test_bad(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof bad_images / sizeof *bad_images; i++) {
        static uint8_t bytes[sizeof good];
        struct diag diag = {0};
        memcpy(bytes, good, good_size);
        bad_images[i].damage(bytes);
        assert_null(open_bytes(bytes, good_size, &diag));
        assert_string_equal(diag.message, bad_images[i].message);
        assert_string_equal(diag.where, bad_path);
        assert_int_equal(diag.code, DIAG_INPUT);
    }
}

static void test_missing_file(void **unused)
{
    (void)unused;
    struct diag diag = {0};
    assert_null(arm_image_open("/nonexistent/jit.elf", &diag));
    assert_string_equal(diag.message, "No such file or directory");
    assert_null(arm_image_open("/tmp", &diag));
    assert_string_equal(diag.message, "not a regular file");
    assert_int_equal(diag.code, DIAG_INPUT);
}

static void use(struct arm_image *image)
{
    struct diag diag;
    struct undo undo = {0};
    struct arm_env env = {0};
    struct arm_state s = {.undo = &undo, .env = &env};
    uint32_t offset, size;
    char compiler[64];
    if (!image)
        return;
    arm_image_symbol(image, "entry", &offset, &size);
    arm_image_map(image, &s, &diag);
    arm_image_member(image, "outer", "h", &offset, &size, &diag);
    arm_image_struct_size(image, "pair", &size, &diag);
    arm_image_constant(image, "GREEN", &size, &diag);
    arm_image_compiler(image, compiler, sizeof compiler);
    arm_state_free(&s);
    undo_free(&undo);
    arm_image_close(image);
}

static void test_truncated(void **unused)
{
    (void)unused;
    struct diag diag;
    for (size_t size = 0; size < good_size; size += 1 + size / 64)
        use(open_bytes(good, size, &diag));
}

static void test_damaged(void **unused)
{
    (void)unused;
    static uint8_t bytes[sizeof good];
    uint64_t state = 1;
    struct diag diag;
    for (unsigned round = 0; round < 4000; round++) {
        memcpy(bytes, good, good_size);
        for (unsigned flips = 1 + round % 4; flips-- > 0;) {
            state = state * UINT64_C(6364136223846793005) + 1;
            /* Half of them in the headers at both ends. */
            size_t span = round % 2 ? good_size : 256, at = (size_t)(state >> 33) % span;
            if (round % 4 == 0)
                at = good_size - 1 - at;
            bytes[at] = (uint8_t)(state >> 24);
        }
        use(open_bytes(bytes, good_size, &diag));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),         cmocka_unit_test(test_no_objects), cmocka_unit_test(test_bad),
        cmocka_unit_test(test_missing_file), cmocka_unit_test(test_truncated),  cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, compile_good, remove_good);
}
