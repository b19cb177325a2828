/* An image in memory: which of its contents are known, and what may be done to it. It is assembled here. */
#include "symexec/arm/test/fixture.h"

#include "symexec/term/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Constant: 0x8000 to 0x8008. Writable: 0x9000 to 0x900a in the file, and on to 0x9016. */
static const char source[] = ".text; .thumb; .global entry; entry: bx lr; .short 0xbf00; .word 0x11223344;"
                             ".data; .word 1, 2; .short 3;"
                             ".bss; .space 12";

enum { TEXT = 0x8000, WRITABLE = 0x9000, END = 0x9018 };

static char path[] = "/tmp/thumbproof-image-XXXXXX";
static struct arm_image *image;

static int open_image(void **unused)
{
    (void)unused;
    char command[700];
    struct diag diag;
    int file = mkstemp(path);
    if (file < 0)
        return -1;
    snprintf(command, sizeof command,
             "echo '%s' | tr ';' '\\n' | arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -nostdlib -x assembler "
             "-Wl,-Ttext=0x%x,-Tdata=0x%x,-e,entry -o %s -",
             source, TEXT, WRITABLE, path);
    if (system(command) != 0)
        return -1;
    image = arm_image_open(path, &diag);
    return image ? 0 : -1;
}

static int close_image(void **unused)
{
    (void)unused;
    arm_image_close(image);
    return remove(path);
}

/* The fixture's machine with the image instead of its blocks. */
static void open_mapped(struct fixture *f)
{
    struct diag diag;
    fixture_open(f, NULL, 0);
    arm_state_free(&f->s);
    if (!arm_image_map(image, &f->s, &diag))
        fail_msg("%s", diag.message);
}

static term word(struct fixture *f, uint32_t address)
{
    return arm_load(&f->s, term_const(32, address), 4, true);
}

static void what_nobody_can_write_is_constant(void **unused)
{
    (void)unused;
    struct fixture f;
    open_mapped(&f);
    assert_ptr_equal(word(&f, TEXT), term_const(32, 0xbf004770));
    assert_ptr_equal(word(&f, TEXT + 4), term_const(32, 0x11223344));
    fixture_close(&f);
}

/* Each word is what whoever ran before has left there: something, and no more is known. */
static void what_can_be_written_is_undefined(void **unused)
{
    (void)unused;
    struct fixture f;
    open_mapped(&f);
    for (uint32_t at = WRITABLE; at < WRITABLE + 0x14; at += 4) {
        term t = word(&f, at);
        assert_non_null(t);
        assert_int_equal(t->classes, TERM_UNDEFINED);
        assert_ptr_equal(word(&f, at), t);
        assert_ptr_not_equal(word(&f, at == WRITABLE ? at + 4 : WRITABLE), t);
    }
    fixture_close(&f);
}

static const struct {
    const char *what;
    uint32_t address;
    enum arm_rule store, execute;
} uses[] = {
    {"code", TEXT, ARM_BAD_PERMISSION, ARM_RULE_NONE},
    {"data", WRITABLE, ARM_BAD_PERMISSION, ARM_BAD_PERMISSION},
    {"data without contents", WRITABLE + 12, ARM_BAD_PERMISSION, ARM_BAD_PERMISSION},
    {"what is not there", END + 0x1000, ARM_BAD_ADDRESS, ARM_BAD_BRANCH},
};

static void it_is_only_read_and_run(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        struct fixture f;
        open_mapped(&f);
        assert_false(arm_store(&f.s, term_const(32, uses[i].address), 4, term_const(32, 0), true));
        assert_int_equal(f.s.broken, uses[i].store);
        f.s.r[ARM_PC] = term_const(32, uses[i].address);
        f.s.r[ARM_LR] = term_const(32, TEXT | 1);
        bool ok = arm_step(&f.s);
        if (ok != (uses[i].execute == ARM_RULE_NONE) || f.s.broken != uses[i].execute)
            fail_msg("%s: %s", uses[i].what, arm_rule_info(f.s.broken)->name);
        fixture_close(&f);
    }
}

/* ---- globals that are declared constant ---- */

static const struct {
    const char *what;
    uint32_t address, size;
    bool known;
} globals[] = {
    {"one word", WRITABLE + 4, 4, true},
    {"two words", WRITABLE, 8, true},
    {"a word of which the file has half", WRITABLE + 8, 4, true},
    {"without contents: zeros", WRITABLE + 12, 4, true},
    {"all of it", WRITABLE, END - WRITABLE, true},
    {"nothing", WRITABLE, 0, true},
    {"half a word", WRITABLE + 4, 2, false},
    {"not at a word", WRITABLE + 2, 4, false},
    {"beyond the end", END - 4, 8, false},
    {"before the begin", WRITABLE - 4, 8, false},
    {"around the end of memory", WRITABLE + 4, -4u, false},
    {"constant as it is", TEXT, 4, false},
    {"not there", END + 0x1000, 4, false},
};

static uint32_t contents(uint32_t address)
{
    static const uint32_t words[] = {1, 2, 3};
    return address < WRITABLE + sizeof words ? words[(address - WRITABLE) / 4] : 0;
}

static void declared_globals_have_their_initial_contents(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++) {
        struct fixture f;
        open_mapped(&f);
        if (arm_image_map_constant(image, &f.s, globals[i].address, globals[i].size) != globals[i].known)
            fail_msg("%s", globals[i].what);
        for (uint32_t at = WRITABLE; at < WRITABLE + 0x14; at += 4) {
            term t = word(&f, at);
            if (globals[i].known && at - globals[i].address < globals[i].size)
                assert_ptr_equal(t, term_const(32, contents(at)));
            else
                assert_int_equal(t->classes, TERM_UNDEFINED);
        }
        assert_false(arm_store(&f.s, term_const(32, WRITABLE), 4, term_const(32, 0), true)); /* nor writable now */
        fixture_close(&f);
    }
}

/* ---- what else may be at its addresses ---- */

static const struct {
    uint32_t address, size;
    bool overlaps;
} areas[] = {
    {TEXT, 4, true},         {TEXT + 4, 4, true}, {TEXT + 8, 4, false}, {WRITABLE - 4, 4, false},
    {WRITABLE - 4, 5, true}, {END - 1, 1, true},  {END, 0x1000, false}, {TEXT, 0x2000, true},
    {0, -1u, true},          {0, 0x1000, false},  {-16u, 16, false},
};

static void areas_overlap_or_do_not(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        if (arm_image_overlaps(image, areas[i].address, areas[i].size) != areas[i].overlaps)
            fail_msg("%u bytes at %x", areas[i].size, areas[i].address);
}

static void a_block_in_its_place_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        struct fixture f;
        struct diag diag;
        uint32_t begin = areas[i].address & ~3u, size = areas[i].size & ~3u;
        if (size == 0 || size > 0x2000)
            continue;
        fixture_open(&f, NULL, 0);
        arm_state_free(&f.s);
        arm_add_block(&f.s, (struct arm_block){.name = "other", .base = term_const(32, begin), .size = size});
        assert_int_equal(arm_image_map(image, &f.s, &diag), !arm_image_overlaps(image, begin, size));
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_can_write_is_constant),
        cmocka_unit_test(what_can_be_written_is_undefined),
        cmocka_unit_test(it_is_only_read_and_run),
        cmocka_unit_test(declared_globals_have_their_initial_contents),
        cmocka_unit_test(areas_overlap_or_do_not),
        cmocka_unit_test(a_block_in_its_place_is_refused),
    };
    return cmocka_run_group_tests(tests, open_image, close_image);
}
