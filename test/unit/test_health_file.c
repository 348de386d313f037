/* What an app's health status file says, and which of its rules a file breaks. */
#include "sim/app/health_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/unit/directory_fixture.h"

#define NOW 1771234567
#define FRESH "1771234567"

static void assert_judged(const char *contents, size_t len, const char *expected)
{
    char reason[HEALTH_FILE_REASON_BYTES] = "";
    bool is_healthy = health_file_judge(span_of(contents, len), NOW, reason);

    assert_int_equal(is_healthy, *expected == '\0');
    assert_string_equal(reason, expected);
}

static void a_fresh_file_is_believed(void **state)
{
    static const char *const healthy[] = {
        "healthy\n" FRESH,
        "healthy\n" FRESH "\n",
        "HEALTHY\r\n" FRESH "\r\n",
        "  Healthy\t\n " FRESH " \n",
        "healthy\n1771234507", /* exactly at the limit */
        "healthy\n1771238167", /* a clock ahead */
        "healthy\n18446744073709551615",
        "healthy\n" FRESH "\nmore\nlines\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof healthy / sizeof *healthy; i++)
        assert_judged(healthy[i], strlen(healthy[i]), "");
    assert_judged("Unhealthy\n" FRESH, 9 + 1 + 10, "app reports unhealthy");
}

static void each_rule_has_its_words_and_shows_no_byte(void **state)
{
    static const char lines[] = "health file must have two lines: healthy or unhealthy, and a Unix time";
    static const char time[] = "health file line 2 is not a Unix time in seconds";
    static const char word[] = "health file line 1 is neither healthy nor unhealthy";
    static const struct {
        const char *contents, *expected;
    } cases[] = {
        {"", "health file is empty"},
        {"healthy", lines},
        {"healthy\n", lines},
        {"healthy\n\n", time},
        {"healthy\nyesterday", time},
        {"healthy\n-1", time},
        {"healthy\n1771234567.5", time},
        {"healthy\n18446744073709551616", time},
        {"healthy\n177 1234567", time},
        {"\nhealthy\n" FRESH, time},
        {"degraded\n" FRESH, word},
        {"health\n" FRESH, word},
        {"healthy!\n" FRESH, word},
        {"\n" FRESH, word},
        {"healthy\n1771234506", "health file is stale: written 61 s ago, at most 60 s count"},
        {"unhealthy\n0", "health file is stale: written 1771234567 s ago, at most 60 s count"},
        {"healthy\n" FRESH "\n\xff", "health file is not UTF-8 text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_judged(cases[i].contents, strlen(cases[i].contents), cases[i].expected);
    assert_judged("healthy\0\n" FRESH, 9 + 10, word);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_read(const char *path, const char *expected)
{
    char reason[HEALTH_FILE_REASON_BYTES] = "";
    bool is_healthy = health_file_read(path, NOW, reason);

    assert_int_equal(is_healthy, *expected == '\0');
    assert_string_equal(reason, expected);
}

static void only_a_regular_file_is_read(void **state)
{
    const struct directory *directory = *state;
    char below[64];

    assert_read(directory->file, "health file has not been written yet");
    write_text(directory->file, "healthy\n" FRESH "\n");
    assert_read(directory->file, "");
    snprintf(below, sizeof below, "%s/below", directory->file);
    assert_read(below, "health file cannot be read");
    assert_read(directory->path, "health file is not a regular file");
    assert_read("/dev/null", "health file is not a regular file");
}

static void a_link_is_followed(void **state)
{
    const struct directory *directory = *state;
    char target[64];

    snprintf(target, sizeof target, "%s/target", directory->path);
    write_text(target, "healthy\n" FRESH "\n");
    assert_int_equal(symlink(target, directory->file), 0);
    assert_read(directory->file, "");
    assert_int_equal(unlink(target), 0);
    assert_read(directory->file, "health file has not been written yet");
}

/* It has no writer, so that a blocking open would wait. */
static void a_fifo_is_not_waited_for(void **state)
{
    const struct directory *directory = *state;

    assert_int_equal(mkfifo(directory->file, 0600), 0);
    assert_read(directory->file, "health file is not a regular file");
}

static void no_more_than_its_beginning_is_read(void **state)
{
    const struct directory *directory = *state;
    char text[3 * HEALTH_FILE_BYTES_MAX];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text, "healthy\n" FRESH "\n", 8 + 11);
    write_text(directory->file, text);
    assert_read(directory->file, "");
    memset(text, ' ', HEALTH_FILE_BYTES_MAX);
    write_text(directory->file, text);
    assert_read(directory->file, "health file must have two lines: healthy or unhealthy, and a Unix time");
}

#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, directory_setup, directory_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_file_is_believed),
        cmocka_unit_test(each_rule_has_its_words_and_shows_no_byte),
        WITH_DIRECTORY(only_a_regular_file_is_read),
        WITH_DIRECTORY(a_link_is_followed),
        WITH_DIRECTORY(a_fifo_is_not_waited_for),
        WITH_DIRECTORY(no_more_than_its_beginning_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
