/* A log that a test reads back, line by line. */
#ifndef TEST_LOG_FIXTURE_H
#define TEST_LOG_FIXTURE_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "sim/base/log.h"

#define TEXT_STAMP "12:03:04.123 "
#define JSON_STAMP "2026-11-21T09:00:00.123Z"

struct capture {
    struct log log;
    struct buf written;
    size_t seen;  /* bytes of it that a test has looked at */
    size_t takes; /* how many bytes the sink takes from now on */
};

static inline size_t capture_write(void *data, struct span bytes)
{
    struct capture *capture = data;
    size_t len = bytes.len < capture->takes ? bytes.len : capture->takes;

    buf_append(&capture->written, bytes.data, len);
    capture->takes -= len;
    return len;
}

static inline void begin(struct capture *capture, enum log_level level, enum log_format format)
{
    *capture = (struct capture){.log = {.level = level, .format = format}, .takes = SIZE_MAX};
    capture->log.sink = (struct log_sink){capture_write, capture};
    buf_init(&capture->written, SIZE_MAX);
    buf_append_byte(&capture->written, 0);
    capture->seen = 1;
}

static inline void end(struct capture *capture)
{
    log_free(&capture->log);
    buf_free(&capture->written);
}

/* A digit matches where the model has one, anything else is the same. */
static inline void assert_stamp(const char *text, const char *model)
{
    for (; *model; model++, text++)
        if (isdigit((unsigned char)*model))
            assert_true(isdigit((unsigned char)*text));
        else
            assert_int_equal(*text, *model);
}

/* What was written since the last call. */
static inline const char *take(struct capture *capture, size_t *len)
{
    const char *fresh;

    log_flush(&capture->log);
    buf_append_byte(&capture->written, 0); /* so that it can be read as a string */
    capture->written.len--;
    fresh = (const char *)capture->written.data + capture->seen;
    *len = capture->written.len - capture->seen;
    capture->seen = capture->written.len;
    return fresh;
}

static inline void assert_text(struct capture *capture, const char *line)
{
    size_t len;
    const char *text = take(capture, &len);

    assert_stamp(text, TEXT_STAMP);
    assert_string_equal(text + strlen(TEXT_STAMP), line);
}

static inline void assert_nothing(struct capture *capture)
{
    size_t len;

    take(capture, &len);
    assert_int_equal(len, 0);
}

static inline json_t *take_json(struct capture *capture)
{
    size_t len;
    const char *text = take(capture, &len);
    json_error_t error;
    json_t *object = json_loadb(text, len, 0, &error);

    if (!object)
        fail_msg("%s in %s", error.text, text);
    for (size_t i = 0; i + 1 < len; i++)
        assert_in_range((uint8_t)text[i], 0x20, 0x7e);
    assert_int_equal(text[len - 1], '\n');
    assert_stamp(json_string_value(json_object_get(object, "time")), JSON_STAMP);
    return object;
}

#endif
