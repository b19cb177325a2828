/*
 * What debug information says of structs and enumerators, whichever compiler wrote it: a program of two units that is
 * compiled here, and the shipped objects.
 */
#include "symexec/arm/arm.h"
#include "symexec/term/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/thumbproof-dwarf-XXXXXX";

static const struct {
    const char *name, *command;
} compilers[] = {
    {"gcc", "arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os"},
    {"clang", "clang --target=thumbv7m-none-eabi -Oz"},
};
enum { COMPILERS = sizeof compilers / sizeof *compilers };
static struct arm_image *images[COMPILERS];

static const char *const sources[] = {
    "struct inner { int x, y; };\n"
    "struct outer { char c; struct inner in; unsigned short h[3]; unsigned bits : 3; };\n"
    "typedef struct { int first, second; } pair;\n"
    "typedef const volatile struct inner alias;\n"
    "pair p; struct outer o = {.c = 1};\n"
    "struct unused { char c[5]; };\n"
    "struct declared; struct declared *d;\n"
    "union either { int i; char c; };\n"
    "struct disputed { int a, b; };\n"
    "enum color { RED, GREEN = 200, BLUE = 40000, NEXT };\n"
    "enum sign { MINUS_FIVE = -5, LEAST = -2147483647 - 1, MOST = 2147483647 };\n"
    "enum byte { MINUS_ONE = -1, ONE = 1 };\n"
    "enum { ALL_ONES = 0xffffffffu };\n"
    "enum { WIDE = 0x100000000ll };\n"
    "enum { DISPUTED = 1, AGREED = 9 };\n"
    "int entry(int i) { enum { LOCAL = 77 } l = i ? LOCAL : 0; return i + l + o.c; }\n",
    "struct disputed { int a, b, c; };\n"
    "struct declared { long long l; };\n"
    "enum { DISPUTED = 2, AGREED = 9 };\n",
};
enum { SOURCES = sizeof sources / sizeof *sources };

static int compile(void **unused)
{
    (void)unused;
    struct diag diag;
    char path[2 * sizeof folder], command[512];
    if (!mkdtemp(folder))
        return -1;
    for (int i = 0; i < SOURCES; i++) {
        snprintf(path, sizeof path, "%s/%d.c", folder, i);
        FILE *f = fopen(path, "w");
        if (!f || fputs(sources[i], f) < 0 || fclose(f) != 0)
            return -1;
    }
    for (int k = 0; k < COMPILERS; k++) {
        for (int i = 0; i < SOURCES; i++) {
            snprintf(command, sizeof command,
                     "%s -g -fno-eliminate-unused-debug-types -ffreestanding -c %s/%d.c -o %s/%d.o",
                     compilers[k].command, folder, i, folder, i);
            if (system(command) != 0)
                return -1;
        }
        snprintf(command, sizeof command,
                 "arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -nostdlib -Wl,-e,entry -o %s/%s.elf %s/0.o %s/1.o", folder,
                 compilers[k].name, folder, folder);
        snprintf(path, sizeof path, "%s/%s.elf", folder, compilers[k].name);
        if (system(command) != 0 || !(images[k] = arm_image_open(path, &diag)))
            return -1;
    }
    return 0;
}

