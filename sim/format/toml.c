#include "sim/format/toml.h"

#include <string.h>

#include "sim/format/toml_scan.h"

enum { INLINE_DEPTH_MAX = 8 };

struct reader {
    struct toml_scan scan;
    struct toml *toml;
    const char *tables[TOML_TABLES_MAX]; /* the headers so far */
    size_t table_count;
};

/* "a.b", or b if a is empty. */
static const char *join(struct reader *reader, const char *a, const char *b)
{
    return *a ? arena_printf(reader->scan.arena, "%s.%s", a, b) : b;
}

/* --- keys --- */

/* Reads "c" or "a.b.c": the table is extended by all parts but the last. */
static int read_key(struct reader *reader, const char **table, const char **key)
{
    struct toml_scan *scan = &reader->scan;

    *key = toml_scan_key(scan);
    while (*key) {
        toml_scan_blanks(scan);
        if (!toml_scan_take(scan, '.'))
            return 0;
        toml_scan_blanks(scan);
        *table = join(reader, *table, *key);
        *key = toml_scan_key(scan);
    }
    return -1;
}

/* Whether one path is the other, or a table around it. */
static bool paths_collide(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b), len = a_len < b_len ? a_len : b_len;

    return memcmp(a, b, len) == 0 && (a_len == b_len || (a_len < b_len ? b[len] : a[len]) == '.');
}

/* Adds a value, whose key must not be set yet, and not be a table. */
static struct toml_value *add_value(struct reader *reader, const char *table, const char *key)
{
    struct toml *toml = reader->toml;
    const char *path = join(reader, table, key);

    if (toml->count == TOML_VALUES_MAX) {
        toml_scan_fail(&reader->scan, "at most %d values are allowed", TOML_VALUES_MAX);
        return NULL;
    }
    for (size_t i = 0; i < toml->count; i++) {
        const struct toml_value *other = &toml->values[i];

        if (!paths_collide(join(reader, other->table, other->key), path))
            continue;
        toml_scan_fail(&reader->scan, "%.100s is already set in line %u", path, other->line);
        return NULL;
    }
    toml->values[toml->count] = (struct toml_value){.table = table, .key = key, .line = reader->scan.line};
    return &toml->values[toml->count++];
}

/* --- values --- */

static int read_list(struct reader *reader, struct toml_value *value)
{
    struct toml_scan *scan = &reader->scan;

    value->type = TOML_LIST;
    value->items = arena_alloc(scan->arena, TOML_ITEMS_MAX * sizeof *value->items);
    for (;;) {
        toml_scan_space(scan);
        if (toml_scan_take(scan, ']'))
            return 0;
        if (*scan->at != '"' && *scan->at != '\'')
            return toml_scan_fail(scan, "expected a string or ] in the list of %.60s", value->key);
        if (value->item_count == TOML_ITEMS_MAX)
            return toml_scan_fail(scan, "the list of %.60s has more than %d strings", value->key,
                                  TOML_ITEMS_MAX);
        value->items[value->item_count] = toml_scan_string(scan);
        if (!value->items[value->item_count++])
            return -1;
        toml_scan_space(scan);
        if (!toml_scan_take(scan, ',') && *scan->at != ']')
            return toml_scan_fail(scan, "expected , or ] in the list of %.60s", value->key);
    }
}

static bool take_word(struct toml_scan *scan, const char *word)
{
    struct toml_scan ahead = *scan;

    if (strcmp(toml_scan_word(&ahead), word) != 0)
        return false;
    *scan = ahead;
    return true;
}

static int read_scalar(struct reader *reader, struct toml_value *value)
{
    struct toml_scan *scan = &reader->scan;

    if (*scan->at == '"' || *scan->at == '\'') {
        value->type = TOML_STRING;
        value->text = toml_scan_string(scan);
        return value->text ? 0 : -1;
    }
    if (toml_scan_take(scan, '['))
        return read_list(reader, value);
    value->type = TOML_BOOLEAN;
    value->integer = take_word(scan, "true");
    if (value->integer || take_word(scan, "false"))
        return 0;
    value->type = TOML_INTEGER;
    return toml_scan_integer(scan, &value->integer);
}

