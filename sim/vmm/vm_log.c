#include "sim/vmm/vm_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES_MAX 4096

void vm_log_init(struct vm_log *log)
{
    *log = (struct vm_log){.start = 0};
    buf_init(&log->text, VM_LOG_BYTES_MAX);
}

void vm_log_free(struct vm_log *log)
{
    buf_free(&log->text);
}

/* The older half, up to the end of a line. */
static void drop_half(struct vm_log *log)
{
    size_t dropped = log->text.len / 2;
    const uint8_t *newline = memchr(log->text.data + dropped, '\n', log->text.len - dropped);

    dropped = newline ? (size_t)(newline - log->text.data) + 1 : log->text.len;
    memmove(log->text.data, log->text.data + dropped, log->text.len - dropped);
    log->text.len -= dropped;
    log->start += dropped;
}

static void tell_readers(const struct vm_log *log)
{
    for (struct vm_log_reader *reader = log->readers, *next; reader; reader = next) {
        next = reader->next;
        reader->more(reader->data);
    }
}

void vm_log_line(struct vm_log *log, const char *format, ...)
{
    char line[LINE_BYTES_MAX];
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (len < 0)
        return;
    if ((size_t)len > sizeof line - 2)
        len = sizeof line - 2;
    line[len++] = '\n';
    if (log->text.len + (size_t)len > VM_LOG_BYTES_MAX)
        drop_half(log);
    buf_append(&log->text, line, (size_t)len);
    tell_readers(log);
}

void vm_log_end(struct vm_log *log)
{
    log->has_ended = true;
    tell_readers(log);
}

void vm_log_join(struct vm_log *log, struct vm_log_reader *reader)
{
    reader->next = log->readers;
    log->readers = reader;
}

void vm_log_leave(struct vm_log *log, struct vm_log_reader *reader)
{
    struct vm_log_reader **at = &log->readers;

    while (*at && *at != reader)
        at = &(*at)->next;
    if (*at)
        *at = reader->next;
}

struct span vm_log_read(const struct vm_log *log, uint64_t *position)
{
    uint64_t from = *position < log->start ? log->start : *position;
    size_t offset = (size_t)(from - log->start);

    *position = log->start + log->text.len;
    return offset < log->text.len ? span_of(log->text.data + offset, log->text.len - offset) : SPAN_NONE;
}

uint64_t vm_log_tail(const struct vm_log *log, size_t lines)
{
    size_t at = log->text.len;

    if (lines == 0)
        return log->start + at;
    if (at > 0)
        at--; /* the last newline ends the last line */
    while (at > 0 && !(log->text.data[at - 1] == '\n' && --lines == 0))
        at--;
    return log->start + at;
}
