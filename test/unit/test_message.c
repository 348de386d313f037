/* Setting fields by descriptor: types, ranges, arrays, and what the codecs can carry. */
#include "sim/rpc/message.h"

#include "proto/dstack_guest.pb-c.h"
#include "proto/dstack_guest_v1.pb-c.h"
#include "proto/guest_api.pb-c.h"
#include "proto/tappd.pb-c.h"
#include "proto/worker.pb-c.h"
#include "test/unit/rpc_fixture.h"
#include "test/unit/sample_message.h"

/* Can the codecs carry every field of it and of the messages inside? */
static bool is_supported(const ProtobufCMessageDescriptor *descriptor)
{
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        bool plain = message_field_is_text(field) || message_field_is_integer(field) ||
                     field->type == PROTOBUF_C_TYPE_BOOL;

        if (field->type == PROTOBUF_C_TYPE_MESSAGE ? !is_supported(field->descriptor) : !plain)
            return false;
    }
    return true;
}

static struct message_slot sample_slot(struct rpc_fixture *fixture, enum sample_index index)
{
    return (struct message_slot){message_new(&sample_descriptor, &fixture->arena),
                                 &sample_fields[index],
                                 &fixture->arena,
                                 &fixture->error,
                                 &fixture->ignored,
                                 false};
}

static struct sample *sample_of(const struct message_slot *slot)
{
    return (struct sample *)(void *)slot->message;
}

static void assert_refused(struct rpc_fixture *fixture, int result, const char *sentence)
{
    assert_int_equal(result, -1);
    assert_int_equal(fixture->error.kind, ERROR_INPUT);
    assert_string_equal(fixture->error.text, sentence);
    fixture->error = (struct error){.kind = ERROR_NONE};
}

static void a_new_message_has_defaults(void **state)
{
    struct rpc_fixture *fixture = *state;
    Dstack__GetTlsKeyArgs *args =
        (Dstack__GetTlsKeyArgs *)message_new(&dstack__get_tls_key_args__descriptor, &fixture->arena);
    const Dstack__GetTlsKeyArgs expected = DSTACK__GET_TLS_KEY_ARGS__INIT;

    assert_ptr_equal(args->base.descriptor, &dstack__get_tls_key_args__descriptor);
    assert_string_equal(args->subject, "");
    assert_int_equal(args->n_alt_names, 0);
    assert_int_equal(args->optional_not_before_case, expected.optional_not_before_case);
    assert_false(args->usage_ra_tls);
}

static void some_texts_may_contain_a_zero(void **state)
{
    const ProtobufCMessageDescriptor *descriptor = &dstack__guest__v1__get_key_request__descriptor;
    struct rpc_fixture *fixture = *state;
    struct message_slot slot = {message_new(descriptor, &fixture->arena),
                                &descriptor->fields[0],
                                &fixture->arena,
                                &fixture->error,
                                &fixture->ignored,
                                false};

    assert_int_equal(message_set_text(&slot, span_of("a\0b", 3)), 0);
    assert_string_equal(((Dstack__Guest__V1__GetKeyRequest *)(void *)slot.message)->domain, "a\xc0\x80"
                                                                                            "b");
    slot.field = &descriptor->fields[1];
    assert_refused(fixture, message_set_text(&slot, span_of("a\0b", 3)),
                   "algorithm must not contain the character U+0000");
}

static void unsigned_fields_keep_their_range(void **state)
{
    static const char says_64[] = "u64 must be between 0 and 18446744073709551615";
    static const char says_32[] = "u32 must be between 0 and 4294967295";
    struct rpc_fixture *fixture = *state;
    struct message_slot u32 = sample_slot(fixture, SAMPLE_U32), u64 = sample_slot(fixture, SAMPLE_U64);

    assert_int_equal(message_set_unsigned(&u64, UINT64_MAX), 0);
    assert_true(sample_of(&u64)->u64 == UINT64_MAX);
    assert_int_equal(message_set_signed(&u64, INT64_MAX), 0);
    assert_true(sample_of(&u64)->u64 == INT64_MAX);
    assert_refused(fixture, message_set_signed(&u64, -1), says_64);
    assert_int_equal(message_set_unsigned(&u32, UINT32_MAX), 0);
    assert_true(sample_of(&u32)->u32 == UINT32_MAX);
    assert_true(sample_of(&u32)->u64 == 0);
    assert_refused(fixture, message_set_unsigned(&u32, (uint64_t)UINT32_MAX + 1), says_32);
    assert_refused(fixture, message_set_signed(&u32, -1), says_32);
    assert_refused(fixture, message_set_signed(&u32, INT64_MIN), says_32);
}

