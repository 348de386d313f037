/* Opening listeners: where they are, what is refused, and closing them again. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/net/listener.h"
#include "sim/net/server.h"
#include "test/unit/observer_fixture.h"

struct world {
    uv_loop_t loop;
    struct server *server;
    bool stopped;
    int done;
};

static void on_done(void *data)
{
    ((struct world *)data)->done++;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    uv_loop_init(&world->loop);
    world->server = server_new(&world->loop, &observer_idle);
    *state = world;
    return 0;
}

static void stop(struct world *world)
{
    if (!world->stopped)
        server_stop(world->server, on_done, world);
    world->stopped = true;
}

/* Every test ends with a server that stops and leaves no handle open. */
static int tear_down(void **state)
{
    struct world *world = *state;

    stop(world);
    if (world->done != 0)
        return -1;
    uv_run(&world->loop, UV_RUN_DEFAULT);
    server_free(world->server);
    if (world->done != 1 || uv_loop_close(&world->loop) != 0)
        return -1;
    free(world);
    return 0;
}

static unsigned port_of(const struct listener *listener)
{
    struct listener_address address;
    unsigned port = 0;

    assert_true(listener_find_address(listener, 0, &address));
    assert_null(address.path);
    assert_int_equal(sscanf(address.url, "http://127.0.0.1:%u", &port), 1);
    return port;
}

static struct listener *listen_tcp(struct world *world, const char *host, unsigned port)
{
    struct error error = {.kind = ERROR_NONE};
    struct listener *listener =
        listener_open_tcp(server_listeners(world->server), host, (uint16_t)port, &error);

    if (!listener)
        fail_msg("%s", error.text);
    return listener;
}

static void assert_refused(struct world *world, const char *host, unsigned port, const char *words)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(listener_open_tcp(server_listeners(world->server), host, (uint16_t)port, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, words) || !strstr(error.text, host))
        fail_msg("the sentence lacks something: %s", error.text);
}

static void a_server_may_stop_before_it_listens(void **state)
{
    (void)state;
    server_free(NULL);
}

static void a_free_port_is_found_and_told(void **state)
{
    struct world *world = *state;
    struct listener *one = listen_tcp(world, "127.0.0.1", 0), *other = listen_tcp(world, "localhost", 0);
    struct listener_address address;

    assert_true(port_of(one) > 0);
    assert_true(port_of(one) != port_of(other));
    assert_false(listener_find_address(one, 1, &address));
    assert_false(listener_find_address(other, 1, &address));
}

/* Where this machine has ::1, localhost is there too; a ::1 in use is not an error. */
static void localhost_may_have_two_addresses(void **state)
{
    struct world *world = *state;
    unsigned port = port_of(listen_tcp(world, "127.0.0.1", 0)) - 1;
    struct error error = {.kind = ERROR_NONE};
    struct listener *listener =
        listener_open_tcp(server_listeners(world->server), "localhost", (uint16_t)port, &error);
    struct listener_address address;
    char url[40];

    if (!listener) /* another process has that port */
        return;
    assert_int_equal(port_of(listener), port);
    snprintf(url, sizeof url, "http://[::1]:%u", port);
    if (listener_find_address(listener, 1, &address))
        assert_string_equal(address.url, url);
    assert_false(listener_find_address(listener, 2, &address));
}

static void a_port_in_use_is_refused(void **state)
{
    struct world *world = *state;
    unsigned port = port_of(listen_tcp(world, "127.0.0.1", 0));

    assert_refused(world, "127.0.0.1", port, "in use");
    assert_refused(world, "localhost", port, "in use");
}

/* Only with those that share it. */
static void a_port_can_be_shared(void **state)
{
    struct world *world = *state;
    unsigned alone = port_of(listen_tcp(world, "127.0.0.1", 0)), shared;

    server_share_ports(world->server);
    assert_refused(world, "127.0.0.1", alone, "in use");
    shared = port_of(listen_tcp(world, "127.0.0.1", 0));
    assert_int_equal(port_of(listen_tcp(world, "127.0.0.1", (uint16_t)shared)), shared);
    assert_int_equal(port_of(listen_tcp(world, "127.0.0.1", (uint16_t)shared)), shared);
    assert_int_not_equal(port_of(listen_tcp(world, "127.0.0.1", 0)), shared);
}

