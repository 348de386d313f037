/* Services and those that accompany them. */
#include "sim/services/dashboard.h"
#include "sim/services/deployments.h"
#include "sim/services/guest_proxy.h"
#include "sim/services/guest_agent_v1.h"
#include "sim/services/worker_v1.h"
#include "test/unit/registry_fixture.h"

static size_t count_of(const struct service *service)
{
    const struct service *each;
    size_t count = 0;

    for (size_t i = 0; (each = registry_with_methods(i)); i++)
        count += each == service;
    return count;
}

static void each_service_with_methods_is_listed_once(void **state)
{
    static const struct service *const companions[] = {&guest_agent_v1_service, &worker_v1_service,
                                                       &guest_proxy_service, &dashboard_service,
                                                       &deployments_service};
    const struct service *service;
    size_t expected = sizeof companions / sizeof *companions, count = 0;

    (void)state;
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++)
        assert_int_equal(count_of(companions[i]), 1);
    for (size_t i = 0; (service = registry_service(i)); i++) {
        assert_int_equal(count_of(service), service->methods != NULL);
        expected += service->methods != NULL;
    }
    while (registry_with_methods(count))
        count++;
    assert_int_equal(count, expected);
}

static void companions_are_known_to_their_services(void **state)
{
    const struct service *service;

    (void)state;
    for (size_t i = 0; (service = registry_service(i)); i++) {
        bool is_dashboards =
            only("worker") == 1u << i || only("simulator") == 1u << i || only("vmm") == 1u << i;

        assert_int_equal(service_has_companion(service, &dashboard_service), is_dashboards);
        assert_int_equal(service_has_companion(service, &worker_v1_service), only("worker") == 1u << i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_service_with_methods_is_listed_once),
        cmocka_unit_test(companions_are_known_to_their_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
