/* The specification: the table of opcodes is consistent, and says what must be accepted. */
#include "specs/test/run.h"

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

/* r10 is read-only: instructions of the classes LD, LDX, ALU and ALU64 write dst. Registers end at r10. */
static void legal_registers(void **state)
{
    (void)state;
    static const bool writes_dst[8] = {true, true, false, false, true, false, false, true};
    for (size_t i = 0; i < bpf_opcode_count; i++) {
        const struct bpf_opcode *row = &bpf_opcodes[i];
        unsigned fields = bpf_fields(row->form), class = row->opcode & 7;
        unsigned src = row->key == BPF_KEY_SRC ? (unsigned)row->key_value : 0;
        if (row->form == BPF_FORM_PACKET) /* dst is reserved */
            continue;
        assert_true(bpf_legal_operands(row, 0, src));
        assert_int_equal(bpf_legal_operands(row, 9, src), (fields & BPF_DST) != 0);
        assert_int_equal(bpf_legal_operands(row, 10, src), (fields & BPF_DST) && !writes_dst[class]);
        assert_false(bpf_legal_operands(row, 11, src));
        assert_int_equal(bpf_legal_operands(row, 0, 10), (fields & BPF_SRC) != 0);
        assert_false(bpf_legal_operands(row, 0, 11));
    }
    assert_false(bpf_legal_operands(bpf_find(JMP | EXIT, 0, 0, 0), 1, 0)); /* reserved fields */
    assert_false(bpf_legal_operands(bpf_find(JMP | JEQ | K, 0, 0, 0), 1, 2));
    assert_true(bpf_legal_operands(bpf_find(ALU64 | MOV | X, 0, 0, 0), 9, 10));
    assert_false(bpf_legal_operands(bpf_find(ALU64 | MOV | X, 0, 0, 0), 10, 9));
    assert_true(bpf_legal_operands(bpf_find(JMP | JEQ | X, 0, 0, 0), 10, 10));
}

/* What must be accepted: both successors are inside of the program. Section 4.3 for jumps, 5.4 for the two slots of
 * lddw. */
static const struct {
    const char *section;
    unsigned opcode;
    int16_t off;
    int32_t imm;
    uint32_t pc, length;
    bool accept;
} successor_cases[] = {
    {"4.1", ALU64 | ADD | K, 0, 5, 0, 2, true},
    {"4.1", ALU64 | ADD | K, 0, 5, 1, 2, false}, /* falls off the end */
    {"4.1", ALU | NEG, 0, 0, 1, 2, false},
    {"4.2", ALU | END | TO_BE, 0, 16, 0, 1, false},
    {"4.3", JMP | EXIT, 0, 0, 1, 2, true},
    {"4.3", JMP | EXIT, 0, 0, 0, 2, true},
    {"4.3", JMP | JA, 0, 0, 0, 2, true},
    {"4.3", JMP | JA, 0, 0, 1, 2, false},
    {"4.3", JMP | JA, -1, 0, 1, 2, true}, /* the last instruction may jump back */
    {"4.3", JMP | JA, -2, 0, 1, 2, true},
    {"4.3", JMP | JA, 1, 0, 0, 2, false},
    {"4.3", JMP | JA, -2, 0, 0, 2, false},
    {"4.3", JMP | JA, INT16_MAX, 0, 0, 32768, false},
    {"4.3", JMP | JA, INT16_MAX, 0, 0, 32769, true},
    {"4.3", JMP | JA, INT16_MIN, 0, 32767, 32768, true},
    {"4.3", JMP | JA, INT16_MIN, 0, 32766, 32768, false},
    {"4.3", JMP32 | JA, 0, 0x10000, 0, 0x10002, true},
    {"4.3", JMP32 | JA, 0, 0x10000, 0, 0x10001, false},
    {"4.3", JMP32 | JA, 0, -0x10001, 0x10000, 0x10001, true},
    {"4.3", JMP32 | JA, 0, -0x10002, 0x10000, 0x10001, false},
    {"4.3", JMP32 | JA, 0, INT32_MAX, 0, 2, false},
    {"4.3", JMP32 | JA, 0, INT32_MIN, 1, 2, false},
    {"4.3", JMP32 | JA, 0, -1, 1, 2, true},
    {"4.3", JMP | JEQ | K, -1, 0, 1, 2, false}, /* not taken, it falls off the end */
    {"4.3", JMP | JEQ | K, -2, 0, 1, 3, true},
    {"4.3", JMP | JEQ | K, -3, 0, 1, 3, false},
    {"4.3", JMP | JEQ | K, 1, 0, 1, 3, false},
    {"4.3", JMP32 | JSLE | X, 0, 0, 0, 2, true},
    {"4.3", JMP32 | JSLE | X, 1, 0, 0, 2, false},
    {"5.4", LDDW, 0, 0, 0, 2, false},
    {"5.4", LDDW, 0, 0, 0, 3, true},
    {"5.4", LDDW, 0, 0, 2, 3, false},
};

static void successors(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof successor_cases / sizeof *successor_cases; k++) {
        struct bpf_insn insn = run_insn(successor_cases[k].section, successor_cases[k].opcode, 0, 0,
                                        successor_cases[k].off, successor_cases[k].imm);
        term pc = term_const(32, successor_cases[k].pc), length = term_const(32, successor_cases[k].length);
        if (term_is_true(bpf_must_accept(&insn, pc, length)) != successor_cases[k].accept)
            fail_msg("successor_cases[%zu]", k);
    }
    print_message("# %zu cases\n", sizeof successor_cases / sizeof *successor_cases);
}

static void printed(void **state)
{
    (void)state;
    struct bpf_insn insn = run_insn("4.3", JMP | JNE | K, 3, 0, -2, 7);
    char buffer[80];
    FILE *out = fmemopen(buffer, sizeof buffer, "w");
    bpf_print(out, &insn);
    fclose(out);
    assert_string_equal(buffer, "jne64 r3, 7, -2");
    assert_int_equal(bpf_slot(&insn, 0)->value, UINT64_C(0x00000007fffe0355));
}

static void limits_end_where_they_say(void **state)
{
    (void)state;
    for (enum spec_limit_id i = 0; i < SPEC_LIMITS; i++) {
        const struct spec_limit *limit = &spec_limits[i];
        assert_non_null(limit->name);
        assert_true(spec_limit_met(i, limit->bound));
        assert_int_equal(spec_limit_met(i, limit->bound - 1), !limit->at_least);
        assert_int_equal(spec_limit_met(i, limit->bound + 1), limit->at_least);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_distinct),
        cmocka_unit_test(opcode_bytes_fit_their_forms),
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(legal_registers),
        cmocka_unit_test(limits_end_where_they_say),
        cmocka_unit_test(successors),
        cmocka_unit_test(printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
