#include "sim/format/json_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/bytes.h"
#include "sim/base/hex.h"
#include "sim/base/json_mistake.h"
#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/base/value_count.h"

static json_t *load(struct span text, const struct json_read_plan *plan, struct error *error)
{
    struct json_mistake mistake;
    json_error_t reason;
    json_t *root = json_read(text, false, plan, &reason);

    if (!root && reason.position == JSON_READ_TOO_MANY)
        error_input(error, "has more than %u values", VALUE_COUNT_MAX);
    else if (!root && json_mistake_find(text, (size_t)reason.position, &mistake))
        error_input(error, "not valid JSON: %s (line %d, column %d)", mistake.sentence, mistake.line,
                    mistake.column);
    else if (!root)
        error_quote(error, "not valid JSON: ", span_text(reason.text), " (line %d, column %d)", reason.line,
                    reason.column);
    return root;
}

json_t *json_file_load(struct span text, struct error *error)
{
    return load(text, NULL, error);
}

static enum json_read_form form_of(const void *names, struct span name)
{
    for (const char *const *known = names; *known; known++)
        if (span_is(name, *known))
            return JSON_READ_TREE;
    return JSON_READ_OMITTED;
}

int json_file_each(struct span text, const char *const *names,
                   bool (*take)(void *taker, const json_t *element), void *taker, struct error *error)
{
    const struct json_read_plan plan = {
        .form = form_of, .context = names, .depth = 2, .take = take, .taker = taker};
    json_t *root = load(text, &plan, error);
    int result = root ? 0 : -1;

    if (root && !json_is_array(root))
        result = error_input(error, "must be a JSON array");
    json_decref(root);
    return result;
}

json_t *json_file_peek(struct span text, const char *const *names)
{
    const struct json_read_plan plan = {.form = form_of, .context = names, .depth = 1};

    return text.len ? json_read_loosely(text, false, &plan) : NULL;
}

static json_t *object_of(json_t *root, struct error *error)
{
    if (!root || json_is_object(root))
        return root;
    error_input(error, "must be a JSON object");
    json_decref(root);
    return NULL;
}

json_t *json_file_parse(struct span text, struct error *error)
{
    return object_of(json_file_load(text, error), error);
}

json_t *json_file_parse_some(struct span text, const char *const *names, struct error *error)
{
    const struct json_read_plan plan = {.form = form_of, .context = names, .depth = 1};

    return object_of(load(text, &plan, error), error);
}

json_t *json_file_parse_planned(struct span text, const struct json_read_plan *plan, struct error *error)
{
    return object_of(load(text, plan, error), error);
}

static void wipe_texts(json_t *value)
{
    const char *name;
    json_t *one;
    size_t i;

    json_array_foreach(value, i, one) wipe_texts(one);
    json_object_foreach(value, name, one) wipe_texts(one);
    if (json_is_string(value))
        bytes_wipe(unconst(json_string_value(value)), json_string_length(value));
}

void json_file_forget(json_t *root)
{
    wipe_texts(root);
    json_decref(root);
}

const json_t *json_file_member(const json_t *object, const char *name, struct error *error)
{
    const json_t *member = json_object_get(object, name);

    if (!member)
        error_input(error, "the member %s is missing", name);
    return member;
}

const json_t *json_file_object(const json_t *object, const char *name, struct error *error)
{
    const json_t *member = json_file_member(object, name, error);

    if (member && !json_is_object(member)) {
        error_input(error, "%s must be an object", name);
        return NULL;
    }
    return member;
}

int json_file_string(const json_t *object, const char *name, const char **text, struct error *error)
{
    const json_t *member = json_file_member(object, name, error);

    if (!member)
        return -1;
    if (!json_is_string(member))
        return error_input(error, "%s must be a string", name);
    *text = json_string_value(member);
    return 0;
}

int json_file_copy(const json_t *object, const char *name, char *out, size_t size, struct error *error)
{
    const char *text = NULL;

    if (json_file_string(object, name, &text, error))
        return -1;
    if (strlen(text) >= size)
        return error_input(error, "%s is longer than %zu bytes", name, size - 1);
    snprintf(out, size, "%s", text);
    return 0;
}

int json_file_uint(const json_t *object, const char *name, uint64_t most, uint64_t *value,
                   struct error *error)
{
    const json_t *member = json_file_member(object, name, error);

    if (!member)
        return -1;
    if (!json_is_integer(member) || json_integer_value(member) < 0 ||
        (uint64_t)json_integer_value(member) > most)
        return error_input(error, "%s must be a whole number from 0 to %" PRIu64, name, most);
    *value = (uint64_t)json_integer_value(member);
    return 0;
}

int json_file_bool(const json_t *object, const char *name, bool *value, struct error *error)
{
    const json_t *member = json_file_member(object, name, error);

    if (!member)
        return -1;
    if (!json_is_boolean(member))
        return error_input(error, "%s must be true or false", name);
    *value = json_is_true(member);
    return 0;
}

int json_file_hex_upto(const json_t *object, const char *name, uint8_t *out, size_t size, size_t *len,
                       struct error *error)
{
    const char *text = NULL;
    uint8_t *bytes;
    size_t bad_at;
    int result = 0;

    if (json_file_string(object, name, &text, error))
        return -1;
    bytes = memory_alloc(strlen(text) / 2 + 1);
    if (hex_decode(text, strlen(text), bytes, len, &bad_at) != HEX_OK)
        result = error_input(error, "%s must be hex, two digits per byte", name);
    else if (*len > size)
        result = error_input(error, "%s has %zu bytes; at most %zu are allowed", name, *len, size);
    else
        memcpy(out, bytes, *len);
    bytes_wipe(bytes, strlen(text) / 2);
    free(bytes);
    return result;
}

int json_file_hex(const json_t *object, const char *name, uint8_t *out, size_t len, struct error *error)
{
    size_t got;

    if (json_file_hex_upto(object, name, out, len, &got, error))
        return -1;
    return got == len ? 0 : error_input(error, "%s must have %zu bytes, but has %zu", name, len, got);
}
