#include "sim/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/bytes.h"
#include "sim/base/memory.h"

#define FIRST_BYTES 256
#define DECIMAL_CHARS_MAX 20 /* of a uint64_t */

void buf_init(struct buf *buf, size_t limit)
{
    *buf = (struct buf){.limit = limit};
}

void buf_init_front(struct buf *buf, size_t limit, size_t front)
{
    *buf = (struct buf){.limit = limit, .front = front};
}

void buf_over(struct buf *buf, void *memory, size_t size)
{
    *buf = (struct buf){.data = memory, .capacity = size, .limit = size};
}

void buf_free(struct buf *buf)
{
    buf_reset(buf);
    if (buf->data)
        free(buf->data - buf->front);
    buf_init_front(buf, buf->limit, buf->front);
}

void buf_reset(struct buf *buf)
{
    if (buf->len > 0)
        bytes_wipe(buf->data, buf->len);
    buf->len = 0;
    buf->has_overflowed = false;
}

void buf_reset_within(struct buf *buf, size_t capacity)
{
    if (buf->capacity > capacity)
        buf_free(buf);
    buf_reset(buf);
}

static void grow(struct buf *buf, size_t needed)
{
    size_t capacity = buf->capacity ? buf->capacity : FIRST_BYTES;
    uint8_t *memory;

    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : 2 * capacity;
    if (capacity > buf->limit)
        capacity = buf->limit;
    if (buf->data)
        memory = memory_move(buf->data - buf->front, buf->front + buf->capacity, buf->front + capacity);
    else
        memory = memory_alloc(buf->front + capacity);
    buf->data = memory + buf->front;
    buf->capacity = capacity;
}

uint8_t *buf_make_room(struct buf *buf, size_t extra)
{
    if (buf->has_overflowed || extra > buf->limit - buf->len) {
        buf->has_overflowed = true;
        return NULL;
    }
    if (!buf->data || extra > buf->capacity - buf->len)
        grow(buf, buf->len + extra);
    return buf->data + buf->len;
}

void buf_append(struct buf *buf, const void *data, size_t len)
{
    uint8_t *room = buf_reserve(buf, len);

    if (!room || len == 0)
        return;
    memcpy(room, data, len);
    buf->len += len;
}

void buf_append_byte(struct buf *buf, uint8_t byte)
{
    uint8_t *room = buf_reserve(buf, 1);

    if (!room)
        return;
    *room = byte;
    buf->len++;
}

void buf_append_span(struct buf *buf, struct span span)
{
    buf_append(buf, span.data, span.len);
}

void buf_append_decimal(struct buf *buf, uint64_t value)
{
    char digits[DECIMAL_CHARS_MAX];
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    buf_append(buf, digits + at, sizeof digits - at);
}

void buf_append_le16(struct buf *buf, uint16_t value)
{
    uint8_t bytes[2];

    bytes_put_le16(bytes, value);
    buf_append(buf, bytes, sizeof bytes);
}

void buf_append_le32(struct buf *buf, uint32_t value)
{
    uint8_t bytes[4];

    bytes_put_le32(bytes, value);
    buf_append(buf, bytes, sizeof bytes);
}

void buf_append_le64(struct buf *buf, uint64_t value)
{
    uint8_t bytes[8];

    bytes_put_le64(bytes, value);
    buf_append(buf, bytes, sizeof bytes);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    uint8_t *room;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    room = len < 0 ? NULL : buf_reserve(buf, (size_t)len + 1);
    if (room) {
        vsnprintf((char *)room, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

struct span buf_span(const struct buf *buf)
{
    return span_of(buf->data, buf->len);
}

char *buf_take(struct buf *buf, size_t *len)
{
    uint8_t *memory = buf->data ? buf->data - buf->front : NULL;
    char *taken;

    if (memory && buf->front > 0)
        memmove(memory, buf->data, buf->len);
    *len = buf->len;
    taken = memory ? memory_move(memory, buf->front + buf->capacity, buf->len + 1) : memory_alloc(1);
    taken[buf->len] = '\0';
    buf_init_front(buf, buf->limit, buf->front);
    return taken;
}
