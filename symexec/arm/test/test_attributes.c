/* Build attributes: of objects for each architecture, and damaged in every byte. */
#include "symexec/arm/arm.h"
#include "symexec/term/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>

static char folder[] = "/tmp/thumbproof-attributes-XXXXXX";
static char path[sizeof folder + 16];
static uint8_t file[1 << 16];
static size_t size;

static int set_up(void **unused)
{
    (void)unused;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/image.elf", folder);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    unlink(path);
    return rmdir(folder);
}

/* Builds a program with the option, and reads it into `file`. */
static void build(const char *option)
{
    char command[512];
    snprintf(command, sizeof command,
             "echo 'int f(void) { return 1; }' | arm-none-eabi-gcc %s -nostdlib -Wl,-e,f -x c - -o %s 2>/dev/null",
             option, path);
    assert_int_equal(system(command), 0);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size = fread(file, 1, sizeof file, f);
    fclose(f);
    assert_true(size > 0 && size < sizeof file);
}

/* Whether `file` can be opened and its attributes are good. */
static bool read_file(enum arm_architecture *architecture, struct diag *diag)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(file, 1, size, f), size);
    fclose(f);
    struct arm_image *image = arm_image_open(path, diag);
    assert_non_null(image);
    bool good = arm_image_architecture(image, architecture, diag);
    arm_image_close(image);
    return good;
}

static Elf32_Shdr *section(void)
{
    const Elf32_Ehdr *header = (void *)file;
    Elf32_Shdr *s = (void *)(file + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++)
        if (s[i].sh_type == SHT_ARM_ATTRIBUTES)
            return &s[i];
    fail();
    return NULL;
}

static void architectures(void **unused)
{
    (void)unused;
    static const struct {
        const char *option;
        enum arm_architecture architecture;
    } rows[] = {
        {"-mthumb -mcpu=cortex-m0", ARM_V6_M},
        {"-mthumb -mcpu=cortex-m3", ARM_V7_M},
        {"-mthumb -mcpu=cortex-m4", ARM_V7E_M},
        {"-mthumb -mcpu=cortex-m7", ARM_V7E_M},
        {"-mthumb -mcpu=cortex-m23", ARM_V8_M_BASE},
        {"-mthumb -mcpu=cortex-m33", ARM_V8_M_MAIN},
        {"-mthumb -march=armv8.1-m.main", ARM_V8_1_M_MAIN},
        {"-mthumb -march=armv7", ARM_V7_M},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum arm_architecture found;
        struct diag diag = {0};
        build(rows[i].option);
        assert_true(read_file(&found, &diag));
        assert_int_equal(found, rows[i].architecture);
    }
}

static void other_profiles(void **unused)
{
    (void)unused;
    static const char *const options[] = {"-mcpu=cortex-a8", "-mcpu=cortex-r5", "-mcpu=cortex-a53", "-mcpu=arm7tdmi"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        enum arm_architecture found;
        struct diag diag = {0};
        build(options[i]);
        assert_false(read_file(&found, &diag));
        assert_non_null(strstr(diag.message, "no M-profile architecture"));
    }
}

static void none(void **unused)
{
    (void)unused;
    enum arm_architecture found;
    struct diag diag = {0};
    build("-mthumb -mcpu=cortex-m3");
    section()->sh_type = SHT_PROGBITS;
    assert_true(read_file(&found, &diag));
    assert_int_equal(found, ARM_UNKNOWN_ARCHITECTURE);
}

