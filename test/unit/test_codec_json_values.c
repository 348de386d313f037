/* JSON in, by descriptor: the values of fields. */
#include "test/unit/codec_json_fixture.h"

static void every_kind_of_field_is_read(void **state)
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
        const char *field, *expected;
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
            snprintf(says, sizeof says, "%s must be %s, not %s", fields[f].field, fields[f].expected,
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

static void long_arrays_are_read_whole(void **state)
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

static void integers_are_read_over_their_whole_range(void **state)
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
        {"{\"u64\":\"\"}", "u64 must be a whole number, not an empty string"},
        {"{\"u64\":\"1\\u0000\"}", "u64 must be a whole number in decimal digits"},
        {"{\"numbers\":[1,-1]}", "element 2: numbers must be between 0 and 18446744073709551615"},
        {"{\"u64\":99999999999999999999}", "the body is not valid JSON"},
        {"{\"u64\":1e999}", "the body is not valid JSON"},
    };
    struct rpc_fixture *fixture = *state;

    REFUSE_EACH(fixture, SAMPLE, cases);
}

static void exact_reading_refuses_what_the_real_agent_does(void **state)
{
    static const struct {
        const ProtobufCMessageDescriptor *descriptor;
        struct refusal refusal;
    } cases[] = {
        {TLS, {"{\"not_before\":\"1\"}", "not_before must be a whole number, not a string"}},
        {SAMPLE, {"{\"numbers\":[1,\"2\"]}", "element 2: numbers must be a whole number, not a string"}},
        {TLS, {"{\"Subject\":\"a\"}", "unknown field Subject: known fields are subject, alt_names"}},
        {EVENT, {"{\"payload\":\"0X00\"}", "payload must be hex, which may begin with 0x but not with 0X"}},
        {SAMPLE, {"{\"inner\":{\"ca_pubkey\":\"0X00\"}}", "inner: ca_pubkey must be hex"}},
    };
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct refusal *refusal = &cases[i].refusal;

        rpc_refuse(fixture, codec_json_decode_exact, cases[i].descriptor, refusal->text, refusal->says);
        rpc_decode(fixture, codec_json_decode, cases[i].descriptor, refusal->text);
    }
    rpc_decode(fixture, codec_json_decode_exact, TLS,
               "{\"subject\":\"a\",\"alt_names\":[\"b\"],\"usage_ra_tls\":true,\"not_before\":1,\"not_"
               "after\":null}");
    rpc_decode(fixture, codec_json_decode_exact, EVENT, "{\"payload\":\"0x00Ff\"}");
    rpc_decode(fixture, codec_json_decode_exact, &dstack__empty__descriptor, "null");
}

static void bytes_are_hex(void **state)
{
    static const struct refusal cases[] = {
        {"{\"payload\":\"abc\"}",
         "payload must be hex with two digits per byte, but has an odd number of digits"},
        {"{\"payload\":\"0xabc\"}", "payload must be hex with two digits per byte"},
        {"{\"payload\":\"abxy\"}", "payload must be hex, but character 3 is not a hex digit"},
        {"{\"payload\":\"0x0g\"}", "payload must be hex, but character 4 is not a hex digit"},
        {"{\"payload\":\" ab\"}", "payload must be hex, but character 1 is not a hex digit"},
        {"{\"payload\":\"\\u00e4\"}", "payload must be hex, but character 1 is not a hex digit"},
        {"{\"payload\":\"00\\u0000\"}", "payload must be hex, but character 3 is not a hex digit"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(every_kind_of_field_is_read),
        RPC_TEST(null_is_for_optional_fields_alone),
        RPC_TEST(a_wrong_type_names_the_field),
        RPC_TEST(elements_are_counted_from_one),
        RPC_TEST(long_arrays_are_read_whole),
        RPC_TEST(integers_are_read_over_their_whole_range),
        RPC_TEST(exact_reading_refuses_what_the_real_agent_does),
        RPC_TEST(numbers_that_do_not_fit),
        RPC_TEST(bytes_are_hex),
        RPC_TEST(strings_of_any_character),
        RPC_TEST(strings_that_are_no_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
