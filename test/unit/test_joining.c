/* Which TDs a KMS is asked for: each once, until its end. */
#include "sim/process/joining.h"

#include "test/unit/td_fixture.h"

static void each_is_asked_for_once_until_its_end(void **state)
{
    static const char *const urls[] = {"https://127.0.0.1:1"};
    const struct vm_texts list = {.items = urls, .count = 1};
    const struct options options = {.kms_listen = NULL};
    struct log log = {.level = LOG_OFF};
    struct vm first = {.settings.kms_urls = list}, second = {.settings.kms_urls = list};
    struct joining joining;
    struct td_config config;
    struct cluster *cluster;
    uv_loop_t loop;

    (void)state;
    td_config_init(&config);
    config.awaits_keys = true;
    cluster = td_fixture_cluster(NULL, &config);
    first.td = second.td = cluster->first;
    assert_int_equal(uv_loop_init(&loop), 0);
    joining_init(&joining, &loop, &log, &options, cluster);
    joining_begin(&joining, &first);
    joining_begin(&joining, &first);
    joining_end(&joining, &second);
    assert_non_null(joining.first);
    joining_end(&joining, &first);
    assert_null(joining.first);
    joining_begin(&joining, &first);
    joining_begin(&joining, &second);
    joining_end(&joining, &first);
    assert_non_null(joining.first);
    joining_end(&joining, &second);
    assert_null(joining.first);
    joining_begin(&joining, &first);
    joining_begin(&joining, &second);
    joining_close(&joining);
    assert_null(joining.first);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&loop), 0);
    cluster_free(cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_asked_for_once_until_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
