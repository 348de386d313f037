/* GuestApi: what the host learns of a TD. */
#include <sys/sysinfo.h>

#include "proto/guest_api.pb-c.h"
#include "sim/base/version.h"
#include "sim/td/td_cert.h"
#include "test/unit/service_fixture.h"

extern const struct service guest_api_service;

SERVICE_REPLY(on_info, Dstack__GuestInfo)
SERVICE_REPLY(on_system, Dstack__SystemInfo)
SERVICE_REPLY(on_network, Dstack__NetworkInformation)
SERVICE_REPLY(on_containers, Dstack__ListContainersResponse)
SERVICE_REPLY(on_shutdown, Dstack__Empty)

#define CALL(s, method, args, on_reply)                                                                      \
    SERVICE_CALL(s, guest_api_service, Dstack__GuestApi_Service, method, args, on_reply)

static void info_says_who_the_td_is(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    struct error error = {.kind = ERROR_NONE};
    const Dstack__GuestInfo *response;

    CALL(s, info, &args, on_info);
    response = service_answer(s);
    assert_string_equal(response->version, version_number);
    assert_true(span_equal(call_span(response->app_id), span_of(s->td->identity.app_id, 20)));
    assert_true(span_equal(call_span(response->instance_id), span_of(s->td->identity.instance_id, 20)));
    assert_true(span_equal(call_span(response->device_id), span_of(s->site.cluster->platform.device_id, 32)));
    assert_string_equal(response->app_cert, td_cert_own(s->td, &error)->plain);
    assert_string_equal(response->tcb_info, td_tcb_info(s->td)->plain);
}

static void the_machine_is_the_real_one(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    const Dstack__SystemInfo *response;

    CALL(s, sys_info, &args, on_system);
    response = service_answer(s);
    assert_int_equal(response->num_cpus, get_nprocs());
    assert_int_equal(response->total_memory % 1024, 0);
    assert_true(response->total_memory > 0);
    assert_true(response->used_memory + response->available_memory == response->total_memory);
    assert_true(strlen(response->kernel_version) > 0);
}

static void loopback_has_its_address(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    const Dstack__NetworkInformation *response;
    bool found = false;

    CALL(s, network_info, &args, on_network);
    response = service_answer(s);
    for (size_t i = 0; i < response->n_interfaces; i++) {
        const Dstack__Interface *interface = response->interfaces[i];
        for (size_t k = 0; k < interface->n_addresses; k++)
            found = found || (strcmp(interface->addresses[k]->address, "127.0.0.1") == 0 &&
                              interface->addresses[k]->prefix == 8);
    }
    assert_true(found);
}

static void containers_are_the_services_of_the_app(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    const Dstack__ListContainersResponse *response;

    CALL(s, list_containers, &args, on_containers);
    response = service_answer(s);
    assert_int_equal(response->n_containers, 1);
    assert_string_equal(response->containers[0]->names[0], "/dstack-app-1");
    assert_string_equal(response->containers[0]->image, "python:3.12-slim");
    assert_int_equal(strlen(response->containers[0]->id), 64);
    assert_string_equal(response->containers[0]->state, "running");
}

struct counted {
    const struct td *td;
    int calls;
};

static void count(void *data, struct td *td)
{
    struct counted *counted = data;

    counted->calls++;
    counted->td = td;
}

static void shuts_down_only_where_it_may(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    struct counted counted = {.calls = 0};

    s->site.shut_down = count;
    s->site.data = &counted;
    CALL(s, shutdown, &args, on_shutdown);
    assert_non_null(service_answer(s));
    assert_int_equal(counted.calls, 1);
    assert_ptr_equal(counted.td, s->td);
    s->site.shut_down = NULL;
    CALL(s, shutdown, &args, on_shutdown);
    assert_service_failed(s, "guest.sock");
    assert_int_equal(counted.calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(info_says_who_the_td_is, service_setup, service_teardown),
        cmocka_unit_test_setup_teardown(the_machine_is_the_real_one, service_setup, service_teardown),
        cmocka_unit_test_setup_teardown(loopback_has_its_address, service_setup, service_teardown),
        cmocka_unit_test_setup_teardown(containers_are_the_services_of_the_app, service_setup,
                                        service_teardown),
        cmocka_unit_test_setup_teardown(shuts_down_only_where_it_may, service_setup, service_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
