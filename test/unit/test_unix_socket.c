#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/net/unix_socket.h"

struct folder {
    char path[40];
    char socket[60];
};

static int set_up(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);

    strcpy(folder->path, "/tmp/test_unix_socket.XXXXXX");
    if (!mkdtemp(folder->path))
        return -1;
    snprintf(folder->socket, sizeof folder->socket, "%s/a.sock", folder->path);
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    struct folder *folder = *state;

    unlink(folder->socket);
    if (rmdir(folder->path) != 0) /* fails when something was left behind */
        return -1;
    free(folder);
    return 0;
}

static int bind_there(struct unix_socket *file, const char *path)
{
    struct error error = {.kind = ERROR_NONE};
    int fd = unix_socket_bind(file, path, &error);

    if (fd < 0)
        fail_msg("%s", error.text);
    return fd;
}

/* It fails with a sentence that has all of these words in it. */
static void assert_refused(const char *path, const char *word, const char *other)
{
    struct error error = {.kind = ERROR_NONE};
    struct unix_socket file = {.path = NULL};

    assert_int_equal(unix_socket_bind(&file, path, &error), -1);
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
    const struct folder *folder = *state;
    struct unix_socket file;
    struct stat found;
    int fd = bind_there(&file, folder->socket);

    assert_int_equal(lstat(folder->socket, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(listen(fd, 1), 0);
    close(fd);
    unix_socket_remove(&file);
    assert_false(exists(folder->socket));
    assert_null(file.path);
    unix_socket_remove(&file); /* once more does nothing */
}

static void a_socket_nobody_answers_on_is_replaced(void **state)
{
    const struct folder *folder = *state;
    struct unix_socket old, made;
    struct error error = {.kind = ERROR_NONE};
    int fd;

    fd = bind_there(&old, folder->socket);
    listen(fd, 1);
    close(fd);
    fd = unix_socket_bind(&made, folder->socket, &error);
    assert_true(fd >= 0);
    unix_socket_remove(&made);
    close(fd);
    unix_socket_remove(&old);
}

static void a_socket_in_use_is_left_alone(void **state)
{
    const struct folder *folder = *state;
    struct unix_socket file;
    int fd = bind_there(&file, folder->socket);

    listen(fd, 8);
    assert_refused(folder->socket, "another program", "--socket-dir");
    assert_true(exists(folder->socket));
    close(fd);
    unix_socket_remove(&file);
}

/* A server that is busy has not gone. */
static void a_full_backlog_is_use_too(void **state)
{
    const struct folder *folder = *state;
    struct unix_socket file;
    int fd = bind_there(&file, folder->socket);

    listen(fd, 0);
    for (int i = 0; i < 3; i++)
        assert_refused(folder->socket, "another program", "--socket-dir");
    close(fd);
    unix_socket_remove(&file);
}

static void what_is_no_socket_is_left_alone(void **state)
{
    const struct folder *folder = *state;
    FILE *file = fopen(folder->socket, "w");

    fclose(file);
    assert_refused(folder->socket, "no socket", "remove it");
    assert_true(exists(folder->socket));
    unlink(folder->socket);

    assert_int_equal(symlink("nowhere", folder->socket), 0);
    assert_refused(folder->socket, "no socket", "remove it");
    assert_true(exists(folder->socket));
}

static void what_took_its_place_is_left_alone(void **state)
{
    const struct folder *folder = *state;
    struct unix_socket first, second;
    int fd = bind_there(&first, folder->socket), other;

    unlink(folder->socket);
    other = bind_there(&second, folder->socket); /* a new file, while the first one's inode is still taken */
    unix_socket_remove(&first);
    assert_true(exists(folder->socket));
    unix_socket_remove(&second);
    assert_false(exists(folder->socket));
    close(fd);
    close(other);
}

static void a_path_has_a_longest_length(void **state)
{
    const struct folder *folder = *state;
    struct unix_socket file;
    char path[109];
    int fd;

    memset(path, 'x', sizeof path);
    memcpy(path, folder->path, strlen(folder->path));
    path[strlen(folder->path)] = '/';
    path[108] = 0;
    assert_refused(path, "107", "bytes");
    path[107] = 0;
    fd = bind_there(&file, path);
    assert_true(exists(path));
    close(fd);
    unix_socket_remove(&file);
}

static void a_folder_has_to_be_there(void **state)
{
    const struct folder *folder = *state;
    char path[80];

    snprintf(path, sizeof path, "%s/absent/a.sock", folder->path);
    assert_refused(path, "folder", "create");
    assert_refused("", "cannot listen", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_socket_is_made_and_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_socket_nobody_answers_on_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_socket_in_use_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_backlog_is_use_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_socket_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_took_its_place_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_has_a_longest_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_has_to_be_there, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
