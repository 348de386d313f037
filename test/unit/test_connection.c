/* Clients of the test's own on a loop of the test's own, whose clock the test moves:
 * no test waits. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
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

#include "sim/net/connection.h"
#include "sim/net/limits.h"

#define RESPONSE_BYTES (1u << 20) /* more than a socket takes at once */

struct world {
    char folder[40];
    char path[60];
    uv_loop_t loop;
    uv_pipe_t listener;
    struct log log;
    struct stats *stats;
    struct connection_pool pool;
    int client;
    size_t served;
};

/* "/big" is answered with RESPONSE_BYTES, all else with "ok". */
static void serve(void *context, struct exchange *exchange)
{
    struct buf *body = exchange->response.body;

    ((struct world *)context)->served++;
    if (span_is(exchange->request.path, "/big")) {
        memset(buf_reserve(body, RESPONSE_BYTES), 'x', RESPONSE_BYTES);
        body->len = RESPONSE_BYTES;
    } else {
        buf_append_text(body, "ok");
    }
}

static void on_client(uv_stream_t *listener, int status)
{
    struct world *world = listener->data;
    const struct http_handler handler = {serve, world};

    assert_int_equal(status, 0);
    connection_accept(&world->pool, listener, &handler, world->path);
}

static void on_closed(void *data)
{
    (void)data;
}

static void run(struct world *world)
{
    for (int i = 0; i < 10; i++)
        uv_run(&world->loop, UV_RUN_NOWAIT);
}

/* Moves the loop's clock, which stands still until the loop runs again. */
static void tick_after(struct world *world, uint64_t milliseconds)
{
    world->loop.time += milliseconds;
    connection_pool_tick(&world->pool);
    world->loop.time -= milliseconds;
}

static int connect_client(struct world *world)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    strcpy(address.sun_path, world->path);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    run(world);
    return fd;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    strcpy(world->folder, "/tmp/test_connection.XXXXXX");
    if (!mkdtemp(world->folder))
        return -1;
    snprintf(world->path, sizeof world->path, "%s/a.sock", world->folder);
    signal(SIGPIPE, SIG_IGN);
    world->log = (struct log){.stream = stderr, .level = LOG_OFF};
    uv_loop_init(&world->loop);
    world->stats = stats_new();
    connection_pool_init(&world->pool, &world->loop, &world->log, world->stats);
    world->pool.on_closed = on_closed;
    uv_pipe_init(&world->loop, &world->listener, 0);
    world->listener.data = world;
    if (uv_pipe_bind(&world->listener, world->path) != 0 ||
        uv_listen((uv_stream_t *)&world->listener, 8, on_client) != 0)
        return -1;
    world->client = connect_client(world);
    *state = world;
    return world->pool.count == 1 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    connection_pool_close(&world->pool);
    uv_close((uv_handle_t *)&world->listener, NULL);
    run(world);
    if (world->pool.count != 0 || uv_loop_close(&world->loop) != 0)
        return -1;
    connection_pool_free(&world->pool);
    stats_free(world->stats);
    close(world->client);
    if (rmdir(world->folder) != 0)
        return -1;
    free(world);
    return 0;
}

