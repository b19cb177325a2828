/* The relation as rows: which there are, where, for which part and with which value, and what a world is after they were
 * established. */
#include "validator/proof/proof.h"

#include <cjson/cJSON.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ELF "build/m3-gcc-Os/jit.elf"
#define MANIFEST "specs/thumbproof-jit.json"

static const struct solver_limits limits = {.goal_steps = 20000000, .feasible_steps = 2000000, .backstop_ms = 60000};

/* The target, a solver and a path. */
struct fixture {
    struct target target;
    struct solver *solver;
    struct path *path;
    struct relation relation;
    struct assertion assertion;
};

static int open_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct diag diag = {0};
    if (!f || !target_open(ELF, MANIFEST, &f->target, &diag)) {
        fprintf(stderr, "%s: %s\n", diag.where, diag.message);
        free(f);
        return -1;
    }
    f->solver = solver_open(&limits, NULL);
    f->path = path_open(f->solver);
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    relation_free(&f->relation);
    assertion_free(&f->assertion);
    path_close(f->path);
    solver_close(f->solver);
    target_close(&f->target);
    free(f);
    return 0;
}

static term var(const char *name)
{
    return term_var(name, 32, TERM_ORDINARY);
}

static struct place in_register(unsigned number)
{
    return (struct place){PLACE_REGISTER, 0, number};
}

static struct place in_frame(uint32_t offset)
{
    return (struct place){PLACE_FRAME, 0, offset};
}

static struct place in_vm(uint32_t offset)
{
    return (struct place){PLACE_CELL, BLOCK_VM, offset};
}

static const struct tie *tie_at(const struct relation *r, struct place at)
{
    const struct tie *found = NULL;
    for (size_t i = 0; i < r->count; i++)
        if (place_equal(r->ties[i].at, at)) {
            assert_null(found);
            found = &r->ties[i];
        }
    return found;
}

static term value_at(const struct assertion *a, struct place at)
{
    term found = NULL;
    for (size_t i = 0; i < a->count; i++)
        if (place_equal(a->clauses[i].at, at)) {
            assert_null(found);
            found = a->clauses[i].value;
        }
    return found;
}

static void no_place_twice(const struct relation *r)
{
    assert_true(r->count > 0);
    for (size_t i = 0; i < r->count; i++)
        assert_ptr_equal(tie_at(r, r->ties[i].at), &r->ties[i]);
}

static struct bpf_state any_state(void)
{
    return relation_variables(0, 0, false, false, var("pc"));
}

/* A place as the manifest writes it, read without the validator's own reader. */
static struct place parse_place(const cJSON *item)
{
    const char *text = cJSON_GetStringValue(item);
    assert_non_null(text);
    bool frame = strncmp(text, "sp+", 3) == 0;
    assert_true(frame || *text == 'r');
    uint32_t number = (uint32_t)strtoul(text + (frame ? 3 : 1), NULL, 10);
    return frame ? in_frame(number) : in_register(number);
}

static cJSON *parse_manifest(void)
{
    static char text[1 << 16];
    FILE *in = fopen(MANIFEST, "r");
    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    cJSON *root = cJSON_Parse(text);
    assert_non_null(root);
    return root;
}

/* ---- which rows ---- */

static void each_register_word_is_at_its_home(void **state)
{
    struct fixture *f = *state;
    cJSON *root = parse_manifest();
    const cJSON *homes = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "homes"), 0);
    const cJSON *registers = cJSON_GetObjectItem(homes, "registers");
    size_t found = 0;
    relation_boundary(&f->target, &f->target.manifest.homes[0], &f->relation);
    for (unsigned i = 0; i < BPF_REGISTERS; i++)
        for (unsigned word = 0; word < 2; word++) {
            struct place at = parse_place(cJSON_GetArrayItem(cJSON_GetArrayItem(registers, (int)i), (int)word));
            char name[40];
            const struct tie *t = tie_at(&f->relation, at);
            assert_non_null(t);
            assert_int_equal(t->of, SUBJECT_REGISTER);
            assert_int_equal(t->index, i);
            assert_int_equal(t->word, word);
            assert_int_equal(t->part, BPF_HOLDS_REGISTERS);
            snprintf(name, sizeof name, "r%u %s word (%s%u)", i, word ? "high" : "low",
                     at.kind == PLACE_FRAME ? "sp+" : "arm r", at.index);
            assert_string_equal(t->name, name);
        }
    for (size_t i = 0; i < f->relation.count; i++)
        found += f->relation.ties[i].of == SUBJECT_REGISTER;
    assert_int_equal(found, 2 * BPF_REGISTERS);
    cJSON_Delete(root);
}

