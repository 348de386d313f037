/* Connections that speak TLS: their handshake in turns, their limits, and that everything else is as
 * without TLS. */
#include "test/unit/connection_fixture.h"
#include "test/unit/tls_fixture.h"

#define REQUEST "GET / HTTP/1.1\r\n\r\n"

/* The world of a connection, and its client's end of TLS. */
struct scene {
    struct world *world;
    struct arena arena;
    struct pki_entity ca;
    struct tls_config_identity identity;
    struct tls_config *server, *client_config;
    struct tls_session *client;
    struct buf answer; /* decrypted */
    struct error error;
};

static int start(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    void *world;

    if (set_up(&world) != 0)
        return -1;
    s->world = world;
    arena_init(&s->arena);
    tls_make_ca(&s->ca, "a CA");
    s->identity = tls_make_identity(&s->ca, 0, span_text("evidence"), &s->arena);
    s->server = tls_config_new_server(&s->identity, s->ca.pem, &s->error);
    s->client_config = tls_config_new_client(&s->identity, s->ca.pem, &s->error);
    s->client = tls_session_new(s->client_config, TLS_HOST);
    buf_init(&s->answer, SIZE_MAX);
    s->world->origin.tls = s->server;
    /* The client of the fixture came before. */
    close(s->world->client);
    run(s->world);
    s->world->client = connect_client(s->world);
    *state = s;
    return 0;
}

static int finish(void **state)
{
    struct scene *s = *state;
    void *world = s->world;
    int result = tear_down(&world);

    tls_session_free(s->client);
    tls_config_free(s->client_config);
    tls_config_free(s->server);
    pki_free(&s->ca);
    buf_free(&s->answer);
    arena_free(&s->arena);
    free(s);
    return result;
}

/* One turn of the loop with its tick. */
static void turn(struct scene *s)
{
    uv_run(&s->world->loop, UV_RUN_NOWAIT);
    clients_tick(&s->world->clients);
}

static void take_steps(struct scene *s)
{
    while (tls_session_state(s->client) == TLS_SHAKING && tls_session_step(s->client))
        continue;
}

/* Sends what the client has to say, in pieces of that size, and takes what comes. */
static void exchange(struct scene *s, size_t piece)
{
    uint8_t bytes[16384];
    struct span output;
    ssize_t got;

    take_steps(s);
    output = tls_session_output(s->client);
    for (size_t at = 0; at < output.len; at += piece) {
        size_t len = output.len - at < piece ? output.len - at : piece;

        assert_int_equal(send(s->world->client, output.data + at, len, MSG_NOSIGNAL), len);
        turn(s);
    }
    turn(s);
    while ((got = recv(s->world->client, bytes, sizeof bytes, 0)) > 0)
        assert_true(tls_session_give(s->client, bytes, (size_t)got));
    if (tls_session_state(s->client) == TLS_OPEN)
        tls_session_read(s->client, &s->answer);
}

static void shake_hands(struct scene *s, size_t piece)
{
    for (int i = 0; i < 60; i++)
        exchange(s, piece);
    if (tls_session_state(s->client) != TLS_OPEN)
        fail_msg("%s", tls_session_problem(s->client));
}

static void ask(struct scene *s, const char *text, size_t piece)
{
    tls_session_write(s->client, span_text(text));
    exchange(s, piece);
    exchange(s, piece);
}

static bool has_answer(const struct scene *s, const char *text)
{
    return s->answer.len && memmem(s->answer.data, s->answer.len, text, strlen(text));
}

static void requests_are_answered_however_they_come(void **state)
{
    struct scene *s = *state;

    shake_hands(s, 50);
    ask(s, REQUEST, 1);
    assert_true(has_answer(s, "HTTP/1.1 200 OK\r\n"));
    assert_int_equal(s->world->served, 1);
    ask(s, REQUEST REQUEST REQUEST, SIZE_MAX);
    assert_int_equal(s->world->served, 4);
}

/* A record that TLS itself has to write would come before it. */
static void answers_do_not_wait_for_those_of_others(void **state)
{
    struct scene *s = *state;

    shake_hands(s, SIZE_MAX);
    s->world->clients.outbox.limit_ns = UINT64_MAX / 2;
    for (int i = 0; i < LIMIT_OUTBOX_MANY; i++)
        (void)outbox_takes(&s->world->clients.outbox, 1);
    clients_begin_turn(&s->world->clients);
    ask(s, REQUEST, SIZE_MAX);
    assert_true(has_answer(s, "HTTP/1.1 200 OK\r\n"));
}

