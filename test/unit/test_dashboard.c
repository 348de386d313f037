/* Dashboard: what the page shows, with the events and requests that it has not seen. */
#include "sim/services/dashboard.h"

#include "crypto/hash.h"
#include "proto/dashboard.pb-c.h"
#include "sim/td/view.h"
#include "test/unit/service_fixture.h"

SERVICE_REPLY(on_state, Dstack__DashboardState)

static const struct http_remarks remarks = {.reason = "no such thing",
                                            .ignored = {1, 1, {{"reportData", "report_data"}}}};

/* One TD and both its dashboards. */
struct fixture {
    struct service_call s; /* first */
    struct site full, read_only;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    service_start(&f->s);
    f->full = f->read_only = f->s.site;
    f->read_only.has_control = false;
    f->full.process_started = 1767225600123;
    *state = f;
    return 0;
}

static const Dstack__DashboardState *ask(struct fixture *f, const struct site *site, uint64_t generation,
                                         uint32_t after_event, uint64_t after_request)
{
    const Dstack__Dashboard_Service *methods = (const Dstack__Dashboard_Service *)dashboard_service.methods;
    Dstack__DashboardStateArgs args = DSTACK__DASHBOARD_STATE_ARGS__INIT;

    args.generation = generation;
    args.after_event = after_event;
    args.after_request = after_request;
    service_again(&f->s);
    f->s.call.context = site;
    methods->state(unconst(methods), &args, on_state, &f->s);
    return service_answer(&f->s);
}

static uint64_t generation_of(struct fixture *f)
{
    return ask(f, &f->full, 0, 0, 0)->generation;
}

static void another_process_can_be_told(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(ask(f, &f->full, 0, 0, 0)->process_started, 1767225600123);
    f->full.process_started++;
    assert_int_equal(ask(f, &f->full, generation_of(f), 0, 0)->process_started, 1767225600124);
}

static void emit(struct fixture *f, const char *name, struct span payload)
{
    struct error error = {.kind = ERROR_NONE};

    if (td_emit_event(f->s.td, name, payload, &error))
        fail_msg("%s", error.text);
}

static void record(struct fixture *f, const char *method, bool is_dropped)
{
    stats_record(f->s.stats, &(struct http_answer){
                                 .label = {.method = method},
                                 .verb = "POST",
                                 .path = span_text("/path"),
                                 .status = 200,
                                 .body_bytes = 12,
                                 .micros = 34,
                                 .client = "127.0.0.1:5",
                                 .fault = {.drop = is_dropped},
                                 .agent = span_text("curl/8.5.0"),
                                 .remarks = is_dropped ? &remarks : NULL,
                             });
}

static void identity_and_registers_are_those_of_the_td(void **state)
{
    struct fixture *f = *state;
    struct td *td = f->s.td;
    const Dstack__DashboardState *answer;
    uint8_t aggregated[32];

    emit(f, "not rendered yet", SPAN_NONE);
    answer = ask(f, &f->full, 0, 0, 0);
    assert_false(td->view->has_event_log || td->view->has_tcb_info || td->view->has_scale ||
                 td->view->has_msgpack || td->view->has_app_cert);
    assert_false(answer->read_only);
    assert_false(answer->is_private);
    assert_string_equal(answer->app_name, "dstack-simulator-demo");
    assert_memory_equal(answer->app_id.data, td->identity.app_id, sizeof td->identity.app_id);
    assert_memory_equal(answer->compose_hash.data, td->app.compose_hash, sizeof td->app.compose_hash);
    registers_aggregate(&td->state.registers, aggregated);
    assert_memory_equal(answer->mr_aggregated.data, aggregated, 32);
    assert_memory_equal(answer->mrtd.data, td->state.registers.mrtd, REGISTER_BYTES);
    assert_int_equal(answer->n_rtmrs, RTMR_COUNT);
    for (size_t i = 0; i < RTMR_COUNT; i++)
        assert_memory_equal(answer->rtmrs[i].data, td->state.registers.rtmr[i], REGISTER_BYTES);
    assert_string_equal(answer->tcb_status, "UpToDate");
}

/* Every event begins where the last of its register ended, and the last ends at the register. */
static void events_are_links_of_a_chain(void **state)
{
    struct fixture *f = *state;
    const Dstack__DashboardState *answer = ask(f, &f->full, 0, 0, 0);
    uint8_t registers[RTMR_COUNT][REGISTER_BYTES] = {{0}};

    assert_int_equal(answer->n_events, f->s.td->state.log.count);
    assert_int_equal(answer->event_count, f->s.td->state.log.count);
    for (size_t i = 0; i < answer->n_events; i++) {
        const Dstack__DashboardEvent *event = answer->events[i];
        uint8_t *now = registers[event->imr];
        const struct bytes parts[] = {{now, REGISTER_BYTES}, {event->digest.data, REGISTER_BYTES}};

        assert_int_equal(event->number, i + 1);
        assert_memory_equal(event->rtmr_before.data, now, REGISTER_BYTES);
        hash_parts(HASH_SHA384, parts, 2, now);
        assert_memory_equal(event->rtmr_after.data, now, REGISTER_BYTES);
    }
    assert_memory_equal(registers, f->s.td->state.registers.rtmr, sizeof registers);
}

