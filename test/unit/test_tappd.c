/* Tappd's methods: a running agent's answers, and the defaults of TdxQuote. */
#include "proto/tappd.pb-c.h"
#include "sim/td/report_data.h"
#include "test/unit/certificate.h"
#include "test/unit/service_fixture.h"

extern const struct service tappd_service;

SERVICE_REPLY(on_key, Dstack__GetTlsKeyResponse)
SERVICE_REPLY(on_k256_key, Dstack__DeriveK256KeyResponse)
SERVICE_REPLY(on_quote, Dstack__TdxQuoteResponse)

#define CALL(s, method, args, on_reply)                                                                      \
    SERVICE_CALL(s, tappd_service, Dstack__Tappd_Service, method, args, on_reply)

static char derived_key[] = "-----BEGIN PRIVATE KEY-----\n"
                            "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9sHtlEiDlNeOCk5a\n"
                            "t11i6fCF1zsLVV0GFPuQyhPZRk2hRANCAATzZ6Uv0OjV+N7V/9AFegAIN4Cq4ZtK\n"
                            "/NF7lrkzf2ntB8cPCLhxA9GLjoZejwV4rSjF9rQnWO6rR7BJgkjpwDas\n"
                            "-----END PRIVATE KEY-----\n";

static const Dstack__GetTlsKeyResponse *derive_key(struct service_call *s, const Dstack__DeriveKeyArgs *args)
{
    CALL(s, derive_key, args, on_key);
    return service_answer(s);
}

static void derive_key_gives_the_key_of_a_running_agent(void **state)
{
    struct service_call *s = *state;
    Dstack__DeriveKeyArgs args = DSTACK__DERIVE_KEY_ARGS__INIT;
    const Dstack__GetTlsKeyResponse *response;
    char path[] = "/", subject[] = "s";
    mbedtls_x509_crt crt;

    args.path = path;
    args.subject = subject;
    response = derive_key(s, &args);
    assert_string_equal(response->key, derived_key);
    assert_int_equal(response->n_certificate_chain, 2);
    assert_string_equal(response->certificate_chain[1], s->td->keys.ca_cert);
    certificate_read(&crt, response->certificate_chain[0]);
    assert_hex_equal(crt.subject_raw.p, crt.subject_raw.len, "300c310a300806035504030c0173");
    mbedtls_x509_crt_free(&crt);
}

static void a_random_seed_gives_another_key_each_time(void **state)
{
    struct service_call *s = *state;
    Dstack__DeriveKeyArgs args = DSTACK__DERIVE_KEY_ARGS__INIT;
    char path[] = "/", *first;

    args.path = path;
    args.random_seed = true;
    first = strdup(derive_key(s, &args)->key);
    assert_string_not_equal(first, derived_key);
    assert_string_not_equal(derive_key(s, &args)->key, first);
    free(first);
}

static void derive_k256_key_gives_the_key_of_a_running_agent(void **state)
{
    struct service_call *s = *state;
    Dstack__GetKeyArgs args = DSTACK__GET_KEY_ARGS__INIT;
    const Dstack__DeriveK256KeyResponse *response;
    char path[] = "/";

    args.path = path;
    CALL(s, derive_k256_key, &args, on_k256_key);
    response = service_answer(s);
    assert_binary_hex(response->k256_key, "f6c1ed94488394d78e0a4e5ab75d62e9f085d73b0b555d0614fb90ca13d9464d");
    assert_int_equal(response->n_k256_signature_chain, 2);
    assert_binary_hex(response->k256_signature_chain[0],
                      "8e153f3e5d4e3088d5262b678539982fbca279544aaada030aaad07af77b3150"
                      "5d094508161e3dd55feafe648eb4f718ab06169d9704faf8baee339b3f50310900");
    assert_binary_hex(response->k256_signature_chain[1],
                      "9e618603e72d01fedb82deff6daf2d62a572becf0059eec3f89c1ab40e1f2e59"
                      "4d2a283f843f34e8f39e4cc49a612496ce67223a12ac923f8efe330346dfc6c500");
}

static void tdx_quote(struct service_call *s, const char *algorithm, const char *prefix,
                      struct span report_data)
{
    Dstack__TdxQuoteArgs args = DSTACK__TDX_QUOTE_ARGS__INIT;

    args.hash_algorithm = (char *)(uintptr_t)algorithm;
    args.prefix = (char *)(uintptr_t)prefix;
    args.report_data = call_bytes(report_data.data, report_data.len);
    CALL(s, tdx_quote, &args, on_quote);
}

static void tdx_quote_echoes_what_it_did(void **state)
{
    struct service_call *s = *state;
    static const struct {
        const char *algorithm, *prefix, *did_algorithm, *did_prefix;
    } cases[] = {
        {"", "", "sha512", "app-data"},
        {"", "mine", "sha512", "mine"},
        {"sha3-256", "", "sha3-256", "app-data"},
        {"keccak384", "p", "keccak384", "p"},
    };
    const struct span data = span_text("hello");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t expected[REPORT_DATA_BYTES];
        const Dstack__TdxQuoteResponse *response;

        tdx_quote(s, cases[i].algorithm, cases[i].prefix, data);
        response = service_answer(s);
        assert_string_equal(response->hash_algorithm, cases[i].did_algorithm);
        assert_string_equal(response->prefix, cases[i].did_prefix);
        assert_int_equal(
            report_data_hash(cases[i].did_algorithm, cases[i].did_prefix, data, expected, &s->call.error), 0);
        assert_memory_equal(response->quote.data + 568, expected, sizeof expected);
        assert_string_equal(response->event_log, td_event_log(s->td)->plain);
    }
}

static void raw_quotes_take_64_bytes(void **state)
{
    struct service_call *s = *state;
    Dstack__RawQuoteArgs args = DSTACK__RAW_QUOTE_ARGS__INIT;
    const Dstack__TdxQuoteResponse *response;
    uint8_t data[64];

    memset(data, 0xab, sizeof data);
    tdx_quote(s, "raw", "", span_of(data, 64));
    response = service_answer(s);
    assert_string_equal(response->hash_algorithm, "raw");
    assert_string_equal(response->prefix, "");
    assert_memory_equal(response->quote.data + 568, data, 64);
    tdx_quote(s, "raw", "ignored", span_of(data, 64));
    response = service_answer(s);
    assert_string_equal(response->prefix, "");
    assert_memory_equal(response->quote.data + 568, data, 64);
    tdx_quote(s, "raw", "", span_of(data, 63));
    assert_service_failed(s, "invalid content length");
    args.report_data = call_bytes(data, 64);
    CALL(s, raw_quote, &args, on_quote);
    response = service_answer(s);
    assert_string_equal(response->hash_algorithm, "raw");
    assert_memory_equal(response->quote.data + 568, data, 64);
    tdx_quote(s, "md5", "", SPAN_NONE);
    assert_service_failed(s, "invalid hash algorithm");
}

#define WITH_TD(test) cmocka_unit_test_setup_teardown(test, service_setup, service_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TD(derive_key_gives_the_key_of_a_running_agent),
        WITH_TD(a_random_seed_gives_another_key_each_time),
        WITH_TD(derive_k256_key_gives_the_key_of_a_running_agent),
        WITH_TD(tdx_quote_echoes_what_it_did),
        WITH_TD(raw_quotes_take_64_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
