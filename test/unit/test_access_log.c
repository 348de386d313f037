/* One line for each answered request. */
#include "sim/watch/access_log.h"

#include "test/unit/log_fixture.h"

static const struct http_answer answered = {
    .verb = "POST",
    .path = {(const uint8_t *)"/GetQuote", 9},
    .label = {.method = "DstackGuest.GetQuote"},
    .status = 200,
    .body_bytes = 48123,
    .micros = 87,
    .client = "127.0.0.1:50314",
};

static void a_request_for_people(void **state)
{
    struct capture capture;
    struct http_answer request = answered;
    char *path = malloc(300);
    char line[400];

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    access_log_write(&capture.log, &request);
    assert_text(&capture, "info  POST /GetQuote 200 48123 B 87 us 127.0.0.1:50314\n");

    memset(path, 'p', 300);
    request.path = span_of(path, 201);
    access_log_write(&capture.log, &request);
    snprintf(line, sizeof line, "info  POST %.200s... 200 48123 B 87 us 127.0.0.1:50314\n", path);
    assert_text(&capture, line);
    request.path = span_of(path + 100, 200);
    access_log_write(&capture.log, &request);
    snprintf(line, sizeof line, "info  POST %.200s 200 48123 B 87 us 127.0.0.1:50314\n", path + 100);
    assert_text(&capture, line);

    memcpy(path + 199, "\xc3\xa9", 2); /* the cut would split it */
    request.path = span_of(path, 300);
    access_log_write(&capture.log, &request);
    snprintf(line, sizeof line, "info  POST %.199s... 200 48123 B 87 us 127.0.0.1:50314\n", path);
    assert_text(&capture, line);
    end(&capture);
    free(path);
}

static void a_note_tells_what_a_fault_did(void **state)
{
    struct capture capture;
    struct http_answer request = answered;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    request.fault = (struct http_fault){.delay_ms = 5, .drop = true}; /* neither status nor body arrived */
    access_log_write(&capture.log, &request);
    assert_text(&capture, "info  POST /GetQuote - 0 B 87 us 127.0.0.1:50314 (delayed, dropped)\n");
    end(&capture);
}

static void assert_line(const struct http_answer *answer, const char *expected)
{
    struct capture capture;

    begin(&capture, LOG_INFO, LOG_TEXT);
    access_log_write(&capture.log, answer);
    assert_text(&capture, expected);
    end(&capture);
}

static void the_line_ends_with_the_reason(void **state)
{
    const struct http_remarks remarks = {.reason = "no\nsuch caf\xc3\xa9"};
    struct http_answer request = answered;

    (void)state;
    request.status = 400;
    request.remarks = &remarks;
    assert_line(&request,
                "info  POST /GetQuote 400 48123 B 87 us 127.0.0.1:50314: no\\x0asuch caf\xc3\xa9\n");
    request.fault.fails = true;
    assert_line(&request,
                "info  POST /GetQuote 400 48123 B 87 us 127.0.0.1:50314 (failed): no\\x0asuch caf\xc3\xa9\n");
}

static void what_was_ignored_comes_before_the_reason(void **state)
{
    struct http_remarks remarks = {
        .ignored = {3, 2, {{"reportData", "report_data"}, {"foo", NULL}}},
    };
    struct http_answer request = answered;

    (void)state;
    request.remarks = &remarks;
    assert_line(&request, "info  POST /GetQuote 200 48123 B 87 us 127.0.0.1:50314 "
                          "ignored reportData (did you mean report_data?), foo and 1 more\n");
    strcpy(remarks.reason, "no such thing");
    request.agent = span_text("a");
    request.fault.delay_ms = 1;
    assert_line(&request, "info  POST /GetQuote 200 48123 B 87 us 127.0.0.1:50314 \"a\" (delayed) "
                          "ignored reportData (did you mean report_data?), foo and 1 more: no such thing\n");
}

