/* Worker: what is public of a TD, and quotes that vouch for the signing key. */
#include "proto/worker.pb-c.h"
#include "test/unit/service_fixture.h"

extern const struct service worker_service;

SERVICE_REPLY(on_info, Dstack__AppInfo)
SERVICE_REPLY(on_quote, Dstack__GetQuoteResponse)

#define CALL(s, method, args, on_reply)                                                                      \
    SERVICE_CALL(s, worker_service, Dstack__Worker_Service, method, args, on_reply)

static void attestation_for(struct service_call *s, const char *algorithm)
{
    Dstack__GetAttestationForAppKeyArgs args = DSTACK__GET_ATTESTATION_FOR_APP_KEY_ARGS__INIT;

    args.algorithm = (char *)(uintptr_t)algorithm;
    CALL(s, get_attestation_for_app_key, &args, on_quote);
}

/* The keys are those of Sign in the vectors, in base64url. */
static void the_quote_names_the_signing_key(void **state)
{
    static const struct {
        const char *algorithm, *report_data;
    } cases[] = {
        {"ed25519", "dip1::ed25519-pk:aY9WvVh9jOPKjbDhw2G6nRkAifmNxNnfgA_5LtBzpl0"},
        {"secp256k1", "dip1::secp256k1c-pk:A2EF8B0f14FWj3wgiwh7HE9SJgFBDtfpx4cNVz3nxG1U"},
        {"k256", "dip1::secp256k1c-pk:A2EF8B0f14FWj3wgiwh7HE9SJgFBDtfpx4cNVz3nxG1U"},
    };
    struct service_call *s = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t expected[REPORT_DATA_BYTES] = {0};
        const Dstack__GetQuoteResponse *response;

        attestation_for(s, cases[i].algorithm);
        response = service_answer(s);
        memcpy(expected, cases[i].report_data, strlen(cases[i].report_data));
        assert_int_equal(response->report_data.len, REPORT_DATA_BYTES);
        assert_memory_equal(response->report_data.data, expected, REPORT_DATA_BYTES);
        assert_memory_equal(response->quote.data + 568, expected, REPORT_DATA_BYTES);
    }
}

static void other_algorithms_are_unsupported(void **state)
{
    attestation_for(*state, "rsa");
    assert_service_failed(*state, "Unsupported algorithm");
    attestation_for(*state, "");
    assert_service_failed(*state, "Unsupported algorithm");
}

static const Dstack__AppInfo *info(struct service_call *s)
{
    const Dstack__Empty args = DSTACK__EMPTY__INIT;

    CALL(s, info, &args, on_info);
    return service_answer(s);
}

static void the_app_decides_whether_tcb_info_is_public(void **state)
{
    struct service_call *s = *state;

    assert_string_equal(info(s)->tcb_info, td_tcb_info(s->td)->plain);
    s->td->app.says.public_tcbinfo = false;
    assert_string_equal(info(s)->tcb_info, "");
    assert_string_equal(info(s)->vm_config, "");
    assert_string_equal(info(s)->app_name, "dstack-simulator-demo");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_quote_names_the_signing_key, service_setup, service_teardown),
        cmocka_unit_test_setup_teardown(other_algorithms_are_unsupported, service_setup, service_teardown),
        cmocka_unit_test_setup_teardown(the_app_decides_whether_tcb_info_is_public, service_setup,
                                        service_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