static void send_text(struct world *world, const char *text)
{
    assert_int_equal(send(world->client, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    run(world);
}

/* What has come, at most size - 1 bytes of it. Returns -1 when there is nothing yet. */
static ssize_t receive(struct world *world, char *text, size_t size)
{
    ssize_t len = recv(world->client, text, size - 1, 0);

    text[len > 0 ? len : 0] = 0;
    return len;
}

/* Takes all that comes until the server closes its side; returns how much that was. */
static size_t take_all(struct world *world)
{
    char *text = malloc(RESPONSE_BYTES);
    ssize_t got = -1;
    size_t sum = 0;

    for (int turns = 0; got != 0; turns++) {
        assert_true(turns < 10000);
        run(world);
        got = receive(world, text, RESPONSE_BYTES);
        assert_true(got >= 0 || errno == EAGAIN);
        sum += got > 0 ? (size_t)got : 0;
    }
    free(text);
    return sum;
}

static void assert_open(struct world *world)
{
    char byte[2];

    run(world);
    assert_int_equal(world->pool.count, 1);
    assert_int_equal(receive(world, byte, sizeof byte), -1);
    assert_int_equal(errno, EAGAIN);
}

static void assert_answered(struct world *world, const char *start)
{
    char text[1000];

    assert_true(receive(world, text, sizeof text) > 0);
    if (strncmp(text, start, strlen(start)) != 0)
        fail_msg("expected %s, got %s", start, text);
}

static void assert_closed(struct world *world)
{
    char byte[2];

    run(world);
    assert_int_equal(receive(world, byte, sizeof byte), 0);
    assert_int_equal(world->pool.count, 0);
}

static void an_idle_client_is_closed_in_time_not_early(void **state)
{
    struct world *world = *state;

    tick_after(world, LIMIT_IDLE_MS / 2);
    assert_open(world);
    send_text(world, "GET / HTTP/1.1\r\n\r\n");
    assert_answered(world, "HTTP/1.1 200 ");
    tick_after(world, LIMIT_IDLE_MS / 2);
    assert_open(world);
    tick_after(world, LIMIT_IDLE_MS);
    assert_closed(world);
}

static void a_slow_request_is_told_so(void **state)
{
    struct world *world = *state;

    send_text(world, "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc");
    tick_after(world, LIMIT_REQUEST_MS / 2);
    assert_open(world);
    tick_after(world, LIMIT_REQUEST_MS);
    assert_answered(world, "HTTP/1.1 408 ");
    assert_int_equal(world->served, 0);
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

static void a_client_that_does_not_read_is_closed(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\nGET /big HTTP/1.1\r\n\r\nGET /big HTTP/1.1\r\n\r\n");
    assert_int_equal(world->served, 1); /* the others wait for it to be taken */
    tick_after(world, LIMIT_WRITE_MS / 2);
    run(world);
    assert_int_equal(world->pool.count, 1);
    tick_after(world, LIMIT_WRITE_MS);
    run(world);
    assert_int_equal(world->pool.count, 0);
    assert_true(take_all(world) < RESPONSE_BYTES);
}

static void after_the_last_answer_it_waits_for_the_client_but_not_long(void **state)
{
    struct world *world = *state;
    char byte[2];

    send_text(world, "nonsense\r\n\r\n");
    assert_answered(world, "HTTP/1.1 400 ");
    run(world);
    assert_int_equal(receive(world, byte, sizeof byte), 0); /* its side is closed */
    send_text(world, "more nonsense");
    assert_int_equal(world->pool.count, 1);
    tick_after(world, LIMIT_DRAIN_MS);
    run(world);
    assert_int_equal(world->pool.count, 0);
}

static void all_that_came_before_the_end_is_answered(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\nGET /big HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET /");
    shutdown(world->client, SHUT_WR);
    assert_true(take_all(world) > 2 * RESPONSE_BYTES);
    assert_int_equal(world->served, 3);
    assert_int_equal(world->pool.count, 0);
}

static void a_client_may_vanish_at_any_moment(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\nGET /big HTTP/1.1\r\n\r\n");
    close(world->client);
    run(world);
    assert_int_equal(world->pool.count, 0);
    assert_int_equal(world->served, 1);
    world->client = connect_client(world);
    send_text(world, "GET / HTTP/1.1\r\n\r\n");
    assert_answered(world, "HTTP/1.1 200 ");
}

static void a_stop_closes_the_idle_and_finishes_the_busy(void **state)
{
    struct world *world = *state;
    int idle = connect_client(world);
    char byte[2];

    send_text(world, "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na");
    connection_pool_stop(&world->pool);
    run(world);
    assert_int_equal(world->pool.count, 1);
    assert_int_equal(recv(idle, byte, sizeof byte, 0), 0);
    close(idle);
    send_text(world, "bGET / HTTP/1.1\r\n\r\n");
    assert_answered(world, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    assert_int_equal(world->served, 1);
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

static void a_stop_lets_a_response_be_taken(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\n");
    connection_pool_stop(&world->pool);
    assert_true(take_all(world) > RESPONSE_BYTES);
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

static void a_stop_answers_one_more_that_says_it_is_the_last(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    connection_pool_stop(&world->pool);
    assert_true(take_all(world) > RESPONSE_BYTES);
    assert_int_equal(world->served, 2);
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

/* Others have their turn in between, and a stop too. */
static void a_client_that_pipelines_is_served_in_turns(void **state)
{
    struct world *world = *state;
    enum { COUNT = 25 * LIMIT_TURN_ANSWERS }; /* whose answers fit the socket */
    static const char request[] = "GET / HTTP/1.1\r\n\r\n";
    struct buf text;
    size_t served;

    buf_init(&text, SIZE_MAX);
    for (int i = 0; i < COUNT; i++)
        buf_append_text(&text, request);
    assert_int_equal(send(world->client, text.data, text.len, 0), text.len);
    uv_run(&world->loop, UV_RUN_NOWAIT);
    served = world->served;
    assert_true(served > 0 && served < COUNT);
    assert_int_equal(served % LIMIT_TURN_ANSWERS, 0);
    connection_pool_stop(&world->pool);
    run(world);
    assert_int_equal(world->served, served + 1);
    buf_free(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_idle_client_is_closed_in_time_not_early),
        TEST(a_slow_request_is_told_so),
        TEST(a_client_that_does_not_read_is_closed),
        TEST(after_the_last_answer_it_waits_for_the_client_but_not_long),
        TEST(all_that_came_before_the_end_is_answered),
        TEST(a_client_may_vanish_at_any_moment),
        TEST(a_stop_closes_the_idle_and_finishes_the_busy),
        TEST(a_stop_lets_a_response_be_taken),
        TEST(a_stop_answers_one_more_that_says_it_is_the_last),
        TEST(a_client_that_pipelines_is_served_in_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
