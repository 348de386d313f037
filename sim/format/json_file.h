/* Reads JSON with known members: the simulator's own files (app keys, image, machine, platform)
 * and what clients send to the verifier.
 *
 * Each reader returns 0, or -1 with an error that names the member. */
#ifndef FORMAT_JSON_FILE_H
#define FORMAT_JSON_FILE_H

#include <jansson.h>

#include "sim/base/error.h"
#include "sim/base/span.h"

/* Parses an object or array; free it with json_decref. Returns NULL with an error if it is
 * malformed or has too many values (value_count.h). */
json_t *json_file_load(struct span text, struct error *error);
/* The same, where the caller asks for no other members than these (NULL-terminated) of the objects that are
 * `depth` deep, as in json_read.h: others may be incomplete. */
json_t *json_file_load_some(struct span text, unsigned depth, const char *const *names, struct error *error);
/* Parses a text that may be anything; of a member that is there twice, the last counts. Returns NULL
 * where json_file_load has an error. */
json_t *json_file_peek(struct span text);
/* Parse an object; otherwise as json_file_load, and json_file_load_some for its own members. */
json_t *json_file_parse(struct span text, struct error *error);
json_t *json_file_parse_some(struct span text, const char *const *names, struct error *error);

/* Wipes the texts of an object that has secrets, and frees it. NULL is fine. */
void json_file_forget(json_t *root);

/* A member of any type. Returns NULL with an error if it is missing. */
const json_t *json_file_member(const json_t *object, const char *name, struct error *error);
const json_t *json_file_object(const json_t *object, const char *name, struct error *error);

MUST_CHECK int json_file_string(const json_t *object, const char *name, const char **text,
                                struct error *error);
/* Copies a string to the caller's memory: at most size - 1 bytes, and a NUL. */
MUST_CHECK int json_file_copy(const json_t *object, const char *name, char *out, size_t size,
                              struct error *error);
MUST_CHECK int json_file_uint(const json_t *object, const char *name, uint64_t most, uint64_t *value,
                              struct error *error);

MUST_CHECK int json_file_bool(const json_t *object, const char *name, bool *value, struct error *error);

/* Exactly len bytes of hex. */
MUST_CHECK int json_file_hex(const json_t *object, const char *name, uint8_t *out, size_t len,
                             struct error *error);
/* At most size bytes of hex. */
MUST_CHECK int json_file_hex_upto(const json_t *object, const char *name, uint8_t *out, size_t size,
                                  size_t *len, struct error *error);

#endif
