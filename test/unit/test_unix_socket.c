#include "sim/net/unix_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include "test/unit/directory_fixture.h"

static int bind_there(struct unix_socket *file, const char *path)
{
    struct error error = {.kind = ERROR_NONE};
    int fd = unix_socket_bind(file, path, 0600, &error);

    if (fd < 0)
        fail_msg("%s", error.text);
    return fd;
}

/* It fails with a sentence that has all of these words in it. */
static void assert_refused(const char *path, const char *word, const char *other)
{
    struct error error = {.kind = ERROR_NONE};
    struct unix_socket file = {.path = NULL};

    assert_int_equal(unix_socket_bind(&file, path, 0600, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, path) || !strstr(error.text, word) || !strstr(error.text, other))
        fail_msg("the sentence lacks something: %s", error.text);
    assert_null(file.path);
}

static bool exists(const char *path)
{
    struct stat found;

    return lstat(path, &found) == 0;
}

static void a_socket_is_made_and_removed(void **state)
{
    const struct directory *directory = *state;
    struct unix_socket file;
    struct stat found;
    int fd = bind_there(&file, directory->file);

    assert_int_equal(lstat(directory->file, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(listen(fd, 1), 0);
    close(fd);
    unix_socket_remove(&file);
    assert_false(exists(directory->file));
    assert_null(file.path);
    unix_socket_remove(&file); /* once more does nothing */
}

static void the_mode_does_not_depend_on_the_umask(void **state)
{
    static const unsigned modes[] = {0777, 0660, 0600}, masks[] = {0, 022, 0777};
    const struct directory *directory = *state;
    mode_t before = umask(0);

    for (size_t i = 0; i < 9; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct unix_socket file;
        struct stat found;
        int fd;

        umask(masks[i / 3]);
        fd = unix_socket_bind(&file, directory->file, modes[i % 3], &error);
        assert_true(fd >= 0);
        assert_int_equal(umask(masks[i / 3]), masks[i / 3]);
        assert_int_equal(lstat(directory->file, &found), 0);
        assert_int_equal(found.st_mode & 07777, modes[i % 3]);
        unix_socket_remove(&file);
        close(fd);
    }
    umask(before);
}

static void a_socket_nobody_answers_on_is_replaced(void **state)
{
    const struct directory *directory = *state;
    struct unix_socket old, made;
    struct error error = {.kind = ERROR_NONE};
    int fd;

    fd = bind_there(&old, directory->file);
    listen(fd, 1);
    close(fd);
    fd = unix_socket_bind(&made, directory->file, 0600, &error);
    assert_true(fd >= 0);
    unix_socket_remove(&made);
    close(fd);
    unix_socket_remove(&old);
}

static void a_socket_in_use_is_left_alone(void **state)
{
    const struct directory *directory = *state;
    struct unix_socket file;
    int fd = bind_there(&file, directory->file);

    listen(fd, 8);
    assert_refused(directory->file, "another program", "another path");
    assert_true(exists(directory->file));
    close(fd);
    unix_socket_remove(&file);
}

/* A server that is busy has not gone. */
static void a_full_backlog_is_use_too(void **state)
{
    const struct directory *directory = *state;
    struct unix_socket file;
    int fd = bind_there(&file, directory->file);

    listen(fd, 0);
    for (int i = 0; i < 3; i++)
        assert_refused(directory->file, "another program", "another path");
    close(fd);
    unix_socket_remove(&file);
}

static void what_is_no_socket_is_left_alone(void **state)
{
    const struct directory *directory = *state;
    FILE *file = fopen(directory->file, "w");

    fclose(file);
    assert_refused(directory->file, "not a socket", "remove it");
    assert_true(exists(directory->file));
    unlink(directory->file);

    assert_int_equal(symlink("nowhere", directory->file), 0);
    assert_refused(directory->file, "not a socket", "remove it");
    assert_true(exists(directory->file));
}

static void what_took_its_place_is_left_alone(void **state)
{
    const struct directory *directory = *state;
    struct unix_socket first, second;
    int fd = bind_there(&first, directory->file), other;

    unlink(directory->file);
    other = bind_there(&second, directory->file); /* a new file, while the first one's inode is still taken */
    unix_socket_remove(&first);
    assert_true(exists(directory->file));
    unix_socket_remove(&second);
    assert_false(exists(directory->file));
    close(fd);
    close(other);
}

static void a_path_has_a_longest_length(void **state)
{
    const struct directory *directory = *state;
    struct unix_socket file;
    char path[109];
    int fd;

    memset(path, 'x', sizeof path);
    memcpy(path, directory->path, strlen(directory->path));
    path[strlen(directory->path)] = '/';
    path[108] = 0;
    assert_refused(path, "107", "bytes");
    path[107] = 0;
    fd = bind_there(&file, path);
    assert_true(exists(path));
    close(fd);
    unix_socket_remove(&file);
}

static void a_directory_has_to_be_there(void **state)
{
    const struct directory *directory = *state;
    char path[80];

    snprintf(path, sizeof path, "%s/absent/a.sock", directory->path);
    assert_refused(path, "directory", "create");
    assert_refused("", "cannot listen", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_socket_is_made_and_removed, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(the_mode_does_not_depend_on_the_umask, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(a_socket_nobody_answers_on_is_replaced, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(a_socket_in_use_is_left_alone, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_full_backlog_is_use_too, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_socket_is_left_alone, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(what_took_its_place_is_left_alone, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(a_path_has_a_longest_length, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_directory_has_to_be_there, directory_setup, directory_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
