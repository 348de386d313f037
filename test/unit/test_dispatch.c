/* One call: which status, and what a handler may do wrong. */
#include "proto/verifier.pb-c.h"
#include "test/unit/dispatch_fixture.h"

static const char echo_a[] = "{\"key\":\"61\",\"signature_chain\":[\"\"]}";

static void a_refusal_is_a_400(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Sign", GET, .query = "algorithm=caf%C3%A9"), 400,
                "{\"error\":\"Unsupported algorithm \\\"caf\\u00e9\\\"\"}");
    assert_json(SEND(fixture, "Sign", POST, .body = "{\"algorithm\":\"x\"}"), 400,
                "{\"error\":\"Unsupported algorithm \\\"x\\\"\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Sign", POST, .body = "\x0a\x01x"), 400,
                          "Unsupported algorithm \"x\"");
    assert_int_equal(fixture->fake.calls, 1);
}

static void the_reason_does_not_repeat_an_argument(void **state)
{
    struct fixture *fixture = *state;
    const struct http_response *response;

    response = SEND(fixture, "Sign", POST, .body = "{\"algorithm\":\"x\"}");
    assert_string_equal(response->remarks.reason, "Unsupported algorithm \"...\"");
    response = SEND(fixture, "Sign", POST, .body = "\x0a\x01x");
    assert_string_equal(response->remarks.reason, "Unsupported algorithm \"...\"");
    response = SEND(fixture, "Sign", POST, .body = "{\"data\":\"0\"}");
    assert_string_equal(response->remarks.reason,
                        "data must be hex with two digits per byte, but has an odd number of digits");
    response = SEND(fixture, "Sign", POST, .body = "{\"data\":\"\\usecret\"}");
    assert_string_equal(response->remarks.reason, "the body is not valid JSON: ... (line 1, column 12)");
    response = SEND(fixture, "Verify", GET);
    assert_string_equal(response->remarks.reason, "Verify did not reply");
    response = SEND(fixture, "GetKey", GET);
    assert_string_equal(response->remarks.reason, "");
}

static void what_was_ignored_is_remarked(void **state)
{
    struct fixture *fixture = *state;
    const struct http_ignored *ignored = &fixture->exchange.response.remarks.ignored;

    SEND(fixture, "GetKey", POST, .body = "{\"paht\":\"a\"}");
    assert_int_equal(ignored->named, 1);
    assert_string_equal(ignored->members[0].nearest, "path");
    SEND(fixture, "GetKey", GET, .query = "Purpose=a&b=c");
    assert_int_equal(ignored->named, 2);
    assert_string_equal(ignored->members[0].nearest, "purpose");
    SEND(fixture, "GetKey", POST, .body = "\xa0\x06\x07");
    assert_int_equal(ignored->count, 1);
    assert_int_equal(ignored->named, 0);
    SEND(fixture, "GetKey", POST);
    assert_int_equal(ignored->count, 0);
}

static void arguments_that_cannot_be_read(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Sign", POST, .body = "{\"data\":\"0\"}"), 400,
                "{\"error\":\"data must be hex with two digits per byte, but has an odd number of digits\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Sign", POST, .body = "\x0a\x01\xff"), 400,
                          "algorithm must be UTF-8 text");
    assert_int_equal(fixture->fake.calls, 0);
}

static void what_is_not_there_is_a_501(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Sign", GET, .query = "algorithm=rsa"), 501, "{\"error\":\"there is no RSA\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Sign", POST, .body = "\x0a\x03rsa"), 501,
                          "there is no RSA");
}

static void our_own_fault_is_a_500(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Attest", GET), 500, "{\"error\":\"no random bytes\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Attest", POST), 500, "no random bytes");
    assert_json(SEND(fixture, "Verify", GET), 500, "{\"error\":\"Verify did not reply\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Verify", POST), 500, "Verify did not reply");
    assert_json(SEND(fixture, "Info", GET), 500, "{\"error\":\"Info did not reply\"}");
}

static void an_error_wins_over_a_response(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Version", GET), 400, "{\"error\":\"first\"}");
}

static void a_response_too_large_is_a_500(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "GetQuote", GET), 500, "{\"error\":\"the response of GetQuote is too large\"}");
    assert_false(fixture->body.has_overflowed);
    assert_protobuf_error(fixture, SEND(fixture, "GetQuote", POST), 500,
                          "the response of GetQuote is too large");
    assert_false(fixture->body.has_overflowed);
}