static void signed_fields_keep_their_range(void **state)
{
    static const char says_64[] = "i64 must be between -9223372036854775808 and 9223372036854775807";
    static const char says_32[] = "i32 must be between -2147483648 and 2147483647";
    struct rpc_fixture *fixture = *state;
    struct message_slot i32 = sample_slot(fixture, SAMPLE_I32), i64 = sample_slot(fixture, SAMPLE_I64);

    assert_int_equal(message_set_signed(&i64, INT64_MIN), 0);
    assert_true(sample_of(&i64)->i64 == INT64_MIN);
    assert_int_equal(message_set_unsigned(&i64, INT64_MAX), 0);
    assert_true(sample_of(&i64)->i64 == INT64_MAX);
    assert_refused(fixture, message_set_unsigned(&i64, (uint64_t)INT64_MAX + 1), says_64);
    assert_int_equal(message_set_signed(&i32, INT32_MIN), 0);
    assert_true(sample_of(&i32)->i32 == INT32_MIN);
    assert_int_equal(message_set_signed(&i32, INT32_MAX), 0);
    assert_true(sample_of(&i32)->i32 == INT32_MAX);
    assert_true(sample_of(&i32)->i64 == 0);
    assert_refused(fixture, message_set_signed(&i32, (int64_t)INT32_MIN - 1), says_32);
    assert_refused(fixture, message_set_signed(&i32, (int64_t)INT32_MAX + 1), says_32);
    assert_refused(fixture, message_set_unsigned(&i32, UINT64_MAX), says_32);
}

static void numbers_are_read_from_text(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct message_slot i32 = sample_slot(fixture, SAMPLE_I32), i64 = sample_slot(fixture, SAMPLE_I64);
    struct message_slot u64 = sample_slot(fixture, SAMPLE_U64);

    assert_int_equal(message_set_number_text(&u64, span_text("18446744073709551615")), 0);
    assert_true(sample_of(&u64)->u64 == UINT64_MAX);
    assert_int_equal(message_set_number_text(&u64, span_text("00007")), 0);
    assert_true(sample_of(&u64)->u64 == 7);
    assert_int_equal(message_set_number_text(&u64, span_text("-0")), 0);
    assert_true(sample_of(&u64)->u64 == 0);
    assert_int_equal(message_set_number_text(&i64, span_text("-9223372036854775808")), 0);
    assert_true(sample_of(&i64)->i64 == INT64_MIN);
    assert_int_equal(message_set_number_text(&i64, span_text("9223372036854775807")), 0);
    assert_true(sample_of(&i64)->i64 == INT64_MAX);
    assert_int_equal(message_set_number_text(&i32, span_text("-2147483648")), 0);
    assert_true(sample_of(&i32)->i32 == INT32_MIN);
}

static void texts_that_are_no_number(void **state)
{
    static const char *const too_big[] = {"18446744073709551616", "18446744073709551620", "-1",
                                          "99999999999999999999999999999999", "-99999999999999999999999"};
    static const char *const no_digits[] = {"1.0",  "1e3", "+1", " 1",  "1 ",
                                            "0x10", "--1", "1-", "ten", "1\xc2\xb2"};
    struct rpc_fixture *fixture = *state;
    struct message_slot i64 = sample_slot(fixture, SAMPLE_I64), u64 = sample_slot(fixture, SAMPLE_U64);

    for (size_t i = 0; i < sizeof too_big / sizeof *too_big; i++)
        assert_refused(fixture, message_set_number_text(&u64, span_text(too_big[i])),
                       "u64 must be between 0 and 18446744073709551615");
    for (size_t i = 0; i < sizeof no_digits / sizeof *no_digits; i++)
        assert_refused(fixture, message_set_number_text(&u64, span_text(no_digits[i])),
                       "u64 must be a whole number in decimal digits");
    assert_refused(fixture, message_set_number_text(&u64, span_of("1\0", 2)),
                   "u64 must be a whole number in decimal digits");
    assert_refused(fixture, message_set_number_text(&u64, SPAN_NONE),
                   "u64 must be a whole number, not an empty string");
    assert_refused(fixture, message_set_number_text(&u64, span_text("-")),
                   "u64 must be a whole number, not an empty string");
    assert_refused(fixture, message_set_number_text(&i64, span_text("9223372036854775808")),
                   "i64 must be between -9223372036854775808 and 9223372036854775807");
    assert_refused(fixture, message_set_number_text(&i64, span_text("-9223372036854775809")),
                   "i64 must be between -9223372036854775808 and 9223372036854775807");
}