static void each_fixed_role_has_a_row(void **state)
{
    static const char *const saved[SAVED_REGISTERS] = {"r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "lr"};
    struct fixture *f = *state;
    cJSON *root = parse_manifest();
    const cJSON *registers = cJSON_GetObjectItem(root, "registers"), *frame = cJSON_GetObjectItem(root, "frame");
    relation_boundary(&f->target, &f->target.manifest.homes[0], &f->relation);
    const struct tie *fuel = tie_at(&f->relation, parse_place(cJSON_GetObjectItem(registers, "fuel")));
    const struct tie *vm = tie_at(&f->relation, parse_place(cJSON_GetObjectItem(registers, "vm")));
    const struct tie *sp = tie_at(&f->relation, in_register(ARM_SP));
    assert_non_null(fuel);
    assert_int_equal(fuel->of, SUBJECT_FUEL);
    assert_int_equal(fuel->part, BPF_HOLDS_FUEL);
    assert_non_null(vm);
    assert_ptr_equal(vm->fixed, block_base(BLOCK_VM));
    assert_non_null(sp);
    term bytes = term_const(32, (uint64_t)cJSON_GetObjectItem(frame, "bytes")->valueint);
    assert_ptr_equal(term_add(sp->fixed, bytes), world_entry_sp(&f->target));
    for (unsigned i = 0; i < SAVED_REGISTERS; i++) {
        char name[16];
        const struct tie *t =
            tie_at(&f->relation, parse_place(cJSON_GetObjectItem(cJSON_GetObjectItem(frame, "saved"), saved[i])));
        assert_non_null(t);
        assert_int_equal(t->of, SUBJECT_FIXED);
        assert_int_equal(t->part, BPF_HOLDS_FRAME);
        snprintf(name, sizeof name, "saved %s", saved[i]);
        assert_string_equal(t->name, name);
        for (unsigned j = 0; j < i; j++) /* each has contents of its own */
            assert_ptr_not_equal(t->fixed, tie_at(&f->relation, f->target.manifest.saved[j])->fixed);
    }
    cJSON_Delete(root);
}

typedef void (*relation_maker)(const struct target *target, struct relation *r);

static void boundary(const struct target *target, struct relation *r)
{
    relation_boundary(target, &target->manifest.homes[0], r);
}

static const relation_maker makers[] = {boundary, relation_entry, relation_leaving};

enum { MAKERS = sizeof makers / sizeof *makers };

static void each_word_of_the_vm_block_has_a_row(void **state)
{
    struct fixture *f = *state;
    assert_true(f->target.manifest.vm.size >= 24);
    for (size_t i = 0; i < MAKERS; i++) {
        size_t cells = 0;
        makers[i](&f->target, &f->relation);
        for (uint32_t offset = 0; offset < f->target.manifest.vm.size; offset += 4)
            assert_non_null(tie_at(&f->relation, in_vm(offset)));
        for (size_t k = 0; k < f->relation.count; k++)
            cells += f->relation.ties[k].at.kind == PLACE_CELL;
        assert_int_equal(cells, f->target.manifest.vm.size / 4);
        relation_free(&f->relation);
        assert_int_equal(f->relation.count, 0);
    }
}

static void no_two_rows_share_a_place(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < MAKERS; i++) {
        makers[i](&f->target, &f->relation);
        no_place_twice(&f->relation);
        relation_free(&f->relation);
    }
}

static void a_large_vm_struct_is_no_problem(void **state)
{
    enum { LARGE = 400 };
    struct fixture *f = *state;
    struct bpf_state s = any_state();
    struct moment moment = {.state = &s, .fuel = var("left"), .result = NULL};
    struct code code;
    struct diag diag;
    uint32_t size = f->target.manifest.vm.size;
    f->target.manifest.vm.size = LARGE;
    for (size_t i = 0; i < MAKERS; i++) {
        makers[i](&f->target, &f->relation);
        no_place_twice(&f->relation);
        for (uint32_t offset = size; offset < LARGE; offset += 4) {
            char name[40];
            const struct tie *t = tie_at(&f->relation, in_vm(offset));
            assert_non_null(t);
            snprintf(name, sizeof name, "VM block +%u", offset);
            assert_string_equal(t->name, name);
            assert_ptr_equal(t->fixed, relation_vm_word(offset));
        }
        assert_null(tie_at(&f->relation, in_vm(LARGE)));
        f->assertion.count = 0;
        relation_assert(&f->relation, BPF_HOLDS_ALL, &moment, &f->assertion);
        code_open(&code, &f->target, f->path, &diag);
        assertion_establish(&f->assertion, &code.world);
        assert_ptr_equal(place_get(&code.world, in_vm(LARGE - 4)), relation_vm_word(LARGE - 4));
        code_close(&code);
        relation_free(&f->relation);
    }
    f->target.manifest.vm.size = size;
}

