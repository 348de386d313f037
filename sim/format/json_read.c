#include "sim/format/json_read.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/json_text.h"
#include "sim/base/utf8.h"

#define SHOWN_BYTES (2 * JSON_READ_EXPLAINED_BYTES) /* to jansson, which skips some NUL bytes */
#define SMALL_DIGITS 18
#define NUMBER_CHARS_MAX 1024 /* longer ones are left to jansson, or refused */

/* Values are read from `at` on. Readers return NULL or false where the text is wrong; then `at` is near
 * the place. */
struct reader {
    const uint8_t *start, *at, *end;
    struct buf unescaped; /* of the string that is read */
    unsigned depth;
    bool allows_nul;
};

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* The next byte, or 0 at the end. */
static uint8_t next(const struct reader *reader)
{
    return reader->at < reader->end ? *reader->at : 0;
}

static bool take(struct reader *reader, uint8_t byte)
{
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

/* Takes a byte and the space after it, as between values. */
static bool take_token(struct reader *reader, uint8_t byte)
{
    if (!take(reader, byte))
        return false;
    skip_space(reader);
    return true;
}

/* --- strings --- */

static bool read_unit(struct reader *reader, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t byte = next(reader);

        if (is_digit(byte))
            *unit = *unit << 4 | (uint32_t)(byte - '0');
        else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
            *unit = *unit << 4 | (uint32_t)((byte | 0x20) - 'a' + 10);
        else
            return false;
        reader->at++;
    }
    return true;
}

