/* DstackGuest of the versioned API, called directly. */
#include "sim/services/guest_agent_v1.h"

#include "proto/dstack_guest_v1.pb-c.h"
#include "test/unit/certificate.h"
#include "test/unit/service_fixture.h"

SERVICE_REPLY(on_cert, Dstack__Guest__V1__IssueCertResponse)
SERVICE_REPLY(on_key, Dstack__Guest__V1__GetKeyResponse)
SERVICE_REPLY(on_attest, Dstack__Guest__V1__AttestResponse)
SERVICE_REPLY(on_gpu, Dstack__Guest__V1__AttestGpuResponse)
SERVICE_REPLY(on_info, Dstack__Guest__V1__InfoResponse)

#define CALL(s, method, request, on_reply)                                                                   \
    SERVICE_CALL(s, guest_agent_v1_service, Dstack__Guest__V1__DstackGuest_Service, method, request, on_reply)

static char ed25519[] = "ed25519", refused[] = "k256";

static void a_key_comes_with_its_public_key_and_the_kms_signature(void **state)
{
    struct service_call *s = *state;
    Dstack__Guest__V1__GetKeyRequest request = DSTACK__GUEST__V1__GET_KEY_REQUEST__INIT;
    const Dstack__Guest__V1__GetKeyResponse *response;

    CALL(s, get_key, &request, on_key);
    assert_service_failed(s, "algorithm is required");
    request.algorithm = refused;
    CALL(s, get_key, &request, on_key);
    assert_service_failed(s, "unsupported algorithm `k256`");
    request.algorithm = ed25519;
    CALL(s, get_key, &request, on_key);
    response = service_answer(s);
    assert_int_equal(response->key.len, 32);
    assert_int_equal(response->public_key.len, 32);
    assert_int_equal(response->n_signature_chain, 2);
    assert_int_equal(response->signature_chain[0].len, 65);
    assert_memory_equal(response->signature_chain[1].data, s->td->keys.k256_signature, 65);
}

/* As a decoder leaves it: see nul_text.h. */
static void a_domain_is_read_past_a_zero(void **state)
{
    static char domains[][8] = {"a\xc0\x80"
                                "b",
                                "a",
                                "a\xc0\x80"
                                "c"};
    struct service_call *s = *state;
    Dstack__Guest__V1__GetKeyRequest request = DSTACK__GUEST__V1__GET_KEY_REQUEST__INIT;
    uint8_t keys[3][32];

    request.algorithm = ed25519;
    for (int i = 0; i < 3; i++) {
        request.domain = domains[i];
        CALL(s, get_key, &request, on_key);
        memcpy(keys[i], ((const Dstack__Guest__V1__GetKeyResponse *)service_answer(s))->key.data, 32);
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(keys[i], keys[k], 32);
    }
}

static void a_certificate_is_issued_as_asked(void **state)
{
    struct service_call *s = *state;
    Dstack__Guest__V1__IssueCertRequest request = DSTACK__GUEST__V1__ISSUE_CERT_REQUEST__INIT;
    const Dstack__Guest__V1__IssueCertResponse *response;
    mbedtls_x509_crt crt;

    request.optional_not_before_case = DSTACK__GUEST__V1__ISSUE_CERT_REQUEST__OPTIONAL_NOT_BEFORE_NOT_BEFORE;
    request.not_before = 0;
    CALL(s, issue_cert, &request, on_cert);
    response = service_answer(s);
    assert_int_equal(response->n_certificate_chain, 2);
    assert_string_equal(response->certificate_chain[1], s->td->keys.ca_cert);
    certificate_read(&crt, response->certificate_chain[0]);
    assert_int_equal(crt.valid_from.year, 1970);
    mbedtls_x509_crt_free(&crt);
    request.optional_not_after_case = DSTACK__GUEST__V1__ISSUE_CERT_REQUEST__OPTIONAL_NOT_AFTER_NOT_AFTER;
    CALL(s, issue_cert, &request, on_cert);
    assert_service_failed(s, "not_before must be earlier than not_after");
}