static void each_setter_refuses_other_types(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct message_slot text = sample_slot(fixture, SAMPLE_ALIAS), flag = sample_slot(fixture, SAMPLE_FLAGS);
    struct message_slot number = sample_slot(fixture, SAMPLE_U64), inner = sample_slot(fixture, SAMPLE_INNER);

    assert_refused(fixture, message_set_text(&flag, span_text("x")),
                   "flags must be true or false, not a string");
    assert_refused(fixture, message_set_text(&number, span_text("1")),
                   "u64 must be a whole number, not a string");
    assert_refused(fixture, message_set_bool(&text, true), "alias must be a string, not true or false");
    assert_refused(fixture, message_set_unsigned(&inner, 1), "inner must be an object, not a number");
    assert_refused(fixture, message_set_signed(&inner, -1), "inner must be an object, not a number");
    assert_int_equal(sample_of(&flag)->n_flags, 0);
    assert_int_equal(sample_of(&text)->alias_case, 0);
}

static void texts_are_utf8_without_nul(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct message_slot alias = sample_slot(fixture, SAMPLE_ALIAS);

    assert_int_equal(message_set_text(&alias, span_of("caf\xc3\xa9 and more", 5)), 0);
    assert_string_equal(sample_of(&alias)->alias, "caf\xc3\xa9");
    assert_int_equal(sample_of(&alias)->alias_case, 1);
    assert_int_equal(message_set_text(&alias, SPAN_NONE), 0);
    assert_string_equal(sample_of(&alias)->alias, "");
    assert_refused(fixture, message_set_text(&alias, span_of("a\0b", 3)),
                   "alias must not contain the character U+0000");
    assert_refused(fixture, message_set_text(&alias, span_text("\xc3")), "alias must be UTF-8 text");
    assert_refused(fixture, message_set_text(&alias, span_text("\xed\xa0\x80")), "alias must be UTF-8 text");
}

static void bytes_are_hex(void **state)
{
    struct rpc_fixture *fixture = *state;
    Dstack__RawQuoteArgs *args =
        (Dstack__RawQuoteArgs *)message_new(&dstack__raw_quote_args__descriptor, &fixture->arena);
    struct message_slot slot = {&args->base,       &dstack__raw_quote_args__descriptor.fields[0],
                                &fixture->arena,   &fixture->error,
                                &fixture->ignored, false};

    assert_int_equal(message_set_text(&slot, span_text("0xDEADbeef")), 0);
    assert_hex_equal(args->report_data.data, args->report_data.len, "deadbeef");
    assert_int_equal(message_set_text(&slot, span_text("0XDEAD")), 0);
    slot.is_exact = true;
    assert_int_equal(message_set_text(&slot, span_text("0xDEAD")), 0);
    assert_int_equal(message_set_text(&slot, span_text("0XDEAD")), -1);
    assert_string_equal(fixture->error.text,
                        "report_data must be hex, which may begin with 0x but not with 0X");
    fixture->error = (struct error){.kind = ERROR_NONE};
    slot.is_exact = false;
    assert_int_equal(message_set_text(&slot, SPAN_NONE), 0);
    assert_int_equal(args->report_data.len, 0);
    assert_refused(fixture, message_set_text(&slot, span_text("abc")),
                   "report_data must be hex with two digits per byte, but has an odd number of digits");
    assert_refused(fixture, message_set_text(&slot, span_text("abxy")),
                   "report_data must be hex, but character 3 is not a hex digit");
    assert_refused(fixture, message_set_text(&slot, span_of("ab\0d", 4)),
                   "report_data must be hex, but character 3 is not a hex digit");
}

