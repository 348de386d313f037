/* Clients of the test's own on a loop of the test's own, whose clock the test moves:
 * no test waits. */
#ifndef TEST_CONNECTION_FIXTURE_H
#define TEST_CONNECTION_FIXTURE_H

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

#include "sim/http/limits.h"
#include "sim/net/connection.h"
#include "sim/net/connection_core.h"

#define RESPONSE_BYTES (1u << 20) /* more than a socket takes at once */

struct world {
    char directory[40];
    char path[60];
    uv_loop_t loop;
    uv_pipe_t listener;
    struct http_observer observer;
    struct http_answer answer; /* the observer was told of last; its path may have gone */
    size_t answers;
    struct connection_origin origin;
    struct clients clients;
    int client;
    size_t served;
    struct http_fault fault; /* of every response */
    uint64_t tick_in;        /* milliseconds, asked for last */
    bool wants_turn;         /* asked for since the last one */
};

/* "/big" is answered with RESPONSE_BYTES, all else with "ok". */
static inline void serve(void *context, struct exchange *exchange)
{
    struct buf *body = exchange->response.body;

    ((struct world *)context)->served++;
    exchange->response.fault = ((struct world *)context)->fault;
    if (span_is(exchange->request.path, "/big")) {
        memset(buf_reserve(body, RESPONSE_BYTES), 'x', RESPONSE_BYTES);
        body->len = RESPONSE_BYTES;
    } else {
        buf_append_text(body, "ok");
    }
}

static inline void on_client(uv_stream_t *listener, int status)
{
    struct world *world = listener->data;

    assert_int_equal(status, 0);
    connection_accept(&world->clients, listener, &world->origin);
}

static inline void ignore(void *data)
{
    (void)data;
}

static inline void on_trouble(void *data, enum http_trouble trouble, const char *sentence)
{
    (void)data;
    (void)trouble;
    (void)sentence;
}

static inline void on_answer(void *data, const struct http_answer *answer)
{
    struct world *world = data;

    world->answers++;
    world->answer = *answer;
}

static inline void tick_in(void *data, uint64_t milliseconds)
{
    ((struct world *)data)->tick_in = milliseconds;
}

static inline void turn_soon(void *data)
{
    ((struct world *)data)->wants_turn = true;
}

static inline void run(struct world *world)
{
    for (int i = 0; i < 10; i++)
        uv_run(&world->loop, UV_RUN_NOWAIT);
}

/* Moves the loop's clock, which does not advance until the loop runs again. */
static inline void tick_after(struct world *world, uint64_t milliseconds)
{
    world->loop.time += milliseconds;
    clients_tick(&world->clients);
    world->loop.time -= milliseconds;
}

static inline void run_turn(struct world *world)
{
    assert_true(world->wants_turn);
    world->wants_turn = false;
    clients_turn(&world->clients);
    run(world);
}

static inline int connect_client(struct world *world)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    strcpy(address.sun_path, world->path);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    run(world);
    return fd;
}

static inline int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    strcpy(world->directory, "/tmp/test_connection.XXXXXX");
    if (!mkdtemp(world->directory))
        return -1;
    snprintf(world->path, sizeof world->path, "%s/a.sock", world->directory);
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&world->loop);
    world->observer = (struct http_observer){ignore, ignore, on_answer, on_trouble, world};
    world->origin = (struct connection_origin){
        .handler = {.serve = serve, .context = world}, .unix_path = world->path, .on_closed = ignore};
    clients_init(&world->clients, &world->loop, &world->observer);
    world->clients.turn_ns = UINT64_MAX / 2; /* no test depends on how fast the machine is */
    world->clients.turns.limit_ns = UINT64_MAX / 2;
    world->clients.tick_in = tick_in;
    world->clients.turn_soon = turn_soon;
    world->clients.data = world;
    uv_pipe_init(&world->loop, &world->listener, 0);
    world->listener.data = world;
    if (uv_pipe_bind(&world->listener, world->path) != 0 ||
        uv_listen((uv_stream_t *)&world->listener, 8, on_client) != 0)
        return -1;
    world->client = connect_client(world);
    *state = world;
    return world->clients.pool.count == 1 ? 0 : -1;
}

/* As if all clients had gone. */
static inline void close_all(const struct pool *pool)
{
    for (struct pool_member *member = pool->first; member; member = member->next)
        connection_core_close((struct connection *)member);
}

static inline int tear_down(void **state)
{
    struct world *world = *state;

    close_all(&world->clients.pool);
    uv_close((uv_handle_t *)&world->listener, NULL);
    run(world);
    if (world->clients.pool.count != 0 || uv_loop_close(&world->loop) != 0)
        return -1;
    clients_free(&world->clients);
    close(world->client);
    if (rmdir(world->directory) != 0)
        return -1;
    free(world);
    return 0;
}

static inline void send_text(struct world *world, const char *text)
{
    assert_int_equal(send(world->client, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    run(world);
}

/* What has come, at most size - 1 bytes of it. Returns -1 when there is nothing yet. */
static inline ssize_t receive(struct world *world, char *text, size_t size)
{
    ssize_t len = recv(world->client, text, size - 1, 0);

    text[len > 0 ? len : 0] = '\0';
    return len;
}

/* Takes all that comes until the server closes its side; returns how much that was. */
static inline size_t take_all(struct world *world)
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

static inline void assert_open(struct world *world)
{
    char byte[2];

    run(world);
    assert_int_equal(world->clients.pool.count, 1);
    assert_int_equal(receive(world, byte, sizeof byte), -1);
    assert_int_equal(errno, EAGAIN);
}

static inline void assert_answered(struct world *world, const char *start)
{
    char text[1000];

    assert_true(receive(world, text, sizeof text) > 0);
    if (strncmp(text, start, strlen(start)) != 0)
        fail_msg("expected %s, got %s", start, text);
}

static inline void assert_closed(struct world *world)
{
    char byte[2];

    run(world);
    assert_int_equal(receive(world, byte, sizeof byte), 0);
    assert_int_equal(world->clients.pool.count, 0);
}

#define CONNECTION_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
