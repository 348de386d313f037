/* One call: in which encoding it is read and answered. */
#include "test/unit/dispatch_fixture.h"

static const char echo_a[] = "{\"key\":\"61\",\"signature_chain\":[\"\"]}";
static const char protobuf_a[] = "0a0161"
                                 "1200"; /* the same response */

static void get_reads_the_query(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a&purpose=b+c"), 200,
                "{\"key\":\"61\",\"signature_chain\":[\"622063\"]}");
    assert_json(
        SEND(fixture, "GetKey", GET, .query = "path=a", .type = "application/octet-stream", .body = "\x01"),
        200, echo_a);
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a", .type = "application/json",
                     .body = "{\"path\":\"b\"}"),
                200, echo_a);
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a&json=0"), 200, echo_a);
    assert_json(SEND(fixture, "GetKey", GET), 200, "{\"key\":\"\",\"signature_chain\":[\"\"]}");
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=%"), 400,
                "{\"error\":\"the query string has a '%' that is not followed by two hex digits\"}");
    assert_int_equal(fixture->fake.calls, 0);
}

static void json_by_content_type(void **state)
{
    static const char *const types[] = {
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json ;q=1",
        "application/json\t; a=b",
        "application/json ",
        "APPLICATION/JSON;",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .body = " {\"path\":\"a\"}"), 200,
                    echo_a);
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i]), 200,
                    "{\"key\":\"\",\"signature_chain\":[\"\"]}");
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .query = "path=q", .body = "[]"), 400,
                    "{\"error\":\"the body must be a JSON object, not an array\"}");
    }
    assert_json(
        SEND(fixture, "GetKey", POST, .type = types[0], .query = "json=0", .body = "{\"path\":\"a\"}"), 200,
        echo_a);
}

static void json_by_query(void **state)
{
    static const char *const types[] = {"application/octet-stream", "text/plain", FORM, NULL};
    static const char *const queries[] = {"json", "json=1", "json=true", "x=y&json"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (size_t k = 0; k < sizeof queries / sizeof *queries; k++)
            assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .query = queries[k],
                             .body = " {\"path\":\"a\"}"),
                        200, echo_a);
    assert_protobuf(SEND(fixture, "GetKey", POST, .query = "json=0",
                         .body = "\x0a\x01"
                                 "a"),
                    protobuf_a);
}

static void json_by_its_first_byte(void **state)
{
    static const char *const types[] = {FORM,         "APPLICATION/X-WWW-FORM-URLENCODED", FORM_UTF8,
                                        "text/plain", "Text/Plain;charset=UTF-8",          "",
                                        NULL};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .body = "{\"path\":\"a\"}"), 200, echo_a);
        assert_json(SEND(fixture, "EmitEvent", POST, .type = types[i], .body = "{}"), 200, "null");
        assert_protobuf(SEND(fixture, "GetKey", POST, .type = types[i],
                             .body = "\x0a\x01"
                                     "a"),
                        protobuf_a);
        assert_protobuf(SEND(fixture, "GetKey", POST, .type = types[i]), "1200");
        assert_protobuf_error(fixture, SEND(fixture, "GetKey", POST, .type = types[i], .body = " {}"), 400,
                              "the body is not a protobuf message of type GetKeyArgs; "
                              "to send JSON, set Content-Type: application/json");
    }
}

/* Neither '{' nor "null" can begin a protobuf message, so no such caller is mistaken. */
static void null_without_a_type_is_json(void **state)
{
    static const char *const types[] = {FORM, "text/plain", "", NULL};
    static const char *const bodies[] = {"null", "null\n", "null \t\r\n"};
    static const char *const others[] = {"nul", "nullx", "null,", " null", "\nnull", "\rnull", "[]"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
            assert_json(SEND(fixture, "GpuInfo", POST, .type = types[i], .body = bodies[k]), 200,
                        "{\"attestation\":\"\"}");
            assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .body = bodies[k]), 400,
                        "{\"error\":\"the body must be a JSON object, not null\"}");
        }
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            assert_string_equal(
                SEND(fixture, "GpuInfo", POST, .type = types[i], .body = others[k])->content_type,
                "application/octet-stream");
    }
    assert_json(SEND(fixture, "GpuInfo", POST, .type = "application/json", .body = "null"), 200,
                "{\"attestation\":\"\"}");
    assert_json(
        SEND(fixture, "GpuInfo", POST, .type = "application/octet-stream", .query = "json", .body = "null"),
        200, "{\"attestation\":\"\"}");
    assert_protobuf_error(
        fixture, SEND(fixture, "GetKey", POST, .type = "application/octet-stream", .body = "null"), 400,
        "the body is not a protobuf message of type GetKeyArgs; "
        "to send JSON, set Content-Type: application/json");
}

/* Field 1 as 32 bits whose four bytes read "null": an unknown field of a right message. */
static void null_within_a_protobuf_message_stays_there(void **state)
{
    struct fixture *fixture = *state;

    assert_protobuf(SEND(fixture, "GpuInfo", POST, .body = "\rnull"), "");
    assert_protobuf(SEND(fixture, "GetKey", POST, .body = "\x0a\x04null"), "0a046e756c6c1200");
}

