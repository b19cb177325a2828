#include "symexec/term/diag.h"

#include <stdarg.h>
#include <stdio.h>

void diag_set(struct diag *d, enum diag_code code, const char *where, const char *format, ...)
{
    va_list list;
    d->code = code;
    snprintf(d->where, sizeof d->where, "%s", where);
    va_start(list, format);
    vsnprintf(d->message, sizeof d->message, format, list);
    va_end(list);
}