/* ---- values ---- */

static void entry_is_the_caller_s_state(void **state)
{
    struct fixture *f = *state;
    relation_entry(&f->target, &f->relation);
    relation_assert(&f->relation, BPF_HOLDS_ALL, &(struct moment){0}, &f->assertion);
    assert_ptr_equal(value_at(&f->assertion, in_register(0)), block_base(BLOCK_VM));
    assert_ptr_equal(value_at(&f->assertion, in_register(ARM_SP)), world_entry_sp(&f->target));
    assert_true(value_at(&f->assertion, in_register(ARM_LR))->ones & 1); /* a Thumb address */
    for (unsigned i = 4; i <= 11; i++)
        assert_int_equal(value_at(&f->assertion, in_register(i))->classes, TERM_UNDEFINED);
    for (uint32_t offset = 0; offset < f->target.manifest.vm.size; offset += 4)
        assert_ptr_equal(value_at(&f->assertion, in_vm(offset)), relation_vm_word(offset));
}

/* What is saved at the boundary is what the caller had at entry, and has again after the return. */
static void the_caller_gets_back_what_it_had(void **state)
{
    struct fixture *f = *state;
    struct assertion entry = {0}, within = {0}, leaving = {0};
    struct bpf_state s = any_state();
    struct moment moment = {.state = &s, .fuel = var("left")};
    struct assertion *to[MAKERS] = {&within, &entry, &leaving};
    for (size_t i = 0; i < MAKERS; i++) {
        struct relation r = {0};
        makers[i](&f->target, &r);
        relation_assert(&r, BPF_HOLDS_ALL, &moment, to[i]);
        relation_free(&r);
    }
    for (unsigned i = 0; i < SAVED_REGISTERS; i++) {
        unsigned number = i < 8 ? i + 4 : ARM_LR;
        term had = value_at(&entry, in_register(number));
        assert_non_null(had);
        assert_ptr_equal(value_at(&within, f->target.manifest.saved[i]), had);
        if (number != ARM_LR)
            assert_ptr_equal(value_at(&leaving, in_register(number)), had);
        else { /* bit 0 only says that it is Thumb code */
            term pc = value_at(&leaving, in_register(ARM_PC)), same = term_eq(term_add(pc, term_const(32, 1)), had);
            assert_int_equal(path_prove(f->path, same, NULL), VERDICT_PROVED);
        }
    }
    assert_ptr_equal(value_at(&leaving, in_register(ARM_SP)), value_at(&entry, in_register(ARM_SP)));
    assertion_free(&entry);
    assertion_free(&within);
    assertion_free(&leaving);
}

static void what_a_run_writes_back_is_the_moment_s(void **state)
{
    struct fixture *f = *state;
    const struct field *fields = f->target.manifest.vm_fields;
    uint32_t result = fields[VM_RESULT].offset, fuel = fields[VM_FUEL].offset;
    term value = term_concat(var("result_high"), var("result_low"));
    relation_leaving(&f->target, &f->relation);
    assert_int_equal(tie_at(&f->relation, in_vm(fuel))->of, SUBJECT_RETURNED_FUEL);
    for (int given = 0; given < 2; given++) {
        struct moment moment = {.status = 17, .fuel = var("left"), .result = given ? value : NULL};
        f->assertion.count = 0;
        relation_assert(&f->relation, BPF_HOLDS_FRAME, &moment, &f->assertion);
        assert_int_equal(f->assertion.count, f->relation.count);
        assert_ptr_equal(value_at(&f->assertion, in_register(0)), term_const(32, 17));
        for (uint32_t offset = 0; offset < f->target.manifest.vm.size; offset += 4) {
            term expected = relation_vm_word(offset);
            if (offset == fuel)
                expected = var("left");
            else if (given && offset == result)
                expected = var("result_low");
            else if (given && offset == result + 4)
                expected = var("result_high");
            assert_ptr_equal(value_at(&f->assertion, in_vm(offset)), expected);
        }
    }
}

