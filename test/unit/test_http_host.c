/* Which Host headers are well-formed, which are served, and which Origin is the same. */
#include "sim/http/http_host.h"

#include "test/unit/vectors.h"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

static void assert_valid(const char *host, bool is_valid, bool is_with_slashes)
{
    if (http_host_is_valid(span_text(host), false) != is_valid ||
        http_host_is_valid(span_text(host), true) != is_with_slashes)
        fail_msg("\"%s\" is taken for something else", host);
}

static void a_host_has_a_grammar(void **state)
{
    static const char *const right[] = {"",
                                        "a",
                                        "a:",
                                        "a:1",
                                        "A.b-c_d~",
                                        "127.0.0.1:8090",
                                        "[::1]",
                                        "[::1]:1",
                                        "[::ffff:1.2.3.4]",
                                        "%2Fvar%2frun",
                                        "a,b",
                                        "localhost."};
    static const char *const wrong[] = {":",
                                        ":1",
                                        "a:b",
                                        "a:1:2",
                                        "a:-1",
                                        "::1",
                                        "[",
                                        "[]",
                                        "[::1",
                                        "[::1]a",
                                        "[::1]:a",
                                        "[a]",
                                        "[::1%25lo]",
                                        "[1:2:3:4:5:6:7:8:9]",
                                        "a b",
                                        "a@b",
                                        "a?b",
                                        "a#b",
                                        "a\\b",
                                        "\"a\"",
                                        "<a>",
                                        "%",
                                        "%2",
                                        "%2g",
                                        "\x7f",
                                        "\xc3\xa4",
                                        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(right); i++)
        assert_valid(right[i], true, true);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_valid(wrong[i], false, false);
    assert_valid("/var/run/dstack.sock", false, true);
    assert_false(http_host_is_valid(span_of("a\0b", 3), true));
    assert_false(http_host_is_valid(span_of("[::1\0]", 6), true));
}

static bool is_served(const char *host)
{
    const struct http_hosts hosts = {{span_text("Sim.Example.com"), span_text("other.test")}, 2};

    return http_host_is_served(&hosts, span_text(host));
}

static void names_that_nobody_else_owns_are_served(void **state)
{
    static const char *const served[] = {"",
                                         "localhost",
                                         "LOCALHOST:1",
                                         "localhost.",
                                         "simulator",
                                         "my_service:80",
                                         "127.0.0.1",
                                         "127.1",
                                         "10.0.0.1:80",
                                         "[::1]",
                                         "[::1]:80",
                                         "[::ffff:1.2.3.4]",
                                         "a.localhost",
                                         "a.b.LocalHost:1",
                                         "host.docker.internal",
                                         "nas.local",
                                         "a.b.svc",
                                         "a.b.svc.cluster.local",
                                         "a.local.",
                                         "sim.example.com",
                                         "SIM.EXAMPLE.COM:9",
                                         "other.test."};
    static const char *const refused[] = {"evil.test",
                                          "evil.test:8090",
                                          "evil.test.",
                                          "localhost.evil.test",
                                          "127.0.0.1.evil.test",
                                          "alocalhost.com",
                                          "a.sim.example.com",
                                          "sim.example.com.evil.test",
                                          "a.notlocal",
                                          "a.svc.com",
                                          "1.2.3.4a",
                                          "other.tes",
                                          "other.testt",
                                          "a..b"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(served); i++)
        if (!is_served(served[i]))
            fail_msg("%s is refused", served[i]);
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        if (is_served(refused[i]))
            fail_msg("%s is served", refused[i]);
}

static void assert_origin(const char *host, const char *origin, bool is_same)
{
    if (http_host_is_origin(span_text(host), span_text(origin)) != is_same)
        fail_msg("%s of %s is taken for something else", origin, host);
}

static void an_origin_has_the_same_host_and_port(void **state)
{
    (void)state;
    assert_origin("a:8090", "http://a:8090", true);
    assert_origin("A:8090", "HTTP://a:8090", true);
    assert_origin("a", "http://a", true);
    assert_origin("a", "http://a:80", true);
    assert_origin("a:80", "http://a", true);
    assert_origin("a", "https://a", true);
    assert_origin("a", "https://a:443", true);
    assert_origin("[::1]:1", "http://[::1]:1", true);

    assert_origin("a:8090", "http://a", false);
    assert_origin("a:8090", "http://a:8091", false);
    assert_origin("a", "http://a:443", false);
    assert_origin("a", "https://a:80", false);
    assert_origin("a", "http://b", false);
    assert_origin("a", "http://ab", false);
    assert_origin("a", "http://a.evil.test", false);
    assert_origin("a", "null", false);
    assert_origin("a", "", false);
    assert_origin("", "http://", false);
    assert_origin("", "", false);
    assert_origin("a", "ftp://a", false);
    assert_origin("a", "a", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_has_a_grammar),
        cmocka_unit_test(names_that_nobody_else_owns_are_served),
        cmocka_unit_test(an_origin_has_the_same_host_and_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
