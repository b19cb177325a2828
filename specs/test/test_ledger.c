/* The ledger, the page that argues with it, and the code that carries its keys say the same. */
#include "specs/specs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *contents(const char *command)
{
    FILE *in = popen(command, "r");
    size_t size = 0, length = 0, got;
    char *text = NULL;
    assert_non_null(in);
    do {
        size += 1 << 16;
        text = realloc(text, size + 1);
        assert_non_null(text);
        got = fread(text + length, 1, size - length, in);
        length += got;
    } while (got > 0);
    text[length] = '\0';
    assert_int_equal(pclose(in), 0);
    return text;
}

static void rows_are_distinct(void **state)
{
    (void)state;
    assert_true(LEDGER_ROWS <= 32); /* a set of them is 32 bits */
    for (size_t i = 0; i < LEDGER_ROWS; i++) {
        assert_non_null(strchr(ledger_rows[i].key, '/'));
        assert_true(*ledger_rows[i].guarantor && *ledger_rows[i].text);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(ledger_rows[i].key, ledger_rows[k].key);
            assert_string_not_equal(ledger_rows[i].text, ledger_rows[k].text);
        }
    }
}

/* On the page keys stand as [`key`]. */
static void the_page_has_every_key_and_no_other(void **state)
{
    (void)state;
    char *page = contents("cat specs/doc/claim.md");
    bool found[LEDGER_ROWS] = {false};
    for (char *at = page; (at = strstr(at, "[`")); at++) {
        char *end = strstr(at, "`]");
        size_t i = 0;
        assert_non_null(end);
        while (i < LEDGER_ROWS && (strlen(ledger_rows[i].key) != (size_t)(end - at - 2) ||
                                   strncmp(ledger_rows[i].key, at + 2, strlen(ledger_rows[i].key)) != 0))
            i++;
        if (i == LEDGER_ROWS)
            fail_msg("claim.md has a key that the ledger has not: %.*s", (int)(end - at - 2), at + 2);
        found[i] = true;
    }
    for (size_t i = 0; i < LEDGER_ROWS; i++)
        if (!found[i])
            fail_msg("claim.md does not speak of %s", ledger_rows[i].key);
    free(page);
}

/* Assumptions are made through keys: nothing in obligations/ and proof/ adds a condition to a path in any other way. */
static void the_code_uses_every_key(void **state)
{
    (void)state;
    static const char *const constants[] = {
#define LEDGER(constant, key, guarantor, text) #constant,
#include "specs/ledger.def"
#undef LEDGER
    };
    char *code = contents("cat validator/proof/*.c validator/obligations/*.c validator/run/*.c");
    for (size_t i = 0; i < LEDGER_ROWS; i++)
        if (!strstr(code, constants[i]))
            fail_msg("no assumption carries %s", constants[i]);
    free(code);
    code = contents(
        "grep -n 'path_assume(\\|path_give(\\|path_define(' validator/proof/*.c validator/obligations/*.c | grep -v '^validator/proof/assume.c' || true");
    size_t lines = 0;
    for (const char *at = code; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 2); /* LEDGER_OWN_ENTRIES gives an entry, compiler.c; division.c names a value */
    free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_distinct),
        cmocka_unit_test(the_page_has_every_key_and_no_other),
        cmocka_unit_test(the_code_uses_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
