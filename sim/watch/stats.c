#include "sim/watch/stats.h"

#include <stdlib.h>
#include <time.h>

#include "sim/base/fnv1a.h"
#include "sim/base/memory.h"

#define SLOTS 512 /* of the hash table */
_Static_assert(SLOTS > 2 * STATS_METHODS_MAX, "the table is never more than half full");

struct stats {
    struct stats_method methods[STATS_METHODS_MAX + 1]; /* the last is "other" */
    size_t method_count;
    uint16_t slots[SLOTS];                               /* index into methods plus one; 0 is empty */
    struct stats_ignored ignored[STATS_IGNORED_MAX + 1]; /* the last is "other" */
    size_t ignored_count;
    struct stats_recent recent[STATS_RECENT_MAX];
    uint64_t recent_count; /* including those overwritten */
    uint64_t open;
    uint64_t accepted;
};

const uint64_t stats_bounds[STATS_BUCKETS] = {
    10, 25, 50, 100, 250, 500, 1000, 2500, 10000, 100000, 1000000, 10000000,
};

struct stats *stats_new(void)
{
    return memory_zalloc(sizeof(struct stats));
}

void stats_free(struct stats *stats)
{
    free(stats);
}

/* Hashes only the part of the name that is stored. Names come from our own descriptors, so they
 * need no protection against collisions. */
static size_t slot_of(const char *name)
{
    uint32_t hash = fnv1a(name, strnlen(name, STATS_NAME_BYTES - 1));

    return (hash ^ hash >> 16) % SLOTS;
}

static void copy_text(char *out, size_t size, const char *text)
{
    size_t len = strnlen(text, size - 1);

    memcpy(out, text, len);
    out[len] = '\0';
}

static struct stats_method *add_method(struct stats *stats, uint16_t *slot, const char *name)
{
    struct stats_method *method;

    if (stats->method_count == STATS_METHODS_MAX) {
        method = &stats->methods[STATS_METHODS_MAX];
        copy_text(method->name, sizeof method->name, "other");
        return method;
    }
    method = &stats->methods[stats->method_count++];
    *slot = (uint16_t)stats->method_count;
    copy_text(method->name, sizeof method->name, name);
    return method;
}

static struct stats_method *method_of(struct stats *stats, const char *name)
{
    size_t slot = slot_of(name);

    while (stats->slots[slot]) {
        struct stats_method *method = &stats->methods[stats->slots[slot] - 1];

        if (strncmp(method->name, name, sizeof method->name - 1) == 0)
            return method;
        slot = (slot + 1) % SLOTS;
    }
    return add_method(stats, &stats->slots[slot], name);
}

static void count_status(struct stats_method *method, int status)
{
    struct stats_status *row = method->statuses;
    size_t last = STATS_STATUSES_MAX - 1;

    for (; row < method->statuses + method->status_count; row++) {
        if (row->status == status) {
            row->count++;
            return;
        }
    }
    if (method->status_count > last) {
        method->statuses[last].count++;
        return;
    }
    *row = (struct stats_status){method->status_count < last ? status : STATS_STATUS_OTHER, 1};
    method->status_count++;
}

static void count_latency(struct stats_method *method, uint64_t micros)
{
    size_t bucket = 0;

    while (bucket < STATS_BUCKETS && micros > stats_bounds[bucket])
        bucket++;
    method->buckets[bucket]++;
    method->count++;
    method->micros += micros;
}

static void copy_printable(char *out, size_t size, struct span text)
{
    size_t len = text.len < size ? text.len : size - 1;

    for (size_t i = 0; i < len; i++)
        out[i] = text.data[i] >= ' ' && text.data[i] < 0x7f ? (char)text.data[i] : '?';
    out[len] = '\0';
}

static void remember(struct stats *stats, const struct http_answer *answer, const char *name)
{
    struct stats_recent *recent = &stats->recent[stats->recent_count++ % STATS_RECENT_MAX];
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    recent->number = stats->recent_count;
    recent->unix_millis = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    recent->status = http_answer_status(answer);
    recent->body_bytes = http_answer_bytes(answer);
    recent->micros = answer->micros;
    recent->note = http_answer_note(answer);
    copy_text(recent->method, sizeof recent->method, name);
    copy_text(recent->verb, sizeof recent->verb, answer->verb ? answer->verb : "-");
    copy_text(recent->client, sizeof recent->client, answer->client);
    copy_printable(recent->path, sizeof recent->path, answer->path);
    copy_printable(recent->agent, sizeof recent->agent, answer->agent);
    if (answer->remarks)
        recent->remarks = *answer->remarks;
    else
        http_remarks_clear(&recent->remarks);
}

static struct stats_ignored *ignored_row(struct stats *stats, const char *method, const char *member)
{
    struct stats_ignored *row = stats->ignored;

    for (; row < stats->ignored + stats->ignored_count; row++)
        if (strncmp(row->method, method, sizeof row->method - 1) == 0 && strcmp(row->member, member) == 0)
            return row;
    if (stats->ignored_count < STATS_IGNORED_MAX) {
        stats->ignored_count++;
        copy_text(row->member, sizeof row->member, member);
    } else {
        method = "other";
    }
    copy_text(row->method, sizeof row->method, method);
    return row;
}

static void count_ignored(struct stats *stats, const char *method, const struct http_ignored *ignored)
{
    for (size_t i = 0; i < ignored->named; i++) {
        struct stats_ignored *row = ignored_row(stats, method, ignored->members[i].name);

        row->count++;
        if (row != &stats->ignored[STATS_IGNORED_MAX])
            row->nearest = ignored->members[i].nearest;
    }
    if (ignored->count > ignored->named)
        ignored_row(stats, method, "")->count += ignored->count - ignored->named;
}

void stats_record(struct stats *stats, const struct http_answer *answer)
{
    const char *name = answer->label.method ? answer->label.method : "none";
    struct stats_method *method = method_of(stats, name);

    count_status(method, http_answer_status(answer));
    count_latency(method, answer->micros);
    if (answer->remarks)
        count_ignored(stats, name, &answer->remarks->ignored);
    if (!answer->label.is_background)
        remember(stats, answer, name);
}

void stats_connected(struct stats *stats)
{
    stats->open++;
    stats->accepted++;
}

void stats_disconnected(struct stats *stats)
{
    stats->open--;
}

uint64_t stats_connections_open(const struct stats *stats)
{
    return stats->open;
}

uint64_t stats_connections_total(const struct stats *stats)
{
    return stats->accepted;
}

const struct stats_method *stats_method_at(const struct stats *stats, size_t index)
{
    const struct stats_method *other = &stats->methods[STATS_METHODS_MAX];

    if (index < stats->method_count)
        return &stats->methods[index];
    return index == stats->method_count && other->count > 0 ? other : NULL;
}

const struct stats_ignored *stats_ignored_at(const struct stats *stats, size_t index)
{
    if (index < stats->ignored_count)
        return &stats->ignored[index];
    return index == STATS_IGNORED_MAX && stats->ignored[index].count > 0 ? &stats->ignored[index] : NULL;
}

uint64_t stats_recent_total(const struct stats *stats)
{
    return stats->recent_count;
}

const struct stats_recent *stats_recent_after(const struct stats *stats, uint64_t after)
{
    uint64_t oldest = stats->recent_count > STATS_RECENT_MAX ? stats->recent_count - STATS_RECENT_MAX : 0;
    uint64_t index = after > oldest ? after : oldest; /* number - 1 */

    return index < stats->recent_count ? &stats->recent[index % STATS_RECENT_MAX] : NULL;
}