static void only_what_was_not_seen_is_shown(void **state)
{
    struct fixture *f = *state;
    uint64_t generation = generation_of(f);
    uint32_t seen = (uint32_t)f->s.td->state.log.count;
    const Dstack__DashboardState *answer;

    assert_int_equal(ask(f, &f->full, generation, seen, 0)->n_events, 0);
    emit(f, "mine", span_text("payload"));
    answer = ask(f, &f->full, generation, seen, 0);
    assert_int_equal(answer->n_events, 1);
    assert_string_equal(answer->events[0]->name, "mine");
    assert_int_equal(answer->events[0]->number, seen + 1);
    assert_int_equal(answer->events[0]->imr, 3);
    assert_memory_equal(answer->events[0]->payload.data, "payload", 7);
    assert_memory_equal(answer->events[0]->rtmr_after.data, f->s.td->state.registers.rtmr[3], REGISTER_BYTES);
    assert_int_equal(ask(f, &f->full, generation, UINT32_MAX, 0)->n_events, 0);
    assert_int_equal(ask(f, &f->full, generation + 1, seen, 0)->n_events, seen + 1);
}

static void long_logs_come_in_parts_and_long_payloads_are_cut(void **state)
{
    struct fixture *f = *state;
    uint64_t generation = generation_of(f);
    uint8_t payload[DASHBOARD_PAYLOAD_BYTES_MAX + 1] = {7};
    const Dstack__DashboardState *answer;
    uint32_t seen = 0;

    while (f->s.td->state.log.count < 2 * DASHBOARD_EVENTS_MAX)
        emit(f, "event", span_of(payload, sizeof payload));
    answer = ask(f, &f->full, generation, seen, 0);
    assert_int_equal(answer->n_events, DASHBOARD_EVENTS_MAX);
    assert_int_equal(answer->event_count, 2 * DASHBOARD_EVENTS_MAX);
    answer = ask(f, &f->full, generation, DASHBOARD_EVENTS_MAX + 10, 0);
    assert_int_equal(answer->n_events, DASHBOARD_EVENTS_MAX - 10);
    assert_int_equal(answer->events[0]->number, DASHBOARD_EVENTS_MAX + 11);
    assert_int_equal(answer->events[0]->payload.len, DASHBOARD_PAYLOAD_BYTES_MAX);
    assert_int_equal(answer->events[0]->payload_bytes, sizeof payload);
    assert_memory_equal(answer->events[DASHBOARD_EVENTS_MAX - 11]->rtmr_after.data,
                        f->s.td->state.registers.rtmr[3], REGISTER_BYTES);
}

static void emit_many(struct fixture *f, const char *name)
{
    for (int i = 0; i < EVENT_CHAIN_STEP; i++)
        emit(f, name, SPAN_NONE);
}

/* Another history of the same length must not be taken for the one seen, nor its registers. */
static void going_back_is_another_generation(void **state)
{
    struct fixture *f = *state;
    uint64_t generation = generation_of(f);
    uint32_t boot = (uint32_t)f->s.td->state.log.count, last = boot + EVENT_CHAIN_STEP;
    const Dstack__DashboardState *answer;

    record(f, "Tappd.Info", false);
    emit_many(f, "first");
    ask(f, &f->full, generation, last - 1, 0);
    td_reset(f->s.td);
    emit_many(f, "second");
    answer = ask(f, &f->full, generation, last, 1);
    assert_int_not_equal(answer->generation, generation);
    assert_true(answer->generation < UINT64_C(1) << 53);
    assert_int_equal(answer->n_events, DASHBOARD_EVENTS_MAX);
    assert_string_equal(answer->events[boot]->name, "second");
    assert_int_equal(answer->n_requests, 1);
    answer = ask(f, &f->full, answer->generation, last - 1, 1);
    assert_int_equal(answer->n_events, 1);
    assert_int_equal(answer->n_requests, 0);
    assert_memory_equal(answer->events[0]->rtmr_after.data, f->s.td->state.registers.rtmr[3], REGISTER_BYTES);
}