static void an_address_of_another_machine_is_refused(void **state)
{
    assert_refused(*state, "192.0.2.1", 0, "no such address"); /* RFC 5737: for documentation */
    assert_refused(*state, "name.invalid", 0, "name.invalid"); /* RFC 6761: never resolves */
}

/* Another process may get it first. */
static void a_port_is_free_again_after_a_close(void **state)
{
    struct world *world = *state;
    struct listener *again = NULL;

    for (int tries = 0; !again && tries < 10; tries++) {
        struct listener *listener = listen_tcp(world, "127.0.0.1", 0);
        struct error error = {.kind = ERROR_NONE};
        unsigned port = port_of(listener);

        listener_close(listener);
        listener_close(listener); /* does nothing more */
        uv_run(&world->loop, UV_RUN_NOWAIT);
        again = listener_open_tcp(server_listeners(world->server), "127.0.0.1", (uint16_t)port, &error);
    }
    assert_non_null(again);
}

static void nothing_is_opened_once_the_server_stops(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};

    stop(world);
    assert_null(listener_open_tcp(server_listeners(world->server), "127.0.0.1", 0, &error));
    assert_non_null(strstr(error.text, "stopping"));
}

static void a_unix_socket_is_named_and_removed(void **state)
{
    struct world *world = *state;
    char directory[] = "/tmp/test_listener.XXXXXX", path[64];
    struct error error = {.kind = ERROR_NONE};
    struct listener_address address;
    struct listener *listener;
    struct stat found;

    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/a.sock", directory);
    listener = listener_open_unix(server_listeners(world->server), path, 0600, &error);
    assert_non_null(listener);
    assert_true(listener_find_address(listener, 0, &address));
    assert_string_equal(address.path, path);
    assert_null(address.url);
    assert_false(listener_find_address(listener, 1, &address));
    assert_null(listener_open_unix(server_listeners(world->server), path, 0600, &error));
    assert_non_null(strstr(error.text, "another program"));
    listener_close(listener);
    assert_int_equal(lstat(path, &found), -1);
    assert_int_equal(rmdir(directory), 0);
}

static void a_passed_unix_socket_is_named_and_left_there(void **state)
{
    struct world *world = *state;
    struct sockaddr_un unix_address = {.sun_family = AF_UNIX};
    char directory[] = "/tmp/test_listener.XXXXXX";
    struct error error = {.kind = ERROR_NONE};
    struct listener_address address;
    struct listener *listener;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_non_null(mkdtemp(directory));
    snprintf(unix_address.sun_path, sizeof unix_address.sun_path, "%s/a.sock", directory);
    assert_int_equal(bind(fd, (const struct sockaddr *)&unix_address, sizeof unix_address), 0);
    assert_int_equal(listen(fd, 1), 0);
    listener = listener_open_fd(server_listeners(world->server), fd, &error);
    assert_non_null(listener);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(listener_find_address(listener, 0, &address));
    assert_string_equal(address.path, unix_address.sun_path);
    stop(world);
    assert_int_equal(unlink(unix_address.sun_path), 0);
    assert_int_equal(rmdir(directory), 0);
}

static void a_passed_descriptor_is_taken_also_after_an_error(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_null(listener_open_fd(server_listeners(world->server), fd, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_may_stop_before_it_listens),
        TEST(a_free_port_is_found_and_told),
        TEST(localhost_may_have_two_addresses),
        TEST(a_port_in_use_is_refused),
        TEST(a_port_can_be_shared),
        TEST(an_address_of_another_machine_is_refused),
        TEST(a_port_is_free_again_after_a_close),
        TEST(nothing_is_opened_once_the_server_stops),
        TEST(a_unix_socket_is_named_and_removed),
        TEST(a_passed_unix_socket_is_named_and_left_there),
        TEST(a_passed_descriptor_is_taken_also_after_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
