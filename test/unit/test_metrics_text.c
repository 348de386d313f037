/* The text format's lines: heads, labels, numbers, histograms. */
#include "sim/pages/metrics_text.h"

#include "test/unit/buf_fixture.h"

static const struct metrics_family family = {"things_total", METRICS_COUNTER, "Things."};
static const struct metrics_labels none;

static void a_family_begins_with_help_and_type(void **state)
{
    struct metrics_family other = {"depth", METRICS_GAUGE, "a \\ b\nc \"d\""};

    metrics_text_family(&out, &family);
    assert_out("# HELP things_total Things.\n# TYPE things_total counter\n");
    metrics_text_family(&out, &other);
    assert_out("# HELP depth a \\\\ b\\nc \"d\"\n# TYPE depth gauge\n");
    other.type = METRICS_HISTOGRAM;
    other.help = "";
    metrics_text_family(&out, &other);
    assert_out("# HELP depth \n# TYPE depth histogram\n");
}

static void counts_are_whole_numbers(void **state)
{
    metrics_text_count(&out, &family, none, 0);
    assert_out("things_total 0\n");
    metrics_text_count(&out, &family, none, 1020);
    assert_out("things_total 1020\n");
    metrics_text_count(&out, &family, none, UINT64_MAX);
    assert_out("things_total 18446744073709551615\n");
}

static void seconds_have_no_needless_zeros(void **state)
{
    static const struct {
        uint64_t micros;
        const char *text;
    } rows[] = {
        {0, "things_total 0\n"},
        {1, "things_total 0.000001\n"},
        {10, "things_total 0.00001\n"},
        {123456, "things_total 0.123456\n"},
        {500000, "things_total 0.5\n"},
        {1000000, "things_total 1\n"},
        {20000001, "things_total 20.000001\n"},
        {100500000, "things_total 100.5\n"},
        {UINT64_MAX, "things_total 18446744073709.551615\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        metrics_text_seconds(&out, &family, none, rows[i].micros);
        assert_out(rows[i].text);
    }
}

static void labels_are_joined_by_commas(void **state)
{
    const struct metrics_label list[] = {{"method", "A.x"}, {"status", "200"}};

    metrics_text_count(&out, &family, (struct metrics_labels){list, 1}, 1);
    assert_out("things_total{method=\"A.x\"} 1\n");
    metrics_text_seconds(&out, &family, (struct metrics_labels){list, 2}, 1000000);
    assert_out("things_total{method=\"A.x\",status=\"200\"} 1\n");
}

static void label_values_are_escaped(void **state)
{
    const struct metrics_label list[] = {
        {"a", "\\\"\n"}, {"b", "\xc3\xa9{},= \t"}, {"c", ""}, {"d", "x\\\\y\n"}};

    metrics_text_count(&out, &family, (struct metrics_labels){list, 4}, 1);
    assert_out("things_total{a=\"\\\\\\\"\\n\",b=\"\xc3\xa9{},= \t\",c=\"\",d=\"x\\\\\\\\y\\n\"} 1\n");
}

static void histograms_add_their_buckets_up(void **state)
{
    static const uint64_t bounds[] = {10, 1000000}, buckets[] = {3, 0, 2};
    static const struct metrics_histogram histogram = {bounds, buckets, 2, 7000030};
    static const struct metrics_family times = {"wait_seconds", METRICS_HISTOGRAM, "Waiting."};
    const struct metrics_label label = {"for", "\""};

    metrics_text_histogram(&out, &times, (struct metrics_labels){&label, 1}, &histogram);
    assert_out("wait_seconds_bucket{for=\"\\\"\",le=\"0.00001\"} 3\n"
               "wait_seconds_bucket{for=\"\\\"\",le=\"1\"} 3\n"
               "wait_seconds_bucket{for=\"\\\"\",le=\"+Inf\"} 5\n"
               "wait_seconds_sum{for=\"\\\"\"} 7.00003\n"
               "wait_seconds_count{for=\"\\\"\"} 5\n");
    metrics_text_histogram(&out, &times, none, &histogram);
    assert_out("wait_seconds_bucket{le=\"0.00001\"} 3\nwait_seconds_bucket{le=\"1\"} 3\n"
               "wait_seconds_bucket{le=\"+Inf\"} 5\nwait_seconds_sum 7.00003\nwait_seconds_count 5\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUF_TEST(a_family_begins_with_help_and_type), BUF_TEST(counts_are_whole_numbers),
        BUF_TEST(seconds_have_no_needless_zeros),     BUF_TEST(labels_are_joined_by_commas),
        BUF_TEST(histograms_add_their_buckets_up),    BUF_TEST(label_values_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
