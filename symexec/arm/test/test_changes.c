/* Words that are not what they were: what arm_changes tells of a block since a mark of the undo log. */
#include "symexec/arm/test/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROOM = 8 };

static term value(unsigned number)
{
    char name[24];
    snprintf(name, sizeof name, "value_%u", number);
    return term_var(name, 32, TERM_ORDINARY);
}

static term initial(uint32_t offset)
{
    char name[24];
    snprintf(name, sizeof name, "data_%u", offset);
    return term_var(name, 32, TERM_ORDINARY);
}

/* What is done to words of the data block after the mark; a store of INITIAL puts back what was there. */
enum { READ = -1, INITIAL = -2 };
struct access {
    uint32_t offset;
    int stored; /* number of a value, or READ, or INITIAL */
};

static const struct {
    const char *what;
    struct access accesses[4];
    unsigned count;
    uint32_t from;
    struct access changed[3]; /* in order */
    unsigned changes;
} cases[] = {
    {"nothing", {{0, READ}}, 0, 0, {{0, 0}}, 0},
    {"read", {{0, READ}, {4, READ}}, 2, 0, {{0, 0}}, 0},
    {"written", {{4, 1}}, 1, 0, {{4, 1}}, 1},
    {"read and written", {{4, READ}, {4, 1}}, 2, 0, {{4, 1}}, 1},
    {"written twice", {{4, 1}, {4, 2}}, 2, 0, {{4, 2}}, 1},
    {"written and set back", {{4, 1}, {4, INITIAL}}, 2, 0, {{0, 0}}, 0},
    {"read, written and set back", {{4, READ}, {4, 1}, {4, INITIAL}}, 3, 0, {{0, 0}}, 0},
    {"written, set back and written", {{4, 1}, {4, INITIAL}, {4, 1}}, 3, 0, {{4, 1}}, 1},
    {"two words, in the order of their first change", {{8, 1}, {4, 2}, {8, 3}}, 3, 0, {{8, 3}, {4, 2}}, 2},
    {"one of two set back", {{8, 1}, {4, 2}, {8, INITIAL}}, 3, 0, {{4, 2}}, 1},
    {"before `from`", {{0, 1}, {4, 2}}, 2, 8, {{0, 0}}, 0},
    {"at `from`", {{0, 1}, {4, 2}}, 2, 4, {{4, 2}}, 1},
    {"the last word", {{60, 1}}, 1, 60, {{60, 1}}, 1},
};

static void touch(struct fixture *f, const struct access *a)
{
    term at = term_const(32, DATA + a->offset);
    if (a->stored == READ)
        assert_non_null(arm_load(&f->s, at, 4, true));
    else
        assert_true(
            arm_store(&f->s, at, 4, a->stored == INITIAL ? initial(a->offset) : value((unsigned)a->stored), true));
}

static void changes_are_words_that_differ(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        struct arm_change changes[ROOM];
        fixture_open(&f, NULL, 0);
        size_t mark = f.undo.count;
        for (unsigned k = 0; k < cases[i].count; k++)
            touch(&f, &cases[i].accesses[k]);
        size_t found = arm_changes(&f.s, FIXTURE_DATA, mark, cases[i].from, changes, ROOM);
        if (found != cases[i].changes)
            fail_msg("%s: %zu changes", cases[i].what, found);
        for (size_t k = 0; k < found; k++) {
            const struct access *expected = &cases[i].changed[k];
            assert_int_equal(changes[k].offset, expected->offset);
            assert_ptr_equal(changes[k].before, initial(expected->offset));
            assert_ptr_equal(changes[k].after, value((unsigned)expected->stored));
        }
        fixture_close(&f);
    }
}

/* What was changed before the mark is what was there. */
static void changes_begin_at_the_mark(void **unused)
{
    (void)unused;
    struct fixture f;
    struct arm_change change;
    fixture_open(&f, NULL, 0);
    touch(&f, &(struct access){4, 1});
    size_t mark = f.undo.count;
    assert_int_equal(arm_changes(&f.s, FIXTURE_DATA, mark, 0, &change, 1), 0);
    touch(&f, &(struct access){8, READ});
    touch(&f, &(struct access){4, 2});
    struct arm_change both[ROOM];
    assert_int_equal(arm_changes(&f.s, FIXTURE_DATA, mark, 0, both, ROOM), 1);
    assert_ptr_equal(both[0].before, value(1));
    assert_ptr_equal(both[0].after, value(2));
    fixture_close(&f);
}

/* With as many words touched as there is room for, more may have changed. */
static void room_that_is_full_may_hide_more(void **unused)
{
    (void)unused;
    struct fixture f;
    struct arm_change changes[3];
    fixture_open(&f, NULL, 0);
    touch(&f, &(struct access){0, 1});
    touch(&f, &(struct access){4, 2});
    for (size_t room = 1; room <= 3; room++)
        assert_int_equal(arm_changes(&f.s, FIXTURE_DATA, 0, 0, changes, room), room < 2 ? room : 2);
    touch(&f, &(struct access){8, READ});
    assert_int_equal(arm_changes(&f.s, FIXTURE_DATA, 0, 0, changes, 3), 3); /* nobody looked any further */
    fixture_close(&f);
}

/* Bytes are part of a word; other blocks and registers are none of it. */
static void only_words_of_the_block_count(void **unused)
{
    (void)unused;
    struct fixture f;
    struct arm_change changes[ROOM];
    fixture_open(&f, NULL, 0);
    assert_true(arm_store(&f.s, term_add(f.s.r[ARM_SP], term_const(32, 4)), 4, value(1), true));
    assert_true(arm_set_reg(&f.s, 2, value(1)));
    assert_int_equal(arm_changes(&f.s, FIXTURE_DATA, 0, 0, changes, ROOM), 0);
    assert_true(arm_store(&f.s, term_const(32, DATA + 6), 1, term_const(8, 7), true));
    assert_int_equal(arm_changes(&f.s, FIXTURE_DATA, 0, 0, changes, ROOM), 1);
    assert_int_equal(changes[0].offset, 4);
    assert_ptr_equal(term_extract(changes[0].after, 16, 8), term_const(8, 7));
    assert_ptr_equal(term_extract(changes[0].after, 0, 16), term_extract(changes[0].before, 0, 16));
    assert_int_equal(arm_changes(&f.s, FIXTURE_STACK_BLOCK, 0, 0, changes, ROOM), 1);
    fixture_close(&f);
}

/* Of a constant image what was there is known without having been read. */
static void an_image_is_what_was_there(void **unused)
{
    (void)unused;
    struct fixture f;
    struct arm_change change[2];
    fixture_open(&f, NULL, 0);
    arm_poke(&f.s, FIXTURE_CONSTANTS, 4, value(1));
    assert_int_equal(arm_changes(&f.s, FIXTURE_CONSTANTS, 0, 0, change, 2), 1);
    assert_ptr_equal(change[0].before, term_const(32, 0x08070605));
    arm_poke(&f.s, FIXTURE_CONSTANTS, 4, term_const(32, 0x08070605));
    assert_int_equal(arm_changes(&f.s, FIXTURE_CONSTANTS, 0, 0, change, 2), 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_words_that_differ),   cmocka_unit_test(changes_begin_at_the_mark),
        cmocka_unit_test(room_that_is_full_may_hide_more), cmocka_unit_test(only_words_of_the_block_count),
        cmocka_unit_test(an_image_is_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
