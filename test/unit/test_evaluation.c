/* Evaluation data sets: fixed numbers, and dates that keep them what they are called. */
#include "sim/tdx/evaluation.h"

#include <time.h>

#include "test/unit/vectors.h"

#define NOW INT64_C(1790000000) /* 2026-09-21T14:13:20Z */
#define DAY INT64_C(86400)

static void numbers_name_the_sets(void **state)
{
    (void)state;
    for (unsigned i = 0; i < EVALUATION_SETS; i++) {
        enum evaluation_set set = (enum evaluation_set)i, found = EVALUATION_OLD;

        assert_int_equal(evaluation_find(evaluation_number(set), &found), EVALUATION_FOUND);
        assert_int_equal(found, set);
    }
    assert_int_equal(evaluation_number(EVALUATION_STANDARD), 17);
}

static void other_numbers_are_too_old_or_unknown(void **state)
{
    enum evaluation_set set = EVALUATION_STANDARD;

    (void)state;
    assert_int_equal(evaluation_find(0, &set), EVALUATION_TOO_OLD);
    assert_int_equal(evaluation_find(evaluation_number(EVALUATION_OLD) - 1, &set), EVALUATION_TOO_OLD);
    assert_int_equal(evaluation_find(evaluation_number(EVALUATION_EARLY) + 1, &set), EVALUATION_UNKNOWN);
    assert_int_equal(evaluation_find(UINT64_MAX, &set), EVALUATION_UNKNOWN);
    assert_int_equal(set, EVALUATION_STANDARD);
}

static void events_are_first_days_of_months(void **state)
{
    (void)state;
    assert_int_equal(evaluation_event(EVALUATION_EARLY, NOW), 1780272000);    /* 2026-06-01 */
    assert_int_equal(evaluation_event(EVALUATION_STANDARD, NOW), 1748736000); /* 2025-06-01 */
    assert_int_equal(evaluation_event(EVALUATION_OLD, NOW), 1717200000);      /* 2024-06-01 */
    assert_int_equal(evaluation_tcb_date(EVALUATION_EARLY, NOW), 1780272000 + DAY);
    assert_int_equal(evaluation_older_tcb_date(EVALUATION_EARLY, NOW), 1748736000 + DAY);
}

static int64_t a_year_before(int64_t seconds)
{
    time_t moment = (time_t)seconds;
    struct tm tm;

    gmtime_r(&moment, &tm);
    tm.tm_year--;
    return timegm(&tm);
}

static void sets_stay_what_they_are_called(void **state)
{
    (void)state;
    for (int64_t now = NOW; now < NOW + 1500 * DAY; now += DAY) {
        assert_true(evaluation_event(EVALUATION_STANDARD, now) <= a_year_before(now));
        assert_true(evaluation_event(EVALUATION_EARLY, now) > a_year_before(now));
        for (unsigned i = 0; i < EVALUATION_SETS; i++) {
            enum evaluation_set set = (enum evaluation_set)i;

            assert_true(evaluation_tcb_date(set, now) < now);
            assert_true(evaluation_older_tcb_date(set, now) < evaluation_event(set, now));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_name_the_sets),
        cmocka_unit_test(other_numbers_are_too_old_or_unknown),
        cmocka_unit_test(events_are_first_days_of_months),
        cmocka_unit_test(sets_stay_what_they_are_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
