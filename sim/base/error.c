#include "sim/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set(struct error *error, enum error_kind kind, const char *format, va_list args)
{
    if (error->kind != ERROR_NONE)
        return;
    error->kind = kind;
    vsnprintf(error->text, sizeof error->text, format, args);
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

int error_internal(struct error *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(error, ERROR_INTERNAL, format, args);
    va_end(args);
    return -1;
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
    return -1;
}
