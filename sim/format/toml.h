/* Reads configuration files in TOML: tables, strings of one line, decimal integers, booleans, lists
 * of strings, inline tables, comments. Whatever else TOML has is refused by name, and so is what
 * TOML itself forbids, such as setting a key twice. */
#ifndef FORMAT_TOML_H
#define FORMAT_TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

enum toml_type { TOML_STRING, TOML_INTEGER, TOML_BOOLEAN, TOML_LIST };

struct toml_value {
    const char *table; /* "default.core"; empty before the first table */
    const char *key;   /* "keys_file" */
    unsigned line;
    enum toml_type type;
    const char *text;   /* TOML_STRING */
    int64_t integer;    /* TOML_INTEGER, and 0 or 1 of TOML_BOOLEAN */
    const char **items; /* TOML_LIST: strings */
    size_t item_count;
};

enum { TOML_VALUES_MAX = 256, TOML_TABLES_MAX = 64, TOML_ITEMS_MAX = 64 };

struct toml {
    struct toml_value *values; /* in the order of the file */
    size_t count;
};

/* Parses a file. In the arena: all of *toml. Returns -1 with an error that names the line. */
MUST_CHECK int toml_parse(struct span text, struct arena *arena, struct toml *toml, struct error *error);

/* A value, or NULL if the file does not set it. */
const struct toml_value *toml_find(const struct toml *toml, const char *table, const char *key);

#endif
