#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/process/endpoints.h"

static void names_of_services(void **state)
{
    (void)state;
    assert_int_equal(endpoints_services_of("guest"), SERVICE_GUEST);
    assert_int_equal(endpoints_services_of("worker,kms"), SERVICE_WORKER | SERVICE_KMS);
    assert_int_equal(endpoints_services_of("all"), SERVICE_ALL);
}

static void names_of_sockets(void **state)
{
    (void)state;
    assert_int_equal(endpoints_services_of("dstack.sock"), SERVICE_DSTACK | SERVICE_TAPPD);
    assert_int_equal(endpoints_services_of("tappd.sock"), SERVICE_DSTACK | SERVICE_TAPPD);
    assert_int_equal(endpoints_services_of("external.sock"), SERVICE_WORKER);
    assert_int_equal(endpoints_services_of("guest.sock"), SERVICE_GUEST);
}

static void other_names(void **state)
{
    (void)state;
    assert_int_equal(endpoints_services_of("dstack-simulator.socket"), SERVICE_ALL);
    assert_int_equal(endpoints_services_of("unknown"), SERVICE_ALL);
    assert_int_equal(endpoints_services_of("guest.sock2"), SERVICE_ALL);
    assert_int_equal(endpoints_services_of(""), SERVICE_ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_services),
        cmocka_unit_test(names_of_sockets),
        cmocka_unit_test(other_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
