/* JSON in, by descriptor. */
#include <stdio.h>

#include "proto/dstack_guest.pb-c.h"
#include "test/unit/rpc_fixture.h"
#include "test/unit/sample_message.h"

#define TLS (&dstack__get_tls_key_args__descriptor)
#define EVENT (&dstack__emit_event_args__descriptor)
#define SAMPLE (&sample_descriptor)

static Dstack__GetTlsKeyArgs *tls(struct rpc_fixture *fixture, const char *text)
{
    return rpc_decode(fixture, codec_json_decode, TLS, text);
}

static const struct sample *sample(struct rpc_fixture *fixture, const char *text)
{
    return rpc_decode(fixture, codec_json_decode, SAMPLE, text);
}

struct refusal {
    const char *text;
    const char *says;
};

static void refuse_each(struct rpc_fixture *fixture, const ProtobufCMessageDescriptor *descriptor,
                        const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rpc_refuse(fixture, codec_json_decode, descriptor, cases[i].text, cases[i].says);
}

#define REFUSE_EACH(fixture, descriptor, cases)                                                              \
    refuse_each(fixture, descriptor, cases, sizeof(cases) / sizeof *(cases))

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

static void every_kind_of_field(void **state)
{
    struct rpc_fixture *fixture = *state;
    const Dstack__GetTlsKeyArgs *args =
        tls(fixture, "{\"subject\":\"s\",\"alt_names\":[\"a\",\"\"],\"usage_ra_tls\":true,"
                     "\"usage_server_auth\":false,\"not_before\":0,\"not_after\":\"17\"}");

    assert_string_equal(args->subject, "s");
    assert_int_equal(args->n_alt_names, 2);
    assert_string_equal(args->alt_names[0], "a");
    assert_string_equal(args->alt_names[1], "");
    assert_true(args->usage_ra_tls && !args->usage_server_auth);
    assert_int_equal(args->optional_not_before_case,
                     DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_BEFORE_NOT_BEFORE);
    assert_true(args->not_before == 0 && args->not_after == 17);
}

static void null_is_for_optional_fields_alone(void **state)
{
    static const struct refusal cases[] = {
        {"{\"subject\":null}", "subject must be a string, not null"},
        {"{\"alt_names\":null}", "alt_names must be an array, each element a string, not null"},
        {"{\"alt_names\":[null]}", "element 1: alt_names must be a string, not null"},
        {"{\"usage_ra_tls\":null}", "usage_ra_tls must be true or false, not null"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, TLS, cases);
    rpc_refuse(fixture, codec_json_decode, EVENT, "{\"payload\":null}",
               "payload must be a string of hex digits, not null");
    rpc_refuse(fixture, codec_json_decode, SAMPLE, "{\"u64\":null}", "u64 must be a whole number, not null");
    rpc_refuse(fixture, codec_json_decode, SAMPLE, "{\"inner\":null}", "inner must be an object, not null");
    assert_int_equal(sample(fixture, "{\"alias\":null}")->alias_case, 0);
    assert_int_equal(sample(fixture, "{\"alias\":\"\"}")->alias_case, 1);
}

static void a_wrong_type_names_the_field(void **state)
{
    static const struct {
        const char *value, *name;
        bool fits[6]; /* string, bytes, bool, integer, message, array of strings */
    } values[] = {
        {"\"\"", "a string", {true, true, false, false, false, false}},
        {"7", "a number", {false, false, false, true, false, false}},
        {"1.5", "a number", {false}},
        {"true", "true or false", {false, false, true, false, false, false}},
        {"false", "true or false", {false, false, true, false, false, false}},
        {"{}", "an object", {false, false, false, false, true, false}},
        {"[]", "an array", {false, false, false, false, false, true}},
        {"null", "null", {false}},
    };
    static const struct {
        const ProtobufCMessageDescriptor *descriptor;
        const char *field, *wants;
    } fields[] = {
        {TLS, "subject", "a string"},           {EVENT, "payload", "a string of hex digits"},
        {TLS, "usage_ra_tls", "true or false"}, {SAMPLE, "u64", "a whole number"},
        {SAMPLE, "inner", "an object"},         {TLS, "alt_names", "an array, each element a string"},
    };
    struct rpc_fixture *fixture = *state;

    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            char body[64], says[128];
            if (f == 3 && v == 0)
                continue; /* a number may be a string: see below */
            snprintf(body, sizeof body, "{\"%s\":%s}", fields[f].field, values[v].value);
            snprintf(says, sizeof says, "%s must be %s, not %s", fields[f].field, fields[f].wants,
                     values[v].name);
            if (values[v].fits[f])
                rpc_decode(fixture, codec_json_decode, fields[f].descriptor, body);
            else
                rpc_refuse(fixture, codec_json_decode, fields[f].descriptor, body, says);
        }
    }
}

