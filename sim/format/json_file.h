/* Reads JSON with known members: the simulator's own files (app keys, image, machine, platform)
 * and what clients send to the verifier.
 *
 * Each reader returns 0, or -1 with an error that names the member. */
#ifndef FORMAT_JSON_FILE_H
#define FORMAT_JSON_FILE_H

#include <jansson.h>

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/format/json_read.h"

/* Parses an object or array; free it with json_decref. Returns NULL with an error if it is
 * malformed or has too many values (value_count.h). */
json_t *json_file_load(struct span text, struct error *error);
/* Parses an array, whose elements are taken one after the other (json_read.h): where one is an object, it has
 * only these members (NULL-terminated); others are checked and left out. Returns -1 with an error if the text is
 * malformed, when some may have been taken, or not an array. */
MUST_CHECK int json_file_each(struct span text, const char *const *names,
                              bool (*take)(void *taker, const json_t *element), void *taker,
                              struct error *error);
/* Parses a text that may be anything; of a member that is there twice, the last counts. If it is an object, it
 * has only these members (NULL-terminated). Returns NULL where json_file_load has an error. */
json_t *json_file_peek(struct span text, const char *const *names);
/* Parse an object; otherwise as json_file_load, as json_file_each for its own members, or by a plan. */
json_t *json_file_parse(struct span text, struct error *error);
json_t *json_file_parse_some(struct span text, const char *const *names, struct error *error);
json_t *json_file_parse_planned(struct span text, const struct json_read_plan *plan, struct error *error);

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
