/* How a connection sends a body that is made while it is sent. */
#include "test/unit/connection_fixture.h"

#define REQUEST "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD_TEXT "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

/* A log of which the test adds lines. */
struct log {
    struct http_stream stream;
    char waiting[100]; /* to be sent */
    size_t big;        /* bytes still to be sent without a wait */
    bool has_ended;
    bool is_open;
};

static struct log the_log;

static enum http_stream_state pull(struct http_stream *stream, struct buf *out)
{
    struct log *log = (struct log *)stream;

    if (log->big) {
        memset(buf_reserve(out, HTTP_STREAM_PIECE_BYTES), 'x', HTTP_STREAM_PIECE_BYTES);
        out->len += HTTP_STREAM_PIECE_BYTES;
        log->big -= HTTP_STREAM_PIECE_BYTES;
        return HTTP_STREAM_MORE;
    }
    buf_append_text(out, log->waiting);
    log->waiting[0] = '\0';
    return log->has_ended ? HTTP_STREAM_END : HTTP_STREAM_WAIT;
}

static void release(struct http_stream *stream)
{
    assert_true(((struct log *)stream)->is_open);
    ((struct log *)stream)->is_open = false;
}

static const struct http_stream_actions actions = {pull, release};

static void follow(void *context, struct exchange *exchange)
{
    the_log.stream.actions = &actions;
    the_log.is_open = true;
    exchange->response.stream = &the_log.stream;
    exchange->response.fault = ((struct world *)context)->fault;
}

static int set_up_log(void **state)
{
    struct world *world;

    if (set_up(state))
        return -1;
    the_log = (struct log){.waiting = ""};
    world = *state;
    close(world->client);
    run(world);
    world->origin.handler.serve = follow;
    world->client = connect_client(world);
    return 0;
}

static int tear_down_log(void **state)
{
    return tear_down(state) || the_log.is_open ? -1 : 0;
}

static void say(struct world *world, const char *text)
{
    strcpy(the_log.waiting, text);
    http_stream_wake(&the_log.stream);
    run_turn(world);
}

static void pieces_come_as_they_are_made(void **state)
{
    struct world *world = *state;

    send_text(world, REQUEST);
    assert_answered(world, HEAD_TEXT);
    tick_after(world, 100 * LIMIT_IDLE_MS);
    assert_open(world);
    say(world, "hello");
    assert_answered(world, "5\r\nhello\r\n");
    assert_int_equal(world->answers, 0);
    the_log.has_ended = true;
    say(world, "bye");
    assert_answered(world, "3\r\nbye\r\n0\r\n\r\n");
    assert_false(the_log.is_open);
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->answer.body_bytes, 8);
    assert_int_equal(http_answer_status(&world->answer), 200);
}

static void what_comes_meanwhile_waits(void **state)
{
    struct world *world = *state;

    send_text(world, REQUEST REQUEST);
    assert_answered(world, HEAD_TEXT);
    send_text(world, REQUEST);
    assert_open(world);
    the_log.has_ended = true;
    say(world, "1");
    assert_answered(world, "1\r\n1\r\n0\r\n\r\n" HEAD_TEXT "0\r\n\r\n" HEAD_TEXT "0\r\n\r\n");
    assert_int_equal(world->answers, 3);
}

static void a_client_that_leaves_is_noticed(void **state)
{
    struct world *world = *state;

    send_text(world, REQUEST);
    assert_answered(world, HEAD_TEXT);
    say(world, "1");
    assert_answered(world, "1\r\n1\r\n");
    shutdown(world->client, SHUT_WR);
    run(world);
    assert_closed(world);
    assert_false(the_log.is_open);
    assert_int_equal(world->answers, 1);
}

static void a_slow_reader_holds_one_piece(void **state)
{
    struct world *world = *state;
    const size_t whole = 64 * (size_t)HTTP_STREAM_PIECE_BYTES;

    the_log.big = whole;
    the_log.has_ended = true;
    send_text(world, REQUEST);
    assert_true(the_log.big > whole / 2);
    assert_true(world->clients.pool.held < 2 * HTTP_STREAM_PIECE_BYTES);
    send_text(world, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_true(take_all(world) > whole);
    assert_int_equal(world->answers, 2);
}

static void a_reader_that_stops_reading_is_dropped(void **state)
{
    struct world *world = *state;

    the_log.big = 64 * (size_t)HTTP_STREAM_PIECE_BYTES;
    send_text(world, REQUEST);
    tick_after(world, LIMIT_WRITE_MS + 1);
    run(world);
    assert_int_equal(world->clients.pool.count, 0);
    assert_false(the_log.is_open);
    assert_int_equal(world->answers, 1);
}

static void the_end_of_the_server_ends_it(void **state)
{
    struct world *world = *state;

    send_text(world, REQUEST);
    assert_answered(world, HEAD_TEXT);
    pool_end(&world->clients.pool, NULL);
    tick_after(world, 0);
    run(world);
    assert_answered(world, "0\r\n\r\n");
    assert_int_equal(receive(world, (char[2]){0}, 2), 0);
}

static void a_wait_may_have_an_end(void **state)
{
    struct world *world = *state;

    the_log.stream.wait_ms = 5000;
    send_text(world, REQUEST);
    assert_answered(world, HEAD_TEXT);
    strcpy(the_log.waiting, "heartbeat");
    tick_after(world, 4000);
    assert_open(world);
    tick_after(world, 5001);
    run(world);
    assert_answered(world, "9\r\nheartbeat\r\n");
}

static void a_delayed_stream_begins_late(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.delay_ms = 1000};
    send_text(world, REQUEST);
    assert_open(world);
    tick_after(world, 1001);
    run(world);
    assert_answered(world, HEAD_TEXT);
}

static void a_dropped_stream_is_released(void **state)
{
    struct world *world = *state;

    world->fault = (struct http_fault){.drop = true};
    send_text(world, REQUEST);
    assert_closed(world);
    assert_false(the_log.is_open);
    assert_int_equal(world->answers, 1);
}

#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_log, tear_down_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STREAM_TEST(pieces_come_as_they_are_made),
        STREAM_TEST(what_comes_meanwhile_waits),
        STREAM_TEST(a_client_that_leaves_is_noticed),
        STREAM_TEST(a_slow_reader_holds_one_piece),
        STREAM_TEST(a_reader_that_stops_reading_is_dropped),
        STREAM_TEST(the_end_of_the_server_ends_it),
        STREAM_TEST(a_wait_may_have_an_end),
        STREAM_TEST(a_delayed_stream_begins_late),
        STREAM_TEST(a_dropped_stream_is_released),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
