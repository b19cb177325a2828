/* The manifest: JSON in, checked struct out; names are resolved by target.c. */
#include "validator/target/reader.h"

#include <stdlib.h>
#include <string.h>

static const char *const role_names[ROLE_WAYS + 1] = {
    [ROLE_PROGRAM] = "program",   [ROLE_LENGTH] = "length",     [ROLE_OFFSETS] = "offsets", [ROLE_CODE] = "code",
    [ROLE_CAPACITY] = "capacity", [ROLE_POSITION] = "position", [ROLE_PC] = "pc",           [ROLE_FINAL] = "final",
    [ROLE_HOMES] = "homes",       [ROLE_ROUTINES] = "routines",
};

static const char *const vm_role_names[VM_ROLES + 1] = {
    [VM_CONTEXT_ADDRESS] = "context_address",
    [VM_CONTEXT_LENGTH] = "context_length",
    [VM_STACK_TOP] = "stack_top",
    [VM_FUEL] = "fuel",
    [VM_RESULT] = "result",
};

static const char *const saved_names[SAVED_REGISTERS + 1] = {"r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "lr"};

bool place_equal(struct place a, struct place b)
{
    return a.kind == b.kind && a.block == b.block && a.index == b.index;
}

static void *list_of(size_t count, size_t size)
{
    void *list = calloc(count ? count : 1, size);
    if (!list)
        abort();
    return list;
}

/* ---- structs ---- */

/* Which members of a struct play which roles; `names` ends with NULL, `optional` is one that may be missing. */
static void read_layout(struct reader *r, const cJSON *object, const char *const *names, const char *optional,
                        struct layout *layout, struct field *fields)
{
    const cJSON *members = reader_object(r, object, "fields");
    reader_only(r, members, names);
    reader_text(r, object, "struct", layout->tag, sizeof layout->tag);
    for (size_t i = 0; names[i]; i++)
        if (names[i] != optional || reader_has(members, names[i]))
            reader_text(r, members, names[i], fields[i].member, NAME_SIZE);
}

static void read_context(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const keys[] = {"struct", "fields", "scratch", NULL};
    const cJSON *object = reader_object(r, root, "context"), *scratch = reader_array(r, object, "scratch"), *item;
    reader_only(r, object, keys);
    read_layout(r, object, role_names, role_names[ROLE_ROUTINES], &m->context, m->context_fields);
    if (*m->context_fields[ROLE_ROUTINES].member)
        reader_text(r, root, "routine_table", m->routine_table, sizeof m->routine_table);
    else if (reader_has(root, "routine_table"))
        reader_fail(r, "routine_table", "is there, but the context has no field for it");
    m->scratch = list_of((size_t)cJSON_GetArraySize(scratch), sizeof *m->scratch);
    cJSON_ArrayForEach(item, scratch) reader_item(r, item, "scratch", m->scratch[m->scratch_count++].member, NAME_SIZE);
}

static void read_vm(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const keys[] = {"struct", "fields", NULL};
    const cJSON *object = reader_object(r, root, "vm");
    reader_only(r, object, keys);
    read_layout(r, object, vm_role_names, NULL, &m->vm, m->vm_fields);
}

/* ---- homes and frame ---- */

static void read_homes(struct reader *r, const cJSON *item, struct homes *out)
{
    static const char *const keys[] = {"symbol", "registers", NULL};
    reader_only(r, item, keys);
    reader_text(r, item, "symbol", out->symbol, sizeof out->symbol);
    const cJSON *registers = reader_array(r, item, "registers");
    if (cJSON_GetArraySize(registers) != BPF_REGISTERS) {
        reader_fail(r, "registers", "does not have eleven pairs");
        return;
    }
    for (int i = 0; i < BPF_REGISTERS; i++) {
        const cJSON *pair = cJSON_GetArrayItem(registers, i);
        if (!cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2)
            reader_fail(r, "registers", "has an element that is not a pair");
        for (int word = 0; word < 2; word++)
            out->words[i][word] = reader_place(r, cJSON_GetArrayItem(pair, word), "registers");
    }
}

/* Two words in one place, or a word in a place that has a fixed role, would make the relation impossible to hold. */
static void check_homes(struct reader *r, const struct manifest *m, const struct homes *h)
{
    for (int i = 0; i < 2 * BPF_REGISTERS; i++) {
        struct place p = h->words[i / 2][i % 2];
        for (int j = 0; j < i; j++)
            if (place_equal(p, h->words[j / 2][j % 2]))
                reader_fail(r, h->symbol, "puts two words in one place");
        if (p.kind == PLACE_REGISTER && (p.index == m->vm_register || p.index == m->fuel_register))
            reader_fail(r, h->symbol, "uses a register with a fixed role");
        for (int k = 0; k < SAVED_REGISTERS; k++)
            if (place_equal(p, m->saved[k]))
                reader_fail(r, h->symbol, "uses a saved register's place");
        if (p.kind == PLACE_FRAME && p.index + 4 > m->frame_bytes)
            reader_fail(r, h->symbol, "lies outside of the frame");
    }
}

static unsigned read_register(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    struct place place = reader_place(r, item, key);
    if (place.kind != PLACE_REGISTER)
        reader_fail(r, key, "is not a register r0 to r12");
    return place.index;
}

static void read_frame(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const register_keys[] = {"vm", "fuel", NULL}, *const frame_keys[] = {"bytes", "saved", NULL};
    const cJSON *registers = reader_object(r, root, "registers"), *frame = reader_object(r, root, "frame");
    reader_only(r, registers, register_keys);
    reader_only(r, frame, frame_keys);
    m->vm_register = read_register(r, registers, "vm");
    m->fuel_register = read_register(r, registers, "fuel");
    if (m->vm_register == m->fuel_register)
        reader_fail(r, "fuel", "is in the register of the VM pointer");
    m->frame_bytes = reader_number(r, frame, "bytes", 1000);
    if (m->frame_bytes % 8) /* AAPCS 6.2.1.2: sp is a multiple of 8 wherever a function may be called */
        reader_fail(r, "bytes", "is not a multiple of 8");
    const cJSON *saved = reader_object(r, frame, "saved");
    reader_only(r, saved, saved_names);
    for (int i = 0; i < SAVED_REGISTERS; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(saved, saved_names[i]);
        m->saved[i] = reader_place(r, item, saved_names[i]);
        if (m->saved[i].kind != PLACE_FRAME || m->saved[i].index + 4 > m->frame_bytes)
            reader_fail(r, saved_names[i], "is saved outside of the frame");
        for (int j = 0; j < i; j++)
            if (place_equal(m->saved[i], m->saved[j]))
                reader_fail(r, saved_names[i], "is saved where another register is");
    }
}

/* ---- statuses, ways out, limits ---- */

static void read_ways(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const keys[] = {"status", "position", NULL};
    const char *names[BPF_OUTCOMES];
    const cJSON *ways = reader_object(r, root, "ways");
    for (int way = 1; way < BPF_OUTCOMES; way++)
        names[way - 1] = bpf_ways[way].name;
    names[BPF_OUTCOMES - 1] = NULL;
    reader_only(r, ways, names);
    for (int way = 1; way < BPF_OUTCOMES; way++) {
        const cJSON *row = reader_object(r, ways, bpf_ways[way].name);
        reader_only(r, row, keys);
        reader_constant(r, row, "status", &m->way_status[way]);
        reader_text(r, row, "position", m->context_fields[ROLE_WAYS + way].member, NAME_SIZE);
    }
}

static void read_numbers(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const status_keys[] = {"accepted", "code_full", "branch_range", NULL};
    const char *limit_keys[SPEC_LIMITS + 1] = {NULL};
    const cJSON *status = reader_object(r, root, "status"), *limits = reader_object(r, root, "limits");
    for (size_t i = 0; i < SPEC_LIMITS; i++)
        limit_keys[i] = spec_limits[i].name;
    reader_only(r, status, status_keys);
    reader_only(r, limits, limit_keys);
    reader_constant(r, status, "accepted", &m->accepted);
    reader_constant(r, status, "code_full", &m->code_full);
    reader_constant(r, status, "branch_range", &m->branch_range);
    for (enum spec_limit_id i = 0; i < SPEC_LIMITS; i++)
        reader_constant(r, limits, spec_limits[i].name, manifest_limit(m, i));
}

/* ---- routines ---- */

static void read_loop(struct reader *r, const cJSON *object, struct loop_binding *loop)
{
    static const char *const keys[] = {"step", "struct", "fields", NULL};
    const cJSON *fields = reader_object(r, object, "fields"), *item;
    reader_only(r, object, keys);
    reader_text(r, object, "step", loop->step, sizeof loop->step);
    reader_text(r, object, "struct", loop->layout.tag, sizeof loop->layout.tag);
    loop->fields = list_of((size_t)cJSON_GetArraySize(fields), sizeof *loop->fields);
    cJSON_ArrayForEach(item, fields) /* which names there must be, the invariant tells */
    {
        struct loop_field *field = &loop->fields[loop->field_count++];
        reader_key(r, item, field->name, sizeof field->name);
        reader_text(r, fields, item->string, field->field.member, NAME_SIZE);
    }
}

static void read_routine(struct reader *r, const cJSON *item, struct manifest *m)
{
    static const char *const keys[] = {"symbol", "is", "none", "trusted", "loop", NULL};
    struct routine *routine = &m->routines[m->routine_count];
    reader_only(r, item, keys);
    reader_text(r, item, "symbol", routine->symbol, sizeof routine->symbol);
    reader_text(r, item, "is", routine->is, sizeof routine->is);
    routine->promise = spec_routine(routine->is);
    if (!routine->promise && strcmp(routine->is, "summary") != 0)
        reader_fail(r, "is", "is no routine that the specification knows");
    for (size_t i = 0; i < m->routine_count && routine->promise; i++)
        if (m->routines[i].promise == routine->promise)
            reader_fail(r, routine->is, "is the promise of two routines");
    if (reader_has(item, "trusted"))
        routine->trusted = reader_truth(r, item, "trusted");
    if (!routine->promise && (routine->trusted || reader_has(item, "loop")))
        reader_fail(r, routine->symbol, "is known by a summary, which is computed: it has no loop, and is not trusted");
    if (reader_has(item, "loop"))
        read_loop(r, reader_object(r, item, "loop"), &routine->loop);
    if (routine->promise && routine->promise->opaque.expands) {
        routine->none = reader_number(r, item, "none", UINT32_MAX);
        if (routine->none < 0x1000)
            reader_fail(r, "none", "is itself an encoding");
    } else if (reader_has(item, "none")) {
        reader_fail(r, "none", "is no parameter of this promise");
    }
    m->routine_count++;
}

static void read_routines(struct reader *r, const cJSON *root, struct manifest *m)
{
    const cJSON *list = reader_array(r, root, "routines"), *item;
    m->routines = list_of((size_t)cJSON_GetArraySize(list), sizeof *m->routines);
    cJSON_ArrayForEach(item, list) read_routine(r, item, m);
}

/* ---- core and globals ---- */

static void read_core(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const keys[] = {"name", "unaligned_trap", "div_0_trap", "system", NULL};
    const cJSON *core = reader_object(r, root, "core"), *item;
    reader_only(r, core, keys);
    reader_text(r, core, "name", m->core_name, sizeof m->core_name);
    m->core.unaligned_trap = reader_truth(r, core, "unaligned_trap");
    m->core.div_0_trap = reader_truth(r, core, "div_0_trap");
    if (arm_core_architecture(m->core_name) == ARM_UNKNOWN_ARCHITECTURE)
        reader_fail(r, "core", "is no processor that is known here: cortex-m3, cortex-m4, cortex-m7");
    if (!reader_has(core, "system"))
        return;
    cJSON_ArrayForEach(item, reader_array(r, core, "system"))
    {
        char name[NAME_SIZE] = "";
        reader_item(r, item, "system", name, sizeof name);
        enum arm_system which = arm_system_named(name);
        if (which == ARM_SYSTEM_COUNT)
            reader_fail(r, "system", "has a name of no instruction that can be allowed");
        else if (m->core.system_allowed & 1u << which)
            reader_fail(r, "system", "has a name twice");
        else
            m->core.system_allowed |= 1u << which;
    }
}

static void read_globals(struct reader *r, const cJSON *root, struct manifest *m)
{
    const cJSON *list, *item;
    if (!reader_has(root, "globals"))
        return;
    list = reader_array(r, root, "globals");
    m->globals = list_of((size_t)cJSON_GetArraySize(list), sizeof *m->globals);
    cJSON_ArrayForEach(item, list)
    {
        struct global *global = &m->globals[m->global_count];
        reader_item(r, item, "globals", global->symbol, sizeof global->symbol);
        for (size_t i = 0; i < m->global_count; i++)
            if (strcmp(m->globals[i].symbol, global->symbol) == 0)
                reader_fail(r, "globals", "has a name twice");
        m->global_count++;
    }
}

/* ---- the whole ---- */

static void read_root(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const keys[] = {"schema", "name",          "core",      "prelude", "emit",   "context",
                                       "vm",     "homes",         "registers", "frame",   "status", "ways",
                                       "limits", "routine_table", "routines",  "globals", NULL};
    char schema[NAME_SIZE] = "";
    const cJSON *item;
    reader_text(r, root, "schema", schema, sizeof schema);
    if (strcmp(schema, "thumbproof-manifest-3") != 0)
        reader_fail(r, "schema", "is not \"thumbproof-manifest-3\"");
    reader_only(r, root, keys);
    reader_text(r, root, "name", m->name, sizeof m->name);
    read_core(r, root, m);
    reader_text(r, root, "prelude", m->prelude, sizeof m->prelude);
    reader_text(r, root, "emit", m->emit, sizeof m->emit);
    read_context(r, root, m);
    read_vm(r, root, m);
    read_frame(r, root, m);
    read_ways(r, root, m);
    read_numbers(r, root, m);
    const cJSON *homes = reader_array(r, root, "homes");
    m->homes = list_of((size_t)cJSON_GetArraySize(homes), sizeof *m->homes);
    cJSON_ArrayForEach(item, homes) read_homes(r, item, &m->homes[m->homes_count++]);
    if (m->homes_count != 1) /* the prologue is proved for the one assignment that the prelude is run with */
        reader_fail(r, "homes", "does not have exactly one assignment");
    for (size_t i = 0; i < m->homes_count && !r->failed; i++)
        check_homes(r, m, &m->homes[i]);
    read_routines(r, root, m);
    read_globals(r, root, m);
}

bool manifest_read(const char *path, struct manifest *manifest, struct diag *diag)
{
    struct reader reader = {path, diag, false};
    *manifest = (struct manifest){0};
    cJSON *root = reader_open(&reader);
    if (!reader.failed)
        read_root(&reader, root, manifest);
    cJSON_Delete(root);
    if (reader.failed)
        manifest_free(manifest);
    return !reader.failed;
}

void manifest_free(struct manifest *m)
{
    for (size_t i = 0; i < m->routine_count; i++)
        free(m->routines[i].loop.fields);
    free(m->routines);
    free(m->homes);
    free(m->scratch);
    free(m->globals);
    *m = (struct manifest){0};
}
