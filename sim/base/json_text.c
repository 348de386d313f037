#include "sim/base/json_text.h"

#include "sim/base/hex.h"
#include "sim/base/utf8.h"

#define ESCAPE_CHARS 6 /* \uXXXX */
#define KEY_CHARS 4    /* beside the name: ,"": */
#define REPLACEMENT_CHARACTER 0xfffd

static bool is_plain(uint8_t byte)
{
    return (byte >= 0x20) & (byte < 0x7f) & (byte != '"') & (byte != '\\');
}

/* GCC does not make vectors of a loop that asks this of each byte. */
typedef int8_t block __attribute__((vector_size(16)));

/* The same as json_text_plain for a whole block. */
static size_t plain_of_block(const uint8_t bytes[static sizeof(block)])
{
    block own, marks; /* bytes from 0x80 are negative */
    uint64_t halves[2];

    memcpy(&own, bytes, sizeof own);
    marks = (own < 0x20) | (own == 0x7f) | (own == '"') | (own == '\\'); /* of each byte all bits or none */
    memcpy(halves, &marks, sizeof halves);
    if (halves[0])
        return (size_t)__builtin_ctzll(le64toh(halves[0])) / 8;
    return sizeof halves[0] +
           (halves[1] ? (size_t)__builtin_ctzll(le64toh(halves[1])) / 8 : sizeof halves[1]);
}

size_t json_text_plain(const uint8_t *text, size_t len)
{
    size_t count = 0;

    while (len - count >= sizeof(block)) {
        const size_t plain = plain_of_block(text + count);

        count += plain;
        if (plain < sizeof(block))
            return count;
    }
    while (count < len && is_plain(text[count]))
        count++;
    return count;
}

static void append_unit(struct buf *out, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    const char escape[ESCAPE_CHARS] = {
        '\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15], digits[unit >> 4 & 15], digits[unit & 15],
    };

    buf_append(out, escape, sizeof escape);
}

/* The character after the backslash, where there are two in all; otherwise 0. */
static char short_escape(uint8_t byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    }
    return 0;
}

/* In one piece, as the lines of certificates are many. */
static void append_line(struct buf *out, const uint8_t *plain, size_t len, char escape)
{
    uint8_t *room = buf_reserve(out, len + 2);

    if (!room)
        return;
    memcpy(room, plain, len);
    room[len] = '\\';
    room[len + 1] = (uint8_t)escape;
    out->len += len + 2;
}

static void append_escaped(struct buf *out, uint32_t character)
{
    if (character < 0x10000) {
        append_unit(out, character);
        return;
    }
    character -= 0x10000;
    append_unit(out, 0xd800 | character >> 10);
    append_unit(out, 0xdc00 | (character & 0x3ff));
}

void json_text_escaped(struct buf *out, const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text;
    const uint8_t *end = len > 0 ? at + len : at; /* an empty text may be NULL */

    while (at < end) {
        size_t size = json_text_plain(at, (size_t)(end - at));
        const char escape = at + size < end ? short_escape(at[size]) : 0;
        uint32_t character;

        if (escape) {
            append_line(out, at, size, escape);
            at += size + 1;
            continue;
        }
        buf_append(out, at, size);
        at += size;
        if (at == end)
            break;
        size = utf8_read(at, (size_t)(end - at), &character);
        append_escaped(out, size ? character : REPLACEMENT_CHARACTER);
        at += size ? size : 1;
    }
}

void json_text_string(struct buf *out, const char *text, size_t len)
{
    buf_append_byte(out, '"');
    json_text_escaped(out, text, len);
    buf_append_byte(out, '"');
}

void json_text_hex(struct buf *out, const void *bytes, size_t len)
{
    uint8_t *room = buf_reserve(out, 2 * len + 2);

    if (!room)
        return;
    room[0] = '"';
    hex_encode(bytes, len, (char *)room + 1);
    room[2 * len + 1] = '"';
    out->len += 2 * len + 2;
}

void json_text_key(struct buf *out, char separator, const char *name)
{
    const size_t len = strlen(name);
    uint8_t *room = buf_reserve(out, len + KEY_CHARS);

    if (!room)
        return;
    if (separator)
        *room++ = (uint8_t)separator;
    *room++ = '"';
    memcpy(room, name, len);
    memcpy(room + len, "\":", 2);
    out->len += len + (separator ? KEY_CHARS : KEY_CHARS - 1);
}

void json_text_member(struct buf *out, char separator, const char *name, const char *text)
{
    json_text_key(out, separator, name);
    json_text_string(out, text, strlen(text));
}

void json_text_member_hex(struct buf *out, char separator, const char *name, const void *bytes, size_t len)
{
    json_text_key(out, separator, name);
    json_text_hex(out, bytes, len);
}

void json_text_member_uint(struct buf *out, char separator, const char *name, uint64_t value)
{
    json_text_key(out, separator, name);
    buf_append_decimal(out, value);
}