static void repeated_fields_grow(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct message_slot numbers = sample_slot(fixture, SAMPLE_NUMBERS),
                        flags = sample_slot(fixture, SAMPLE_FLAGS);

    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(message_set_unsigned(&numbers, UINT64_MAX - i), 0);
        assert_int_equal(message_set_bool(&flags, i % 3 == 0), 0);
    }
    assert_int_equal(sample_of(&numbers)->n_numbers, 1000);
    assert_int_equal(sample_of(&flags)->n_flags, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_true(sample_of(&numbers)->numbers[i] == UINT64_MAX - i);
        assert_int_equal(sample_of(&flags)->flags[i], i % 3 == 0);
    }
}

static void the_last_value_of_a_single_field_stays(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct message_slot slot = sample_slot(fixture, SAMPLE_U64);

    assert_int_equal(message_set_unsigned(&slot, 1), 0);
    assert_int_equal(message_set_unsigned(&slot, 2), 0);
    assert_true(sample_of(&slot)->u64 == 2);
}

static void messages_inside_are_set(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct message_slot inner = sample_slot(fixture, SAMPLE_INNER),
                        items = sample_slot(fixture, SAMPLE_ITEMS);
    ProtobufCMessage *info = message_new(&dstack__bootstrap_info__descriptor, &fixture->arena);
    ProtobufCMessage *id = message_new(&dstack__app_id__descriptor, &fixture->arena);

    assert_int_equal(message_set_message(&inner, info), 0);
    assert_ptr_equal(sample_of(&inner)->inner, info);
    assert_int_equal(message_set_message(&items, id), 0);
    assert_int_equal(message_set_message(&items, id), 0);
    assert_int_equal(sample_of(&items)->n_items, 2);
    assert_ptr_equal(sample_of(&items)->items[1], id);
}

static void every_method_can_be_carried(void **state)
{
    static const ProtobufCServiceDescriptor *const services[] = {
        &dstack__dstack_guest__descriptor, &dstack__tappd__descriptor, &dstack__worker__descriptor,
        &dstack__guest_api__descriptor,    &dstack__kms__descriptor,   NULL,
    };

    (void)state;
    for (size_t i = 0; services[i]; i++) {
        for (unsigned k = 0; k < services[i]->n_methods; k++) {
            const ProtobufCMethodDescriptor *method = &services[i]->methods[k];
            if (!is_supported(method->input) || !is_supported(method->output))
                fail_msg("%s.%s has a field of a type that the codecs do not know", services[i]->name,
                         method->name);
        }
    }
    assert_true(is_supported(&sample_descriptor));
}

static void a_query_holds_whatever_is_no_message(void **state)
{
    (void)state;
    assert_true(message_fits_query(&dstack__get_tls_key_args__descriptor));
    assert_true(message_fits_query(&dstack__empty__descriptor));
    assert_false(message_fits_query(&sample_descriptor));
}

static void other_types_are_known_to_be_unsupported(void **state)
{
    static const ProtobufCType types[] = {PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FLOAT,
                                          PROTOBUF_C_TYPE_ENUM,   PROTOBUF_C_TYPE_FIXED32,
                                          PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const ProtobufCFieldDescriptor odd = {.name = "odd", .type = types[i]};
        const ProtobufCMessageDescriptor inner = {.n_fields = 1, .fields = &odd};
        const ProtobufCFieldDescriptor message = {.type = PROTOBUF_C_TYPE_MESSAGE, .descriptor = &inner};
        const ProtobufCMessageDescriptor outer = {.n_fields = 1, .fields = &message};

        assert_false(is_supported(&inner));
        assert_false(is_supported(&outer));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(a_new_message_has_defaults),
        RPC_TEST(some_texts_may_contain_a_zero),
        RPC_TEST(unsigned_fields_keep_their_range),
        RPC_TEST(signed_fields_keep_their_range),
        RPC_TEST(numbers_are_read_from_text),
        RPC_TEST(texts_that_are_no_number),
        RPC_TEST(each_setter_refuses_other_types),
        RPC_TEST(texts_are_utf8_without_nul),
        RPC_TEST(bytes_are_hex),
        RPC_TEST(repeated_fields_grow),
        RPC_TEST(the_last_value_of_a_single_field_stays),
        RPC_TEST(messages_inside_are_set),
        RPC_TEST(every_method_can_be_carried),
        RPC_TEST(a_query_holds_whatever_is_no_message),
        RPC_TEST(other_types_are_known_to_be_unsupported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
