/* Files that are read part by part: which are refused, and one that changes meanwhile. */
#include "sim/base/file_parts.h"

#include <sys/stat.h>

#include "sim/base/file.h"
#include "test/unit/directory_fixture.h"

static void put(const char *path, const char *text)
{
    struct error error = {.kind = ERROR_NONE};

    if (file_write_atomic(path, text, strlen(text), &error))
        fail_msg("%s", error.text);
}

static void assert_refused(const char *path, size_t limit, const char *expected)
{
    struct error error = {.kind = ERROR_NONE};
    struct file_parts parts;

    assert_int_equal(file_parts_init(&parts, path, limit, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, expected);
}

static void its_parts_are_read(void **state)
{
    const struct directory *directory = *state;
    struct error error = {.kind = ERROR_NONE};
    struct file_parts parts;
    char read[6] = "";

    put(directory->file, "0123456789");
    if (file_parts_init(&parts, directory->file, 10, &error))
        fail_msg("%s", error.text);
    assert_int_equal(parts.size, 10);
    assert_int_equal(file_parts_read(&parts, 5, read, 5), 0);
    assert_string_equal(read, "56789");
    assert_int_equal(file_parts_read(&parts, 0, read, 5), 0);
    assert_string_equal(read, "01234");
    assert_int_equal(file_parts_read(&parts, 10, read, 0), 0);
    file_parts_free(&parts);
}

static void a_larger_file_is_refused(void **state)
{
    const struct directory *directory = *state;

    put(directory->file, "0123456789");
    assert_refused(directory->file, 9, "it is larger than the limit of 9 bytes");
}

static void what_is_no_regular_file_is_refused(void **state)
{
    const struct directory *directory = *state;

    assert_refused(directory->file, 10, "No such file or directory");
    assert_refused(directory->path, 10, "it is not a regular file");
    assert_int_equal(mkfifo(directory->file, 0600), 0);
    assert_refused(directory->file, 10, "it is not a regular file");
    assert_int_equal(unlink(directory->file), 0);
    assert_int_equal(symlink("/etc/passwd", directory->file), 0);
    assert_refused(directory->file, 1 << 20, "Too many levels of symbolic links");
}

static void another_file_or_a_shorter_one_is_not_read(void **state)
{
    const struct directory *directory = *state;
    struct error error = {.kind = ERROR_NONE};
    struct file_parts parts;
    char read[10];

    put(directory->file, "0123456789");
    if (file_parts_init(&parts, directory->file, 10, &error))
        fail_msg("%s", error.text);
    assert_int_equal(truncate(directory->file, 9), 0);
    assert_int_equal(file_parts_read(&parts, 0, read, 9), 0);
    assert_int_equal(file_parts_read(&parts, 0, read, 10), -1);
    put(directory->file, "9876543210"); /* another file of that name */
    assert_int_equal(file_parts_read(&parts, 0, read, 10), -1);
    assert_int_equal(unlink(directory->file), 0);
    assert_int_equal(file_parts_read(&parts, 0, read, 10), -1);
    file_parts_free(&parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(its_parts_are_read, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_larger_file_is_refused, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_refused, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(another_file_or_a_shorter_one_is_not_read, directory_setup,
                                        directory_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
