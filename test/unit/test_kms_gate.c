/* The checks of a call of the KMS: who is verified, who is allowed, and what they are told. */
#include "sim/kms/kms_gate.h"

#include "test/unit/kms_fixture.h"

static void assert_says(struct kms_fixture *f, const char *expected)
{
    if (!strstr(f->error.text, expected))
        fail_msg("\"%s\" does not say \"%s\"", f->error.text, expected);
    f->error = (struct error){.kind = ERROR_NONE};
}

static void an_attested_client_is_admitted(void **state)
{
    struct kms_fixture *f = *state;
    struct kms_gate_pass pass;

    kms_call(f);
    assert_int_equal(kms_gate_identify(&f->gate, &f->error), 0);
    assert_int_equal(kms_gate_self(&f->gate, &f->error), 0);
    assert_int_equal(kms_gate_admit(&f->gate, false, SPAN_NONE, &pass, &f->error), 0);
    assert_true(span_equal(pass.boot.app.app_id, span_of(f->td->identity.app_id, 20)));
    assert_string_equal(pass.gateway_app_id, "any");
    assert_int_equal(f->server->attestation_requests, 1);
    assert_int_equal(f->server->attestation_failures, 0);
}

static void an_older_certificate_has_quote_and_event_log(void **state)
{
    struct kms_fixture *f = *state;
    const struct app_cert_evidence evidence = kms_evidence(f);
    struct leaf_private extensions = {.count = 0};
    struct kms_gate_pass pass;

    leaf_private_add(&extensions, RA_TLS_QUOTE, evidence.quote);
    leaf_private_add(&extensions, RA_TLS_EVENT_LOG, evidence.event_log);
    kms_call_with(f, &extensions);
    assert_int_equal(kms_gate_identify(&f->gate, &f->error), 0);
    assert_int_equal(kms_gate_admit(&f->gate, false, SPAN_NONE, &pass, &f->error), 0);
    assert_true(span_equal(pass.boot.app.app_id, span_of(f->td->identity.app_id, 20)));
    assert_int_equal(pass.boot.app.os_image_hash.len, 0); /* no vm_config says it */
}

static void clients_without_attestation_are_not_admitted(void **state)
{
    struct kms_fixture *f = *state;
    struct kms_gate_pass pass;

    assert_int_equal(kms_gate_identify(&f->gate, &f->error), 0);
    assert_int_equal(kms_gate_admit(&f->gate, false, SPAN_NONE, &pass, &f->error), -1);
    assert_says(f, "No attestation provided");
    kms_call_with(f, &(struct leaf_private){.count = 0});
    assert_int_equal(kms_gate_identify(&f->gate, &f->error), 0);
    assert_int_equal(kms_gate_admit(&f->gate, false, SPAN_NONE, &pass, &f->error), -1);
    assert_says(f, "No attestation provided");
    assert_int_equal(f->server->attestation_requests, 0);
}

static void a_bad_attestation_is_refused_whatever_the_method(void **state)
{
    struct kms_fixture *f = *state;
    struct leaf_private extensions = {.count = 0};
    const struct app_cert_evidence evidence = kms_evidence(f);

    p256_key_generate(&f->key); /* the quote is over another one */
    leaf_private_add(&extensions, RA_TLS_ATTESTATION, evidence.attestation);
    kms_call_with(f, &extensions);
    assert_int_equal(kms_gate_identify(&f->gate, &f->error), -1);
    assert_says(f, "invalid quote: report data mismatch");
    extensions.list[0].value = span_text("garbage");
    kms_call_with(f, &extensions);
    assert_int_equal(kms_gate_identify(&f->gate, &f->error), -1);
    assert_says(f, "invalid quote: attestation");
    td_set_debug(f->td, true);
    kms_call(f);
    assert_int_equal(kms_gate_identify(&f->gate, &f->error), -1);
    assert_says(f, "invalid quote: the TD is in debug mode");
    assert_int_equal(f->server->attestation_requests, 3);
    assert_int_equal(f->server->attestation_failures, 3);
}

static void the_kms_itself_must_be_allowed(void **state)
{
    struct kms_fixture *f = *state;
    char text[400], image[65] = "", aggregated[65] = "";
    uint8_t hash[32];

    kms_allow(f, "{}");
    assert_int_equal(kms_gate_self(&f->gate, &f->error), -1);
    assert_says(f, "KMS self authorization failed: KMS is not allowed: OS image is not allowed");
    registers_aggregate(&f->server->td->state.registers, hash);
    hex_encode(hash, 32, aggregated);
    hex_encode(f->server->td->identity.os_image_hash, 32, image);
    snprintf(text, sizeof text, "{\"osImages\":[\"%s\"],\"kms\":{\"mrAggregated\":[\"%s\"]}}", image,
             aggregated);
    kms_allow(f, text);
    if (kms_gate_self(&f->gate, &f->error))
        fail_msg("%s", f->error.text);
}

static void who_is_not_listed_is_denied(void **state)
{
    struct kms_fixture *f = *state;
    struct kms_gate_pass pass;

    kms_allow(f, "{}");
    kms_call(f);
    assert_int_equal(kms_gate_identify(&f->gate, &f->error), 0);
    assert_int_equal(kms_gate_admit(&f->gate, false, SPAN_NONE, &pass, &f->error), -1);
    assert_says(f, "Boot denied: OS image is not allowed");
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, kms_start, kms_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(an_attested_client_is_admitted),
        WITH(an_older_certificate_has_quote_and_event_log),
        WITH(clients_without_attestation_are_not_admitted),
        WITH(a_bad_attestation_is_refused_whatever_the_method),
        WITH(the_kms_itself_must_be_allowed),
        WITH(who_is_not_listed_is_denied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
