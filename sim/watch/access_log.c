#include "sim/watch/access_log.h"

#include "sim/base/json_text.h"

#define OUTSIDE_BYTES_MAX 200 /* of a path or a client's address */
#define REASON_BYTES_MAX HTTP_REASON_BYTES
#define STATUS_CHARS_MAX 3

static const char *verb_of(const struct http_answer *answer)
{
    return answer->verb ? answer->verb : "-";
}

/* Empty if nothing was ignored. */
static void write_ignored(const struct http_answer *answer, char out[static HTTP_IGNORED_TEXT_BYTES])
{
    static const struct http_remarks none;

    http_remarks_ignored(answer->remarks ? answer->remarks : &none, out);
}

static const char *reason_of(const struct http_answer *answer)
{
    return answer->remarks && answer->remarks->reason[0] ? answer->remarks->reason : NULL;
}

/* In JSON's quotes and escapes also where the line is text, so that its end is clear. */
static void append_agent(struct buf *text, struct span agent)
{
    json_text_string(text, (const char *)agent.data, agent.len);
}

static void append_json(struct log_line *line, const struct http_answer *answer)
{
    const char *note = http_answer_note(answer), *reason = reason_of(answer);
    char ignored[HTTP_IGNORED_TEXT_BYTES];
    struct buf *text = &line->text;

    json_text_member(text, ',', "message", "request");
    json_text_member(text, ',', "verb", verb_of(answer));
    json_text_key(text, ',', "path");
    log_line_outside(line, answer->path, OUTSIDE_BYTES_MAX);
    if (answer->label.method)
        json_text_member(text, ',', "method", answer->label.method);
    json_text_member_uint(text, ',', "status", (uint64_t)http_answer_status(answer));
    json_text_member_uint(text, ',', "bytes", http_answer_bytes(answer));
    json_text_member_uint(text, ',', "micros", answer->micros);
    json_text_key(text, ',', "client");
    log_line_outside(line, span_text(answer->client), OUTSIDE_BYTES_MAX);
    if (answer->agent.len) {
        json_text_key(text, ',', "agent");
        append_agent(text, answer->agent);
    }
    if (note)
        json_text_member(text, ',', "note", note);
    write_ignored(answer, ignored);
    if (ignored[0])
        json_text_member(text, ',', "ignored", ignored);
    if (reason)
        json_text_member(text, ',', "reason", reason);
}

/* A request without a response has no status, shown as '-'. */
static void append_status(struct log_line *line, int status)
{
    char word[STATUS_CHARS_MAX + 1] = "-";
    struct buf digits;

    buf_over(&digits, word, STATUS_CHARS_MAX);
    if (status)
        buf_append_decimal(&digits, (uint64_t)status);
    log_line_coloured(line,
                      status >= 200 && status < 400   ? LOG_GREEN
                      : status >= 400 && status < 500 ? LOG_YELLOW
                                                      : LOG_RED,
                      word);
}

/* Not by printf, which would take most of the time of a line. */
static void append_number(struct buf *text, uint64_t number, const char *unit)
{
    buf_append_decimal(text, number);
    buf_append_text(text, unit);
}

static void append_text(struct log_line *line, const struct http_answer *answer)
{
    const char *note = http_answer_note(answer), *reason = reason_of(answer);
    char ignored[HTTP_IGNORED_TEXT_BYTES];
    struct buf *text = &line->text;

    buf_append_text(text, verb_of(answer));
    buf_append_byte(text, ' ');
    log_line_outside(line, answer->path, OUTSIDE_BYTES_MAX);
    buf_append_byte(text, ' ');
    append_status(line, http_answer_status(answer));
    buf_append_byte(text, ' ');
    append_number(text, http_answer_bytes(answer), " B ");
    append_number(text, answer->micros, " us ");
    log_line_outside(line, span_text(answer->client), OUTSIDE_BYTES_MAX);
    if (answer->agent.len) {
        buf_append_byte(text, ' ');
        append_agent(text, answer->agent);
    }
    if (note)
        buf_printf(text, " (%s)", note);
    write_ignored(answer, ignored);
    if (ignored[0])
        buf_printf(text, " ignored %s", ignored);
    if (reason) {
        buf_append_text(text, ": ");
        log_line_outside(line, span_text(reason), REASON_BYTES_MAX);
    }
}

void access_log_write(struct log *log, const struct http_answer *answer)
{
    enum log_level level = answer->label.is_background ? LOG_DEBUG : LOG_INFO;
    struct log_line line;

    if (!log_wants(log, level))
        return;
    log_line_begin(&line, log, level);
    if (log->format == LOG_JSON)
        append_json(&line, answer);
    else
        append_text(&line, answer);
    log_line_end(&line);
}