/* A client may call itself anything. */
static void an_agent_is_in_quotes(void **state)
{
    struct http_answer request = answered;

    (void)state;
    request.agent = span_text("curl/8.5.0");
    assert_line(&request, "info  POST /GetQuote 200 48123 B 87 us 127.0.0.1:50314 \"curl/8.5.0\"\n");
    request.agent = span_text("a\" (dropped): \n\xff");
    assert_line(&request, "info  POST /GetQuote 200 48123 B 87 us 127.0.0.1:50314 "
                          "\"a\\\" (dropped): \\n\\ufffd\"\n");
}

static void a_status_has_the_colour_of_its_class(void **state)
{
    static const struct {
        int status;
        const char *shown;
    } rows[] = {
        {200, "\033[32m200\033[0m"}, {399, "\033[32m399\033[0m"}, {400, "\033[33m400\033[0m"},
        {499, "\033[33m499\033[0m"}, {500, "\033[31m500\033[0m"}, {0, "\033[31m-\033[0m"},
    };
    struct capture capture;
    struct http_answer request = answered;
    char line[200];

    (void)state;
    begin(&capture, LOG_DEBUG, LOG_TEXT);
    capture.log.has_colour = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        request.status = rows[i].status;
        access_log_write(&capture.log, &request);
        snprintf(line, sizeof line, "\033[32minfo \033[0m POST /GetQuote %s 48123 B 87 us 127.0.0.1:50314\n",
                 rows[i].shown);
        assert_text(&capture, line);
    }
    end(&capture);
}

static void a_request_for_machines(void **state)
{
    struct capture capture;
    struct http_answer request = answered;
    json_t *object;

    (void)state;
    begin(&capture, LOG_INFO, LOG_JSON);
    access_log_write(&capture.log, &answered);
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

    capture.log.has_colour = true; /* only text has colours */
    request.label.method = NULL;
    request.fault.cut = true;
    access_log_write(&capture.log, &request);
    object = take_json(&capture);
    assert_int_equal(json_object_size(object), 10);
    assert_string_equal(json_string_value(json_object_get(object, "level")), "info");
    assert_null(json_object_get(object, "method"));
    assert_string_equal(json_string_value(json_object_get(object, "note")), "cut");
    json_decref(object);

    request.remarks =
        &(const struct http_remarks){.reason = "no \"such\" thing", .ignored = {1, 1, {{"foo", NULL}}}};
    request.agent = span_text("a\"b");
    access_log_write(&capture.log, &request);
    object = take_json(&capture);
    assert_int_equal(json_object_size(object), 13);
    assert_string_equal(json_string_value(json_object_get(object, "ignored")), "foo");
    assert_string_equal(json_string_value(json_object_get(object, "agent")), "a\"b");
    assert_string_equal(json_string_value(json_object_get(object, "reason")), "no \"such\" thing");
    json_decref(object);
    end(&capture);
}

static void a_background_request_is_for_debugging(void **state)
{
    struct http_answer request = answered;
    struct capture capture;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    request.label.is_background = true;
    access_log_write(&capture.log, &request);
    assert_nothing(&capture);
    capture.log.level = LOG_DEBUG;
    access_log_write(&capture.log, &request);
    assert_text(&capture, "debug POST /GetQuote 200 48123 B 87 us 127.0.0.1:50314\n");
    capture.log.level = LOG_WARN;
    access_log_write(&capture.log, &answered);
    assert_nothing(&capture);
    end(&capture);
}

/* A request that could not be read has no verb. */
static void what_has_no_verb_shows_a_dash(void **state)
{
    struct capture capture;

    (void)state;
    begin(&capture, LOG_INFO, LOG_TEXT);
    access_log_write(&capture.log, &(struct http_answer){.status = 400, .client = "a.sock"});
    assert_text(&capture, "info  -  400 0 B 0 us a.sock\n");
    end(&capture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_for_people),
        cmocka_unit_test(a_note_tells_what_a_fault_did),
        cmocka_unit_test(the_line_ends_with_the_reason),
        cmocka_unit_test(what_was_ignored_comes_before_the_reason),
        cmocka_unit_test(an_agent_is_in_quotes),
        cmocka_unit_test(a_status_has_the_colour_of_its_class),
        cmocka_unit_test(a_request_for_machines),
        cmocka_unit_test(a_background_request_is_for_debugging),
        cmocka_unit_test(what_has_no_verb_shows_a_dash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
