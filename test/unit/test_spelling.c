#include "sim/base/spelling.h"
#include "test/unit/vectors.h"

static const char *word(size_t index)
{
    static const char *const words[] = {"listen", "log-level", "app-compose", "UpToDate", "off"};

    return index < sizeof words / sizeof *words ? words[index] : NULL;
}

static void assert_meant(const char *typed, const char *meant)
{
    const char *nearest = spelling_nearest(typed, strlen(typed), word);

    if (!meant)
        assert_null(nearest);
    else if (!nearest || strcmp(nearest, meant) != 0)
        fail_msg("%s: %s", typed, nearest ? nearest : "nothing");
}

static void forgives_slips(void **state)
{
    (void)state;
    assert_meant("lisetn", "listen");
    assert_meant("lstn", NULL); /* two slips in four letters */
    assert_meant("listn", "listen");
    assert_meant("llisten", "listen");
    assert_meant("lixten", "listen");
    assert_meant("loglevel", "log-level");
    assert_meant("uptodate", "UpToDate");
    assert_meant("of", "off");
}

static void a_part_of_a_word_is_enough(void **state)
{
    (void)state;
    assert_meant("compose", "app-compose");
    assert_meant("LEVEL", "log-level");
    assert_meant("ose", "app-compose");
    assert_meant("xy", NULL);
}

static void leaves_what_is_far_off(void **state)
{
    char longer[2 * SPELLING_MAX];

    (void)state;
    assert_meant("", NULL);
    assert_meant("l", NULL);
    assert_meant("something-else", NULL);
    memset(longer, 'l', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_meant(longer, NULL);
    longer[SPELLING_MAX - 1] = '\0';
    assert_meant(longer, NULL);
    longer[SPELLING_MAX] = 'l';
    assert_null(spelling_nearest(longer, SPELLING_MAX, word));
}

static void a_word_is_found_or_explained(void **state)
{
    struct error error = {.kind = ERROR_NONE}, far_off = error;
    size_t index = 9;

    (void)state;
    assert_int_equal(spelling_find("UpToDate", word, &index, &error), 0);
    assert_int_equal(index, 3);
    assert_int_equal(spelling_find("uptodate", word, &index, &error), -1);
    assert_int_equal(index, 3);
    assert_string_equal(error.text,
                        "\"uptodate\" is not one of listen, log-level, app-compose, UpToDate, off; "
                        "did you mean UpToDate?");
    assert_int_equal(spelling_find("", word, &index, &far_off), -1);
    assert_string_equal(far_off.text, "\"\" is not one of listen, log-level, app-compose, UpToDate, off");
}

static const char *word_in(const void *list, size_t index)
{
    const char *const *words = list;

    return words[index];
}

static void a_list_may_be_passed(void **state)
{
    static const char *const words[] = {"listen", "report_data", NULL}, *const letters[] = {"y", NULL};
    char too_long[500];

    (void)state;
    assert_ptr_equal(spelling_nearest_in("reportData", 10, words, word_in), words[1]);
    assert_null(spelling_nearest_in("app-compose", 11, words, word_in));
    memset(too_long, 'x', sizeof too_long);
    assert_null(spelling_nearest_in(too_long, sizeof too_long, words, word_in));
    assert_null(spelling_nearest_in("x", 1, letters, word_in));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forgives_slips),
        cmocka_unit_test(a_part_of_a_word_is_enough),
        cmocka_unit_test(a_list_may_be_passed),
        cmocka_unit_test(leaves_what_is_far_off),
        cmocka_unit_test(a_word_is_found_or_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
