/* What is counted of requests, also past every limit. */
#include "test/unit/stats_fixture.h"

static void record_micros(struct stats *stats, uint64_t micros)
{
    struct http_answer request = request_to("M", 200);

    request.micros = micros;
    stats_record(stats, &request);
}

static uint64_t count_of(const struct stats_method *method, int status)
{
    uint64_t count = 0;
    int rows = 0;

    for (size_t i = 0; i < method->status_count; i++) {
        if (method->statuses[i].status == status) {
            count = method->statuses[i].count;
            rows++;
        }
    }
    assert_in_range(rows, 0, 1);
    return count;
}

static size_t method_count(const struct stats *stats)
{
    size_t count = 0;

    while (stats_method_at(stats, count))
        count++;
    return count;
}

/* --- methods and statuses --- */

static void nothing_is_counted_at_first(void **state)
{
    assert_null(stats_method_at(*state, 0));
    assert_null(stats_method_at(*state, STATS_METHODS_MAX));
    assert_null(stats_recent_after(*state, 0));
    assert_int_equal(stats_connections_open(*state), 0);
    assert_int_equal(stats_connections_total(*state), 0);
}

static void counts_by_method_and_status(void **state)
{
    record(*state, "A.x", 200);
    record(*state, "A.y", 400);
    record(*state, "A.x", 200);
    record(*state, "A.x", 500);
    record(*state, "A.x", 0);
    record(*state, NULL, 404);
    assert_int_equal(method_count(*state), 3);
    assert_string_equal(stats_method_at(*state, 0)->name, "A.x");
    assert_string_equal(stats_method_at(*state, 1)->name, "A.y");
    assert_string_equal(stats_method_at(*state, 2)->name, "none");
    assert_int_equal(count_of(find(*state, "A.x"), 200), 2);
    assert_int_equal(count_of(find(*state, "A.x"), 500), 1);
    assert_int_equal(count_of(find(*state, "A.x"), 0), 1);
    assert_int_equal(find(*state, "A.x")->count, 4);
    assert_int_equal(count_of(find(*state, "A.y"), 400), 1);
    assert_int_equal(count_of(find(*state, "none"), 404), 1);
}

static void record_numbered(struct stats *stats, int number, int status)
{
    char name[16];

    snprintf(name, sizeof name, "M%d", number);
    record(stats, name, status);
}

static void what_comes_after_a_full_table_is_other(void **state)
{
    for (int i = 0; i < STATS_METHODS_MAX; i++)
        record_numbered(*state, i, 200);
    assert_int_equal(method_count(*state), STATS_METHODS_MAX);
    for (int i = 0; i < STATS_METHODS_MAX + 40; i++)
        record_numbered(*state, i, 201);
    record(*state, NULL, 404);
    assert_int_equal(method_count(*state), STATS_METHODS_MAX + 1);
    for (int i = 0; i < STATS_METHODS_MAX; i++) {
        char name[16];

        snprintf(name, sizeof name, "M%d", i);
        assert_string_equal(stats_method_at(*state, (size_t)i)->name, name);
        assert_int_equal(find(*state, name)->count, 2);
    }
    assert_string_equal(stats_method_at(*state, STATS_METHODS_MAX)->name, "other");
    assert_int_equal(count_of(find(*state, "other"), 201), 40);
    assert_int_equal(count_of(find(*state, "other"), 404), 1);
    assert_int_equal(find(*state, "other")->count, 41);
    assert_null(stats_method_at(*state, STATS_METHODS_MAX + 1));
}

/* A request without an answer stays apart from statuses there is no room for. */
static void what_comes_after_full_statuses_is_other(void **state)
{
    const struct stats_method *method;

    record(*state, "M", 0);
    for (int status = 400; status < 400 + STATS_STATUSES_MAX + 10; status++)
        record(*state, "M", status);
    record(*state, "M", 0);
    record(*state, "M", 400);
    method = find(*state, "M");
    assert_int_equal(method->status_count, STATS_STATUSES_MAX);
    assert_int_equal(count_of(method, 0), 2);
    assert_int_equal(count_of(method, 400), 2);
    assert_int_equal(count_of(method, 400 + STATS_STATUSES_MAX - 3), 1);
    assert_int_equal(count_of(method, 400 + STATS_STATUSES_MAX - 2), 0);
    assert_int_equal(count_of(method, STATS_STATUS_OTHER), 12);
    assert_int_equal(method->count, STATS_STATUSES_MAX + 10 + 3);
}

static void a_request_without_an_answer_after_full_statuses(void **state)
{
    for (int status = 400; status < 400 + STATS_STATUSES_MAX; status++)
        record(*state, "M", status);
    record(*state, "M", 0);
    assert_int_equal(count_of(find(*state, "M"), 0), 0);
    assert_int_equal(count_of(find(*state, "M"), STATS_STATUS_OTHER), 2);
}

