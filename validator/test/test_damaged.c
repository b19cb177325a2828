/*
 * Bad and mutilated files: the tool refuses them in one line, and neither crashes nor hangs. THUMBPROOF_FUZZ is the
 * number of mutations of each kind (default 150).
 */
#include "validator/test/tool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- bad files ---- */

/* Our JIT, built for a newer core. */
static const char *newer(void)
{
    char command[512];
    snprintf(command, sizeof command,
             "arm-none-eabi-gcc -std=c11 -Os -g -fno-eliminate-unused-debug-types -mcpu=cortex-m4 -mthumb "
             "-ffreestanding -nostdlib -static -Wl,-e,tp_compile jit/*.c -o %s",
             at("newer.elf"));
    assert_int_equal(system(command), 0);
    return at("newer.elf");
}

static void bad_elf_files(void **state)
{
    (void)state;
    struct bytes elf = slurp(ELF);
    refused(RUN("list", "--jit", at("missing.elf")), "missing.elf");
    refused(RUN("list", "--jit", folder), folder);
    refused(RUN("list", "--jit", spill("empty.elf", "", 0)), "empty.elf");
    refused(RUN("list", "--jit", "Makefile"), "Makefile");
    refused(RUN("list", "--jit", "/proc/self/exe"), "/proc/self/exe");
    refused(RUN("list", "--jit", "build/m3-gcc-Os/emit.o"), "relocatable");
    refused(RUN("list", "--jit", newer()), "is built for ARMv7E-M, but the manifest's core \"cortex-m3\" has ARMv7-M");
    assert_int_equal(RUN("list", "--jit", newer(), "--manifest", edited("\"core\"", "cortex-m3", "cortex-m4"))->status,
                     0);
    for (size_t size = 4; size < elf.size; size = size * 2 + 5)
        refused(RUN("list", "--jit", spill("cut.elf", elf.data, size)), "cut.elf");
    free(elf.data);
}

/* ---- mutilated input ---- */

static uint64_t seed = 0x9e3779b97f4a7c15;

static size_t below(size_t end)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % end);
}

/* A few changes of a byte, a word or a stretch; half of them in the `head` bytes at the start or the `tail` bytes at
 * the end. */
static void mutilate(struct bytes *b, size_t head, size_t tail)
{
    for (size_t changes = 1 + below(4); changes > 0; changes--) {
        size_t kind = below(4);
        size_t place = kind == 0 ? below(head) : kind == 1 ? b->size - 1 - below(tail) : below(b->size);
        static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, '"', '{', ','};
        switch (below(4)) {
        case 0:
            b->data[place] ^= (uint8_t)(1u << below(8));
            break;
        case 1:
            b->data[place] = values[below(sizeof values)];
            break;
        case 2:
            memset(b->data + place, values[below(sizeof values)], b->size - place < 4 ? b->size - place : 4);
            break;
        default:
            b->data[place] = (uint8_t)below(256);
            break;
        }
    }
    if (below(20) == 0)
        b->size = below(b->size);
}

static void fuzz(const char *original, const char *option, const char *name, size_t head, size_t tail)
{
    const char *setting = getenv("THUMBPROOF_FUZZ");
    long count = setting ? strtol(setting, NULL, 10) : 150;
    struct bytes whole = slurp(original);
    unsigned refusals = 0;
    for (long i = 0; i < count; i++) {
        struct bytes b = {malloc(whole.size), whole.size};
        assert_non_null(b.data);
        memcpy(b.data, whole.data, whole.size);
        mutilate(&b, head, tail);
        struct outcome *o = RUN("list", option, spill(name, b.data, b.size));
        if ((o->status != 0 || *o->err) && (o->status != 2 || !clear(o->err))) {
            char kept[64];
            snprintf(kept, sizeof kept, "build/bad-%s", name);
            write_file(kept, b.data, b.size);
            fail_msg("mutation %ld, kept as %s: status %d, stderr: %s", i, kept, o->status, o->err);
        }
        refusals += o->status == 2;
        free(b.data);
    }
    assert_true(refusals > 0);
    free(whole.data);
}

static void mutilated_manifests(void **state)
{
    (void)state;
    fuzz(MANIFEST, "--manifest", "fuzz.json", 500, 500);
}

/* The file begins with the ELF header and ends with symbols, strings and section headers. */
static void mutilated_elf_files(void **state)
{
    (void)state;
    fuzz(ELF, "--jit", "fuzz.elf", 120, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_elf_files),
        cmocka_unit_test(mutilated_manifests),
        cmocka_unit_test(mutilated_elf_files),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
