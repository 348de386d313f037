#include "sim/base/log.h"

#include <stdarg.h>

#include "sim/base/json_text.h"
#include "sim/base/utf8.h"

#define MESSAGE_MAX 600
#define OUTSIDE_MAX 200     /* of a path or a client's name */
#define LINE_MAX_BYTES 8192 /* the longest message with each byte escaped, and the rest of the line */

#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *name;
    const char *padded;
    const char *colour;
} levels[] = {
    [LOG_ERROR] = {"error", "error", RED},
    [LOG_WARN] = {"warn", "warn ", YELLOW},
    [LOG_INFO] = {"info", "info ", GREEN},
    [LOG_DEBUG] = {"debug", "debug", DIM},
};

static const char *const formats[] = {[LOG_TEXT] = "text", [LOG_JSON] = "json"};

int log_level_by_name(const char *name, enum log_level *level)
{
    if (strcmp(name, "off") == 0) {
        *level = LOG_OFF;
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (strcmp(name, levels[i].name) == 0) {
            *level = (enum log_level)i;
            return 0;
        }
    }
    return -1;
}

int log_format_by_name(const char *name, enum log_format *format)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (strcmp(name, formats[i]) == 0) {
            *format = (enum log_format)i;
            return 0;
        }
    }
    return -1;
}

const char *log_level_name(enum log_level level)
{
    if (level == LOG_OFF)
        return "off";
    return (size_t)level < ARRAY_LEN(levels) ? levels[level].name : NULL;
}

const char *log_format_name(enum log_format format)
{
    return (size_t)format < ARRAY_LEN(formats) ? formats[format] : NULL;
}

/* Most lines fall into the second of the line before. */
static void refresh_stamp(struct log *log, time_t second)
{
    struct tm tm;

    if (log->stamp[0] && log->second == second)
        return;
    if (log->format == LOG_JSON) {
        gmtime_r(&second, &tm);
        strftime(log->stamp, sizeof log->stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    } else {
        localtime_r(&second, &tm);
        strftime(log->stamp, sizeof log->stamp, "%H:%M:%S", &tm);
    }
    log->second = second;
}

static void append_time(struct log *log, struct buf *line)
{
    struct timespec now;
    char millis[4];

    clock_gettime(CLOCK_REALTIME, &now);
    refresh_stamp(log, now.tv_sec);
    millis[0] = '.';
    millis[1] = (char)('0' + now.tv_nsec / 100000000);
    millis[2] = (char)('0' + now.tv_nsec / 10000000 % 10);
    millis[3] = (char)('0' + now.tv_nsec / 1000000 % 10);
    buf_append_text(line, log->stamp);
    buf_append(line, millis, sizeof millis);
}

/* Line and paragraph separators, and what turns the direction of the text round
 * it, let one line pass for another. */
static bool is_deceptive(uint32_t character)
{
    return (character >= 0x200e && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069) || character == 0xfeff;
}

static bool is_printable(uint32_t character)
{
    if (character < 0x80)
        return character >= 0x20 && character < 0x7f && character != '\\';
    return character >= 0xa0 && !is_deceptive(character);
}

/* The longest start of at most `max` bytes that splits no character; one has at
 * most three bytes behind its first. */
static struct span cut(struct span text, size_t max)
{
    size_t at = max;

    if (text.len <= max)
        return text;
    while (at > max - 3 && (text.data[at] & 0xc0) == 0x80)
        at--;
    return span_of(text.data, at);
}

static void append_escaped(struct buf *line, struct span text)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;

    while (at < text.len) {
        uint32_t character = 0;
        size_t size = utf8_read(text.data + at, text.len - at, &character);
        bool printable = size && is_printable(character);

        if (!size)
            size = 1;
        if (printable) {
            buf_append(line, text.data + at, size);
        } else {
            for (size_t i = 0; i < size; i++) {
                uint8_t byte = text.data[at + i];
                const char escape[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

                buf_append(line, escape, sizeof escape);
            }
        }
        at += size;
    }
}

static void append_outside(struct log *log, struct buf *line, struct span text, size_t max)
{
    struct span kept = cut(text, max);

    if (log->format == LOG_JSON) {
        json_text_string(line, (const char *)kept.data, kept.len);
        return;
    }
    append_escaped(line, kept);
    if (kept.len < text.len)
        buf_append_text(line, "...");
}

static void append_coloured(const struct log *log, struct buf *line, const char *colour, const char *text)
{
    if (log->colour)
        buf_append_text(line, colour);
    buf_append_text(line, text);
    if (log->colour)
        buf_append_text(line, PLAIN);
}

/* The time and the level, up to where what is logged begins. */
static void begin_line(struct log *log, struct buf *line, enum log_level level)
{
    buf_init(line, LINE_MAX_BYTES);
    if (log->format == LOG_JSON) {
        buf_append_text(line, "{\"time\":\"");
        append_time(log, line);
        buf_append_text(line, "Z\",\"level\":\"");
        buf_append_text(line, levels[level].name);
        buf_append_text(line, "\"");
        return;
    }
    append_time(log, line);
    buf_append_text(line, " ");
    append_coloured(log, line, levels[level].colour, levels[level].padded);
    buf_append_byte(line, ' ');
}

static void end_line(struct log *log, struct buf *line)
{
    buf_append_text(line, log->format == LOG_JSON ? "}\n" : "\n");
    fwrite(line->data, 1, line->len, log->stream);
    buf_free(line);
}

void log_write(struct log *log, enum log_level level, const char *format, ...)
{
    char message[MESSAGE_MAX + 4]; /* room for one character more, so that cut() sees where it ends */
    struct buf line;
    va_list arguments;

    if (!log_wants(log, level))
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);

    begin_line(log, &line, level);
    if (log->format == LOG_JSON)
        json_text_key(&line, ',', "message");
    append_outside(log, &line, span_text(message), MESSAGE_MAX);
    end_line(log, &line);
    if (level == LOG_ERROR)
        log_flush(log);
}

