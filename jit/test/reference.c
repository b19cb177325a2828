#include "reference.h"

static int is_taken(uint8_t opcode, uint64_t a, uint64_t b)
{
    if ((opcode & 7) == 6) {
        a = (uint32_t)a;
        b = (uint32_t)b;
    }
    switch (opcode & 0xf0) {
    case 0x00: return 1;
    case 0x10: return a == b;
    default: return a != b;
    }
}

static uint64_t compute(uint8_t opcode, uint64_t a, uint64_t b)
{
    uint64_t r;

    switch (opcode & 0xf0) {
    case 0x00: r = a + b; break;
    case 0x10: r = a - b; break;
    default: r = b; break;
    }
    return (opcode & 7) == 4 ? (uint32_t)r : r;
}

uint32_t reference_run(const struct rbpf_insn *prog, struct rbpf *vm)
{
    uint64_t r[11] = {[1] = vm->ctx, [2] = vm->ctx_len, [10] = vm->stack_top};

    for (uint32_t pc = 0;;) {
        const struct rbpf_insn *i = &prog[pc];
        uint64_t *dst = &r[i->regs & 15];
        uint64_t operand = i->opcode & 8 ? r[i->regs >> 4] : (uint64_t)(int64_t)i->imm;

        pc++;
        if (i->opcode == 0x95) {
            vm->result = r[0];
            return RBPF_OK;
        } else if (i->opcode == 0x18) {
            *dst = (uint32_t)i->imm | (uint64_t)(uint32_t)prog[pc].imm << 32;
            pc++;
        } else if ((i->opcode & 7) == 5 || (i->opcode & 7) == 6) {
            if (!is_taken(i->opcode, *dst, operand))
                continue;
            if (i->off < 0 && vm->fuel == 0)
                return RBPF_FUEL;
            vm->fuel -= i->off < 0;
            pc = (uint32_t)((int64_t)pc + i->off);
        } else {
            *dst = compute(i->opcode, *dst, operand);
        }
    }
}
