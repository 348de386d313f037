/* When a connection reads, writes and closes. */
#include "test/unit/connection_fixture.h"

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
    assert_int_equal(world->clients.pool.count, 1);
    tick_after(world, LIMIT_WRITE_MS);
    run(world);
    assert_int_equal(world->clients.pool.count, 0);
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
    assert_int_equal(world->clients.pool.count, 1);
    tick_after(world, 500); /* a client that still sends would be reset, and might not see the answer */
    run(world);
    send_text(world, "and more");
    assert_int_equal(world->clients.pool.count, 1);
    tick_after(world, LIMIT_DRAIN_MS);
    run(world);
    assert_int_equal(world->clients.pool.count, 0);
}

static void all_that_came_before_the_end_is_answered(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\nGET /big HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET /");
    shutdown(world->client, SHUT_WR);
    assert_true(take_all(world) > 2 * RESPONSE_BYTES);
    assert_int_equal(world->served, 3);
    assert_int_equal(world->clients.pool.count, 0);
}

static void a_client_may_vanish_at_any_moment(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\nGET /big HTTP/1.1\r\n\r\n");
    close(world->client);
    run(world);
    assert_int_equal(world->clients.pool.count, 0);
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
    pool_end(&world->clients.pool, NULL);
    run(world);
    assert_int_equal(world->clients.pool.count, 1);
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
    pool_end(&world->clients.pool, NULL);
    assert_true(take_all(world) > RESPONSE_BYTES);
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

static void a_stop_answers_one_more_that_says_it_is_the_last(void **state)
{
    struct world *world = *state;

    send_text(world, "GET /big HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    pool_end(&world->clients.pool, NULL);
    assert_true(take_all(world) > RESPONSE_BYTES);
    assert_int_equal(world->served, 2);
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

/* Others have their turn in between, and a stop too. */
static void a_client_that_pipelines_is_served_in_turns(void **state)
{
    struct world *world = *state;
    enum { COUNT = 50 }; /* whose answers fit the socket */
    static const char request[] = "GET / HTTP/1.1\r\n\r\n";
    struct buf text;

    world->clients.turn_ns = 0;
    buf_init(&text, SIZE_MAX);
    for (int i = 0; i < COUNT; i++)
        buf_append_text(&text, request);
    assert_int_equal(send(world->client, text.data, text.len, 0), text.len);
    uv_run(&world->loop, UV_RUN_NOWAIT);
    run(world);
    assert_int_equal(world->served, 1);
    run_turn(world);
    assert_int_equal(world->served, 2);
    pool_end(&world->clients.pool, NULL);
    assert_int_equal(world->clients.pool.count, 1);
    run_turn(world);
    assert_int_equal(world->served, 3);
    buf_free(&text);
}

/* This one, and later ones as soon as something has been done in them. */
static void use_up_the_turn(struct world *world)
{
    world->clients.turns.limit_ns = 0;
    turns_begin(&world->clients.turns);
    (void)turns_are_over(&world->clients.turns, uv_hrtime());
}

static void clients_wait_for_a_turn_of_the_loop(void **state)
{
    struct world *world = *state;
    static const char request[] = "GET / HTTP/1.1\r\n\r\n";
    const int others[] = {connect_client(world), connect_client(world)};
    char byte[1];

    use_up_the_turn(world);
    send_text(world, request);
    for (int i = 0; i < 2; i++)
        assert_int_equal(send(others[i], request, sizeof request - 1, 0), sizeof request - 1);
    run(world);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(world->served, i);
        run_turn(world);
    }
    assert_int_equal(world->served, 3);
    assert_answered(world, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(recv(others[i], byte, 1, 0), 1);
        close(others[i]);
    }
}

/* There may be thousands that do not wait, and a thousand turns a second. */
static void a_turn_looks_only_at_clients_that_wait_for_one(void **state)
{
    struct world *world = *state;
    const int other = connect_client(world); /* the first one of the pool */

    world->clients.pool.first->deadline = 0;
    use_up_the_turn(world);
    send_text(world, "GET / HTTP/1.1\r\n\r\n");
    run(world);
    run_turn(world);
    assert_int_equal(world->served, 1);
    assert_int_equal(world->clients.pool.count, 2);
    tick_after(world, 0);
    run(world);
    assert_int_equal(world->clients.pool.count, 1);
    close(other);
}

static struct connection *wait_in_a_large_response(struct world *world)
{
    struct connection *connection = (struct connection *)world->clients.pool.first;
    char *text = malloc(RESPONSE_BYTES);
    size_t unsent;

    send_text(world, "GET /big HTTP/1.1\r\n\r\n");
    unsent = connection->unsent_len;
    assert_true(unsent > 2 * LIMIT_WRITE_BYTES);
    use_up_the_turn(world);
    while (receive(world, text, RESPONSE_BYTES) > 0)
        continue;
    free(text);
    run(world);
    assert_true(connection->turn.is_waiting);
    assert_int_equal(connection->unsent_len, unsent - LIMIT_WRITE_BYTES);
    return connection;
}

static void a_large_response_is_written_in_parts_in_turns(void **state)
{
    struct world *world = *state;
    const struct connection *connection = wait_in_a_large_response(world);
    const size_t unsent = connection->unsent_len;

    tick_after(world, 0);
    run(world);
    assert_true(connection->turn.is_waiting);
    assert_int_equal(connection->unsent_len, unsent - LIMIT_WRITE_BYTES);
    world->clients.turns.limit_ns = UINT64_MAX / 2;
    turns_begin(&world->clients.turns);
    tick_after(world, 0);
    pool_end(&world->clients.pool, NULL);
    assert_int_equal(take_all(world), unsent + LIMIT_WRITE_BYTES);
}

static void a_client_that_waits_to_be_written_to_is_closed_by_a_stop(void **state)
{
    struct world *world = *state;

    (void)wait_in_a_large_response(world);
    pool_end(&world->clients.pool, NULL);
    assert_int_equal(world->clients.pool.count, 1);
    tick_after(world, LIMIT_STOP_MS);
    assert_null(world->clients.turns.first);
    run(world);
    assert_int_equal(world->clients.pool.count, 0);
}

static void a_client_may_leave_while_it_waits_for_its_turn(void **state)
{
    struct world *world = *state;

    use_up_the_turn(world);
    send_text(world, "GET / HTTP/1.1\r\n\r\n");
    tick_after(world, LIMIT_IDLE_MS + LIMIT_REQUEST_MS); /* no deadline counts while it waits for others */
    assert_int_equal(world->clients.pool.count, 1);
    send_text(world, "GET / HTTP/1.1\r\n\r\n");
    close_all(&world->clients.pool);
    assert_null(world->clients.turns.first);
    run(world);
    assert_int_equal(world->clients.pool.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONNECTION_TEST(an_idle_client_is_closed_in_time_not_early),
        CONNECTION_TEST(a_slow_request_is_told_so),
        CONNECTION_TEST(a_client_that_does_not_read_is_closed),
        CONNECTION_TEST(after_the_last_answer_it_waits_for_the_client_but_not_long),
        CONNECTION_TEST(all_that_came_before_the_end_is_answered),
        CONNECTION_TEST(a_client_may_vanish_at_any_moment),
        CONNECTION_TEST(a_stop_closes_the_idle_and_finishes_the_busy),
        CONNECTION_TEST(a_stop_lets_a_response_be_taken),
        CONNECTION_TEST(a_stop_answers_one_more_that_says_it_is_the_last),
        CONNECTION_TEST(a_client_that_pipelines_is_served_in_turns),
        CONNECTION_TEST(clients_wait_for_a_turn_of_the_loop),
        CONNECTION_TEST(a_turn_looks_only_at_clients_that_wait_for_one),
        CONNECTION_TEST(a_large_response_is_written_in_parts_in_turns),
        CONNECTION_TEST(a_client_that_waits_to_be_written_to_is_closed_by_a_stop),
        CONNECTION_TEST(a_client_may_leave_while_it_waits_for_its_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
