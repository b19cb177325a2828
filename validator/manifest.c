/* Reading the manifest: JSON in, checked struct out. Every value is checked before it is used; the first thing wrong
 * is the diag. */
#include "validator/validator.h"

#include <cjson/cJSON.h>

#include <stdlib.h>
#include <string.h>

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_PROGRAM] = "program",
    [ROLE_LENGTH] = "length",
    [ROLE_OFFSETS] = "offsets",
    [ROLE_CODE] = "code",
    [ROLE_CAPACITY] = "capacity",
    [ROLE_POSITION] = "position",
    [ROLE_PC] = "pc",
    [ROLE_FINAL] = "final",
    [ROLE_EXIT_POSITION] = "exit_position",
    [ROLE_FUEL_POSITION] = "fuel_position",
    [ROLE_HOMES] = "homes",
    [ROLE_ROUTINES] = "routines",
    [ROLE_CONTEXT_ADDRESS] = "context_address",
    [ROLE_CONTEXT_LENGTH] = "context_length",
    [ROLE_STACK_TOP] = "stack_top",
    [ROLE_FUEL] = "fuel",
    [ROLE_RESULT] = "result",
};

/* A reader that remembers its first error. */
struct reader {
    const char *path;
    struct diag *diag;
    bool failed;
};

static void fail(struct reader *r, const char *key, const char *problem)
{
    if (!r->failed)
        diag_set(r->diag, DIAG_INPUT, r->path, "\"%s\" %s", key, problem);
    r->failed = true;
}

static const cJSON *member(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!item)
        fail(r, key, "is missing");
    return item;
}

static void text(struct reader *r, const cJSON *object, const char *key, char *out, size_t size)
{
    const cJSON *item = member(r, object, key);
    if (!cJSON_IsString(item) || strlen(item->valuestring) >= size || !*item->valuestring)
        fail(r, key, "is not a string of a sensible length");
    else
        strcpy(out, item->valuestring);
}

static uint32_t number(struct reader *r, const cJSON *object, const char *key, uint32_t max)
{
    const cJSON *item = member(r, object, key);
    double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(value >= 0 && value <= max) || value != (double)(uint32_t)value) {
        fail(r, key, "is not a whole number in range");
        return 0;
    }
    return (uint32_t)value;
}

static bool truth(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = member(r, object, key);
    if (!cJSON_IsBool(item))
        fail(r, key, "is not true or false");
    return cJSON_IsTrue(item);
}

static const cJSON *object_of(struct reader *r, const cJSON *root, const char *key)
{
    const cJSON *item = member(r, root, key);
    if (!cJSON_IsObject(item))
        fail(r, key, "is not an object");
    return item;
}

static const cJSON *array_of(struct reader *r, const cJSON *root, const char *key, int max)
{
    const cJSON *item = member(r, root, key);
    if (!cJSON_IsArray(item) || cJSON_GetArraySize(item) > max) {
        fail(r, key, "is not an array, or too long");
        return NULL;
    }
    return item;
}

/* ---- parts ---- */

static void read_layout(struct reader *r, const cJSON *root, const char *key, unsigned first, unsigned last,
                        struct layout *out)
{
    const cJSON *object = object_of(r, root, key), *item;
    text(r, object, "struct", out->tag, sizeof out->tag);
    out->size = number(r, object, "size", 4096);
    const cJSON *fields = array_of(r, object, "fields", ROLE_COUNT);
    cJSON_ArrayForEach(item, fields)
    {
        char role[32] = "";
        text(r, item, "role", role, sizeof role);
        unsigned which = first;
        while (which <= last && strcmp(role_names[which], role) != 0)
            which++;
        if (which > last || out->fields[which].present) {
            fail(r, role, "is an unknown or repeated role");
            return;
        }
        struct field *f = &out->fields[which];
        f->present = true;
        text(r, item, "member", f->member, sizeof f->member);
        f->offset = number(r, item, "offset", 4096);
        f->size = number(r, item, "size", 8);
        if (f->offset % 4 || f->size != (which == ROLE_RESULT ? 8 : 4) || f->offset + f->size > out->size)
            fail(r, role, "has an offset or size that does not fit");
    }
    for (unsigned i = first; i <= last; i++)
        if (!out->fields[i].present && i != ROLE_ROUTINES)
            fail(r, role_names[i], "is a role that no field has");
    if (out->size % 4)
        fail(r, "size", "is not a multiple of 4");
}

