/* Inside target/: reading JSON so that the first thing wrong is kept as the diag, and reading goes on harmlessly. */
#ifndef THUMBPROOF_READER_H
#define THUMBPROOF_READER_H

#include "validator/target/target.h"

#include <cjson/cJSON.h>

struct reader {
    const char *path;
    struct diag *diag;
    bool failed;
};

/* Notes that `key` has a problem, if nothing was wrong before. */
void reader_fail(struct reader *r, const char *key, const char *problem);
/* The file as JSON, or NULL; the caller deletes it. No object in it has a key twice. */
cJSON *reader_open(struct reader *r);
/* Member `key` of an object, which must be there, with the type that the function is named after. What is missing or of
 * another type is an error, and reads as empty, 0, false or NULL. */
const cJSON *reader_object(struct reader *r, const cJSON *object, const char *key);
const cJSON *reader_array(struct reader *r, const cJSON *object, const char *key);
void reader_text(struct reader *r, const cJSON *object, const char *key, char *out, size_t size);
/* The text of an array's element; `key` is the array's. */
void reader_item(struct reader *r, const cJSON *item, const char *key, char *out, size_t size);
uint32_t reader_number(struct reader *r, const cJSON *object, const char *key, uint32_t max);
bool reader_truth(struct reader *r, const cJSON *object, const char *key);
/* A constant: the name of an enumerator or a number. */
void reader_constant(struct reader *r, const cJSON *object, const char *key, struct constant *out);
/* The key that an item of an object has, where keys are names. */
void reader_key(struct reader *r, const cJSON *item, char *out, size_t size);
/* Whether the object has the key. */
bool reader_has(const cJSON *object, const char *key);
/* A place: "r0" to "r12", or "sp+N" with N a multiple of 4, in decimal without leading zeros. */
struct place reader_place(struct reader *r, const cJSON *item, const char *key);
/* An object whose every key is one of `keys` (ends with NULL). That no key stands twice, reader_open has seen to. */
void reader_only(struct reader *r, const cJSON *object, const char *const *keys);

#endif
