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
    char *written;
    size_t len;
    size_t seen; /* bytes of it that a test has looked at */
};

static void begin(struct capture *capture, enum log_level level, enum log_format format)
{
    *capture = (struct capture){.log = {.level = level, .format = format}};
    capture->log.stream = open_memstream(&capture->written, &capture->len);
    setvbuf(capture->log.stream, NULL, _IOFBF, 65536);
}

static void end(struct capture *capture)
{
    fclose(capture->log.stream);
    free(capture->written);
}

/* A digit stands where the model has one, anything else is the same. */
static void assert_stamp(const char *text, const char *model)
{
    for (; *model; model++, text++)
        if (isdigit((unsigned char)*model))
            assert_true(isdigit((unsigned char)*text));
        else
            assert_int_equal(*text, *model);
}

/* What was written since the last call. */
static const char *take(struct capture *capture, size_t *len)
{
    const char *fresh;

    log_flush(&capture->log);
    fresh = capture->written + capture->seen;
    *len = capture->len - capture->seen;
    capture->seen = capture->len;
    return fresh;
}

static void assert_text(struct capture *capture, const char *line)
{
    size_t len;
    const char *text = take(capture, &len);

    assert_stamp(text, TEXT_STAMP);
    assert_string_equal(text + strlen(TEXT_STAMP), line);
}

static void assert_nothing(struct capture *capture)
{
    size_t len;

    take(capture, &len);
    assert_int_equal(len, 0);
}

static json_t *take_json(struct capture *capture)
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

static void test_names(void **state)
{
    enum log_level level;
    enum log_format format;

    (void)state;
    assert_int_equal(log_level_by_name("off", &level), 0);
    assert_int_equal(level, LOG_OFF);
    assert_int_equal(log_level_by_name("error", &level), 0);
    assert_int_equal(level, LOG_ERROR);
    assert_int_equal(log_level_by_name("debug", &level), 0);
    assert_int_equal(level, LOG_DEBUG);
    assert_int_equal(log_level_by_name("loud", &level), -1);
    assert_int_equal(log_format_by_name("json", &format), 0);
    assert_int_equal(format, LOG_JSON);
    assert_int_equal(log_format_by_name("xml", &format), -1);
}

static void test_text(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_DEBUG, LOG_TEXT);
    log_write(&capture.log, LOG_INFO, "serving %d things", 3);
    assert_text(&capture, "info  serving 3 things\n");
    log_write(&capture.log, LOG_ERROR, "no");
    assert_text(&capture, "error no\n");
    capture.log.colour = true;
    log_write(&capture.log, LOG_WARN, "red");
    assert_text(&capture, "\033[33mwarn \033[0m red\n");
    end(&capture);
}

static void test_escapes(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    log_write(&capture.log, LOG_INFO, "%s", "a\nb\033[31m\\ \x7f");
    assert_text(&capture, "info  a\\x0ab\\x1b[31m\\x5c \\x7f\n");
    log_write(&capture.log, LOG_INFO, "%s", "h\xc3\xa9 \xff \xc2\x85 \xe2\x80\xae\xef\xbb\xbf");
    assert_text(&capture, "info  h\xc3\xa9 \\xff \\xc2\\x85 \\xe2\\x80\\xae\\xef\\xbb\\xbf\n");
    end(&capture);
}

static void test_levels(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_WARN, LOG_TEXT);
    log_write(&capture.log, LOG_INFO, "not this");
    log_request(&capture.log, &(struct log_request){.level = LOG_INFO, .verb = "GET", .client = ""});
    assert_nothing(&capture);
    log_write(&capture.log, LOG_WARN, "this");
    assert_text(&capture, "warn  this\n");
    capture.log.level = LOG_OFF;
    log_write(&capture.log, LOG_ERROR, "nor this");
    assert_nothing(&capture);
    end(&capture);
}

static void test_errors_are_flushed(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    log_write(&capture.log, LOG_WARN, "later");
    assert_int_equal(capture.len, 0);
    log_write(&capture.log, LOG_ERROR, "now");
    assert_true(capture.len > 0);
    end(&capture);
}

static const struct log_request answered = {
    .level = LOG_INFO,
    .verb = "POST",
    .path = {(const uint8_t *)"/GetQuote", 9},
    .method = "DstackGuest.GetQuote",
    .status = 200,
    .body_bytes = 48123,
    .micros = 87,
    .client = "127.0.0.1:50314",
};

