/* Random programs from the table of instructions. */
#include "validator/test/programs.h"

#include "specs/specs.h"

#include <string.h>

uint32_t random_below(struct random *r, uint32_t end)
{
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return (uint32_t)(r->state >> 20) % end;
}

uint32_t random_constant(struct random *r)
{
    static const uint32_t corners[] = {0,          1,          0xff,       0x100,      0xffff,     0x10000,
                                       0x80000000, 0x7fffffff, 0xffffffff, 0xff00ff00, 0x00ab00ab, 0x3fc00};
    switch (random_below(r, 4)) {
    case 0:
        return random_below(r, 0x40000000) * 4 + random_below(r, 4);
    case 1:
        return random_below(r, 72); /* distances of shifts */
    default:
        return corners[random_below(r, sizeof corners / sizeof *corners)];
    }
}

/* Exits before the end are rare, or nothing behind them would be reached. */
static const struct bpf_opcode *choose(struct random *r, uint32_t room)
{
    for (;;) {
        const struct bpf_opcode *row = &bpf_opcodes[random_below(r, (uint32_t)bpf_opcode_count)];
        if (row->specified && bpf_slots(row) <= room && (row->form != BPF_FORM_EXIT || random_below(r, 2) == 0))
            return row;
    }
}

static void put(uint8_t *slot, const struct bpf_opcode *row, unsigned dst, unsigned src, int32_t off, uint32_t imm)
{
    int16_t off16 = (int16_t)off;
    slot[0] = row->opcode;
    slot[1] = (uint8_t)(dst | src << 4);
    memcpy(slot + 2, &off16, sizeof off16);
    memcpy(slot + 4, &imm, sizeof imm);
}

/* The instruction at slot `at` of `length`; returns its slots. */
static uint32_t put_random(struct random *r, uint8_t *bytes, uint32_t at, uint32_t length)
{
    const struct bpf_opcode *row = at + 1 == length ? bpf_find(0x95, 0, 0, 0) : choose(r, length - 1 - at);
    unsigned fields = bpf_fields(row->form), dst = 0, src = 0;
    int32_t distance = (int32_t)random_below(r, length) - (int32_t)at - 1, off = 0;
    uint32_t imm = 0;
    if (fields & BPF_DST)
        dst = random_below(r, fields & BPF_WRITES_DST ? BPF_FRAME_POINTER : BPF_REGISTERS);
    if (fields & BPF_SRC)
        src = random_below(r, BPF_REGISTERS);
    if (fields & BPF_OFF)
        off = distance;
    if (fields & BPF_IMM)
        imm = row->form == BPF_FORM_JUMP_LONG ? (uint32_t)distance : random_constant(r);
    if (row->key == BPF_KEY_OFF)
        off = row->key_value;
    if (row->key == BPF_KEY_IMM)
        imm = (uint32_t)row->key_value;
    put(bytes + 8 * at, row, dst, src, off, imm);
    if (fields & BPF_IMM2) {
        imm = random_constant(r);
        memcpy(bytes + 8 * at + 12, &imm, sizeof imm);
    }
    return bpf_slots(row);
}

uint32_t random_program(struct random *r, uint8_t *bytes)
{
    uint32_t length = 2 + random_below(r, PROGRAM_MAX_SLOTS - 2);
    memset(bytes, 0, 8 * (size_t)length);
    for (uint32_t at = 0; at < length;)
        at += put_random(r, bytes, at, length);
    if (random_below(r, 8) == 0)
        bytes[random_below(r, 8 * length)] ^= (uint8_t)(1u << random_below(r, 8));
    return length;
}
