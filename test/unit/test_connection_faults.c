/* What a fault does to the way of a response. */
#include "test/unit/connection_fixture.h"

#define REQUEST "GET / HTTP/1.1\r\n\r\n"
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* What the observer was told of the latest answer, which is the number-th. */
static const struct http_answer *observed(const struct world *world, size_t number)
{
    assert_int_equal(world->answers, number);
    return &world->answer;
}

static void a_delayed_response_comes_in_time_not_early(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST);
    assert_int_equal(world->served, 1);
    assert_int_equal(world->tick_in, 1000);
    tick_after(world, 500);
    assert_in_range(world->tick_in, 1, 500);
    assert_open(world);
    assert_int_equal(world->answers, 0);
    tick_after(world, 1001);
    run(world);
    assert_answered(world, ANSWER);
    assert_string_equal(http_answer_note(observed(world, 1)), "delayed");
    assert_int_equal(http_answer_status(observed(world, 1)), 200);
    world->fault = (struct http_fault){.drop = false};
    send_text(world, REQUEST);
    assert_answered(world, ANSWER);
}

static void what_comes_behind_a_delayed_one_waits(void **state)
{
    struct world *world = *state;
    char text[200];

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST REQUEST);
    send_text(world, REQUEST);
    assert_int_equal(world->served, 1);
    world->fault = (struct http_fault){.drop = false};
    tick_after(world, 1001);
    run(world);
    assert_int_equal(world->served, 3);
    assert_int_equal(receive(world, text, sizeof text), 3 * strlen(ANSWER));
}

/* Longer than what any other deadline allows. */
static void a_long_delay_is_no_idle_client(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.delay_ms = 10 * LIMIT_IDLE_MS};
    send_text(world, REQUEST);
    tick_after(world, 9 * LIMIT_IDLE_MS);
    assert_open(world);
    tick_after(world, 11 * LIMIT_IDLE_MS);
    run(world);
    assert_answered(world, ANSWER);
}

static void other_clients_do_not_wait(void **state)
{
    struct world *world = *state;
    int waiting = world->client;

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST);
    world->fault = (struct http_fault){.drop = false};
    world->client = connect_client(world);
    send_text(world, REQUEST);
    assert_answered(world, ANSWER);
    close(world->client);
    world->client = waiting;
}

static void a_stop_ends_the_waiting(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.delay_ms = 600000};
    send_text(world, REQUEST);
    pool_end(&world->clients.pool, NULL);
    run(world);
    assert_answered(world, ANSWER);
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

static void a_stop_ends_the_waiting_of_what_comes_behind(void **state)
{
    struct world *world = *state;
    char text[200];

    world->fault = (struct http_fault){.delay_ms = 600000};
    send_text(world, REQUEST REQUEST);
    assert_int_equal(world->served, 1);
    pool_end(&world->clients.pool, NULL);
    run(world);
    assert_int_equal(world->served, 2);
    assert_int_equal(receive(world, text, sizeof text),
                     strlen(ANSWER ANSWER) + strlen("Connection: close\r\n"));
    shutdown(world->client, SHUT_WR);
    assert_closed(world);
}

static void a_client_may_leave_while_its_response_waits(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST);
    close(world->client);
    run(world);
    assert_int_equal(world->clients.pool.count, 0); /* long before the time has come */
    assert_string_equal(http_answer_note(observed(world, 1)), "delayed");
    world->fault = (struct http_fault){.drop = false};
    world->client = connect_client(world);
    send_text(world, REQUEST);
    assert_answered(world, ANSWER);
}

static void a_client_that_has_said_all_gets_its_answer_at_once(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST REQUEST);
    shutdown(world->client, SHUT_WR);
    assert_int_equal(take_all(world), 2 * strlen(ANSWER));
    assert_int_equal(world->clients.pool.count, 0);
}

static void what_waits_behind_another_counts_among_what_is_held(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST "GET /big HTTP/1.1\r\n\r\n");
    assert_in_range(world->clients.pool.held, strlen(ANSWER), RESPONSE_BYTES / 2);
    tick_after(world, 1001);
    run(world);
    assert_int_equal(world->served, 2);
    assert_in_range(world->clients.pool.held, RESPONSE_BYTES, 2 * RESPONSE_BYTES);
}

