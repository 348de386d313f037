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

#include "crypto/must_check.h"
#include "sim/base/span.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_OFF = -1 };
enum log_format { LOG_TEXT, LOG_JSON };

struct log {
    FILE *stream;
    enum log_level level; /* the most talkative that is written */
    enum log_format format;
    bool colour; /* of text; for a terminal */

    time_t second;  /* the log's own: the second that stamp shows */
    char stamp[24]; /* empty at first */
};

/* Names as on the command line. Each returns 0, or -1 for an unknown name. */
MUST_CHECK int log_level_by_name(const char *name, enum log_level *level);
MUST_CHECK int log_format_by_name(const char *name, enum log_format *format);

/* The reverse; NULL for what is none of them. */
const char *log_level_name(enum log_level level);
const char *log_format_name(enum log_format format);

static inline bool log_wants(const struct log *log, enum log_level level)
{
    return level <= log->level;
}

/* One line of one sentence, cut at 600 bytes, with control characters and what is
 * not UTF-8 escaped. LOG_ERROR lines are flushed at once. Text shows local time,
 * JSON shows UTC. */
void log_write(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One answered request. Its query is not given, because it may hold what is secret. */
struct log_request {
    enum log_level level; /* LOG_INFO, or LOG_DEBUG for what nobody wants to see again and again */
    const char *verb;     /* "GET" */
    struct span path;     /* as sent; logged with everything unprintable escaped, and cut at 200 bytes */
    const char *method;   /* what has answered, "DstackGuest.GetQuote", or NULL; for machines */
    int status;           /* 0 when it was left without an answer; people see '-' */
    size_t body_bytes;    /* of the response */
    uint64_t micros;      /* from complete request to written response */
    const char *client;   /* "127.0.0.1:50314" or the socket's path */
    const char *note;     /* what else is to be said of it, or NULL */
};
/* For people: GET /Version 200 69 B 12 us 127.0.0.1:50314 (note)
 * For machines, after time and level: message, which is "request", verb, path, method if there
 * is one, status, bytes, micros, client, note if there is one. */
void log_request(struct log *log, const struct log_request *request);

void log_flush(struct log *log);

#endif
