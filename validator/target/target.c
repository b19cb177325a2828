/* A manifest and its ELF file: each name of the one is looked up in the other before anything is run. */
#include "validator/target/target.h"

#include <sha256.h>

#include <stdlib.h>
#include <string.h>

static bool complain(struct diag *diag, const struct target *t, const char *name, const char *problem)
{
    diag_set(diag, DIAG_INPUT, t->manifest_path, "\"%s\" %s", name, problem);
    return false;
}

static bool find_symbol(const struct target *t, const char *name, uint32_t *address, struct diag *diag)
{
    uint32_t size;
    if (arm_image_symbol(t->image, name, address, &size))
        return true;
    diag_set(diag, DIAG_INPUT, t->elf_path, "has no symbol \"%s\", which %s names", name, t->manifest_path);
    return false;
}

static bool find_constants(struct target *t, struct constant *constants, size_t count, struct diag *diag)
{
    for (size_t i = 0; i < count; i++)
        if (*constants[i].name && !arm_image_constant(t->image, constants[i].name, &constants[i].value, diag))
            return false;
    return true;
}

/* A member of whole aligned words: as many as `words`, or any number if that is 0. */
static bool find_field(const struct target *t, const struct layout *layout, struct field *f, uint32_t words,
                       struct diag *diag)
{
    static const char *const problems[] = {"is not whole aligned words", "is not one aligned word",
                                           "is not two aligned words"};
    if (!*f->member)
        return true;
    if (!arm_image_member(t->image, layout->tag, f->member, &f->offset, &f->size, diag))
        return false;
    if (f->offset % 4 || f->size == 0 || f->size % 4 || (words && f->size != 4 * words) || f->size > layout->size ||
        f->offset > layout->size - f->size)
        return complain(diag, t, f->member, problems[words]);
    return true;
}

static bool find_struct(const struct target *t, struct layout *layout, struct diag *diag)
{
    enum { MAX_BYTES = 4096 };
    if (!arm_image_struct_size(t->image, layout->tag, &layout->size, diag))
        return false;
    if (layout->size % 4 || layout->size > MAX_BYTES)
        return complain(diag, t, layout->tag, "is a struct whose size is not a multiple of 4, or above 4096");
    return true;
}

/* Fields of one struct, which play different roles and so are different members. */
static bool find_layout(const struct target *t, struct layout *layout, struct field *fields, size_t count,
                        size_t two_words, struct diag *diag)
{
    if (!find_struct(t, layout, diag))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!find_field(t, layout, &fields[i], i == two_words ? 2 : 1, diag))
            return false;
        for (size_t j = 0; j < i && *fields[i].member; j++)
            if (strcmp(fields[i].member, fields[j].member) == 0)
                return complain(diag, t, fields[i].member, "has two roles");
    }
    return true;
}

/* Scratch shares no byte with a member that has a role, nor with other scratch: members of unions and of inner structs
 * may have other names and the same place. */
static bool find_scratch(struct target *t, struct diag *diag)
{
    struct manifest *m = &t->manifest;
    for (size_t i = 0; i < m->scratch_count; i++) {
        const struct field *others[] = {m->context_fields, m->scratch};
        const size_t counts[] = {ROLE_COUNT, i};
        struct field *own = &m->scratch[i];
        if (!find_field(t, &m->context, own, 0, diag))
            return false;
        for (size_t k = 0; k < 2; k++)
            for (size_t j = 0; j < counts[k]; j++)
                if (own->offset < others[k][j].offset + others[k][j].size &&
                    others[k][j].offset < own->offset + own->size)
                    return complain(diag, t, own->member, k ? "is scratch twice" : "is scratch and has a role");
    }
    return true;
}

static bool find_globals(struct target *t, struct diag *diag)
{
    struct manifest *m = &t->manifest;
    for (size_t i = 0; i < m->global_count; i++)
        if (!arm_image_object(t->image, m->globals[i].symbol, &m->globals[i].address, &m->globals[i].size, diag))
            return false;
    return true;
}

static bool find_loop(struct target *t, struct loop_binding *loop, struct diag *diag)
{
    if (!*loop->step)
        return true;
    if (!find_symbol(t, loop->step, &loop->step_address, diag) || !find_struct(t, &loop->layout, diag))
        return false;
    for (size_t i = 0; i < loop->field_count; i++) {
        struct field *f = &loop->fields[i].field;
        if (!arm_image_member(t->image, loop->layout.tag, f->member, &f->offset, &f->size, diag))
            return false;
        if (f->offset % 4 || (f->size != 4 && f->size != 8) || f->size > loop->layout.size ||
            f->offset > loop->layout.size - f->size)
            return complain(diag, t, f->member, "is not one or two aligned words");
        for (size_t j = 0; j < i; j++)
            if (strcmp(loop->fields[j].field.member, f->member) == 0)
                return complain(diag, t, f->member, "has two roles");
    }
    return true;
}

