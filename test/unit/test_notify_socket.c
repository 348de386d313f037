#include "sim/process/notify_socket.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test/unit/directory_fixture.h"

static int listen_there(const char *path, size_t len)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    memcpy(address.sun_path, path, len);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    return fd;
}

static void assert_told(int fd, const char *expected)
{
    char text[64];
    ssize_t len = recv(fd, text, sizeof text - 1, 0);

    assert_true(len >= 0);
    text[len] = '\0';
    assert_string_equal(text, expected);
}

static void a_path_is_told(void **state)
{
    const struct directory *directory = *state;
    int fd = listen_there(directory->file, strlen(directory->file) + 1);

    assert_int_equal(notify_socket_send(directory->file, "READY=1\nSTATUS=x"), 0);
    assert_told(fd, "READY=1\nSTATUS=x");
    close(fd);
    assert_int_equal(notify_socket_send(directory->file, "READY=1"), ECONNREFUSED);
}

static void an_abstract_socket_is_told(void **state)
{
    char name[40];
    int fd;

    (void)state;
    snprintf(name, sizeof name, "@test_notify_socket.%d", (int)getpid());
    name[0] = '\0';
    fd = listen_there(name, strlen(name + 1) + 1);
    name[0] = '@';
    assert_int_equal(notify_socket_send(name, "STOPPING=1"), 0);
    assert_told(fd, "STOPPING=1");
    close(fd);
}

static void what_is_not_a_unix_socket_is_refused(void **state)
{
    char name[120];

    (void)state;
    assert_int_equal(notify_socket_send("vsock:2:1234", "READY=1"), EAFNOSUPPORT);
    assert_int_equal(notify_socket_send("relative", "READY=1"), EAFNOSUPPORT);
    assert_int_equal(notify_socket_send("", "READY=1"), EAFNOSUPPORT);
    memset(name, 'x', sizeof name - 1);
    name[0] = '/';
    name[108] = '\0';
    assert_int_equal(notify_socket_send(name, "READY=1"), ENAMETOOLONG);
    name[107] = '\0';
    assert_int_equal(notify_socket_send(name, "READY=1"), ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_path_is_told, directory_setup, directory_teardown),
        cmocka_unit_test(an_abstract_socket_is_told),
        cmocka_unit_test(what_is_not_a_unix_socket_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
