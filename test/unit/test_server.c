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

#include "sim/net/server.h"

struct world {
    uv_loop_t loop;
    struct log log;
    struct stats *stats;
    struct server *server;
    struct http_handler handler;
    bool stopped;
    int done;
};

static void serve(void *context, struct exchange *exchange)
{
    (void)context;
    buf_append_text(exchange->response.body, "ok");
}

static void on_done(void *data)
{
    ((struct world *)data)->done++;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    uv_loop_init(&world->loop);
    world->log = (struct log){.stream = stderr, .level = LOG_OFF};
    world->stats = stats_new();
    world->server = server_new(&world->loop, &world->log, world->stats);
    world->handler = (struct http_handler){serve, NULL};
    *state = world;
    return 0;
}

static void stop(struct world *world)
{
    if (!world->stopped)
        server_stop(world->server, on_done, world);
    world->stopped = true;
}

/* Every test ends with a server that stops and leaves no handle behind. */
static int tear_down(void **state)
{
    struct world *world = *state;

    stop(world);
    if (world->done != 0)
        return -1;
    uv_run(&world->loop, UV_RUN_DEFAULT);
    server_free(world->server);
    stats_free(world->stats);
    if (world->done != 1 || uv_loop_close(&world->loop) != 0)
        return -1;
    free(world);
    return 0;
}

static unsigned port_of(const struct world *world, size_t index, const char *format)
{
    struct server_endpoint endpoint;
    unsigned port = 0;

    assert_true(server_endpoint(world->server, index, &endpoint));
    assert_null(endpoint.path);
    assert_int_equal(sscanf(endpoint.url, format, &port), 1);
    return port;
}

static void listen_tcp(struct world *world, const char *host, unsigned port)
{
    struct error error = {.kind = ERROR_NONE};

    if (server_listen_tcp(world->server, host, (uint16_t)port, &world->handler, &error) != 0)
        fail_msg("%s", error.text);
}

static void assert_refused(struct world *world, const char *host, unsigned port, const char *words)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(server_listen_tcp(world->server, host, (uint16_t)port, &world->handler, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, words) || !strstr(error.text, host))
        fail_msg("the sentence lacks something: %s", error.text);
}

static void a_server_may_stop_before_it_listens(void **state)
{
    const struct world *world = *state;
    struct server_endpoint endpoint;

    assert_false(server_endpoint(world->server, 0, &endpoint));
    server_free(NULL);
}

static void a_free_port_is_found_and_told(void **state)
{
    struct world *world = *state;
    struct server_endpoint endpoint;

    listen_tcp(world, "127.0.0.1", 0);
    listen_tcp(world, "localhost", 0);
    assert_true(port_of(world, 0, "http://127.0.0.1:%u") > 0);
    assert_true(port_of(world, 1, "http://127.0.0.1:%u") != port_of(world, 0, "http://127.0.0.1:%u"));
    assert_false(server_endpoint(world->server, 2, &endpoint));
}

static void a_port_in_use_is_refused_and_not_listed(void **state)
{
    struct world *world = *state;
    struct server_endpoint endpoint;

    listen_tcp(world, "127.0.0.1", 0);
    assert_refused(world, "127.0.0.1", port_of(world, 0, "http://127.0.0.1:%u"), "in use");
    assert_refused(world, "localhost", port_of(world, 0, "http://127.0.0.1:%u"), "in use");
    assert_false(server_endpoint(world->server, 1, &endpoint));
}

static void an_address_of_another_machine_is_refused(void **state)
{
    assert_refused(*state, "192.0.2.1", 0, "no such address"); /* RFC 5737: nobody's */
}

static void a_unix_socket_is_listed_and_removed(void **state)
{
    struct world *world = *state;
    char folder[] = "/tmp/test_server.XXXXXX", path[64];
    struct error error = {.kind = ERROR_NONE};
    struct server_endpoint endpoint;
    struct stat found;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.sock", folder);
    assert_int_equal(server_listen_unix(world->server, path, &world->handler, &error), 0);
    assert_true(server_endpoint(world->server, 0, &endpoint));
    assert_string_equal(endpoint.path, path);
    assert_null(endpoint.url);
    assert_int_equal(server_listen_unix(world->server, path, &world->handler, &error), -1);
    assert_non_null(strstr(error.text, "another program"));
    stop(world);
    assert_int_equal(lstat(path, &found), -1);
    assert_int_equal(rmdir(folder), 0);
}

static void a_passed_unix_socket_is_listed_and_left_there(void **state)
{
    struct world *world = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/test_server.XXXXXX";
    struct error error = {.kind = ERROR_NONE};
    struct server_endpoint endpoint;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_non_null(mkdtemp(folder));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/a.sock", folder);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(server_listen_fd(world->server, fd, &world->handler, &error), 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(server_endpoint(world->server, 0, &endpoint));
    assert_string_equal(endpoint.path, address.sun_path);
    stop(world);
    assert_int_equal(unlink(address.sun_path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void a_passed_descriptor_is_taken_also_after_an_error(void **state)
{
    struct world *world = *state;
    struct error error = {.kind = ERROR_NONE};
    struct server_endpoint endpoint;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_int_equal(server_listen_fd(world->server, fd, &world->handler, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    assert_false(server_endpoint(world->server, 0, &endpoint));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_may_stop_before_it_listens),
        TEST(a_free_port_is_found_and_told),
        TEST(a_port_in_use_is_refused_and_not_listed),
        TEST(an_address_of_another_machine_is_refused),
        TEST(a_unix_socket_is_listed_and_removed),
        TEST(a_passed_unix_socket_is_listed_and_left_there),
        TEST(a_passed_descriptor_is_taken_also_after_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
