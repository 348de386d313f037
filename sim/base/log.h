/* The program's log: text for people or JSON for machines, in one place.
 *
 * Never log keys or payloads. There is no global log; a struct log is passed in:
 * fill in the first four fields and zero the rest; log_free frees it. Lines are kept until the
 * event loop calls log_flush before it sleeps. A log that is not read never makes the program
 * wait: past LOG_KEPT_BYTES_MAX lines are dropped and counted, and a line says so when it is read
 * again. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "sim/base/buf.h"
#include "sim/base/log_sink.h"

#define LOG_KEPT_BYTES_MAX (256u * 1024)

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_OFF };
enum log_format { LOG_TEXT, LOG_JSON };

struct log {
    struct log_sink sink;
    enum log_level level; /* the most verbose level that is written */
    enum log_format format;
    bool has_colour; /* use ANSI colours in text */

    time_t second;    /* private: the second that stamp shows */
    char stamp[24];   /* private: empty at first */
    struct buf kept;  /* private: lines that have not been written */
    uint64_t dropped; /* private: lines since the last one that was kept */
};

/* Names as on the command line; NULL past the last one. */
const char *log_level_name(enum log_level level);
const char *log_format_name(enum log_format format);

static inline bool log_wants(const struct log *log, enum log_level level)
{
    return log->level != LOG_OFF && level <= log->level;
}

/* One line with a message, cut at 600 bytes, with control characters and invalid
 * UTF-8 escaped. LOG_ERROR lines are flushed at once. Text shows local time,
 * JSON shows UTC. */
void log_write(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line composed piece by piece. Check log_wants(log, level) before beginning one. */
struct log_line {
    struct log *log;
    struct buf text;
};

enum log_colour { LOG_RED, LOG_GREEN, LOG_YELLOW };

/* Starts the line with time and level. */
void log_line_begin(struct log_line *line, struct log *log, enum log_level level);

/* Untrusted text, cut at `max` bytes: escaped in text format, a quoted string in JSON. */
void log_line_outside(struct log_line *line, struct span text, size_t max);

/* A word in colour if the log uses any; for text format. */
void log_line_coloured(struct log_line *line, enum log_colour colour, const char *word);

/* Writes the line and frees it. */
void log_line_end(struct log_line *line);

/* Writes what the sink takes at once. */
void log_flush(struct log *log);

void log_free(struct log *log);

#endif