static void elements_are_counted_from_one(void **state)
{
    static const struct refusal cases[] = {
        {"{\"alt_names\":[\"a\",2,3]}", "element 2: alt_names must be a string, not a number"},
        {"{\"alt_names\":[[]]}", "element 1: alt_names must be a string, not an array"},
        {"{\"alt_names\":\"a\"}", "alt_names must be an array, each element a string, not a string"},
        {"{\"alt_names\":{\"0\":\"a\"}}", "alt_names must be an array, each element a string, not an object"},
        {"{\"alt_names\":[\"a\",\"b\",\"\\u0000\"]}",
         "element 3: alt_names must not contain the character U+0000"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, TLS, cases);
}

static void long_arrays(void **state)
{
    struct rpc_fixture *fixture = *state;
    const struct sample *read;

    buf_append_text(&fixture->out, "{\"numbers\":[0");
    for (unsigned i = 1; i < 5000; i++)
        buf_printf(&fixture->out, ",%u", i);
    buf_append_text(&fixture->out, "],\"flags\":[true,false,true]}");
    read = rpc_decode_bytes(fixture, codec_json_decode, SAMPLE, fixture->out.data, fixture->out.len);
    assert_non_null(read);
    assert_int_equal(read->n_numbers, 5000);
    for (unsigned i = 0; i < 5000; i++)
        assert_true(read->numbers[i] == i);
    assert_int_equal(read->n_flags, 3);
    assert_true(read->flags[0] && !read->flags[1] && read->flags[2]);
    assert_int_equal(sample(fixture, "{\"numbers\":[]}")->n_numbers, 0);
}

static void integers(void **state)
{
    struct rpc_fixture *fixture = *state;
    const struct sample *read =
        sample(fixture, "{\"i32\":-2147483648,\"i64\":-9223372036854775808,\"u32\":4294967295,"
                        "\"u64\":9223372036854775807,\"numbers\":[0,\"18446744073709551615\"]}");

    assert_true(read->i32 == INT32_MIN && read->i64 == INT64_MIN && read->u32 == UINT32_MAX);
    assert_true(read->u64 == INT64_MAX);
    assert_true(read->numbers[1] == UINT64_MAX);
    read = sample(fixture, "{\"i32\":\"-1\",\"i64\":\"-9223372036854775808\",\"u32\":\"7\","
                           "\"u64\":\"18446744073709551615\"}");
    assert_true(read->i32 == -1 && read->i64 == INT64_MIN && read->u32 == 7 && read->u64 == UINT64_MAX);
}

static void numbers_that_do_not_fit(void **state)
{
    static const char says_u64[] = "u64 must be between 0 and 18446744073709551615";
    static const struct refusal cases[] = {
        {"{\"u64\":-1}", says_u64},
        {"{\"u64\":\"-1\"}", says_u64},
        {"{\"u64\":\"18446744073709551616\"}", says_u64},
        {"{\"u32\":4294967296}", "u32 must be between 0 and 4294967295"},
        {"{\"u32\":\"4294967296\"}", "u32 must be between 0 and 4294967295"},
        {"{\"i32\":2147483648}", "i32 must be between -2147483648 and 2147483647"},
        {"{\"i64\":\"9223372036854775808\"}", "i64 must be between"},
        {"{\"u64\":1.0}", "u64 must be a whole number, not a number with a fraction or exponent"},
        {"{\"u64\":1e3}", "u64 must be a whole number, not a number with a fraction or exponent"},
        {"{\"u64\":\"1e3\"}", "u64 must be a whole number in decimal digits"},
        {"{\"u64\":\"0x10\"}", "u64 must be a whole number in decimal digits"},
        {"{\"u64\":\"\"}", "u64 must be a whole number, not an empty text"},
        {"{\"u64\":\"1\\u0000\"}", "u64 must be a whole number in decimal digits"},
        {"{\"numbers\":[1,-1]}", "element 2: numbers must be between 0 and 18446744073709551615"},
        {"{\"u64\":99999999999999999999}", "the body is not valid JSON"},
        {"{\"u64\":1e999}", "the body is not valid JSON"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, SAMPLE, cases);
}

static void bytes_are_hex(void **state)
{
    static const struct refusal cases[] = {
        {"{\"payload\":\"abc\"}",
         "payload must be hex with two digits a byte, but has an odd number of digits"},
        {"{\"payload\":\"0xabc\"}", "payload must be hex with two digits a byte"},
        {"{\"payload\":\"abxy\"}", "payload must be hex, but its character 3 is no hex digit"},
        {"{\"payload\":\"0x0g\"}", "payload must be hex, but its character 4 is no hex digit"},
        {"{\"payload\":\" ab\"}", "payload must be hex, but its character 1 is no hex digit"},
        {"{\"payload\":\"\\u00e4\"}", "payload must be hex, but its character 1 is no hex digit"},
        {"{\"payload\":\"00\\u0000\"}", "payload must be hex, but its character 3 is no hex digit"},
        {"{\"payload\":[1,2]}", "payload must be a string of hex digits, not an array"},
    };
    static const char *const same[] = {"{\"payload\":\"00ffab\"}", "{\"payload\":\"0x00FFaB\"}",
                                       "{\"payload\":\"0X00ffab\"}", "{\"payload\":\"\\u0030\\u0030ffab\"}"};
    struct rpc_fixture *fixture = *state;
    const Dstack__EmitEventArgs *args;

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        args = rpc_decode(fixture, codec_json_decode, EVENT, same[i]);
        assert_hex_equal(args->payload.data, args->payload.len, "00ffab");
    }
    args = rpc_decode(fixture, codec_json_decode, EVENT, "{\"payload\":\"\"}");
    assert_int_equal(args->payload.len, 0);
    args = rpc_decode(fixture, codec_json_decode, EVENT, "{\"payload\":\"0x\"}");
    assert_int_equal(args->payload.len, 0);
    REFUSE_EACH(fixture, EVENT, cases);
}

static void strings_of_any_character(void **state)
{
    struct rpc_fixture *fixture = *state;

    assert_string_equal(tls(fixture, "{\"subject\":\"caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f\"}")->subject,
                        "caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f");
    assert_string_equal(tls(fixture, "{\"subject\":\"caf\\u00e9 \\uD83D\\uDE00 \\u007F\"}")->subject,
                        "caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f");
    assert_string_equal(tls(fixture, "{\"subject\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}")->subject,
                        "\"\\/\b\f\n\r\t");
    assert_string_equal(tls(fixture, "{\"s\\u0075bject\":\"x\"}")->subject, "x");
}

static void strings_that_are_no_text(void **state)
{
    static const char broken[] = "the body is not valid JSON";
    static const struct refusal cases[] = {
        {"{\"subject\":\"\\ud83d\"}", broken}, /* lone surrogates */
        {"{\"subject\":\"\\ude00\"}", broken},
        {"{\"subject\":\"\\ud83dx\"}", broken},
        {"{\"subject\":\"\\ud83d\\ud83d\"}", broken},
        {"{\"subject\":\"\\ude00\\ud83d\"}", broken}, /* the wrong way round */
        {"{\"other\":\"\\ud83d\"}", broken},          /* in what is ignored, too */
        {"{\"subject\":\"\xff\"}", broken},
        {"{\"subject\":\"\xc3\"}", broken},
        {"{\"subject\":\"\xed\xa0\xbd\"}", broken},
        {"{\"subject\":\"\xc0\x80\"}", broken},
        {"\xef\xbb\xbf{}", broken}, /* a byte order mark */
        {"{\"subject\":\"a\nb\"}", broken},
        {"{\"subject\":\"\\x41\"}", broken},
        {"{\"subject\":\"\\u12\"}", broken},
        {"{\"subject\":\"open", broken},
        {"{\"subject\":\"a\\u0000b\"}", "subject must not contain the character U+0000"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, TLS, cases);
    assert_null(rpc_decode_bytes(fixture, codec_json_decode, TLS, "{\"subject\":\"a\0b\"}", 17));
    assert_null(rpc_decode_bytes(fixture, codec_json_decode, TLS, "{}\0", 3));
}

static void what_is_no_json(void **state)
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
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, TLS, cases);
}

