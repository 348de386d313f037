#include "sim/process/public_url.h"

#include "test/unit/vectors.h"

static void assert_local(const char *listener_url, const char *expected)
{
    char url[300];

    public_url_local(listener_url, url, sizeof url);
    assert_string_equal(url, expected);
}

static void what_this_machine_calls_itself(void **state)
{
    (void)state;
    assert_local("http://127.0.0.1:8090", "http://localhost:8090");
    assert_local("http://0.0.0.0:1", "http://localhost:1");
    assert_local("http://[::1]:2", "http://localhost:2");
    assert_local("http://[::]:3", "http://localhost:3");
    assert_local("http://127.0.0.2:4", "http://127.0.0.2:4");
    assert_local("http://[fe80::1]:5", "http://[fe80::1]:5");
    assert_local("http://host:6", "http://host:6");
}

static void assert_expected(struct listen_spec *specs, size_t count, const char *expected)
{
    const struct options options = {.listen = specs, .listen_count = count};
    char url[300];

    public_url_expected(&options, url, sizeof url);
    assert_string_equal(url, expected);
}

static void the_first_tcp_address_counts(void **state)
{
    struct listen_spec specs[] = {
        {.kind = LISTEN_UNIX, .address = "x.sock"},
        {.kind = LISTEN_TCP, .address = "127.1", .port = 7}, /* an old form of 127.0.0.1 */
        {.kind = LISTEN_TCP, .address = "127.0.0.2", .port = 8},
        {.kind = LISTEN_TCP, .address = "absent.invalid", .port = 9},
    };

    (void)state;
    assert_expected(specs, 1, "http://localhost:8090");
    assert_expected(specs, 4, "http://localhost:7");
    assert_expected(specs + 2, 2, "http://127.0.0.2:8");
    assert_expected(specs + 3, 1, "http://absent.invalid:9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_this_machine_calls_itself),
        cmocka_unit_test(the_first_tcp_address_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
