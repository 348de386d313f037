/* Worker of the versioned API, called directly. */
#include "sim/services/worker_v1.h"

#include "proto/worker_v1.pb-c.h"
#include "test/unit/service_fixture.h"

SERVICE_REPLY(on_info, Dstack__Guest__V1__InfoResponse)
SERVICE_REPLY(on_health, Dstack__Guest__V1__HealthResponse)

#define CALL(s, method, request, on_reply)                                                                   \
    SERVICE_CALL(s, worker_v1_service, Dstack__Guest__V1__Worker_Service, method, request, on_reply)

static const Dstack__Guest__V1__InfoResponse *info(struct service_call *s)
{
    const Dstack__Guest__V1__InfoRequest request = DSTACK__GUEST__V1__INFO_REQUEST__INIT;

    CALL(s, info, &request, on_info);
    return service_answer(s);
}

static void the_app_decides_whether_its_documents_are_public(void **state)
{
    struct service_call *s = *state;

    assert_string_equal(info(s)->app_compose, s->td->app.compose);
    assert_string_equal(info(s)->key_provider_info, s->td->identity.key_provider_info.plain);
    s->td->app.says.public_tcbinfo = false;
    assert_string_equal(info(s)->app_compose, "");
    assert_string_equal(info(s)->vm_config, "");
    assert_string_equal(info(s)->key_provider_info, "");
    assert_string_equal(info(s)->app_name, "dstack-simulator-demo");
    assert_int_equal(info(s)->mr_aggregated.len, 32);
}

static const Dstack__Guest__V1__HealthResponse *health(struct service_call *s)
{
    const Dstack__Guest__V1__HealthRequest request = DSTACK__GUEST__V1__HEALTH_REQUEST__INIT;

    CALL(s, health, &request, on_health);
    return service_answer(s);
}

static void set_health(struct service_call *s, const char *state, const char *name, const char *why)
{
    struct error error = {.kind = ERROR_NONE};

    if (app_health_set(&s->td->health, state, name, why, &error))
        fail_msg("%s", error.text);
}

static void health_is_the_verdict_on_the_app(void **state)
{
    struct service_call *s = *state;

    assert_true(health(s)->healthy);
    assert_int_equal(health(s)->n_unhealthy, 0);
    set_health(s, "starting", "web", "");
    assert_false(health(s)->healthy);
    assert_int_equal(health(s)->n_unhealthy, 1);
    assert_string_equal(health(s)->unhealthy[0]->name, "web");
    assert_string_equal(health(s)->unhealthy[0]->status, "starting");
    assert_string_equal(health(s)->error, "");
    set_health(s, "unhealthy", "", "no runtime");
    assert_false(health(s)->healthy);
    assert_int_equal(health(s)->n_unhealthy, 0);
    assert_string_equal(health(s)->error, "no runtime");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_app_decides_whether_its_documents_are_public, service_setup,
                                        service_teardown),
        cmocka_unit_test_setup_teardown(health_is_the_verdict_on_the_app, service_setup, service_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
