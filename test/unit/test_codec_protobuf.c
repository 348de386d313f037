/* proto3 binary: round trips, the known bytes of one message, and damaged input. */
#include "proto/dstack_guest.pb-c.h"
#include "proto/dstack_guest_v1.pb-c.h"
#include "proto/vmm.pb-c.h"
#include "sim/base/nul_text.h"
#include "sim/base/value_count.h"
#include "test/unit/rpc_fixture.h"
#include "test/unit/sample_message.h"

#define TLS (&dstack__get_tls_key_args__descriptor)

static void *decode(struct rpc_fixture *fixture, const ProtobufCMessageDescriptor *descriptor,
                    const void *data, size_t len)
{
    return rpc_decode_bytes(fixture, codec_protobuf_decode, descriptor, data, len);
}

static void refuse(struct rpc_fixture *fixture, const ProtobufCMessageDescriptor *descriptor,
                   const void *data, size_t len, const char *sentence)
{
    assert_null(decode(fixture, descriptor, data, len));
    assert_string_equal(fixture->error.text, sentence);
}

/* A request with every kind of field, encoded into fixture->out. */
static void encode_request(struct rpc_fixture *fixture)
{
    const struct rpc_call call = {.arena = &fixture->arena};
    char subject[] = "caf\xc3\xa9", first[] = "a.example", second[] = "";
    char *names[] = {first, second};
    Dstack__GetTlsKeyArgs args = DSTACK__GET_TLS_KEY_ARGS__INIT;

    args.subject = subject;
    args.alt_names = names;
    args.n_alt_names = 2;
    args.usage_ra_tls = 1;
    args.optional_not_before_case = DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_BEFORE_NOT_BEFORE;
    args.not_before = 0;
    args.optional_not_after_case = DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_AFTER_NOT_AFTER;
    args.not_after = UINT64_MAX;
    codec_protobuf_encode(&call, &args.base, &fixture->out);
}

static void the_bytes_of_a_message(void **state)
{
    struct rpc_fixture *fixture = *state;

    encode_request(fixture);
    assert_hex_equal(fixture->out.data, fixture->out.len,
                     "0a05636166c3a9"
                     "1209612e6578616d706c65"
                     "1200"
                     "1801"
                     "3000"
                     "38ffffffffffffffffff01");
}

static void a_message_is_read_as_it_was_written(void **state)
{
    struct rpc_fixture *fixture = *state;
    const Dstack__GetTlsKeyArgs *args;

    encode_request(fixture);
    args = decode(fixture, TLS, fixture->out.data, fixture->out.len);
    assert_non_null(args);
    assert_string_equal(args->subject, "caf\xc3\xa9");
    assert_int_equal(args->n_alt_names, 2);
    assert_string_equal(args->alt_names[0], "a.example");
    assert_string_equal(args->alt_names[1], "");
    assert_true(args->usage_ra_tls && !args->usage_server_auth);
    assert_int_equal(args->optional_not_before_case,
                     DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_BEFORE_NOT_BEFORE);
    assert_true(args->not_before == 0 && args->not_after == UINT64_MAX);
}

static void bytes_and_messages_round_trip(void **state)
{
    const struct rpc_call call = {0};
    struct rpc_fixture *fixture = *state;
    Dstack__GetMetaResponse meta = DSTACK__GET_META_RESPONSE__INIT;
    Dstack__BootstrapInfo info = DSTACK__BOOTSTRAP_INFO__INIT;
    const Dstack__GetMetaResponse *back;

    info.k256_pubkey = call_bytes("\x00\x01\xff", 3);
    meta.bootstrap_info = &info;
    meta.is_dev = 1;
    codec_protobuf_encode(&call, &meta.base, &fixture->out);
    back = decode(fixture, &dstack__get_meta_response__descriptor, fixture->out.data, fixture->out.len);
    assert_non_null(back);
    assert_true(back->is_dev);
    assert_hex_equal(back->bootstrap_info->k256_pubkey.data, back->bootstrap_info->k256_pubkey.len, "0001ff");
    assert_int_equal(back->bootstrap_info->attestation.len, 0);
}

static void an_empty_body_is_all_defaults(void **state)
{
    const struct rpc_call call = {0};
    struct rpc_fixture *fixture = *state;
    const Dstack__Empty empty = DSTACK__EMPTY__INIT;
    const Dstack__GetTlsKeyArgs *args = decode(fixture, TLS, NULL, 0);

    assert_non_null(args);
    assert_string_equal(args->subject, "");
    assert_int_equal(args->optional_not_before_case, 0);
    assert_non_null(decode(fixture, &dstack__empty__descriptor, NULL, 0));
    codec_protobuf_encode(&call, &empty.base, &fixture->out);
    assert_int_equal(fixture->out.len, 0);
    assert_false(fixture->out.has_overflowed);
}

