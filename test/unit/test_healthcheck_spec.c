#include "sim/cli/healthcheck_spec.h"
#include "test/unit/vectors.h"

static void assert_target(const char *address, enum listen_kind kind, const char *host, uint16_t port,
                          const char *path)
{
    struct error error = {.kind = ERROR_NONE};
    struct healthcheck_spec spec;

    if (healthcheck_spec_parse(&spec, address, &error) != 0)
        fail_msg("%s: %s", address, error.text);
    assert_int_equal(spec.listen.kind, kind);
    assert_string_equal(spec.listen.address, host);
    assert_int_equal(spec.listen.port, port);
    assert_string_equal(spec.path, path);
}

static void assert_no_target(const char *address, const char *sentence)
{
    struct error error = {.kind = ERROR_NONE};
    struct healthcheck_spec spec;

    assert_int_equal(healthcheck_spec_parse(&spec, address, &error), -1);
    if (!strstr(error.text, sentence))
        fail_msg("%s: %s", address, error.text);
}

static void takes_urls(void **state)
{
    (void)state;
    assert_target("http://host:1", LISTEN_TCP, "host", 1, "/readyz");
    assert_target("http://host:1/", LISTEN_TCP, "host", 1, "/readyz");
    assert_target("http://host", LISTEN_TCP, "host", 80, "/readyz");
    assert_target("http://127.0.0.1:8090/a/b?c=d", LISTEN_TCP, "127.0.0.1", 8090, "/a/b?c=d");
    assert_target("http://[::1]:2/readyz", LISTEN_TCP, "::1", 2, "/readyz");
    assert_target("http://[fe80::1]", LISTEN_TCP, "fe80::1", 80, "/readyz");
}

static void takes_sockets_and_what_listen_takes(void **state)
{
    (void)state;
    assert_target("/run/dstack.sock", LISTEN_UNIX, "/run/dstack.sock", 0, "/readyz");
    assert_target("./x=y", LISTEN_UNIX, "./x=y", 0, "/readyz");
    assert_target("dstack.sock", LISTEN_UNIX, "dstack.sock", 0, "/readyz");
    assert_target("unix:a/b", LISTEN_UNIX, "a/b", 0, "/readyz");
    assert_target("8090", LISTEN_TCP, "127.0.0.1", 8090, "/readyz");
    assert_target("host:8090=kms", LISTEN_TCP, "host", 8090, "/readyz");
}

static void refuses_the_rest(void **state)
{
    char address[400] = "http://host:1/";

    (void)state;
    assert_no_target("https://host", "HTTPS is not supported");
    assert_no_target("ftp://host/x", "begins with http://");
    assert_no_target("http://", "has no host");
    assert_no_target("http://:80", "has no host");
    assert_no_target("http://user@host", "is not a host name");
    assert_no_target("http://host:x", "invalid port \"x\"");
    assert_no_target("http://host:1=kms", "is not the host and port");
    assert_no_target("http://unix:x", "is not the host and port");
    assert_no_target("http://h/a b", "byte 3 ");
    assert_no_target("http://h/\r\nX: y", "byte 2 ");
    assert_no_target("http://h/#x", "byte 2 ");
    assert_no_target("localhost", "no port; expected HOST:PORT");
    assert_no_target("localhost:0", "lets the system choose a port");
    memset(address + 14, 'x', HEALTHCHECK_SPEC_PATH_MAX);
    assert_no_target(address, "at most 256 bytes");
    address[14 + HEALTHCHECK_SPEC_PATH_MAX - 1] = '\0';
    assert_target(address, LISTEN_TCP, "host", 1, address + 13);
    memset(address, '/', sizeof address - 1);
    assert_no_target(address, "at most 107 bytes");
    address[0] = '/';
    address[LISTEN_SPEC_PATH_MAX] = '\0';
    assert_target(address, LISTEN_UNIX, address, 0, "/readyz");
    memset(address, '/', sizeof address - 1);
    memcpy(address, "http://", 7);
    memset(address + 7, 'h', sizeof address - 8);
    assert_no_target(address, "longer than 253");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_urls),
        cmocka_unit_test(takes_sockets_and_what_listen_takes),
        cmocka_unit_test(refuses_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
