/* The pieces that several services' responses are made of. */
#include "sim/services/reply.h"

#include "sim/base/version.h"
#include "sim/td/td_cert.h"
#include "sim/td/view.h"
#include "test/unit/certificate.h"
#include "test/unit/service_fixture.h"

static void assert_bytes(ProtobufCBinaryData bytes, const void *data, size_t len)
{
    assert_true(span_equal(call_span(bytes), span_of(data, len)));
}

static void check_version(const Dstack__VersionResponse *response, void *called)
{
    assert_string_equal(response->version, version_number);
    assert_string_equal(response->rev, version_rev);
    assert_true(*response->version && *response->rev);
    *(bool *)called = true;
}

static void version_names_number_and_revision(void **state)
{
    bool called = false;

    (void)state;
    reply_version(check_version, &called);
    assert_true(called);
}

static void app_info_says_who_the_app_is(void **state)
{
    struct service_call *s = *state;
    Dstack__AppInfo response = DSTACK__APP_INFO__INIT;
    uint8_t aggregated[32];

    assert_int_equal(reply_app_info(&s->call, s->td, true, &response), 0);
    registers_aggregate(&s->td->state.registers, aggregated);
    assert_bytes(response.app_id, s->td->app.compose_hash, 20);
    assert_bytes(response.instance_id, s->td->identity.instance_id, 20);
    assert_bytes(response.compose_hash, s->td->app.compose_hash, 32);
    assert_bytes(response.device_id, s->td->shared->platform->device_id, 32);
    assert_bytes(response.mr_aggregated, aggregated, 32);
    assert_bytes(response.os_image_hash, s->td->identity.os_image_hash, 32);
    assert_string_equal(response.app_name, "dstack-simulator-demo");
    assert_string_equal(response.app_cert, td_cert_own(s->td, &s->call.error)->plain);
    assert_string_equal(response.key_provider_info, s->td->identity.key_provider_info.plain);
    assert_string_equal(response.tcb_info, td_tcb_info(s->td)->plain);
    assert_string_equal(response.vm_config, s->td->identity.vm_config.plain);
    assert_string_equal(response.cloud_vendor, "dstack-simulator");
    assert_string_equal(response.cloud_product, "simulated TDX machine");
}

static void app_info_may_keep_tcb_info_back(void **state)
{
    struct service_call *s = *state;
    Dstack__AppInfo response = DSTACK__APP_INFO__INIT;

    assert_int_equal(reply_app_info(&s->call, s->td, false, &response), 0);
    assert_string_equal(response.tcb_info, "");
    assert_string_equal(response.vm_config, "");
    assert_bytes(response.app_id, s->td->identity.app_id, 20);
}

static void a_quote_comes_with_all_that_checks_it(void **state)
{
    struct service_call *s = *state;
    Dstack__GetQuoteResponse response = DSTACK__GET_QUOTE_RESPONSE__INIT;
    const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};
    struct span quote, attestation;

    reply_quote(&s->call, s->td, report_data, &response);
    quote = td_quote(s->td, report_data, &s->arena);
    attestation = attestation_msgpack_write(view_msgpack(s->td->view), quote, report_data, &s->arena);
    assert_bytes(response.quote, quote.data, quote.len);
    assert_bytes(response.attestation, attestation.data, attestation.len);
    assert_bytes(response.report_data, report_data, sizeof report_data);
    assert_string_equal(response.event_log, td_event_log(s->td)->plain);
    assert_string_equal(response.vm_config, s->td->identity.vm_config.plain);
}

static void assert_key_pair(const char *key_pem, const char *certificate_pem, const struct p256_key *key)
{
    uint8_t spki[X509_SPKI_BYTES];
    mbedtls_x509_crt crt;
    const char *reason;
    struct p256_key read;

    assert_int_equal(x509_key_read_pem(&read, key_pem, &reason), 0);
    assert_memory_equal(&read, key, sizeof read);
    certificate_read(&crt, certificate_pem);
    x509_key_spki(key->public_key, spki);
    assert_int_equal(crt.pk_raw.len, sizeof spki);
    assert_memory_equal(crt.pk_raw.p, spki, sizeof spki);
    mbedtls_x509_crt_free(&crt);
}

