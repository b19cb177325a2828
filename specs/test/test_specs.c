/* The specification: the table is consistent, and the semantics on numbers gives what RFC 9669 says. */
#include "specs/specs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the table ---- */

static void rows_are_distinct(void **state)
{
    (void)state;
    for (size_t i = 0; i < bpf_opcode_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct bpf_opcode *a = &bpf_opcodes[i], *b = &bpf_opcodes[j];
            assert_string_not_equal(a->id, b->id);
            if (a->opcode == b->opcode) { /* told apart by the same field */
                assert_true(a->key == b->key && a->key != BPF_KEY_NONE);
                assert_int_not_equal(a->key_value, b->key_value);
            }
        }
}

/* RFC 9669 section 3: class in bits 2:0, source in bit 3; section 4: operation in bits 7:4. */
static void opcode_bytes_fit_their_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < bpf_opcode_count; i++) {
        const struct bpf_opcode *row = &bpf_opcodes[i];
        unsigned class = row->opcode & 7, source = row->opcode >> 3 & 1;
        switch (row->form) {
        case BPF_FORM_ALU_IMM:
        case BPF_FORM_ALU_REG:
            assert_true(class == 4 || class == 7);
            assert_int_equal(source, row->form == BPF_FORM_ALU_REG);
            assert_non_null(strstr(row->id, class == 4 ? "32" : "64"));
            break;
        case BPF_FORM_JUMP_IMM:
        case BPF_FORM_JUMP_REG:
            assert_true(class == 5 || class == 6);
            assert_int_equal(source, row->form == BPF_FORM_JUMP_REG);
            assert_non_null(strstr(row->id, class == 6 ? "32" : "64"));
            break;
        case BPF_FORM_LOAD:
            assert_int_equal(class, 1);
            break;
        case BPF_FORM_STORE_IMM:
            assert_int_equal(class, 2);
            break;
        case BPF_FORM_STORE_REG:
        case BPF_FORM_ATOMIC:
            assert_int_equal(class, 3);
            break;
        default:
            break;
        }
    }
}

static void rows_are_found(void **state)
{
    (void)state;
    assert_string_equal(bpf_find(0x07, 0, 0, 5)->id, "add64_imm");
    assert_string_equal(bpf_find(0x37, 0, 1, 5)->id, "sdiv64_imm");
    assert_string_equal(bpf_find(0xbf, 2, 16, 0)->id, "movsx64_16");
    assert_string_equal(bpf_find(0xd4, 0, 0, 32)->id, "le32");
    assert_string_equal(bpf_find(0xdb, 1, 0, 0xf1)->id, "atomic_cmpxchg64");
    assert_string_equal(bpf_find(0x85, 1, 0, 7)->id, "call_local");
    assert_null(bpf_find(0xbf, 2, 7, 0));
    assert_null(bpf_find(0xd4, 0, 0, 24));
    assert_null(bpf_find(0x8d, 0, 0, 0)); /* callx is not in the RFC */
}

static void r10_is_read_only(void **state)
{
    (void)state;
    const struct bpf_opcode *mov = bpf_find(0xbf, 0, 0, 0), *jeq = bpf_find(0x1d, 0, 0, 0), *exit_ = bpf_find(0x95, 0, 0, 0);
    assert_true(bpf_legal_operands(mov, 9, 10));
    assert_false(bpf_legal_operands(mov, 10, 1));
    assert_false(bpf_legal_operands(mov, 11, 1));
    assert_false(bpf_legal_operands(mov, 1, 11));
    assert_true(bpf_legal_operands(jeq, 10, 10));
    assert_true(bpf_legal_operands(exit_, 0, 0));
    assert_false(bpf_legal_operands(exit_, 1, 0));
}

/* ---- semantics on numbers ---- */

struct value_case {
    const char *section; /* of RFC 9669 */
    uint8_t opcode;
    uint64_t dst, src;
    int32_t imm;
    uint64_t expected;
};

