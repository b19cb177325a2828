#include "homes_family.h"

static const struct jit_home slots_only[JIT_REGISTERS] = {
    {16, 17}, {18, 19}, {20, 21}, {22, 23}, {24, 25}, {26, 27},
    {28, 29}, {30, 31}, {32, 33}, {34, 35}, {36, 37},
};

static const struct jit_home pairs[JIT_REGISTERS] = {
    {16, 17}, {2, 3},   {4, 5},   {6, 7},   {8, 18},  {19, 20},
    {21, 22}, {23, 24}, {25, 26}, {27, 28}, {29, 30},
};

/* High words in registers, low words in slots; and r10 in registers. */
static const struct jit_home high_words[JIT_REGISTERS] = {
    {20, 7},  {16, 8},  {17, 2},  {18, 3},  {19, 4}, {21, 5},
    {22, 23}, {24, 25}, {26, 27}, {28, 29}, {6, 30},
};

const struct jit_home *const homes_family[HOMES_FAMILY_SIZE] = {
    jit_homes_default,
    slots_only,
    pairs,
    high_words,
};
