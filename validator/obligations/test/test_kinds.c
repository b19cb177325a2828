/* The list of obligations: ids, kinds, selection, and the names of goals. */
#include "validator/obligations/obligations.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ELF "build/m3-gcc-Os/jit.elf"
#define MANIFEST "specs/thumbproof-jit.json"

static struct target target;
static struct obligations list;

static int open_list(void **state)
{
    struct diag diag = {0};
    (void)state;
    if (!target_open(ELF, MANIFEST, &target, &diag)) {
        fprintf(stderr, "%s: %s\n", diag.where, diag.message);
        return -1;
    }
    obligations_list(&target, &list);
    return 0;
}

static int close_list(void **state)
{
    (void)state;
    free(list.items);
    target_close(&target);
    return 0;
}

static const struct obligation *find(const struct obligations *in, const char *id)
{
    for (size_t i = 0; i < in->count; i++)
        if (strcmp(in->items[i].id, id) == 0)
            return &in->items[i];
    return NULL;
}

static size_t selected(const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++)
        count += obligation_selected(&list.items[i], name);
    return count;
}

static bool is_kebab(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++)
        if (name[i] == '-' ? i == 0 || i + 1 == length || name[i + 1] == '-'
                           : !islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]))
            return false;
    return length > 0;
}

static void ids_are_unique_and_begin_with_their_kind(void **state)
{
    (void)state;
    assert_true(list.count > bpf_opcode_count / 4);
    for (size_t i = 0; i < list.count; i++) {
        const struct obligation *o = &list.items[i];
        size_t length = strlen(o->kind->name);
        assert_ptr_equal(find(&list, o->id), o);
        assert_true(strlen(o->id) < sizeof o->id - 1); /* not cut */
        assert_int_equal(strncmp(o->id, o->kind->name, length), 0);
        assert_true(o->id[length] == '\0' || (o->id[length] == '/' && o->id[length + 1]));
    }
}

/* Each kind has its obligations, one after the other, in the order of the table. */
static void kinds_are_in_order(void **state)
{
    (void)state;
    size_t at = 0;
    for (size_t k = 0; k < obligation_kind_count; k++) {
        size_t first = at;
        while (at < list.count && list.items[at].kind == &obligation_kinds[k])
            at++;
        if (at == first)
            fail_msg("no obligation of kind %s", obligation_kinds[k].name);
    }
    assert_int_equal(at, list.count);
}

static void each_kind_has_a_meaning(void **state)
{
    (void)state;
    assert_true(obligation_kind_count > 0);
    for (size_t k = 0; k < obligation_kind_count; k++) {
        const struct kind *kind = &obligation_kinds[k];
        assert_true(is_kebab(kind->name));
        assert_true(strlen(kind->meaning) > 10);
        assert_null(strchr(kind->meaning, '\n'));
        assert_true(kind->list && kind->prove);
        for (size_t j = 0; j < k; j++) {
            assert_string_not_equal(kind->name, obligation_kinds[j].name);
            assert_string_not_equal(kind->meaning, obligation_kinds[j].meaning);
        }
    }
}

static void every_specified_instruction_is_there(void **state)
{
    (void)state;
    size_t specified = 0, insns = 0;
    for (size_t i = 0; i < bpf_opcode_count; i++) {
        char id[64];
        snprintf(id, sizeof id, "insn/%s", bpf_opcodes[i].id);
        const struct obligation *o = find(&list, id);
        assert_int_equal(o != NULL, bpf_opcodes[i].specified);
        assert_true(!o || o->opcode == &bpf_opcodes[i]);
        specified += bpf_opcodes[i].specified;
    }
    for (size_t i = 0; i < list.count; i++)
        insns += list.items[i].opcode != NULL;
    assert_int_equal(insns, specified);
}

static void every_way_out_is_there(void **state)
{
    (void)state;
    const struct obligation *epilogue = find(&list, "epilogue");
    assert_non_null(find(&list, "prologue"));
    assert_non_null(epilogue);
    assert_int_equal(epilogue->way, BPF_EXIT);
    for (int way = 1; way < BPF_OUTCOMES; way++) {
        char id[64];
        snprintf(id, sizeof id, "stub/%s", bpf_ways[way].name);
        const struct obligation *o = find(&list, id);
        assert_int_equal(o != NULL, way != BPF_EXIT);
        assert_true(!o || (int)o->way == way);
    }
}

static void a_trusted_routine_has_no_obligation(void **state)
{
    (void)state;
    size_t trusted = 0, proved = 0;
    const struct manifest *m = &target.manifest;
    for (size_t i = 0; i < m->routine_count; i++) {
        char id[80];
        snprintf(id, sizeof id, "routine/%s", m->routines[i].is);
        const struct obligation *o = find(&list, id);
        assert_true(!o || !m->routines[i].trusted);
        assert_true(!o || o->routine == i);
        trusted += m->routines[i].trusted;
        proved += o != NULL;
    }
    assert_int_equal(trusted, 3); /* what the manifest says: mod64, sdiv64, smod64 */
    assert_int_equal(proved, 2);
}