static void a_long_answer_arrives_whole(void **state)
{
    struct scene *s = *state;

    shake_hands(s, SIZE_MAX);
    ask(s, "GET /big HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", SIZE_MAX);
    for (int i = 0; i < 1000 && s->world->served < 2; i++)
        exchange(s, SIZE_MAX);
    exchange(s, SIZE_MAX);
    assert_int_equal(s->world->served, 2);
    assert_true(s->answer.len > RESPONSE_BYTES);
    assert_true(has_answer(s, "\r\n\r\nok"));
}

static struct span peer_seen;

static void look_at_peer(void *context, struct exchange *exchange)
{
    peer_seen = exchange->peer->certificate;
    serve(context, exchange);
}

static void handlers_see_the_clients_certificate(void **state)
{
    struct scene *s = *state;

    close(s->world->client);
    run(s->world);
    s->world->origin.handler.serve = look_at_peer;
    s->world->client = connect_client(s->world);
    shake_hands(s, SIZE_MAX);
    ask(s, REQUEST, SIZE_MAX);
    assert_non_null(memmem(peer_seen.data, peer_seen.len, "evidence", 8));
}

static void few_steps_are_taken_in_a_turn(void **state)
{
    struct scene *s = *state;
    struct span hello;
    int turns = 0;

    take_steps(s);
    hello = tls_session_output(s->client);
    assert_int_equal(send(s->world->client, hello.data, hello.len, MSG_NOSIGNAL), hello.len);
    for (; turns < 100; turns++) {
        uint8_t bytes[4096];

        turn(s);
        assert_true(s->world->clients.steps_left >= LIMIT_HANDSHAKE_STEPS - 1);
        if (recv(s->world->client, bytes, sizeof bytes, 0) > 0)
            break;
    }
    assert_in_range(turns, 1, 99);
}

static void a_handshake_has_its_time(void **state)
{
    struct scene *s = *state;
    char byte[2];

    tick_after(s->world, LIMIT_IDLE_MS / 2);
    assert_open(s->world);
    take_steps(s);
    assert_int_equal(send(s->world->client, tls_session_output(s->client).data, 20, MSG_NOSIGNAL), 20);
    for (int i = 0; i < 5; i++)
        turn(s);
    tick_after(s->world, LIMIT_HANDSHAKE_MS / 2);
    assert_open(s->world);
    tick_after(s->world, LIMIT_HANDSHAKE_MS);
    run(s->world);
    assert_int_equal(receive(s->world, byte, sizeof byte), 0);
    assert_int_equal(s->world->clients.pool.count, 0);
}

static void a_client_that_says_nothing_is_closed(void **state)
{
    struct scene *s = *state;

    tick_after(s->world, LIMIT_IDLE_MS);
    assert_closed(s->world);
}

static void an_idle_client_is_closed_as_without_tls(void **state)
{
    struct scene *s = *state;

    shake_hands(s, SIZE_MAX);
    ask(s, REQUEST, SIZE_MAX);
    tick_after(s->world, LIMIT_IDLE_MS / 2);
    assert_int_equal(s->world->clients.pool.count, 1);
    tick_after(s->world, LIMIT_IDLE_MS);
    run(s->world);
    assert_int_equal(s->world->clients.pool.count, 0);
}

static void a_slow_request_is_told_so(void **state)
{
    struct scene *s = *state;

    shake_hands(s, SIZE_MAX);
    ask(s, "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", SIZE_MAX);
    tick_after(s->world, LIMIT_REQUEST_MS);
    exchange(s, SIZE_MAX);
    assert_true(has_answer(s, "HTTP/1.1 408 "));
    assert_int_equal(tls_session_state(s->client), TLS_CLOSED);
}

static void plain_http_is_refused_in_plain_http(void **state)
{
    struct scene *s = *state;
    char bytes[1000] = "";

    assert_int_equal(send(s->world->client, REQUEST REQUEST, 2 * strlen(REQUEST), MSG_NOSIGNAL),
                     2 * strlen(REQUEST));
    for (int i = 0; i < 5; i++)
        turn(s);
    assert_in_range(receive(s->world, bytes, sizeof bytes - 1), 100, 300);
    assert_memory_equal(bytes, "HTTP/1.1 400 Bad Request\r\n", 26);
    assert_non_null(strstr(bytes, "Connection: close\r\n"));
    assert_non_null(
        strstr(bytes, "\r\n\r\n{\"error\":\"this port speaks HTTPS, not plain HTTP: use https://\"}"));
    assert_int_equal(s->world->served, 0);
    tick_after(s->world, LIMIT_DRAIN_MS);
    run(s->world);
    assert_int_equal(s->world->clients.pool.count, 0);
}

