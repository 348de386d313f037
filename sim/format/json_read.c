#include "sim/format/json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/value_count.h"
#include "sim/format/json_names.h"
#include "sim/format/json_number.h"
#include "sim/format/json_scan.h"

#define SHOWN_BYTES (2 * JSON_READ_EXPLAINED_BYTES) /* to jansson */

/* Readers return NULL or false where the text is wrong. */
struct reader {
    struct json_scan scan;
    struct json_names names;                          /* of members that are in no tree */
    const struct json_read_plan *plan;                /* or NULL */
    enum json_read_form form;                         /* of the values that are read: TREE or CHECKED */
    bool may_repeat;                                  /* a name may be there twice */
    enum { MALFORMED, LONG_NUMBER, NAME_TWICE } stop; /* why it gave up */
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

static json_t *read_number(struct reader *reader)
{
    struct span number;
    bool is_real;

    if (!json_scan_number(&reader->scan, &number, &is_real))
        return NULL;
    if (number.len <= JSON_NUMBER_CHARS_MAX)
        return json_number_read(number, is_real, reader->form == JSON_READ_CHECKED);
    reader->stop = LONG_NUMBER;
    return NULL;
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

/* What is read into: nothing where values are only checked. */
struct container {
    json_t *tree;   /* or NULL */
    uint32_t names; /* of an object that has members in no tree */
};

static bool read_element(struct reader *reader, const struct container *array)
{
    const bool is_taken = reader->plan && reader->plan->take && reader->depth == 1;
    json_t *value = read_value(reader);

    if (value)
        json_scan_space(&reader->scan);
    if (value && is_taken) {
        if (reader->form != JSON_READ_CHECKED && !reader->plan->take(reader->plan->taker, value))
            reader->form = JSON_READ_CHECKED;
    } else if (value && array->tree) {
        return json_array_append_new(array->tree, value) == 0;
    }
    json_decref(value);
    return value;
}

/* Out: the member's name, and a copy to be freed if it is not in the input, or NULL. */
static bool read_name(struct json_scan *scan, struct span *name, char **copy)
{
    *copy = NULL;
    if (!json_scan_take(scan, '"') || !json_scan_text(scan, name) || memchr(name->data, '\0', name->len))
        return false;
    if (name->data == scan->unescaped.data) {
        *copy = memory_copy(name->data, name->len);
        name->data = (const uint8_t *)*copy;
    }
    return true;
}

static enum json_read_form form_of(const struct reader *reader, struct span name)
{
    return reader->plan && reader->depth == reader->plan->depth
               ? reader->plan->form(reader->plan->context, name)
               : reader->form;
}

static json_t *read_checked(struct reader *reader)
{
    const enum json_read_form before = reader->form;
    json_t *value;

    reader->form = JSON_READ_CHECKED;
    value = read_value(reader);
    reader->form = before;
    return value;
}

/* As JSON if it is not a text or null, without having been made a tree. */
static json_t *read_as_text(struct reader *reader)
{
    const uint8_t *from = reader->scan.at, first = json_scan_next(&reader->scan);
    const bool before = reader->may_repeat;
    json_t *value;

    if (first == '"' || first == 'n')
        return read_value(reader);
    reader->may_repeat = true;
    value = read_checked(reader);
    reader->may_repeat = before;
    if (!value)
        return NULL;
    json_decref(value);
    return json_stringn_nocheck((const char *)from, (size_t)(reader->scan.at - from));
}

/* After a name, with the space around it. */
static bool read_colon(struct reader *reader)
{
    json_scan_space(&reader->scan);
    return json_scan_token(&reader->scan, ':');
}

static json_t *read_by_form(struct reader *reader, enum json_read_form form)
{
    switch (form) {
    case JSON_READ_TREE:
    case JSON_READ_GIVEN:
        return read_value(reader);
    case JSON_READ_TEXT:
        return read_as_text(reader);
    default:
        return read_checked(reader);
    }
}

/* With the space after it. */
static json_t *read_member_value(struct reader *reader, enum json_read_form form)
{
    json_t *value = read_by_form(reader, form);

    if (value)
        json_scan_space(&reader->scan);
    return value;
}

static bool give_text(struct reader *reader)
{
    struct span text;

    reader->scan.at++;
    if (!json_scan_text(&reader->scan, &text))
        return false;
    reader->plan->take_text(reader->plan->taker, text);
    json_scan_space(&reader->scan);
    return true;
}

/* A name that is there already does not make the object larger. */
static bool set_member(const struct reader *reader, json_t *object, struct span name, json_t *value)
{
    const size_t size = json_object_size(object);

    return json_object_setn_new_nocheck(object, (const char *)name.data, name.len, value) == 0 &&
           (reader->may_repeat || json_object_size(object) > size);
}

static bool refuse_twice(struct reader *reader, const uint8_t *after_name)
{
    reader->scan.at = after_name;
    reader->stop = NAME_TWICE;
    return false;
}

static bool keep_member(struct reader *reader, json_t *object, struct span name, enum json_read_form form)
{
    const uint8_t *after_name = reader->scan.at;
    json_t *value;

    if (form == JSON_READ_TWICE)
        return refuse_twice(reader, after_name);
    if (!read_colon(reader))
        return false;
    if (form == JSON_READ_GIVEN && json_scan_next(&reader->scan) == '"')
        return give_text(reader);
    value = read_member_value(reader, form);
    if (value && !set_member(reader, object, name, value))
        return refuse_twice(reader, after_name);
    return value;
}

static bool read_member(struct reader *reader, const struct container *object)
{
    enum json_read_form form;
    struct span name;
    json_t *value;
    bool is_kept;
    char *copy;

    if (!read_name(&reader->scan, &name, &copy))
        return false;
    form = form_of(reader, name);
    if (object->tree && form != JSON_READ_OMITTED) {
        is_kept = keep_member(reader, object->tree, name, form);
        free(copy);
        return is_kept;
    }
    if (reader->may_repeat)
        free(copy);
    else if (!json_names_add(&reader->names, object->names, name, copy))
        return refuse_twice(reader, reader->scan.at);
    value = read_colon(reader) ? read_member_value(reader, form) : NULL;
    json_decref(value);
    return value;
}

static bool read_contents(struct reader *reader, const struct container *container, uint8_t end,
                          bool (*read_one)(struct reader *reader, const struct container *container))
{
    if (!json_scan_counted(&reader->scan, json_scan_next(&reader->scan)))
        return false;
    if (json_scan_token(&reader->scan, end))
        return true;
    do {
        if (!read_one(reader, container))
            return false;
    } while (json_scan_counted(&reader->scan, ','));
    return json_scan_take(&reader->scan, end);
}

static json_t *read_container(struct reader *reader, bool is_object)
{
    struct container container = {.names = json_names_open(&reader->names)};
    bool is_right;

    if (reader->form != JSON_READ_CHECKED)
        container.tree = is_object ? json_object() : json_array();
    is_right = is_object ? read_contents(reader, &container, '}', read_member)
                         : read_contents(reader, &container, ']', read_element);
    json_names_close(&reader->names, container.names);
    if (is_right)
        return container.tree ? container.tree : json_null();
    json_decref(container.tree);
    return NULL;
}

static json_t *read_any(struct reader *reader)
{
    switch (json_scan_next(&reader->scan)) {
    case '{':
        return read_container(reader, true);
    case '[':
        return read_container(reader, false);
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
    if (root)
        json_scan_space(&reader->scan);
    if (reader->scan.at == reader->scan.end)
        return root;
    json_decref(root);
    return NULL;
}

static bool has_too_many_values(const struct reader *reader)
{
    return reader->scan.count > VALUE_COUNT_MAX;
}

/* The reader has a plan, or none, at first; in the end it says where and why reading ended. */
static json_t *read_text(struct reader *reader, struct span text, bool any_value)
{
    json_t *root;

    reader->scan = (struct json_scan){.at = text.data, .end = text.data + text.len, .allows_nul = any_value};
    buf_init(&reader->scan.unescaped, SIZE_MAX);
    root = read_whole(reader, any_value);
    buf_free(&reader->scan.unescaped);
    json_names_free(&reader->names);
    if (!has_too_many_values(reader))
        return root;
    json_decref(root);
    return NULL;
}

json_t *json_read_loosely(struct span text, bool any_value, const struct json_read_plan *plan)
{
    struct reader reader = {.plan = plan, .may_repeat = true};

    return read_text(&reader, text, any_value);
}

/* In words of our own. */
static void point_at(struct span text, size_t position, const char *what, json_error_t *reason)
{
    const uint8_t *newline = position ? memrchr(text.data, '\n', position) : NULL;
    int line = 1; /* a local one, so that many bytes are compared at once */

    for (size_t i = 0; i < position; i++)
        line += text.data[i] == '\n';
    *reason = (json_error_t){.line = line, .position = (int)position};
    reason->column = (int)position + 1 - (newline ? (int)(newline - text.data) + 1 : 0);
    snprintf(reason->text, sizeof reason->text, "%s", what);
}

/* In jansson's words. Returns false if they are not of this place: jansson skips some NUL bytes, refuses names that
 * may be there twice, and sees only a part of a long text. */
static bool explain(const struct reader *reader, struct span text, size_t position, json_error_t *reason)
{
    const bool is_twice = reader->stop == NAME_TWICE;
    const size_t shown = text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES;
    const size_t flags = (is_twice ? JSON_REJECT_DUPLICATES : 0) |
                         (reader->scan.allows_nul ? JSON_DECODE_ANY | JSON_ALLOW_NUL : 0);
    json_t *root = json_loadb((const char *)text.data, shown, flags, reason);

    if (root) {
        json_decref(root);
        return false;
    }
    return is_twice ? (size_t)reason->position == position
                    : (size_t)reason->position < shown || shown == text.len;
}

static const char *words_for(const struct reader *reader)
{
    static const char *const words[] = {
        [MALFORMED] = "it is malformed there",
        [LONG_NUMBER] = "a number has more than 1024 characters",
        [NAME_TWICE] = "duplicate object key", /* as jansson says it */
    };

    return words[reader->stop];
}

json_t *json_read(struct span text, bool any_value, const struct json_read_plan *plan, json_error_t *reason)
{
    struct reader reader = {.plan = plan};
    json_t *root = read_text(&reader, text, any_value);
    const size_t position = (size_t)(reader.scan.at - text.data);

    if (root)
        return root;
    if (has_too_many_values(&reader))
        *reason = (json_error_t){.position = JSON_READ_TOO_MANY};
    else if (reader.stop == LONG_NUMBER || position > JSON_READ_EXPLAINED_BYTES ||
             !explain(&reader, text, position, reason))
        point_at(text, position, words_for(&reader), reason);
    return NULL;
}
