/* Listeners that open and close while the loop runs and clients are on their way: none is
 * lost, none is left, and a listener has gone only when its last client has. */
#include <errno.h>
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

#include "sim/net/listener.h"
#include "sim/net/server.h"

#define REQUEST "GET / HTTP/1.1\r\n\r\n"
#define HALF_A_REQUEST "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"
#define OK "HTTP/1.1 200 OK\r\n"

/* A listener of a test and what it does. */
struct spot {
    struct world *world;
    struct listener *listener;
    char path[80];
    struct http_fault fault;
    bool closes; /* its handler closes it */
    size_t clients_when_gone;
    int gone;
};

struct world {
    uv_loop_t loop;
    struct http_observer observer;
    struct server *server;
    char directory[40];
    size_t open;     /* clients */
    size_t answered; /* responses that went out */
    int done;
    struct spot spots[2];
};

static void on_open(void *data)
{
    ((struct world *)data)->open++;
}

static void on_close(void *data)
{
    ((struct world *)data)->open--;
}

static void on_answer(void *data, const struct http_answer *answer)
{
    ((struct world *)data)->answered += http_answer_status(answer) == 200;
}

static void on_trouble(void *data, enum http_trouble trouble, const char *sentence)
{
    (void)data;
    (void)trouble;
    fail_msg("%s", sentence);
}

static void on_done(void *data)
{
    ((struct world *)data)->done++;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    strcpy(world->directory, "/tmp/test_listener.XXXXXX");
    if (!mkdtemp(world->directory))
        return -1;
    uv_loop_init(&world->loop);
    world->observer = (struct http_observer){on_open, on_close, on_answer, on_trouble, world};
    world->server = server_new(&world->loop, &world->observer);
    *state = world;
    return 0;
}

/* Every test ends with a server that stops, and leaves no handle and no file. */
static int tear_down(void **state)
{
    struct world *world = *state;

    server_stop(world->server, on_done, world);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    server_free(world->server);
    if (world->done != 1 || world->open != 0 || uv_loop_close(&world->loop) != 0 ||
        rmdir(world->directory) != 0)
        return -1;
    free(world);
    return 0;
}

static void run(struct world *world)
{
    for (int i = 0; i < 5; i++)
        uv_run(&world->loop, UV_RUN_NOWAIT);
}

static void serve(void *context, struct exchange *exchange)
{
    struct spot *spot = context;

    exchange->response.fault = spot->fault;
    buf_append_text(exchange->response.body, "ok");
    if (spot->closes)
        listener_close(spot->listener);
}

static void on_gone(void *data)
{
    struct spot *spot = data;

    spot->gone++;
    spot->listener = NULL;
    spot->clients_when_gone = spot->world->open;
}

static void open_spot(struct world *world, struct spot *spot, const char *name)
{
    struct error error = {.kind = ERROR_NONE};

    spot->world = world;
    snprintf(spot->path, sizeof spot->path, "%s/%s", world->directory, name);
    spot->listener = listener_open_unix(server_listeners(world->server), spot->path, 0600, &error);
    if (!spot->listener)
        fail_msg("%s", error.text);
}

static void serve_spot(struct spot *spot)
{
    const struct listener_service service = {
        .handler = {.serve = serve, .context = spot}, .on_gone = on_gone, .data = spot};

    listener_serve(spot->listener, &service);
}

static int connect_to(const struct spot *spot)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    strcpy(address.sun_path, spot->path);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static int ask(const struct spot *spot, const char *request)
{
    int fd = connect_to(spot);

    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    return fd;
}

