#include "sim/net/outbox.h"

#include "sim/http/limits.h"

void outbox_init(struct outbox *outbox, uint64_t limit_ns)
{
    *outbox = (struct outbox){.limit_ns = limit_ns};
    buf_init(&outbox->bytes, OUTBOX_RESPONSES * LIMIT_OUTBOX_RESPONSE_BYTES);
}

void outbox_free(struct outbox *outbox)
{
    buf_free(&outbox->bytes);
}

void outbox_begin_turn(struct outbox *outbox, bool are_waiting)
{
    outbox_send(outbox);
    outbox->is_crowded = outbox->responses >= (are_waiting ? LIMIT_OUTBOX_MANY / 2 : LIMIT_OUTBOX_MANY);
    outbox->responses = 0;
}

bool outbox_takes(struct outbox *outbox, size_t len)
{
    outbox->responses++;
    return outbox->is_crowded && len <= LIMIT_OUTBOX_RESPONSE_BYTES;
}

void outbox_put(struct outbox *outbox, struct outbox_slot *slot, struct span bytes, uint64_t began,
                uint64_t now)
{
    if (outbox->count == 0)
        outbox->began = began;
    outbox->items[outbox->count++] = (struct outbox_item){slot, bytes.len};
    slot->place = outbox->count;
    buf_append_span(&outbox->bytes, bytes);
    /* The next one may take as long as this one did. */
    if (outbox->count == OUTBOX_RESPONSES || now - outbox->began + (now - began) > outbox->limit_ns)
        outbox_send(outbox);
}

void outbox_send_in_time(struct outbox *outbox, uint64_t now)
{
    if (outbox->count && now - outbox->began > outbox->limit_ns)
        outbox_send(outbox);
}

void outbox_send(struct outbox *outbox)
{
    size_t at = 0;

    if (outbox->count == 0)
        return;
    for (size_t i = 0; i < outbox->count; i++) {
        const struct outbox_item item = outbox->items[i];

        if (item.slot) {
            item.slot->place = 0;
            item.slot->send(item.slot, span_of(outbox->bytes.data + at, item.len));
        }
        at += item.len;
    }
    outbox->count = 0;
    buf_reset(&outbox->bytes);
}

void outbox_forget(struct outbox *outbox, struct outbox_slot *slot)
{
    if (slot->place == 0)
        return;
    outbox->items[slot->place - 1].slot = NULL;
    slot->place = 0;
}
