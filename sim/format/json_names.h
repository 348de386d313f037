/* The names of the members of objects that are being read, to find one that an object has twice. To put them into
 * jansson's objects instead takes several times as long. Objects lie in each other, so that the last one that was
 * opened is closed first. */
#ifndef FORMAT_JSON_NAMES_H
#define FORMAT_JSON_NAMES_H

#include <stdbool.h>

#include "sim/base/span.h"

struct json_name;
struct json_name_place;

/* Of all objects that are open. Zero at first; free it with json_names_free. */
struct json_names {
    struct json_name *list;        /* in the order of the text */
    struct json_name_place *table; /* by hash: which of the list */
    uint32_t count;
    unsigned bits;   /* of a place in the table */
    uint64_t key[2]; /* of the hash: random, so that no text can be made whose names have the same */
};

/* Opens an object, and returns what the functions below call it. */
uint32_t json_names_open(const struct json_names *names);

/* Adds a name to the object that was opened last; it stays valid until that is closed. copy: NULL, or where the
 * name is, which is freed then. Returns false if the object has it. */
bool json_names_add(struct json_names *names, uint32_t object, struct span name, char *copy);

void json_names_close(struct json_names *names, uint32_t object);

void json_names_free(struct json_names *names);

#endif
