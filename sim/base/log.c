#include "sim/base/log.h"

#include <stdarg.h>

#include "sim/base/json_text.h"
#include "sim/base/utf8.h"

#define MESSAGE_MAX 600
#define LINE_BYTES_MAX 8192 /* fits the longest message with every byte escaped */

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
    [LOG_ERROR] = {"error", "error", RED}, [LOG_WARN] = {"warn", "warn ", YELLOW},
    [LOG_INFO] = {"info", "info ", GREEN}, [LOG_DEBUG] = {"debug", "debug", DIM},
    [LOG_OFF] = {"off", NULL, NULL}, /* never on a line */
};

static const char *const formats[] = {[LOG_TEXT] = "text", [LOG_JSON] = "json"};

const char *log_level_name(enum log_level level)
{
    return (size_t)level < ARRAY_LEN(levels) ? levels[level].name : NULL;
}

const char *log_format_name(enum log_format format)
{
    return (size_t)format < ARRAY_LEN(formats) ? formats[format] : NULL;
}

/* Most lines are written in the same second as the previous one. */
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

/* Line and paragraph separators and characters that change the text direction can
 * make one line look like another. */
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

/* How many such characters are at the front, most often all. */
static size_t printable_ascii(const uint8_t *data, size_t len)
{
    size_t at = 0;

    while (at < len && data[at] < 0x80 && is_printable(data[at]))
        at++;
    return at;
}

/* The longest prefix of at most `max` bytes that splits no character, which has at
 * most three bytes after its first. */
static struct span cut(struct span text, size_t max)
{
    size_t at = max;

    if (text.len <= max)
        return text;
    while (at > max - 3 && (text.data[at] & 0xc0) == 0x80)
        at--;
    return span_of(text.data, at);
}

static void append_bytes_escaped(struct buf *line, const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        const char escape[4] = {'\\', 'x', digits[data[i] >> 4], digits[data[i] & 15]};

        buf_append(line, escape, sizeof escape);
    }
}

static void append_escaped(struct buf *line, struct span text)
{
    size_t at = 0, size;

    for (; at < text.len; at += size) {
        const uint8_t *data = text.data + at;
        uint32_t character = 0;
        bool is_plain;

        size = printable_ascii(data, text.len - at);
        is_plain = size > 0;
        if (!is_plain) {
            size = utf8_read(data, text.len - at, &character);
            is_plain = size > 0 && is_printable(character);
        }
        if (size == 0)
            size = 1; /* not of a character */
        if (is_plain)
            buf_append(line, data, size);
        else
            append_bytes_escaped(line, data, size);
    }
}

void log_line_outside(struct log_line *line, struct span text, size_t max)
{
    struct span kept = cut(text, max);

    if (line->log->format == LOG_JSON) {
        json_text_string(&line->text, (const char *)kept.data, kept.len);
        return;
    }
    append_escaped(&line->text, kept);
    if (kept.len < text.len)
        buf_append_text(&line->text, "...");
}

static void append_coloured(struct log_line *line, const char *colour, const char *word)
{
    if (line->log->has_colour)
        buf_append_text(&line->text, colour);
    buf_append_text(&line->text, word);
    if (line->log->has_colour)
        buf_append_text(&line->text, PLAIN);
}

void log_line_coloured(struct log_line *line, enum log_colour colour, const char *word)
{
    static const char *const codes[] = {[LOG_RED] = RED, [LOG_GREEN] = GREEN, [LOG_YELLOW] = YELLOW};

    append_coloured(line, codes[colour], word);
}

void log_line_begin(struct log_line *line, struct log *log, enum log_level level)
{
    struct buf *text = &line->text;

    line->log = log;
    buf_init(text, LINE_BYTES_MAX);
    if (log->format == LOG_JSON) {
        buf_append_text(text, "{\"time\":\"");
        append_time(log, text);
        buf_append_text(text, "Z\",\"level\":\"");
        buf_append_text(text, levels[level].name);
        buf_append_text(text, "\"");
        return;
    }
    append_time(log, text);
    buf_append_text(text, " ");
    append_coloured(line, levels[level].colour, levels[level].padded);
    buf_append_byte(text, ' ');
}

static void keep(struct log *log, struct span line)
{
    if (!log->kept.limit)
        buf_init(&log->kept, LOG_KEPT_BYTES_MAX);
    if (log->kept.len + line.len > LOG_KEPT_BYTES_MAX)
        log_flush(log);
    if (log->kept.len + line.len > LOG_KEPT_BYTES_MAX)
        log->dropped++;
    else
        buf_append_span(&log->kept, line);
}

void log_line_end(struct log_line *line)
{
    buf_append_text(&line->text, line->log->format == LOG_JSON ? "}\n" : "\n");
    keep(line->log, buf_span(&line->text));
    buf_free(&line->text);
}

void log_write(struct log *log, enum log_level level, const char *format, ...)
{
    char message[MESSAGE_MAX + 4]; /* one more character, so that cut() sees where the last one ends */
    struct log_line line;
    va_list arguments;

    if (!log_wants(log, level))
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);

    log_line_begin(&line, log, level);
    if (log->format == LOG_JSON)
        json_text_key(&line.text, ',', "message");
    log_line_outside(&line, span_text(message), MESSAGE_MAX);
    log_line_end(&line);
    if (level == LOG_ERROR)
        log_flush(log);
}

static void write_kept(struct log *log)
{
    size_t written = 0, taken = 1;

    while (written < log->kept.len && taken > 0) {
        taken = log->sink.write(log->sink.data, span_of(log->kept.data + written, log->kept.len - written));
        written += taken;
    }
    if (written == 0)
        return;
    memmove(log->kept.data, log->kept.data + written, log->kept.len - written);
    log->kept.len -= written;
}

void log_flush(struct log *log)
{
    uint64_t dropped = log->dropped;

    write_kept(log);
    if (dropped == 0 || log->kept.len > LOG_KEPT_BYTES_MAX / 2)
        return;
    log->dropped = 0;
    log_write(log, LOG_WARN, "%llu lines of this log were dropped: it could not be written",
              (unsigned long long)dropped);
    write_kept(log);
}

void log_free(struct log *log)
{
    buf_free(&log->kept);
}
