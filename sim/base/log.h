/* The program's log: lines for people or JSON for machines, on one stream.
 *
 * Never given keys or payloads. A struct log is passed in, there is no global
 * one: fill in the first four fields and zero the rest. Lines are buffered by the
 * stream; log_flush writes them out, which the event loop does before it sleeps. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "sim/base/buf.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_OFF };
enum log_format { LOG_TEXT, LOG_JSON };

struct log {
    FILE *stream;
    enum log_level level; /* the most talkative that is written */
    enum log_format format;
    bool has_colour; /* of text; for a terminal */

    time_t second;  /* the log's own: the second that stamp shows */
    char stamp[24]; /* empty at first */
};

/* Names as on the command line, NULL past the last one. */
const char *log_level_name(enum log_level level);
const char *log_format_name(enum log_format format);

static inline bool log_wants(const struct log *log, enum log_level level)
{
    return log->level != LOG_OFF && level <= log->level;
}

/* One line of one sentence, cut at 600 bytes, with control characters and what is
 * not UTF-8 escaped. LOG_ERROR lines are flushed at once. Text shows local time,
 * JSON shows UTC. */
void log_write(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line put together by its writer. Nothing is written unless log_wants(log, level). */
struct log_line {
    struct log *log;
    struct buf text;
};

enum log_colour { LOG_RED, LOG_GREEN, LOG_YELLOW };

/* Time and level; what is appended then follows them. */
void log_line_begin(struct log_line *line, struct log *log, enum log_level level);

/* Text from outside, cut at `max` bytes: escaped for people, a quoted string in JSON. */
void log_line_outside(struct log_line *line, struct span text, size_t max);

/* A word in colour where the log has any; for people. */
void log_line_coloured(struct log_line *line, enum log_colour colour, const char *word);

/* Writes the line, and frees it. */
void log_line_end(struct log_line *line);

void log_flush(struct log *log);

#endif
