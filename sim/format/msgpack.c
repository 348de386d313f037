#include "sim/format/msgpack.h"

#include <msgpack.h>

#include "sim/base/cursor.h"

enum {
    FIXMAP = 0x80,
    FIXMAP_MASK = 0xf0,
    FIXARRAY = 0x90,
    FIXTEXT = 0xa0,
    BIN8 = 0xc4,
    UINT8 = 0xcc,
    UINT64 = 0xcf,
    TEXT8 = 0xd9,
    ARRAY16 = 0xdc,
    MAP16 = 0xde,
};

/* --- writing --- */

static int append_packed(void *buf, const char *data, size_t len)
{
    buf_append(buf, data, len);
    return 0;
}

static msgpack_packer packer_to(struct buf *out)
{
    return (msgpack_packer){.data = out, .callback = append_packed};
}

void msgpack_write_map(struct buf *out, size_t pairs)
{
    msgpack_packer packer = packer_to(out);

    msgpack_pack_map(&packer, pairs);
}

void msgpack_write_array(struct buf *out, size_t elements)
{
    msgpack_packer packer = packer_to(out);

    msgpack_pack_array(&packer, elements);
}

void msgpack_write_uint(struct buf *out, uint64_t value)
{
    msgpack_packer packer = packer_to(out);

    msgpack_pack_uint64(&packer, value);
}

void msgpack_write_text(struct buf *out, struct span text)
{
    msgpack_packer packer = packer_to(out);

    msgpack_pack_str(&packer, text.len);
    buf_append_span(out, text);
}

void msgpack_write_key(struct buf *out, const char *key)
{
    msgpack_write_text(out, span_text(key));
}

void msgpack_write_bin(struct buf *out, const void *data, size_t len)
{
    msgpack_packer packer = packer_to(out);

    msgpack_pack_bin(&packer, len);
    buf_append(out, data, len);
}

/* Not by msgpack-c, and without branches, because it runs for every quote. */
void msgpack_write_integers(struct buf *out, struct span bytes)
{
    uint8_t *to = buf_reserve(out, 2 * bytes.len);

    if (!to)
        return;
    for (size_t i = 0; i < bytes.len; i++) {
        *to = UINT8; /* overwritten if the next byte fits in seven bits */
        to += bytes.data[i] >> 7;
        *to++ = bytes.data[i];
    }
    out->len = (size_t)(to - out->data);
}

/* --- reading --- */

/* How a type's count or length is encoded: in the head byte, or after it in a number of 2^n bytes.
 * wide: the head byte for the narrowest such number. */
struct form {
    uint8_t fixed;
    uint8_t fixed_mask; /* the bits of the head that identify the fixed form; 0: there is none */
    uint8_t wide;
    unsigned wide_forms;
    size_t wide_bytes; /* size of the narrowest number */
};

static bool read_head(struct span *rest, const struct form *form, size_t *count)
{
    struct span left = *rest;
    uint64_t number;
    uint8_t head;

    if (!cursor_take_byte(&left, &head))
        return false;
    if (form->fixed_mask && (head & form->fixed_mask) == form->fixed)
        number = head & (uint8_t)~form->fixed_mask;
    else if (head < form->wide || head >= form->wide + form->wide_forms ||
             !cursor_take_be(&left, form->wide_bytes << (head - form->wide), &number))
        return false;
    *count = (size_t)number;
    *rest = left;
    return true;
}

bool msgpack_read_map(struct span *rest, size_t *pairs)
{
    static const struct form form = {FIXMAP, FIXMAP_MASK, MAP16, 2, 2};

    return read_head(rest, &form, pairs);
}

bool msgpack_is_map(struct span bytes)
{
    return bytes.len > 0 && ((bytes.data[0] & FIXMAP_MASK) == FIXMAP || bytes.data[0] == MAP16);
}

bool msgpack_read_array(struct span *rest, size_t *elements)
{
    static const struct form form = {FIXARRAY, 0xf0, ARRAY16, 2, 2};

    return read_head(rest, &form, elements);
}

bool msgpack_read_uint(struct span *rest, uint64_t *value)
{
    struct span left = *rest;
    uint8_t head;

    if (!cursor_take_byte(&left, &head))
        return false;
    if (head < FIXMAP)
        *value = head;
    else if (head < UINT8 || head > UINT64 || !cursor_take_be(&left, (size_t)1 << (head - UINT8), value))
        return false;
    *rest = left;
    return true;
}

bool msgpack_read_text(struct span *rest, struct span *text)
{
    static const struct form form = {FIXTEXT, 0xe0, TEXT8, 3, 1};
    size_t len;

    return read_head(rest, &form, &len) && cursor_take(rest, len, text);
}

bool msgpack_read_key(struct span *rest, const char *key)
{
    struct span text;

    return msgpack_read_text(rest, &text) && span_is(text, key);
}

static bool read_integers(struct span *rest, struct arena *arena, struct span *bytes)
{
    size_t count;
    uint8_t *out;

    if (!msgpack_read_array(rest, &count) || count > rest->len) /* each takes at least one byte */
        return false;
    out = arena_alloc(arena, count + 1);
    for (size_t i = 0; i < count; i++) {
        uint64_t value;
        if (!msgpack_read_uint(rest, &value) || value > UINT8_MAX)
            return false;
        out[i] = (uint8_t)value;
    }
    *bytes = span_of(out, count);
    return true;
}

bool msgpack_read_bytes(struct span *rest, struct arena *arena, struct span *bytes)
{
    static const struct form bin = {0, 0, BIN8, 3, 1};
    size_t len;

    if (read_head(rest, &bin, &len))
        return cursor_take(rest, len, bytes);
    return read_integers(rest, arena, bytes);
}
