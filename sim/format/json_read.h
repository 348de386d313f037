/* Parses JSON (RFC 8259) into jansson's values, many times faster than jansson does: bodies and event logs
 * may have megabytes, and nothing else happens while one is read. */
#ifndef FORMAT_JSON_READ_H
#define FORMAT_JSON_READ_H

#include <jansson.h>

#include "sim/base/span.h"

#define JSON_READ_DEPTH_MAX 2048 /* of values in values, as jansson's */
#define JSON_READ_EXPLAINED_BYTES (512u * 1024)

/* As json_loadb with JSON_REJECT_DUPLICATES and, for any_value, JSON_DECODE_ANY and JSON_ALLOW_NUL. What is
 * wrong is said in jansson's words, if it is among the first JSON_READ_EXPLAINED_BYTES; of what is further
 * on, reason has only the place. */
json_t *json_read(struct span text, bool any_value, json_error_t *reason);

/* The same without a reason. Out: position, where reading ended. */
json_t *json_read_silently(struct span text, bool any_value, size_t *position);

#endif