static bool find_routines(struct target *t, struct diag *diag)
{
    struct manifest *m = &t->manifest;
    t->contracts = calloc(m->routine_count + 1, sizeof *t->contracts);
    if (!t->contracts)
        abort();
    for (size_t i = 0; i < m->routine_count; i++) {
        struct routine *r = &m->routines[i];
        struct path_contract *c = &t->contracts[i];
        *c = (struct path_contract){.symbol = r->symbol, .promise = r->promise, .parameter = r->none};
        if (!find_symbol(t, r->symbol, &c->address, diag) || !find_loop(t, &r->loop, diag))
            return false;
        for (size_t j = 0; j < i; j++)
            if (t->contracts[j].address == c->address)
                return complain(diag, t, r->symbol, "is the same function as another routine");
    }
    return true;
}

static bool check_stack(const struct target *t, struct diag *diag)
{
    if (t->manifest.stack_bytes.value % 8) /* AAPCS 6.2.1.2 */
        return complain(diag, t, "stack_bytes", "is not a multiple of 8");
    if (t->manifest.stack_bytes.value < t->manifest.frame_bytes)
        return complain(diag, t, "stack_bytes", "is less than the frame");
    return true;
}

/* Two outcomes with one status could not be told apart, and a proof would not notice one in place of the other. */
static bool check_distinct(const struct target *t, const char *const *names, const struct constant *const *statuses,
                           size_t count, struct diag *diag)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (statuses[i]->value == statuses[j]->value) {
                diag_set(diag, DIAG_INPUT, t->manifest_path, "\"%s\" is %u, the status of \"%s\" too", names[i],
                         statuses[i]->value, names[j]);
                return false;
            }
    return true;
}

static bool check_statuses(const struct target *t, struct diag *diag)
{
    static const char *const compiler_names[] = {"accepted", "code_full", "branch_range"};
    const struct manifest *m = &t->manifest;
    const struct constant *const compiler[] = {&m->accepted, &m->code_full, &m->branch_range};
    const char *run_names[BPF_OUTCOMES - 1];
    const struct constant *run[BPF_OUTCOMES - 1];
    for (int way = 1; way < BPF_OUTCOMES; way++) {
        run_names[way - 1] = bpf_ways[way].name;
        run[way - 1] = &m->way_status[way];
    }
    return check_distinct(t, compiler_names, compiler, 3, diag) &&
           check_distinct(t, run_names, run, BPF_OUTCOMES - 1, diag);
}

static bool resolve(struct target *t, struct diag *diag)
{
    struct manifest *m = &t->manifest;
    struct constant *const statuses[] = {&m->accepted, &m->code_full, &m->branch_range};
    if (!find_symbol(t, m->prelude, &t->prelude_address, diag) || !find_symbol(t, m->emit, &t->emit_address, diag) ||
        (*m->routine_table && !find_symbol(t, m->routine_table, &t->routine_table_address, diag)))
        return false;
    for (size_t i = 0; i < m->homes_count; i++)
        if (!find_symbol(t, m->homes[i].symbol, &m->homes[i].address, diag))
            return false;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (!find_constants(t, statuses[i], 1, diag))
            return false;
    for (enum spec_limit_id i = 0; i < SPEC_LIMITS; i++)
        if (!find_constants(t, manifest_limit(m, i), 1, diag))
            return false;
    return find_constants(t, m->way_status, BPF_OUTCOMES, diag) && check_statuses(t, diag) &&
           limits_possible(t, diag) && check_stack(t, diag) &&
           arm_image_takes(t->image, m->prelude, m->context.tag, diag) &&
           arm_image_takes(t->image, m->emit, m->context.tag, diag) &&
           find_layout(t, &m->context, m->context_fields, ROLE_COUNT, ROLE_COUNT, diag) &&
           find_layout(t, &m->vm, m->vm_fields, VM_ROLES, VM_RESULT, diag) && find_scratch(t, diag) &&
           find_globals(t, diag) && find_routines(t, diag);
}

/* The model is of ARMv7-M; a core says how much newer code may claim to be. */
static bool check_architecture(struct target *t, struct diag *diag)
{
    enum arm_architecture core = arm_core_architecture(t->manifest.core_name);
    if (!arm_image_architecture(t->image, &t->architecture, diag))
        return false;
    if (t->architecture <= core)
        return true;
    diag_set(diag, DIAG_INPUT, t->elf_path, "is built for %s, but the manifest's core \"%s\" has %s",
             arm_architecture_name(t->architecture), t->manifest.core_name, arm_architecture_name(core));
    return false;
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
    if (!t->image) {
        target_close(t);
        return false;
    }
    if (!SHA256File(elf, t->sha256))
        strcpy(t->sha256, "unknown");
    if (!SHA256File(manifest, t->manifest_sha256))
        strcpy(t->manifest_sha256, "unknown");
    arm_image_compiler(t->image, t->compiler, sizeof t->compiler);
    if (!check_architecture(t, diag) || !resolve(t, diag)) {
        target_close(t);
        return false;
    }
    return true;
}

void target_close(struct target *t)
{
    if (t->image)
        arm_image_close(t->image);
    t->image = NULL;
    free(t->contracts);
    t->contracts = NULL;
    manifest_free(&t->manifest);
}
