#include "sim/tdx/ccel.h"

#define EV_NO_ACTION 3
#define SHA1_BYTES 20
#define ALGORITHM_SHA384 0xc
#define END_BYTES 4 /* of the register 0xffffffff, which ends the log */

/* TCG_EfiSpecIDEvent: of version 2.0, with one kind of digest. */
static void write_header(struct buf *out)
{
    static const uint8_t signature[16] = "Spec ID Event03";
    static const uint8_t no_digest[SHA1_BYTES];
    static const uint8_t version[] = {0, 2, 0, 2}; /* minor, major, errata, size of an unsigned int / 4 */
    const uint32_t size = sizeof signature + 4 + sizeof version + 4 + 2 + 2 + 1;

    buf_append_le32(out, 1);
    buf_append_le32(out, EV_NO_ACTION);
    buf_append(out, no_digest, sizeof no_digest);
    buf_append_le32(out, size);
    buf_append(out, signature, sizeof signature);
    buf_append_le32(out, 0); /* the platform is a client */
    buf_append(out, version, sizeof version);
    buf_append_le32(out, 1);
    buf_append_le16(out, ALGORITHM_SHA384);
    buf_append_le16(out, REGISTER_BYTES);
    buf_append_byte(out, 0); /* nothing of the vendor */
}

static void write_event(const struct event *event, struct buf *out)
{
    buf_append_le32(out, event->imr + 1);
    buf_append_le32(out, event->type);
    buf_append_le32(out, 1);
    buf_append_le16(out, ALGORITHM_SHA384);
    buf_append(out, event->digest, sizeof event->digest);
    buf_append_le32(out, (uint32_t)event->payload_len);
    buf_append(out, event->payload, event->payload_len);
}

void ccel_write(const struct event_log *log, struct buf *out)
{
    const size_t start = out->len;

    write_header(out);
    for (size_t i = 0; i < log->count; i++)
        if (!event_is_runtime(&log->events[i]) && !log->events[i].is_unlogged)
            write_event(&log->events[i], out);
    for (size_t i = 0; i < END_BYTES || out->len - start < CCEL_BYTES; i++)
        buf_append_byte(out, 0xff);
}
