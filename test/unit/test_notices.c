/* What the log says of a TD at the start: each notice once, in order. */
#include "sim/process/notices.h"

#include "test/unit/td_fixture.h"

static char sentence[NOTICES_BYTES];

static struct td *boot(const char *compose, struct span encrypted_env)
{
    struct td_config config;

    td_config_init(&config);
    if (compose)
        config.app_compose = span_text(compose);
    config.encrypted_env = encrypted_env;
    return td_fixture_cluster(NULL, &config)->first;
}

static void the_default_td_has_none(void **state)
{
    struct td *td = boot(NULL, SPAN_NONE);

    (void)state;
    assert_false(notices_find(td, 0, sentence));
    assert_int_equal(td_app_key_signature(td), TD_SIGNATURE_OURS);
    td_fixture_free(td);
}

static void each_is_told_once_and_in_order(void **state)
{
    static const char compose[] = "{\"kms_enabled\":false,\"init_script\":\"x\",\"no_instance_idd\":true,"
                                  "\"zzzzzz\":1,\"gateway_enable\":true}";
    static const char *const expected[] = {
        "app-compose: init_script is measured",
        "no member \"no_instance_idd\", so it has no effect; did you mean no_instance_id?",
        "app-compose: dstack knows no member \"zzzzzz\", so it has no effect",
        "did you mean gateway_enabled?",
        "the encrypted environment is ignored: the app's key provider is \"none\"",
    };
    struct td *td = boot(compose, span_text("sealed"));

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_true(notices_find(td, i, sentence));
        if (!strstr(sentence, expected[i]))
            fail_msg("%s", sentence);
    }
    assert_false(notices_find(td, sizeof expected / sizeof *expected, sentence));
    td_fixture_free(td);
}

/* The keys that this KMS issued to the app of compose, in another TD. */
static void keys_that_were_signed_for_another_app_are_told(void **state)
{
    struct td *td = boot("{\"kms_enabled\":true}", SPAN_NONE);

    (void)state;
    td->identity.app_id[0] ^= 1;
    assert_int_equal(td_app_key_signature(td), TD_SIGNATURE_OTHER_APP);
    assert_true(notices_find(td, 0, sentence));
    assert_non_null(strstr(sentence, "app keys: their KMS signature is over another app id"));
    assert_false(notices_find(td, 1, sentence));
    td->identity.compose_hash[0] ^= 1;
    assert_int_equal(td_app_key_signature(td), TD_SIGNATURE_OTHER_KMS);
    assert_true(notices_find(td, 0, sentence));
    assert_non_null(strstr(sentence, "app keys: another KMS signed them"));
    td->identity.app_id_source = IDENTITY_OF_OPTION;
    assert_false(notices_find(td, 0, sentence));
    td->keys.k256_signature_len = 0;
    assert_int_equal(td_app_key_signature(td), TD_SIGNATURE_NONE);
    td_fixture_free(td);
}

static void a_borrowed_ca_is_told(void **state)
{
    struct td *td = boot("{\"kms_enabled\":true}", SPAN_NONE);

    (void)state;
    td->keys.has_borrowed_ca = true;
    assert_true(notices_find(td, 0, sentence));
    assert_non_null(strstr(sentence, "the simulator's own KMS signs them here"));
    assert_false(notices_find(td, 1, sentence));
    td_fixture_free(td);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_td_has_none),
        cmocka_unit_test(each_is_told_once_and_in_order),
        cmocka_unit_test(keys_that_were_signed_for_another_app_are_told),
        cmocka_unit_test(a_borrowed_ca_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
