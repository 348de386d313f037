#include "sim/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/utf8.h"

/* Drops what is left of a character whose end had no room in size bytes: answers are UTF-8. Returns the length. */
static size_t end_whole(char *text, size_t size)
{
    const size_t len = strlen(text);
    size_t at = len;
    uint32_t character;

    if (len + 1 < size || len < 4)
        return len;
    while (at > len - 3 && (text[at - 1] & 0xc0) == 0x80)
        at--;
    if ((text[at - 1] & 0xc0) != 0xc0 ||
        utf8_read((const uint8_t *)&text[at - 1], len - (at - 1), &character) > 0)
        return len;
    memset(&text[at - 1], 0, len - (at - 1));
    return at - 1;
}

static void end(struct error *error)
{
    const size_t len = end_whole(error->text, sizeof error->text);

    if (error->quote_len && error->quote_at + error->quote_len > len)
        error->quote_len = len > error->quote_at ? len - error->quote_at : 0;
}

void error_clear(struct error *error)
{
    error->kind = ERROR_NONE;
    error->text[0] = '\0';
    error->quote_at = error->quote_len = 0;
}

static void set(struct error *error, enum error_kind kind, const char *format, va_list args)
{
    if (error->kind != ERROR_NONE)
        return;
    error->kind = kind;
    error->quote_len = 0;
    vsnprintf(error->text, sizeof error->text, format, args);
    end(error);
}

int error_input(struct error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(error, ERROR_INPUT, format, args);
    va_end(args);
    return -1;
}

int error_unavailable(struct error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(error, ERROR_UNAVAILABLE, format, args);
    va_end(args);
    return -1;
}

int error_pending(struct error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(error, ERROR_PENDING, format, args);
    va_end(args);
    return -1;
}

int error_internal(struct error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(error, ERROR_INTERNAL, format, args);
    va_end(args);
    return -1;
}

/* --- quoting --- */

/* A prefix that does not end within a character. */
static size_t quotable(struct span text)
{
    size_t len = text.len;

    if (len <= ERROR_QUOTE_MAX)
        return len;
    for (len = ERROR_QUOTE_MAX; len > 0 && (text.data[len] & 0xc0) == 0x80; len--)
        ;
    return len;
}

int error_quote(struct error *error, const char *before, struct span quoted, const char *after, ...)
{
    size_t room = sizeof error->text - 1, at = strlen(before), len = quotable(quoted);
    va_list args;

    if (error->kind != ERROR_NONE)
        return -1;
    if (at > room)
        at = room;
    if (len > room - at)
        len = room - at;
    error->kind = ERROR_INPUT;
    error->quote_at = at;
    error->quote_len = len;
    memcpy(error->text, before, at);
    for (size_t i = 0; i < len; i++)
        error->text[at + i] = quoted.data[i] ? (char)quoted.data[i] : '?';
    va_start(args, after);
    vsnprintf(error->text + at + len, sizeof error->text - at - len, after, args);
    va_end(args);
    end(error);
    return -1;
}

int error_quote_number(struct error *error, const char *before, uint64_t number, const char *after)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    return error_quote(error, before, span_text(digits), "%s", after);
}

void error_reason(const struct error *error, char *out, size_t size)
{
    if (error->quote_len == 0)
        snprintf(out, size, "%s", error->text);
    else
        snprintf(out, size, "%.*s...%s", (int)error->quote_at, error->text,
                 error->text + error->quote_at + error->quote_len);
    (void)end_whole(out, size);
}

/* --- context --- */

/* Moves the quotation with the text; what no longer fits is cut off it. */
static void move_quote(struct error *error, size_t distance)
{
    size_t room = sizeof error->text - 1;

    error->quote_at = error->quote_at + distance < room ? error->quote_at + distance : room;
    if (error->quote_len > room - error->quote_at)
        error->quote_len = room - error->quote_at;
}

int error_context(struct error *error, const char *format, ...)
{
    char whole[2 * sizeof error->text];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(whole, sizeof error->text, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof error->text)
        return -1;
    snprintf(whole + len, sizeof whole - (size_t)len, ": %s", error->text);
    snprintf(error->text, sizeof error->text, "%.*s", (int)sizeof error->text - 1, whole);
    end(error);
    move_quote(error, (size_t)len + 2);
    return -1;
}

int error_advice(struct error *error, const char *format, ...)
{
    size_t len = strlen(error->text);
    va_list args;

    if (len + sizeof "; " > sizeof error->text)
        return -1;
    memcpy(error->text + len, "; ", sizeof "; ");
    va_start(args, format);
    vsnprintf(error->text + len + 2, sizeof error->text - len - 2, format, args);
    va_end(args);
    end(error);
    return -1;
}
