/* A manifest and its ELF file, each checked against the other before anything is run. */
#include "validator/validator.h"

#include <sha256.h>

#include <stdlib.h>
#include <string.h>

static bool need_symbol(struct target *t, const char *name, uint32_t *address, struct diag *diag)
{
    uint32_t size;
    if (arm_image_symbol(t->image, name, address, &size))
        return true;
    diag_set(diag, DIAG_INPUT, t->elf_path, "has no symbol \"%s\", which %s names", name, t->manifest_path);
    return false;
}

/* Offsets in the manifest must be those that the compiler used. */
static bool check_layout(const struct target *t, const struct layout *layout, struct diag *diag)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct field *f = &layout->fields[role];
        uint32_t offset, size;
        if (!f->present)
            continue;
        if (!arm_image_member(t->image, layout->tag, f->member, &offset, &size, diag))
            return false;
        if (offset != f->offset || size != f->size) {
            diag_set(
                diag, DIAG_INPUT, t->manifest_path,
                "struct %s: \"%s\" is %u bytes at offset %u here, but %u bytes at offset %u in the debug information of %s",
                layout->tag, f->member, f->size, f->offset, size, offset, t->elf_path);
            return false;
        }
    }
    return true;
}

static bool check(struct target *t, struct diag *diag)
{
    struct manifest *m = &t->manifest;
    if (!need_symbol(t, m->prelude, &t->prelude_address, diag) || !need_symbol(t, m->emit, &t->emit_address, diag))
        return false;
    for (size_t i = 0; i < m->homes_count; i++)
        if (!need_symbol(t, m->homes[i].symbol, &t->homes_address[i], diag))
            return false;
    if (*m->routines && !need_symbol(t, m->routines, &t->routines_address, diag))
        return false;
    for (size_t i = 0; i < m->contract_count; i++)
        if (!need_symbol(t, m->contract_symbols[i], &m->contracts[i].address, diag))
            return false;
    return check_layout(t, &m->context, diag) && check_layout(t, &m->vm, diag);
}

bool target_open(const char *elf, const char *manifest, struct target *t, struct diag *diag)
{
    *t = (struct target){0};
    if (strlen(elf) >= sizeof t->elf_path || strlen(manifest) >= sizeof t->manifest_path) {
        diag_set(diag, DIAG_USAGE, "command line", "a path is too long");
        return false;
    }
    strcpy(t->elf_path, elf);
    strcpy(t->manifest_path, manifest);
    if (!manifest_read(manifest, &t->manifest, diag))
        return false;
    t->image = arm_image_open(elf, diag);
    if (!t->image)
        return false;
    if (!SHA256File(elf, t->sha256))
        strcpy(t->sha256, "unknown");
    arm_image_compiler(t->image, t->compiler, sizeof t->compiler);
    t->shared = solver_shared_open();
    if (!check(t, diag) || !prelude_find(t, diag)) {
        target_close(t);
        return false;
    }
    return true;
}

void target_close(struct target *t)
{
    if (t->image)
        arm_image_close(t->image);
    solver_shared_close(t->shared);
    t->image = NULL;
    t->shared = NULL;
}
