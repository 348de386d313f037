/* What /metrics shows of a TD and of counts that a test has made. */
#include "sim/pages/metrics.h"

#include <stdio.h>
#include <sys/resource.h>

#include "sim/base/version.h"
#include "test/unit/service_fixture.h"

struct world {
    struct service_call s; /* first */
    struct buf out;
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    service_start(&world->s);
    buf_init(&world->out, SIZE_MAX);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    buf_free(&world->out);
    return service_teardown(state);
}

static void write_metrics(struct world *world)
{
    buf_reset(&world->out);
    metrics_write(&world->s.site, &world->out);
    buf_append_byte(&world->out, '\0');
}

/* There is one such line. */
static void assert_line(const struct world *world, const char *line)
{
    const char *text = (const char *)world->out.data, *found;
    char expected[300];

    snprintf(expected, sizeof expected, "\n%s\n", line);
    found = strstr(text, expected);
    if (!found)
        fail_msg("no line %s in\n%s", line, text);
    else
        assert_null(strstr(found + 1, expected));
}

static void assert_absent(const struct world *world, const char *part)
{
    assert_null(strstr((const char *)world->out.data, part));
}

static void record(struct stats *stats, const char *method, int status, uint64_t micros)
{
    const struct http_answer request = {
        .label = {.method = method}, .status = status, .micros = micros, .client = "?"};

    stats_record(stats, &request);
}

static void shows_what_is_counted(void **state)
{
    struct world *world = *state;

    record(world->s.stats, "A.x", 200, 30);
    record(world->s.stats, "A.x", 200, 2000000);
    record(world->s.stats, "A.x", 0, 11000000);
    record(world->s.stats, NULL, 404, 1);
    for (int status = 500; status < 500 + STATS_STATUSES_MAX; status++)
        record(world->s.stats, "A.y", status, 1);
    write_metrics(world);
    assert_line(world, "# TYPE dstack_simulator_requests_total counter");
    assert_line(world, "dstack_simulator_requests_total{method=\"A.x\",status=\"200\"} 2");
    assert_line(world, "dstack_simulator_requests_total{method=\"A.x\",status=\"dropped\"} 1");
    assert_line(world, "dstack_simulator_requests_total{method=\"none\",status=\"404\"} 1");
    assert_line(world, "dstack_simulator_requests_total{method=\"A.y\",status=\"500\"} 1");
    assert_line(world, "dstack_simulator_requests_total{method=\"A.y\",status=\"other\"} 1");
    assert_line(world, "# TYPE dstack_simulator_request_duration_seconds histogram");
    assert_line(world, "dstack_simulator_request_duration_seconds_bucket{method=\"A.x\",le=\"0.000025\"} 0");
    assert_line(world, "dstack_simulator_request_duration_seconds_bucket{method=\"A.x\",le=\"0.00005\"} 1");
    assert_line(world, "dstack_simulator_request_duration_seconds_bucket{method=\"A.x\",le=\"1\"} 1");
    assert_line(world, "dstack_simulator_request_duration_seconds_bucket{method=\"A.x\",le=\"10\"} 2");
    assert_line(world, "dstack_simulator_request_duration_seconds_bucket{method=\"A.x\",le=\"+Inf\"} 3");
    assert_line(world, "dstack_simulator_request_duration_seconds_sum{method=\"A.x\"} 13.00003");
    assert_line(world, "dstack_simulator_request_duration_seconds_count{method=\"A.x\"} 3");
}

static void shows_what_was_ignored(void **state)
{
    const struct http_remarks remarks = {.ignored = {4, 2, {{"reportData", "report_data"}, {"f\"", NULL}}}};
    const struct http_answer request = {
        .label = {.method = "A.x"}, .status = 200, .client = "?", .remarks = &remarks};
    struct world *world = *state;

    stats_record(world->s.stats, &request);
    write_metrics(world);
    assert_line(world, "# TYPE dstack_simulator_ignored_members_total counter");
    assert_line(world, "dstack_simulator_ignored_members_total{method=\"A.x\",member=\"reportData\","
                       "nearest=\"report_data\"} 1");
    assert_line(world, "dstack_simulator_ignored_members_total{method=\"A.x\",member=\"f\\\"\"} 1");
    assert_line(world, "dstack_simulator_ignored_members_total{method=\"A.x\"} 2");
}

