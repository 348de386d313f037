/* A directory of files that survive. test/services/test_vmm_crash.py kills a process at each of its calls. */
#include "sim/base/file_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "test/unit/directory_fixture.h"

struct fixture {
    struct directory *directory;
    char path[48]; /* does not exist yet */
    struct file_store store;
    struct error error;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    void *directory;

    if (!fixture || directory_setup(&directory))
        return -1;
    fixture->directory = directory;
    snprintf(fixture->path, sizeof fixture->path, "%s/file", fixture->directory->path);
    *state = fixture;
    return file_store_open(&fixture->store, fixture->path, &fixture->error);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    void *directory = fixture->directory;
    struct dirent *entry;
    DIR *entries = opendir(fixture->path);

    chmod(fixture->path, 0700);
    while (entries && (entry = readdir(entries)))
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    file_store_close(&fixture->store);
    rmdir(fixture->path);
    free(fixture);
    return directory_teardown(&directory);
}

static void put(struct fixture *fixture, const char *name, const char *text)
{
    if (file_store_write(&fixture->store, name, span_text(text), &fixture->error))
        fail_msg("%s", fixture->error.text);
}

static void assert_holds(struct fixture *fixture, const char *name, const char *expected)
{
    char *data;
    size_t len;

    if (file_store_read(&fixture->store, name, 100, &data, &len, &fixture->error))
        fail_msg("%s", fixture->error.text);
    if (!expected) {
        assert_null(data);
        return;
    }
    assert_int_equal(len, strlen(expected));
    assert_string_equal(data, expected);
    free(data);
}

static unsigned mode_of(struct fixture *fixture, const char *name)
{
    struct stat status;

    assert_int_equal(fstatat(fixture->store.directory, name, &status, 0), 0);
    return status.st_mode & 07777;
}

static void count(void *data, const char *name)
{
    assert_true(name[0] != '.');
    ++*(int *)data;
}

static void files_come_change_and_go(void **state)
{
    struct fixture *fixture = *state;
    int names = 0;

    assert_holds(fixture, "a", NULL);
    put(fixture, "a", "one");
    put(fixture, "b", "");
    assert_holds(fixture, "a", "one");
    assert_holds(fixture, "b", "");
    put(fixture, "a", "another");
    assert_holds(fixture, "a", "another");
    assert_int_equal(file_store_list(&fixture->store, count, &names, &fixture->error), 0);
    assert_int_equal(names, 2);
    assert_int_equal(file_store_remove(&fixture->store, "a", &fixture->error), 0);
    assert_int_equal(file_store_remove(&fixture->store, "a", &fixture->error), 0);
    assert_holds(fixture, "a", NULL);
}

static void only_the_owner_may_look(void **state)
{
    struct fixture *fixture = *state;
    mode_t mask = umask(0);

    put(fixture, "a", "secret");
    umask(mask);
    assert_int_equal(mode_of(fixture, "a"), 0600);
    assert_int_equal(mode_of(fixture, ".") & 077, 0);
}

static void a_second_owner_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct file_store other;
    char expected[200];

    assert_int_equal(file_store_open(&other, fixture->path, &fixture->error), -1);
    snprintf(expected, sizeof expected,
             "%s is in use by process %ld; each simulator needs a directory of its own", fixture->path,
             (long)getpid());
    assert_string_equal(fixture->error.text, expected);
    fixture->error.kind = ERROR_NONE;
    file_store_close(&fixture->store);
    assert_int_equal(file_store_open(&fixture->store, fixture->path, &fixture->error), 0);
}

static void an_unfinished_change_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    int fd;

    put(fixture, "a", "old");
    file_store_close(&fixture->store);
    fd = open(strcat(strcpy((char[80]){""}, fixture->path), "/.new"), O_WRONLY | O_CREAT, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "ne", 2), 2);
    close(fd);
    assert_int_equal(file_store_open(&fixture->store, fixture->path, &fixture->error), 0);
    assert_holds(fixture, "a", "old");
    assert_int_equal(faccessat(fixture->store.directory, ".new", F_OK, 0), -1);
}