static void a_form_is_told_what_would_be_right(void **state)
{
    static const char sentence[] = "{\"error\":\"the body is a form: send JSON, such as {\\\"path\\\":...}, "
                                   "or the same form in the query string of a GET (curl -G)\"}";
    static const char *const forms[] = {"path=a", "a=", "path=a&purpose=b%20c+d", "_=1", "a1=bbbbbbbbb"};
    static const char *const others[] = {"path",   "=a", "a b=c", "a=b c", "a=\xc3\xa9",
                                         "a=\x7f", "0=", "&a=b",  "a.b=c"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_json(SEND(fixture, "GetKey", POST, .type = FORM, .body = forms[i]), 400, sentence);
        assert_json(SEND(fixture, "GetKey", POST, .type = FORM_UTF8, .query = "json", .body = forms[i]), 400,
                    sentence);
        assert_int_equal(fixture->fake.calls, 0);
        assert_string_equal(SEND(fixture, "GetKey", POST, .body = forms[i])->content_type,
                            "application/octet-stream");
        assert_string_equal(
            SEND(fixture, "GetKey", POST, .type = "application/octet-stream", .body = forms[i])->content_type,
            "application/octet-stream");
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_string_equal(SEND(fixture, "GetKey", POST, .type = FORM, .body = others[i])->content_type,
                            "application/octet-stream");
    assert_json(SEND(fixture, "GpuInfo", POST, .type = FORM, .body = "a=b"), 400,
                "{\"error\":\"the body is a form, but this method takes no arguments: send no body\"}");
}

static void everything_else_is_protobuf(void **state)
{
    static const char *const types[] = {
        "application/octet-stream",
        "application/protobuf",
        "text/html",
        "text/json",
        "application/jsonp",
        "application/json-patch+json",
        "application/jso",
        "x application/json",
        FORM_OTHER,
        "text/plainer",
        "*/*",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_protobuf(SEND(fixture, "GetKey", POST, .type = types[i],
                             .body = "\x0a\x01"
                                     "a"),
                        protobuf_a);
        assert_protobuf_error(
            fixture, SEND(fixture, "GetKey", POST, .type = types[i], .body = "{\"path\":\"a\"}"), 400,
            "the body is not a protobuf message of type GetKeyArgs; "
            "to send JSON, set Content-Type: application/json");
        assert_int_equal(fixture->fake.calls, 0);
    }
}

static void an_empty_response_is_null_or_no_bytes(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "EmitEvent", POST, .type = "application/json", .body = "{\"event\":\"e\"}"),
                200, "null");
    assert_json(SEND(fixture, "EmitEvent", GET, .query = "event=e"), 200, "null");
    assert_protobuf(SEND(fixture, "EmitEvent", POST,
                         .body = "\x0a\x01"
                                 "e"),
                    "");
    assert_int_equal(fixture->fake.calls, 1);
}

static void an_exact_method_reads_json_by_its_type(void **state)
{
    static const char *const types[] = {FORM, "text/plain", "", NULL};
    struct fixture *fixture = *state;

    fixture->rigour = CODEC_EXACT;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_protobuf_error(
            fixture, SEND(fixture, "GetKey", POST, .type = types[i], .body = "{\"path\":\"a\"}"), 400,
            "the body is not a protobuf message of type GetKeyArgs; "
            "to send JSON, set Content-Type: application/json");
        assert_json(
            SEND(fixture, "GetKey", POST, .type = types[i], .query = "json", .body = "{\"path\":\"a\"}"), 200,
            echo_a);
    }
    assert_json(SEND(fixture, "GetKey", POST, .type = "application/json", .body = "{\"path\":\"a\"}"), 200,
                echo_a);
    assert_json(SEND(fixture, "GetKey", POST, .type = "application/json", .body = "{\"pat\":\"a\"}"), 400,
                "{\"error\":\"unknown field pat: known fields are path, purpose, algorithm\"}");
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a&path=a"), 400,
                "{\"error\":\"path must not be given twice\"}");
    assert_json(SEND(fixture, "GetKey", POST, .type = FORM, .body = "path=a"), 400,
                "{\"error\":\"the body is a form: send JSON, such as {\\\"path\\\":...}, "
                "or the same form in the query string of a GET (curl -G)\"}");
    assert_protobuf(SEND(fixture, "GetKey", POST,
                         .body = "\x0a\x01"
                                 "a\x20\x01"),
                    protobuf_a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(get_reads_the_query, setup, teardown),
        cmocka_unit_test_setup_teardown(json_by_content_type, setup, teardown),
        cmocka_unit_test_setup_teardown(json_by_query, setup, teardown),
        cmocka_unit_test_setup_teardown(json_by_its_first_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(null_without_a_type_is_json, setup, teardown),
        cmocka_unit_test_setup_teardown(null_within_a_protobuf_message_stays_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_form_is_told_what_would_be_right, setup, teardown),
        cmocka_unit_test_setup_teardown(everything_else_is_protobuf, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_response_is_null_or_no_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(an_exact_method_reads_json_by_its_type, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