static void what_is_no_tls_is_closed(void **state)
{
    struct scene *s = *state;
    char bytes[100];

    assert_int_equal(send(s->world->client, "\0\0\0\0\0\0\0\0", 8, MSG_NOSIGNAL), 8);
    for (int i = 0; i < 5; i++)
        turn(s);
    /* An alert, at most. */
    assert_in_range(receive(s->world, bytes, sizeof bytes), 0, 20);
    assert_int_equal(s->world->served, 0);
    tick_after(s->world, LIMIT_DRAIN_MS);
    run(s->world);
    assert_int_equal(s->world->clients.pool.count, 0);
}

/* The client says goodbye right after its request, and stays. */
static void what_came_before_the_goodbye_is_answered(void **state)
{
    struct scene *s = *state;

    shake_hands(s, SIZE_MAX);
    tls_session_write(s->client, span_text("GET /big HTTP/1.1\r\n\r\n"));
    tls_session_close(s->client);
    for (int i = 0; i < 1000 && tls_session_state(s->client) == TLS_OPEN; i++)
        exchange(s, SIZE_MAX);
    assert_int_equal(s->world->served, 1);
    assert_true(s->answer.len > RESPONSE_BYTES);
    assert_int_equal(tls_session_state(s->client), TLS_CLOSED);
    tick_after(s->world, LIMIT_DRAIN_MS);
    run(s->world);
    assert_int_equal(s->world->clients.pool.count, 0);
}

static void a_goodbye_is_answered(void **state)
{
    struct scene *s = *state;

    shake_hands(s, SIZE_MAX);
    tls_session_close(s->client);
    exchange(s, SIZE_MAX);
    assert_int_equal(tls_session_state(s->client), TLS_CLOSED);
    run(s->world);
    assert_int_equal(s->world->clients.pool.count, 0);
}

static void a_client_may_vanish_at_any_moment(void **state)
{
    struct scene *s = *state;

    for (int exchanges = 0; exchanges < 12; exchanges++) {
        tls_session_free(s->client);
        s->client = tls_session_new(s->client_config, TLS_HOST);
        for (int i = 0; i < exchanges; i++)
            exchange(s, SIZE_MAX);
        close(s->world->client);
        for (int i = 0; i < 20; i++)
            turn(s);
        assert_int_equal(s->world->clients.pool.count, 0);
        s->world->client = connect_client(s->world);
    }
}

static void stopping_ends_handshakes(void **state)
{
    struct scene *s = *state;

    take_steps(s);
    assert_int_equal(send(s->world->client, tls_session_output(s->client).data, 20, MSG_NOSIGNAL), 20);
    turn(s);
    pool_end(&s->world->clients.pool, NULL);
    run(s->world);
    assert_int_equal(s->world->clients.pool.count, 0);
}

/* A delayed answer, which is encrypted before it waits. */
static void an_answer_may_be_delayed(void **state)
{
    struct scene *s = *state;

    s->world->fault.delay_ms = 1000;
    shake_hands(s, SIZE_MAX);
    ask(s, REQUEST, SIZE_MAX);
    assert_int_equal(s->answer.len, 0);
    tick_after(s->world, 1000);
    s->world->fault.delay_ms = 0;
    exchange(s, SIZE_MAX);
    assert_true(has_answer(s, "HTTP/1.1 200 OK\r\n"));
    ask(s, REQUEST, SIZE_MAX);
    assert_int_equal(s->world->answers, 2);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(requests_are_answered_however_they_come),
        WITH(answers_do_not_wait_for_those_of_others),
        WITH(a_long_answer_arrives_whole),
        WITH(handlers_see_the_clients_certificate),
        WITH(few_steps_are_taken_in_a_turn),
        WITH(a_handshake_has_its_time),
        WITH(a_client_that_says_nothing_is_closed),
        WITH(an_idle_client_is_closed_as_without_tls),
        WITH(a_slow_request_is_told_so),
        WITH(plain_http_is_refused_in_plain_http),
        WITH(what_is_no_tls_is_closed),
        WITH(what_came_before_the_goodbye_is_answered),
        WITH(a_goodbye_is_answered),
        WITH(a_client_may_vanish_at_any_moment),
        WITH(stopping_ends_handshakes),
        WITH(an_answer_may_be_delayed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
