/* Questions over TLS, to a server of the test's own on the same loop. */
#include "sim/net/http_client.h"

#include <sys/socket.h>
#include <unistd.h>

#include "test/unit/http_answer.h"
#include "test/unit/tls_fixture.h"

struct world {
    uv_loop_t loop;
    int listener, server; /* server: -1 until it has a client */
    struct sockaddr_storage address;
    struct arena arena;
    struct pki_entity ca, other_ca;
    struct tls_config *server_config, *client_config;
    struct tls_session *session;
    struct buf asked; /* of the server, decrypted */
    struct http_answer answer;
};

static int start(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct sockaddr_in *in = (struct sockaddr_in *)&world->address;
    struct error error = {.kind = ERROR_NONE};
    struct tls_config_identity identity;
    socklen_t len = sizeof *in;

    uv_loop_init(&world->loop);
    arena_init(&world->arena);
    buf_init(&world->asked, SIZE_MAX);
    tls_make_ca(&world->ca, "CA");
    tls_make_ca(&world->other_ca, "other CA");
    identity = tls_make_identity(&world->ca, 0, span_text("evidence"), &world->arena);
    world->server_config = tls_config_new_server(&identity, NULL, &error);
    world->session = tls_session_new(world->server_config, NULL);
    world->server = -1;
    uv_ip4_addr("127.0.0.1", 0, in);
    world->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    *state = world;
    return !world->server_config || bind(world->listener, (struct sockaddr *)in, sizeof *in) ||
           listen(world->listener, 4) || getsockname(world->listener, (struct sockaddr *)in, &len);
}

static int finish(void **state)
{
    struct world *world = *state;
    int result;

    close(world->listener);
    if (world->server >= 0)
        close(world->server);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    result = uv_loop_close(&world->loop);
    tls_session_free(world->session);
    tls_config_free(world->server_config);
    tls_config_free(world->client_config);
    pki_free(&world->ca);
    pki_free(&world->other_ca);
    buf_free(&world->asked);
    arena_free(&world->arena);
    free(world);
    return result;
}

static struct http_client *ask(struct world *world, const char *ca, const char *name, uint64_t timeout_ms)
{
    struct error error = {.kind = ERROR_NONE};
    struct http_client *client;

    world->client_config = tls_config_new_client(NULL, ca, &error);
    assert_non_null(world->client_config);
    client = http_client_ask(&world->loop,
                             &(struct http_client_request){.address = &world->address,
                                                           .verb = "GET",
                                                           .host = TLS_HOST,
                                                           .path = "/",
                                                           .timeout_ms = timeout_ms,
                                                           .tls = world->client_config,
                                                           .tls_name = name},
                             http_answer_keep, &world->answer);
    assert_int_equal(world->answer.count, 0);
    return client;
}

static void send_all(const struct world *world)
{
    struct span output = tls_session_output(world->session);

    if (output.len)
        assert_int_equal(send(world->server, output.data, output.len, MSG_NOSIGNAL), output.len);
}

/* One turn of both ends. */
static void turn(struct world *world)
{
    uint8_t bytes[4096];
    ssize_t got = 0;

    uv_run(&world->loop, UV_RUN_NOWAIT);
    if (world->server < 0)
        world->server = accept(world->listener, NULL, NULL);
    got = recv(world->server, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got > 0)
        assert_true(tls_session_give(world->session, bytes, (size_t)got));
    while (tls_session_state(world->session) == TLS_SHAKING && tls_session_step(world->session))
        send_all(world);
    if (tls_session_state(world->session) == TLS_OPEN) {
        send_all(world);
        tls_session_read(world->session, &world->asked);
    }
    send_all(world);
}

static bool is_asked(const struct world *world)
{
    return world->asked.len >= 4 && memcmp(world->asked.data + world->asked.len - 4, "\r\n\r\n", 4) == 0;
}

static void answer(struct world *world, const char *text)
{
    while (!is_asked(world))
        turn(world);
    tls_session_write(world->session, span_text(text));
    send_all(world);
}

