/* The ledger by number. */
#include "specs/specs.h"

const struct ledger_row ledger_rows[LEDGER_ROWS] = {
#define LEDGER(constant, key, guarantor, text) [constant] = {key, guarantor, text},
#include "specs/ledger.def"
#undef LEDGER
};