static int clean(void **unused)
{
    (void)unused;
    char command[sizeof folder + 16];
    for (int k = 0; k < COMPILERS; k++)
        arm_image_close(images[k]);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* An answer is as expected: found with the value, or refused with a message that has the words. */
static void check(const char *compiler, const char *what, bool found, uint32_t value, const struct diag *diag,
                  uint32_t expected, const char *words)
{
    if (words ? found || diag->code != DIAG_INPUT || !strstr(diag->message, words) || !strstr(diag->message, what)
              : !found || value != expected)
        fail_msg("%s, %s: %s, %u, %s", compiler, what, found ? "found" : "refused", (unsigned)value, diag->message);
}

static const char unknown[] = "is not in", differs[] = "differs between";

static void test_members(void **unused)
{
    (void)unused;
    static const struct {
        const char *tag, *member;
        uint32_t offset, size;
        const char *refused;
    } rows[] = {
        {"outer", "c", 0, 1, NULL},       {"outer", "in", 4, 8, NULL},         {"outer", "h", 12, 6, NULL},
        {"inner", "y", 4, 4, NULL},       {"pair", "second", 4, 4, NULL},      {"alias", "y", 4, 4, NULL},
        {"declared", "l", 0, 8, NULL},    {"disputed", "b", 4, 4, NULL},       {"disputed", "c", 8, 4, NULL},
        {"outer", "bits", 0, 0, unknown}, {"outer", "missing", 0, 0, unknown}, {"missing", "c", 0, 0, unknown},
        {"either", "i", 0, 0, unknown},
    };
    for (int k = 0; k < COMPILERS; k++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct diag diag = {0};
            uint32_t offset, size;
            bool found = arm_image_member(images[k], rows[i].tag, rows[i].member, &offset, &size, &diag);
            check(compilers[k].name, rows[i].member, found, offset, &diag, rows[i].offset, rows[i].refused);
            check(compilers[k].name, rows[i].tag, found, size, &diag, rows[i].size, rows[i].refused);
        }
}

struct row {
    const char *name;
    uint32_t value;
    const char *refused;
};

static void check_rows(bool (*ask)(const struct arm_image *, const char *, uint32_t *, struct diag *),
                       const struct row *rows, size_t count)
{
    for (int k = 0; k < COMPILERS; k++)
        for (size_t i = 0; i < count; i++) {
            struct diag diag = {0};
            uint32_t value;
            bool found = ask(images[k], rows[i].name, &value, &diag);
            check(compilers[k].name, rows[i].name, found, value, &diag, rows[i].value, rows[i].refused);
        }
}

static void test_struct_sizes(void **unused)
{
    (void)unused;
    static const struct row rows[] = {
        {"inner", 8, NULL},     {"outer", 20, NULL},   {"pair", 8, NULL},        {"alias", 8, NULL},
        {"unused", 5, NULL},    {"declared", 8, NULL}, {"disputed", 0, differs}, {"missing", 0, unknown},
        {"either", 0, unknown}, {"color", 0, unknown},
    };
    check_rows(arm_image_struct_size, rows, sizeof rows / sizeof *rows);
}

static void test_constants(void **unused)
{
    (void)unused;
    static const struct row rows[] = {
        {"RED", 0, NULL},
        {"GREEN", 200, NULL},
        {"BLUE", 40000, NULL},
        {"NEXT", 40001, NULL},
        {"MINUS_FIVE", 0xfffffffb, NULL},
        {"LEAST", 0x80000000, NULL},
        {"MOST", 0x7fffffff, NULL},
        {"MINUS_ONE", 0xffffffff, NULL},
        {"ONE", 1, NULL},
        {"ALL_ONES", 0xffffffff, NULL},
        {"LOCAL", 77, NULL},
        {"AGREED", 9, NULL},
        {"DISPUTED", 0, differs},
        {"WIDE", 0, unknown}, /* more than 32 bits */
        {"MISSING", 0, unknown},
        {"GREE", 0, unknown},
        {"color", 0, unknown},
    };
    check_rows(arm_image_constant, rows, sizeof rows / sizeof *rows);
}

/* Types that the code does not use are there, too, and all the objects agree. */
static void test_shipped_objects(void **unused)
{
    (void)unused;
    static const char *const objects[] = {"build/m3-gcc-Os/jit.elf", "build/m3-gcc-O2/jit.elf",
                                          "build/m3-clang-Oz/jit.elf"};
    static const struct row sizes[] = {{"jit", 52, NULL}, {"tp_vm", 24, NULL}, {"tp_insn", 8, NULL}};
    static const struct row constants[] = {{"TP_OK", 0, NULL}, {"TP_CODE_FULL", 17, NULL}};
    for (size_t k = 0; k < sizeof objects / sizeof *objects; k++) {
        struct diag diag = {0};
        uint32_t value;
        struct arm_image *image = arm_image_open(objects[k], &diag);
        assert_non_null(image);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            bool found = arm_image_struct_size(image, sizes[i].name, &value, &diag);
            check(objects[k], sizes[i].name, found, value, &diag, sizes[i].value, NULL);
        }
        for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
            bool found = arm_image_constant(image, constants[i].name, &value, &diag);
            check(objects[k], constants[i].name, found, value, &diag, constants[i].value, NULL);
        }
        arm_image_close(image);
    }
}

static void test_without_debug_information(void **unused)
{
    (void)unused;
    struct diag diag = {0};
    uint32_t value;
    char command[512], path[2 * sizeof folder];
    snprintf(path, sizeof path, "%s/stripped.elf", folder);
    snprintf(command, sizeof command, "arm-none-eabi-strip -g %s/gcc.elf -o %s", folder, path);
    assert_int_equal(system(command), 0);
    struct arm_image *image = arm_image_open(path, &diag);
    assert_non_null(image);
    assert_false(arm_image_struct_size(image, "inner", &value, &diag));
    assert_string_equal(diag.message, "no debug information: compile with -g");
    assert_string_equal(diag.where, path);
    assert_false(arm_image_constant(image, "RED", &value, &diag));
    assert_true(arm_image_symbol(image, "entry", &value, &value));
    arm_image_close(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_struct_sizes),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_shipped_objects),
        cmocka_unit_test(test_without_debug_information),
    };
    return cmocka_run_group_tests(tests, compile, clean);
}
