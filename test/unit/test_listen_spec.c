#include "sim/cli/listen_spec.h"

#include <stdio.h>

#include "test/unit/registry_fixture.h"

static struct listen_spec parsed(const char *text)
{
    struct listen_spec spec;
    struct error error = {0};

    if (listen_spec_parse(&spec, text, &error) != 0)
        fail_msg("%s", error.text);
    return spec;
}

static void assert_tcp(const char *text, const char *host, unsigned port, unsigned services)
{
    struct listen_spec spec = parsed(text);

    assert_int_equal(spec.kind, LISTEN_TCP);
    assert_string_equal(spec.address, host);
    assert_int_equal(spec.port, port);
    assert_int_equal(spec.services, services);
}

static void assert_unix(const char *text, const char *path, unsigned services)
{
    struct listen_spec spec = parsed(text);

    assert_int_equal(spec.kind, LISTEN_UNIX);
    assert_string_equal(spec.address, path);
    assert_int_equal(spec.port, 0);
    assert_int_equal(spec.services, services);
}

static void assert_refused(const char *text, const char *sentence)
{
    struct listen_spec spec;
    struct error error = {0};

    assert_int_equal(listen_spec_parse(&spec, text, &error), -1);
    if (!strstr(error.text, sentence))
        fail_msg("\"%s\" does not say \"%s\"", error.text, sentence);
}

static void test_tcp(void **state)
{
    (void)state;
    assert_tcp("8090", "127.0.0.1", 8090, registry_all());
    assert_tcp("0", "127.0.0.1", 0, registry_all());
    assert_tcp("65535", "127.0.0.1", 65535, registry_all());
    assert_tcp(":80", "127.0.0.1", 80, registry_all());
    assert_tcp("0.0.0.0:80", "0.0.0.0", 80, registry_all());
    assert_tcp("my-host.local:80=dstack", "my-host.local", 80, only("dstack"));
    assert_tcp("[::1]:80=kms,collateral", "::1", 80, only("kms") | only("collateral"));
    assert_tcp("[fe80::1%eth0]:80", "fe80::1%eth0", 80, registry_all());
    assert_tcp("80=dstack,all", "127.0.0.1", 80, registry_all());
}

static void test_unix(void **state)
{
    char text[5 + LISTEN_SPEC_PATH_MAX + 2] = "unix:";

    (void)state;
    assert_unix("unix:dstack.sock", "dstack.sock", registry_all());
    assert_unix("unix:/run/a:b.sock=worker", "/run/a:b.sock", only("worker"));
    assert_unix("unix:///run/a.sock", "///run/a.sock", registry_all());
    assert_unix("unix:/run/a=b.sock=all", "/run/a=b.sock", registry_all());

    memset(text + 5, 'x', LISTEN_SPEC_PATH_MAX);
    assert_int_equal(strlen(parsed(text).address), LISTEN_SPEC_PATH_MAX);
    text[5 + LISTEN_SPEC_PATH_MAX] = 'x';
    assert_refused(text, "at most 107 bytes, this one has 108");
    assert_refused("unix:", "no path after unix:");
    assert_refused("unix:/run/a=b.sock",
                   "(append =all if that \"=\" is part of the path): \"b.sock\" is not a service; "
                   "choose from dstack, tappd, worker, guest, kms, ");
}

static void test_services(void **state)
{
    char text[64];
    unsigned seen = 0;

    (void)state;
    for (size_t i = 0; registry_name(i); i++) {
        snprintf(text, sizeof text, "1=%s", registry_name(i));
        assert_tcp(text, "127.0.0.1", 1, 1u << i);
        seen |= 1u << i;
        assert_refused("1=none", registry_name(i));
    }
    assert_int_equal(seen, registry_all());
    assert_tcp("1=simulator", "127.0.0.1", 1, only("simulator"));
    assert_refused("1=", "\"\" is not a service");
    assert_refused("1=dstack,", "\"\" is not a service");
    assert_refused("1=Dstack", "\"Dstack\" is not a service");
    assert_refused("1=dstack=kms", "invalid port \"1=dstack\"");
    assert_refused("1=kmss", "\"kmss\" is not a service; did you mean kms? Choose from dstack, ");
    assert_refused("1=dstack,tapd", "\"tapd\" is not a service; did you mean tappd? Choose from dstack, ");
}