static int read_pair(struct reader *reader, const char *table, unsigned depth);

/* What is after the { of an inline table, which is on one line. */
static int read_inline(struct reader *reader, const char *table, unsigned depth)
{
    struct toml_scan *scan = &reader->scan;

    if (depth > INLINE_DEPTH_MAX)
        return toml_scan_fail(scan, "inline tables are nested more than %d deep", INLINE_DEPTH_MAX);
    toml_scan_blanks(scan);
    if (toml_scan_take(scan, '}'))
        return 0;
    for (;;) {
        toml_scan_blanks(scan);
        if (read_pair(reader, table, depth))
            return -1;
        toml_scan_blanks(scan);
        if (toml_scan_take(scan, '}'))
            return 0;
        if (!toml_scan_take(scan, ','))
            return toml_scan_fail(scan, "expected , or } in the inline table %.100s", table);
    }
}

/* key = value */
static int read_pair(struct reader *reader, const char *table, unsigned depth)
{
    struct toml_scan *scan = &reader->scan;
    struct toml_value *value;
    const char *key;

    if (read_key(reader, &table, &key))
        return -1;
    if (!toml_scan_take(scan, '='))
        return toml_scan_fail(scan, "expected = after the key %.60s", key);
    toml_scan_blanks(scan);
    if (toml_scan_take(scan, '{'))
        return read_inline(reader, join(reader, table, key), depth + 1);
    if (!*scan->at || strchr("\r\n#", *scan->at))
        return toml_scan_fail(scan, "%.60s has no value", key);
    value = add_value(reader, table, key);
    return value ? read_scalar(reader, value) : -1;
}

/* --- tables --- */

/* What is after the [ of a header. */
static int read_header(struct reader *reader, const char **table)
{
    struct toml_scan *scan = &reader->scan;
    const char *parents = "", *key;

    if (*scan->at == '[')
        return toml_scan_fail(scan, "lists of tables, as in [[name]], are not read here");
    toml_scan_blanks(scan);
    if (read_key(reader, &parents, &key))
        return -1;
    if (!toml_scan_take(scan, ']'))
        return toml_scan_fail(scan, "expected ] after the name of the table");
    *table = join(reader, parents, key);
    for (size_t i = 0; i < reader->table_count; i++)
        if (strcmp(reader->tables[i], *table) == 0)
            return toml_scan_fail(scan, "the table [%.100s] is there twice", *table);
    if (reader->table_count == TOML_TABLES_MAX)
        return toml_scan_fail(scan, "at most %d tables are allowed", TOML_TABLES_MAX);
    reader->tables[reader->table_count++] = *table;
    return 0;
}

int toml_parse(struct span text, struct arena *arena, struct toml *toml, struct error *error)
{
    struct reader reader = {.toml = toml};
    struct toml_scan *scan = &reader.scan;
    const char *table = "";

    *toml = (struct toml){.values = arena_alloc(arena, TOML_VALUES_MAX * sizeof *toml->values)};
    if (toml_scan_begin(scan, text, arena, error))
        return -1;
    for (toml_scan_space(scan); *scan->at; toml_scan_space(scan)) {
        int result = toml_scan_take(scan, '[') ? read_header(&reader, &table) : read_pair(&reader, table, 0);

        if (result || toml_scan_line_end(scan))
            return -1;
    }
    return 0;
}

const struct toml_value *toml_find(const struct toml *toml, const char *table, const char *key)
{
    for (size_t i = 0; i < toml->count; i++)
        if (strcmp(toml->values[i].table, table) == 0 && strcmp(toml->values[i].key, key) == 0)
            return &toml->values[i];
    return NULL;
}
