/* A growing byte buffer with a limit.
 *
 * Appending past the limit drops the bytes and sets `has_overflowed`, which stays set
 * until buf_reset: a writer appends freely and checks once at the end.
 *
 * It may hold secrets: whatever it no longer holds is wiped, but not what is in the front. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "sim/base/span.h"

struct buf {
    uint8_t *data;
    size_t len;
    size_t capacity;
    size_t limit; /* maximum length */
    size_t front; /* bytes kept free before data, see buf_init_front */
    bool has_overflowed;
};

void buf_init(struct buf *buf, size_t limit);
/* Keeps `front` bytes free before data, for a header that is known only once the
 * rest is written. They exist once something has been appended. */
void buf_init_front(struct buf *buf, size_t limit, size_t front);
/* A buffer over the caller's memory, whose size is the limit: it never grows and
 * must not be freed. */
void buf_over(struct buf *buf, void *memory, size_t size);
void buf_free(struct buf *buf);
void buf_reset(struct buf *buf); /* empties it, keeps the memory */
/* The same, but frees memory of more than `capacity` bytes. */
void buf_reset_within(struct buf *buf, size_t capacity);

/* Private: grows the memory, or returns NULL on overflow. */
uint8_t *buf_make_room(struct buf *buf, size_t extra);

/* Room for `extra` more bytes after data + len, or NULL on overflow. The caller
 * writes there and then adds to len. */
static inline uint8_t *buf_reserve(struct buf *buf, size_t extra)
{
    if (buf->data && extra <= buf->capacity - buf->len && !buf->has_overflowed)
        return buf->data + buf->len; /* as nearly always */
    return buf_make_room(buf, extra);
}

void buf_append(struct buf *buf, const void *data, size_t len);
/* Inline, so that the length of a literal is known when it is compiled. */
static inline void buf_append_text(struct buf *buf, const char *text)
{
    buf_append(buf, text, strlen(text));
}
void buf_append_byte(struct buf *buf, uint8_t byte);
void buf_append_span(struct buf *buf, struct span span);
void buf_append_decimal(struct buf *buf, uint64_t value); /* several times as fast as buf_printf */
void buf_append_le16(struct buf *buf, uint16_t value);
void buf_append_le32(struct buf *buf, uint32_t value);
void buf_append_le64(struct buf *buf, uint64_t value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The contents, valid until the next change. */
struct span buf_span(const struct buf *buf);

/* Moves the contents out as a NUL-terminated heap string (free with free()); the
 * buffer is empty afterwards. */
char *buf_take(struct buf *buf, size_t *len);

#endif
