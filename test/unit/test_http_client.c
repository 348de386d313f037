/* Questions to a server of the test's own, on the same loop. */
#include "sim/net/http_client.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/unit/http_answer.h"

struct world {
    uv_loop_t loop;
    int listener;
    struct sockaddr_storage address;
    struct http_client *client;
    struct http_answer answer;
};

static int start(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct sockaddr_in *in = (struct sockaddr_in *)&world->address;
    socklen_t len = sizeof *in;

    uv_loop_init(&world->loop);
    uv_ip4_addr("127.0.0.1", 0, in);
    world->listener = socket(AF_INET, SOCK_STREAM, 0);
    *state = world;
    return bind(world->listener, (struct sockaddr *)in, sizeof *in) || listen(world->listener, 4) ||
           getsockname(world->listener, (struct sockaddr *)in, &len);
}

static int finish(void **state)
{
    struct world *world = *state;
    int result;

    if (world->listener >= 0)
        close(world->listener);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    result = uv_loop_close(&world->loop);
    free(world);
    return result;
}

static void ask(struct world *world, uint64_t timeout_ms)
{
    const struct http_client_request request = {
        .address = &world->address,
        .verb = "POST",
        .host = "hook.example",
        .path = "/a/path",
        .body = span_text("{}"),
        .timeout_ms = timeout_ms,
    };

    world->client = http_client_ask(&world->loop, &request, http_answer_keep, &world->answer);
    assert_int_equal(world->answer.count, 0);
}

/* Accepts the client and takes its request. Returns the socket. */
static int take_request(struct world *world, char *text, size_t size)
{
    size_t len = 0;
    int fd;

    uv_run(&world->loop, UV_RUN_NOWAIT);
    fd = accept(world->listener, NULL, NULL);
    assert_true(fd >= 0);
    text[0] = '\0';
    while (!strstr(text, "\r\n\r\n{}")) {
        ssize_t got;

        uv_run(&world->loop, UV_RUN_NOWAIT);
        got = recv(fd, text + len, size - len - 1, MSG_DONTWAIT);
        len += got > 0 ? (size_t)got : 0;
        text[len] = '\0';
    }
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void a_question_is_answered(void **state)
{
    struct world *world = *state;
    char text[500];
    int fd;

    ask(world, 60000);
    fd = take_request(world, text, sizeof text);
    assert_string_equal(text,
                        "POST /a/path HTTP/1.1\r\nHost: hook.example\r\nUser-Agent: dstack-simulator\r\n"
                        "Connection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                        "\r\n{}");
    say(fd, "HTTP/1.1 403 No\r\nContent-Le");
    say(fd, "ngth: 3\r\n\r\nyes");
    uv_run(&world->loop, UV_RUN_DEFAULT);
    close(fd);
    assert_int_equal(world->answer.count, 1);
    assert_int_equal(world->answer.status, 403);
    assert_string_equal(world->answer.body, "yes");
    assert_string_equal(world->answer.problem, "");
}

static void a_cut_answer_is_none(void **state)
{
    struct world *world = *state;
    char text[500];
    int fd;

    ask(world, 60000);
    fd = take_request(world, text, sizeof text);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ny");
    close(fd);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 1);
    assert_string_equal(world->answer.problem, "its answer is not HTTP/1.1, or is cut");
}

static void a_server_has_its_time_to_be_reached(void **state)
{
    struct world *world = *state;

    ask(world, 1);
    uv_sleep(5); /* timers come before the connection */
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 1);
    assert_string_equal(world->answer.problem, "it cannot be reached in time");
}

/* On a busy machine even the connection takes its time, so the time is doubled until it is enough. */
static void a_server_has_its_time_to_answer(void **state)
{
    struct world *world = *state;
    uint64_t timeout_ms = 1;

    do {
        world->answer.count = 0;
        ask(world, timeout_ms);
        uv_run(&world->loop, UV_RUN_DEFAULT);
        assert_int_equal(world->answer.count, 1);
        timeout_ms *= 2;
    } while (timeout_ms < 30000 && !strcmp(world->answer.problem, "it cannot be reached in time"));
    assert_string_equal(world->answer.problem, "it does not answer in time");
}

static void nothing_listens(void **state)
{
    struct world *world = *state;

    close(world->listener);
    world->listener = -1;
    ask(world, 60000);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 1);
    assert_string_equal(world->answer.problem, "connection refused");
}

static void a_cancelled_question_has_no_answer(void **state)
{
    struct world *world = *state;
    char text[500];
    int fd;

    ask(world, 60000);
    http_client_cancel(world->client); /* before it is connected */
    uv_run(&world->loop, UV_RUN_DEFAULT);
    close(accept(world->listener, NULL, NULL));
    ask(world, 60000);
    fd = take_request(world, text, sizeof text);
    http_client_cancel(world->client); /* and after the request */
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    close(fd);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)

static void too_few_descriptors_are_named(void **state)
{
    struct world *world = *state;
    struct rlimit before, none;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    ask(world, 60000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 1);
    assert_string_equal(world->answer.problem, "too many open files");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_question_is_answered),
        WITH(a_cut_answer_is_none),
        WITH(a_server_has_its_time_to_be_reached),
        WITH(a_server_has_its_time_to_answer),
        WITH(nothing_listens),
        WITH(a_cancelled_question_has_no_answer),
        WITH(too_few_descriptors_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