/* "r2" or "sp+12". */
static bool read_place(const char *name, struct place *out)
{
    char *end;
    bool frame = strncmp(name, "sp+", 3) == 0;
    if (!frame && name[0] != 'r')
        return false;
    unsigned long value = strtoul(name + (frame ? 3 : 1), &end, 10);
    if (*end || end == name + (frame ? 3 : 1) || (frame ? value % 4 || value > 4096 : value > 12))
        return false;
    out->kind = frame ? PLACE_FRAME : PLACE_REGISTER;
    out->index = (uint32_t)value;
    return true;
}

static unsigned read_register(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = member(r, object, key);
    struct place place;
    if (!cJSON_IsString(item) || !read_place(item->valuestring, &place) || place.kind != PLACE_REGISTER) {
        fail(r, key, "is not a register r0 to r12");
        return 0;
    }
    return place.index;
}

static void read_homes(struct reader *r, const cJSON *item, struct homes *out)
{
    text(r, item, "symbol", out->symbol, sizeof out->symbol);
    const cJSON *registers = array_of(r, item, "registers", BPF_REGISTERS);
    if (!registers || cJSON_GetArraySize(registers) != BPF_REGISTERS) {
        fail(r, "registers", "does not have eleven pairs");
        return;
    }
    for (int i = 0; i < BPF_REGISTERS; i++)
        for (int word = 0; word < 2; word++) {
            const cJSON *name = cJSON_GetArrayItem(cJSON_GetArrayItem(registers, i), word);
            if (!cJSON_IsString(name) || !read_place(name->valuestring, &out->words[i][word]))
                fail(r, "registers", "has a place that is neither \"rN\" nor \"sp+N\"");
        }
}

static bool same_place(struct place a, struct place b)
{
    return a.kind == b.kind && a.index == b.index;
}

/* Two words in one place, or a word in a place that has a fixed role, would make the relation impossible to hold. */
static void check_homes(struct reader *r, const struct manifest *m, const struct homes *h)
{
    for (int i = 0; i < 2 * BPF_REGISTERS; i++) {
        struct place p = h->words[i / 2][i % 2];
        for (int j = 0; j < i; j++)
            if (same_place(p, h->words[j / 2][j % 2]))
                fail(r, h->symbol, "puts two words in one place");
        if (p.kind == PLACE_REGISTER && (p.index == m->vm_register || p.index == m->fuel_register))
            fail(r, h->symbol, "uses a register with a fixed role");
        for (int k = 0; k < SAVED_REGISTERS && p.kind == PLACE_FRAME; k++)
            if (m->saved[k] == p.index)
                fail(r, h->symbol, "uses a saved register's place");
        if (p.kind == PLACE_FRAME && p.index + 4 > m->frame_bytes)
            fail(r, h->symbol, "lies outside of the frame");
    }
}

static const char *const contract_kinds[] = {
    [PATH_MODIFIED_IMMEDIATE] = "modified_immediate",
    [PATH_SUMMARY] = "summary",
    [PATH_DIV64] = "div64",
    [PATH_MOD64] = "mod64",
    [PATH_SDIV64] = "sdiv64",
    [PATH_SMOD64] = "smod64",
};

enum { CONTRACT_KINDS = sizeof contract_kinds / sizeof *contract_kinds };

static void read_contract(struct reader *r, const cJSON *item, struct manifest *m)
{
    struct path_contract *c = &m->contracts[m->contract_count];
    char kind[32] = "";
    text(r, item, "symbol", m->contract_symbols[m->contract_count], sizeof m->contract_symbols[0]);
    c->symbol = m->contract_symbols[m->contract_count++];
    text(r, item, "kind", kind, sizeof kind);
    int which = 0;
    while (which < CONTRACT_KINDS && strcmp(kind, contract_kinds[which]) != 0)
        which++;
    if (which == CONTRACT_KINDS)
        fail(r, "kind", "is no kind of contract");
    c->kind = (enum path_contract_kind)which;
    if (c->kind == PATH_MODIFIED_IMMEDIATE) {
        c->none = number(r, item, "none", UINT32_MAX);
        if (!r->failed && c->none < 0x1000)
            fail(r, "none", "is itself an encoding");
    }
}

