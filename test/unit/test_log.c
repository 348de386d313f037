/* Lines of the log, for people and for machines. */
#include "test/unit/log_fixture.h"

static void names_are_those_of_the_command_line(void **state)
{
    (void)state;
    assert_string_equal(log_level_name(LOG_ERROR), "error");
    assert_string_equal(log_level_name(LOG_DEBUG), "debug");
    assert_string_equal(log_level_name(LOG_OFF), "off");
    assert_null(log_level_name(LOG_OFF + 1));
    assert_string_equal(log_format_name(LOG_TEXT), "text");
    assert_string_equal(log_format_name(LOG_JSON), "json");
    assert_null(log_format_name(LOG_JSON + 1));
}

static void a_line_for_people(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_DEBUG, LOG_TEXT);
    log_write(&capture.log, LOG_INFO, "serving %d things", 3);
    assert_text(&capture, "info  serving 3 things\n");
    log_write(&capture.log, LOG_ERROR, "no");
    assert_text(&capture, "error no\n");
    capture.log.has_colour = true;
    log_write(&capture.log, LOG_WARN, "red");
    assert_text(&capture, "\033[33mwarn \033[0m red\n");
    end(&capture);
}

static void what_would_steer_a_terminal_is_escaped(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    log_write(&capture.log, LOG_INFO, "%s", "a\nb\033[31m\\ \x7f");
    assert_text(&capture, "info  a\\x0ab\\x1b[31m\\x5c \\x7f\n");
    log_write(&capture.log, LOG_INFO, "%s", "h\xc3\xa9 \xff \xc2\x85 \xe2\x80\xae\xef\xbb\xbf");
    assert_text(&capture, "info  h\xc3\xa9 \\xff \\xc2\\x85 \\xe2\\x80\\xae\\xef\\xbb\\xbf\n");
    log_write(&capture.log, LOG_INFO, "%s", "\xe2\x80\x8d \xe2\x80\x8e \xe2\x80\x8f");
    assert_text(&capture, "info  \xe2\x80\x8d \\xe2\\x80\\x8e \\xe2\\x80\\x8f\n");
    end(&capture);
}

static void lines_below_the_level_are_left_out(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_WARN, LOG_TEXT);
    log_write(&capture.log, LOG_INFO, "not this");
    assert_nothing(&capture);
    log_write(&capture.log, LOG_WARN, "this");
    assert_text(&capture, "warn  this\n");
    capture.log.level = LOG_OFF;
    log_write(&capture.log, LOG_ERROR, "nor this");
    assert_nothing(&capture);
    end(&capture);
}

static void errors_are_flushed_at_once(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    log_write(&capture.log, LOG_WARN, "later");
    assert_int_equal(capture.written.len, capture.seen);
    log_write(&capture.log, LOG_ERROR, "now");
    assert_true(capture.written.len > capture.seen);
    end(&capture);
}

static void a_line_for_machines(void **state)
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

static void a_log_that_is_not_read_drops_lines(void **state)
{
    struct capture capture;
    const char *text;
    size_t len, lines = 0;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    capture.takes = 0;
    for (int i = 0; i < 20000; i++)
        log_write(&capture.log, LOG_INFO, "line %d", i);
    take(&capture, &len);
    assert_int_equal(len, 0);
    assert_true(capture.log.kept.len <= LOG_KEPT_BYTES_MAX);
    capture.takes = 10; /* a part of a line */
    take(&capture, &len);
    assert_int_equal(len, 10);
    capture.takes = SIZE_MAX;
    text = take(&capture, &len);
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    assert_non_null(strstr(text, "line 0\n") ? text : strstr(text, "line 1\n"));
    assert_null(strstr(text, "line 19999\n"));
    assert_non_null(strstr(text, " lines of this log were dropped: it could not be written\n"));
    assert_int_equal(strtoull(strstr(text, "warn ") + 6, NULL, 10), 20000 - (lines - 1));
    log_write(&capture.log, LOG_INFO, "again");
    assert_text(&capture, "info  again\n");
    end(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_is_not_read_drops_lines),
        cmocka_unit_test(names_are_those_of_the_command_line),
        cmocka_unit_test(a_line_for_people),
        cmocka_unit_test(what_would_steer_a_terminal_is_escaped),
        cmocka_unit_test(lines_below_the_level_are_left_out),
        cmocka_unit_test(errors_are_flushed_at_once),
        cmocka_unit_test(a_line_for_machines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
