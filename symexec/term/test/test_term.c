/*
 * Terms against their reference meaning: a random pool of terms is grown with every constructor, next to the values
 * that term_apply gives for the same operation under several assignments. Whatever rewrites happened, the values must
 * agree.
 */
#include "symexec/term/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { POOL = 600, ASSIGNMENTS = 6, ROUNDS = 300, LOGGED_ROUNDS = 30 };

struct sample {
    term t;
    uint64_t values[ASSIGNMENTS];
};

static uint64_t seed = 1;

static uint64_t rnd(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static uint64_t corner(unsigned width)
{
    static const uint64_t corners[] = {0, 1, 2, 0xff, 0x80, 0x7fffffff, 0x80000000, 0xffffffff, 0xff00, ~UINT64_C(0)};
    uint64_t value = rnd() % 3 ? corners[rnd() % (sizeof corners / sizeof *corners)] : rnd();
    return value & term_mask(width);
}

/* Inputs of several widths and classes. */
static size_t leaves(struct sample *pool)
{
    static const unsigned widths[] = {1, 3, 8, 12, 16, 32, 32, 33, 64};
    size_t count = 0;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        for (int k = 0; k < 3; k++) {
            char name[16];
            snprintf(name, sizeof name, "v%zu_%d", i, k);
            struct sample *s = &pool[count++];
            s->t = k < 2 ? term_var(name, widths[i], k ? TERM_PRIVATE : TERM_ORDINARY)
                         : term_const(widths[i], corner(widths[i]));
            for (int a = 0; a < ASSIGNMENTS; a++)
                s->values[a] = k < 2 ? corner(widths[i]) : s->t->value;
        }
    return count;
}

static const struct sample *pick(const struct sample *pool, size_t count, unsigned width)
{
    for (;;) {
        const struct sample *s = &pool[rnd() % count];
        if (width == 0 || s->t->width == width)
            return s;
    }
}

typedef term (*binary)(term, term);

static const struct {
    enum term_op op;
    binary build;
} binaries[] = {
    {TERM_MUL, term_mul}, {TERM_UDIV, term_udiv}, {TERM_SDIV, term_sdiv}, {TERM_AND, term_and}, {TERM_OR, term_or},
    {TERM_SHL, term_shl}, {TERM_LSHR, term_lshr}, {TERM_ASHR, term_ashr}, {TERM_EQ, term_eq},   {TERM_ULT, term_ult},
    {TERM_SLT, term_slt}, {TERM_SUM, term_add},   {TERM_XOR, term_xor},
};

/* Builds one random application; `shape` and `args` describe it for term_apply. */
static term build(const struct sample *pool, size_t count, struct term *shape, const struct sample **args,
                  term *operands, uint64_t *coef)
{
    const struct sample *a = pick(pool, count, 0);
    args[0] = a;
    unsigned width = a->t->width;
    *shape = (struct term){.width = (uint8_t)width, .nargs = 1, .args = operands};
    switch (rnd() % 6) {
    case 0: {
        unsigned slice = 1 + (unsigned)(rnd() % width);
        shape->op = TERM_EXTRACT;
        shape->width = (uint8_t)slice;
        shape->value = rnd() % (width - slice + 1);
        return term_extract(a->t, (unsigned)shape->value, slice);
    }
    case 1: {
        args[1] = pick(pool, count, 0);
        if (width + args[1]->t->width > 64)
            return NULL;
        shape->op = TERM_CONCAT;
        shape->nargs = 2;
        shape->width = (uint8_t)(width + args[1]->t->width);
        return term_concat(a->t, args[1]->t);
    }
    case 2:
        shape->op = TERM_SEXT;
        shape->width = (uint8_t)(width + rnd() % (65 - width));
        return term_sext(a->t, shape->width);
    case 3:
        args[0] = pick(pool, count, 1);
        args[1] = a;
        args[2] = pick(pool, count, width);
        shape->op = TERM_ITE;
        shape->nargs = 3;
        return term_ite(args[0]->t, args[1]->t, args[2]->t);
    default: {
        size_t i = rnd() % (sizeof binaries / sizeof *binaries);
        args[1] = pick(pool, count, width);
        shape->op = (uint8_t)binaries[i].op;
        shape->nargs = 2;
        shape->coef = coef;
        bool truth = shape->op == TERM_EQ || shape->op == TERM_ULT || shape->op == TERM_SLT;
        shape->width = truth ? 1 : (uint8_t)width;
        return binaries[i].build(args[0]->t, args[1]->t);
    }
    }
}

static int assignment;

static uint64_t lookup(term var, void *data)
{
    const struct sample *pool = data;
    while (pool->t != var)
        pool++;
    return pool->values[assignment];
}

static void grow_pools(int rounds)
{
    static struct sample pool[POOL];
    for (int round = 0; round < rounds; round++) {
        size_t count = leaves(pool);
        while (count < POOL) {
            struct term shape;
            const struct sample *args[3] = {NULL};
            term operands[3] = {NULL};
            uint64_t coef[3] = {1, 1, 1};
            term t = build(pool, count, &shape, args, operands, coef);
            if (!t || t->depth > 40)
                continue;
            struct sample *s = &pool[count++];
            s->t = t;
            assert_int_equal(t->width, shape.width);
            for (int a = 0; a < ASSIGNMENTS; a++) {
                uint64_t values[3];
                for (uint32_t i = 0; i < shape.nargs; i++) {
                    operands[i] = args[i]->t;
                    values[i] = args[i]->values[a];
                }
                s->values[a] = term_apply(&shape, values);
                /* Known bits must hold whatever the assignment. */
                assert_true((s->values[a] & t->zeros) == 0 && (~s->values[a] & t->ones) == 0);
            }
            assignment = (int)(rnd() % ASSIGNMENTS);
            uint64_t value = term_eval(t, lookup, pool);
            if (value != s->values[assignment]) {
                fputs("operation ", stderr);
                for (uint32_t i = 0; i < shape.nargs; i++) {
                    term_print(stderr, args[i]->t, 6);
                    fputs(" ; ", stderr);
                }
                fprintf(stderr, "op %u became ", shape.op);
                term_print(stderr, t, 6);
                fputc('\n', stderr);
            }
            assert_int_equal(value, s->values[assignment]);
        }
    }
}

static void constructors_keep_the_meaning(void **state)
{
    (void)state;
    grow_pools(ROUNDS);
}

/* The rule of each rewrite is one of the constructor that was called. */
static void rewrites_have_a_rule_of_their_constructor(void **state)
{
    (void)state;
    static const char *const first_words[] = {
        [TERM_SUM] = "add-",         [TERM_MUL] = "mul-",   [TERM_UDIV] = "div-",  [TERM_SDIV] = "div-",
        [TERM_AND] = "and-",         [TERM_OR] = "or-",     [TERM_XOR] = "xor-",   [TERM_SHL] = "shl-",
        [TERM_LSHR] = "lshr-",       [TERM_ASHR] = "ashr-", [TERM_EQ] = "eq-",     [TERM_ULT] = "ult-",
        [TERM_SLT] = "slt-",         [TERM_ITE] = "ite-",   [TERM_SEXT] = "sext-", [TERM_CONCAT] = "concat-",
        [TERM_EXTRACT] = "extract-",
    };
    size_t count;
    term_audit_start();
    grow_pools(LOGGED_ROUNDS);
    audit_on = false;
    const struct term_rewrite *log = term_audit_log(&count);
    for (size_t i = 0; i < count; i++) {
        const char *name = term_rule_info(log[i].rule)->name, *word = first_words[log[i].op];
        if (log[i].rule != RULE_FOLD_CONSTANTS && log[i].rule != RULE_ORDER_OPERANDS &&
            strncmp(name, word, strlen(word)) != 0)
            fail_msg("%s made a rewrite of op %u", name, log[i].op);
    }
    assert_true(count > 0);
}

static term var(const char *name, unsigned width)
{
    return term_var(name, width, TERM_ORDINARY);
}

static term num(uint64_t value)
{
    return term_const(32, value);
}

static void addresses_cancel(void **state)
{
    (void)state;
    term out = term_var("out", 32, TERM_PRIVATE), pos = var("pos", 32);
    term pointer = term_sub(out, term_shl(pos, num(1)));
    term at = term_add(term_add(pointer, num(6)), term_add(pos, pos));
    assert_ptr_equal(at, term_add(out, num(6)));
    assert_ptr_equal(term_sub(at, out), num(6));
}

static void fields_of_an_instruction_fall_out(void **state)
{
    (void)state;
    term imm = var("imm", 32);
    /* MOVW r3, #imm16 as an encoder builds it: i = imm[11], imm4 = imm[15:12], imm3 = imm[10:8], imm8 = imm[7:0] */
    term first = term_or(num(0xf240), term_and(term_lshr(imm, num(12)), num(0xf)));
    first = term_or(first, term_and(term_lshr(imm, num(1)), num(0x400)));
    term second = term_or(term_and(term_shl(imm, num(4)), num(0x7000)), term_or(num(0x300), term_and(imm, num(0xff))));
    assert_ptr_equal(term_extract(first, 11, 5), term_const(5, 0x1e));
    assert_ptr_equal(term_extract(second, 8, 4), term_const(4, 3));
    term imm16 = term_concat(term_concat(term_extract(first, 0, 4), term_extract(first, 10, 1)),
                             term_concat(term_extract(second, 12, 3), term_extract(second, 0, 8)));
    assert_ptr_equal(imm16, term_extract(imm, 0, 16));
}

static void conditions_fold_back(void **state)
{
    (void)state;
    term a = var("a", 32), b = var("b", 32), difference = term_sub(a, b);
    assert_ptr_equal(term_eq(difference, num(0)), term_eq(a, b));
    term n = term_extract(difference, 31, 1);
    assert_ptr_equal(term_xor(n, term_xor(n, term_slt(a, b))), term_slt(a, b));
    assert_ptr_equal(term_slt(a, num(0)), term_extract(a, 31, 1));
    assert_ptr_equal(term_eq(term_add(a, num(5)), num(7)), term_eq(a, num(2)));
    assert_ptr_equal(term_not(term_not(term_ult(a, b))), term_ult(a, b));
    assert_true(term_is_false(term_eq(term_add(a, num(1)), a)));
}

static void sums_of_halves(void **state)
{
    (void)state;
    term d = term_concat(var("d_hi", 32), var("d_lo", 32)), s = term_concat(var("s_hi", 32), var("s_lo", 32));
    assert_ptr_equal(term_extract(term_add(d, s), 0, 32), term_add(var("d_lo", 32), var("s_lo", 32)));
    term k = term_sext(var("imm", 32), 64);
    assert_ptr_equal(term_extract(k, 32, 32), term_sext(term_extract(var("imm", 32), 31, 1), 32));
    assert_ptr_equal(term_concat(term_extract(k, 32, 32), term_extract(k, 0, 32)), k);
}

static uint64_t first_sample(term unused, void *data)
{
    (void)unused;
    return *(const uint64_t *)data;
}

static void parts_are_reversed(void **state)
{
    (void)state;
    static const struct {
        unsigned width, part;
        uint64_t value, reversed;
    } rows[] = {
        {32, 8, 0x11223344, 0x44332211},
        {16, 8, 0xfe01, 0x01fe},
        {64, 8, 0x1122334455667788, 0x8877665544332211},
        {64, 32, 0x1122334455667788, 0x5566778811223344},
        {32, 1, 0x80000006, 0x60000001},
        {8, 1, 0x96, 0x69},
        {12, 12, 0xabc, 0xabc},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[16];
        uint64_t value = rows[i].value;
        snprintf(name, sizeof name, "reversed%zu", i);
        term t = var(name, rows[i].width), reversed = term_reverse(t, rows[i].part);
        assert_int_equal(term_eval(reversed, first_sample, &value), rows[i].reversed);
        assert_ptr_equal(term_reverse(reversed, rows[i].part), t);
        for (int logged = 0; logged < 2; logged++) { /* constants take another way without the log */
            audit_on = logged;
            assert_ptr_equal(term_reverse(term_const(rows[i].width, value), rows[i].part),
                             term_const(rows[i].width, rows[i].reversed));
        }
        audit_on = false;
    }
}

static void text(term t, char *buffer, size_t size)
{
    FILE *out = fmemopen(buffer, size, "w");
    term_print(out, t, 8);
    fclose(out);
}

static void printed(void **state)
{
    (void)state;
    char buffer[200];
    text(term_add(term_sub(var("a", 32), var("b", 32)), num(12)), buffer, sizeof buffer);
    assert_string_equal(buffer, "(a - b + 0xc)");
    text(term_ite(term_ult(var("a", 32), num(9)), num(1), term_zext(var("h", 16), 32)), buffer, sizeof buffer);
    assert_string_equal(buffer, "((a <u 9) ? 1 : h)");
}

static void smt_names_cannot_be_captured(void **state)
{
    (void)state;
    char buffer[2000] = "";
    FILE *out = fmemopen(buffer, sizeof buffer, "w");
    term a = var("a", 32), sum = term_add(a, num(3));
    term_print_smt2(out, NULL, 0, term_eq(term_mul(sum, sum), num(4)));
    fclose(out);
    assert_non_null(strstr(buffer, "(declare-const a (_ BitVec 32))"));
    assert_non_null(strstr(buffer, "(define-fun $"));
    assert_null(strchr(buffer, '!'));
}

static void rewrites_are_logged_once(void **state)
{
    (void)state;
    size_t before, after;
    term a = var("a", 32);
    term_audit_start();
    term_audit_log(&before);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(term_xor(term_xor(a, num(1)), num(1)), a);
    const struct term_rewrite *log = term_audit_log(&after);
    assert_true(after > before);
    assert_int_equal(log[after - 1].op, TERM_XOR);
    assert_ptr_equal(log[after - 1].result, a);
    assert_int_equal(log[after - 1].rule, RULE_XOR_COLLECTS);
    size_t again;
    term_xor(term_xor(a, num(1)), num(1));
    term_audit_log(&again);
    assert_int_equal(again, after);
    audit_on = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constructors_keep_the_meaning),
        cmocka_unit_test(rewrites_have_a_rule_of_their_constructor),
        cmocka_unit_test(addresses_cancel),
        cmocka_unit_test(fields_of_an_instruction_fall_out),
        cmocka_unit_test(conditions_fold_back),
        cmocka_unit_test(sums_of_halves),
        cmocka_unit_test(parts_are_reversed),
        cmocka_unit_test(printed),
        cmocka_unit_test(smt_names_cannot_be_captured),
        cmocka_unit_test(rewrites_are_logged_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