static void test_request_text(void **state)
{
    struct capture capture;
    struct log_request request = answered;
    char *path = malloc(300);
    char line[400];

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    log_request(&capture.log, &request);
    assert_text(&capture, "info  POST /GetQuote 200 48123 B 87 us 127.0.0.1:50314\n");

    memset(path, 'p', 300);
    request.path = span_of(path, 201);
    log_request(&capture.log, &request);
    snprintf(line, sizeof line, "info  POST %.200s... 200 48123 B 87 us 127.0.0.1:50314\n", path);
    assert_text(&capture, line);
    request.path = span_of(path + 100, 200);
    log_request(&capture.log, &request);
    snprintf(line, sizeof line, "info  POST %.200s 200 48123 B 87 us 127.0.0.1:50314\n", path + 100);
    assert_text(&capture, line);

    memcpy(path + 199, "\xc3\xa9", 2); /* the cut would split it */
    request.path = span_of(path, 300);
    log_request(&capture.log, &request);
    snprintf(line, sizeof line, "info  POST %.199s... 200 48123 B 87 us 127.0.0.1:50314\n", path);
    assert_text(&capture, line);
    end(&capture);
    free(path);
}

static void test_request_text_with_a_note(void **state)
{
    struct capture capture;
    struct log_request request = answered;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    request.note = "delayed, dropped";
    request.status = 0;
    request.body_bytes = 0;
    log_request(&capture.log, &request);
    assert_text(&capture, "info  POST /GetQuote - 0 B 87 us 127.0.0.1:50314 (delayed, dropped)\n");
    end(&capture);
}

static void test_request_colours(void **state)
{
    static const struct {
        int status;
        const char *shown;
    } rows[] = {
        {200, "\033[32m200\033[0m"}, {399, "\033[32m399\033[0m"}, {400, "\033[33m400\033[0m"},
        {499, "\033[33m499\033[0m"}, {500, "\033[31m500\033[0m"}, {0, "\033[31m-\033[0m"},
    };
    struct capture capture;
    struct log_request request = answered;
    char line[200];

    (void)state;
    begin(&capture, LOG_DEBUG, LOG_TEXT);
    capture.log.colour = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        request.status = rows[i].status;
        log_request(&capture.log, &request);
        snprintf(line, sizeof line, "\033[32minfo \033[0m POST /GetQuote %s 48123 B 87 us 127.0.0.1:50314\n",
                 rows[i].shown);
        assert_text(&capture, line);
    }
    end(&capture);
}

static void test_request_json(void **state)
{
    struct capture capture;
    struct log_request request = answered;
    json_t *object;

    (void)state;
    begin(&capture, LOG_INFO, LOG_JSON);
    log_request(&capture.log, &answered);
    object = take_json(&capture);
    assert_int_equal(json_object_size(object), 10);
    assert_string_equal(json_string_value(json_object_get(object, "level")), "info");
    assert_string_equal(json_string_value(json_object_get(object, "message")), "request");
    assert_string_equal(json_string_value(json_object_get(object, "verb")), "POST");
    assert_string_equal(json_string_value(json_object_get(object, "method")), "DstackGuest.GetQuote");
    assert_string_equal(json_string_value(json_object_get(object, "path")), "/GetQuote");
    assert_int_equal(json_integer_value(json_object_get(object, "status")), 200);
    assert_int_equal(json_integer_value(json_object_get(object, "bytes")), 48123);
    assert_int_equal(json_integer_value(json_object_get(object, "micros")), 87);
    assert_string_equal(json_string_value(json_object_get(object, "client")), "127.0.0.1:50314");
    json_decref(object);

    capture.log.colour = true; /* is for text alone */
    request.level = LOG_WARN;
    request.method = NULL;
    request.note = "cut";
    log_request(&capture.log, &request);
    object = take_json(&capture);
    assert_int_equal(json_object_size(object), 10);
    assert_string_equal(json_string_value(json_object_get(object, "level")), "warn");
    assert_null(json_object_get(object, "method"));
    assert_string_equal(json_string_value(json_object_get(object, "note")), "cut");
    json_decref(object);
    end(&capture);
}

static void test_message_json(void **state)
{
    struct capture capture;
    char message[700];
    json_t *object;

    (void)state;
    begin(&capture, LOG_INFO, LOG_JSON);
    log_write(&capture.log, LOG_WARN, "%s", "a\"b\\c\n\xc3\xa9\x01");
    object = take_json(&capture);
    assert_int_equal(json_object_size(object), 3);
    assert_string_equal(json_string_value(json_object_get(object, "level")), "warn");
    assert_string_equal(json_string_value(json_object_get(object, "message")), "a\"b\\c\n\xc3\xa9\x01");
    json_decref(object);

    memset(message, '\x01', sizeof message);
    message[sizeof message - 1] = '\0';
    log_write(&capture.log, LOG_WARN, "%s", message);
    object = take_json(&capture);
    assert_int_equal(json_string_length(json_object_get(object, "message")), 600);
    json_decref(object);
    end(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_errors_are_flushed),
        cmocka_unit_test(test_request_text),
        cmocka_unit_test(test_request_text_with_a_note),
        cmocka_unit_test(test_request_colours),
        cmocka_unit_test(test_request_json),
        cmocka_unit_test(test_message_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
