/*
 * Modified immediates of Thumb data processing, ARMv7-M A5.3.2.
 *
 *   i:imm3:a     value, with b = the byte abcdefgh = imm8
 *   0000  .      00 00 00 b
 *   0001  .      00 b  00 b
 *   0010  .      b  00 b  00
 *   0011  .      b  b  b  b
 *   n = i:imm3:a from 8 to 31: 1bcdefgh rotated right by n
 *
 * From n = 8 on the rotated byte never wraps, so its top bit is the highest set bit of the value
 * and fixes n: no search.
 */
#include "jit.h"

JIT_STANDALONE uint32_t jit_modimm(uint32_t value)
{
    if (value < 0x100)
        return value;

    /* The byte is not 0 in the repeated forms, which would be UNPREDICTABLE: value is not 0. */
    uint32_t half = value & 0xffff;
    if (value == (half | half << 16)) {
        uint32_t low = half & 0xff;
        uint32_t high = half >> 8;

        if (high == 0)
            return 0x100 | low;
        if (low == 0)
            return 0x200 | high;
        if (low == high)
            return 0x300 | low;
        return JIT_NO_MODIMM;
    }

    uint32_t zeros = (uint32_t)__builtin_clz(value); /* at most 23 */
    if (value << (zeros + 8) != 0)
        return JIT_NO_MODIMM;
    return (zeros + 8) << 7 | (value >> (24 - zeros) & 0x7f);
}