/* What follows \u: a character, or two surrogates for one. */
static bool read_character(struct reader *reader, uint32_t *character)
{
    uint32_t low;

    if (!read_unit(reader, character) || (*character >= 0xdc00 && *character < 0xe000))
        return false;
    if (*character < 0xd800 || *character > 0xdfff)
        return *character != 0 || reader->allows_nul;
    if (!take(reader, '\\') || !take(reader, 'u') || !read_unit(reader, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *character = 0x10000 + ((*character & 0x3ff) << 10 | (low & 0x3ff));
    return true;
}

static void append_character(struct buf *out, uint32_t c)
{
    const uint8_t bytes[] = {(uint8_t)(c >> 18 | 0xf0), (uint8_t)((c >> 12 & 0x3f) | 0x80),
                             (uint8_t)((c >> 6 & 0x3f) | 0x80), (uint8_t)((c & 0x3f) | 0x80)};
    const uint8_t two = (uint8_t)(c >> 6 | 0xc0), three = (uint8_t)(c >> 12 | 0xe0);

    if (c < 0x80) {
        buf_append_byte(out, (uint8_t)c);
    } else if (c < 0x800) {
        buf_append_byte(out, two);
        buf_append(out, bytes + 3, 1);
    } else if (c < 0x10000) {
        buf_append_byte(out, three);
        buf_append(out, bytes + 2, 2);
    } else {
        buf_append(out, bytes, 4);
    }
}

static bool read_escape(struct reader *reader)
{
    static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    uint8_t name = next(reader);
    const char *found = name ? strchr(names, name) : NULL;
    uint32_t character;

    if (found) {
        reader->at++;
        buf_append_byte(&reader->unescaped, (uint8_t)bytes[found - names]);
        return true;
    }
    if (!take(reader, 'u') || !read_character(reader, &character))
        return false;
    append_character(&reader->unescaped, character);
    return true;
}

/* Characters that are written as they are. */
static bool skip_plain(struct reader *reader)
{
    for (;;) {
        uint32_t character;
        size_t size;

        reader->at += json_text_plain(reader->at, (size_t)(reader->end - reader->at));
        if (reader->at == reader->end || *reader->at == '"' || *reader->at == '\\' || *reader->at < 0x20)
            return reader->at < reader->end && *reader->at >= 0x20;
        size = utf8_read(reader->at, (size_t)(reader->end - reader->at), &character);
        if (size == 0)
            return false;
        reader->at += size;
    }
}

/* After the opening quote. Out: valid until the next string. */
static bool read_text(struct reader *reader, struct span *text)
{
    const uint8_t *from = reader->at;
    bool has_escapes = false;

    buf_reset(&reader->unescaped);
    for (;;) {
        if (!skip_plain(reader))
            return false;
        *text = span_of(from, (size_t)(reader->at - from));
        if (has_escapes || *reader->at == '\\')
            buf_append_span(&reader->unescaped, *text);
        if (take(reader, '"'))
            break;
        has_escapes = true;
        reader->at++;
        if (!read_escape(reader))
            return false;
        from = reader->at;
    }
    if (has_escapes)
        *text = buf_span(&reader->unescaped);
    return true;
}

static json_t *read_string(struct reader *reader)
{
    struct span text;

    return read_text(reader, &text) ? json_stringn_nocheck((const char *)text.data, text.len) : NULL;
}

/* --- numbers and words --- */

static bool skip_digits(struct reader *reader)
{
    const uint8_t *from = reader->at;

    while (is_digit(next(reader)))
        reader->at++;
    return reader->at > from;
}

/* Takes the characters of a number. */
static bool skip_number(struct reader *reader, bool *is_real)
{
    *is_real = false;
    (void)take(reader, '-');
    if (!take(reader, '0') && !skip_digits(reader))
        return false;
    if (take(reader, '.')) {
        *is_real = true;
        if (!skip_digits(reader))
            return false;
    }
    if ((next(reader) | 0x20) != 'e')
        return true;
    *is_real = true;
    reader->at++;
    if (!take(reader, '-'))
        (void)take(reader, '+');
    return skip_digits(reader);
}

/* An integer of so few digits that it cannot overflow. */
static json_t *small_integer(const uint8_t *from, const uint8_t *end)
{
    const bool is_negative = *from == '-';
    json_int_t value = 0;

    for (from += is_negative; from < end; from++)
        value = 10 * value + (*from - '0');
    return json_integer(is_negative ? -value : value);
}

static json_t *read_number(struct reader *reader)
{
    const uint8_t *from = reader->at;
    char digits[NUMBER_CHARS_MAX + 1];
    bool is_real;
    size_t len;
    long long whole;
    double real;

    if (!skip_number(reader, &is_real) || is_digit(next(reader)))
        return NULL;
    len = (size_t)(reader->at - from);
    if (len > NUMBER_CHARS_MAX)
        return NULL;
    if (!is_real && len < SMALL_DIGITS)
        return small_integer(from, reader->at);
    memcpy(digits, from, len);
    digits[len] = '\0';
    errno = 0;
    if (is_real) {
        real = strtod(digits, NULL); /* the program never sets another locale than C */
        return isinf(real) ? NULL : json_real(real);
    }
    whole = strtoll(digits, NULL, 10);
    return errno == ERANGE ? NULL : json_integer(whole);
}

static json_t *read_word(struct reader *reader, const char *word, json_t *value)
{
    size_t len = strlen(word);

    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0)
        return NULL;
    reader->at += len;
    return value;
}

/* --- objects and arrays --- */

static json_t *read_value(struct reader *reader);

/* Takes a value and the space after it, which becomes the object's or array's. */
static bool read_element(struct reader *reader, json_t *array)
{
    json_t *value = read_value(reader);

    skip_space(reader);
    return value && json_array_append_new(array, value) == 0;
}

static bool read_elements(struct reader *reader, json_t *array)
{
    if (take_token(reader, ']'))
        return true;
    do {
        if (!read_element(reader, array))
            return false;
    } while (take_token(reader, ','));
    return take(reader, ']');
}

/* Out: the member's name, NUL-terminated, on the heap. */
static char *read_name(struct reader *reader)
{
    struct span text;

    if (!take(reader, '"') || !read_text(reader, &text) || memchr(text.data, '\0', text.len))
        return NULL;
    return strndup((const char *)text.data, text.len);
}

static bool read_member(struct reader *reader, json_t *object)
{
    char *name = read_name(reader);
    json_t *value = NULL;
    bool is_set = false;

    skip_space(reader);
    if (name && !json_object_get(object, name) && take_token(reader, ':'))
        value = read_value(reader);
    skip_space(reader);
    if (value)
        is_set = json_object_set_new_nocheck(object, name, value) == 0;
    free(name);
    return is_set;
}

static bool read_members(struct reader *reader, json_t *object)
{
    if (take_token(reader, '}'))
        return true;
    do {
        if (!read_member(reader, object))
            return false;
    } while (take_token(reader, ','));
    return take(reader, '}');
}

static json_t *read_container(struct reader *reader, json_t *container,
                              bool (*read)(struct reader *reader, json_t *container))
{
    reader->at++;
    skip_space(reader);
    if (read(reader, container))
        return container;
    json_decref(container);
    return NULL;
}

static json_t *read_any(struct reader *reader)
{
    switch (next(reader)) {
    case '{':
        return read_container(reader, json_object(), read_members);
    case '[':
        return read_container(reader, json_array(), read_elements);
    case '"':
        reader->at++;
        return read_string(reader);
    case 't':
        return read_word(reader, "true", json_true());
    case 'f':
        return read_word(reader, "false", json_false());
    case 'n':
        return read_word(reader, "null", json_null());
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

    skip_space(reader);
    if (any_value || next(reader) == '{' || next(reader) == '[')
        root = read_value(reader);
    skip_space(reader);
    if (reader->at == reader->end)
        return root;
    json_decref(root);
    return NULL;
}

json_t *json_read_silently(struct span text, bool any_value, size_t *position)
{
    struct reader reader = {
        .start = text.data, .at = text.data, .end = text.data + text.len, .allows_nul = any_value};
    json_t *root;

    buf_init(&reader.unescaped, SIZE_MAX);
    root = read_whole(&reader, any_value);
    buf_free(&reader.unescaped);
    *position = (size_t)(reader.at - reader.start);
    return root;
}

static void point_at(struct span text, size_t position, json_error_t *reason)
{
    size_t line = 0;

    *reason = (json_error_t){.line = 1, .position = (int)position};
    for (size_t i = 0; i < position; i++)
        if (text.data[i] == '\n') {
            reason->line++;
            line = i + 1;
        }
    reason->column = (int)(position - line) + 1;
    snprintf(reason->text, sizeof reason->text, "it is malformed there");
}

json_t *json_read(struct span text, bool any_value, json_error_t *reason)
{
    const size_t flags = JSON_REJECT_DUPLICATES | (any_value ? JSON_DECODE_ANY | JSON_ALLOW_NUL : 0);
    size_t position;
    json_t *root = json_read_silently(text, any_value, &position);

    if (root)
        return root;
    if (position <= JSON_READ_EXPLAINED_BYTES)
        return json_loadb((const char *)text.data, text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES, flags,
                          reason);
    point_at(text, position, reason);
    return NULL;
}
