/* DstackGuest's methods, called directly: a running agent's answers, errors, and
 * that each replies once. */
#include "proto/dstack_guest.pb-c.h"
#include "test/unit/certificate.h"
#include "test/unit/service_fixture.h"

extern const struct service guest_agent_service;

SERVICE_REPLY(on_tls_key, Dstack__GetTlsKeyResponse)
SERVICE_REPLY(on_key, Dstack__GetKeyResponse)
SERVICE_REPLY(on_quote, Dstack__GetQuoteResponse)
SERVICE_REPLY(on_attest, Dstack__AttestResponse)
SERVICE_REPLY(on_empty, Dstack__Empty)
SERVICE_REPLY(on_gpu_info, Dstack__GpuInfoResponse)
SERVICE_REPLY(on_signature, Dstack__SignResponse)
SERVICE_REPLY(on_verified, Dstack__VerifyResponse)

static char algorithm[] = "secp256k1";
static const char kms_signature[] = "9e618603e72d01fedb82deff6daf2d62a572becf0059eec3f89c1ab40e1f2e59"
                                    "4d2a283f843f34e8f39e4cc49a612496ce67223a12ac923f8efe330346dfc6c500";

#define CALL(s, method, args, on_reply)                                                                      \
    SERVICE_CALL(s, guest_agent_service, Dstack__DstackGuest_Service, method, args, on_reply)

static void get_key_as_a_running_agent(void **state)
{
    struct service_call *s = *state;
    Dstack__GetKeyArgs args = DSTACK__GET_KEY_ARGS__INIT;
    const Dstack__GetKeyResponse *response;
    char path[] = "a", purpose[] = "p", refused[] = "rsa";

    args.path = path;
    args.purpose = purpose;
    CALL(s, get_key, &args, on_key);
    response = service_answer(s);
    assert_binary_hex(response->key, "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94");
    assert_int_equal(response->n_signature_chain, 2);
    assert_binary_hex(response->signature_chain[0],
                      "309ff997a26732d345f0dadbf5bf88acaea7dbb4c8c1e44eb4085c749fac5223"
                      "1e63eeeaec41fd488025e6e785d011720d7f81ee17cb4d0a76239528e2656ba900");
    assert_binary_hex(response->signature_chain[1], kms_signature);
    args.algorithm = refused;
    CALL(s, get_key, &args, on_key);
    assert_service_failed(s, "Unsupported algorithm");
}

static void sign_as_a_running_agent_and_verify(void **state)
{
    struct service_call *s = *state;
    Dstack__SignArgs args = DSTACK__SIGN_ARGS__INIT;
    Dstack__VerifyArgs check = DSTACK__VERIFY_ARGS__INIT;
    const Dstack__SignResponse *response;
    uint8_t signature[64], public_key[33];

    args.algorithm = algorithm;
    args.data = call_bytes("abc", 3);
    CALL(s, sign, &args, on_signature);
    response = service_answer(s);
    assert_int_equal(response->n_signature_chain, 3);
    assert_int_equal(response->signature.len, 64);
    assert_memory_equal(response->signature_chain[0].data, response->signature.data, 64);
    assert_binary_hex(response->signature_chain[1],
                      "51ec279eb0da3fb45335c2fd6badaf701905bf35f229912976c4ae3c9d649cf9"
                      "7f964473f2dce7118743bad84a6df707d11c9b5f0b38379204e14fd2c7baddba01");
    assert_binary_hex(response->signature_chain[2], kms_signature);
    assert_binary_hex(response->public_key,
                      "036105f01d1fd781568f7c208b087b1c4f522601410ed7e9c7870d573de7c46d54");
    memcpy(signature, response->signature.data, 64);
    memcpy(public_key, response->public_key.data, 33);
    check.algorithm = algorithm;
    check.data = args.data;
    check.signature = call_bytes(signature, 64);
    check.public_key = call_bytes(public_key, 33);
    CALL(s, verify, &check, on_verified);
    assert_true(((Dstack__VerifyResponse *)service_answer(s))->valid);
    check.data = call_bytes("abd", 3);
    CALL(s, verify, &check, on_verified);
    assert_false(((Dstack__VerifyResponse *)service_answer(s))->valid);
}