static void append_request_json(struct log *log, struct buf *line, const struct log_request *request)
{
    json_text_member(line, ',', "message", "request");
    json_text_member(line, ',', "verb", request->verb);
    json_text_key(line, ',', "path");
    append_outside(log, line, request->path, OUTSIDE_MAX);
    if (request->method)
        json_text_member(line, ',', "method", request->method);
    buf_printf(line, ",\"status\":%d,\"bytes\":%zu,\"micros\":%llu,\"client\":", request->status,
               request->body_bytes, (unsigned long long)request->micros);
    append_outside(log, line, span_text(request->client), OUTSIDE_MAX);
    if (request->note)
        json_text_member(line, ',', "note", request->note);
}

static void append_status(const struct log *log, struct buf *line, int status)
{
    const char *colour = status >= 200 && status < 400 ? GREEN : status >= 400 && status < 500 ? YELLOW : RED;
    char digits[12] = "-";

    if (status)
        snprintf(digits, sizeof digits, "%d", status);
    append_coloured(log, line, colour, digits);
}

static void append_request_text(struct log *log, struct buf *line, const struct log_request *request)
{
    buf_append_text(line, request->verb);
    buf_append_byte(line, ' ');
    append_outside(log, line, request->path, OUTSIDE_MAX);
    buf_append_byte(line, ' ');
    append_status(log, line, request->status);
    buf_printf(line, " %zu B %llu us ", request->body_bytes, (unsigned long long)request->micros);
    append_outside(log, line, span_text(request->client), OUTSIDE_MAX);
    if (request->note)
        buf_printf(line, " (%s)", request->note);
}

void log_request(struct log *log, const struct log_request *request)
{
    struct buf line;

    if (!log_wants(log, request->level))
        return;
    begin_line(log, &line, request->level);
    if (log->format == LOG_JSON)
        append_request_json(log, &line, request);
    else
        append_request_text(log, &line, request);
    end_line(log, &line);
}

void log_flush(struct log *log)
{
    fflush(log->stream);
}
