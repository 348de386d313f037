/* Writing metrics in Prometheus' text format 0.0.4.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/ : the head of a family, then
 * all its samples, then the next family. The caller must pass valid names; label values may
 * be any UTF-8. */
#ifndef PAGES_METRICS_TEXT_H
#define PAGES_METRICS_TEXT_H

#include "sim/base/buf.h"

#define METRICS_TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

struct metrics_family {
    const char *name; /* "dstack_simulator_requests_total" */
    enum metrics_type type;
    const char *help; /* one sentence */
};

void metrics_text_family(struct buf *out, const struct metrics_family *family);

struct metrics_label {
    const char *name, *value;
};

/* The labels of one sample; all zero: none. */
struct metrics_labels {
    const struct metrics_label *list;
    size_t count;
};

void metrics_text_count(struct buf *out, const struct metrics_family *family, struct metrics_labels labels,
                        uint64_t value);

/* Takes microseconds and writes seconds. */
void metrics_text_seconds(struct buf *out, const struct metrics_family *family, struct metrics_labels labels,
                          uint64_t micros);

/* A histogram of times in microseconds. */
struct metrics_histogram {
    const uint64_t *bounds;  /* rising, inclusive */
    const uint64_t *buckets; /* one more than bounds; not cumulative */
    size_t bound_count;
    uint64_t sum;
};

/* One series of a histogram, in seconds: cumulative buckets, sum and count. */
void metrics_text_histogram(struct buf *out, const struct metrics_family *family,
                            struct metrics_labels labels, const struct metrics_histogram *histogram);

#endif
