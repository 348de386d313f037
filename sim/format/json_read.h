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
    JSON_READ_CHECKED, /* null or some other value, after it was checked like all others */
    JSON_READ_OMITTED, /* nothing: it is checked, but the object in the tree does not have the member */
    /* A string of its JSON, unless it is a string or null: these stay as they are. A name may be there twice: that is
     * left to those who read the string. */
    JSON_READ_TEXT,
    JSON_READ_GIVEN, /* a string goes to take_text, and the object does not have the member; others become a tree */
    JSON_READ_TWICE, /* an error: the name is there twice. For plans that keep account of some themselves */
};

/* Saves what the caller does not look at. form is asked for each member of the objects that are `depth` deep: 1 for
 * the root's, 2 for those of objects in a root that is an array. What is less deep becomes a tree. */
struct json_read_plan {
    enum json_read_form (*form)(const void *context, struct span name);
    const void *context;
    unsigned depth;

    /* NULL, or called for each element of a root that is an array, which are not kept: the array is empty in the
     * end. Returns false to be called no more. */
    bool (*take)(void *taker, const json_t *element);
    /* Called for a string of the member that form was asked for last. The text is in the input, or valid until
     * this returns. NULL if no member is given. */
    void (*take_text)(void *taker, struct span text);
    void *taker;
};

/* As json_loadb with JSON_REJECT_DUPLICATES and, for any_value, JSON_DECODE_ANY and JSON_ALLOW_NUL, by a plan;
 * NULL: all of it becomes a tree. What is wrong is said in jansson's words, if it is among the first
 * JSON_READ_EXPLAINED_BYTES; of what is further on, reason has little more than the place. Numbers of more than
 * 1024 characters are refused. Texts of more than VALUE_COUNT_MAX values are, too: then the place is
 * JSON_READ_TOO_MANY. */
json_t *json_read(struct span text, bool any_value, const struct json_read_plan *plan, json_error_t *reason);

/* The same where of a member that is there twice the last counts. Returns NULL without a reason. */
json_t *json_read_loosely(struct span text, bool any_value, const struct json_read_plan *plan);

#endif