static const struct value_case values[] = {
    /* section 4.1: 64-bit operations take K sign-extended, 32-bit results are zero-extended */
    {"4.1", 0x07, 1, 0, -1, 0},
    {"4.1", 0x07, 0xffffffff, 0, 1, 0x100000000},
    {"4.1", 0x07, 0, 0, INT32_MIN, 0xffffffff80000000},
    {"4.1", 0x0f, UINT64_MAX, 1, 0, 0},
    {"4.1", 0x0f, 0xffffffff, 0xffffffff, 0, 0x1fffffffe},
    {"4.1", 0x04, 0xffffffffffffffff, 0, 1, 0},
    {"4.1", 0x04, 0x123456780000000f, 0, 0, 0xf},
    {"4.1", 0x0c, 0x8000000080000000, 0x80000000, 0, 0},
    {"4.1", 0x17, 0, 0, 1, UINT64_MAX},
    {"4.1", 0x17, 5, 0, INT32_MIN, 0x80000005},
    {"4.1", 0x1f, 0x100000000, 1, 0, 0xffffffff},
    {"4.1", 0x14, 0, 0, 1, 0xffffffff},
    {"4.1", 0x1c, 0xabcd00000000, 1, 0, 0xffffffff},
    {"4.1", 0xb7, 7, 0, -2, 0xfffffffffffffffe},
    {"4.1", 0xb4, 7, 0, -2, 0xfffffffe},
    {"4.1", 0xbf, 7, 0x123456789abcdef0, 0, 0x123456789abcdef0},
    {"4.1", 0xbc, 7, 0x123456789abcdef0, 0, 0x9abcdef0},
};

static struct bpf_insn insn(uint8_t opcode, unsigned dst, unsigned src, int16_t off, int32_t imm)
{
    struct bpf_insn i = {.row = bpf_find(opcode, (uint8_t)src, off, imm), .dst = dst, .src = src};
    i.off = term_const(16, (uint16_t)off);
    i.imm = term_const(32, (uint32_t)imm);
    i.imm2 = term_const(32, 0);
    return i;
}

static struct bpf_state start(uint64_t r1, uint64_t r2, uint32_t pc, uint32_t fuel)
{
    struct bpf_state s = bpf_entry(term_const(32, 0), term_const(32, 0), term_const(32, 0), term_const(32, fuel));
    s.r[1] = term_const(64, r1);
    s.r[2] = term_const(64, r2);
    s.pc = term_const(32, pc);
    return s;
}

/* The one case whose guard is true. */
static struct bpf_case run(const struct bpf_state *s, const struct bpf_insn *i)
{
    struct bpf_case cases[BPF_MAX_CASES], result = {0};
    size_t count = bpf_step(s, i, cases), taken = 0;
    for (size_t k = 0; k < count; k++) {
        assert_true(term_is_const(cases[k].guard));
        if (term_is_true(cases[k].guard)) {
            result = cases[k];
            taken++;
        }
    }
    assert_int_equal(taken, 1);
    return result;
}

static void results(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        const struct value_case *v = &values[k];
        bool reg = v->opcode & 8;
        struct bpf_insn i = insn(v->opcode, 1, reg ? 2 : 0, 0, v->imm);
        struct bpf_state s = start(v->dst, v->src, 3, 0);
        struct bpf_case c = run(&s, &i);
        assert_int_equal(c.outcome, BPF_NEXT);
        assert_int_equal(c.after.r[1]->value, v->expected);
        assert_int_equal(c.after.r[2]->value, v->src);
        assert_int_equal(c.after.pc->value, 4);
    }
}

static const struct {
    const char *section;
    uint8_t opcode;
    uint64_t dst, src;
    int32_t imm;
    int16_t off;
    uint32_t fuel, pc; /* expected pc, from slot 10; 0 = the fuel fault */
    uint32_t fuel_after;
} jumps[] = {
    {"4.3", 0x15, 5, 0, 5, 3, 0, 14, 0},
    {"4.3", 0x15, 5, 0, 6, 3, 0, 11, 0},
    {"4.3", 0x15, UINT64_MAX, 0, -1, 3, 0, 14, 0},             /* K is sign-extended */
    {"4.3", 0x15, 0xffffffff, 0, -1, 3, 0, 11, 0},
    {"4.3", 0x16, 0xffffffff, 0, -1, 3, 0, 14, 0},             /* JMP32 looks at the low words */
    {"4.3", 0x16, 0x700000005, 0, 5, 3, 0, 14, 0},
    {"4.3", 0x1d, 0x700000005, 5, 0, 3, 0, 11, 0},
    {"4.3", 0x1e, 0x700000005, 5, 0, 3, 0, 14, 0},
    {"4.3", 0x55, 5, 0, 5, 3, 0, 11, 0},
    {"4.3", 0x5d, 0x100000000, 0, 0, 3, 0, 14, 0},
    {"4.3", 0x5e, 0x100000000, 0, 0, 3, 0, 11, 0},
    {"4.3", 0x05, 0, 0, 0, 0, 0, 11, 0},                       /* offset 0 is the next instruction */
    {"4.3", 0x05, 0, 0, 0, -1, 2, 10, 1},                      /* a jump to itself is backwards */
    {"4.3", 0x05, 0, 0, 0, -11, 1, 0 /* slot 0 */, 0},
    {"4.3", 0x05, 0, 0, 0, -2, 0, 0, 0},
    {"4.3", 0x15, 5, 0, 6, -2, 0, 11, 0},                      /* not taken: costs nothing */
    {"4.3", 0x55, 5, 0, 6, -2, 7, 9, 6},
};

