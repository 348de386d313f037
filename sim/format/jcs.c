#include "sim/format/jcs.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/format/jcs_number.h"

/* The first byte of what UTF-16 writes as one unit from U+E000 on, and as surrogates, which are below
 * U+E000. In UTF-8 these two are the other way round. */
#define UTF8_FROM_E000 0xee
#define UTF8_FROM_10000 0xf0

/* --- strings --- */

static void write_escaped(struct buf *out, uint8_t byte)
{
    static const char letters[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

    if (byte == '"' || byte == '\\')
        buf_printf(out, "\\%c", byte);
    else if (letters[byte])
        buf_printf(out, "\\%c", letters[byte]);
    else
        buf_printf(out, "\\u%04x", byte);
}

void jcs_write_text(struct buf *out, struct span text)
{
    buf_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];

        if (byte < 0x20 || byte == '"' || byte == '\\')
            write_escaped(out, byte);
        else
            buf_append_byte(out, byte);
    }
    buf_append_byte(out, '"');
}

/* --- objects --- */

/* A byte's place in the order of UTF-16: those of U+10000 and above come before those from U+E000 on. */
static int place(uint8_t byte)
{
    if (byte >= UTF8_FROM_10000)
        return byte - UTF8_FROM_10000 + UTF8_FROM_E000;
    return byte >= UTF8_FROM_E000 ? byte + UTF8_FROM_10000 : byte;
}

static int compare_names(const void *first, const void *second)
{
    const char *a = *(const char *const *)first, *b = *(const char *const *)second;

    while (*a && *a == *b) {
        a++;
        b++;
    }
    return place((uint8_t)*a) - place((uint8_t)*b);
}

static void write_object(struct buf *out, const json_t *object)
{
    size_t count = json_object_size(object), i = 0;
    const char **names = memory_alloc((count + 1) * sizeof *names);
    const char *name;
    json_t *value;

    json_object_foreach(unconst(object), name, value) names[i++] = name;
    qsort(names, count, sizeof *names, compare_names);
    buf_append_byte(out, '{');
    for (i = 0; i < count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        jcs_write_text(out, span_text(names[i]));
        buf_append_byte(out, ':');
        jcs_write(out, json_object_get(object, names[i]));
    }
    buf_append_byte(out, '}');
    free(names);
}

/* --- values --- */

static void write_array(struct buf *out, const json_t *array)
{
    buf_append_byte(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        jcs_write(out, json_array_get(array, i));
    }
    buf_append_byte(out, ']');
}

void jcs_write(struct buf *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(out, value);
        break;
    case JSON_ARRAY:
        write_array(out, value);
        break;
    case JSON_STRING:
        jcs_write_text(out, span_of(json_string_value(value), json_string_length(value)));
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        jcs_number_write(out, json_number_value(value));
        break;
    default:
        buf_append_text(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
    }
}
