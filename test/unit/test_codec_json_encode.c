/* JSON out, by descriptor. */
#include <stdio.h>

#include "proto/dstack_guest.pb-c.h"
#include "test/unit/rpc_fixture.h"
#include "test/unit/sample_message.h"

#define TLS (&dstack__get_tls_key_args__descriptor)
#define EVENT (&dstack__emit_event_args__descriptor)
#define SAMPLE (&sample_descriptor)

static void encode(struct rpc_fixture *fixture, const ProtobufCMessage *message)
{
    const struct rpc_call call = {.arena = &fixture->arena};

    codec_json_encode(&call, message, &fixture->out);
}

static void empty_fields_are_written(void **state)
{
    struct rpc_fixture *fixture = *state;
    const Dstack__GetQuoteResponse quote = DSTACK__GET_QUOTE_RESPONSE__INIT;
    const Dstack__GetMetaResponse meta = DSTACK__GET_META_RESPONSE__INIT;
    const Dstack__GetTlsKeyArgs args = DSTACK__GET_TLS_KEY_ARGS__INIT;

    encode(fixture, &quote.base);
    rpc_assert_out(fixture, "{\"quote\":\"\",\"event_log\":\"\",\"report_data\":\"\",\"vm_config\":\"\","
                            "\"attestation\":\"\"}");
    encode(fixture, &meta.base);
    rpc_assert_out(fixture, "{\"ca_cert\":\"\",\"allow_any_upgrade\":false,\"k256_pubkey\":\"\","
                            "\"bootstrap_info\":null,\"is_dev\":false,"
                            "\"gateway_app_id\":null,\"kms_contract_address\":null,\"chain_id\":null,"
                            "\"app_auth_implementation\":null}");
    encode(fixture, &args.base);
    rpc_assert_out(fixture,
                   "{\"subject\":\"\",\"alt_names\":[],\"usage_ra_tls\":false,\"usage_server_auth\":false,"
                   "\"usage_client_auth\":false,\"not_before\":null,\"not_after\":null,"
                   "\"with_app_info\":false}");
}

static void a_message_without_fields_is_null(void **state)
{
    struct rpc_fixture *fixture = *state;
    const Dstack__Empty empty = DSTACK__EMPTY__INIT;

    encode(fixture, &empty.base);
    rpc_assert_out(fixture, "null");
}

static void every_kind_of_field_is_written(void **state)
{
    struct rpc_fixture *fixture = *state;
    char alias[] = "a\"";
    protobuf_c_boolean flags[] = {1, 0};
    uint64_t numbers[] = {0, UINT64_MAX};
    Dstack__BootstrapInfo inner = DSTACK__BOOTSTRAP_INFO__INIT;
    Dstack__AppId one = DSTACK__APP_ID__INIT, two = DSTACK__APP_ID__INIT;
    Dstack__AppId *items[] = {&one, &two};
    struct sample value = {
        .base = PROTOBUF_C_MESSAGE_INIT(&sample_descriptor),
        .alias_case = 1,
        .alias = alias,
        .n_flags = 2,
        .flags = flags,
        .i32 = INT32_MIN,
        .i64 = INT64_MIN,
        .inner = &inner,
        .n_items = 2,
        .items = items,
        .n_numbers = 2,
        .numbers = numbers,
        .u32 = UINT32_MAX,
        .u64 = UINT64_MAX,
    };

    inner.k256_pubkey = call_bytes("\x00\xAB", 2);
    two.app_id = call_bytes("\x7f", 1);
    encode(fixture, &value.base);
    rpc_assert_out(
        fixture,
        "{\"alias\":\"a\\\"\",\"flags\":[true,false],\"i32\":-2147483648,\"i64\":-9223372036854775808,"
        "\"inner\":{\"ca_pubkey\":\"\",\"k256_pubkey\":\"00ab\",\"attestation\":\"\"},"
        "\"items\":[{\"app_id\":\"\"},{\"app_id\":\"7f\"}],\"numbers\":[0,18446744073709551615],"
        "\"u32\":4294967295,\"u64\":18446744073709551615}");
}

static void an_optional_field_that_is_there(void **state)
{
    struct rpc_fixture *fixture = *state;
    Dstack__GetTlsKeyArgs args = DSTACK__GET_TLS_KEY_ARGS__INIT;

    args.optional_not_before_case = DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_BEFORE_NOT_BEFORE;
    encode(fixture, &args.base);
    buf_append_byte(&fixture->out, 0);
    assert_non_null(strstr((const char *)fixture->out.data, "\"not_before\":0,\"not_after\":null"));
}

static void output_is_ascii(void **state)
{
    struct rpc_fixture *fixture = *state;
    char version[] = "caf\xc3\xa9 \xf0\x9f\x98\x80 \x7f\x01\n", rev[] = "\xff";
    Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;

    response.version = version;
    response.rev = rev;
    encode(fixture, &response.base);
    rpc_assert_out(fixture,
                   "{\"version\":\"caf\\u00e9 \\ud83d\\ude00 \\u007f\\u0001\\n\",\"rev\":\"\\ufffd\"}");
}

static void what_is_written_can_be_read(void **state)
{
    struct rpc_fixture *fixture = *state;
    char event[] = "\x7f caf\xc3\xa9 \xf0\x9f\x98\x80 \"\\\b";
    Dstack__EmitEventArgs args = DSTACK__EMIT_EVENT_ARGS__INIT;
    const Dstack__EmitEventArgs *back;

    args.event = event;
    args.payload = call_bytes("\x00\xff", 2);
    encode(fixture, &args.base);
    back = rpc_decode_bytes(fixture, codec_json_decode, EVENT, fixture->out.data, fixture->out.len);
    assert_non_null(back);
    assert_string_equal(back->event, event);
    assert_hex_equal(back->payload.data, back->payload.len, "00ff");
}

static void a_text_brings_its_json_form(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct rpc_call call = {.arena = &fixture->arena};
    struct text texts[RPC_CALL_TEXTS_MAX + 1] = {0};
    Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;

    for (size_t i = 0; i <= RPC_CALL_TEXTS_MAX; i++) {
        text_copy(&texts[i], "x", 1);
        memcpy(texts[i].json, "\"r\"", 3); /* tells the ready form from a fresh one */
        assert_ptr_equal(call_text(&call, &texts[i]), texts[i].plain);
    }
    response.version = texts[0].plain;
    response.rev = texts[RPC_CALL_TEXTS_MAX - 1].plain;
    codec_json_encode(&call, &response.base, &fixture->out);
    rpc_assert_out(fixture, "{\"version\":\"r\",\"rev\":\"r\"}");
    response.version = texts[RPC_CALL_TEXTS_MAX].plain; /* one more than a call remembers */
    codec_json_encode(&call, &response.base, &fixture->out);
    rpc_assert_out(fixture, "{\"version\":\"x\",\"rev\":\"r\"}");
    for (size_t i = 0; i <= RPC_CALL_TEXTS_MAX; i++)
        text_free(&texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(empty_fields_are_written),
        RPC_TEST(a_message_without_fields_is_null),
        RPC_TEST(every_kind_of_field_is_written),
        RPC_TEST(an_optional_field_that_is_there),
        RPC_TEST(output_is_ascii),
        RPC_TEST(what_is_written_can_be_read),
        RPC_TEST(a_text_brings_its_json_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