static void read_root(struct reader *r, const cJSON *root, struct manifest *m)
{
    static const char *const saved[SAVED_REGISTERS] = {"r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "lr"};
    char schema[64] = "";
    const cJSON *item;
    text(r, root, "schema", schema, sizeof schema);
    if (!r->failed && strcmp(schema, "thumbproof-manifest-1") != 0)
        fail(r, "schema", "is not \"thumbproof-manifest-1\"");
    text(r, root, "name", m->name, sizeof m->name);
    const cJSON *core = object_of(r, root, "core");
    text(r, core, "name", m->core_name, sizeof m->core_name);
    m->core.unaligned_trap = truth(r, core, "unaligned_trap");
    m->core.div_0_trap = truth(r, core, "div_0_trap");
    text(r, root, "prelude", m->prelude, sizeof m->prelude);
    text(r, root, "emit", m->emit, sizeof m->emit);
    read_layout(r, root, "context", ROLE_PROGRAM, ROLE_ROUTINES, &m->context);
    if (m->context.fields[ROLE_ROUTINES].present)
        text(r, root, "routines", m->routines, sizeof m->routines);
    read_layout(r, root, "vm", ROLE_CONTEXT_ADDRESS, ROLE_RESULT, &m->vm);
    const cJSON *registers = object_of(r, root, "registers");
    m->vm_register = read_register(r, registers, "vm");
    m->fuel_register = read_register(r, registers, "fuel");
    const cJSON *frame = object_of(r, root, "frame");
    m->frame_bytes = number(r, frame, "bytes", 1000);
    if (m->frame_bytes % 8) /* AAPCS 6.2.1.2: sp is a multiple of 8 wherever a function may be called */
        fail(r, "bytes", "is not a multiple of 8");
    const cJSON *places = object_of(r, frame, "saved");
    for (int i = 0; i < SAVED_REGISTERS; i++) {
        m->saved[i] = number(r, places, saved[i], 1024);
        if (m->saved[i] % 4 || m->saved[i] + 4 > m->frame_bytes)
            fail(r, saved[i], "is saved outside of the frame");
    }
    const cJSON *status = object_of(r, root, "status");
    m->status_ok = number(r, status, "ok", UINT32_MAX);
    m->status_fuel = number(r, status, "fuel", UINT32_MAX);
    m->status_code_full = number(r, status, "code_full", UINT32_MAX);
    m->status_branch_range = number(r, status, "branch_range", UINT32_MAX);
    const cJSON *limits = object_of(r, root, "limits");
    m->program_slots = number(r, limits, "program_slots", 1u << 24);
    m->headroom = number(r, limits, "headroom", 100);
    m->prelude_headroom = number(r, limits, "prelude_headroom", 250);
    m->branch_reach = number(r, limits, "branch_reach", 1u << 24);
    const cJSON *homes = array_of(r, root, "homes", MAX_HOMES);
    cJSON_ArrayForEach(item, homes) read_homes(r, item, &m->homes[m->homes_count++]);
    if (m->homes_count != 1) /* the prologue is proved for the one assignment that the prelude is run with */
        fail(r, "homes", "does not have exactly one assignment");
    for (size_t i = 0; i < m->homes_count && !r->failed; i++)
        check_homes(r, m, &m->homes[i]);
    const cJSON *contracts = array_of(r, root, "contracts", MAX_CONTRACTS);
    cJSON_ArrayForEach(item, contracts) read_contract(r, item, m);
}

/* ---- the file ---- */

static char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    enum { MAX = 1 << 20 };
    char *buffer = malloc(MAX + 1);
    size_t size = buffer ? fread(buffer, 1, MAX, in) : 0;
    bool whole = buffer && feof(in) && !ferror(in);
    fclose(in);
    if (!whole) {
        free(buffer);
        return NULL;
    }
    buffer[size] = '\0';
    return buffer;
}

bool manifest_read(const char *path, struct manifest *manifest, struct diag *diag)
{
    char *buffer = read_file(path);
    if (!buffer) {
        diag_set(diag, DIAG_INPUT, path, "cannot be read");
        return false;
    }
    cJSON *root = cJSON_Parse(buffer);
    struct reader reader = {path, diag, false};
    *manifest = (struct manifest){0};
    if (!cJSON_IsObject(root)) {
        diag_set(diag, DIAG_INPUT, path, "is not a JSON object");
        reader.failed = true;
    } else {
        read_root(&reader, root, manifest);
    }
    /* Contracts point to symbols inside the manifest itself. */
    for (size_t i = 0; i < manifest->contract_count; i++)
        manifest->contracts[i].symbol = manifest->contract_symbols[i];
    cJSON_Delete(root);
    free(buffer);
    return !reader.failed;
}
