#include "sim/host/names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

#include "test/unit/vectors.h"

/* As "127.0.0.1:80". */
static void assert_address(const struct names_found *found, size_t index, int family, const char *host,
                           uint16_t port)
{
    const struct names_address *address = &found->addresses[index];
    char numbers[INET6_ADDRSTRLEN], service[8], expected[8];

    assert_true(index < found->count);
    assert_int_equal(address->storage.ss_family, family);
    assert_int_equal(getnameinfo((const struct sockaddr *)&address->storage, address->len, numbers,
                                 sizeof numbers, service, sizeof service, NI_NUMERICHOST | NI_NUMERICSERV),
                     0);
    assert_string_equal(numbers, host);
    snprintf(expected, sizeof expected, "%u", port);
    assert_string_equal(service, expected);
}

static void localhost_is_both_loopback_addresses(void **state)
{
    struct names_found found;

    (void)state;
    assert_int_equal(names_look_up("localhost", 8090, &found), 0);
    assert_int_equal(found.count, 2);
    assert_address(&found, 0, AF_INET, "127.0.0.1", 8090);
    assert_address(&found, 1, AF_INET6, "::1", 8090);
}

static void addresses_are_themselves(void **state)
{
    static const struct {
        int family;
        const char *host;
    } literals[] = {
        {AF_INET, "0.0.0.0"}, {AF_INET, "192.0.2.7"}, {AF_INET6, "::"}, {AF_INET6, "2001:db8::7"}};
    struct names_found found;

    (void)state;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        assert_int_equal(names_look_up(literals[i].host, 65535, &found), 0);
        assert_int_equal(found.count, 1);
        assert_address(&found, 0, literals[i].family, literals[i].host, 65535);
    }
}

static void what_looks_like_an_address_may_be_a_name(void **state)
{
    static const char *const names[] = {"1.2.3.4.5", "999.1", "::zz", "host", ""};
    struct names_found found;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(names_read(names[i], 1, &found), EAI_NONAME);
    assert_int_equal(names_read("localhost", 1, &found), 0);
    assert_int_equal(names_read("::1", 1, &found), 0);
}

static void what_is_no_name_is_an_error(void **state)
{
    struct names_found found;

    (void)state;
    assert_int_not_equal(names_look_up("not a name", 1, &found), 0);
    assert_int_equal(found.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(localhost_is_both_loopback_addresses),
        cmocka_unit_test(addresses_are_themselves),
        cmocka_unit_test(what_looks_like_an_address_may_be_a_name),
        cmocka_unit_test(what_is_no_name_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
