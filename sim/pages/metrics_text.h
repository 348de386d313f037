/* Writing metrics in Prometheus' text format 0.0.4.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/ : a family's head, then all
 * its samples, then the next family. Names are the caller's own and right as they are,
 * values of labels are any UTF-8. */
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

/* The value is in microseconds, what is written in seconds. */
void metrics_text_seconds(struct buf *out, const struct metrics_family *family, struct metrics_labels labels,
                          uint64_t micros);

/* Of times; all in microseconds. */
struct metrics_histogram {
    const uint64_t *bounds;  /* rising, inclusive */
    const uint64_t *buckets; /* one more than bounds; not cumulative */
    size_t bound_count;
    uint64_t sum;
};

/* One series of a histogram, in seconds: its buckets, cumulative, with sum and count. */
void metrics_text_histogram(struct buf *out, const struct metrics_family *family,
                            struct metrics_labels labels, const struct metrics_histogram *histogram);

#endif