static void requests_are_shown_once(void **state)
{
    struct fixture *f = *state;
    uint64_t generation = generation_of(f);
    const Dstack__DashboardState *answer;

    record(f, "Tappd.Info", false);
    record(f, NULL, true);
    answer = ask(f, &f->full, generation, 0, 0);
    assert_int_equal(answer->requests_total, 2);
    assert_int_equal(answer->n_requests, 2);
    assert_string_equal(answer->requests[0]->method, "Tappd.Info");
    assert_string_equal(answer->requests[0]->note, "");
    assert_string_equal(answer->requests[0]->path, "/path");
    assert_int_equal(answer->requests[0]->micros, 34);
    assert_string_equal(answer->requests[1]->method, "none");
    assert_string_equal(answer->requests[1]->note, "dropped");
    assert_string_equal(answer->requests[0]->reason, "");
    assert_string_equal(answer->requests[1]->reason, "no such thing");
    assert_string_equal(answer->requests[1]->user_agent, "curl/8.5.0");
    assert_string_equal(answer->requests[0]->ignored, "");
    assert_string_equal(answer->requests[1]->ignored, "reportData (did you mean report_data?)");
    answer = ask(f, &f->full, generation, 0, 1);
    assert_int_equal(answer->n_requests, 1);
    assert_int_equal(answer->requests[0]->number, 2);
    for (int i = 0; i < 2 * STATS_RECENT_MAX; i++)
        record(f, "Tappd.Info", false);
    assert_int_equal(ask(f, &f->full, generation, 0, 0)->n_requests, STATS_RECENT_MAX);
}

static void a_private_app_hides_its_measurements_where_nothing_can_be_changed(void **state)
{
    struct fixture *f = *state;
    const Dstack__DashboardState *answer = ask(f, &f->read_only, 0, 0, 0);

    assert_true(answer->read_only);
    assert_false(answer->is_private);
    assert_int_equal(answer->n_events, f->s.td->state.log.count);

    f->s.td->app.says.public_tcbinfo = false;
    answer = ask(f, &f->read_only, 0, 0, 0);
    assert_true(answer->is_private);
    assert_int_equal(answer->n_events + answer->event_count + answer->n_rtmrs, 0);
    assert_int_equal(answer->mrtd.len + answer->compose_hash.len + answer->os_image_hash.len +
                         answer->mr_aggregated.len,
                     0);
    assert_int_equal(answer->app_id.len, APP_ID_BYTES);

    answer = ask(f, &f->full, 0, 0, 0);
    assert_false(answer->is_private);
    assert_int_equal(answer->n_events, f->s.td->state.log.count);
}

static void platform_and_faults_are_told(void **state)
{
    struct fixture *f = *state;
    const struct fault fault = {.method = "GetQuote", .status = 500, .times = 2};
    struct scenario scenario = {
        .tcb_status = TCB_OUT_OF_DATE, .pck_revoked = true, .quote_version = QUOTE_VERSION_5};
    struct error error = {.kind = ERROR_NONE};
    const Dstack__DashboardState *answer;
    char line[64];

    assert_int_equal(scenario_add_advisory(&scenario, "INTEL-SA-00837", &error), 0);
    cluster_set_scenario(f->s.site.cluster, &scenario);
    assert_int_equal(faults_set(&f->s.faults, &fault, &error), 0);
    faults_describe(&f->s.faults.list[0], line, sizeof line);
    answer = ask(f, &f->read_only, 0, 0, 0);
    assert_string_equal(answer->tcb_status, "OutOfDate");
    assert_string_equal(answer->quote_version, "5");
    assert_int_equal(answer->n_advisories, 1);
    assert_string_equal(answer->advisories[0], "INTEL-SA-00837");
    assert_true(answer->pck_revoked);
    assert_false(answer->debug_td);
    assert_int_equal(answer->n_faults, 1);
    assert_string_equal(answer->faults[0], line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(identity_and_registers_are_those_of_the_td, setup, service_teardown),
        cmocka_unit_test_setup_teardown(events_are_links_of_a_chain, setup, service_teardown),
        cmocka_unit_test_setup_teardown(only_what_was_not_seen_is_shown, setup, service_teardown),
        cmocka_unit_test_setup_teardown(long_logs_come_in_parts_and_long_payloads_are_cut, setup,
                                        service_teardown),
        cmocka_unit_test_setup_teardown(going_back_is_another_generation, setup, service_teardown),
        cmocka_unit_test_setup_teardown(another_process_can_be_told, setup, service_teardown),
        cmocka_unit_test_setup_teardown(requests_are_shown_once, setup, service_teardown),
        cmocka_unit_test_setup_teardown(a_private_app_hides_its_measurements_where_nothing_can_be_changed,
                                        setup, service_teardown),
        cmocka_unit_test_setup_teardown(platform_and_faults_are_told, setup, service_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
