/*
 * Inside specs: the operations that rows of the opcode table name. Operands and result have the instruction's width,
 * except where it is said otherwise; operations with one operand ignore the second.
 */
#ifndef THUMBPROOF_SPECS_OPERATIONS_H
#define THUMBPROOF_SPECS_OPERATIONS_H

#include "symexec/term/term.h"

/* ---- arithmetic.c: results, RFC 9669 section 4.1 ---- */

term spec_add(term a, term b);
term spec_sub(term a, term b);
term spec_mul(term a, term b);
term spec_div(term a, term b);  /* 0 if b is 0 */
term spec_sdiv(term a, term b); /* towards zero; 0 if b is 0; INT_MIN / -1 is INT_MIN */
term spec_mod(term a, term b);  /* a if b is 0 */
term spec_smod(term a, term b); /* has the sign of a; a if b is 0 */
term spec_or(term a, term b);
term spec_and(term a, term b);
term spec_xor(term a, term b);
term spec_neg(term a, term b);
term spec_mov(term a, term b);
term spec_lsh(term a, term b); /* shifts take b modulo the width */
term spec_rsh(term a, term b);
term spec_arsh(term a, term b);
term spec_movsx8(term a, term b); /* sign extension of the low bits of b */
term spec_movsx16(term a, term b);
term spec_movsx32(term a, term b);

/* ---- swaps.c: 64 bits in and out, section 4.2. The machine is little-endian. ---- */

term spec_low16(term a, term b); /* the low bits, zero-extended */
term spec_low32(term a, term b);
term spec_low64(term a, term b);
term spec_swap16(term a, term b); /* the bytes of the low bits reversed, zero-extended */
term spec_swap32(term a, term b);
term spec_swap64(term a, term b);

/* ---- conditions.c: truth values, section 4.3 ---- */

term spec_eq(term a, term b);
term spec_ne(term a, term b);
term spec_gt(term a, term b); /* unsigned */
term spec_ge(term a, term b);
term spec_lt(term a, term b);
term spec_le(term a, term b);
term spec_sgt(term a, term b); /* signed */
term spec_sge(term a, term b);
term spec_slt(term a, term b);
term spec_sle(term a, term b);
term spec_set(term a, term b); /* some bit is set in both */

#endif
