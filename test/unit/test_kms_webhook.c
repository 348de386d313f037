/* What a webhook is asked, and what its answers mean. */
#include "sim/kms/kms_webhook.h"

#include "test/unit/kms_fixture.h"

#define URL "http://hook"

static struct attested_boot some_boot(void)
{
    static char *const advisories[] = {"INTEL-SA-1", "INTEL-SA-2"};

    return (struct attested_boot){
        .app = {.app_id = span_text("\1\2"),
                .compose_hash = span_text("\3"),
                .os_image_hash = span_text("\4")},
        .tcb_status = "OutOfDate",
        .advisories = advisories,
        .advisory_count = 2,
    };
}

static int decide(struct kms_fixture *f, struct kms_answers *answers, struct kms_verdict *verdict)
{
    const struct attested_boot boot = some_boot();

    f->error = (struct error){.kind = ERROR_NONE};
    return kms_webhook_decide(URL, &boot, false, answers, &f->arena, verdict, &f->error);
}

static void it_is_asked_first(void **state)
{
    struct kms_fixture *f = *state;
    struct kms_answers answers = {.count = 0};
    struct kms_verdict verdict;

    assert_int_equal(decide(f, &answers, &verdict), -1);
    assert_int_equal(f->error.kind, ERROR_PENDING);
    assert_string_equal(answers.missing.path, "/bootAuth/app");
    assert_true(span_is(answers.missing.body,
                        "{\"teeVariant\":\"dstack-tdx\",\"mrAggregated\":\"\",\"osImageHash\":\"04\","
                        "\"mrSystem\":\"\",\"appId\":\"0102\",\"composeHash\":\"03\",\"instanceId\":\"\","
                        "\"deviceId\":\"\",\"keyProviderInfo\":\"\",\"tcbStatus\":\"OutOfDate\","
                        "\"advisoryIds\":[\"INTEL-SA-1\",\"INTEL-SA-2\"]}"));
}

/* The answer to the question that is missing. */
static int answered(struct kms_fixture *f, struct kms_answer answer, struct kms_verdict *verdict)
{
    struct kms_answers answers = {.count = 0};

    (void)decide(f, &answers, verdict);
    answer.question = answers.missing;
    answers.list[0] = answer;
    answers.count = 1;
    return decide(f, &answers, verdict);
}

static void its_answer_counts(void **state)
{
    struct kms_fixture *f = *state;
    struct kms_verdict verdict;

    assert_int_equal(
        answered(f,
                 (struct kms_answer){
                     .status = 200,
                     .text = span_text("{\"isAllowed\":false,\"reason\":\"no\",\"gatewayAppId\":\"g\"}")},
                 &verdict),
        0);
    assert_false(verdict.is_allowed);
    assert_string_equal(verdict.reason, "no");
    assert_string_equal(verdict.gateway_app_id, "g");
}

static void anything_else_refuses(void **state)
{
    struct kms_fixture *f = *state;
    static const struct {
        const char *problem;
        int status;
        const char *text, *expected;
    } cases[] = {
        {"it is gone", 0, "", "auth api http://hook/bootAuth/app: it is gone"},
        {NULL, 404, "nothing", "auth api http://hook/bootAuth/app returned 404: nothing"},
        {NULL, 200, "x", "failed to decode response from http://hook/bootAuth/app"},
        {NULL, 200, "{\"isAllowed\":true}", "reason"},
    };
    struct kms_verdict verdict;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(answered(f,
                                  (struct kms_answer){.problem = cases[i].problem,
                                                      .status = cases[i].status,
                                                      .text = span_text(cases[i].text)},
                                  &verdict),
                         -1);
        assert_int_equal(f->error.kind, ERROR_INPUT);
        if (!strstr(f->error.text, cases[i].expected))
            fail_msg("\"%s\" does not say \"%s\"", f->error.text, cases[i].expected);
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, kms_start, kms_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(it_is_asked_first),
        WITH(its_answer_counts),
        WITH(anything_else_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