static void shows_the_state(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};
    uint32_t snapshot;
    size_t at_start = world->s.td->state.log.count;
    char line[100];

    assert_int_equal(td_take_snapshot(world->s.td, &snapshot, &error), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(td_emit_event(world->s.td, "mine", SPAN_NONE, &error), 0);
    assert_int_equal(td_emit_event(world->s.td, "", SPAN_NONE, &error), -1); /* is not counted */
    assert_int_equal(faults_set(&world->s.faults, &(struct fault){.status = 500}, &error), 0);
    stats_connected(world->s.stats);
    stats_connected(world->s.stats);
    stats_disconnected(world->s.stats);
    write_metrics(world);
    snprintf(line, sizeof line, "dstack_simulator_events %zu", at_start + 3);
    assert_line(world, line);
    assert_line(world, "dstack_simulator_events_emitted_total 3");
    assert_line(world, "dstack_simulator_reverts_total 0");
    assert_line(world, "dstack_simulator_faults_set 1");
    assert_line(world, "dstack_simulator_connections_open 1");
    assert_line(world, "dstack_simulator_connections_total 2");
    assert_int_equal(td_revert(world->s.td, snapshot, &error), 0);
    write_metrics(world);
    snprintf(line, sizeof line, "dstack_simulator_events %zu", at_start);
    assert_line(world, line);
    assert_line(world, "dstack_simulator_events_emitted_total 3");
    assert_line(world, "dstack_simulator_reverts_total 1");
}

static void shows_what_was_built(void **state)
{
    struct world *world = *state;
    char line[200];

    write_metrics(world);
    snprintf(line, sizeof line, "dstack_simulator_build_info{version=\"%s\",revision=\"%s\"} 1",
             version_number, version_rev);
    assert_line(world, line);
}

/* Where no file can be opened, /proc has nothing to say. */
static void leaves_out_what_it_does_not_know(void **state)
{
    struct world *world = *state;
    struct rlimit limit, none;

    world->s.site.process_started = 1500;
    write_metrics(world);
    assert_line(world, "process_start_time_seconds 1.5");
    assert_line(world, "# TYPE process_resident_memory_bytes gauge");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = limit.rlim_max};
    world->s.site.process_started = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    write_metrics(world);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_absent(world, "process_start_time_seconds");
    assert_absent(world, "process_resident_memory_bytes");
}

/* The page, where a router has it. */
static void is_a_quiet_page(void **state)
{
    struct world *world = *state;
    struct router *router = router_new(NULL);
    struct arena arena;
    struct exchange exchange = {
        .request = {.verb = HTTP_VERB_GET, .path = span_text("/metrics")},
        .response = {.status = 200, .body = &world->out},
        .arena = &arena,
    };
    struct http_handler handler;

    arena_init(&arena);
    metrics_add(&world->s.site, router);
    handler = router_handler(router);
    handler.serve(handler.context, &exchange);
    assert_int_equal(exchange.response.status, 200);
    assert_string_equal(exchange.response.content_type, "text/plain; version=0.0.4; charset=utf-8");
    assert_string_equal(exchange.response.label.method, "/metrics");
    assert_true(exchange.response.label.is_background);
    assert_memory_equal(world->out.data, "# HELP ", 7);
    router_free(router);
    arena_free(&arena);
}

/* The largest there can be: each method there is room for, with each status. */
static void the_largest_fits_a_response(void **state)
{
    struct world *world = *state;
    char name[STATS_NAME_BYTES];

    memset(name, '"', sizeof name);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < STATS_METHODS_MAX + 1; i++) {
        name[0] = (char)('a' + i / 16);
        name[1] = (char)('a' + i % 16);
        for (int status = 500; status < 500 + STATS_STATUSES_MAX; status++)
            record(world->s.stats, name, status, UINT32_MAX);
    }
    write_metrics(world);
    assert_line(world, "dstack_simulator_request_duration_seconds_count{method=\"other\"} 12");
    assert_false(world->out.has_overflowed);
    assert_true(world->out.len < 1024 * 1024);
}

#define METRICS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        METRICS_TEST(shows_what_is_counted),
        METRICS_TEST(shows_what_was_ignored),
        METRICS_TEST(shows_the_state),
        METRICS_TEST(shows_what_was_built),
        METRICS_TEST(leaves_out_what_it_does_not_know),
        METRICS_TEST(is_a_quiet_page),
        METRICS_TEST(the_largest_fits_a_response),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
