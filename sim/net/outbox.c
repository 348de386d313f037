#include "sim/net/outbox.h"

#include "sim/http/limits.h"

void outbox_init(struct outbox *outbox, uint64_t limit_ns)
{
    *outbox = (struct outbox){.limit_ns = limit_ns};
    writes_init(&outbox->writes);
}

static void free_holders(struct outbox *outbox, size_t first)
{
    for (size_t i = first; i < OUTBOX_RESPONSES; i++)
        buf_free(&outbox->items[i].holder);
}

void outbox_free(struct outbox *outbox)
{
    free_holders(outbox, 0);
    writes_free(&outbox->writes);
}

static void note_use(struct outbox *outbox)
{
    if (outbox->count > outbox->used)
        outbox->used = outbox->count;
}

bool outbox_shrink(struct outbox *outbox)
{
    size_t used;

    note_use(outbox);
    used = outbox->used;
    free_holders(outbox, used);
    outbox->used = 0;
    return used > 0;
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

static void hold(struct outbox_item *item, struct span bytes, struct buf *holder)
{
    const struct buf full = *holder;

    if (!item->holder.data)
        buf_init_front(&item->holder, full.limit, full.front);
    if (full.capacity > LIMIT_KEPT_OUTPUT_BYTES) {
        buf_append_span(&item->holder, bytes);
        item->bytes = buf_span(&item->holder);
        buf_reset(holder);
        return;
    }
    item->bytes = bytes;
    *holder = item->holder;
    item->holder = full;
}

void outbox_put(struct outbox *outbox, struct outbox_slot *slot, struct span bytes, struct buf *holder,
                uint64_t began, uint64_t now)
{
    struct outbox_item *item = &outbox->items[outbox->count++];

    if (outbox->count == 1)
        outbox->began = began;
    outbox->len += bytes.len;
    item->slot = slot;
    hold(item, bytes, holder);
    slot->place = outbox->count;
    /* The next one may take as long as this one did. */
    if (outbox->count == OUTBOX_RESPONSES || outbox->len > LIMIT_OUTBOX_BYTES ||
        now - outbox->began + (now - began) > outbox->limit_ns)
        outbox_send(outbox);
}

void outbox_send_in_time(struct outbox *outbox, uint64_t now)
{
    if (outbox->count && now - outbox->began > outbox->limit_ns)
        outbox_send(outbox);
}

static void tell(struct outbox_item *item, ssize_t result)
{
    struct outbox_slot *slot = item->slot;

    if (!slot) /* it has left because of what became of another */
        return;
    slot->place = 0;
    slot->written(slot, item->bytes, result);
}

void outbox_send(struct outbox *outbox)
{
    struct outbox_item *sent[OUTBOX_RESPONSES];
    struct writes_item writes[OUTBOX_RESPONSES];
    size_t count = 0;

    for (size_t i = 0; i < outbox->count; i++) {
        struct outbox_item *item = &outbox->items[i];

        if (!item->slot)
            continue;
        writes[count] = (struct writes_item){.descriptor = item->slot->descriptor, .bytes = item->bytes};
        sent[count++] = item;
    }
    writes_send(&outbox->writes, writes, count);
    for (size_t i = 0; i < count; i++)
        tell(sent[i], writes[i].result);
    for (size_t i = 0; i < outbox->count; i++)
        buf_reset(&outbox->items[i].holder);
    note_use(outbox);
    outbox->count = 0;
    outbox->len = 0;
}

void outbox_forget(struct outbox *outbox, struct outbox_slot *slot)
{
    if (slot->place == 0)
        return;
    outbox->items[slot->place - 1].slot = NULL;
    slot->place = 0;
}
