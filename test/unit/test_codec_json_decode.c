/* JSON in, by descriptor: the text as a whole. */
#include "proto/verifier.pb-c.h"
#include "sim/base/value_count.h"
#include "test/unit/codec_json_fixture.h"

static void an_empty_body_or_object_is_all_defaults(void **state)
{
    static const char *const texts[] = {"", "{}", " {\r\n\t} ", "{\"not_before\":null}", "{\"other\":[{}]}"};
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const Dstack__GetTlsKeyArgs *args = tls(fixture, texts[i]);
        assert_string_equal(args->subject, "");
        assert_int_equal(args->n_alt_names, 0);
        assert_false(args->usage_server_auth);
        assert_int_equal(args->optional_not_before_case, 0);
    }
    assert_non_null(rpc_decode(fixture, codec_json_decode, &dstack__empty__descriptor, "{\"x\":1}"));
    assert_non_null(rpc_decode(fixture, codec_json_decode, &dstack__empty__descriptor, ""));
}

static void what_is_not_json_is_refused(void **state)
{
    static const char *const texts[] = {
        " ",
        "{",
        "}",
        "{]",
        "{}}",
        "{} {}",
        "{}x",
        "{\"subject\"}",
        "{\"subject\":}",
        "{\"subject\":\"x\",}",
        "{'subject':'x'}",
        "{subject:\"x\"}",
        "{\"subject\":NaN}",
        "{\"not_before\":01}",
        "{\"not_before\":+1}",
        "{\"not_before\":.5}",
        "{\"not_before\":1.}",
        "{\"not_before\":-}",
        "{\"subject\":\"x\"",
        "tru",
        "// {}",
        "{/**/}",
        "\012\003abc",
    };
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        rpc_refuse(fixture, codec_json_decode, TLS, texts[i], "the body is not valid JSON: ");
    rpc_refuse(fixture, codec_json_decode, TLS, "{\n\"subject\": x}", "(line 2, column 12)");
}