static void long_names_are_cut(void **state)
{
    char name[2 * STATS_NAME_BYTES], kept[STATS_NAME_BYTES];

    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    snprintf(kept, sizeof kept, "%.*s", (int)sizeof kept - 1, name);
    record(*state, name, 200);
    record(*state, kept, 200);
    name[STATS_NAME_BYTES] = 'x'; /* past what is kept, so it is the same */
    record(*state, name, 200);
    assert_int_equal(method_count(*state), 1);
    assert_int_equal(find(*state, kept)->count, 3);
    name[STATS_NAME_BYTES - 2] = 'x';
    record(*state, name, 200);
    kept[STATS_NAME_BYTES - 2] = '\0';
    record(*state, kept, 200); /* one is the beginning of the other */
    assert_int_equal(method_count(*state), 3);
}

/* --- latencies --- */

static void bounds_are_inclusive(void **state)
{
    const struct stats_method *method;
    uint64_t micros = UINT32_MAX;

    for (size_t i = 0; i < STATS_BUCKETS; i++) {
        record_micros(*state, stats_bounds[i]);
        record_micros(*state, stats_bounds[i] + 1);
        micros += 2 * stats_bounds[i] + 1;
    }
    record_micros(*state, 0);
    record_micros(*state, UINT32_MAX);
    method = find(*state, "M");
    for (size_t i = 0; i <= STATS_BUCKETS; i++)
        assert_int_equal(method->buckets[i], 2);
    assert_int_equal(method->count, 2 * (STATS_BUCKETS + 1));
    assert_int_equal(method->micros, micros);
}

static void bounds_rise(void **state)
{
    (void)state;
    for (size_t i = 1; i < STATS_BUCKETS; i++)
        assert_true(stats_bounds[i] > stats_bounds[i - 1]);
}

/* --- connections --- */

static void connections_come_and_go(void **state)
{
    stats_connected(*state);
    stats_connected(*state);
    stats_disconnected(*state);
    stats_connected(*state);
    assert_int_equal(stats_connections_open(*state), 2);
    assert_int_equal(stats_connections_total(*state), 3);
}

/* --- ignored members --- */

static void record_ignored(struct stats *stats, const char *method, struct http_ignored ignored)
{
    const struct http_remarks remarks = {.ignored = ignored};
    struct http_answer request = request_to(method, 200);

    request.remarks = &remarks;
    stats_record(stats, &request);
}

static void assert_row(const struct stats *stats, size_t index, const char *method, const char *member,
                       uint64_t count)
{
    const struct stats_ignored *row = stats_ignored_at(stats, index);

    assert_non_null(row);
    assert_string_equal(row->method, method);
    assert_string_equal(row->member, member);
    assert_int_equal(row->count, count);
}

static void ignored_members_are_counted_by_method_and_name(void **state)
{
    assert_null(stats_ignored_at(*state, 0));
    record(*state, "A.x", 200);
    assert_null(stats_ignored_at(*state, 0));
    record_ignored(*state, "A.x", (struct http_ignored){1, 1, {{"reportData", "report_data"}}});
    record_ignored(*state, "A.x",
                   (struct http_ignored){4, 2, {{"foo", NULL}, {"reportData", "report_data"}}});
    record_ignored(*state, "A.y", (struct http_ignored){1, 1, {{"foo", NULL}}});
    assert_row(*state, 0, "A.x", "reportData", 2);
    assert_string_equal(stats_ignored_at(*state, 0)->nearest, "report_data");
    assert_row(*state, 1, "A.x", "foo", 1);
    assert_null(stats_ignored_at(*state, 1)->nearest);
    assert_row(*state, 2, "A.x", "", 2); /* those without a name */
    assert_row(*state, 3, "A.y", "foo", 1);
    assert_null(stats_ignored_at(*state, 4));
}

static void what_comes_after_a_full_table_of_members_is_other(void **state)
{
    for (int i = 0; i < STATS_IGNORED_MAX + 5; i++) {
        struct http_ignored ignored = {1, 1, {{"", "near"}}};

        snprintf(ignored.members[0].name, sizeof ignored.members[0].name, "m%d", i);
        record_ignored(*state, "A.x", ignored);
    }
    assert_row(*state, STATS_IGNORED_MAX - 1, "A.x", "m63", 1);
    assert_row(*state, STATS_IGNORED_MAX, "other", "", 5);
    assert_null(stats_ignored_at(*state, STATS_IGNORED_MAX)->nearest);
    record_ignored(*state, "A.x", (struct http_ignored){1, 1, {{"m0", "near"}}});
    assert_row(*state, 0, "A.x", "m0", 2);
    assert_null(stats_ignored_at(*state, STATS_IGNORED_MAX + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STATS_TEST(nothing_is_counted_at_first),
        STATS_TEST(counts_by_method_and_status),
        STATS_TEST(what_comes_after_a_full_table_is_other),
        STATS_TEST(what_comes_after_full_statuses_is_other),
        STATS_TEST(a_request_without_an_answer_after_full_statuses),
        STATS_TEST(long_names_are_cut),
        STATS_TEST(bounds_are_inclusive),
        STATS_TEST(bounds_rise),
        STATS_TEST(connections_come_and_go),
        STATS_TEST(ignored_members_are_counted_by_method_and_name),
        STATS_TEST(what_comes_after_a_full_table_of_members_is_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
