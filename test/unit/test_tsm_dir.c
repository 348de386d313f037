/* Directories that cannot be found, made or written to. */
#include "sim/tsm/tsm_dir.h"

#include <sys/stat.h>

#include "sim/base/file.h"
#include "test/unit/directory_fixture.h"
#include "test/unit/td_fixture.h"

#define STRANGER 65534
#define TSM "tsm" /* in the test's directory */

static void assert_refused(struct directory *directory, const char *name, const char *expected)
{
    struct error error = {.kind = ERROR_NONE};
    char path[80], sentence[160];
    int len = snprintf(sentence, sizeof sentence, expected, directory->path);
    struct cluster *cluster = td_fixture_cluster(NULL, NULL);
    uv_loop_t loop;

    assert_in_range(len, 1, sizeof sentence - 1);
    snprintf(path, sizeof path, "%s/%s", directory->path, name);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_null(tsm_dir_new(&loop, path, cluster, NULL, &error));
    assert_string_equal(error.text, sentence);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&loop), 0);
    cluster_free(cluster);
}

static void no_directory_can_be_there(void **state)
{
    struct directory *directory = *state;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(file_write_atomic(directory->file, "", 0, &error), 0);
    assert_refused(directory, "file/" TSM, "%s/file/tsm: Not a directory");
    assert_refused(directory, "file", "%s/file is not a directory");
    assert_refused(directory, "no/" TSM, "cannot create the directory %s/no/tsm: No such file or directory");
    assert_refused(directory, "../../proc/" TSM,
                   "cannot create the directory /proc/tsm: No such file or directory");
}

static void a_link_to_nothing(void **state)
{
    struct directory *directory = *state;

    assert_int_equal(symlink("nowhere", directory->file), 0);
    assert_refused(directory, "file", "cannot open the directory %s/file: No such file or directory");
}

static const char *const names[] = {"", "/report", "/measurements", "/dstack"};

/* How many of them are there already, which one cannot be written to, and what cannot be made then. */
struct closed {
    size_t count, index;
    const char *expected;
};

static char *place(const struct directory *directory, const char *name, char path[static 64])
{
    snprintf(path, 64, "%s/" TSM "%s", directory->path, name);
    return path;
}

static void make(const struct directory *directory, const struct closed *closed)
{
    struct error error = {.kind = ERROR_NONE};
    char path[64];

    for (size_t i = 0; i < closed->count; i++)
        assert_int_equal(mkdir(place(directory, names[i], path), 0700), 0);
    place(directory, "/.tsm-lock", path);
    assert_int_equal(file_write_atomic(path, "", 0, &error), 0);
    assert_int_equal(chmod(path, 0666), 0);
    for (size_t i = 0; i < closed->count; i++)
        assert_int_equal(chmod(place(directory, names[i], path), i == closed->index ? 0555 : 0777), 0);
}

/* The simulator may have removed some of it. */
static void clear(const struct directory *directory)
{
    char path[64];

    (void)chmod(place(directory, "", path), 0700);
    (void)unlink(place(directory, "/.tsm-lock", path));
    for (size_t i = sizeof names / sizeof *names; i-- > 0;)
        (void)rmdir(place(directory, names[i], path));
}

/* Root may write everywhere, so the test is someone else then. */
static void a_directory_that_cannot_be_written_to(void **state)
{
    static const struct closed cases[] = {
        {1, 0, "cannot create the directory %s/tsm/report: Permission denied"},
        {3, 0, "cannot create the directory %s/tsm/dstack: Permission denied"},
        {4, 0, "cannot write %s/tsm/CCEL: Permission denied"},
        {4, 1, "cannot create the directory %s/tsm/report/com.intel.dcap: Permission denied"},
        {4, 2, "cannot write %s/tsm/measurements/mrtd:sha384: Permission denied"},
        {4, 3, "cannot write %s/tsm/dstack/runtime_events.log: Permission denied"},
    };
    struct directory *directory = *state;

    assert_int_equal(chmod(directory->path, 0755), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bool is_root = geteuid() == 0;

        make(directory, &cases[i]);
        if (is_root)
            assert_int_equal(seteuid(STRANGER), 0);
        assert_refused(directory, TSM, cases[i].expected);
        if (is_root)
            assert_int_equal(seteuid(0), 0);
        clear(directory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_directory_can_be_there, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_link_to_nothing, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_directory_that_cannot_be_written_to, directory_setup,
                                        directory_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