static void a_mistake_that_people_make_is_named(void **state)
{
    static const struct refusal cases[] = {
        {"{\n  \"subject\": \"x\",\n}",
         "the body is not valid JSON: there is a comma too many (line 2, column 17)"},
        {"{'subject':1}",
         "the body is not valid JSON: strings need double quotes, not single ones (line 1, column 2)"},
        {"{\"subject\":\"\xff\",}", "the body is not valid JSON: unable to decode byte 0xff"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, TLS, cases);
}

static void a_body_that_is_no_object(void **state)
{
    static const struct refusal cases[] = {
        {"[]", "the body must be a JSON object, not an array"},
        {"[{}]", "the body must be a JSON object, not an array"},
        {"\"{}\"", "the body must be a JSON object, not a string"},
        {"17", "the body must be a JSON object, not a number"},
        {"1.5", "the body must be a JSON object, not a number"},
        {"true", "the body must be a JSON object, not true or false"},
        {"null", "the body must be a JSON object, not null"},
        {" null", "the body must be a JSON object, not null"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, TLS, cases);
}

/* serde, which many clients are written with, writes a request without arguments like this. */
static void null_is_a_request_without_arguments(void **state)
{
    static const char *const texts[] = {"null", " null\r\n\t"};
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const Dstack__VerifyRequest *all_optional =
            rpc_decode(fixture, codec_json_decode, &dstack__verify_request__descriptor, texts[i]);

        assert_null(all_optional->quote);
        assert_non_null(rpc_decode(fixture, codec_json_decode, &dstack__empty__descriptor, texts[i]));
        assert_non_null(rpc_decode(fixture, codec_json_decode_strict, &dstack__empty__descriptor, texts[i]));
        rpc_refuse(fixture, codec_json_decode, &dstack__raw_quote_args__descriptor, texts[i],
                   "the body must be a JSON object, not null");
    }
    rpc_refuse(fixture, codec_json_decode, &dstack__empty__descriptor, "nul", "the body is not valid JSON: ");
    rpc_refuse(fixture, codec_json_decode, &dstack__empty__descriptor, "null{}",
               "the body is not valid JSON: ");
    rpc_refuse(fixture, codec_json_decode, &dstack__empty__descriptor, "[null]", "not an array");
}

static void each_text_may_have_escapes(void **state)
{
    const Dstack__GetKeyArgs *arguments =
        rpc_decode(*state, codec_json_decode, &dstack__get_key_args__descriptor,
                   "{\"path\":\"a\\u0062\",\"algorithm\":\"c\",\"purpose\":\"\\u0064e\\n\"}");

    assert_string_equal(arguments->path, "ab");
    assert_string_equal(arguments->algorithm, "c");
    assert_string_equal(arguments->purpose, "de\n");
}

static void keys_given_twice_or_with_nul_are_refused(void **state)
{
    static const struct refusal cases[] = {
        {"{\"subject\":\"a\",\"subject\":\"b\"}", "duplicate object key"},
        {"{\"subject\":\"a\",\"s\\u0075bject\":\"a\"}", "duplicate object key"},
        {"{\"x\":1,\"x\":1}", "duplicate object key"},
        {"{\"subject\\u0000\":\"a\"}", "the body is not valid JSON: NUL byte in object key"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, TLS, cases);
}

static void unknown_members_are_ignored(void **state)
{
    struct rpc_fixture *fixture = *state;

    assert_string_equal(tls(fixture,
                            "{\"a\":{\"subject\":\"in\"},\"Subject\":1,\"\":null,\"subject\":\"out\","
                            "\"subject2\":[1.5],\"nul\":\"\\u0000\"}")
                            ->subject,
                        "out");
    rpc_assert_ignored(fixture, 5, "a Subject  subject2"); /* the third has an empty name */
    assert_string_equal(tls(fixture, "{\"subject\":\"x\"}")->subject, "x");
    rpc_assert_ignored(fixture, 0, "");
}

static void unknown_members_are_noted_at_every_depth(void **state)
{
    struct rpc_fixture *fixture = *state;

    sample(fixture, "{\"inner\":{\"k256_pubkey\":\"0a\",\"x\":1},\"items\":[{\"y\":1},{\"y\":2}],\"z\":0}");
    rpc_assert_ignored(fixture, 4, "z x y");
    rpc_refuse(fixture, codec_json_decode, SAMPLE, "{\"inner\":1,\"z\":0}", "inner must be an object");
    rpc_assert_ignored(fixture, 1, "z"); /* whatever else is wrong */
}

static void nothing_was_ignored_of_a_malformed_body(void **state)
{
    struct rpc_fixture *fixture = *state;

    rpc_refuse(fixture, codec_json_decode, TLS, "{\"x\":1,\"y\":2", "the body is not valid JSON");
    rpc_assert_ignored(fixture, 0, "");
}

static void the_first_unknown_member_is_refused(void **state)
{
    struct rpc_fixture *fixture = *state;

    rpc_refuse(fixture, codec_json_decode_strict, TLS, "{\"subject\":1,\"x\":1,\"y\":2}", "unknown field x");
    rpc_assert_ignored(fixture, 0, "");
    rpc_refuse(fixture, codec_json_decode_strict, TLS, "{\"x\":1,\"y\":2", "the body is not valid JSON");
}

static void messages_inside_are_read(void **state)
{
    static const struct refusal cases[] = {
        {"{\"inner\":{\"ca_pubkey\":1}}", "inner: ca_pubkey must be a string of hex digits, not a number"},
        {"{\"inner\":{\"attestation\":\"0\"}}", "inner: attestation must be hex with two digits per byte"},
        {"{\"items\":[{},{\"app_id\":\"xy\"}]}", "element 2: items: app_id must be hex, but character 1"},
        {"{\"items\":[[]]}", "element 1: items must be an object, not an array"},
    };
    struct rpc_fixture *fixture = *state;
    const struct sample *read = sample(fixture, "{\"inner\":{\"k256_pubkey\":\"0a0b\",\"unknown\":1},"
                                                "\"items\":[{\"app_id\":\"01\"},{}]}");

    assert_hex_equal(read->inner->k256_pubkey.data, read->inner->k256_pubkey.len, "0a0b");
    assert_int_equal(read->inner->ca_pubkey.len, 0);
    assert_int_equal(read->n_items, 2);
    assert_hex_equal(read->items[0]->app_id.data, read->items[0]->app_id.len, "01");
    assert_int_equal(read->items[1]->app_id.len, 0);
    assert_null(sample(fixture, "{}")->inner);
    REFUSE_EACH(fixture, SAMPLE, cases);
}

static void nest(struct buf *out, const char *front, const char *open, const char *middle, const char *close,
                 size_t depth)
{
    buf_reset(out);
    buf_append_text(out, front);
    for (size_t i = 0; i < depth; i++)
        buf_append_text(out, open);
    buf_append_text(out, middle);
    for (size_t i = 0; i < depth; i++)
        buf_append_text(out, close);
}

static void deep_nesting_is_an_error(void **state)
{
    static const char *const fronts[] = {"", "{\"other\":", "{\"alt_names\":", "{\"subject\":"};
    static const size_t depths[] = {2049, 10000, 100000};
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        for (size_t f = 0; f < sizeof fronts / sizeof *fronts; f++) {
            nest(&fixture->out, fronts[f], "[", "", "]", depths[i]);
            if (f > 0)
                buf_append_byte(&fixture->out, '}');
            assert_null(
                rpc_decode_bytes(fixture, codec_json_decode, TLS, fixture->out.data, fixture->out.len));
            assert_non_null(strstr(fixture->error.text, "maximum parsing depth"));
            nest(&fixture->out, "", "{\"inner\":", "1", "}", depths[i]);
            assert_null(
                rpc_decode_bytes(fixture, codec_json_decode, SAMPLE, fixture->out.data, fixture->out.len));
            assert_non_null(strstr(fixture->error.text, "maximum parsing depth"));
        }
    }
    nest(&fixture->out, "{\"other\":", "[", "", "]", 100);
    buf_append_byte(&fixture->out, '}');
    assert_non_null(rpc_decode_bytes(fixture, codec_json_decode, TLS, fixture->out.data, fixture->out.len));
}

static void a_body_may_have_just_so_many_values(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct buf text;

    for (size_t over = 0; over < 2; over++) {
        buf_init(&text, SIZE_MAX);
        buf_append_text(&text, "{\"unknown\":\",[{\\\"\",\"x\":[0");
        for (size_t i = 3; i < VALUE_COUNT_MAX + over; i++)
            buf_append_text(&text, ",0");
        buf_append(&text, "]}", 3);
        if (over)
            rpc_refuse(fixture, codec_json_decode, TLS, (const char *)text.data, "more than 65536 values");
        else
            assert_non_null(tls(fixture, (const char *)text.data));
        buf_free(&text);
    }
}

static void a_body_cut_at_every_length(void **state)
{
    static const char body[] =
        "{\"i64\":-17,\"alias\":\"caf\\u00e9\xf0\x9f\x98\x80\",\"items\":[{\"app_id\":\"00\"}],"
        "\"numbers\":[\"1\",2],\"flags\":[true,false],\"u32\":1,\"x\":[null,1.5e3]}";
    struct rpc_fixture *fixture = *state;

    for (size_t len = 1; len < sizeof body - 1; len++)
        assert_null(rpc_decode_bytes(fixture, codec_json_decode, SAMPLE, body, len));
    assert_non_null(rpc_decode_bytes(fixture, codec_json_decode, SAMPLE, body, sizeof body - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(an_empty_body_or_object_is_all_defaults),
        RPC_TEST(what_is_not_json_is_refused),
        RPC_TEST(a_mistake_that_people_make_is_named),
        RPC_TEST(a_body_that_is_no_object),
        RPC_TEST(null_is_a_request_without_arguments),
        RPC_TEST(each_text_may_have_escapes),
        RPC_TEST(keys_given_twice_or_with_nul_are_refused),
        RPC_TEST(unknown_members_are_ignored),
        RPC_TEST(unknown_members_are_noted_at_every_depth),
        RPC_TEST(nothing_was_ignored_of_a_malformed_body),
        RPC_TEST(the_first_unknown_member_is_refused),
        RPC_TEST(messages_inside_are_read),
        RPC_TEST(deep_nesting_is_an_error),
        RPC_TEST(a_body_may_have_just_so_many_values),
        RPC_TEST(a_body_cut_at_every_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
