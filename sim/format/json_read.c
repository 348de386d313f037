#include "sim/format/json_read.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/value_count.h"
#include "sim/format/json_scan.h"

#define SHOWN_BYTES (2 * JSON_READ_EXPLAINED_BYTES) /* to jansson, which skips some NUL bytes */
#define SMALL_DIGITS 18
#define NUMBER_CHARS_MAX 1024 /* longer ones are left to jansson, or refused */
#define FINITE_DIGITS 308
#define EXPONENT_DIGITS 4

/* Readers return NULL or false where the text is wrong. */
struct reader {
    struct json_scan scan;
    const struct json_read_plan *plan; /* or NULL */
    enum json_read_form form;          /* of the values that are read */
    unsigned depth;
};

static json_t *read_string(struct reader *reader)
{
    struct span text;

    if (!json_scan_text(&reader->scan, &text))
        return NULL;
    return reader->form == JSON_READ_CHECKED ? json_null()
                                             : json_stringn_nocheck((const char *)text.data, text.len);
}

/* --- numbers and words --- */

/* An integer of so few digits that it cannot overflow. */
static json_t *small_integer(struct span number)
{
    const bool is_negative = *number.data == '-';
    json_int_t value = 0;

    for (size_t i = is_negative; i < number.len; i++)
        value = 10 * value + (number.data[i] - '0');
    return json_integer(is_negative ? -value : value);
}

/* Whether a number is finite, as far as it shows without its value: below 10^308, by its digits before the
 * point and its exponent. */
static bool is_surely_finite(struct span number)
{
    size_t at = 0, magnitude;

    while (at < number.len && number.data[at] != '.' && (number.data[at] | 0x20) != 'e')
        at++;
    magnitude = at;
    while (at < number.len && (number.data[at] | 0x20) != 'e')
        at++;
    if (at + 1 < number.len && number.data[at + 1] == '-')
        return magnitude <= FINITE_DIGITS;
    at += at + 1 < number.len && number.data[at + 1] == '+';
    if (number.len > at + 1 + EXPONENT_DIGITS)
        return false;
    for (size_t exponent = 0; ++at < number.len;) {
        exponent = 10 * exponent + (size_t)(number.data[at] - '0');
        if (at + 1 == number.len)
            magnitude += exponent;
    }
    return magnitude <= FINITE_DIGITS;
}

static json_t *real_number(const char *digits)
{
    double value = strtod(digits, NULL); /* the program never sets another locale than C */

    return isinf(value) ? NULL : json_real(value);
}

static json_t *whole_number(const char *digits)
{
    long long value;

    errno = 0;
    value = strtoll(digits, NULL, 10);
    return errno == ERANGE ? NULL : json_integer(value);
}

static json_t *read_number(struct reader *reader)
{
    char digits[NUMBER_CHARS_MAX + 1];
    struct span number;
    bool is_real;

    if (!json_scan_number(&reader->scan, &number, &is_real) || number.len > NUMBER_CHARS_MAX)
        return NULL;
    if (!is_real && number.len < SMALL_DIGITS)
        return reader->form == JSON_READ_CHECKED ? json_null() : small_integer(number);
    if (is_real && reader->form == JSON_READ_CHECKED && is_surely_finite(number))
        return json_null();
    memcpy(digits, number.data, number.len);
    digits[number.len] = '\0';
    return is_real ? real_number(digits) : whole_number(digits);
}

static json_t *read_word(struct json_scan *scan, const char *word, json_t *value)
{
    size_t len = strlen(word);

    if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, word, len) != 0)
        return NULL;
    scan->at += len;
    return value;
}

/* --- objects and arrays --- */

static json_t *read_value(struct reader *reader);

/* Takes a value and the space after it, which becomes the object's or array's. */
static bool read_element(struct reader *reader, json_t *array)
{
    json_t *value = read_value(reader);

    json_scan_space(&reader->scan);
    if (value && reader->form == JSON_READ_CHECKED)
        json_decref(value);
    else if (value)
        return json_array_append_new(array, value) == 0;
    return value;
}

static bool read_elements(struct reader *reader, json_t *array)
{
    if (json_scan_token(&reader->scan, ']'))
        return true;
    do {
        if (!read_element(reader, array))
            return false;
    } while (json_scan_counted(&reader->scan, ','));
    return json_scan_take(&reader->scan, ']');
}

/* Out: the member's name, and a copy to be freed if it is not in the input, or NULL. */
static bool read_name(struct json_scan *scan, struct span *name, char **copy)
{
    *copy = NULL;
    if (!json_scan_take(scan, '"') || !json_scan_text(scan, name) || memchr(name->data, '\0', name->len))
        return false;
    if (name->data == scan->unescaped.data) {
        *copy = strndup((const char *)name->data, name->len);
        name->data = (const uint8_t *)*copy;
    }
    return true;
}

/* A name that is there already does not make the object larger. */
static bool set_member(json_t *object, struct span name, json_t *value)
{
    const size_t size = json_object_size(object);

    return json_object_setn_new_nocheck(object, (const char *)name.data, name.len, value) == 0 &&
           json_object_size(object) > size;
}