static void keys_that_cannot_be(void **state)
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
}

static void messages_inside(void **state)
{
    static const struct refusal cases[] = {
        {"{\"inner\":{\"ca_pubkey\":1}}", "inner: ca_pubkey must be a string of hex digits, not a number"},
        {"{\"inner\":{\"attestation\":\"0\"}}", "inner: attestation must be hex with two digits a byte"},
        {"{\"items\":[{},{\"app_id\":\"xy\"}]}", "element 2: items: app_id must be hex, but its character 1"},
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
        for (size_t i = 3; i < CODEC_VALUES_MOST + over; i++)
            buf_append_text(&text, ",0");
        buf_append(&text, "]}", 3);
        if (over)
            rpc_refuse(fixture, codec_json_decode, TLS, (const char *)text.data, "more than 131072 values");
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
        RPC_TEST(every_kind_of_field),
        RPC_TEST(null_is_for_optional_fields_alone),
        RPC_TEST(a_wrong_type_names_the_field),
        RPC_TEST(elements_are_counted_from_one),
        RPC_TEST(long_arrays),
        RPC_TEST(integers),
        RPC_TEST(numbers_that_do_not_fit),
        RPC_TEST(bytes_are_hex),
        RPC_TEST(strings_of_any_character),
        RPC_TEST(strings_that_are_no_text),
        RPC_TEST(what_is_no_json),
        RPC_TEST(a_body_that_is_no_object),
        RPC_TEST(keys_that_cannot_be),
        RPC_TEST(unknown_members_are_ignored),
        RPC_TEST(messages_inside),
        RPC_TEST(deep_nesting_is_an_error),
        RPC_TEST(a_body_may_have_just_so_many_values),
        RPC_TEST(a_body_cut_at_every_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
