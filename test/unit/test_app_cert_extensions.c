/* The extensions of the app's certificates (app_cert.c), as mbedTLS and msgpack-c
 * read them. */
#include <msgpack.h>

#include "crypto/hash.h"
#include "sim/td/view.h"
#include "test/unit/app_cert_fixture.h"

static void a_plain_certificate_has_four_extensions(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = "app"};
    struct certificate_extension list[CERTIFICATE_EXTENSIONS_MAX];
    static const char *const oids[] = {"551d0f", "551d0e", "551d23", USAGE_OID};

    issue(f, &request);
    assert_int_equal(certificate_extensions(&f->crt, list), 4);
    for (int i = 0; i < 4; i++) {
        assert_hex_equal(list[i].oid.data, list[i].oid.len, oids[i]);
        assert_int_equal(list[i].critical, i == 0);
    }
    assert_hex_equal(list[0].value.data, list[0].value.len, "03020780");
    assert_true(span_is(wrapped(f, USAGE_OID), "app:custom"));
}

static void key_ids_link_it_to_the_ca(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = "app"};
    uint8_t id[X509_KEY_ID_BYTES];

    issue(f, &request);
    x509_key_id(f->key.public_key, id);
    assert_memory_equal(value_of(f, "551d0e").data, "\x04\x14", 2);
    assert_memory_equal(value_of(f, "551d0e").data + 2, id, sizeof id);
    /* The subject key id in the vectors' CA certificate. */
    assert_hex_equal(value_of(f, "551d23").data, value_of(f, "551d23").len,
                     "301680147af8c9f9564fbc3c472767a38de21a51830c7047");
}

static void extended_key_usage_is_what_was_asked(void **state)
{
    struct app_cert_fixture *f = *state;
    static const struct {
        bool server, client;
        const char *value;
    } cases[] = {
        {true, false, "300a06082b06010505070301"},
        {false, true, "300a06082b06010505070302"},
        {true, true, "301406082b0601050507030106082b06010505070302"},
    };

    issue(f, &(struct app_cert_request){.subject = "app"});
    assert_false(has(f, EKU_OID));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        issue(f, &(struct app_cert_request){
                     .subject = "app", .server_auth = cases[i].server, .client_auth = cases[i].client});
        assert_hex_equal(value_of(f, EKU_OID).data, value_of(f, EKU_OID).len, cases[i].value);
    }
}

static void alt_names_are_addresses_or_dns_names(void **state)
{
    struct app_cert_fixture *f = *state;
    static char *const names[] = {"localhost", "127.0.0.1", "::1", "*.example.com"};
    uint32_t flags;

    issue(f, &(struct app_cert_request){.subject = "app"});
    assert_false(has(f, SAN_OID));
    issue(f, &(struct app_cert_request){
                 .subject = "app", .server_auth = true, .alt_names = names, .alt_name_count = 4});
    assert_hex_equal(value_of(f, SAN_OID).data, value_of(f, SAN_OID).len,
                     "3032"
                     "82096c6f63616c686f7374"
                     "87047f000001"
                     "871000000000000000000000000000000001"
                     "820d2a2e6578616d706c652e636f6d");
    assert_int_equal(mbedtls_x509_crt_verify(&f->crt, &f->ca, NULL, "localhost", &flags, NULL, NULL), 0);
    assert_int_equal(mbedtls_x509_crt_verify(&f->crt, &f->ca, NULL, "a.example.com", &flags, NULL, NULL), 0);
    assert_int_not_equal(mbedtls_x509_crt_verify(&f->crt, &f->ca, NULL, "example.org", &flags, NULL, NULL),
                         0);
}

static void alt_names_that_no_certificate_can_hold(void **state)
{
    struct app_cert_fixture *f = *state;
    static char longest[255], *const longest_name = longest;
    static const struct {
        char *name;
        const char *reason;
    } cases[] = {
        {"b\xc3\xbc"
         "cher.example",
         "\"b\xc3\xbc"
         "cher.example\" must be ASCII"},
        {"a b", "\"a b\" must be ASCII without spaces"},
        {"a\nb", "must be ASCII without spaces"},
        {"a\x7f", "must be ASCII without spaces"},
        {"", "must not contain an empty name"},
    };
    char *names[] = {"localhost", NULL};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        names[1] = cases[i].name;
        refuses(f, &(struct app_cert_request){.subject = "app", .alt_names = names, .alt_name_count = 2},
                cases[i].reason);
    }
    memset(longest, 'a', sizeof longest - 1);
    refuses(f, &(struct app_cert_request){.subject = "app", .alt_names = &longest_name, .alt_name_count = 1},
            "a name of 254 bytes; at most 253");
}

static void alt_names_have_a_largest_number(void **state)
{
    struct app_cert_fixture *f = *state;
    static char longest[254], *names[LEAF_ALT_NAMES_MAX + 1];
    struct app_cert_request request = {
        .subject = "app", .alt_names = names, .alt_name_count = LEAF_ALT_NAMES_MAX};

    memset(longest, 'a', sizeof longest - 1);
    for (int i = 0; i <= LEAF_ALT_NAMES_MAX; i++)
        names[i] = longest;
    issue(f, &request);
    assert_in_range(value_of(f, SAN_OID).len, LEAF_ALT_NAMES_MAX * 253, LEAF_ALT_NAMES_MAX * 260);
    request.alt_name_count++;
    refuses(f, &request, "alt_names has 257 names; at most 256");
}

