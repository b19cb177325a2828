/* Inside specs: the operations that rows of the opcode table name. Operands and result have the instruction's width. */
#ifndef THUMBPROOF_SPECS_OPERATIONS_H
#define THUMBPROOF_SPECS_OPERATIONS_H

#include "symexec/term/term.h"

/* results */
term spec_add(term a, term b);
term spec_sub(term a, term b);
term spec_mov(term a, term b);

/* conditions */
term spec_eq(term a, term b);
term spec_ne(term a, term b);

#endif