static void control(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof jumps / sizeof *jumps; k++) {
        bool reg = (jumps[k].opcode & 8) && jumps[k].opcode != 0x05;
        bool ja = jumps[k].opcode == 0x05;
        struct bpf_insn i = insn(jumps[k].opcode, ja ? 0 : 1, reg ? 2 : 0, jumps[k].off, jumps[k].imm);
        struct bpf_state s = start(jumps[k].dst, jumps[k].src, 10, jumps[k].fuel);
        struct bpf_case c = run(&s, &i);
        bool to_zero = jumps[k].off == -11;
        assert_int_equal(c.outcome, jumps[k].pc || to_zero ? BPF_NEXT : BPF_FAULT_FUEL);
        if (c.outcome == BPF_NEXT) {
            assert_int_equal(c.after.pc->value, jumps[k].pc);
            assert_int_equal(c.after.fuel->value, jumps[k].fuel_after);
        }
    }
}

static void lddw_and_exit(void **state)
{
    (void)state;
    struct bpf_insn i = insn(0x18, 1, 0, 0, (int32_t)0x9abcdef0);
    i.imm2 = term_const(32, 0x12345678);
    struct bpf_state s = start(0, 0, 10, 0);
    struct bpf_case c = run(&s, &i);
    assert_int_equal(c.after.r[1]->value, UINT64_C(0x123456789abcdef0));
    assert_int_equal(c.after.pc->value, 12);
    i = insn(0x95, 0, 0, 0, 0);
    assert_int_equal(run(&s, &i).outcome, BPF_EXIT);
}

/* What must be accepted: successors inside of the program. */
static void successors(void **state)
{
    (void)state;
    const struct {
        uint8_t opcode;
        int16_t off;
        uint32_t pc, length;
        bool accept;
    } cases[] = {
        {0x07, 0, 0, 2, true},  {0x07, 0, 1, 2, false},  {0x95, 0, 1, 2, true},   {0x05, 0, 0, 2, true},   {0x05, -1, 1, 2, true},
        {0x05, 1, 0, 2, false}, {0x05, -2, 0, 2, false}, {0x15, -1, 1, 2, false}, {0x15, -2, 1, 3, true},  {0x18, 0, 0, 2, false},
        {0x18, 0, 0, 3, true},  {0x05, 32767, 0, 32768, false}, {0x05, 32767, 0, 32769, true}, {0x05, -32768, 32767, 32768, true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct bpf_insn i = insn(cases[k].opcode, 0, 0, cases[k].off, 0);
        term accept = bpf_must_accept(&i, term_const(32, cases[k].pc), term_const(32, cases[k].length));
        assert_int_equal(term_is_true(accept), cases[k].accept);
    }
}

static void printed(void **state)
{
    (void)state;
    struct bpf_insn i = insn(0x55, 3, 0, -2, 7);
    char buffer[80];
    FILE *out = fmemopen(buffer, sizeof buffer, "w");
    bpf_print(out, &i);
    fclose(out);
    assert_string_equal(buffer, "jne64 r3, 7, -2");
    assert_int_equal(bpf_slot(&i, 0)->value, UINT64_C(0x00000007fffe0355));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_distinct), cmocka_unit_test(opcode_bytes_fit_their_forms), cmocka_unit_test(rows_are_found),
        cmocka_unit_test(r10_is_read_only),  cmocka_unit_test(results),                      cmocka_unit_test(control),
        cmocka_unit_test(lddw_and_exit),     cmocka_unit_test(successors),                   cmocka_unit_test(printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
