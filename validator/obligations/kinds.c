/* The kinds of obligations, in the order of the report. */
#include "validator/obligations/obligations.h"

#include <stdlib.h>
#include <string.h>

const struct kind obligation_kinds[] = {
    {"prologue", "the caller's state leads to a related start state", true, prologue_list, prologue_prove},
    {"epilogue", "exit leads back to the caller, with the result", true, epilogue_list, way_out_prove},
    {"stub", "a fault leads back to the caller, with its status", true, stub_list, way_out_prove},
    {"routine", "a routine keeps its promise", false, routine_list, routine_prove},
    {"lemma", "arithmetic that proofs of routines take as given", false, lemma_list, lemma_prove},
    {"insn", "emitted code does what one BPF instruction means", true, insn_list, insn_prove},
};
const size_t obligation_kind_count = sizeof obligation_kinds / sizeof *obligation_kinds;

struct obligation *obligations_add(struct obligations *list, const struct kind *kind, const char *name)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        list->items = realloc(list->items, list->room * sizeof *list->items);
        if (!list->items)
            abort();
    }
    struct obligation *o = &list->items[list->count++];
    *o = (struct obligation){.kind = kind};
    snprintf(o->id, sizeof o->id, "%s%s%.40s", kind->name, *name ? "/" : "", name);
    return o;
}

void obligations_list(const struct target *target, struct obligations *list)
{
    *list = (struct obligations){0};
    for (size_t i = 0; i < obligation_kind_count; i++)
        obligation_kinds[i].list(&obligation_kinds[i], target, list);
}

bool obligation_selected(const struct obligation *o, const char *name)
{
    const char *slash = strchr(o->id, '/');
    const char *tail = slash ? slash + 1 : o->id;
    size_t length = strlen(name);
    if (strcmp(o->id, name) == 0 || strcmp(tail, name) == 0)
        return true;
    return o->opcode && strncmp(tail, name, length) == 0 && tail[length] == '_';
}
