/* Requests that are held until another program has answered. */
#include "test/unit/connection_fixture.h"

#include "sim/http/http_hold.h"

/* What the handler holds a request with, as many times as asked. */
struct inquiry {
    struct http_hold hold;
    int left; /* how often it is held again */
    int *released;
};

struct desk {
    struct world *world;
    struct inquiry *inquiry; /* the last one */
    int times;
    int served, released;
};

static struct desk desk;

static void release(struct http_hold *hold)
{
    struct inquiry *inquiry = (struct inquiry *)hold;

    (*inquiry->released)++;
    desk.inquiry = NULL;
    free(inquiry);
}

static void serve_held(void *context, struct exchange *exchange)
{
    struct inquiry *inquiry = (struct inquiry *)exchange->hold;

    desk.served++;
    if (span_is(exchange->request.path, "/now")) {
        buf_append_text(exchange->response.body, "now");
        return;
    }
    if (!inquiry) {
        inquiry = calloc(1, sizeof *inquiry);
        *inquiry =
            (struct inquiry){.hold = {.release = release}, .left = desk.times, .released = &desk.released};
        desk.inquiry = inquiry;
    }
    if (inquiry->left-- > 0) {
        exchange->response.hold = &inquiry->hold;
        return;
    }
    buf_append_span(exchange->response.body, exchange->request.body);
}

static int start(void **state)
{
    int result = set_up(state);

    desk = (struct desk){.world = *state, .times = 1};
    /* The client of the fixture has the handler of the fixture. */
    desk.world->origin.handler.serve = serve_held;
    close(desk.world->client);
    run(desk.world);
    desk.world->client = connect_client(desk.world);
    return result;
}

static void wake(struct world *world)
{
    http_hold_wake(&desk.inquiry->hold);
    run_turn(world);
}

#define HELD_REQUEST "POST /later HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"

static void a_held_request_is_served_again(void **state)
{
    struct world *world = *state;

    send_text(world, HELD_REQUEST);
    assert_open(world);
    assert_int_equal(desk.served, 1);
    wake(world);
    assert_answered(world, "HTTP/1.1 200 OK\r\n");
    assert_int_equal(desk.served, 2);
    assert_int_equal(desk.released, 1);
    send_text(world, "GET /now HTTP/1.1\r\n\r\n");
    assert_answered(world, "HTTP/1.1 200 OK\r\n");
}

static void it_may_be_held_more_than_once(void **state)
{
    struct world *world = *state;

    desk.times = 3;
    send_text(world, HELD_REQUEST);
    for (int i = 0; i < 3; i++) {
        assert_open(world);
        wake(world);
    }
    assert_answered(world, "HTTP/1.1 200 OK\r\n");
    assert_int_equal(desk.served, 4);
    assert_int_equal(desk.released, 1);
}

static void what_follows_waits(void **state)
{
    struct world *world = *state;

    send_text(world, HELD_REQUEST "GET /now HTTP/1.1\r\n\r\n");
    send_text(world, "GET /now HTTP/1.1\r\n\r\n");
    assert_int_equal(desk.served, 1);
    wake(world);
    assert_int_equal(desk.served, 4);
    assert_answered(world, "HTTP/1.1 200 OK\r\n");
}

static void it_has_all_the_time_it_needs(void **state)
{
    struct world *world = *state;

    send_text(world, HELD_REQUEST);
    tick_after(world, LIMIT_IDLE_MS * 2);
    assert_open(world);
    wake(world);
    assert_answered(world, "HTTP/1.1 200 OK\r\n");
}

static void a_client_that_leaves_lets_it_go(void **state)
{
    struct world *world = *state;

    send_text(world, HELD_REQUEST);
    close_all(&world->clients.pool);
    run(world);
    assert_int_equal(desk.released, 1);
    assert_int_equal(world->clients.pool.count, 0);
}

static void a_client_that_sends_no_more_is_answered(void **state)
{
    struct world *world = *state;

    send_text(world, HELD_REQUEST);
    shutdown(world->client, SHUT_WR);
    assert_open(world);
    wake(world);
    assert_answered(world, "HTTP/1.1 200 OK\r\n");
    assert_closed(world);
}

static void stopping_does_not_wait_for_ever(void **state)
{
    struct world *world = *state;

    send_text(world, HELD_REQUEST);
    pool_end(&world->clients.pool, NULL);
    assert_open(world);
    tick_after(world, LIMIT_STOP_MS);
    run(world);
    assert_int_equal(world->clients.pool.count, 0);
    assert_int_equal(desk.released, 1);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_held_request_is_served_again),
        WITH(it_may_be_held_more_than_once),
        WITH(what_follows_waits),
        WITH(it_has_all_the_time_it_needs),
        WITH(a_client_that_leaves_lets_it_go),
        WITH(a_client_that_sends_no_more_is_answered),
        WITH(stopping_does_not_wait_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
