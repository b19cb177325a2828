#include "reference.h"

static int is_taken(uint8_t opcode, uint64_t a, uint64_t b)
{
    int64_t sa = (int64_t)a;
    int64_t sb = (int64_t)b;

    if ((opcode & 7) == 6) {
        a = (uint32_t)a;
        b = (uint32_t)b;
        sa = (int32_t)a;
        sb = (int32_t)b;
    }
    switch (opcode & 0xf0) {
    case 0x00:
        return 1;
    case 0x10:
        return a == b;
    case 0x20:
        return a > b;
    case 0x30:
        return a >= b;
    case 0x40:
        return (a & b) != 0;
    case 0x50:
        return a != b;
    case 0x60:
        return sa > sb;
    case 0x70:
        return sa >= sb;
    case 0xa0:
        return a < b;
    case 0xb0:
        return a <= b;
    case 0xc0:
        return sa < sb;
    default:
        return sa <= sb;
    }
}

static int64_t signed_quotient(int64_t a, int64_t b)
{
    if (b == 0)
        return 0;
    return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}

static uint64_t swapped(uint64_t a, int32_t bits)
{
    uint64_t r = 0;

    for (int32_t i = 0; i < bits; i += 8)
        r = r << 8 | (a >> i & 0xff);
    return r;
}

static uint64_t truncated(uint64_t a, int32_t bits)
{
    return bits == 64 ? a : a & ((UINT64_C(1) << bits) - 1);
}

static uint64_t sign_extended(uint64_t a, int bits)
{
    switch (bits) {
    case 8:
        return (uint64_t)(int64_t)(int8_t)a;
    case 16:
        return (uint64_t)(int64_t)(int16_t)a;
    default:
        return (uint64_t)(int64_t)(int32_t)a;
    }
}

static uint64_t compute(const struct tp_insn *i, uint64_t a, uint64_t b)
{
    int wide = (i->opcode & 7) == 7;
    uint32_t mask = wide ? 63 : 31;
    uint64_t q;

    /* Byte swaps have a meaning of their own for source bit and class. */
    if (i->opcode == 0xd4)
        return truncated(a, i->imm);
    if (i->opcode == 0xdc || i->opcode == 0xd7)
        return swapped(a, i->imm);

    if (!wide) {
        a = i->off ? sign_extended(a, 32) : (uint32_t)a;
        b = i->off ? sign_extended(b, 32) : (uint32_t)b;
    }
    switch (i->opcode & 0xf0) {
    case 0x00:
        a += b;
        break;
    case 0x10:
        a -= b;
        break;
    case 0x20:
        a *= b;
        break;
    case 0x40:
        a |= b;
        break;
    case 0x50:
        a &= b;
        break;
    case 0x60:
        a <<= b & mask;
        break;
    case 0x70:
        a >>= b & mask;
        break;
    case 0x80:
        a = 0 - a;
        break;
    case 0xa0:
        a ^= b;
        break;
    case 0xb0:
        a = i->off ? sign_extended(b, i->off) : b;
        break;
    case 0xc0:
        a = (uint64_t)((wide ? (int64_t)a : (int32_t)a) >> (b & mask));
        break;
    default:
        if (i->off)
            q = (uint64_t)signed_quotient((int64_t)a, (int64_t)b);
        else
            q = b ? a / b : 0;
        a = (i->opcode & 0xf0) == 0x30 ? q : a - q * b;
        break;
    }
    return wide ? a : (uint32_t)a;
}

uint32_t reference_run(const struct tp_insn *prog, struct tp_vm *vm)
{
    uint64_t r[11] = {[1] = vm->ctx, [2] = vm->ctx_len, [10] = vm->stack_top};

    for (uint32_t pc = 0;;) {
        const struct tp_insn *i = &prog[pc];
        uint64_t *dst = &r[i->regs & 15];
        uint64_t operand = i->opcode & 8 ? r[i->regs >> 4] : (uint64_t)(int64_t)i->imm;

        pc++;
        if (i->opcode == 0x95) {
            vm->result = r[0];
            return TP_OK;
        } else if (i->opcode == 0x18) {
            *dst = (uint32_t)i->imm | (uint64_t)(uint32_t)prog[pc].imm << 32;
            pc++;
        } else if ((i->opcode & 7) == 5 || (i->opcode & 7) == 6) {
            int32_t distance = i->opcode == 0x06 ? i->imm : i->off;

            if (!is_taken(i->opcode, *dst, operand))
                continue;
            if (distance < 0 && vm->fuel == 0)
                return TP_FUEL;
            vm->fuel -= distance < 0;
            pc = (uint32_t)((int64_t)pc + distance);
        } else {
            *dst = compute(i, *dst, operand);
        }
    }
}
