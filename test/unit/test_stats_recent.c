/* What is remembered of recent requests, also past every limit. */
#include <time.h>

#include "test/unit/stats_fixture.h"

/* time() may lag a clock that is read exactly. */
static int64_t unix_millis(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void remembers_a_request(void **state)
{
    const struct http_remarks remarks = {.reason = "no such thing"};
    const struct http_answer request = {
        .label.method = "DstackGuest.GetQuote",
        .verb = "POST",
        .path = span_text("/GetQuote"),
        .status = 200,
        .body_bytes = 48123,
        .micros = 87,
        .client = "127.0.0.1:50314",
        .fault = {.delay_ms = 1},
        .agent = span_text("a b\n"),
        .remarks = &remarks,
    };
    const struct stats_recent *recent;
    int64_t before = unix_millis();

    stats_record(*state, &request);
    recent = stats_recent_after(*state, 0);
    assert_int_equal(recent->number, 1);
    assert_in_range(recent->unix_millis, before, unix_millis());
    assert_string_equal(recent->method, request.label.method);
    assert_string_equal(recent->verb, "POST");
    assert_string_equal(recent->path, "/GetQuote");
    assert_int_equal(recent->status, 200);
    assert_int_equal(recent->body_bytes, 48123);
    assert_int_equal(recent->micros, 87);
    assert_string_equal(recent->client, request.client);
    assert_string_equal(recent->note, "delayed");
    assert_string_equal(recent->agent, "a b?");
    assert_string_equal(recent->remarks.reason, "no such thing");
    assert_null(stats_recent_after(*state, 1));
}

static void what_is_unknown_has_names_too(void **state)
{
    const struct http_answer request = {.status = 400, .client = "/tmp/dstack.sock"};
    const struct stats_recent *recent;

    stats_record(*state, &request);
    recent = stats_recent_after(*state, 0);
    assert_string_equal(recent->method, "none");
    assert_string_equal(recent->verb, "-");
    assert_string_equal(recent->path, "");
    assert_null(recent->note);
    assert_string_equal(recent->agent, "");
    assert_string_equal(recent->remarks.reason, "");
}

static void background_is_counted_only(void **state)
{
    struct http_answer request = request_to("/healthz", 200);

    request.label.is_background = true;
    stats_record(*state, &request);
    assert_int_equal(find(*state, "/healthz")->count, 1);
    assert_null(stats_recent_after(*state, 0));
    record(*state, "M", 200);
    assert_int_equal(stats_recent_after(*state, 0)->number, 1);
}

static void the_oldest_make_room(void **state)
{
    const uint64_t all = 2 * STATS_RECENT_MAX + 7;

    for (uint64_t i = 1; i <= all; i++)
        record(*state, "M", (int)i);
    for (uint64_t number = all - STATS_RECENT_MAX + 1; number <= all; number++) {
        const struct stats_recent *recent = stats_recent_after(*state, number - 1);

        assert_int_equal(recent->number, number);
        assert_int_equal(recent->status, number);
    }
    assert_int_equal(stats_recent_after(*state, 0)->number, all - STATS_RECENT_MAX + 1);
    assert_int_equal(stats_recent_after(*state, all - STATS_RECENT_MAX - 1)->number,
                     all - STATS_RECENT_MAX + 1);
    assert_null(stats_recent_after(*state, all));
    assert_null(stats_recent_after(*state, UINT64_MAX));
}

/* The last before the ring wraps, and the first after. */
static void a_full_ring_drops_the_oldest(void **state)
{
    for (int i = 0; i < STATS_RECENT_MAX; i++)
        record(*state, "M", 200);
    assert_int_equal(stats_recent_after(*state, 0)->number, 1);
    assert_int_equal(stats_recent_after(*state, STATS_RECENT_MAX - 1)->number, STATS_RECENT_MAX);
    record(*state, "M", 201);
    assert_int_equal(stats_recent_after(*state, 0)->number, 2);
    assert_int_equal(stats_recent_after(*state, STATS_RECENT_MAX)->status, 201);
}

static void paths_are_made_printable_and_cut(void **state)
{
    struct http_answer request = request_to("M", 200);
    char path[200];

    request.path = span_of("/a b\n\x7f\xc3\xa9\0~", 10);
    stats_record(*state, &request);
    assert_string_equal(stats_recent_after(*state, 0)->path, "/a b?????~");
    memset(path, 'p', sizeof path);
    for (size_t len = STATS_PATH_BYTES - 2; len <= STATS_PATH_BYTES + 1; len++) {
        uint64_t number = len - STATS_PATH_BYTES + 3;

        request.path = span_of(path, len);
        stats_record(*state, &request);
        assert_int_equal(strlen(stats_recent_after(*state, number)->path),
                         len < STATS_PATH_BYTES ? len : STATS_PATH_BYTES - 1);
    }
}

static void verbs_and_clients_are_cut(void **state)
{
    struct http_answer request = request_to("M", 200);
    char client[2 * STATS_CLIENT_BYTES];

    memset(client, 'c', sizeof client);
    client[sizeof client - 1] = '\0';
    request.client = client;
    request.verb = "UPDATEREDIRECTREF";
    stats_record(*state, &request);
    assert_string_equal(stats_recent_after(*state, 0)->verb, "UPDATEREDIR");
    assert_int_equal(strlen(stats_recent_after(*state, 0)->client), STATS_CLIENT_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATS_TEST(remembers_a_request),          STATS_TEST(what_is_unknown_has_names_too),
        STATS_TEST(background_is_counted_only),   STATS_TEST(the_oldest_make_room),
        STATS_TEST(a_full_ring_drops_the_oldest), STATS_TEST(paths_are_made_printable_and_cut),
        STATS_TEST(verbs_and_clients_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