static void input_cut_at_every_length(void **state)
{
    /* Between two fields a shorter message is a whole one. */
    static const size_t whole[] = {0, 7, 18, 20, 22, 24, 35};
    struct rpc_fixture *fixture = *state;
    size_t next = 0;

    encode_request(fixture);
    assert_int_equal(fixture->out.len, whole[sizeof whole / sizeof *whole - 1]);
    for (size_t len = 0; len <= fixture->out.len; len++) {
        bool complete = len == whole[next];
        assert_int_equal(decode(fixture, TLS, fixture->out.data, len) != NULL, complete);
        next += complete;
        arena_reset(&fixture->arena);
    }
}

/* Any byte changed to anything: an error or a message, never a crash. */
static void a_damaged_byte_does_no_harm(void **state)
{
    struct rpc_fixture *fixture = *state;
    uint8_t bytes[64];
    size_t len, refused = 0;

    encode_request(fixture);
    len = fixture->out.len;
    assert_true(len <= sizeof bytes);
    memcpy(bytes, fixture->out.data, len);
    for (size_t at = 0; at < len; at++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t was = bytes[at];
            bytes[at] = (uint8_t)value;
            refused += decode(fixture, TLS, bytes, len) == NULL;
            decode(fixture, &sample_descriptor, bytes, len);
            bytes[at] = was;
            arena_reset(&fixture->arena);
        }
    }
    assert_true(refused > 1000);
}

static void what_is_not_a_message_is_refused(void **state)
{
    static const char sentence[] = "the body is not a protobuf message of type GetTlsKeyArgs; "
                                   "to send JSON, set Content-Type: application/json";
    struct rpc_fixture *fixture = *state;

    refuse(fixture, TLS, "{}", 2, sentence);
    refuse(fixture, TLS, "hello", 5, sentence);
    refuse(fixture, TLS, "\x0a\xff\xff\xff\xff\x0f", 6, sentence); /* a string of 4 GiB */
    refuse(fixture, TLS, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, sentence);
    refuse(fixture, TLS, "\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", 12,
           sentence);                              /* endless varint */
    refuse(fixture, TLS, "\x08\x01", 2, sentence); /* a number for the subject */
    refuse(fixture, TLS, "\x0b", 1, sentence);     /* a group */
}

/* Written again, they would not be what was read. */
static void fields_have_numbers_of_fields(void **state)
{
    struct rpc_fixture *fixture = *state;

    refuse(fixture, TLS, "\x80\x00\x00", 3,
           "a field has the number 0, but must have one from 1 to 536870911");
    refuse(fixture, TLS, "\x0a\x01x\x80\x80\x80\x80\x10\x00", 9,
           "a field has the number 536870912, but must have one from 1 to 536870911");
    assert_non_null(decode(fixture, TLS, "\xf8\xff\xff\xff\x0f\x00", 6));
    assert_null(decode(fixture, &sample_descriptor, "\x2a\x03\x80\x00\x00", 5));
}

static void unknown_fields_are_ignored(void **state)
{
    /* 100 varint, 101 bytes, 102 of 8 bytes, then the subject. */
    static const char bytes[] = "\xa0\x06\x07"
                                "\xaa\x06\x02hi"
                                "\xb1\x06\1\2\3\4\5\6\7\x08"
                                "\x0a\x01x";
    struct rpc_fixture *fixture = *state;
    const Dstack__GetTlsKeyArgs *args = decode(fixture, TLS, bytes, sizeof bytes - 1);

    assert_non_null(args);
    assert_string_equal(args->subject, "x");
    rpc_assert_ignored(fixture, 3, "");
}

static void unknown_fields_inside_are_counted(void **state)
{
    struct rpc_fixture *fixture = *state;

    assert_non_null(decode(fixture, &sample_descriptor, "\x2a\x03\xa0\x06\x07\xa0\x06\x07", 8));
    rpc_assert_ignored(fixture, 2, "");
}

static void a_body_may_have_just_so_many_fields(void **state)
{
    struct rpc_fixture *fixture = *state;
    size_t len = 2 * ((size_t)VALUE_COUNT_MAX + 1);
    char *body = calloc(1, len);

    for (size_t i = 0; i < len; i += 2)
        body[i] = 0x18; /* usage_ra_tls, or an unknown field elsewhere: 0 */
    assert_non_null(decode(fixture, TLS, body, len - 2));
    refuse(fixture, TLS, body, len, "the body has more than 65536 fields");
    free(body);
}

/* The same, in a message that is a member: repeated ones of two bytes would take a hundred each. */
static void fields_of_members_count_as_well(void **state)
{
    struct rpc_fixture *fixture = *state;
    const ProtobufCMessageDescriptor *descriptor = &dstack__vm_configuration__descriptor;
    const ProtobufCFieldDescriptor *gpus =
        protobuf_c_message_descriptor_get_field_by_name(descriptor, "gpus");
    const ProtobufCFieldDescriptor *each =
        protobuf_c_message_descriptor_get_field_by_name(gpus->descriptor, "gpus");
    struct buf body;

    for (size_t over = 0; over < 2; over++) {
        const size_t count = VALUE_COUNT_MAX - 1 + over;

        buf_init(&body, SIZE_MAX);
        buf_append(&body, (const uint8_t[]){(uint8_t)(gpus->id << 3 | 2)}, 1);
        for (size_t rest = 2 * count; rest || body.len == 1; rest >>= 7)
            buf_append_byte(&body, (uint8_t)((rest & 0x7f) | (rest >> 7 ? 0x80 : 0)));
        for (size_t i = 0; i < count; i++)
            buf_append(&body, (const uint8_t[]){(uint8_t)(each->id << 3 | 2), 0}, 2);
        if (over)
            refuse(fixture, descriptor, (const char *)body.data, body.len,
                   "the body has more than 65536 fields");
        else
            assert_non_null(decode(fixture, descriptor, (const char *)body.data, body.len));
        buf_free(&body);
    }
}

