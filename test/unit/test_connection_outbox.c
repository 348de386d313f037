/* What becomes of a connection whose response waits for those to others. */
#include "test/unit/connection_fixture.h"

static const char request[] = "GET / HTTP/1.1\r\n\r\n";
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/* As if as many had been answered in this turn, which it ends. */
static void begin_crowded_turn(struct world *world)
{
    for (int i = 0; i < LIMIT_OUTBOX_MANY; i++)
        (void)outbox_takes(&world->clients.outbox, 1);
    clients_begin_turn(&world->clients);
}

/* From now on responses wait until send_all. */
static void wait_for_others(struct world *world)
{
    world->clients.outbox.limit_ns = UINT64_MAX / 2; /* no test depends on how fast the machine is */
    begin_crowded_turn(world);
}

static void send_all(struct world *world)
{
    begin_crowded_turn(world);
    run(world);
}

static void assert_nothing_comes(struct world *world)
{
    char byte[2];

    assert_int_equal(receive(world, byte, sizeof byte), -1);
    assert_int_equal(errno, EAGAIN);
}

static void assert_comes(struct world *world, const char *expected)
{
    char text[1000];

    assert_int_equal(receive(world, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void let_one_wait(struct world *world)
{
    wait_for_others(world);
    send_text(world, request);
    assert_nothing_comes(world);
}

static int send_from_another(struct world *world, const char *text, size_t len)
{
    const int other = connect_client(world);

    assert_int_equal(send(other, text, len, 0), len);
    run(world);
    return other;
}

static void a_response_waits_for_the_end_of_the_turn(void **state)
{
    struct world *world = *state;
    char text[sizeof answer];
    int other;

    let_one_wait(world);
    other = send_from_another(world, request, sizeof request - 1);
    assert_int_equal(world->answers, 2);
    assert_nothing_comes(world);
    clients_after_poll(&world->clients);
    assert_comes(world, answer);
    assert_int_equal(recv(other, text, sizeof text, 0), sizeof answer - 1);
    send_all(world);
    assert_nothing_comes(world);
    close(other);
}

static void use_up_the_turn(struct world *world)
{
    world->clients.turns.limit_ns = 0;
    turns_begin(&world->clients.turns);
    (void)turns_are_over(&world->clients.turns, uv_hrtime());
}

/* Of the turn that is over there are no more responses. */
static void it_does_not_wait_for_clients_that_wait_for_a_turn(void **state)
{
    struct world *world = *state;
    int other;

    let_one_wait(world);
    use_up_the_turn(world);
    other = send_from_another(world, request, sizeof request - 1);
    assert_comes(world, answer);
    assert_int_equal(world->served, 1);
    close(other);
}

static void it_waits_after_a_turn_that_was_too_short_for_all(void **state)
{
    struct world *world = *state;

    world->clients.outbox.limit_ns = UINT64_MAX / 2;
    use_up_the_turn(world);
    send_text(world, request);
    for (int i = 0; i < LIMIT_OUTBOX_MANY / 2; i++)
        (void)outbox_takes(&world->clients.outbox, 1);
    clients_begin_turn(&world->clients);
    run_turn(world);
    assert_int_equal(world->served, 1);
    assert_nothing_comes(world);
    send_all(world);
    assert_comes(world, answer);
}

/* It writes, which may take long. */
static void what_another_takes_sends_it(void **state)
{
    struct world *world = *state;
    const int other = send_from_another(world, "GET /big HTTP/1.1\r\n\r\n", 21);
    char *text = malloc(RESPONSE_BYTES);

    let_one_wait(world);
    assert_true(recv(other, text, RESPONSE_BYTES, 0) > 0);
    run(world);
    assert_comes(world, answer);
    free(text);
    close(other);
}

static void work_on_a_long_response_counts(void **state)
{
    struct world *world = *state;
    let_one_wait(world);
    world->clients.outbox.limit_ns = 0;
    close(send_from_another(world, "GET /big HTTP/1.1\r\n\r\n", 21));
    assert_comes(world, answer);
}

static void who_is_dropped_for_want_of_memory_has_been_answered(void **state)
{
    struct world *world = *state;

    wait_for_others(world);
    world->clients.pool.held += LIMIT_HELD_BYTES;
    send_text(world, request);
    world->clients.pool.held -= LIMIT_HELD_BYTES;
    assert_comes(world, answer);
    assert_closed(world);
}

static void the_last_of_several_waits(void **state)
{
    struct world *world = *state;

    wait_for_others(world);
    send_text(world, "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    assert_comes(world, answer);
    assert_nothing_comes(world);
    send_all(world);
    assert_comes(world, answer);
}

static void more_input_sends_what_waits(void **state)
{
    struct world *world = *state;

    wait_for_others(world);
    send_text(world, request);
    send_text(world, "POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    assert_comes(world, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 100 Continue\r\n\r\n");
    send_text(world, "ab");
    assert_nothing_comes(world);
    send_all(world);
    assert_comes(world, answer);
}

static void the_rest_of_a_request_of_another_sends_it(void **state)
{
    struct world *world = *state;
    const int other = connect_client(world);

    wait_for_others(world);
    assert_int_equal(send(other, request, 5, 0), 5);
    send_text(world, request);
    assert_nothing_comes(world);
    assert_int_equal(send(other, request + 5, 5, 0), 5);
    run(world);
    assert_comes(world, answer);
    close(other);
}

static void long_input_of_another_sends_it(void **state)
{
    struct world *world = *state;
    char text[LIMIT_OUTBOX_INPUT_BYTES + 2] = "POST / HTTP/1.1\r\nContent-Length: 9999\r\n\r\n";

    memset(text + strlen(text), 'x', sizeof text - strlen(text) - 1);
    let_one_wait(world);
    close(send_from_another(world, text, sizeof text - 1));
    assert_comes(world, answer);
}

static void the_end_of_input_comes_after_it(void **state)
{
    struct world *world = *state;

    wait_for_others(world);
    assert_int_equal(send(world->client, request, sizeof request - 1, 0), sizeof request - 1);
    shutdown(world->client, SHUT_WR);
    run(world);
    assert_comes(world, answer);
    assert_closed(world);
}

static void a_stop_sends_it(void **state)
{
    struct world *world = *state;

    wait_for_others(world);
    send_text(world, request);
    pool_end(&world->clients.pool, NULL);
    run(world);
    assert_comes(world, answer);
    assert_closed(world);
}

static void a_last_response_does_not_wait(void **state)
{
    struct world *world = *state;

    wait_for_others(world);
    send_text(world, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert_comes(world, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
}

static void a_long_response_does_not_wait(void **state)
{
    struct world *world = *state;
    char text[1000];

    wait_for_others(world);
    send_text(world, "GET /big HTTP/1.1\r\n\r\n");
    assert_true(receive(world, text, sizeof text) > 0);
}

static void a_client_may_vanish(void **state)
{
    struct world *world = *state;
    char text[sizeof answer];
    int other;

    let_one_wait(world);
    other = send_from_another(world, request, sizeof request - 1);
    close_all(&world->clients.pool);
    assert_null(world->clients.outbox.items[0].slot);
    assert_null(world->clients.outbox.items[1].slot);
    run(world);
    send_all(world);
    assert_int_equal(world->clients.pool.count, 0);
    assert_int_equal(recv(other, text, sizeof text, 0), 0);
    close(other);
    close(world->client);
    world->client = connect_client(world);
    send_text(world, request);
    close(world->client);
    world->client = connect_client(world);
    send_all(world);
    assert_int_equal(world->clients.pool.count, 1);
    send_text(world, request);
    send_all(world);
    assert_comes(world, answer);
}

static const struct connection *fill_the_socket(struct world *world, size_t *requests, bool by_turns)
{
    const struct connection *connection = (const struct connection *)world->clients.pool.first;

    wait_for_others(world);
    for (*requests = 0; !connection->unsent; ++*requests) {
        assert_true(*requests < 100000);
        send_text(world, request);
        if (by_turns)
            send_all(world);
    }
    return connection;
}

/* The socket is full when its response is sent: the connection waits for it, as with any response. */
static void a_slow_client_gets_all_of_them(void **state)
{
    struct world *world = *state;
    size_t requests;

    fill_the_socket(world, &requests, true);
    assert_int_equal(world->served, requests);
    send_text(world, request);
    assert_int_equal(world->served, requests);
    shutdown(world->client, SHUT_WR);
    assert_int_equal(take_all(world), (requests + 1) * (sizeof answer - 1));
    assert_closed(world);
}

static void input_waits_until_it_has_been_taken(void **state)
{
    struct world *world = *state;
    size_t requests;
    const struct connection *connection = fill_the_socket(world, &requests, false);

    assert_int_equal(connection->unread.len, sizeof request - 1);
    assert_int_equal(world->served, requests - 1);
    shutdown(world->client, SHUT_WR);
    assert_int_equal(take_all(world), requests * (sizeof answer - 1));
    assert_closed(world);
}

static void a_slow_client_may_vanish(void **state)
{
    struct world *world = *state;
    size_t requests;

    fill_the_socket(world, &requests, false);
    close(world->client);
    send_all(world);
    assert_int_equal(world->clients.pool.count, 0);
    world->client = connect_client(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONNECTION_TEST(a_response_waits_for_the_end_of_the_turn),
        CONNECTION_TEST(it_does_not_wait_for_clients_that_wait_for_a_turn),
        CONNECTION_TEST(it_waits_after_a_turn_that_was_too_short_for_all),
        CONNECTION_TEST(what_another_takes_sends_it),
        CONNECTION_TEST(work_on_a_long_response_counts),
        CONNECTION_TEST(who_is_dropped_for_want_of_memory_has_been_answered),
        CONNECTION_TEST(the_last_of_several_waits),
        CONNECTION_TEST(more_input_sends_what_waits),
        CONNECTION_TEST(the_rest_of_a_request_of_another_sends_it),
        CONNECTION_TEST(long_input_of_another_sends_it),
        CONNECTION_TEST(the_end_of_input_comes_after_it),
        CONNECTION_TEST(a_stop_sends_it),
        CONNECTION_TEST(a_last_response_does_not_wait),
        CONNECTION_TEST(a_long_response_does_not_wait),
        CONNECTION_TEST(a_client_may_vanish),
        CONNECTION_TEST(a_slow_client_gets_all_of_them),
        CONNECTION_TEST(input_waits_until_it_has_been_taken),
        CONNECTION_TEST(a_slow_client_may_vanish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
