#include "sim/pages/metrics_text.h"

#define SECOND 1000000u

/* 1500000 as 1.5, exactly. */
static void append_seconds(struct buf *out, uint64_t micros)
{
    uint64_t rest = micros % SECOND;
    char digits[7] = {'.'};
    size_t len = sizeof digits;

    buf_append_decimal(out, micros / SECOND);
    if (rest == 0)
        return;
    for (size_t i = len - 1; i > 0; i--, rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    while (digits[len - 1] == '0')
        len--;
    buf_append(out, digits, len);
}

/* The format has three escapes, but help texts do not escape quotes. */
static void append_escaped(struct buf *out, const char *text, const char *special)
{
    for (;;) {
        size_t plain = strcspn(text, special);

        buf_append(out, text, plain);
        text += plain;
        if (!*text)
            return;
        buf_append_byte(out, '\\');
        buf_append_byte(out, *text == '\n' ? 'n' : (uint8_t)*text);
        text++;
    }
}

/* Leaves the braces open if there are labels, so that another can be added. */
static void append_labels(struct buf *out, struct metrics_labels labels)
{
    for (size_t i = 0; i < labels.count; i++) {
        buf_append_byte(out, i == 0 ? '{' : ',');
        buf_append_text(out, labels.list[i].name);
        buf_append(out, "=\"", 2);
        append_escaped(out, labels.list[i].value, "\\\"\n");
        buf_append_byte(out, '"');
    }
}

static void begin_sample(struct buf *out, const char *name, const char *suffix, struct metrics_labels labels)
{
    buf_append_text(out, name);
    buf_append_text(out, suffix);
    append_labels(out, labels);
    if (labels.count)
        buf_append_byte(out, '}');
    buf_append_byte(out, ' ');
}

void metrics_text_family(struct buf *out, const struct metrics_family *family)
{
    static const char *const types[] = {
        [METRICS_COUNTER] = "counter",
        [METRICS_GAUGE] = "gauge",
        [METRICS_HISTOGRAM] = "histogram",
    };

    buf_append_text(out, "# HELP ");
    buf_append_text(out, family->name);
    buf_append_byte(out, ' ');
    append_escaped(out, family->help, "\\\n");
    buf_append_text(out, "\n# TYPE ");
    buf_append_text(out, family->name);
    buf_append_byte(out, ' ');
    buf_append_text(out, types[family->type]);
    buf_append_byte(out, '\n');
}

void metrics_text_count(struct buf *out, const struct metrics_family *family, struct metrics_labels labels,
                        uint64_t value)
{
    begin_sample(out, family->name, "", labels);
    buf_append_decimal(out, value);
    buf_append_byte(out, '\n');
}

void metrics_text_seconds(struct buf *out, const struct metrics_family *family, struct metrics_labels labels,
                          uint64_t micros)
{
    begin_sample(out, family->name, "", labels);
    append_seconds(out, micros);
    buf_append_byte(out, '\n');
}

/* bound: NULL for +Inf. */
static void append_bucket(struct buf *out, const char *name, struct metrics_labels labels,
                          const uint64_t *bound, uint64_t value)
{
    buf_append_text(out, name);
    buf_append_text(out, "_bucket");
    append_labels(out, labels);
    buf_append_text(out, labels.count ? ",le=\"" : "{le=\"");
    if (bound)
        append_seconds(out, *bound);
    else
        buf_append_text(out, "+Inf");
    buf_append_text(out, "\"} ");
    buf_append_decimal(out, value);
    buf_append_byte(out, '\n');
}

void metrics_text_histogram(struct buf *out, const struct metrics_family *family,
                            struct metrics_labels labels, const struct metrics_histogram *histogram)
{
    uint64_t sofar = 0;

    for (size_t i = 0; i <= histogram->bound_count; i++) {
        const uint64_t *bound = i < histogram->bound_count ? &histogram->bounds[i] : NULL;

        sofar += histogram->buckets[i];
        append_bucket(out, family->name, labels, bound, sofar);
    }
    begin_sample(out, family->name, "_sum", labels);
    append_seconds(out, histogram->sum);
    buf_append_byte(out, '\n');
    begin_sample(out, family->name, "_count", labels);
    buf_append_decimal(out, sofar);
    buf_append_byte(out, '\n');
}
