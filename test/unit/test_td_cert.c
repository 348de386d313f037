/* A TD whose certificates a KMS elsewhere has to sign issues none itself. */
#include "sim/td/td_cert.h"

#include "test/unit/td_fixture.h"

#define HAS_NO_CA "this TD has no CA of its own: its KMS signs its certificates"

static void without_a_ca_it_issues_nothing(void **state)
{
    struct td_config config;
    struct cluster *cluster;
    const struct app_cert_request request = {.subject = "x"};
    struct error errors[2] = {{.kind = ERROR_NONE}};
    struct arena arena;
    struct p256_key key;
    char *pem;

    (void)state;
    td_config_init(&config);
    config.awaits_keys = true;
    cluster = td_fixture_cluster(NULL, &config);
    arena_init(&arena);
    p256_key_generate(&key);
    assert_int_equal(td_cert_issue(cluster->first, &request, &key, &arena, &pem, &errors[0]), -1);
    assert_int_equal(errors[0].kind, ERROR_UNAVAILABLE);
    assert_string_equal(errors[0].text, HAS_NO_CA);
    assert_null(td_cert_own(cluster->first, &errors[1]));
    assert_string_equal(errors[1].text, "this TD's own certificate: " HAS_NO_CA);
    arena_free(&arena);
    cluster_free(cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_ca_it_issues_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
