#include "sim/http/http2_refusal.h"

#include "sim/http/limits.h"

/* RFC 9113, 6 and 7. */
enum frame { FRAME_DATA = 0, FRAME_HEADERS = 1, FRAME_SETTINGS = 4, FRAME_GOAWAY = 7 };
enum flag { FLAG_ACK = 1, FLAG_END_STREAM = 1, FLAG_END_HEADERS = 4 };
#define STREAM_BITS 0x7fffffffu
#define NO_ERROR 0

/* HPACK (RFC 7541): ":status: 400" is entry 12 of the static table, "content-type" entry 31,
 * here with a literal value that is not added to the dynamic table. */
#define CONTENT_TYPE "application/json"
static const char fields[] = "\x8c\x0f\x10\x10" CONTENT_TYPE;
_Static_assert(sizeof CONTENT_TYPE - 1 == 0x10, "the length before it");
_Static_assert(4 * HTTP2_FRAME_HEAD_BYTES + sizeof fields - 1 <= HTTP2_REFUSAL_HEAD_BYTES, "all fits");
_Static_assert(HTTP2_REFUSAL_HEAD_BYTES <= LIMIT_RESPONSE_HEAD_BYTES, "there is room before a body");

static uint32_t get_be(const uint8_t *data, size_t len)
{
    uint32_t value = 0;

    for (size_t i = 0; i < len; i++)
        value = value << 8 | data[i];
    return value;
}

/* A frame has begun: opens the stream, ends its request, or is ignored. */
static void read_head(struct http2_refusal *refusal)
{
    uint32_t stream = get_be(refusal->head + 5, 4) & STREAM_BITS;
    bool ends = refusal->head[4] & FLAG_END_STREAM;

    refusal->rest = get_be(refusal->head, 3);
    refusal->head_len = 0;
    if (refusal->head[3] == FRAME_HEADERS && !refusal->stream)
        refusal->stream = stream;
    if (refusal->head[3] == FRAME_HEADERS || refusal->head[3] == FRAME_DATA)
        refusal->has_end = stream == refusal->stream && ends;
}

static bool is_whole(const struct http2_refusal *refusal)
{
    return refusal->has_end && refusal->rest == 0;
}

bool http2_refusal_read(struct http2_refusal *refusal, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len && !is_whole(refusal); i++) {
        refusal->read++;
        if (refusal->rest > 0)
            refusal->rest--;
        else
            refusal->head[refusal->head_len++] = data[i];
        if (refusal->head_len == HTTP2_FRAME_HEAD_BYTES)
            read_head(refusal);
    }
    return is_whole(refusal) || refusal->read > HTTP2_REFUSAL_READ_MAX;
}

static void append_be32(struct buf *out, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value};

    buf_append(out, bytes, sizeof bytes);
}

static void append_head(struct buf *out, size_t len, enum frame type, unsigned flags, uint32_t stream)
{
    buf_append_byte(out, (uint8_t)(len >> 16));
    buf_append_byte(out, (uint8_t)(len >> 8));
    buf_append_byte(out, (uint8_t)len);
    buf_append_byte(out, (uint8_t)type);
    buf_append_byte(out, (uint8_t)flags);
    append_be32(out, stream);
}

static void append_goaway(struct buf *out, uint32_t last_stream)
{
    append_head(out, 8, FRAME_GOAWAY, 0, 0);
    append_be32(out, last_stream);
    append_be32(out, NO_ERROR);
}

size_t http2_refusal_write(const struct http2_refusal *refusal, struct buf *body)
{
    uint8_t memory[HTTP2_REFUSAL_HEAD_BYTES];
    struct buf head;

    buf_over(&head, memory, sizeof memory);
    append_head(&head, 0, FRAME_SETTINGS, 0, 0);
    append_head(&head, 0, FRAME_SETTINGS, FLAG_ACK, 0);
    append_head(&head, sizeof fields - 1, FRAME_HEADERS, FLAG_END_HEADERS, refusal->stream);
    buf_append(&head, fields, sizeof fields - 1);
    append_head(&head, body->len, FRAME_DATA, FLAG_END_STREAM, refusal->stream);
    memcpy(body->data - head.len, head.data, head.len);
    append_goaway(body, refusal->stream);
    return head.len;
}
