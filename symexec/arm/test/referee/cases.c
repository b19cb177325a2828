#include "symexec/arm/test/referee/cases.h"

enum { DATA = REFEREE_DATA, CODE = REFEREE_CODE, SVC = REFEREE_SVC };

/* clang-format off */
const struct referee_case referee_cases[] = {
    /* single accesses need no alignment (A3.2.1), unless the core traps */
    {"ldr unaligned",            {0x6802}, DATA + 1, 0, 0, REFEREE_RUNS, NULL},
    {"ldr.w offset 3",           {0xf8d0, 0x2003}, DATA, 0, 0, REFEREE_RUNS, NULL},
    {"ldr post-index unaligned", {0xf850, 0x2b05}, DATA + 2, 0, 0, REFEREE_RUNS, NULL},
    {"ldrh unaligned",           {0x8802}, DATA + 3, 0, 0, REFEREE_RUNS, NULL},
    {"ldrsh unaligned",          {0x5e42}, DATA, 0x83, 0, REFEREE_RUNS, NULL},
    {"str unaligned",            {0x6002}, DATA + 3, 0, 0, REFEREE_RUNS, NULL},
    {"strh unaligned",           {0x8002}, DATA + 7, 0, 0, REFEREE_RUNS, NULL},
    {"str pre-index unaligned",  {0xf840, 0x2d01}, DATA + 8, 0, 0, REFEREE_RUNS, NULL},
    {"ldr unaligned, trap",      {0x6802}, DATA + 1, 0, REFEREE_UNALIGN_TRP, REFEREE_UNALIGNED, NULL},
    {"ldrh unaligned, trap",     {0x8802}, DATA + 1, 0, REFEREE_UNALIGN_TRP, REFEREE_UNALIGNED, NULL},
    {"str unaligned, trap",      {0x6002}, DATA + 2, 0, REFEREE_UNALIGN_TRP, REFEREE_UNALIGNED, NULL},
    {"strh unaligned, trap",     {0x8002}, DATA + 3, 0, REFEREE_UNALIGN_TRP, REFEREE_UNALIGNED, NULL},
    {"ldrb, trap",               {0x7802}, DATA + 3, 0, REFEREE_UNALIGN_TRP, REFEREE_RUNS, NULL},
    {"ldr aligned, trap",        {0x6802}, DATA + 4, 0, REFEREE_UNALIGN_TRP, REFEREE_RUNS, NULL},

    /* several words always need it */
    {"ldrd aligned",             {0xe9d0, 0x2300}, DATA + 4, 0, 0, REFEREE_RUNS, NULL},
    {"ldrd by 1",                {0xe9d0, 0x2300}, DATA + 1, 0, 0, REFEREE_UNALIGNED, NULL},
    {"ldrd by 2",                {0xe9d0, 0x2300}, DATA + 2, 0, 0, REFEREE_UNALIGNED, NULL},
    {"ldrd write-back by 2",     {0xe9f0, 0x2301}, DATA + 2, 0, 0, REFEREE_UNALIGNED, NULL},
    {"strd aligned",             {0xe9c0, 0x2300}, DATA + 4, 0, 0, REFEREE_RUNS, NULL},
    {"strd by 2",                {0xe9c0, 0x2300}, DATA + 2, 0, 0, REFEREE_UNALIGNED, NULL},
    {"ldm aligned",              {0xc80c}, DATA + 4, 0, 0, REFEREE_RUNS, NULL},
    {"ldm by 1",                 {0xc80c}, DATA + 1, 0, 0, REFEREE_UNALIGNED, NULL},
    {"ldm of its base",          {0xc805}, DATA, 0, 0, REFEREE_RUNS, NULL},
    {"ldm.w by 2",               {0xe890, 0x000c}, DATA + 2, 0, 0, REFEREE_UNALIGNED, NULL},
    {"ldmdb aligned",            {0xe930, 0x000c}, DATA + 16, 0, 0, REFEREE_RUNS, NULL},
    {"ldmdb by 2",               {0xe930, 0x000c}, DATA + 18, 0, 0, REFEREE_UNALIGNED, NULL},
    {"stm aligned",              {0xc00c}, DATA + 4, 0, 0, REFEREE_RUNS, NULL},
    {"stm by 2",                 {0xc00c}, DATA + 2, 0, 0, REFEREE_UNALIGNED, NULL},
    {"stm of its base first",    {0xc005}, DATA, 0, 0, REFEREE_RUNS, NULL},
    {"stmdb aligned",            {0xe920, 0x000c}, DATA + 16, 0, 0, REFEREE_RUNS, NULL},
    {"stmdb by 1",               {0xe920, 0x000c}, DATA + 17, 0, 0, REFEREE_UNALIGNED, NULL},

    /* the stack: sp has no low bits, so that PUSH and POP are always aligned; the model does not let them be set */
    {"push, pop",                {0xb40c, 0xbc0c}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"push.w",                   {0xe92d, 0x0104}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"pop.w",                    {0xe8bd, 0x0104}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"push of one, pop of one",  {0xf84d, 0x2d04, 0xf85d, 0x3b04}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"mov sp, aligned",          {0x4685}, REFEREE_SP + 8, 0, 0, REFEREE_RUNS, NULL},
    {"mov sp by 2, push",        {0x4685, 0xb40c}, REFEREE_SP - 6, 0, 0, REFEREE_RUNS, "bad-sp"},
    {"mov sp by 1, pop",         {0x4685, 0xbc0c}, REFEREE_SP + 1, 0, 0, REFEREE_RUNS, "bad-sp"},
    {"str below sp",             {0xf84d, 0x2c04}, 0, 0, 0, REFEREE_RUNS, "store-below-sp"},

    /* division */
    {"udiv by zero",             {0xfbb0, 0xf2f1}, 7, 0, 0, REFEREE_RUNS, NULL},
    {"sdiv by zero",             {0xfb90, 0xf2f1}, 7, 0, 0, REFEREE_RUNS, NULL},
    {"udiv by zero, trap",       {0xfbb0, 0xf2f1}, 7, 0, REFEREE_DIV_0_TRP, REFEREE_DIVIDES_BY_ZERO, NULL},
    {"sdiv by zero, trap",       {0xfb90, 0xf2f1}, 7, 0, REFEREE_DIV_0_TRP, REFEREE_DIVIDES_BY_ZERO, NULL},
    {"sdiv overflow, trap",      {0xfb90, 0xf2f1}, 0x80000000, ~0u, REFEREE_DIV_0_TRP, REFEREE_RUNS, NULL},
    {"udiv, trap",               {0xfbb0, 0xf2f1}, 7, 2, REFEREE_DIV_0_TRP, REFEREE_RUNS, NULL},

    /* flags: the carry of a modified immediate and of shifts by a register, from clear and (after cmp r0, r0) from set */
    {"ands.w, rotated, bit 31",  {0xf010, 0x4200}, 0x80000000, 0, 0, REFEREE_RUNS, NULL},
    {"ands.w, rotated, clear",   {0x4280, 0xf010, 0x4280}, 0x40000000, 0, 0, REFEREE_RUNS, NULL},
    {"ands.w, not rotated",      {0x4280, 0xf010, 0x12ff}, 0x40000000, 0, 0, REFEREE_RUNS, NULL},
    {"bics.w, rotated, bit 31",  {0xf030, 0x4200}, 1, 0, 0, REFEREE_RUNS, NULL},
    {"movs.w, rotated, clear",   {0x4280, 0xf05f, 0x4280}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"mvns, rotated, bit 31",    {0xf07f, 0x4200}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"tst.w, rotated, bit 31",   {0xf010, 0x4f00}, 1, 0, 0, REFEREE_RUNS, NULL},
    {"teq.w, rotated, clear",    {0x4280, 0xf090, 0x4f80}, 1, 0, 0, REFEREE_RUNS, NULL},
    {"lsls by 0",                {0x4280, 0x4088}, 0x80000001, 0, 0, REFEREE_RUNS, NULL},
    {"lsls by 32",               {0x4088}, 0x80000001, 32, 0, REFEREE_RUNS, NULL},
    {"lsls by 33",               {0x4280, 0x4088}, 0x80000001, 33, 0, REFEREE_RUNS, NULL},
    {"lsrs by 32",               {0x40c8}, 0x80000001, 32, 0, REFEREE_RUNS, NULL},
    {"lsrs by 256",              {0x4280, 0x40c8}, 0x80000001, 256, 0, REFEREE_RUNS, NULL},
    {"asrs by 255",              {0x4108}, 0x80000001, 255, 0, REFEREE_RUNS, NULL},
    {"rors by 32",               {0x41c8}, 0x80000001, 32, 0, REFEREE_RUNS, NULL},
    {"rors.w by 33",             {0xfa70, 0xf201}, 0x80000001, 33, 0, REFEREE_RUNS, NULL},
    {"rsbs of 0",                {0x4241}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"rsbs of the least",        {0x4241}, 0x80000000, 0, 0, REFEREE_RUNS, NULL},
    {"udiv of 2^31 by 2^32-1",   {0xfbb0, 0xf2f1}, 0x80000000, ~0u, 0, REFEREE_RUNS, NULL},

    /* IT with 32-bit instructions */
    {"ite eq, else",             {0xbf0c, 0xf04f, 0x0201, 0xf04f, 0x0202}, 0, 0, 0, REFEREE_RUNS, NULL},
    {"it eq; movs.w sets flags", {0x4280, 0xbf08, 0xf05f, 0x0201}, 0, 0, 0, REFEREE_RUNS, NULL},

    /* interworking: bit 0 of the target, which is 4-aligned: QEMU gives another fault the precedence otherwise */
    {"bx odd",                   {0x4700, 0xde00, 0xde00, 0xde00, SVC}, CODE + 9, 0, 0, REFEREE_RUNS, NULL},
    {"bx even",                  {0x4700, 0xde00, 0xde00, 0xde00, SVC}, CODE + 8, 0, 0, REFEREE_LEAVES_THUMB, NULL},
    {"blx odd",                  {0x4780, 0xde00, 0xde00, 0xde00, SVC}, CODE + 9, 0, 0, REFEREE_RUNS, NULL},
    {"blx even",                 {0x4780, 0xde00, 0xde00, 0xde00, SVC}, CODE + 8, 0, 0, REFEREE_LEAVES_THUMB, NULL},
    {"push, pop pc odd",         {0xb401, 0xbd00, 0xde00, 0xde00, SVC}, CODE + 9, 0, 0, REFEREE_RUNS, NULL},
    {"push, pop pc even",        {0xb401, 0xbd00, 0xde00, 0xde00, SVC}, CODE + 8, 0, 0, REFEREE_LEAVES_THUMB, NULL},
    {"str, ldr pc odd",          {0x6008, 0xf8d1, 0xf000, 0xde00, SVC}, CODE + 9, DATA, 0, REFEREE_RUNS, NULL},
    {"str, ldr pc even",         {0x6008, 0xf8d1, 0xf000, 0xde00, SVC}, CODE + 8, DATA, 0, REFEREE_LEAVES_THUMB, NULL},
    {"mov pc odd",               {0x4687, 0xde00, 0xde00, 0xde00, SVC}, CODE + 9, 0, 0, REFEREE_RUNS, NULL},
    {"mov pc even",              {0x4687, 0xde00, 0xde00, 0xde00, SVC}, CODE + 8, 0, 0, REFEREE_RUNS, NULL},
    {"tbb",                      {0xe8d0, 0xf001, 0xde00, SVC}, DATA, 1, 0, REFEREE_RUNS, NULL},
    {"tbb [pc]",                 {0xe8df, 0xf001, 0x0301, 0xde00, SVC}, 0, 1, 0, REFEREE_RUNS, NULL},
    {"tbh unaligned",            {0xe8d0, 0xf011, 0x0200, SVC, SVC}, CODE + 5, 0, 0, REFEREE_RUNS, NULL},
    {"tbh unaligned, trap",      {0xe8d0, 0xf011, 0x0200, SVC, SVC}, CODE + 5, 0,
     REFEREE_UNALIGN_TRP, REFEREE_UNALIGNED, NULL},

    /* conditions come first */
    {"ldrdne",                   {0xbf18, 0xe9d0, 0x2300}, DATA + 1, 0, 0, REFEREE_UNALIGNED, NULL},
    {"ldrdne and udf, skipped",  {0x4280, 0xbf1c, 0xe9d0, 0x2300, 0xde00}, DATA + 1, 0, 0, REFEREE_RUNS, "undefined-encoding"},
    {"ldrdne, skipped",          {0x4280, 0xbf18, 0xe9d0, 0x2300}, DATA + 1, 0, 0, REFEREE_RUNS, NULL},

    /* UNDEFINED on this core; QEMU executes some of the DSP extension (SXTAB, SSAT16) nevertheless */
    {"udf",                      {0xde00}, 0, 0, 0, REFEREE_UNDEFINED, NULL},
    {"mrc",                      {0xee10, 0x0f10}, 0, 0, 0, REFEREE_UNDEFINED, NULL},
    {"smulbb (DSP)",             {0xfb10, 0xf201}, 0, 0, 0, REFEREE_UNDEFINED, "unsupported"},
    {"str to pc",                {0xf8cf, 0x2000}, 0, 0, 0, REFEREE_UNDEFINED, NULL},
    {"strht to pc",              {0xf82f, 0x2e00}, 0, 0, 0, REFEREE_UNDEFINED, NULL},
};
/* clang-format on */

const size_t referee_case_count = sizeof referee_cases / sizeof *referee_cases;
