/* The event that measures the GPUs' evidence, and evidence that is none. */
#include "sim/app/gpu_attestation.h"

#include "test/unit/vectors.h"

#define EVIDENCE                                                                                             \
    "{\"result_code\": 0,\r\n \"claims\": [{\"measres\": \"success\"}, {}], \"detached_eat\": []}\n"

static void the_event_has_the_hash_of_the_exact_bytes(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct text payload = {0};

    (void)state;
    assert_int_equal(gpu_attestation_measure(span_text(EVIDENCE), &payload, &error), 0);
    assert_string_equal(payload.plain,
                        "{\"version\":2,\"provider\":\"nvidia\",\"devices\":2,\"cc_mode\":\"on\","
                        "\"devtools\":false,\"evidence_sha256\":"
                        "\"2726d35152b84221b2e2dbd166c7e409dde202d2926f4af1cd4920dbaaa14208\"}");
    text_free(&payload);
}

static void evidence_without_claims_is_refused(void **state)
{
    static const char claims[] =
        "claims must be an array with one element for each GPU, as nvattest prints it";
    static const char *const refused[][2] = {
        {"", "not valid JSON"},
        {"GPU 0: on", "not valid JSON"},
        {"[]", "object"},
        {"{}", claims},
        {"{\"claims\":[]}", claims},
        {"{\"claims\":{}}", claims},
        {"{\"claims\":2}", claims},
    };

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct text payload = {0};

        assert_int_equal(gpu_attestation_measure(span_text(refused[i][0]), &payload, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, refused[i][1]))
            fail_msg("%s: %s", refused[i][0], error.text);
        assert_null(payload.plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_event_has_the_hash_of_the_exact_bytes),
        cmocka_unit_test(evidence_without_claims_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
