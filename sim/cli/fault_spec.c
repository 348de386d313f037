#include "sim/cli/fault_spec.h"

#include "sim/base/utf8.h"

static int read_number(struct span text, uint64_t most, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';

        if (digit > 9 || *number > (most - digit) / 10)
            return -1;
        *number = *number * 10 + digit;
    }
    return text.len > 0 ? 0 : -1;
}

static int wrong_part(struct span part, struct error *error)
{
    return error_input(error,
                       "\"%.*s\" is not a fault: expected a status such as 500, drop, cut, garbage, "
                       "delay=MS, times=N, percent=N, "
                       "seed=N or, at the end, message=TEXT",
                       (int)(part.len < 60 ? part.len : 60), (const char *)part.data);
}

/* NAME=N for the names that take a number. */
static int read_setting(struct fault *fault, struct span name, struct span value, struct error *error)
{
    uint64_t number;

    if (span_is(name, "delay") && read_number(value, FAULT_DELAY_MS_MAX, &number) == 0)
        fault->delay_ms = (uint32_t)number;
    else if (span_is(name, "times") && read_number(value, UINT32_MAX, &number) == 0 && number > 0)
        fault->times = (uint32_t)number;
    else if (span_is(name, "percent") && read_number(value, 100, &number) == 0 && number > 0)
        fault->percent = (uint32_t)number;
    else if (span_is(name, "seed") && read_number(value, UINT64_MAX, &number) == 0)
        fault->random = number;
    else
        return wrong_part(span_of(name.data, name.len + 1 + value.len), error);
    return 0;
}

static int read_part(struct fault *fault, struct span part, struct error *error)
{
    const uint8_t *equals = part.len ? memchr(part.data, '=', part.len) : NULL;
    uint64_t number;

    if (equals) {
        size_t len = (size_t)(equals - part.data);
        return read_setting(fault, span_of(part.data, len), span_of(equals + 1, part.len - len - 1), error);
    }
    if (span_is(part, "drop"))
        fault->drop = true;
    else if (span_is(part, "cut"))
        fault->cut = true;
    else if (span_is(part, "garbage"))
        fault->garbage = true;
    else if (read_number(part, 599, &number) == 0 && number >= 400)
        fault->status = (unsigned)number;
    else
        return wrong_part(part, error);
    return 0;
}

static int read_message(struct fault *fault, const char *text, struct error *error)
{
    size_t len = strlen(text);

    if (len >= sizeof fault->message)
        return error_input(error, "a fault's message has at most %zu bytes, not %zu",
                           sizeof fault->message - 1, len);
    if (!utf8_valid(text, len))
        return error_input(error, "a fault's message must be UTF-8 text");
    memcpy(fault->message, text, len + 1);
    return 0;
}

static int read_method(struct fault *fault, struct span name, struct error *error)
{
    if (name.len >= sizeof fault->method)
        return error_input(error, "a fault's method or path has at most %zu bytes, not %zu",
                           sizeof fault->method - 1, name.len);
    if (name.len == 0)
        return error_input(error, "expected METHOD=WHAT, such as GetQuote=500,times=2 or *=delay=200");
    if (!span_is(name, "*"))
        memcpy(fault->method, name.data, name.len);
    return 0;
}

int fault_spec_parse(struct fault *fault, const char *text, struct error *error)
{
    static const char message[] = "message=";
    size_t name_len = strcspn(text, "=");
    const char *at = text + name_len;

    *fault = (struct fault){.percent = 100};
    if (read_method(fault, span_of(text, *at ? name_len : 0), error))
        return -1;
    do {
        size_t len = strcspn(++at, ",");

        if (strncmp(at, message, sizeof message - 1) == 0)
            return read_message(fault, at + sizeof message - 1, error) ? -1 : faults_check(fault, error);
        if (read_part(fault, span_of(at, len), error))
            return -1;
        at += len;
    } while (*at);
    return faults_check(fault, error);
}
