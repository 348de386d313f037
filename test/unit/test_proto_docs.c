/* What the comments of sim/proto say, as the program holds it. */
#include "sim/rpc/proto_docs.h"

#include <stdio.h>

#include "proto/dstack_guest.pb-c.h"
#include "proto/guest_api.pb-c.h"
#include "proto/kms.pb-c.h"
#include "proto/simulator.pb-c.h"
#include "proto/tappd.pb-c.h"
#include "proto/verifier.pb-c.h"
#include "proto/worker.pb-c.h"
#include "test/unit/rpc_fixture.h"

static void names_are_found(void **state)
{
    static const struct proto_doc rows[] = {
        {.name = "a"}, {.name = "a.b"}, {.name = "a.b.c"}, {.name = "ab"}};
    const struct proto_docs docs = {rows, 4};

    (void)state;
    assert_ptr_equal(proto_docs_find(&docs, "a", NULL), &rows[0]);
    assert_ptr_equal(proto_docs_find(&docs, "a", "b"), &rows[1]);
    assert_ptr_equal(proto_docs_find(&docs, "a.b", NULL), &rows[1]);
    assert_ptr_equal(proto_docs_find(&docs, "a", "b.c"), &rows[2]);
    assert_ptr_equal(proto_docs_find(&docs, "a.b", "c"), &rows[2]);
    assert_ptr_equal(proto_docs_find(&docs, "ab", NULL), &rows[3]);
}

static void of_other_names_nothing_is_said(void **state)
{
    static const struct proto_doc rows[] = {{.name = "a.b", .text = "b"}};
    static const char *const names[][2] = {{"", NULL},   {"a", NULL}, {"a.", NULL}, {"a.bb", NULL},
                                           {"b", NULL},  {"a", ""},   {"a", "bb"},  {"a", "a"},
                                           {"a.b", "b"}, {"a.b", ""}, {"ab", ""},   {"a/b", NULL}};
    const struct proto_docs docs = {rows, 1};
    const struct proto_docs empty = {NULL, 0};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct proto_doc *doc = proto_docs_find(&docs, names[i][0], names[i][1]);
        if (doc->name || doc->text || doc->is_required)
            fail_msg("found for %s %s: %s", names[i][0], names[i][1] ? names[i][1] : "-", doc->name);
    }
    assert_null(proto_docs_find(&empty, "a", NULL)->name);
}

static void the_table_is_in_order(void **state)
{
    (void)state;
    assert_in_range(proto_docs.count, 100, 10000);
    for (size_t i = 1; i < proto_docs.count; i++)
        assert_true(strcmp(proto_docs.rows[i - 1].name, proto_docs.rows[i].name) < 0);
    for (size_t i = 0; i < proto_docs.count; i++)
        assert_ptr_equal(proto_docs_find(&proto_docs, proto_docs.rows[i].name, NULL), &proto_docs.rows[i]);
}

static void comments_are_read_in_parts(void **state)
{
    const struct proto_doc *doc = proto_docs_find(&proto_docs, "dstack.GetKeyArgs", "algorithm");

    (void)state;
    assert_string_equal(doc->text, "secp256k1 (also k256, the default) or ed25519.");
    assert_string_equal(doc->values, "\"secp256k1\",\"k256\",\"ed25519\"");
    assert_string_equal(doc->example, "\"secp256k1\"");
    assert_false(doc->is_required);
    doc = proto_docs_find(&proto_docs, "dstack.EmitEventArgs", "event");
    assert_true(doc->is_required);
    assert_string_equal(doc->least, "1");
    assert_string_equal(doc->most, "256");
    doc = proto_docs_find(&proto_docs, "dstack.SetPlatformArgs", "advisories");
    assert_string_equal(doc->most_values, "16");
    assert_string_equal(doc->pattern, "^[A-Za-z0-9-]+$");
    /* A service without a comment of its own has that of its file, a oneof's is its member's. */
    assert_string_equal(proto_docs_find(&proto_docs, "dstack.KMS", NULL)->text,
                        "The KMS of the simulated cluster.");
    assert_string_equal(proto_docs_find(&proto_docs, "dstack.GetTlsKeyArgs", "not_after")->text,
                        "Seconds since 1970.");
}

/* Each example of a field is one the decoder takes for it. */
static void check_examples(struct rpc_fixture *fixture, const ProtobufCMessageDescriptor *message)
{
    for (unsigned i = 0; i < message->n_fields; i++) {
        const struct proto_doc *doc = proto_docs_find(&proto_docs, message->name, message->fields[i].name);
        char body[4096];

        if (!doc->example)
            continue;
        snprintf(body, sizeof body, "{\"%s\":%s}", message->fields[i].name, doc->example);
        rpc_decode(fixture, codec_json_decode, message, body);
    }
}

static void every_example_can_be_decoded(void **state)
{
    static const ProtobufCServiceDescriptor *const services[] = {
        &dstack__dstack_guest__descriptor, &dstack__tappd__descriptor,
        &dstack__worker__descriptor,       &dstack__guest_api__descriptor,
        &dstack__kms__descriptor,          &dstack__simulator__descriptor,
        &dstack__verifier__descriptor,     NULL,
    };

    for (size_t i = 0; services[i]; i++) {
        assert_non_null(proto_docs_find(&proto_docs, services[i]->name, NULL)->text);
        for (unsigned k = 0; k < services[i]->n_methods; k++) {
            const ProtobufCMethodDescriptor *method = &services[i]->methods[k];
            if (!proto_docs_find(&proto_docs, services[i]->name, method->name)->text)
                fail_msg("%s.%s has no comment", services[i]->name, method->name);
            check_examples(*state, method->input);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RPC_TEST(names_are_found),
        RPC_TEST(of_other_names_nothing_is_said),
        RPC_TEST(the_table_is_in_order),
        RPC_TEST(comments_are_read_in_parts),
        RPC_TEST(every_example_can_be_decoded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
