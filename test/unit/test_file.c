#include "sim/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "test/unit/directory_fixture.h"

static void put(const char *path, const void *data, size_t len)
{
    struct error error = {0};

    if (file_write_atomic(path, data, len, &error) != 0)
        fail_msg("%s", error.text);
}

static void assert_holds(const char *path, const void *data, size_t len)
{
    struct error error = {0};
    size_t read_len;
    char *read;

    if (file_read(path, len, &read, &read_len, &error) != 0)
        fail_msg("%s", error.text);
    assert_int_equal(read_len, len);
    assert_memory_equal(read, data, len);
    assert_int_equal(read[len], 0);
    free(read);
}

static void assert_unreadable(const char *path, size_t limit, const char *sentence)
{
    struct error error = {0};
    size_t len;
    char *data = NULL;

    assert_int_equal(file_read(path, limit, &data, &len, &error), -1);
    assert_null(data);
    assert_string_equal(error.text, sentence);
}

static void test_back_and_forth(void **state)
{
    struct directory *directory = *state;
    char *large = malloc(200001);

    memset(large, 'x', 200001);
    large[100] = '\0';
    put(directory->file, large, 200001);
    assert_holds(directory->file, large, 200001);
    put(directory->file, "short", 5);
    assert_holds(directory->file, "short", 5);
    put(directory->file, "", 0);
    assert_holds(directory->file, "", 0);
    free(large);
}

static void test_limit(void **state)
{
    struct directory *directory = *state;
    char sentence[128];
    char *large = calloc(1, (1 << 20) + 1);

    put(directory->file, large, (1 << 20) + 1);
    snprintf(sentence, sizeof sentence, "%s is larger than the 1 MiB limit", directory->file);
    assert_unreadable(directory->file, 1 << 20, sentence);
    snprintf(sentence, sizeof sentence, "%s is larger than the 64 KiB limit", directory->file);
    assert_unreadable(directory->file, 1 << 16, sentence);
    snprintf(sentence, sizeof sentence, "%s is larger than the limit of 7 bytes", directory->file);
    assert_unreadable(directory->file, 7, sentence);
    assert_unreadable("/dev/zero", 4096, "/dev/zero is larger than the 4 KiB limit");
    free(large);
}

static void test_unreadable(void **state)
{
    struct directory *directory = *state;
    char sentence[128];

    snprintf(sentence, sizeof sentence, "cannot read %s: No such file or directory", directory->file);
    assert_unreadable(directory->file, 10, sentence);
    snprintf(sentence, sizeof sentence, "cannot read %s: Is a directory", directory->path);
    assert_unreadable(directory->path, 10, sentence);
}

static void test_unwritable(void **state)
{
    struct directory *directory = *state;
    struct error error = {0};
    char path[96];

    snprintf(path, sizeof path, "%s/none/file", directory->path);
    assert_int_equal(file_write_atomic(path, "x", 1, &error), -1);
    assert_non_null(strstr(error.text, "/none/file: No such file or directory"));

    error = (struct error){0};
    snprintf(path, sizeof path, "%s/sub", directory->path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(file_write_atomic(path, "x", 1, &error), -1);
    assert_non_null(strstr(error.text, "/sub: Is a directory"));
    assert_int_equal(rmdir(path), 0);
}

static void test_permissions(void **state)
{
    struct directory *directory = *state;
    mode_t before = umask(027);
    struct stat status;

    put(directory->file, "x", 1);
    assert_int_equal(umask(before), 027);
    assert_int_equal(stat(directory->file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void test_pipe_is_kept(void **state)
{
    struct directory *directory = *state;
    struct error error = {0};
    struct stat status;
    char read_back[4];
    int reader;

    assert_int_equal(mkfifo(directory->file, 0600), 0);
    assert_int_equal(file_write_atomic(directory->file, "x", 1, &error), -1);

    reader = open(directory->file, O_RDONLY | O_NONBLOCK);
    put(directory->file, "pipe", 4);
    assert_int_equal(read(reader, read_back, 4), 4);
    assert_memory_equal(read_back, "pipe", 4);
    close(reader);
    assert_int_equal(stat(directory->file, &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, directory_setup, directory_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_back_and_forth), TEST(test_limit),       TEST(test_unreadable),
        TEST(test_unwritable),     TEST(test_permissions), TEST(test_pipe_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
