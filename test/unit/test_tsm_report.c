/* An entry whose FIFO cannot be made. */
#include "sim/tsm/tsm_report.h"

#include "sim/base/file.h"
#include "test/unit/directory_fixture.h"

static void assert_refused(const char *directory, const char *expected)
{
    struct error error = {.kind = ERROR_NONE};
    struct tsm_report report;
    char sentence[128];
    int len = snprintf(sentence, sizeof sentence, expected, directory);

    assert_in_range(len, 1, sizeof sentence - 1);
    assert_int_equal(tsm_report_open(&report, directory, false, NULL, &error), -1);
    assert_string_equal(error.text, sentence);
}

static void its_directory_has_gone(void **state)
{
    (void)state;
    assert_refused("/nowhere", "cannot make the FIFO %s/inblob: No such file or directory");
}

static void something_else_has_the_name(void **state)
{
    const struct directory *directory = *state;
    struct error error = {.kind = ERROR_NONE};
    char path[48];

    snprintf(path, sizeof path, "%s/inblob", directory->path);
    assert_int_equal(file_write_atomic(path, "mine", 4, &error), 0);
    assert_refused(directory->path, "%s/inblob is there and not a FIFO: remove it");
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_directory_has_gone),
        cmocka_unit_test_setup_teardown(something_else_has_the_name, directory_setup, directory_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
