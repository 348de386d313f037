/* The decisions of an allowlist, as dstack's auth-simple makes them. */
#include "sim/kms/kms_policy.h"

#include "test/unit/kms_fixture.h"

static struct attested_boot some_boot(void)
{
    static uint8_t app[20], compose[32], device[32], image[32], aggregated[32];

    memset(app, 0x11, sizeof app);
    memset(compose, 0x22, sizeof compose);
    memset(device, 0x33, sizeof device);
    memset(image, 0xab, sizeof image);
    memset(aggregated, 0x55, sizeof aggregated);
    return (struct attested_boot){
        .app = {.app_id = span_of(app, 20),
                .compose_hash = span_of(compose, 32),
                .device_id = span_of(device, 32),
                .os_image_hash = span_of(image, 32),
                .mr_aggregated = span_of(aggregated, 32)},
        .tcb_status = "UpToDate",
    };
}

#define APP "0x1111111111111111111111111111111111111111"
#define COMPOSE "0x2222222222222222222222222222222222222222222222222222222222222222"
#define DEVICE "3333333333333333333333333333333333333333333333333333333333333333"
#define IMAGE "0xABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB"
#define MR "0x5555555555555555555555555555555555555555555555555555555555555555"
#define OTHER "0x7777777777777777777777777777777777777777777777777777777777777777"

/* reason NULL: allowed. */
static void assert_decided(struct kms_fixture *f, const struct attested_boot *boot, bool is_kms,
                           const char *reason)
{
    struct kms_verdict verdict;

    assert_int_equal(
        kms_policy_decide(&f->server->policy, boot, is_kms, NULL, &f->arena, &verdict, &f->error), 0);
    if (reason) {
        assert_false(verdict.is_allowed);
        assert_string_equal(verdict.reason, reason);
    } else {
        assert_true(verdict.is_allowed);
    }
}

static void everyone_is_allowed_in_development(void **state)
{
    struct kms_fixture *f = *state;
    const struct attested_boot boot = some_boot();
    struct kms_verdict verdict;
    struct kms_auth_info info;

    assert_int_equal(
        kms_policy_decide(&f->server->policy, &boot, false, NULL, &f->arena, &verdict, &f->error), 0);
    assert_true(verdict.is_allowed);
    assert_string_equal(verdict.gateway_app_id, "any");
    assert_int_equal(kms_policy_describe(&f->server->policy, NULL, &f->arena, &info, &f->error), 0);
    assert_true(info.is_dev);
}

static void an_empty_list_allows_nobody(void **state)
{
    struct kms_fixture *f = *state;
    const struct attested_boot boot = some_boot();

    kms_allow(f, "{}");
    assert_decided(f, &boot, false, "OS image is not allowed");
    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"]}");
    assert_decided(f, &boot, false, "app not registered");
    assert_decided(f, &boot, true, "aggregated MR not allowed");
}

static void apps_are_allowed_by_compose_hash_and_device(void **state)
{
    struct kms_fixture *f = *state;
    const struct attested_boot boot = some_boot();

    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"],\"apps\":{\"" APP "\":{}}}");
    assert_decided(f, &boot, false, "compose hash not allowed");
    kms_allow(f,
              "{\"osImages\":[\"" IMAGE "\"],\"apps\":{\"" APP "\":{\"composeHashes\":[\"" COMPOSE "\"]}}}");
    assert_decided(f, &boot, false, NULL);
    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"],\"apps\":{\"" APP "\":{\"composeHashes\":[\"" COMPOSE
                 "\"],\"devices\":[\"" OTHER "\"]}}}");
    assert_decided(f, &boot, false, "app is not allowed to boot on this device");
    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"],\"apps\":{\"" APP "\":{\"composeHashes\":[\"" COMPOSE
                 "\"],\"devices\":[\"" DEVICE "\"]}}}");
    assert_decided(f, &boot, false, NULL);
    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"],\"apps\":{\"" APP "\":{\"composeHashes\":[\"" COMPOSE
                 "\"],\"devices\":[\"" OTHER "\"],\"allowAnyDevice\":true}}}");
    assert_decided(f, &boot, false, NULL);
}

