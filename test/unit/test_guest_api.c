/* GuestApi: what the host learns of a TD. */
#include "sim/services/guest_api.h"

#include "sim/services/version.h"
#include "test/unit/service_fixture.h"

SERVICE_REPLY(on_info, Dstack__GuestInfo)

static void info_says_who_the_td_is(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    const Dstack__GuestInfo *response;
    struct guest_api api;

    guest_api_init(&api, s->td);
    api.service.info(&api.service, &args, on_info, s);
    response = service_answer(s);
    assert_string_equal(response->version, version_number);
    assert_true(span_equal(rpc_span(response->app_id), span_of(s->td->app_id, 20)));
    assert_true(span_equal(rpc_span(response->instance_id), span_of(s->td->instance_id, 20)));
    assert_true(span_equal(rpc_span(response->device_id), span_of(s->td->platform.device_id, 32)));
    assert_string_equal(response->app_cert, td_view(s->td)->app_cert.plain);
    assert_string_equal(response->tcb_info, td_view(s->td)->tcb_info.plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(info_says_who_the_td_is, service_setup, service_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