static void a_question_is_answered(void **state)
{
    struct world *world = *state;

    ask(world, world->ca.pem, TLS_HOST, 60000);
    answer(world, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes");
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_string_equal(world->answer.problem, "");
    assert_int_equal(world->answer.count, 1);
    assert_int_equal(world->answer.status, 200);
    assert_string_equal(world->answer.body, "yes");
    assert_non_null(memmem(world->answer.certificate, world->answer.certificate_len, "evidence", 8));
}

static void without_a_ca_any_server_is_asked(void **state)
{
    struct world *world = *state;

    ask(world, NULL, NULL, 60000);
    answer(world, "HTTP/1.1 200 OK\r\n\r\nuntil it ends");
    tls_session_close(world->session);
    send_all(world);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_string_equal(world->answer.problem, "");
    assert_string_equal(world->answer.body, "until it ends");
}

static void an_answer_may_be_cut_only_by_the_server(void **state)
{
    struct world *world = *state;

    ask(world, world->ca.pem, TLS_HOST, 60000);
    answer(world, "HTTP/1.1 200 OK\r\n\r\nuntil it");
    shutdown(world->server, SHUT_WR);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_string_equal(world->answer.problem, "its answer is cut");
}

static void expect_refusal(struct world *world, const char *ca, const char *name, const char *problem)
{
    ask(world, ca, name, 60000);
    while (world->answer.count == 0)
        turn(world);
    assert_string_equal(world->answer.problem, problem);
    assert_int_equal(world->asked.len, 0);
}

static void another_ca_is_refused(void **state)
{
    struct world *world = *state;

    expect_refusal(
        world, world->other_ca.pem, TLS_HOST,
        "the other end's certificate is refused: it does not chain to the CA that is trusted here, or "
        "its usage is another");
}

static void another_name_is_refused(void **state)
{
    struct world *world = *state;

    expect_refusal(world, world->ca.pem, "other.example",
                   "the other end's certificate is refused: it is for another name");
}

static void a_handshake_may_be_broken_off(void **state)
{
    struct world *world = *state;

    ask(world, world->ca.pem, TLS_HOST, 60000);
    while (world->server < 0) {
        uv_run(&world->loop, UV_RUN_NOWAIT);
        world->server = accept(world->listener, NULL, NULL);
    }
    shutdown(world->server, SHUT_WR);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_string_equal(world->answer.problem, "it closes the connection during the TLS handshake");
}

static void what_is_not_tls_is_refused(void **state)
{
    struct world *world = *state;

    ask(world, world->ca.pem, TLS_HOST, 60000);
    while (world->server < 0) {
        uv_run(&world->loop, UV_RUN_NOWAIT);
        world->server = accept(world->listener, NULL, NULL);
    }
    assert_int_equal(send(world->server, "HTTP/1.1 400 Bad\r\n\r\n", 20, MSG_NOSIGNAL), 20);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 1);
    assert_non_null(strstr(world->answer.problem, "SSL - "));
}

static void a_handshake_has_its_time(void **state)
{
    struct world *world = *state;

    ask(world, world->ca.pem, TLS_HOST, 20); /* the system connects, and the server is idle */
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 1);
    assert_non_null(strstr(world->answer.problem, " in time"));
}

static void it_can_be_cancelled_in_the_handshake(void **state)
{
    struct world *world = *state;
    struct http_client *client = ask(world, world->ca.pem, TLS_HOST, 60000);

    while (world->server < 0)
        turn(world);
    turn(world);
    http_client_cancel(client);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->answer.count, 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_question_is_answered),
        WITH(without_a_ca_any_server_is_asked),
        WITH(an_answer_may_be_cut_only_by_the_server),
        WITH(another_ca_is_refused),
        WITH(another_name_is_refused),
        WITH(a_handshake_may_be_broken_off),
        WITH(what_is_not_tls_is_refused),
        WITH(a_handshake_has_its_time),
        WITH(it_can_be_cancelled_in_the_handshake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