static void sign_and_verify_want_an_algorithm(void **state)
{
    struct service_call *s = *state;
    const Dstack__SignArgs args = DSTACK__SIGN_ARGS__INIT;
    Dstack__VerifyArgs check = DSTACK__VERIFY_ARGS__INIT;

    CALL(s, sign, &args, on_signature);
    assert_service_failed(s, "Unsupported algorithm");
    CALL(s, verify, &check, on_verified);
    assert_service_failed(s, "Unsupported algorithm");
    check.algorithm = algorithm;
    CALL(s, verify, &check, on_verified);
    assert_service_failed(s, "invalid public key");
}

static void quotes_and_attestations_pad_the_report_data(void **state)
{
    struct service_call *s = *state;
    Dstack__RawQuoteArgs args = DSTACK__RAW_QUOTE_ARGS__INIT;
    const uint8_t expected[REPORT_DATA_BYTES] = {0x12, 0x34}, too_long[65] = {0};
    const Dstack__GetQuoteResponse *quote;
    const Dstack__AttestResponse *attest;
    struct span attestation;

    args.report_data = call_bytes(expected, 2);
    CALL(s, get_quote, &args, on_quote);
    quote = service_answer(s);
    assert_memory_equal(quote->quote.data + 568, expected, 64);
    assert_memory_equal(quote->report_data.data, expected, 64);
    CALL(s, attest, &args, on_attest);
    attest = service_answer(s);
    attestation = td_attestation(s->td, TD_ATTESTATION_WHOLE, expected, &s->arena, NULL);
    assert_true(span_equal(call_span(attest->attestation), attestation));
    args.report_data = call_bytes(too_long, 65);
    CALL(s, get_quote, &args, on_quote);
    assert_service_failed(s, "Report data is too long");
    CALL(s, attest, &args, on_attest);
    assert_service_failed(s, "Report data is too long");
}

static void an_emitted_event_is_in_the_log(void **state)
{
    struct service_call *s = *state;
    Dstack__EmitEventArgs args = DSTACK__EMIT_EVENT_ARGS__INIT;
    size_t count = s->td->state.log.count;
    char name[] = "mine";

    CALL(s, emit_event, &args, on_empty);
    assert_service_failed(s, "event must be a name");
    args.event = name;
    args.payload = call_bytes("\x01", 1);
    CALL(s, emit_event, &args, on_empty);
    service_answer(s);
    assert_int_equal(s->td->state.log.count, count + 1);
    assert_string_equal(s->td->state.log.events[count].name, "mine");
}

static void a_tls_key_is_fresh_and_as_asked(void **state)
{
    struct service_call *s = *state;
    Dstack__GetTlsKeyArgs args = DSTACK__GET_TLS_KEY_ARGS__INIT;
    const Dstack__GetTlsKeyResponse *response;
    mbedtls_x509_crt crt;
    char *first;

    args.optional_not_before_case = DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_BEFORE_NOT_BEFORE;
    args.not_before = 0; /* a time like any other: 1970 */
    CALL(s, get_tls_key, &args, on_tls_key);
    response = service_answer(s);
    certificate_read(&crt, response->certificate_chain[0]);
    assert_int_equal(crt.valid_from.year, 1970);
    mbedtls_x509_crt_free(&crt);
    first = strdup(response->key);
    CALL(s, get_tls_key, &args, on_tls_key);
    response = service_answer(s);
    assert_string_not_equal(response->key, first);
    free(first);
    args.optional_not_after_case = DSTACK__GET_TLS_KEY_ARGS__OPTIONAL_NOT_AFTER_NOT_AFTER;
    CALL(s, get_tls_key, &args, on_tls_key);
    assert_service_failed(s, "not_before must be earlier than not_after");
}

static void gpu_info_is_empty_unless_given(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;

    CALL(s, gpu_info, &args, on_gpu_info);
    assert_string_equal(((Dstack__GpuInfoResponse *)service_answer(s))->attestation, "");
    text_copy(&s->td->gpu_info, "{}", 2);
    CALL(s, gpu_info, &args, on_gpu_info);
    assert_string_equal(((Dstack__GpuInfoResponse *)service_answer(s))->attestation, "{}");
}

#define WITH_TD(test) cmocka_unit_test_setup_teardown(test, service_setup, service_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TD(get_key_as_a_running_agent),        WITH_TD(sign_as_a_running_agent_and_verify),
        WITH_TD(sign_and_verify_want_an_algorithm), WITH_TD(quotes_and_attestations_pad_the_report_data),
        WITH_TD(an_emitted_event_is_in_the_log),    WITH_TD(a_tls_key_is_fresh_and_as_asked),
        WITH_TD(gpu_info_is_empty_unless_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
