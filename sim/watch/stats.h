/* What the program counts and remembers of the requests it answers, for /metrics and
 * the dashboard. Never a key or a payload.
 *
 * All memory is taken in stats_new: recording can neither fail nor allocate. */
#ifndef WATCH_STATS_H
#define WATCH_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/http/http_answer.h"

#define STATS_METHODS_MAX 160   /* distinct names; what comes later is counted as "other" */
#define STATS_STATUSES_MAX 12   /* of one method: the last counts every status that comes later */
#define STATS_STATUS_OTHER (-1) /* what that last one is called; 0 is a request without an answer */
#define STATS_BUCKETS 12        /* of a latency histogram, without the one that takes everything */
#define STATS_RECENT_MAX 128    /* requests that are remembered */
#define STATS_NAME_BYTES 64     /* with NUL; longer names are cut, and are one when they begin alike */
#define STATS_PATH_BYTES 96
#define STATS_CLIENT_BYTES 64

struct stats;

struct stats *stats_new(void);
void stats_free(struct stats *stats);

/* One answered request. What is kept of it is copied; a background request is counted only. */
void stats_record(struct stats *stats, const struct http_answer *answer);

/* A client has come, or gone. */
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
    char name[STATS_NAME_BYTES]; /* "none" for paths where nothing is served */
    struct stats_status statuses[STATS_STATUSES_MAX];
    size_t status_count;
    uint64_t buckets[STATS_BUCKETS + 1]; /* not cumulative; the last is what is slower than all bounds */
    uint64_t count;
    uint64_t micros; /* of all together */
};

/* Upper bounds of the buckets in microseconds, inclusive, rising. */
extern const uint64_t stats_bounds[STATS_BUCKETS];

/* The index-th method in the order of their first requests, or NULL past the last. */
const struct stats_method *stats_method_at(const struct stats *stats, size_t index);

/* --- the requests remembered --- */

struct stats_recent {
    uint64_t number;     /* 1 for the first request of all; rises by one */
    int64_t unix_millis; /* when it was answered */
    char method[STATS_NAME_BYTES];
    char verb[12];
    char path[STATS_PATH_BYTES]; /* what is not printable ASCII is '?' */
    int status;
    uint64_t body_bytes;
    uint64_t micros;
    char client[STATS_CLIENT_BYTES];
    const char *note;
};

/* How many there were, those forgotten since included. */
uint64_t stats_recent_total(const struct stats *stats);

/* The oldest remembered request with a number above `after`, or NULL. */
const struct stats_recent *stats_recent_after(const struct stats *stats, uint64_t after);

#endif