static void strings_must_be_utf8(void **state)
{
    struct rpc_fixture *fixture = *state;

    refuse(fixture, TLS, "\x0a\x01\xff", 3, "subject must be UTF-8 text");
    refuse(fixture, TLS, "\x0a\x02\xc3(", 4, "subject must be UTF-8 text");
    refuse(fixture, TLS, "\x0a\x03\xed\xa0\x80", 5, "subject must be UTF-8 text");
    refuse(fixture, TLS, "\x0a\x01x\x12\x01y\x12\x01\x80", 9, "alt_names must be UTF-8 text");
    refuse(fixture, &sample_descriptor, "\x0a\x01\xc3", 3, "alias must be UTF-8 text");
    refuse(fixture, TLS,
           "\x0a\x03"
           "a\0b",
           5, "subject must not contain the character U+0000");
    refuse(fixture, TLS, "\x12\x01\x00", 3, "alt_names must not contain the character U+0000");
    refuse(fixture, TLS, "\x30\x05\x7d\x01\x02\x03\x04\x0a\x01\0", 10,
           "subject must not contain the character U+0000");
    assert_non_null(
        decode(fixture, &dstack__emit_event_args__descriptor, "\x12\x01\xff", 3)); /* bytes are free */
}

/* Where a string occurs twice, the last one counts, as in any other field. */
static void some_strings_may_contain_a_zero(void **state)
{
    static const struct {
        const char *body;
        size_t body_len;
        const char *domain;
        size_t len;
    } cases[] = {
        {"\x0a\x05k\0:ey", 7, "k\0:ey", 5},      {"\x0a\x01\0", 3, "\0", 1},
        {"\x0a\x02\0\0\x0a\x01x", 7, "x", 1},    {"\x0a\x01x\x0a\x02\0\0", 7, "\0\0", 2},
        {"\x0a\x01\0\x12\x01x\x0a\0", 8, "", 0},
    };
    const ProtobufCMessageDescriptor *descriptor = &dstack__guest__v1__get_key_request__descriptor;
    struct rpc_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Dstack__Guest__V1__GetKeyRequest *request =
            decode(fixture, descriptor, cases[i].body, cases[i].body_len);

        assert_non_null(request);
        assert_true(span_equal(nul_text_load(request->domain, &fixture->arena),
                               span_of(cases[i].domain, cases[i].len)));
    }
    refuse(fixture, descriptor, "\x0a\x01\0\x12\x01\0", 6, "algorithm must not contain the character U+0000");
    refuse(fixture, descriptor, "\x0a\x02\0\xff", 4, "domain must be UTF-8 text");
    refuse(fixture, descriptor, "\x0a\x01\0\x12\x01\xff", 6, "algorithm must be UTF-8 text");
}

static void a_response_past_the_limit_overflows(void **state)
{
    const struct rpc_call call = {0};
    struct buf small;
    Dstack__GetQuoteResponse response = DSTACK__GET_QUOTE_RESPONSE__INIT;
    static const uint8_t quote[100];

    (void)state;
    response.quote = call_bytes(quote, sizeof quote);
    buf_init(&small, 101);
    codec_protobuf_encode(&call, &response.base, &small);
    assert_true(small.has_overflowed);
    assert_int_equal(small.len, 0);
    buf_free(&small);
    buf_init(&small, 102);
    codec_protobuf_encode(&call, &response.base, &small);
    assert_false(small.has_overflowed);
    assert_int_equal(small.len, 102);
    buf_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(the_bytes_of_a_message),
        RPC_TEST(a_message_is_read_as_it_was_written),
        RPC_TEST(bytes_and_messages_round_trip),
        RPC_TEST(an_empty_body_is_all_defaults),
        RPC_TEST(input_cut_at_every_length),
        RPC_TEST(a_damaged_byte_does_no_harm),
        RPC_TEST(what_is_not_a_message_is_refused),
        RPC_TEST(fields_have_numbers_of_fields),
        RPC_TEST(unknown_fields_are_ignored),
        RPC_TEST(unknown_fields_inside_are_counted),
        RPC_TEST(a_body_may_have_just_so_many_fields),
        RPC_TEST(fields_of_members_count_as_well),
        RPC_TEST(strings_must_be_utf8),
        RPC_TEST(some_strings_may_contain_a_zero),
        RPC_TEST(a_response_past_the_limit_overflows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
