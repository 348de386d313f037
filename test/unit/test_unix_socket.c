#include "sim/net/unix_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "test/unit/directory_fixture.h"

static int listen_there(struct unix_socket *file, const char *path)
{
    struct error error = {.kind = ERROR_NONE};
    int fd = unix_socket_listen(file, path, 0600, &error);

    if (fd < 0)
        fail_msg("%s", error.text);
    return fd;
}

/* Listens and ends without removing the file, as a program that is killed. */
static void leave_stale(const char *path)
{
    struct unix_socket file;

    close(listen_there(&file, path));
    free(file.path);
}

/* It fails with a sentence that has all of these words in it. */
static void assert_refused(const char *path, const char *word, const char *other)
{
    struct error error = {.kind = ERROR_NONE};
    struct unix_socket file = {.path = NULL};

    assert_int_equal(unix_socket_listen(&file, path, 0600, &error), -1);
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
    int fd = listen_there(&file, directory->file);

    assert_int_equal(lstat(directory->file, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
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
        fd = unix_socket_listen(&file, directory->file, modes[i % 3], &error);
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

    fd = listen_there(&old, directory->file);
    close(fd);
    fd = unix_socket_listen(&made, directory->file, 0600, &error);
    assert_true(fd >= 0);
    unix_socket_remove(&made);
    close(fd);
    unix_socket_remove(&old);
}

static void a_socket_in_use_is_left_alone(void **state)
{
    const struct directory *directory = *state;
    struct unix_socket file;
    int fd = listen_there(&file, directory->file);

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
    int fd = listen_there(&file, directory->file);

    listen(fd, 0);
    for (int i = 0; i < 3; i++)
        assert_refused(directory->file, "another program", "another path");
    close(fd);
    unix_socket_remove(&file);
}

static void a_socket_of_another_type_is_in_use(void **state)
{
    static const int types[] = {SOCK_DGRAM, SOCK_SEQPACKET};
    const struct directory *directory = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strcpy(address.sun_path, directory->file);
    for (size_t i = 0; i < 2; i++) {
        int fd = socket(AF_UNIX, types[i], 0);

        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
        assert_refused(directory->file, "another program", "another type");
        assert_true(exists(directory->file));
        close(fd);
        leave_stale(directory->file); /* now it is stale */
        unlink(directory->file);
    }
}

/* Its permissions say nothing of whether a program listens. */
static void a_socket_of_another_user_is_left_alone(void **state)
{
    const struct directory *directory = *state;
    const bool is_root = geteuid() == 0;
    struct unix_socket file;
    int fd = listen_there(&file, directory->file);

    assert_int_equal(chmod(directory->file, 0), 0);
    assert_int_equal(chmod(directory->path, 0777), 0);
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    assert_refused(directory->file, "another user", "another path");
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_true(exists(directory->file));
    close(fd);
    unix_socket_remove(&file);
}

/* Waits for the end of `go`, then listens until the end of `end`. Says "y" if it listens, "n" if not. */
static void compete(const char *path, int go, int end, int said)
{
    struct error error = {.kind = ERROR_NONE};
    struct unix_socket file;
    char byte;
    int fd;

    if (read(go, &byte, 1) < 0)
        _exit(1);
    fd = unix_socket_listen(&file, path, 0600, &error);
    if (write(said, fd >= 0 ? "y" : "n", 1) != 1)
        _exit(1);
    if (read(end, &byte, 1) < 0)
        _exit(1);
    _exit(0);
}

/* How many of four programs that start at once over a stale socket listen on it. */
static int count_winners(const char *path)
{
    int go[2], end[2], said[2], winners = 0;
    pid_t children[4];
    char byte;

    leave_stale(path);
    assert_int_equal(pipe(go) | pipe(end) | pipe(said), 0);
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            close(go[1]);
            close(end[1]);
            compete(path, go[0], end[0], said[1]);
        }
    }
    close(go[1]);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(read(said[0], &byte, 1), 1);
        winners += byte == 'y';
    }
    close(end[1]);
    for (int i = 0; i < 4; i++)
        waitpid(children[i], NULL, 0);
    close(go[0]);
    close(end[0]);
    close(said[0]);
    close(said[1]);
    unlink(path);
    return winners;
}

static void one_of_several_takes_a_stale_socket_over(void **state)
{
    const struct directory *directory = *state;

    for (int i = 0; i < 150; i++)
        assert_int_equal(count_winners(directory->file), 1);
}

/* Such as the same program, between binding and listening. */
static void a_locked_directory_is_waited_for(void **state)
{
    const struct directory *directory = *state;
    int lock = open(directory->path, O_RDONLY | O_DIRECTORY), fd;
    struct unix_socket file;

    leave_stale(directory->file);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    assert_refused(directory->file, "locked", "another path");
    assert_true(exists(directory->file));
    assert_int_equal(unlink(directory->file), 0);
    fd = listen_there(&file, directory->file); /* there is nothing to replace */
    close(fd);
    unix_socket_remove(&file);
    leave_stale(directory->file);
    close(lock);
    fd = listen_there(&file, directory->file);
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
    int fd = listen_there(&first, directory->file), other;

    unlink(directory->file);
    other =
        listen_there(&second, directory->file); /* a new file, while the first one's inode is still taken */
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
    fd = listen_there(&file, path);
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
        cmocka_unit_test_setup_teardown(a_socket_of_another_type_is_in_use, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(a_socket_of_another_user_is_left_alone, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(one_of_several_takes_a_stale_socket_over, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(a_locked_directory_is_waited_for, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_socket_is_left_alone, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(what_took_its_place_is_left_alone, directory_setup,
                                        directory_teardown),
        cmocka_unit_test_setup_teardown(a_path_has_a_longest_length, directory_setup, directory_teardown),
        cmocka_unit_test_setup_teardown(a_directory_has_to_be_there, directory_setup, directory_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