static void a_kms_is_allowed_by_its_measurements(void **state)
{
    struct kms_fixture *f = *state;
    const struct attested_boot boot = some_boot();

    kms_allow(f, "{\"gatewayAppId\":\"g\",\"osImages\":[\"" IMAGE "\"],\"kms\":{\"mrAggregated\":[\"" OTHER
                 "\",\"" MR "\"]}}");
    assert_decided(f, &boot, true, NULL);
    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"],\"kms\":{\"mrAggregated\":[\"" MR "\"],\"devices\":[\"" OTHER
                 "\"]}}");
    assert_decided(f, &boot, true, "KMS is not allowed to boot on this device");
}

static void the_platform_must_be_in_a_listed_state(void **state)
{
    struct kms_fixture *f = *state;
    struct attested_boot boot = some_boot();
    char *const advisories[] = {"INTEL-SA-00001"};

    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"]}");
    boot.tcb_status = "OutOfDate";
    assert_decided(f, &boot, false, "TCB status is not allowed");
    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"],\"allowedTcbStatuses\":[\"OutOfDate\"]}");
    assert_decided(f, &boot, false, "app not registered");
    boot.advisories = advisories;
    boot.advisory_count = 1;
    assert_decided(f, &boot, false, "advisory ID is not allowed");
    kms_allow(f, "{\"osImages\":[\"" IMAGE "\"],\"allowedTcbStatuses\":[\"OutOfDate\"],"
                 "\"allowedAdvisoryIds\":[\"INTEL-SA-00001\"]}");
    assert_decided(f, &boot, false, "app not registered");
}

static void a_file_that_cannot_be_read_allows_nobody(void **state)
{
    struct kms_fixture *f = *state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"[]", "object"},
        {"{\"osImages\":{}}", "osImages must be an array of strings"},
        {"{\"osImages\":[\"a\",1]}", "osImages[1] must be a string"},
        {"{\"gatewayAppId\":1}", "gatewayAppId must be a string"},
        {"{\"chainId\":\"1\"}", "chainId must be a number"},
        {"{\"kms\":[]}", "kms must be an object"},
        {"{\"kms\":{\"devices\":1}}", "kms: devices must be an array of strings"},
        {"{\"apps\":[]}", "apps must be an object"},
        {"{\"apps\":{\"x\":1}}", "apps.x must be an object"},
        {"{\"apps\":{\"x\":{\"composeHashes\":\"y\"}}}", "apps.x: composeHashes must be an array of strings"},
        {"{\"apps\":{\"x\":{\"allowAnyDevice\":1}}}", "apps.x: allowAnyDevice must be true or false"},
    };
    const struct attested_boot boot = some_boot();
    struct kms_verdict verdict;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};

        kms_allow(f, cases[i].text);
        assert_int_equal(
            kms_policy_decide(&f->server->policy, &boot, false, NULL, &f->arena, &verdict, &f->error), 0);
        assert_false(verdict.is_allowed);
        assert_non_null(strstr(verdict.reason, f->path));
        if (!strstr(verdict.reason, cases[i].problem))
            fail_msg("\"%s\" does not say \"%s\"", verdict.reason, cases[i].problem);
        assert_int_equal(kms_policy_check(&f->server->policy, &error), -1);
        assert_string_equal(error.text, verdict.reason);
    }
}

static void its_texts_are_told(void **state)
{
    struct kms_fixture *f = *state;
    struct kms_auth_info info;

    kms_allow(f, "{\"gatewayAppId\":\"g\",\"chainId\":7}");
    assert_int_equal(kms_policy_describe(&f->server->policy, NULL, &f->arena, &info, &f->error), 0);
    assert_false(info.is_dev);
    assert_string_equal(info.gateway_app_id, "g");
    assert_string_equal(info.kms_contract, "0x0000000000000000000000000000000000000000");
    assert_int_equal(info.chain_id, 7);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, kms_start, kms_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(everyone_is_allowed_in_development),
        WITH(an_empty_list_allows_nobody),
        WITH(apps_are_allowed_by_compose_hash_and_device),
        WITH(a_kms_is_allowed_by_its_measurements),
        WITH(the_platform_must_be_in_a_listed_state),
        WITH(a_file_that_cannot_be_read_allows_nobody),
        WITH(its_texts_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
