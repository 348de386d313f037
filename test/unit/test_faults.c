/* Which requests a fault takes, how often, and in what order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sim/faults/faults.h"

static void set(struct faults *faults, struct fault fault)
{
    struct error error = {.kind = ERROR_NONE};

    if (faults_set(faults, &fault, &error))
        fail_msg("%s", error.text);
}

static void assert_refused(struct fault fault, const char *sentence)
{
    struct faults faults = {.count = 0};
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(faults_set(&faults, &fault, &error), -1);
    assert_int_equal(faults.count, 0);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, sentence))
        fail_msg("\"%s\" does not say \"%s\"", error.text, sentence);
}

/* The status of the fault that a call gets, or 0. */
static unsigned taken(struct faults *faults, const char *label, const char *path, bool by_all)
{
    struct fault fault;

    return faults_take(faults, label, span_text(path), by_all, &fault) ? fault.status : 0;
}

static void a_fault_outside_its_limits_is_refused(void **state)
{
    struct fault long_enough = {.delay_ms = FAULT_DELAY_MS_MAX};
    struct faults faults = {.count = 0};

    (void)state;
    assert_refused((struct fault){.times = 1, .percent = 50}, "needs a status");
    assert_refused((struct fault){.status = 399}, "between 400 and 599, not 399");
    assert_refused((struct fault){.status = 600}, "between 400 and 599, not 600");
    assert_refused((struct fault){.delay_ms = FAULT_DELAY_MS_MAX + 1}, "at most 600000");
    assert_refused((struct fault){.drop = true, .percent = 101}, "between 1 and 100");
    set(&faults, long_enough);
    set(&faults, (struct fault){.status = 400, .percent = 100});
    assert_int_equal(faults.count, 1);
}

static void no_more_than_there_is_room_for(void **state)
{
    struct faults faults = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    struct fault fault = {.drop = true};

    (void)state;
    for (int i = 0; i < FAULTS_MAX; i++) {
        snprintf(fault.method, sizeof fault.method, "/%d", i);
        set(&faults, fault);
    }
    set(&faults, fault); /* in place of the last */
    strcpy(fault.method, "/one-more");
    assert_int_equal(faults_set(&faults, &fault, &error), -1);
    assert_non_null(strstr(error.text, "already 64 faults"));
    faults_clear(&faults);
    set(&faults, fault);
}

static void the_most_particular_decides(void **state)
{
    struct faults faults = {.count = 0};

    (void)state;
    set(&faults, (struct fault){.status = 500});
    assert_int_equal(taken(&faults, "A.Get", "/Get", true), 500);
    set(&faults, (struct fault){.method = "Get", .status = 501});
    assert_int_equal(taken(&faults, "A.Get", "/Get", true), 501);
    set(&faults, (struct fault){.method = "A.Get", .status = 502});
    assert_int_equal(taken(&faults, "A.Get", "/Get", true), 502);
    set(&faults, (struct fault){.method = "/Get", .status = 503});
    assert_int_equal(taken(&faults, "A.Get", "/Get", true), 503);

    assert_int_equal(taken(&faults, "A.Get", "/prpc/A.Get", true), 502);
    assert_int_equal(taken(&faults, "B.Get", "/prpc/B.Get", true), 501);
    assert_int_equal(taken(&faults, "B.GetMore", "/prpc/B.GetMore", true), 500);
    assert_int_equal(taken(&faults, "B.GetMore", "/prpc/B.GetMore", false), 0);
    assert_int_equal(taken(&faults, "/pages/A.Get", "/pages/A.Get", false), 0);
    assert_int_equal(taken(&faults, "A.Get", "/Get/", true), 502);
}

static void a_version_is_more_particular_than_a_service(void **state)
{
    struct faults faults = {.count = 0};

    (void)state;
    set(&faults, (struct fault){.method = "Get", .status = 501});
    assert_int_equal(taken(&faults, "v1.A.Get", "/v1/Get", true), 501);
    set(&faults, (struct fault){.method = "A.Get", .status = 502});
    assert_int_equal(taken(&faults, "v1.A.Get", "/v1/Get", true), 502);
    set(&faults, (struct fault){.method = "v1.A.Get", .status = 503});
    assert_int_equal(taken(&faults, "v1.A.Get", "/v1/Get", true), 503);
    assert_int_equal(taken(&faults, "A.Get", "/Get", true), 502);
    assert_int_equal(taken(&faults, "v1.B.Get", "/v1/Get", true), 501);
}