static void an_attestation_is_messagepack_with_evidence_if_asked_for(void **state)
{
    struct service_call *s = *state;
    Dstack__Guest__V1__AttestRequest request = DSTACK__GUEST__V1__ATTEST_REQUEST__INIT;
    const uint8_t expected[REPORT_DATA_BYTES] = {0x12, 0x34}, too_long[65] = {0};
    const Dstack__Guest__V1__AttestResponse *response;
    struct span attestation;

    text_copy(&s->td->gpu_info, "{ }\r\n", 5);
    request.report_data = call_bytes(expected, 2);
    CALL(s, attest, &request, on_attest);
    response = service_answer(s);
    attestation = td_attestation(s->td, TD_ATTESTATION_MSGPACK, expected, &s->arena, NULL);
    assert_true(span_equal(call_span(response->attestation), attestation));
    assert_int_equal(response->n_boottime_gpu_evidence, 0);
    request.include_boottime_gpu_evidence = true;
    CALL(s, attest, &request, on_attest);
    response = service_answer(s);
    assert_int_equal(response->n_boottime_gpu_evidence, 1);
    assert_string_equal(response->boottime_gpu_evidence[0]->vendor, "nvidia");
    assert_string_equal(response->boottime_gpu_evidence[0]->format, "nvidia-nvattest-boottime-json-v1");
    assert_true(span_is(call_span(response->boottime_gpu_evidence[0]->evidence), "{ }\r\n"));
    request.report_data = call_bytes(too_long, 65);
    CALL(s, attest, &request, on_attest);
    assert_service_failed(s, "Report data is too long");
}

static void a_nonce_is_checked_before_there_is_no_gpu(void **state)
{
    struct service_call *s = *state;
    Dstack__Guest__V1__AttestGpuRequest request = DSTACK__GUEST__V1__ATTEST_GPU_REQUEST__INIT;
    const uint8_t nonce[33] = {0};

    request.nonce = call_bytes(nonce, 33);
    CALL(s, attest_gpu, &request, on_gpu);
    assert_service_failed(s, "nonce must be exactly 32 bytes, got 33");
    request.nonce.len = 32;
    CALL(s, attest_gpu, &request, on_gpu);
    assert_int_equal(s->replies, 1);
    assert_null(s->response);
    assert_int_equal(s->call.error.kind, ERROR_UNAVAILABLE);
    assert_string_equal(s->call.error.text, "GPU attestation is not available in this image");
}

static void info_shows_documents_even_if_they_are_private(void **state)
{
    struct service_call *s = *state;
    const Dstack__Guest__V1__InfoRequest request = DSTACK__GUEST__V1__INFO_REQUEST__INIT;
    const Dstack__Guest__V1__InfoResponse *response;

    s->td->app.says.public_tcbinfo = false;
    CALL(s, info, &request, on_info);
    response = service_answer(s);
    assert_string_equal(response->app_compose, s->td->app.compose);
    assert_string_equal(response->vm_config, s->td->identity.vm_config.plain);
    assert_string_equal(response->key_provider_info, s->td->identity.key_provider_info.plain);
    assert_true(span_equal(call_span(response->instance_id), span_of(s->td->identity.instance_id, 20)));
}

#define WITH_TD(test) cmocka_unit_test_setup_teardown(test, service_setup, service_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TD(a_key_comes_with_its_public_key_and_the_kms_signature),
        WITH_TD(a_domain_is_read_past_a_zero),
        WITH_TD(a_certificate_is_issued_as_asked),
        WITH_TD(an_attestation_is_messagepack_with_evidence_if_asked_for),
        WITH_TD(a_nonce_is_checked_before_there_is_no_gpu),
        WITH_TD(info_shows_documents_even_if_they_are_private),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
