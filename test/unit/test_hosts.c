/* Which names a listener serves because of its options. */
#include "sim/process/hosts.h"

#include "test/unit/options_fixture.h"

static bool is_served(const struct http_hosts *hosts, const char *name)
{
    return http_host_is_served(hosts, span_text(name));
}

static void names_come_from_the_options_and_the_listener(void **state)
{
    struct options *options = *state;
    struct http_hosts hosts;

    hosts_set(&hosts, options, NULL);
    assert_int_equal(hosts.count, 0);
    options->allow_hosts[0] = "one.example.com";
    options->allow_hosts[1] = "two.example.com";
    options->allow_host_count = 2;
    options_texts_replace(&options->public_url, "https://three.example.com:8443/path");
    hosts_set(&hosts, options, "four.example.com");
    for (const char *const *name = (const char *const[]){"one.example.com", "two.example.com",
                                                         "three.example.com:1", "FOUR.example.com", NULL};
         *name; name++)
        assert_true(is_served(&hosts, *name));
    assert_false(is_served(&hosts, "five.example.com"));
    assert_false(is_served(&hosts, "three.example.com.evil.test"));
    hosts_set(&hosts, options, NULL);
    assert_false(is_served(&hosts, "four.example.com"));
    options_texts_replace(&options->public_url, "http://five.example.com");
    hosts_set(&hosts, options, NULL);
    assert_true(is_served(&hosts, "five.example.com"));
}

static int set_up(void **state)
{
    struct options *options = calloc(1, sizeof *options);

    options_init(options);
    *state = options;
    return 0;
}

static int tear_down(void **state)
{
    options_free(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_come_from_the_options_and_the_listener, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