static void test_mistakes(void **state)
{
    char host[LISTEN_SPEC_HOST_MAX + 4];

    (void)state;
    assert_refused("", "no port");
    assert_refused("localhost", "no port; expected HOST:PORT, as in localhost:8090");
    assert_refused("0.0.0.0", "no port; expected HOST:PORT");
    assert_refused("dstack.sock", "a path must begin with unix:, as in unix:dstack.sock");
    assert_refused("8090:8090", "\"8090\" is not a host; expected one PORT, or HOST:PORT");
    assert_refused("unix://x.sock", "begins with //; expected unix:PATH or unix:///PATH");
    assert_refused("localhost:", "no port");
    assert_refused("65536", "too large");
    assert_refused("99999999999999999999999", "too large");
    assert_refused("-1", "invalid port \"-1\"");
    assert_refused("80x", "invalid port \"80x\": use 0 to 65535, as PORT or HOST:PORT");
    assert_refused("*:80", "0.0.0.0");
    assert_refused("::1", "needs brackets");
    assert_refused("[::1]", "look like [::1]:8090");
    assert_refused("[::1", "look like [::1]:8090");
    assert_refused("[::1]80", "look like [::1]:8090");
    assert_refused("[127.0.0.1]:80", "is not an IPv6 address");
    assert_refused("[fe80::1%]:80", "is not an IPv6 address");
    assert_refused("[]:80", "is not an IPv6 address");
    assert_refused("a b:80", "is not a host name");
    assert_refused("http://localhost:80", "without http://");
    assert_refused("/run/x.sock", "must begin with unix:");

    memset(host, 'h', sizeof host);
    memcpy(host + LISTEN_SPEC_HOST_MAX, ":1", 3);
    assert_int_equal(strlen(parsed(host).address), LISTEN_SPEC_HOST_MAX);
    memcpy(host + LISTEN_SPEC_HOST_MAX, "h:1", 4);
    assert_refused(host, "at most 253 characters, this one has 254");
}

/* What counts is how they were asked for, not how many they are. */
static void test_named_services(void **state)
{
    static const char every[] = "0=dstack,tappd,worker,guest,kms,vmm,collateral,verifier,simulator";

    (void)state;
    assert_tcp(every, "127.0.0.1", 0, registry_all());
    assert_true(parsed(every).names_services);
    assert_true(parsed("0=guest").names_services);
    assert_true(parsed("unix:guest.sock=guest,kms").names_services);
    assert_false(parsed("0").names_services);
    assert_false(parsed("unix:guest.sock").names_services);
    assert_false(parsed("0=all").names_services);
    assert_false(parsed("0=guest,all").names_services);
    assert_false(parsed("0=all,guest").names_services);
}

static void assert_services_alone(const char *names, unsigned services, bool names_services)
{
    struct listen_spec spec = {.kind = LISTEN_TCP, .names_services = !names_services};
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(listen_spec_parse_services(&spec, names, &error), 0);
    assert_int_equal(spec.services, services);
    assert_int_equal(spec.names_services, names_services);
}

static void assert_no_services(const char *names, const char *sentence)
{
    struct listen_spec spec = {.kind = LISTEN_TCP};
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(listen_spec_parse_services(&spec, names, &error), -1);
    if (!strstr(error.text, sentence))
        fail_msg("\"%s\" does not say \"%s\"", error.text, sentence);
}

static void test_services_alone(void **state)
{
    (void)state;
    assert_services_alone("guest", only("guest"), true);
    assert_services_alone("dstack,kms", only("dstack") | only("kms"), true);
    assert_services_alone("all", registry_all(), false);
    assert_no_services("", "\"\" is not a service");
    assert_no_services("dstack,", "\"\" is not a service");
    assert_no_services("dstack.sock", "\"dstack.sock\" is not a service");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tcp),      cmocka_unit_test(test_unix),
        cmocka_unit_test(test_services), cmocka_unit_test(test_services_alone),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_named_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