/* Every reader of protobuf takes what is said, wherever a character was cut. */
static void what_is_cut_within_a_character_is_still_text(void **state)
{
    static const struct {
        const char *said, *read;
    } rows[] = {
        {"1 \xc3\xa9", "1 \xc3\xa9"},
        {"1 \xc3", "1 ?"},
        {"1 \xe2\x82", "1 ??"},
        {"1 \xf0\x9f\x98", "1 ???"},
        {"\xe2\x82 1 \xe2\x82\xac", "?? 1 \xe2\x82\xac"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_reset(&fixture->body);
        fixture->exchange = (struct exchange){.request = {.verb = HTTP_VERB_POST},
                                              .response = {.body = &fixture->body},
                                              .arena = &fixture->arena};
        dispatch_fail(&fixture->exchange, 404, rows[i].said, "a reason");
        assert_protobuf_error(fixture, &fixture->exchange.response, 404, rows[i].read);
    }
}

static void other_verbs_are_405(void **state)
{
    struct fixture *fixture = *state;
    const struct http_response *response =
        SEND(fixture, "GetKey", .verb = HTTP_VERB_OTHER, .query = "path=a");

    assert_json(response, 405, "{\"error\":\"this method takes GET or POST\"}");
    assert_string_equal(response->headers, "Allow: GET, HEAD, POST\r\n");
    assert_int_equal(fixture->fake.calls, 0);
    assert_null(SEND(fixture, "GetKey", GET)->headers);
}

/* The session sends the length of the body, but not the body. */
static void head_is_answered_as_get(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "GetKey", HEAD, .query = "path=a"), 200, echo_a);
    assert_json(SEND(fixture, "Sign", HEAD, .query = "algorithm=x"), 400,
                "{\"error\":\"Unsupported algorithm \\\"x\\\"\"}");
    assert_json(SEND(fixture, "GetKey", HEAD, .query = "path=%"), 400,
                "{\"error\":\"the query string has a '%' that is not followed by two hex digits\"}");
    fixture->rigour = CODEC_STRICT;
    assert_int_equal(SEND(fixture, "GetKey", HEAD, .query = "pat=1")->status, 400);
}

/* The verifier's method, whose handler is never reached. */
static void what_no_query_can_hold_is_called_with_post(void **state)
{
    static const enum http_verb verbs[] = {HTTP_VERB_GET, HTTP_VERB_HEAD, HTTP_VERB_OTHER};
    struct fixture *fixture = *state;
    Dstack__Verifier_Service verifier = {.base = DSTACK__VERIFIER__BASE_INIT};
    const struct dispatch_method method = {.service = &verifier.base};

    assert_string_equal(verifier.base.descriptor->methods[0].name, "verify");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        struct http_response *response = &fixture->exchange.response;

        buf_reset(&fixture->body);
        fixture->exchange = (struct exchange){.request = {.verb = verbs[i]},
                                              .response = {.status = 200, .body = &fixture->body},
                                              .arena = &fixture->arena};
        dispatch_call(&method, &fixture->exchange);
        assert_json(
            response, 405,
            "{\"error\":\"this method takes POST only: its arguments do not fit in a query string\"}");
        assert_string_equal(response->headers, "Allow: POST\r\n");
    }
}

static void a_strict_method_takes_no_unknown_names(void **state)
{
    static const char sentence[] =
        "{\"error\":\"unknown field pat: known fields are path, purpose, algorithm\"}";
    struct fixture *fixture = *state;

    assert_int_equal(SEND(fixture, "GetKey", POST, .body = "{\"pat\":1}")->status, 200);
    assert_int_equal(SEND(fixture, "GetKey", GET, .query = "pat=1")->status, 200);
    fixture->rigour = CODEC_STRICT;
    assert_json(SEND(fixture, "GetKey", POST, .body = "{\"path\":\"a\",\"pat\":1}"), 400, sentence);
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a&pat=1"), 400, sentence);
    assert_json(SEND(fixture, "GetKey", POST, .body = "{\"path\":\"a\"}"), 200, echo_a);
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a&json&"), 200, echo_a);
    assert_json(SEND(fixture, "Info", POST, .body = "{\"x\":1}"), 400,
                "{\"error\":\"unknown field x: this method takes no arguments\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_refusal_is_a_400, setup, teardown),
        cmocka_unit_test_setup_teardown(the_reason_does_not_repeat_an_argument, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_ignored_is_remarked, setup, teardown),
        cmocka_unit_test_setup_teardown(arguments_that_cannot_be_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_a_501, setup, teardown),
        cmocka_unit_test_setup_teardown(our_own_fault_is_a_500, setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_wins_over_a_response, setup, teardown),
        cmocka_unit_test_setup_teardown(a_response_too_large_is_a_500, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_cut_within_a_character_is_still_text, setup, teardown),
        cmocka_unit_test_setup_teardown(other_verbs_are_405, setup, teardown),
        cmocka_unit_test_setup_teardown(head_is_answered_as_get, setup, teardown),
        cmocka_unit_test_setup_teardown(what_no_query_can_hold_is_called_with_post, setup, teardown),
        cmocka_unit_test_setup_teardown(a_strict_method_takes_no_unknown_names, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
