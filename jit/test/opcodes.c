#include "opcodes.h"

const struct alu_opcode alu_opcodes[] = {
    {0x04, 0, 0},  {0x0c, 0, 0},  {0x07, 0, 0},  {0x0f, 0, 0}, /* add */
    {0x14, 0, 0},  {0x1c, 0, 0},  {0x17, 0, 0},  {0x1f, 0, 0}, /* sub */
    {0x24, 0, 0},  {0x2c, 0, 0},  {0x27, 0, 0},  {0x2f, 0, 0}, /* mul */
    {0x34, 0, 0},  {0x3c, 0, 0},  {0x37, 0, 0},  {0x3f, 0, 0}, /* div */
    {0x34, 1, 0},  {0x3c, 1, 0},  {0x37, 1, 0},  {0x3f, 1, 0}, /* sdiv */
    {0x44, 0, 0},  {0x4c, 0, 0},  {0x47, 0, 0},  {0x4f, 0, 0}, /* or */
    {0x54, 0, 0},  {0x5c, 0, 0},  {0x57, 0, 0},  {0x5f, 0, 0}, /* and */
    {0x64, 0, 0},  {0x6c, 0, 0},  {0x67, 0, 0},  {0x6f, 0, 0}, /* lsh */
    {0x74, 0, 0},  {0x7c, 0, 0},  {0x77, 0, 0},  {0x7f, 0, 0}, /* rsh */
    {0x94, 0, 0},  {0x9c, 0, 0},  {0x97, 0, 0},  {0x9f, 0, 0}, /* mod */
    {0x94, 1, 0},  {0x9c, 1, 0},  {0x97, 1, 0},  {0x9f, 1, 0}, /* smod */
    {0xa4, 0, 0},  {0xac, 0, 0},  {0xa7, 0, 0},  {0xaf, 0, 0}, /* xor */
    {0xb4, 0, 0},  {0xbc, 0, 0},  {0xb7, 0, 0},  {0xbf, 0, 0}, /* mov */
    {0xc4, 0, 0},  {0xcc, 0, 0},  {0xc7, 0, 0},  {0xcf, 0, 0}, /* arsh */
    {0xbc, 8, 0},  {0xbc, 16, 0},                              /* movsx, 32 bits */
    {0xbf, 8, 0},  {0xbf, 16, 0}, {0xbf, 32, 0},               /* movsx, 64 bits */
    {0x84, 0, 0},  {0x87, 0, 0},                               /* neg */
    {0xd4, 0, 16}, {0xd4, 0, 32}, {0xd4, 0, 64},               /* le */
    {0xdc, 0, 16}, {0xdc, 0, 32}, {0xdc, 0, 64},               /* be */
    {0xd7, 0, 16}, {0xd7, 0, 32}, {0xd7, 0, 64},               /* bswap */
};

const uint8_t jump_opcodes[] = {
    0x15, 0x1d, 0x16, 0x1e, 0x25, 0x2d, 0x26, 0x2e, 0x35, 0x3d, 0x36, 0x3e, 0x45, 0x4d, 0x46,
    0x4e, 0x55, 0x5d, 0x56, 0x5e, 0x65, 0x6d, 0x66, 0x6e, 0x75, 0x7d, 0x76, 0x7e, 0xa5, 0xad,
    0xa6, 0xae, 0xb5, 0xbd, 0xb6, 0xbe, 0xc5, 0xcd, 0xc6, 0xce, 0xd5, 0xdd, 0xd6, 0xde,
};

static int is_unary(const struct alu_opcode *op)
{
    return op->imm || (op->opcode & 0xf0) == 0x80;
}

int takes_constant(const struct alu_opcode *op)
{
    return !is_unary(op) && !(op->opcode & 8);
}

int takes_register(const struct alu_opcode *op)
{
    return !is_unary(op) && op->opcode & 8;
}

_Static_assert(sizeof alu_opcodes / sizeof *alu_opcodes == ALU_OPCODES, "opcodes.h has the count");
_Static_assert(sizeof jump_opcodes / sizeof *jump_opcodes == JUMP_OPCODES,
               "opcodes.h has the count");