static void a_tls_key_comes_with_its_chain(void **state)
{
    struct service_call *s = *state;
    Dstack__GetTlsKeyResponse response = DSTACK__GET_TLS_KEY_RESPONSE__INIT;
    const struct app_cert_request request = {.subject = "app"};
    struct p256_key key;

    p256_key_generate(&key);
    assert_int_equal(reply_tls_key(&s->call, s->td, &request, &key, &response), 0);
    assert_int_equal(response.n_certificate_chain, 2);
    assert_string_equal(response.certificate_chain[1], s->td->keys.ca_cert);
    assert_key_pair(response.key, response.certificate_chain[0], &key);
}

static void a_refused_certificate_is_an_error(void **state)
{
    struct service_call *s = *state;
    Dstack__GetTlsKeyResponse response = DSTACK__GET_TLS_KEY_RESPONSE__INIT;
    const uint64_t past = 1;
    const struct app_cert_request request = {.subject = "app", .not_after = &past};
    struct p256_key key;

    p256_key_generate(&key);
    assert_int_equal(reply_tls_key(&s->call, s->td, &request, &key, &response), -1);
    assert_int_equal(s->call.error.kind, ERROR_INPUT);
    assert_non_null(strstr(s->call.error.text, "not_before must be earlier than not_after"));
}

/* The scalar and PEM of a running agent's DeriveKey. */
static void a_private_key_is_written_as_a_running_agent_does(void **state)
{
    struct service_call *s = *state;
    uint8_t scalar[32];
    struct p256_key key;

    from_hex("f6c1ed94488394d78e0a4e5ab75d62e9f085d73b0b555d0614fb90ca13d9464d", scalar, 32);
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    assert_string_equal(reply_private_key(&s->call, &key),
                        "-----BEGIN PRIVATE KEY-----\n"
                        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9sHtlEiDlNeOCk5a\n"
                        "t11i6fCF1zsLVV0GFPuQyhPZRk2hRANCAATzZ6Uv0OjV+N7V/9AFegAIN4Cq4ZtK\n"
                        "/NF7lrkzf2ntB8cPCLhxA9GLjoZejwV4rSjF9rQnWO6rR7BJgkjpwDas\n"
                        "-----END PRIVATE KEY-----\n");
}

static void a_signature_chain_ends_at_the_kms(void **state)
{
    struct service_call *s = *state;
    ProtobufCBinaryData *chain;
    struct app_key key;
    size_t count;

    memset(&key, 0x11, sizeof key);
    reply_signature_chain(&s->call, s->td, &key, &count, &chain);
    assert_int_equal(count, 2);
    assert_bytes(chain[0], key.signature, 65);
    assert_hex_equal(chain[1].data, chain[1].len,
                     "9e618603e72d01fedb82deff6daf2d62a572becf0059eec3f89c1ab40e1f2e59"
                     "4d2a283f843f34e8f39e4cc49a612496ce67223a12ac923f8efe330346dfc6c500");
}

#define WITH_TD(test) cmocka_unit_test_setup_teardown(test, service_setup, service_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_names_number_and_revision),
        WITH_TD(app_info_says_who_the_app_is),
        WITH_TD(app_info_may_keep_tcb_info_back),
        WITH_TD(a_quote_comes_with_all_that_checks_it),
        WITH_TD(a_tls_key_comes_with_its_chain),
        WITH_TD(a_refused_certificate_is_an_error),
        WITH_TD(a_private_key_is_written_as_a_running_agent_does),
        WITH_TD(a_signature_chain_ends_at_the_kms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