static void parts_select_rows(void **state)
{
    struct fixture *f = *state;
    struct bpf_state s = any_state();
    struct moment moment = {.state = &s};
    size_t total = 0;
    relation_boundary(&f->target, &f->target.manifest.homes[0], &f->relation);
    for (unsigned parts = 0; parts <= BPF_HOLDS_ALL; parts++) {
        f->assertion.count = 0;
        relation_assert(&f->relation, parts, &moment, &f->assertion);
        for (unsigned i = 0; i < BPF_REGISTERS; i++)
            for (unsigned word = 0; word < 2; word++)
                assert_ptr_equal(value_at(&f->assertion, f->target.manifest.homes[0].words[i][word]),
                                 parts & BPF_HOLDS_REGISTERS ? term_extract(s.r[i], 32 * word, 32) : NULL);
        assert_ptr_equal(value_at(&f->assertion, in_register(f->target.manifest.fuel_register)),
                         parts & BPF_HOLDS_FUEL ? s.fuel : NULL);
        assert_int_equal(value_at(&f->assertion, in_register(ARM_SP)) != NULL, (parts & BPF_HOLDS_FRAME) != 0);
        assert_int_equal(value_at(&f->assertion, in_vm(0)) != NULL, (parts & BPF_HOLDS_FRAME) != 0);
        total += parts == BPF_HOLDS_REGISTERS || parts == BPF_HOLDS_FUEL || parts == BPF_HOLDS_FRAME
                     ? f->assertion.count
                     : 0;
    }
    assert_int_equal(total, f->relation.count);
    assert_int_equal(f->assertion.count, f->relation.count); /* all parts */
}

static void variables_are_named_by_role(void **state)
{
    (void)state;
    struct bpf_state s = relation_variables(3, 5, true, true, var("pc"));
    struct bpf_state same = relation_variables(4, 4, true, true, var("pc"));
    assert_ptr_equal(s.r[3], term_concat(var("dst_hi"), var("dst_lo")));
    assert_ptr_equal(s.r[5], term_concat(var("src_hi"), var("src_lo")));
    assert_ptr_equal(same.r[4], s.r[3]);
    assert_ptr_equal(s.pc, var("pc"));
    for (unsigned i = 0; i < BPF_REGISTERS; i++)
        for (unsigned j = 0; j < i; j++) {
            assert_ptr_not_equal(s.r[i], s.r[j]);
            assert_ptr_not_equal(same.r[i], same.r[j]);
        }
}

/* ---- in a world ---- */

static void a_world_is_as_it_was_established(void **state)
{
    struct fixture *f = *state;
    struct bpf_state s = any_state();
    struct moment moment = {.state = &s, .status = 3, .fuel = var("left"), .result = s.r[0]};
    for (size_t i = 0; i < MAKERS; i++) {
        struct code code;
        struct diag diag;
        makers[i](&f->target, &f->relation);
        f->assertion.count = 0;
        relation_assert(&f->relation, BPF_HOLDS_ALL, &moment, &f->assertion);
        assert_int_equal(f->assertion.count, f->relation.count);
        code_open(&code, &f->target, f->path, &diag);
        assertion_establish(&f->assertion, &code.world);
        for (size_t k = 0; k < f->assertion.count; k++)
            assert_ptr_equal(place_get(&code.world, f->assertion.clauses[k].at), f->assertion.clauses[k].value);
        code_close(&code);
        relation_free(&f->relation);
    }
}

/* A frame place counts from sp at instruction boundaries: at sp + offset, as a load would see it. */
static void a_frame_place_is_where_a_load_finds_it(void **state)
{
    struct fixture *f = *state;
    struct bpf_state s = any_state();
    struct code code;
    struct diag diag;
    size_t frames = 0;
    boundary(&f->target, &f->relation);
    relation_assert(&f->relation, BPF_HOLDS_ALL, &(struct moment){.state = &s}, &f->assertion);
    code_open(&code, &f->target, f->path, &diag);
    assertion_establish(&f->assertion, &code.world);
    for (size_t i = 0; i < f->assertion.count; i++) {
        const struct clause *c = &f->assertion.clauses[i];
        struct arm_state *arm = &code.world.machine.arm;
        if (c->at.kind == PLACE_FRAME) {
            term address = term_add(arm->r[ARM_SP], term_const(32, c->at.index));
            assert_ptr_equal(arm_load(arm, address, 4, true), c->value);
            frames++;
        }
    }
    assert_true(frames >= SAVED_REGISTERS);
    code_close(&code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_register_word_is_at_its_home, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(each_fixed_role_has_a_row, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(each_word_of_the_vm_block_has_a_row, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(no_two_rows_share_a_place, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(a_large_vm_struct_is_no_problem, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(entry_is_the_caller_s_state, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(the_caller_gets_back_what_it_had, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(what_a_run_writes_back_is_the_moment_s, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(parts_select_rows, open_fixture, close_fixture),
        cmocka_unit_test(variables_are_named_by_role),
        cmocka_unit_test_setup_teardown(a_world_is_as_it_was_established, open_fixture, close_fixture),
        cmocka_unit_test_setup_teardown(a_frame_place_is_where_a_load_finds_it, open_fixture, close_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
