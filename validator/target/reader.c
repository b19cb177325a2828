/* JSON values, each checked before it is used. */
#include "validator/target/reader.h"

#include <stdlib.h>
#include <string.h>

void reader_fail(struct reader *r, const char *key, const char *problem)
{
    if (!r->failed)
        diag_set(r->diag, DIAG_INPUT, r->path, "\"%s\" %s", key, problem);
    r->failed = true;
}

/* Names go into messages and reports: no control characters. */
static bool is_printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

/* ---- the file ---- */

static char *read_file(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    enum { MAX = 1 << 16 }; /* keys are compared with each other: a large file would take long */
    char *buffer = malloc(MAX + 1);
    *size = buffer ? fread(buffer, 1, MAX, in) : 0;
    bool whole = buffer && feof(in) && !ferror(in);
    fclose(in);
    if (!whole) {
        free(buffer);
        return NULL;
    }
    buffer[*size] = '\0';
    return buffer;
}

/* A NUL, or the escape of one in a string: what follows would not be seen. */
static bool has_nul(const char *text, size_t size)
{
    if (memchr(text, '\0', size))
        return true;
    for (const char *at = text; (at = strchr(at, '\\')) != NULL && at[1]; at += 2)
        if (strncmp(at, "\\u0000", 6) == 0)
            return true;
    return false;
}

/* The parser keeps repeated keys, and whoever asks gets the first. Depth is bounded by the parser. */
static void check_repeated(struct reader *r, const cJSON *item)
{
    const cJSON *child;
    cJSON_ArrayForEach(child, item)
    {
        if (child->string && cJSON_GetObjectItemCaseSensitive(item, child->string) != child)
            reader_fail(r, is_printable(child->string) ? child->string : "(unprintable)", "stands twice");
        check_repeated(r, child);
    }
}

cJSON *reader_open(struct reader *r)
{
    size_t size;
    char *buffer = read_file(r->path, &size);
    cJSON *root = NULL;
    const char *problem = NULL;
    if (!buffer)
        problem = "cannot be read, or is larger than 64 KiB";
    else if (has_nul(buffer, size))
        problem = "contains a NUL";
    else if (!cJSON_IsObject(root = cJSON_ParseWithOpts(buffer, NULL, true)))
        problem = "is not a JSON object";
    else
        check_repeated(r, root);
    if (problem) {
        diag_set(r->diag, DIAG_INPUT, r->path, "%s", problem);
        r->failed = true;
    }
    free(buffer);
    return root;
}

/* ---- values ---- */

static const cJSON *member(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!item)
        reader_fail(r, key, "is missing");
    return item;
}

const cJSON *reader_object(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = member(r, object, key);
    if (cJSON_IsObject(item))
        return item;
    reader_fail(r, key, "is not an object");
    return NULL;
}

const cJSON *reader_array(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = member(r, object, key);
    if (cJSON_IsArray(item))
        return item;
    reader_fail(r, key, "is not an array");
    return NULL;
}

static bool is_name(const cJSON *item, size_t size)
{
    return cJSON_IsString(item) && *item->valuestring && strlen(item->valuestring) < size &&
           is_printable(item->valuestring);
}

void reader_text(struct reader *r, const cJSON *object, const char *key, char *out, size_t size)
{
    reader_item(r, member(r, object, key), key, out, size);
}

void reader_item(struct reader *r, const cJSON *item, const char *key, char *out, size_t size)
{
    if (is_name(item, size))
        strcpy(out, item->valuestring);
    else
        reader_fail(r, key, "is not a string of a sensible length");
}

static bool is_number(const cJSON *item, uint32_t max)
{
    double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    return value >= 0 && value <= max && value == (double)(uint32_t)value;
}

uint32_t reader_number(struct reader *r, const cJSON *object, const char *key, uint32_t max)
{
    const cJSON *item = member(r, object, key);
    if (is_number(item, max))
        return (uint32_t)item->valuedouble;
    reader_fail(r, key, "is not a whole number in range");
    return 0;
}

bool reader_truth(struct reader *r, const cJSON *object, const char *key)
{
    const cJSON *item = member(r, object, key);
    if (!cJSON_IsBool(item))
        reader_fail(r, key, "is not true or false");
    return cJSON_IsTrue(item);
}

void reader_constant(struct reader *r, const cJSON *object, const char *key, struct constant *out)
{
    const cJSON *item = member(r, object, key);
    if (is_name(item, NAME_SIZE))
        strcpy(out->name, item->valuestring);
    else if (is_number(item, UINT32_MAX))
        out->value = (uint32_t)item->valuedouble;
    else
        reader_fail(r, key, "is neither the name of a constant nor a whole number in range");
}

static bool parse_place(const char *name, struct place *out)
{
    const bool frame = strncmp(name, "sp+", 3) == 0;
    const char *digits = name + (frame ? 3 : 1);
    if ((!frame && name[0] != 'r') || strlen(digits) == 0 || strlen(digits) > 4 ||
        strspn(digits, "0123456789") != strlen(digits) || (digits[0] == '0' && digits[1]))
        return false;
    unsigned long value = strtoul(digits, NULL, 10);
    *out = (struct place){.kind = frame ? PLACE_FRAME : PLACE_REGISTER, .index = (uint32_t)value};
    return frame ? value % 4 == 0 && value <= 4096 : value <= 12;
}

struct place reader_place(struct reader *r, const cJSON *item, const char *key)
{
    struct place place = {PLACE_REGISTER, 0, 0};
    if (!cJSON_IsString(item) || !parse_place(item->valuestring, &place))
        reader_fail(r, key, "has a place that is neither \"rN\" nor \"sp+N\"");
    return place;
}

void reader_key(struct reader *r, const cJSON *item, char *out, size_t size)
{
    if (*item->string && strlen(item->string) < size && is_printable(item->string))
        strcpy(out, item->string);
    else
        reader_fail(r, "(a key)", "is not a name of a sensible length");
}

bool reader_has(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
}

void reader_only(struct reader *r, const cJSON *object, const char *const *keys)
{
    const cJSON *item;
    if (!cJSON_IsObject(object)) {
        reader_fail(r, keys[0], "is missing: what should have it is not an object");
        return;
    }
    cJSON_ArrayForEach(item, object)
    {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], item->string) != 0)
            i++;
        if (!keys[i])
            reader_fail(r, is_printable(item->string) ? item->string : "(unprintable)", "is an unknown key");
    }
}
