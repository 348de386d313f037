#include "sim/net/kept_bytes.h"

#include <stdlib.h>

#include "crypto/bytes.h"
#include "sim/base/memory.h"

#define COMPARED_MAX 8 /* of the large ones, the latest: comparing takes as long as copying */

struct kept_bytes {
    struct kept_bytes *next, *previous; /* of the large ones */
    size_t holders;
    size_t len;
    uint8_t data[];
};

struct span kept_bytes_last(const struct kept_bytes *kept, size_t len)
{
    return span_of(kept->data + kept->len - len, len);
}

/* Sockets have taken more or less of the same response, so the end is what they have in common. */
static struct kept_bytes *find(const struct kept_list *list, struct span bytes)
{
    struct kept_bytes *kept = list->first;

    for (int i = 0; kept && i < COMPARED_MAX; i++) {
        if (kept->len >= bytes.len && span_equal(kept_bytes_last(kept, bytes.len), bytes))
            return kept;
        kept = kept->next;
    }
    return NULL;
}

static void link_first(struct kept_list *list, struct kept_bytes *kept)
{
    kept->next = list->first;
    if (list->first)
        list->first->previous = kept;
    list->first = kept;
}

static void unlink_large(struct kept_list *list, struct kept_bytes *kept)
{
    if (kept->previous)
        kept->previous->next = kept->next;
    else
        list->first = kept->next;
    if (kept->next)
        kept->next->previous = kept->previous;
}

struct kept_bytes *kept_bytes_hold(struct kept_list *list, struct span bytes)
{
    const bool is_large = bytes.len >= KEPT_BYTES_SHARED_MIN;
    struct kept_bytes *kept = is_large ? find(list, bytes) : NULL;

    if (!kept) {
        if (!pool_take(list->pool, bytes.len))
            return NULL;
        kept = memory_alloc(sizeof *kept + bytes.len);
        *kept = (struct kept_bytes){.len = bytes.len};
        memcpy(kept->data, bytes.data, bytes.len);
        if (is_large)
            link_first(list, kept);
    }
    kept->holders++;
    return kept;
}

void kept_bytes_release(struct kept_list *list, struct kept_bytes *kept)
{
    if (!kept || --kept->holders > 0)
        return;
    if (kept->len >= KEPT_BYTES_SHARED_MIN)
        unlink_large(list, kept);
    pool_give(list->pool, kept->len);
    bytes_wipe(kept->data, kept->len);
    free(kept);
}
