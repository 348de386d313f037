/* Schemas of messages: each kind of field, in each place. */
#include "sim/rpc/openapi_schema.h"

#include "proto/dstack_guest.pb-c.h"
#include "proto/verifier.pb-c.h"
#include "test/unit/rpc_fixture.h"
#include "test/unit/sample_message.h"

static const struct proto_docs no_docs = {NULL, 0};

static void assert_field(struct rpc_fixture *fixture, const struct proto_docs *docs,
                         const ProtobufCMessageDescriptor *message, const char *name,
                         enum openapi_place place, const char *expected)
{
    const struct openapi_schemas schemas = {.docs = docs};

    openapi_schema_field(&schemas, message, protobuf_c_message_descriptor_get_field_by_name(message, name),
                         place, &fixture->out);
    rpc_assert_out(fixture, expected);
}

#define TEXT_NUMBER "{\"type\":\"string\",\"pattern\":\"^-?[0-9]+$\"}"

static void requests_are_read_generously(void **state)
{
    static const struct {
        const char *name, *expected;
    } rows[] = {
        {"alias", "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}"},
        {"flags", "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"}}"},
        {"i32", "{\"anyOf\":[{\"type\":\"integer\",\"format\":\"int32\",\"minimum\":-2147483648,"
                "\"maximum\":2147483647}," TEXT_NUMBER "]}"},
        {"i64", "{\"anyOf\":[{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":-9223372036854775808,"
                "\"maximum\":9223372036854775807}," TEXT_NUMBER "]}"},
        {"u32", "{\"anyOf\":[{\"type\":\"integer\",\"format\":\"uint32\",\"minimum\":0,\"maximum\":"
                "4294967295}," TEXT_NUMBER "]}"},
        {"u64", "{\"anyOf\":[{\"type\":\"integer\",\"format\":\"uint64\",\"minimum\":0,"
                "\"maximum\":9223372036854775807}," TEXT_NUMBER "]}"},
        {"inner", "{\"$ref\":\"#/components/schemas/BootstrapInfo\"}"},
        {"items", "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/AppId\"}}"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_field(*state, &no_docs, &sample_descriptor, rows[i].name, OPENAPI_REQUEST, rows[i].expected);
    assert_field(
        *state, &no_docs, &dstack__raw_quote_args__descriptor, "report_data", OPENAPI_REQUEST,
        "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^(0[xX])?([0-9a-fA-F]{2})*$\"}");
    assert_field(*state, &no_docs, &dstack__verify_request__descriptor, "quote", OPENAPI_REQUEST,
                 "{\"type\":[\"object\",\"array\",\"string\",\"number\",\"boolean\",\"null\"]}");
}

static void exact_requests_have_the_forms_of_the_real_agent(void **state)
{
    assert_field(*state, &no_docs, &sample_descriptor, "i64", OPENAPI_EXACT_REQUEST,
                 "{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":-9223372036854775808,"
                 "\"maximum\":9223372036854775807}");
    assert_field(
        *state, &no_docs, &dstack__raw_quote_args__descriptor, "report_data", OPENAPI_EXACT_REQUEST,
        "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^(0x)?([0-9a-fA-F]{2})*$\"}");
    assert_field(*state, &no_docs, &sample_descriptor, "flags", OPENAPI_EXACT_QUERY,
                 "{\"type\":\"array\",\"items\":{\"enum\":[\"true\",\"false\"]}}");
}

/* Beside a type that is also read generously, as a control's is. */
static void an_exact_request_has_a_name_of_its_own(void **state)
{
    const ProtobufCMessageDescriptor *message = &dstack__raw_quote_args__descriptor;
    struct rpc_fixture *fixture = *state;
    struct openapi_schemas schemas = {.docs = &no_docs};

    openapi_schema_add(&schemas, message, OPENAPI_EXACT_REQUEST);
    openapi_schema_body(&schemas, message, OPENAPI_EXACT_REQUEST, &fixture->out);
    rpc_assert_out(fixture, "{\"$ref\":\"#/components/schemas/RawQuoteArgs\"}");
    openapi_schema_add(&schemas, message, OPENAPI_REQUEST);
    openapi_schema_body(&schemas, message, OPENAPI_EXACT_REQUEST, &fixture->out);
    rpc_assert_out(fixture, "{\"$ref\":\"#/components/schemas/RawQuoteArgsExactInput\"}");
    openapi_schema_free(&schemas);
}

static void responses_have_one_form(void **state)
{
    static const struct {
        const char *name, *expected;
    } rows[] = {
        {"alias", "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}"},
        {"i32", "{\"type\":\"integer\",\"format\":\"int32\",\"minimum\":-2147483648,\"maximum\":2147483647}"},
        {"u64", "{\"type\":\"integer\",\"format\":\"uint64\",\"minimum\":0}"},
        {"numbers",
         "{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"format\":\"uint64\",\"minimum\":0}}"},
        {"inner", "{\"anyOf\":[{\"$ref\":\"#/components/schemas/BootstrapInfo\"},{\"type\":\"null\"}]}"},
        {"items", "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/AppId\"}}"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_field(*state, &no_docs, &sample_descriptor, rows[i].name, OPENAPI_RESPONSE, rows[i].expected);
    assert_field(*state, &no_docs, &dstack__attest_response__descriptor, "attestation", OPENAPI_RESPONSE,
                 "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^([0-9a-f]{2})*$\"}");
}

static void a_query_has_booleans_as_texts(void **state)
{
    assert_field(*state, &no_docs, &sample_descriptor, "alias", OPENAPI_QUERY, "{\"type\":\"string\"}");
    assert_field(*state, &no_docs, &sample_descriptor, "flags", OPENAPI_QUERY,
                 "{\"type\":\"array\",\"items\":{\"enum\":[\"true\",\"false\",\"1\",\"0\"]}}");
    assert_field(*state, &no_docs, &sample_descriptor, "u64", OPENAPI_QUERY,
                 "{\"type\":\"integer\",\"format\":\"uint64\",\"minimum\":0}");
}

/* --- what comments say --- */

static const struct proto_doc sample_rows[] = {
    {.name = "dstack.AppId.app_id", .least = "20", .most = "20"},
    {.name = "dstack.AttestResponse.attestation", .least = "0", .most = "1000"},
    {.name = "dstack.GetKeyArgs.algorithm", .values = "\"a\",\"b\"", .example = "\"a\""},
    {.name = "dstack.GetKeyArgs.path", .least = "1", .most = "9", .pattern = "^\"$"},
    {.name = "dstack.GetKeyArgs.purpose", .is_required = true, .text = "Why \"so\"."},
    {.name = "dstack.RawQuoteArgs.report_data", .is_required = true},
    {.name = "test.Sample.alias", .is_required = true, .values = "\"a\""},
    {.name = "test.Sample.numbers", .most_values = "7", .most = "5", .example = "[1,2]"},
    {.name = "test.Sample.u32", .is_required = true},
};
static const struct proto_docs sample_docs = {sample_rows, sizeof sample_rows / sizeof *sample_rows};

static void texts_have_their_limits(void **state)
{
    const ProtobufCMessageDescriptor *key = &dstack__get_key_args__descriptor;

    assert_field(*state, &sample_docs, key, "path", OPENAPI_REQUEST,
                 "{\"type\":\"string\",\"minLength\":1,\"maxLength\":9,\"pattern\":\"^\\\"$\"}");
    assert_field(*state, &sample_docs, key, "purpose", OPENAPI_QUERY,
                 "{\"type\":\"string\",\"minLength\":1}");
    assert_field(*state, &sample_docs, key, "purpose", OPENAPI_RESPONSE, "{\"type\":\"string\"}");
    assert_field(*state, &sample_docs, key, "algorithm", OPENAPI_REQUEST,
                 "{\"type\":\"string\",\"enum\":[\"a\",\"b\",\"\"]}");
    assert_field(*state, &sample_docs, key, "algorithm", OPENAPI_RESPONSE,
                 "{\"type\":\"string\",\"enum\":[\"a\",\"b\"]}");
    assert_field(*state, &sample_docs, &sample_descriptor, "alias", OPENAPI_QUERY,
                 "{\"type\":\"string\",\"enum\":[\"a\"]}");
}

static void bytes_have_their_limits(void **state)
{
    static const struct proto_doc some[] = {{.name = "dstack.AppId.app_id", .least = "3", .most = "255"}};
    static const struct proto_docs some_docs = {some, 1};

    assert_field(*state, &sample_docs, &dstack__app_id__descriptor, "app_id", OPENAPI_RESPONSE,
                 "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^([0-9a-f]{2}){20}$\"}");
    assert_field(*state, &some_docs, &dstack__app_id__descriptor, "app_id", OPENAPI_QUERY,
                 "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^(0[xX])?([0-9a-fA-F]{2})"
                 "{3,255}$\"}");
    assert_field(
        *state, &sample_docs, &dstack__raw_quote_args__descriptor, "report_data", OPENAPI_REQUEST,
        "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^(0[xX])?([0-9a-fA-F]{2})+$\"}");
    assert_field(*state, &sample_docs, &dstack__attest_response__descriptor, "attestation", OPENAPI_RESPONSE,
                 "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^([0-9a-f]{2})*$\","
                 "\"maxLength\":2000}");
    assert_field(
        *state, &sample_docs, &dstack__attest_response__descriptor, "attestation", OPENAPI_REQUEST,
        "{\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^(0[xX])?([0-9a-fA-F]{2})*$\","
        "\"maxLength\":2002}");
}

static void numbers_have_their_limits(void **state)
{
    assert_field(*state, &sample_docs, &sample_descriptor, "u32", OPENAPI_QUERY,
                 "{\"type\":\"integer\",\"format\":\"uint32\",\"minimum\":1,\"maximum\":4294967295}");
    assert_field(*state, &sample_docs, &sample_descriptor, "u32", OPENAPI_RESPONSE,
                 "{\"type\":\"integer\",\"format\":\"uint32\",\"minimum\":0,\"maximum\":4294967295}");
    assert_field(*state, &sample_docs, &sample_descriptor, "numbers", OPENAPI_QUERY,
                 "{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"format\":\"uint64\",\"minimum\":0,"
                 "\"maximum\":5},"
                 "\"maxItems\":7}");
}

/* --- messages --- */

static void a_message_with_its_comments(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct openapi_schemas schemas = {.docs = &sample_docs};

    openapi_schema_add(&schemas, &dstack__get_key_args__descriptor, OPENAPI_REQUEST);
    openapi_schema_write(&schemas, &fixture->out);
    rpc_assert_out(fixture,
                   "{\"GetKeyArgs\":{\"type\":\"object\",\"properties\":{"
                   "\"path\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":9,\"pattern\":\"^\\\"$\"},"
                   "\"purpose\":{\"description\":\"Why \\\"so\\\".\",\"type\":\"string\",\"minLength\":1},"
                   "\"algorithm\":{\"type\":\"string\",\"enum\":[\"a\",\"b\",\"\"],\"examples\":[\"a\"]}},"
                   "\"required\":[\"purpose\"]}}");
    openapi_schema_free(&schemas);
}

static void a_response_has_every_field(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct openapi_schemas schemas = {.docs = &no_docs};

    openapi_schema_add(&schemas, &dstack__version_response__descriptor, OPENAPI_RESPONSE);
    openapi_schema_write(&schemas, &fixture->out);
    rpc_assert_out(
        fixture,
        "{\"VersionResponse\":{\"type\":\"object\",\"properties\":{\"version\":{\"type\":\"string\"},"
        "\"rev\":{\"type\":\"string\"}},\"required\":[\"version\",\"rev\"]}}");
    openapi_schema_free(&schemas);
}

static void messages_inside_are_added_once(void **state)
{
    struct rpc_fixture *fixture = *state;
    struct openapi_schemas schemas = {.docs = &no_docs};

    for (int i = 0; i < 3; i++)
        openapi_schema_add(&schemas, &sample_descriptor, OPENAPI_REQUEST);
    assert_int_equal(schemas.count, 3); /* with BootstrapInfo and AppId */
    openapi_schema_add(&schemas, &dstack__verify_request__descriptor, OPENAPI_REQUEST);
    assert_int_equal(schemas.count, 4); /* any JSON has no name */
    openapi_schema_add(&schemas, &dstack__empty__descriptor, OPENAPI_REQUEST);
    assert_int_equal(schemas.count, 4);
    openapi_schema_body(&schemas, &dstack__app_id__descriptor, OPENAPI_REQUEST, &fixture->out);
    rpc_assert_out(fixture, "{\"$ref\":\"#/components/schemas/AppId\"}");
    openapi_schema_add(&schemas, &dstack__app_id__descriptor, OPENAPI_RESPONSE);
    openapi_schema_body(&schemas, &dstack__app_id__descriptor, OPENAPI_REQUEST, &fixture->out);
    rpc_assert_out(fixture, "{\"$ref\":\"#/components/schemas/AppIdInput\"}");
    openapi_schema_body(&schemas, &dstack__app_id__descriptor, OPENAPI_RESPONSE, &fixture->out);
    rpc_assert_out(fixture, "{\"$ref\":\"#/components/schemas/AppId\"}");
    openapi_schema_free(&schemas);
}

static void a_message_without_fields_is_an_object_or_null(void **state)
{
    struct rpc_fixture *fixture = *state;
    const struct openapi_schemas schemas = {.docs = &no_docs};

    openapi_schema_body(&schemas, &dstack__empty__descriptor, OPENAPI_REQUEST, &fixture->out);
    rpc_assert_out(fixture, "{\"anyOf\":[{\"type\":\"object\"},{\"type\":\"null\"}]}");
    openapi_schema_body(&schemas, &dstack__verify_request__descriptor, OPENAPI_REQUEST, &fixture->out);
    rpc_assert_out(fixture,
                   "{\"anyOf\":[{\"$ref\":\"#/components/schemas/VerifyRequest\"},{\"type\":\"null\"}]}");
    openapi_schema_body(&schemas, &dstack__empty__descriptor, OPENAPI_RESPONSE, &fixture->out);
    rpc_assert_out(fixture, "{\"type\":\"null\"}");
    openapi_schema_write(&schemas, &fixture->out);
    rpc_assert_out(fixture, "{}");
}

static void examples_and_what_is_required(void **state)
{
    struct rpc_fixture *fixture = *state;
    const struct openapi_schemas schemas = {.docs = &sample_docs};

    openapi_schema_example(&schemas, &dstack__get_key_args__descriptor, &fixture->out);
    rpc_assert_out(fixture, "{\"algorithm\":\"a\"}");
    openapi_schema_example(&schemas, &sample_descriptor, &fixture->out);
    rpc_assert_out(fixture, "{\"numbers\":[1,2]}");
    openapi_schema_example(&schemas, &dstack__empty__descriptor, &fixture->out);
    rpc_assert_out(fixture, "{}");
    assert_true(openapi_schema_is_required(&schemas, &dstack__get_key_args__descriptor));
    assert_false(openapi_schema_is_required(&schemas, &dstack__app_id__descriptor));
    assert_false(openapi_schema_is_required(&schemas, &dstack__empty__descriptor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(requests_are_read_generously),
        RPC_TEST(exact_requests_have_the_forms_of_the_real_agent),
        RPC_TEST(an_exact_request_has_a_name_of_its_own),
        RPC_TEST(responses_have_one_form),
        RPC_TEST(a_query_has_booleans_as_texts),
        RPC_TEST(texts_have_their_limits),
        RPC_TEST(bytes_have_their_limits),
        RPC_TEST(numbers_have_their_limits),
        RPC_TEST(a_message_with_its_comments),
        RPC_TEST(a_response_has_every_field),
        RPC_TEST(messages_inside_are_added_once),
        RPC_TEST(a_message_without_fields_is_an_object_or_null),
        RPC_TEST(examples_and_what_is_required),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
