/* What a URL of --kms-auth-url says: whom to ask, and where. */
#include "sim/process/kms_asker.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "test/unit/vectors.h"

/* Longer than a part of a name can be (RFC 1035, 2.3.4), so that no server is asked for it. */
#define LONG "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"

static void urls_are_read(void **state)
{
    static const struct {
        const char *url, *host, *path;
        int family;
        uint16_t port;
    } rows[] = {
        {"http://127.0.0.1:8000", "127.0.0.1:8000", "", AF_INET, 8000},
        {"http://127.0.0.1:8000/", "127.0.0.1:8000", "", AF_INET, 8000},
        {"http://127.0.0.1:8000/a", "127.0.0.1:8000", "/a", AF_INET, 8000},
        {"http://127.0.0.1:8000/a/b/", "127.0.0.1:8000", "/a/b", AF_INET, 8000},
        {"http://localhost:1/auth", "localhost:1", "/auth", AF_INET, 1},
        {"http://[::1]:8000/auth", "[::1]:8000", "/auth", AF_INET6, 8000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct kms_asker_target target;
        struct kms_asker asker = {.ask = NULL};

        if (kms_asker_init(&target, rows[i].url, NULL, &asker, &error) != 0)
            fail_msg("%s: %s", rows[i].url, error.text);
        assert_string_equal(target.host, rows[i].host);
        assert_string_equal(target.path, rows[i].path);
        assert_int_equal(target.address.ss_family, rows[i].family);
        /* The port is at the same place in both families. */
        assert_int_equal(ntohs(((const struct sockaddr_in *)&target.address)->sin_port), rows[i].port);
        assert_non_null(asker.ask);
        assert_non_null(asker.cancel);
        assert_ptr_equal(asker.data, &target);
    }
}

static void what_cannot_be_asked_is_refused(void **state)
{
    static const struct {
        const char *url, *says;
    } rows[] = {
        {"http://host:x", "invalid port \"x\""},
        {"https://127.0.0.1:1", "http://"},
        {"http://not a name:1", "is not a host name"},
        {"http://" LONG ".invalid:1", "cannot find the host " LONG ".invalid: "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct kms_asker_target target;
        struct kms_asker asker;

        assert_int_equal(kms_asker_init(&target, rows[i].url, NULL, &asker, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, rows[i].says))
            fail_msg("%s: %s", rows[i].url, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_read),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