/* The bytes of a section, by hand: what the compilers at hand do not write. */
static void by_hand(void **unused)
{
    (void)unused;
    static const struct {
        const char *bytes;
        size_t size;
        int architecture; /* or -1: malformed */
    } rows[] = {
#define ROW(text, architecture) {text, sizeof text - 1, architecture}
        ROW("A", ARM_UNKNOWN_ARCHITECTURE),
        ROW("", -1),
        ROW("B", -1),
        ROW("A\x0a\0\0\0aeabi\0", ARM_UNKNOWN_ARCHITECTURE),
        ROW("A\x0b\0\0\0aeabi\0", -1),
        ROW("A\x09\0\0\0aeabi\0", -1),
        ROW("A\x03\0\0\0", -1),
        ROW("A\xff\xff\xff\xff"
            "aeabi\0",
            -1),
        ROW("A\x0c\0\0\0other\0\xff\xff", ARM_UNKNOWN_ARCHITECTURE),
        ROW("A\x11\0\0\0aeabi\0\x01\x07\0\0\0\x06\x0d", ARM_V7E_M),
        ROW("A\x12\0\0\0aeabi\0\x01\x08\0\0\0\x06\x8d\0", ARM_V7E_M),
        ROW("A\x16\0\0\0aeabi\0\x01\x0c\0\0\0\x06\x8d\x80\x80\x80\x10", -1),
        ROW("A\x11\0\0\0aeabi\0\x01\x07\0\0\0\x06\x8d", -1),
        ROW("A\x11\0\0\0aeabi\0\x01\x08\0\0\0\x06\x0d", -1),
        ROW("A\x11\0\0\0aeabi\0\x01\x04\0\0\0\x06\x0d", -1),
        ROW("A\x11\0\0\0aeabi\0\x04\x07\0\0\0\x06\x0d", -1),
        ROW("A\x13\0\0\0aeabi\0\x02\x09\0\0\0\x01\0\x06\x0d", ARM_V7E_M),
        ROW("A\x11\0\0\0aeabi\0\x03\x07\0\0\0\x01\x02", -1),
        ROW("A\x18\0\0\0aeabi\0\x01\x07\0\0\0\x06\x0d\x01\x07\0\0\0\x06\x0b", ARM_V7E_M),
        ROW("A\x15\0\0\0aeabi\0\x01\x0b\0\0\0\x20\x01x\0\x06\x0b", ARM_V6_M),
        ROW("A\x12\0\0\0aeabi\0\x01\x08\0\0\0\x43xy", -1),
        ROW("A\x13\0\0\0aeabi\0\x01\x09\0\0\0\x43\0\x06\x0a", ARM_V7_M),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum arm_architecture found;
        struct diag diag = {0};
        build("-mthumb -mcpu=cortex-m3");
        assert_true(rows[i].size <= section()->sh_size);
        memcpy(file + section()->sh_offset, rows[i].bytes, rows[i].size);
        section()->sh_size = (uint32_t)rows[i].size;
        bool good = read_file(&found, &diag);
        if (good != (rows[i].architecture >= 0) || (good && (int)found != rows[i].architecture))
            fail_msg("row %zu: %s", i, good ? arm_architecture_name(found) : diag.message);
        assert_true(good || strstr(diag.message, "malformed build attributes"));
    }
}

static void damaged(void **unused)
{
    (void)unused;
    static const uint8_t values[] = {0, 1, 2, 0x20, 0x43, 0x7f, 0x80, 0xff};
    unsigned refusals = 0;
    build("-mthumb -mcpu=cortex-m3");
    uint32_t start = section()->sh_offset, length = section()->sh_size;
    for (uint32_t at = start; at < start + length; at++) {
        uint8_t kept = file[at];
        for (size_t v = 0; v < sizeof values; v++) {
            enum arm_architecture found;
            struct diag diag = {0};
            file[at] = values[v];
            bool good = read_file(&found, &diag);
            assert_true(good || *diag.message);
            refusals += !good;
        }
        file[at] = kept;
    }
    for (uint32_t cut = 0; cut < length; cut++) {
        enum arm_architecture found;
        struct diag diag = {0};
        section()->sh_size = cut;
        bool good = read_file(&found, &diag);
        assert_true(good || *diag.message);
    }
    assert_true(refusals > length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(architectures), cmocka_unit_test(other_profiles), cmocka_unit_test(none),
        cmocka_unit_test(by_hand),       cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
