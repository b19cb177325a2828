/* Assumptions: each carries its key in the ledger, and each proof says which it rests on. */
#include "validator/proof/proof.h"

void rely(struct path *path, enum ledger key)
{
    path->relied |= UINT32_C(1) << key;
}

void assume(struct path *path, enum ledger key, term condition)
{
    rely(path, key);
    path_assume(path, condition);
}

void define(struct path *path, enum ledger key, term fact)
{
    rely(path, key);
    path_define(path, fact);
}