/* An address takes 16 bytes, however short its text. */
static void all_alt_names_may_be_short_addresses(void **state)
{
    struct app_cert_fixture *f = *state;
    static char address[] = "::", subject[LEAF_NAME_BYTES_MAX + 1];
    char *names[LEAF_ALT_NAMES_MAX];
    const struct app_cert_request request = {.subject = subject,
                                             .server_auth = true,
                                             .client_auth = true,
                                             .ra_tls = true,
                                             .with_app_info = true,
                                             .alt_names = names,
                                             .alt_name_count = LEAF_ALT_NAMES_MAX};

    memset(subject, 's', LEAF_NAME_BYTES_MAX);
    for (int i = 0; i < LEAF_ALT_NAMES_MAX; i++)
        names[i] = address;
    issue(f, &request);
    assert_in_range(value_of(f, SAN_OID).len, LEAF_ALT_NAMES_MAX * 18, LEAF_ALT_NAMES_MAX * 18 + 4);
}

static void the_attestation_comes_with_ra_tls_alone(void **state)
{
    struct app_cert_fixture *f = *state;

    issue(f, &(struct app_cert_request){.subject = "app", .with_app_info = true});
    assert_false(has(f, QUOTE_OID));
    assert_false(has(f, EVENT_LOG_OID));
    assert_false(has(f, ATTESTATION_OID));
    issue(f, &(struct app_cert_request){.subject = "app", .ra_tls = true});
    assert_true(has(f, QUOTE_OID) && has(f, EVENT_LOG_OID) && has(f, ATTESTATION_OID));
    assert_false(has(f, APP_INFO_OID));
}

static void the_quote_binds_the_key(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = "app", .ra_tls = true};
    uint8_t expected[64];
    struct bytes parts[] = {{"ratls-cert:", 11}, {NULL, 0}};
    struct span quote;

    issue(f, &request);
    parts[1] = (struct bytes){f->crt.pk_raw.p, f->crt.pk_raw.len};
    hash_parts(HASH_SHA512, parts, 2, expected);
    quote = wrapped(f, QUOTE_OID);
    assert_int_equal(quote.len, quote_size(&f->td->quote));
    assert_memory_equal(quote.data + 568, expected, 64);
    assert_true(span_equal(quote, td_quote(f->td, expected, &f->arena)));
    assert_true(span_is(wrapped(f, EVENT_LOG_OID), td_event_log(f->td)->plain));
    assert_true(span_equal(wrapped(f, ATTESTATION_OID),
                           attestation_scale_write_cut(view_scale(f->td->view), quote, expected, &f->arena)));
}

static void a_new_event_is_in_the_next_certificate(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct app_cert_request request = {.subject = "app", .ra_tls = true};
    struct span log;

    issue(f, &request);
    assert_int_equal(td_emit_event(f->td, "late", SPAN_NONE, &f->error), 0);
    issue(f, &request);
    log = wrapped(f, EVENT_LOG_OID);
    assert_non_null(memmem(log.data, log.len, "\"event\":\"late\"", 14));
    assert_memory_equal(wrapped(f, QUOTE_OID).data + 48 + 472, f->td->state.registers.rtmr[3],
                        REGISTER_BYTES);
}

static void app_info_is_who_the_app_is(void **state)
{
    struct app_cert_fixture *f = *state;
    const struct td *td = f->td;
    const struct text *provider = &td->identity.key_provider_info;
    uint8_t mr_system[32], mr_aggregated[32];
    const struct span expected[] = {
        {td->identity.app_id, 20},
        {td->app.compose_hash, 32},
        {td->identity.instance_id, 20},
        {td->shared->platform->device_id, 32},
        {mr_system, 32},
        {mr_aggregated, 32},
        {td->identity.os_image_hash, 32},
        span_text(provider->plain),
    };
    msgpack_unpacked result;
    size_t offset = 0;
    struct span info;

    registers_system(&td->state.registers, span_text(provider->plain), mr_system);
    registers_aggregate(&td->state.registers, mr_aggregated);
    issue(f, &(struct app_cert_request){.subject = "app", .with_app_info = true});
    info = wrapped(f, APP_INFO_OID);
    msgpack_unpacked_init(&result);
    assert_int_equal(msgpack_unpack_next(&result, (const char *)info.data, info.len, &offset),
                     MSGPACK_UNPACK_SUCCESS);
    assert_int_equal(offset, info.len);
    assert_int_equal(result.data.type, MSGPACK_OBJECT_ARRAY);
    assert_int_equal(result.data.via.array.size, 9);
    for (int i = 0; i < 8; i++) {
        const msgpack_object *item = &result.data.via.array.ptr[i];
        assert_int_equal(item->type, MSGPACK_OBJECT_BIN);
        assert_true(span_equal(span_of(item->via.bin.ptr, item->via.bin.size), expected[i]));
    }
    assert_int_equal(result.data.via.array.ptr[8].type, MSGPACK_OBJECT_ARRAY);
    msgpack_unpacked_destroy(&result);
}

#define WITH_TD(test) cmocka_unit_test_setup_teardown(test, app_cert_start, app_cert_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TD(a_plain_certificate_has_four_extensions),
        WITH_TD(key_ids_link_it_to_the_ca),
        WITH_TD(extended_key_usage_is_what_was_asked),
        WITH_TD(alt_names_are_addresses_or_dns_names),
        WITH_TD(alt_names_that_no_certificate_can_hold),
        WITH_TD(alt_names_have_a_largest_number),
        WITH_TD(all_alt_names_may_be_short_addresses),
        WITH_TD(the_attestation_comes_with_ra_tls_alone),
        WITH_TD(the_quote_binds_the_key),
        WITH_TD(a_new_event_is_in_the_next_certificate),
        WITH_TD(app_info_is_who_the_app_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