/* Reads all there is; returns whether the other side has closed. */
static bool read_all(int fd, char *text, size_t size)
{
    size_t len = 0;
    ssize_t got;

    while ((got = recv(fd, text + len, size - 1 - len, 0)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    return got == 0;
}

/* The client got exactly one answer, and the connection is closed. */
static void assert_answered_and_closed(int fd)
{
    char text[1000];

    assert_true(read_all(fd, text, sizeof text));
    assert_true(strncmp(text, OK, strlen(OK)) == 0);
    assert_null(strstr(text + 1, OK));
    close(fd);
}

static void clients_wait_until_it_serves(void **state)
{
    struct world *world = *state;
    struct spot *spot = &world->spots[0];
    char text[1000];
    int client;

    open_spot(world, spot, "a");
    client = ask(spot, REQUEST);
    run(world);
    assert_false(read_all(client, text, sizeof text));
    assert_string_equal(text, "");
    serve_spot(spot);
    run(world);
    assert_false(read_all(client, text, sizeof text));
    assert_true(strncmp(text, OK, strlen(OK)) == 0);
    close(client);
}

static void one_that_never_served_is_closed_too(void **state)
{
    struct world *world = *state;
    struct spot *spot = &world->spots[0];
    char text[10];
    int client;

    open_spot(world, spot, "a");
    client = ask(spot, REQUEST);
    run(world);
    listener_close(spot->listener);
    run(world);
    assert_int_equal(read_all(client, text, sizeof text) || errno == ECONNRESET, true);
    close(client);
}

static void it_is_gone_when_its_last_client_is(void **state)
{
    struct world *world = *state;
    struct spot *spot = &world->spots[0], *other = &world->spots[1];
    int idle, busy, stranger;
    char text[1000];

    open_spot(world, spot, "a");
    open_spot(world, other, "b");
    serve_spot(spot);
    serve_spot(other);
    idle = connect_to(spot);
    busy = ask(spot, HALF_A_REQUEST);
    stranger = connect_to(other);
    run(world);
    assert_int_equal(world->open, 3);
    listener_close(spot->listener);
    run(world);
    assert_true(read_all(idle, text, sizeof text)); /* is closed at once */
    assert_false(read_all(busy, text, sizeof text));
    assert_int_equal(spot->gone, 0);
    assert_int_equal(send(busy, "cde", 3, MSG_NOSIGNAL), 3);
    run(world);
    assert_answered_and_closed(busy);
    run(world);
    assert_int_equal(spot->gone, 1);
    assert_int_equal(spot->clients_when_gone, 1); /* the stranger, who stays */
    assert_int_equal(send(stranger, REQUEST, strlen(REQUEST), MSG_NOSIGNAL), strlen(REQUEST));
    run(world);
    assert_false(read_all(stranger, text, sizeof text));
    assert_true(strncmp(text, OK, strlen(OK)) == 0);
    close(idle);
    close(stranger);
}

static void a_handler_may_close_its_own_listener(void **state)
{
    struct world *world = *state;
    struct spot *spot = &world->spots[0];
    int client;

    spot->closes = true;
    open_spot(world, spot, "a");
    serve_spot(spot);
    client = ask(spot, REQUEST REQUEST);
    run(world);
    assert_answered_and_closed(client);
    run(world);
    assert_int_equal(spot->gone, 1);
}

static void a_delayed_answer_goes_out_when_its_listener_closes(void **state)
{
    struct world *world = *state;
    struct spot *spot = &world->spots[0];
    int client;

    spot->fault.delay_ms = 60000;
    open_spot(world, spot, "a");
    serve_spot(spot);
    client = ask(spot, REQUEST);
    run(world);
    assert_int_equal(world->answered, 0);
    listener_close(spot->listener);
    run(world);
    assert_answered_and_closed(client);
    run(world);
    assert_int_equal(spot->gone, 1);
}

/* Bounded to the millisecond by LIMIT_STOP_MS, which the loop's clock is moved by. */
static void a_client_that_never_finishes_does_not_hold_it(void **state)
{
    struct world *world = *state;
    struct spot *spot = &world->spots[0];
    int client;

    open_spot(world, spot, "a");
    serve_spot(spot);
    client = ask(spot, HALF_A_REQUEST);
    run(world);
    listener_close(spot->listener);
    run(world);
    assert_int_equal(spot->gone, 0);
    uv_run(&world->loop, UV_RUN_DEFAULT); /* ends by itself: nothing is left but that client */
    assert_int_equal(spot->gone, 1);
    close(client);
}

/* --- very many of them --- */

enum { LISTENERS = 1000, AT_ONCE = 20, CLIENTS = 4 };

struct round {
    struct spot spot;
    int clients[CLIENTS]; /* answered at once, delayed, idle, in the middle of a request */
};

static void begin_round(struct world *world, struct round *round, int number)
{
    char name[16];

    snprintf(name, sizeof name, "%d", number);
    *round = (struct round){.spot = {.fault = {.delay_ms = number % 3 ? 60000 : 0}}};
    open_spot(world, &round->spot, name);
    if (number % 2)
        serve_spot(&round->spot);
    round->clients[0] = ask(&round->spot, REQUEST);
    round->clients[1] = ask(&round->spot, REQUEST);
    round->clients[2] = connect_to(&round->spot);
    round->clients[3] = ask(&round->spot, HALF_A_REQUEST);
    if (number % 2 == 0)
        serve_spot(&round->spot);
}

static void end_round(struct world *world, struct round *round)
{
    char text[1000];

    if (round->spot.listener)
        listener_close(round->spot.listener);
    assert_int_equal(send(round->clients[3], "cde", 3, MSG_NOSIGNAL), 3);
    run(world);
    assert_true(read_all(round->clients[2], text, sizeof text));
    close(round->clients[2]);
    assert_answered_and_closed(round->clients[0]);
    assert_answered_and_closed(round->clients[1]);
    assert_answered_and_closed(round->clients[3]);
    run(world);
    assert_int_equal(round->spot.gone, 1);
}

static void a_thousand_open_and_close_under_load(void **state)
{
    static struct round rounds[AT_ONCE];
    struct world *world = *state;

    for (int i = 0; i < LISTENERS; i++) {
        if (i >= AT_ONCE)
            end_round(world, &rounds[i % AT_ONCE]);
        begin_round(world, &rounds[i % AT_ONCE], i);
        run(world);
    }
    assert_int_equal(world->open, AT_ONCE * CLIENTS);
    for (int i = 0; i < AT_ONCE; i++)
        end_round(world, &rounds[i]);
    assert_int_equal(world->open, 0);
    assert_int_equal(world->answered, LISTENERS * 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(clients_wait_until_it_serves),
        TEST(one_that_never_served_is_closed_too),
        TEST(it_is_gone_when_its_last_client_is),
        TEST(a_handler_may_close_its_own_listener),
        TEST(a_delayed_answer_goes_out_when_its_listener_closes),
        TEST(a_client_that_never_finishes_does_not_hold_it),
        TEST(a_thousand_open_and_close_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