static void assert_unreadable(struct fixture *fixture, const char *name, const char *sentence)
{
    char expected[200], *data;
    size_t len;

    snprintf(expected, sizeof expected, sentence, fixture->path, name);
    assert_int_equal(file_store_read(&fixture->store, name, 8, &data, &len, &fixture->error), -1);
    assert_null(data);
    assert_string_equal(fixture->error.text, expected);
    fixture->error.kind = ERROR_NONE;
}

static void what_cannot_be_read_is_named(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "long", "123456789");
    assert_unreadable(fixture, "long", "%s/%s is larger than the limit of 8 bytes");
    assert_int_equal(symlinkat("long", fixture->store.directory, "link"), 0);
    assert_unreadable(fixture, "link", "%s/%s is not a regular file");
}

/* A file takes the directory's place, which root cannot write to either. */
static void what_cannot_be_written_is_named(void **state)
{
    struct fixture *fixture = *state;
    char expected[200];

    assert_int_equal(mkdirat(fixture->store.directory, "d", 0700), 0);
    assert_int_equal(file_store_write(&fixture->store, "d", span_text("x"), &fixture->error), -1);
    snprintf(expected, sizeof expected, "cannot write %s/d: Is a directory", fixture->path);
    assert_string_equal(fixture->error.text, expected);
    assert_int_equal(fixture->error.kind, ERROR_INTERNAL);
    assert_int_equal(faccessat(fixture->store.directory, ".new", F_OK, 0), -1);
    fixture->error.kind = ERROR_NONE;
    assert_int_equal(file_store_remove(&fixture->store, "d", &fixture->error), -1);
    assert_int_equal(unlinkat(fixture->store.directory, "d", AT_REMOVEDIR), 0);
}

static void a_directory_that_cannot_be_used_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct file_store other;
    char path[100], expected[200];

    put(fixture, "a", "");
    snprintf(path, sizeof path, "%s/a", fixture->path);
    assert_int_equal(file_store_open(&other, path, &fixture->error), -1);
    snprintf(expected, sizeof expected, "cannot open the directory %s: Not a directory", path);
    assert_string_equal(fixture->error.text, expected);
    fixture->error.kind = ERROR_NONE;
    snprintf(path, sizeof path, "%s/no/such", fixture->path);
    assert_int_equal(file_store_open(&other, path, &fixture->error), -1);
    snprintf(expected, sizeof expected, "cannot create the directory %s: No such file or directory", path);
    assert_string_equal(fixture->error.text, expected);
}

/* The store is opened again, with something else in the place of one of its own files. */
static void assert_not_opened(struct fixture *fixture, const char *sentence)
{
    struct file_store other;
    char expected[200];

    fixture->error.kind = ERROR_NONE;
    assert_int_equal(file_store_open(&other, fixture->path, &fixture->error), -1);
    snprintf(expected, sizeof expected, sentence, fixture->path);
    assert_string_equal(fixture->error.text, expected);
}

static void what_is_in_the_place_of_its_own_files_is_named(void **state)
{
    struct fixture *fixture = *state;
    const int directory = fixture->store.directory;

    assert_int_equal(ftruncate(fixture->store.lock, 0), 0); /* as before the holder has written its id */
    assert_not_opened(fixture,
                      "%s is in use by another process; each simulator needs a directory of its own");
    assert_int_equal(unlinkat(directory, ".lock", 0), 0);
    assert_int_equal(mkdirat(directory, ".new", 0700), 0);
    assert_not_opened(fixture, "cannot remove %s/.new: Is a directory");
    assert_int_equal(unlinkat(directory, ".new", AT_REMOVEDIR), 0);
    assert_int_equal(unlinkat(directory, ".lock", 0), 0);
    assert_int_equal(mkdirat(directory, ".lock", 0700), 0);
    assert_not_opened(fixture, "cannot write %s/.lock: Is a directory");
    assert_int_equal(unlinkat(directory, ".lock", AT_REMOVEDIR), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(files_come_change_and_go),
        TEST(only_the_owner_may_look),
        TEST(a_second_owner_is_refused),
        TEST(an_unfinished_change_is_forgotten),
        TEST(what_cannot_be_read_is_named),
        TEST(what_cannot_be_written_is_named),
        TEST(a_directory_that_cannot_be_used_is_named),
        TEST(what_is_in_the_place_of_its_own_files_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