static void setting_replaces(void **state)
{
    struct faults faults = {.count = 0};

    (void)state;
    set(&faults, (struct fault){.method = "Get", .status = 500, .times = 3});
    assert_int_equal(taken(&faults, "A.Get", "/", true), 500);
    set(&faults, (struct fault){.method = "Get", .status = 501, .hits = 99});
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.list[0].hits, 0);
    assert_int_equal(faults.list[0].percent, 100);
    for (int i = 0; i < 5; i++)
        assert_int_equal(taken(&faults, "A.Get", "/", true), 501);
    assert_int_equal(faults.list[0].hits, 5);
}

static void so_many_times_and_no_more(void **state)
{
    struct faults faults = {.count = 0};

    (void)state;
    set(&faults, (struct fault){.method = "A", .status = 500, .times = 2});
    set(&faults, (struct fault){.method = "B", .status = 501, .times = 1});
    set(&faults, (struct fault){.method = "C", .status = 502});
    assert_int_equal(taken(&faults, "S.A", "/", true), 500);
    assert_int_equal(faults.list[0].times, 1);
    assert_int_equal(taken(&faults, "S.B", "/", true), 501);
    assert_int_equal(taken(&faults, "S.B", "/", true), 0);
    assert_int_equal(taken(&faults, "S.A", "/", true), 500);
    assert_int_equal(taken(&faults, "S.A", "/", true), 0);
    assert_int_equal(faults.count, 1);
    assert_int_equal(taken(&faults, "S.C", "/", true), 502);
}

enum { DRAWS = 1000 };

static void draw(struct faults *faults, const char *label, char picked[static DRAWS + 1])
{
    for (int i = 0; i < DRAWS; i++)
        picked[i] = taken(faults, label, "/", true) ? 'x' : '.';
    picked[DRAWS] = '\0';
}

static size_t count(const char *picked)
{
    size_t sum = 0;

    for (; *picked; picked++)
        sum += *picked == 'x';
    return sum;
}

static void chance_repeats_itself(void **state)
{
    struct faults faults = {.count = 0};
    struct fault fault = {.method = "A", .status = 500, .percent = 30, .random = 7};
    char first[DRAWS + 1], again[DRAWS + 1], other[DRAWS + 1];

    (void)state;
    set(&faults, fault);
    draw(&faults, "S.A", first);
    assert_int_equal(faults.list[0].hits, count(first));
    assert_in_range(count(first), 250, 350);
    set(&faults, fault);
    set(&faults, (struct fault){.method = "B", .status = 500, .percent = 50, .random = 1});
    draw(&faults, "S.B", again);
    draw(&faults, "S.A", again);
    assert_string_equal(first, again);
    fault.random = 8;
    set(&faults, fault);
    draw(&faults, "S.A", other);
    assert_string_not_equal(first, other);
}

/* Seeds are small numbers more often than not. */
static void every_seed_draws_from_the_first(void **state)
{
    size_t sum = 0;

    (void)state;
    for (unsigned seed = 0; seed < DRAWS; seed++) {
        struct faults faults = {.count = 0};

        set(&faults, (struct fault){.status = 500, .percent = 50, .random = seed});
        sum += taken(&faults, "S.A", "/", true) == 500;
    }
    assert_in_range(sum, 420, 580);
}

static void a_line_for_people(void **state)
{
    char line[200], small[12];
    struct fault fault = {.method = "GetQuote",
                          .status = 500,
                          .delay_ms = 20,
                          .drop = true,
                          .cut = true,
                          .garbage = true,
                          .times = 2,
                          .percent = 25};

    (void)state;
    faults_describe(&fault, line, sizeof line);
    assert_string_equal(
        line,
        "GetQuote: delayed by 20 ms, fails with 500, dropped, cut, garbage, 25 of 100 calls, 2 more times");
    faults_describe(&fault, small, sizeof small);
    assert_string_equal(small, "GetQuote: d");
    faults_describe(&(struct fault){.drop = true, .percent = 100}, line, sizeof line);
    assert_string_equal(line, "every method: dropped");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_outside_its_limits_is_refused),
        cmocka_unit_test(no_more_than_there_is_room_for),
        cmocka_unit_test(the_most_particular_decides),
        cmocka_unit_test(a_version_is_more_particular_than_a_service),
        cmocka_unit_test(setting_replaces),
        cmocka_unit_test(so_many_times_and_no_more),
        cmocka_unit_test(chance_repeats_itself),
        cmocka_unit_test(every_seed_draws_from_the_first),
        cmocka_unit_test(a_line_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
