/* Statistics and recent requests, for /metrics and the dashboard. They never contain keys or
 * payloads.
 *
 * stats_new allocates all memory: recording can neither fail nor allocate. */
#ifndef WATCH_STATS_H
#define WATCH_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/http/http_answer.h"

#define STATS_METHODS_MAX 160   /* distinct names; further ones are counted as "other" */
#define STATS_STATUSES_MAX 12   /* per method; the last counts all further statuses */
#define STATS_STATUS_OTHER (-1) /* the status of that last one; 0 is a request without a response */
#define STATS_IGNORED_MAX 64    /* distinct ignored members; further ones are counted as "other" */
#define STATS_BUCKETS 12        /* of a latency histogram, without +Inf */
#define STATS_RECENT_MAX 128    /* requests kept for the dashboard */
#define STATS_NAME_BYTES 64     /* with NUL; longer names are truncated, and may then coincide */
#define STATS_PATH_BYTES 96
#define STATS_CLIENT_BYTES 64
#define STATS_AGENT_BYTES 96

struct stats;

struct stats *stats_new(void);
void stats_free(struct stats *stats);

/* Records an answered request, copying what is kept. A background request is only counted. */
void stats_record(struct stats *stats, const struct http_answer *answer);

void stats_connected(struct stats *stats);
void stats_disconnected(struct stats *stats);
uint64_t stats_connections_open(const struct stats *stats);
uint64_t stats_connections_total(const struct stats *stats);

/* --- the counts --- */

struct stats_status {
    int status; /* as recorded, or STATS_STATUS_OTHER */
    uint64_t count;
};

struct stats_method {
    char name[STATS_NAME_BYTES]; /* "none" for unknown paths */
    struct stats_status statuses[STATS_STATUSES_MAX];
    size_t status_count;
    uint64_t buckets[STATS_BUCKETS + 1]; /* not cumulative; the last is above all bounds */
    uint64_t count;
    uint64_t micros; /* total */
};

/* Upper bounds of the buckets in microseconds, inclusive, ascending. */
extern const uint64_t stats_bounds[STATS_BUCKETS];

/* The index-th method in order of first request, or NULL past the last. */
const struct stats_method *stats_method_at(const struct stats *stats, size_t index);

/* --- ignored members --- */

struct stats_ignored {
    char method[STATS_NAME_BYTES];  /* as above; "other" in the last row */
    char member[HTTP_MEMBER_BYTES]; /* empty for those without a name */
    const char *nearest;            /* see http_remarks.h */
    uint64_t count;
};

/* The index-th in order of first request, or NULL past the last. */
const struct stats_ignored *stats_ignored_at(const struct stats *stats, size_t index);

/* --- recent requests --- */

struct stats_recent {
    uint64_t number;     /* consecutive, from 1 */
    int64_t unix_millis; /* when it was answered */
    char method[STATS_NAME_BYTES];
    char verb[12];
    char path[STATS_PATH_BYTES]; /* with '?' for anything but printable ASCII */
    int status;
    uint64_t body_bytes;
    uint64_t micros;
    char client[STATS_CLIENT_BYTES];
    char agent[STATS_AGENT_BYTES]; /* the User-Agent, likewise */
    const char *note;
    struct http_remarks remarks;
};

/* How many there have been, including those no longer kept. */
uint64_t stats_recent_total(const struct stats *stats);

/* The oldest kept request with a number above `after`, or NULL. */
const struct stats_recent *stats_recent_after(const struct stats *stats, uint64_t after);

#endif
