#include "sim/image/td_hob.h"

#include "sim/base/cursor.h"
#include "sim/image/machine.h"

#define PAGE_BYTES 4096u
#define HANDOFF_BYTES 56u
#define RESOURCE_BYTES 48u
#define END_BYTES 8u
#define RESOURCES_MAX 64u
#define PAGES_MAX ((uint64_t)1 << 40)
#define VARINT_BYTES_MAX 9
#define HIGH_START 0x100000000u /* where memory continues after the hole below 4 GiB */

enum resource_type { RESOURCE_WITNESS = 0, RESOURCE_GAP = 7 };

struct resource {
    enum resource_type type;
    uint64_t start;
    uint64_t end;
};

struct resources {
    struct resource list[RESOURCES_MAX];
    size_t count;
};

static int read_number(struct span *witness, uint64_t *value, struct error *error)
{
    *value = 0;
    if (!cursor_take_varint(witness, VARINT_BYTES_MAX, value))
        return error_input(error, "the TD HOB witness is truncated");
    if (*value > PAGES_MAX)
        return error_input(error, "a number in the TD HOB witness is too large");
    return 0;
}

static int add(struct resources *resources, enum resource_type type, uint64_t start, uint64_t end,
               struct error *error)
{
    if (start == end)
        return 0;
    if (resources->count == RESOURCES_MAX)
        return error_input(error, "the TD HOB witness has too many ranges; at most %u resources fit",
                           RESOURCES_MAX);
    resources->list[resources->count++] = (struct resource){type, start, end};
    return 0;
}

/* Adds the witness's ranges and the gaps between them, from address 0 on. */
static int add_ranges(struct resources *resources, struct span *witness, uint64_t base, uint64_t count,
                      uint64_t *end, struct error *error)
{
    *end = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t delta, pages, start;

        if (read_number(witness, &delta, error) || read_number(witness, &pages, error))
            return -1;
        start = (base + delta) * PAGE_BYTES;
        if (start < *end)
            return error_input(error, "the ranges of the TD HOB witness are not in address order");
        if (add(resources, RESOURCE_GAP, *end, start, error))
            return -1;
        *end = start + pages * PAGE_BYTES;
        if (add(resources, RESOURCE_WITNESS, start, *end, error))
            return -1;
    }
    return 0;
}

static int add_rest(struct resources *resources, uint64_t end, uint64_t memory_size, struct error *error)
{
    uint64_t low_end = memory_size >= MACHINE_MEMORY_SPLIT_FROM ? MACHINE_MEMORY_LOW : memory_size;

    if (end > low_end)
        return error_input(error, "the ranges of the TD HOB witness extend beyond the machine's memory");
    if (add(resources, RESOURCE_GAP, end, low_end, error))
        return -1;
    if (memory_size < MACHINE_MEMORY_SPLIT_FROM)
        return 0;
    return add(resources, RESOURCE_GAP, HIGH_START, HIGH_START + (memory_size - MACHINE_MEMORY_LOW), error);
}

static void write_handoff(struct buf *out, uint64_t hob_start, size_t resource_count)
{
    static const uint8_t memory_limits[32]; /* top, bottom, free top, free bottom: unused */

    buf_append_le16(out, 1);
    buf_append_le16(out, HANDOFF_BYTES);
    buf_append_le32(out, 0);
    buf_append_le32(out, 9);
    buf_append_le32(out, 0);
    buf_append(out, memory_limits, sizeof memory_limits);
    buf_append_le64(out, hob_start + HANDOFF_BYTES + RESOURCE_BYTES * resource_count + END_BYTES);
}

static void write_resource(struct buf *out, const struct resource *resource)
{
    static const uint8_t owner[16];

    buf_append_le16(out, 3);
    buf_append_le16(out, RESOURCE_BYTES);
    buf_append_le32(out, 0);
    buf_append(out, owner, sizeof owner);
    buf_append_le32(out, resource->type);
    buf_append_le32(out, 7);
    buf_append_le64(out, resource->start);
    buf_append_le64(out, resource->end - resource->start);
}

int td_hob_write(struct buf *out, struct span witness, uint64_t memory_size, struct error *error)
{
    struct resources resources = {.count = 0};
    uint64_t base, hob_delta, count, end;

    if (read_number(&witness, &base, error) || read_number(&witness, &hob_delta, error) ||
        read_number(&witness, &count, error) || add_ranges(&resources, &witness, base, count, &end, error))
        return -1;
    if (witness.len != 0)
        return error_input(error, "trailing bytes after the TD HOB witness: %zu", witness.len);
    if (add_rest(&resources, end, memory_size, error))
        return -1;
    write_handoff(out, (base + hob_delta) * PAGE_BYTES, resources.count);
    for (size_t i = 0; i < resources.count; i++)
        write_resource(out, &resources.list[i]);
    return 0;
}