/* Input goes on being read, to see its end, but not without a bound. */
static void a_client_that_waits_may_not_send_for_ever(void **state)
{
    struct world *world = *state;
    static char many[LIMIT_READ_BYTES];
    ssize_t sent = 0, taken = 0;

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST);
    memset(many, '\n', sizeof many);
    while ((sent = send(world->client, many, sizeof many, MSG_NOSIGNAL)) > 0 &&
           taken < 64 * LIMIT_READ_BYTES) {
        taken += sent;
        run(world);
    }
    assert_true(taken < 64 * LIMIT_READ_BYTES);
    assert_in_range(world->clients.pool.held, LIMIT_READ_BYTES, 4 * LIMIT_READ_BYTES);
}

static void a_dropped_one_gets_nothing(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.drop = true};
    send_text(world, REQUEST REQUEST);
    assert_closed(world);
    assert_int_equal(world->served, 1);
    assert_string_equal(http_answer_note(observed(world, 1)), "dropped");
    assert_int_equal(http_answer_status(observed(world, 1)), 0);
}

static void a_dropped_one_may_be_delayed_first(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.drop = true, .delay_ms = 1000};
    send_text(world, REQUEST);
    assert_open(world);
    tick_after(world, 1001);
    assert_closed(world);
    assert_string_equal(http_answer_note(observed(world, 1)), "delayed, dropped");
}

static void a_cut_one_ends_in_its_middle(void **state)
{
    struct world *world = *state;
    char text[200];

    world->fault = (struct http_fault){.cut = true};
    send_text(world, REQUEST REQUEST);
    assert_int_equal(receive(world, text, sizeof text), strlen(ANSWER) - 1);
    assert_int_equal(receive(world, text, sizeof text), 0);
    assert_int_equal(world->served, 1);
    assert_string_equal(http_answer_note(observed(world, 1)), "cut");
    assert_int_equal(http_answer_bytes(observed(world, 1)), 1);
}

static void one_that_fails_is_told_from_others(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.fails = true};
    send_text(world, REQUEST);
    assert_answered(world, ANSWER);
    assert_string_equal(http_answer_note(observed(world, 1)), "failed");
    world->fault = (struct http_fault){.fails = true, .delay_ms = 5};
    send_text(world, REQUEST);
    tick_after(world, 6);
    run(world);
    assert_answered(world, ANSWER);
    assert_string_equal(http_answer_note(observed(world, 2)), "delayed, failed");
}

/* More than the socket takes at once. */
static void a_large_one_is_cut_in_half(void **state)
{
    struct world *world = *state;
    size_t sum;

    world->fault = (struct http_fault){.cut = true, .delay_ms = 5};
    send_text(world, "GET /big HTTP/1.1\r\n\r\n");
    tick_after(world, 6);
    sum = take_all(world);
    assert_in_range(sum, RESPONSE_BYTES / 2, RESPONSE_BYTES / 2 + 200);
    assert_string_equal(http_answer_note(observed(world, 1)), "delayed, cut");
}

static void a_head_alone_is_cut_too(void **state)
{
    struct world *world = *state;
    char text[200];
    ssize_t len;

    world->fault = (struct http_fault){.cut = true};
    send_text(world, "HEAD / HTTP/1.1\r\n\r\n");
    len = receive(world, text, sizeof text);
    assert_true(len > 0 && !strstr(text, "\r\n\r\n"));
    assert_int_equal(receive(world, text, sizeof text), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONNECTION_TEST(a_delayed_response_comes_in_time_not_early),
        CONNECTION_TEST(what_comes_behind_a_delayed_one_waits),
        CONNECTION_TEST(a_long_delay_is_no_idle_client),
        CONNECTION_TEST(other_clients_do_not_wait),
        CONNECTION_TEST(a_stop_ends_the_waiting),
        CONNECTION_TEST(a_stop_ends_the_waiting_of_what_comes_behind),
        CONNECTION_TEST(a_client_may_leave_while_its_response_waits),
        CONNECTION_TEST(a_client_that_has_said_all_gets_its_answer_at_once),
        CONNECTION_TEST(what_waits_behind_another_counts_among_what_is_held),
        CONNECTION_TEST(a_client_that_waits_may_not_send_for_ever),
        CONNECTION_TEST(a_dropped_one_gets_nothing),
        CONNECTION_TEST(a_dropped_one_may_be_delayed_first),
        CONNECTION_TEST(one_that_fails_is_told_from_others),
        CONNECTION_TEST(a_cut_one_ends_in_its_middle),
        CONNECTION_TEST(a_large_one_is_cut_in_half),
        CONNECTION_TEST(a_head_alone_is_cut_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