/* As JSON if it is not a text or null, without having been made a tree. */
static json_t *read_as_text(struct reader *reader)
{
    const uint8_t *from = reader->scan.at, first = json_scan_next(&reader->scan);
    json_t *value;

    if (first == '"' || first == 'n')
        return read_value(reader);
    reader->form = JSON_READ_CHECKED;
    value = read_value(reader);
    if (!value)
        return NULL;
    json_decref(value);
    return json_stringn_nocheck((const char *)from, (size_t)(reader->scan.at - from));
}

/* In the form that the plan says. */
static json_t *read_planned(struct reader *reader, struct span name)
{
    const enum json_read_form before = reader->form;
    json_t *value;

    if (reader->plan && reader->depth == reader->plan->depth)
        reader->form = reader->plan->form(reader->plan->context, name);
    value = reader->form == JSON_READ_TEXT ? read_as_text(reader) : read_value(reader);
    reader->form = before;
    return value;
}

static bool read_member(struct reader *reader, json_t *object)
{
    const uint8_t *after_name;
    json_t *value = NULL;
    bool is_set = false;
    struct span name;
    char *copy;

    if (!read_name(&reader->scan, &name, &copy))
        return false;
    after_name = reader->scan.at;
    json_scan_space(&reader->scan);
    if (json_scan_token(&reader->scan, ':'))
        value = read_planned(reader, name);
    json_scan_space(&reader->scan);
    if (value)
        is_set = set_member(object, name, value);
    if (value && !is_set)
        reader->scan.at = after_name;
    free(copy);
    return is_set;
}

static bool read_members(struct reader *reader, json_t *object)
{
    if (json_scan_token(&reader->scan, '}'))
        return true;
    do {
        if (!read_member(reader, object))
            return false;
    } while (json_scan_counted(&reader->scan, ','));
    return json_scan_take(&reader->scan, '}');
}

static json_t *read_container(struct reader *reader, json_t *container,
                              bool (*read)(struct reader *reader, json_t *container))
{
    if (json_scan_counted(&reader->scan, json_scan_next(&reader->scan)) && read(reader, container))
        return container;
    json_decref(container);
    return NULL;
}

static json_t *read_any(struct reader *reader)
{
    switch (json_scan_next(&reader->scan)) {
    case '{':
        return read_container(reader, json_object(), read_members);
    case '[':
        return read_container(reader, json_array(), read_elements);
    case '"':
        reader->scan.at++;
        return read_string(reader);
    case 't':
        return read_word(&reader->scan, "true", json_true());
    case 'f':
        return read_word(&reader->scan, "false", json_false());
    case 'n':
        return read_word(&reader->scan, "null", json_null());
    default:
        return read_number(reader);
    }
}

static json_t *read_value(struct reader *reader)
{
    json_t *value = NULL;

    if (++reader->depth <= JSON_READ_DEPTH_MAX)
        value = read_any(reader);
    reader->depth--;
    return value;
}

/* --- the whole --- */

static json_t *read_whole(struct reader *reader, bool any_value)
{
    json_t *root = NULL;

    json_scan_space(&reader->scan);
    if (any_value || json_scan_next(&reader->scan) == '{' || json_scan_next(&reader->scan) == '[')
        root = read_value(reader);
    json_scan_space(&reader->scan);
    if (reader->scan.at == reader->scan.end)
        return root;
    json_decref(root);
    return NULL;
}

static json_t *read_text(struct span text, bool any_value, const struct json_read_plan *plan,
                         size_t *position)
{
    struct reader reader = {.scan = {.at = text.data, .end = text.data + text.len, .allows_nul = any_value},
                            .plan = plan};
    json_t *root;

    buf_init(&reader.scan.unescaped, SIZE_MAX);
    root = read_whole(&reader, any_value);
    buf_free(&reader.scan.unescaped);
    *position = (size_t)(reader.scan.at - text.data);
    if (reader.scan.count <= VALUE_COUNT_MAX)
        return root;
    json_decref(root);
    *position = SIZE_MAX;
    return NULL;
}

json_t *json_read_silently(struct span text, bool any_value, size_t *position)
{
    return read_text(text, any_value, NULL, position);
}

static void point_at(struct span text, size_t position, json_error_t *reason)
{
    const uint8_t *newline = position ? memrchr(text.data, '\n', position) : NULL;

    *reason = (json_error_t){.line = 1, .position = (int)position};
    for (size_t i = 0; i < position; i++)
        reason->line += text.data[i] == '\n';
    reason->column = (int)position + 1 - (newline ? (int)(newline - text.data) + 1 : 0);
    snprintf(reason->text, sizeof reason->text, "it is malformed there");
}

json_t *json_read(struct span text, bool any_value, const struct json_read_plan *plan, json_error_t *reason)
{
    const size_t flags = JSON_REJECT_DUPLICATES | (any_value ? JSON_DECODE_ANY | JSON_ALLOW_NUL : 0);
    size_t position;
    json_t *root = read_text(text, any_value, plan, &position);

    if (root)
        return root;
    if (position == SIZE_MAX) {
        *reason = (json_error_t){.position = JSON_READ_TOO_MANY};
        return NULL;
    }
    if (position <= JSON_READ_EXPLAINED_BYTES)
        return json_loadb((const char *)text.data, text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES, flags,
                          reason);
    point_at(text, position, reason);
    return NULL;
}
