/* Parses JSON (RFC 8259) into jansson's values, many times faster than jansson does: bodies and event logs
 * may have megabytes, and nothing else happens while one is read. */
#ifndef FORMAT_JSON_READ_H
#define FORMAT_JSON_READ_H

#include <jansson.h>

#include "sim/base/span.h"

#define JSON_READ_DEPTH_MAX 2048 /* of values in values, as jansson's */
#define JSON_READ_EXPLAINED_BYTES (128u * 1024)
#define JSON_READ_TOO_MANY (-1)

/* What becomes of a member's value, and of all that is in it. */
enum json_read_form {
    JSON_READ_TREE,    /* jansson's values */
    JSON_READ_CHECKED, /* it is checked like the others, but some of it is left out, and some is null */
    JSON_READ_TEXT,    /* a string of its JSON, unless it is a string or null: these stay as they are */
};

/* Saves what the caller does not look at. form is asked for each member of the objects that are `depth` deep: 1 for
 * the root's, 2 for those of objects in a root that is an array. What is less deep becomes a tree. */
struct json_read_plan {
    enum json_read_form (*form)(const void *context, struct span name);
    const void *context;
    unsigned depth;
};

/* As json_loadb with JSON_REJECT_DUPLICATES and, for any_value, JSON_DECODE_ANY and JSON_ALLOW_NUL, by a plan;
 * NULL: all of it becomes a tree. What is wrong is said in jansson's words, if it is among the first
 * JSON_READ_EXPLAINED_BYTES; of what is further on, reason has only the place. Texts of more than
 * VALUE_COUNT_MAX values are refused, and the place is then JSON_READ_TOO_MANY. */
json_t *json_read(struct span text, bool any_value, const struct json_read_plan *plan, json_error_t *reason);

/* json_read of a whole tree, without jansson: it gives no reason, and refuses numbers that have over a thousand
 * characters. Out: position, where reading ended, or SIZE_MAX after too many values. */
json_t *json_read_silently(struct span text, bool any_value, size_t *position);

#endif