static void whether_a_routine_is_trusted_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < target.manifest.routine_count; i++) {
        struct routine *r = &target.manifest.routines[i];
        bool was = r->trusted;
        char id[80];
        snprintf(id, sizeof id, "routine/%s", r->is);
        for (int trusted = 0; trusted < 2; trusted++) {
            struct obligations other;
            r->trusted = trusted;
            obligations_list(&target, &other);
            assert_int_equal(find(&other, id) != NULL, !trusted && r->promise);
            free(other.items);
        }
        r->trusted = was;
    }
}

/* ---- selection ---- */

static void an_id_or_its_tail_selects_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < list.count; i++) {
        const struct obligation *o = &list.items[i];
        const char *slash = strchr(o->id, '/');
        assert_true(obligation_selected(o, o->id));
        assert_int_equal(selected(o->id), 1);
        if (slash)
            assert_true(obligation_selected(o, slash + 1));
    }
}

static void a_mnemonic_with_its_width_selects_its_forms(void **state)
{
    static const struct {
        const char *name;
        size_t count;
    } cases[] = {
        {"add64", 2},    {"add32", 2},         {"insn/add64_imm", 1}, {"add64_imm", 1},  {"prologue", 1},
        {"epilogue", 1}, {"div64", 3},         {"routine/div64", 1},  {"mod64", 2},      {"stub/fuel", 1},
        {"add", 0},      {"add6", 0},          {"add64_", 0},         {"add64_im", 0},   {"add64_imm_", 0},
        {"", 0},         {"insn", 0},          {"insn/", 0},          {"insn/add64", 0}, {"/add64_imm", 0},
        {"ADD64", 0},    {"routine/mod64", 0}, {"routine", 0},        {"jit", 0},        {"add64_imm ", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (selected(cases[i].name) != cases[i].count)
            fail_msg("\"%s\" selects %zu, not %zu", cases[i].name, selected(cases[i].name), cases[i].count);
    assert_true(obligation_selected(find(&list, "routine/div64"), "div64")); /* beside the instructions */
    assert_true(obligation_selected(find(&list, "insn/add64_imm"), "add64"));
    assert_true(obligation_selected(find(&list, "insn/add64_reg"), "add64"));
}

static void adding_makes_an_id(void **state)
{
    (void)state;
    struct obligations own = {0};
    for (int i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        obligations_add(&own, &obligation_kinds[0], name);
    }
    assert_string_equal(obligations_add(&own, &obligation_kinds[0], "")->id, obligation_kinds[0].name);
    assert_int_equal(own.count, 201);
    assert_int_equal(strcmp(strchr(own.items[199].id, '/'), "/n199"), 0);
    free(own.items);
}

/* ---- goals ---- */

static void goal_names_are_unique_and_kebab_case(void **state)
{
    (void)state;
    for (int i = 0; i < GOALS; i++) {
        const struct goal_row *row = &goal_rows[i];
        assert_non_null(row->name);
        if (!is_kebab(row->name))
            fail_msg("goal \"%s\" is not in kebab case", row->name);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(row->name, goal_rows[j].name);
            assert_string_not_equal(row->sentence, goal_rows[j].sentence);
        }
    }
}

/* A sentence is a format with at most one %s, and nothing else that is a conversion. */
static void goal_sentences_take_at_most_one_word(void **state)
{
    (void)state;
    for (int i = 0; i < GOALS; i++) {
        const char *percent = strchr(goal_rows[i].sentence, '%');
        if (percent) {
            assert_int_equal(percent[1], 's');
            assert_null(strchr(percent + 1, '%'));
        }
        assert_true(*goal_rows[i].sentence != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_unique_and_begin_with_their_kind),
        cmocka_unit_test(kinds_are_in_order),
        cmocka_unit_test(each_kind_has_a_meaning),
        cmocka_unit_test(every_specified_instruction_is_there),
        cmocka_unit_test(every_way_out_is_there),
        cmocka_unit_test(a_trusted_routine_has_no_obligation),
        cmocka_unit_test(whether_a_routine_is_trusted_decides),
        cmocka_unit_test(an_id_or_its_tail_selects_one),
        cmocka_unit_test(a_mnemonic_with_its_width_selects_its_forms),
        cmocka_unit_test(adding_makes_an_id),
        cmocka_unit_test(goal_names_are_unique_and_kebab_case),
        cmocka_unit_test(goal_sentences_take_at_most_one_word),
    };
    return cmocka_run_group_tests(tests, open_list, close_list);
}
