#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/net/passed_socket.h"

static void assert_refused(int fd, const char *words)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(passed_socket_family(fd, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
}

static int bind_unix(const char *name, size_t len)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(len <= sizeof address.sun_path);
    memcpy(address.sun_path, name, len);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    return fd;
}

static void only_listening_sockets_are_taken(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct error error = {.kind = ERROR_NONE};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_refused(fd, "it is not a listening socket");
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(passed_socket_family(fd, &error), AF_INET);
    close(fd);
}

static void other_descriptors_are_refused(void **state)
{
    int pair[2], pipes[2], datagrams = socket(AF_INET, SOCK_DGRAM, 0),
                           netlink = socket(AF_NETLINK, SOCK_RAW, 0);

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(pipe(pipes), 0);
    assert_refused(pair[0], "Accept=no");
    assert_refused(pipes[0], "it is not a socket");
    assert_refused(datagrams, "ListenStream=");
    assert_refused(netlink, "neither a TCP nor a Unix socket");
    assert_refused(-1, "Bad file descriptor");
    for (int i = 0; i < 2; i++) {
        close(pair[i]);
        close(pipes[i]);
    }
    close(datagrams);
    close(netlink);
}

static void the_longest_path_is_read(void **state)
{
    char directory[] = "/tmp/test_passed_socket.XXXXXX", place[108], path[PASSED_SOCKET_PATH_SIZE];
    int fd;

    (void)state;
    assert_non_null(mkdtemp(directory));
    memset(place, 'x', sizeof place);
    memcpy(place, directory, strlen(directory));
    place[strlen(directory)] = '/';
    fd = bind_unix(place, sizeof place); /* all of sun_path, without a NUL */
    passed_socket_path(fd, path);
    assert_int_equal(strlen(path), sizeof place);
    assert_memory_equal(path, place, sizeof place);
    unlink(path);
    close(fd);

    place[strlen(directory) + 2] = '\0';
    fd = bind_unix(place, strlen(place) + 1);
    passed_socket_path(fd, path);
    assert_string_equal(path, place);
    unlink(path);
    close(fd);
    assert_int_equal(rmdir(directory), 0);
}

static void abstract_names_begin_with_an_at_sign(void **state)
{
    char path[PASSED_SOCKET_PATH_SIZE], name[64] = "";
    int len = snprintf(name + 1, sizeof name - 1, "test_passed_socket.%d", (int)getpid()) + 1;
    int fd;

    (void)state;
    memcpy(name + len, "\0a", 2);
    fd = bind_unix(name, (size_t)len + 2);
    passed_socket_path(fd, path);
    assert_int_equal(path[0], '@');
    assert_int_equal(strlen(path), len + 2);
    assert_string_equal(path + len, "@a");
    close(fd);

    fd = socket(AF_UNIX, SOCK_STREAM, 0); /* has none yet */
    passed_socket_path(fd, path);
    assert_string_equal(path, "");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_listening_sockets_are_taken),
        cmocka_unit_test(other_descriptors_are_refused),
        cmocka_unit_test(the_longest_path_is_read),
        cmocka_unit_test(abstract_names_begin_with_an_at_sign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
