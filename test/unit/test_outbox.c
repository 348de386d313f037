/* Responses leave together where many are served, in order, and none waits for long. */
#include "sim/net/outbox.h"

#include "sim/http/limits.h"
#include "test/unit/vectors.h"

enum { CLIENTS = OUTBOX_RESPONSES + 1, LIMIT_NS = 1000 };

struct client {
    struct outbox_slot slot; /* first */
    struct world *world;
    struct buf got;
    size_t order; /* of what was sent last, from 1 */
};

struct world {
    struct outbox outbox;
    struct client clients[CLIENTS];
    size_t sent;
    struct client *leaves; /* when another one is sent to */
};

static void on_send(struct outbox_slot *slot, struct span bytes)
{
    struct client *client = (struct client *)slot;
    struct world *world = client->world;

    assert_int_equal(slot->place, 0);
    client->order = ++world->sent;
    buf_append_span(&client->got, bytes);
    if (world->leaves)
        outbox_forget(&world->outbox, &world->leaves->slot);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    outbox_init(&world->outbox, LIMIT_NS);
    for (size_t i = 0; i < CLIENTS; i++) {
        world->clients[i] = (struct client){.slot = {.send = on_send}, .world = world};
        buf_init(&world->clients[i].got, SIZE_MAX);
    }
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < CLIENTS; i++)
        buf_free(&world->clients[i].got);
    outbox_free(&world->outbox);
    free(world);
    return 0;
}

static void put(struct world *world, size_t client, const char *text, uint64_t began, uint64_t now)
{
    outbox_put(&world->outbox, &world->clients[client].slot, span_text(text), began, now);
}

static void assert_got(const struct world *world, size_t client, const char *text)
{
    assert_true(span_is(buf_span(&world->clients[client].got), text));
}

static void it_takes_short_ones_after_a_turn_with_many(void **state)
{
    struct outbox *outbox = &((struct world *)*state)->outbox;

    for (int i = 0; i < LIMIT_OUTBOX_MANY; i++)
        assert_false(outbox_takes(outbox, 1));
    outbox_begin_turn(outbox, false);
    for (int i = 1; i < LIMIT_OUTBOX_MANY; i++)
        assert_true(outbox_takes(outbox, LIMIT_OUTBOX_RESPONSE_BYTES));
    outbox_begin_turn(outbox, false);
    for (int i = 0; i < LIMIT_OUTBOX_MANY; i++)
        assert_false(outbox_takes(outbox, 1));
    outbox_begin_turn(outbox, false);
    assert_false(outbox_takes(outbox, LIMIT_OUTBOX_RESPONSE_BYTES + 1));
    outbox_begin_turn(outbox, false);
    assert_false(outbox_takes(outbox, 1));
}

static void half_as_many_are_many_if_clients_are_waiting(void **state)
{
    struct outbox *outbox = &((struct world *)*state)->outbox;

    for (int i = 1; i < LIMIT_OUTBOX_MANY / 2; i++)
        assert_false(outbox_takes(outbox, 1));
    outbox_begin_turn(outbox, true);
    for (int i = 0; i < LIMIT_OUTBOX_MANY / 2; i++)
        assert_false(outbox_takes(outbox, 1));
    outbox_begin_turn(outbox, true);
    for (int i = 0; i < LIMIT_OUTBOX_MANY / 2; i++)
        assert_true(outbox_takes(outbox, 1));
    outbox_begin_turn(outbox, false);
    assert_false(outbox_takes(outbox, 1));
}

static void they_leave_in_order_at_the_end_of_the_turn(void **state)
{
    struct world *world = *state;

    put(world, 2, "two", 0, 1);
    put(world, 0, "", 1, 2);
    put(world, 1, "one", 2, 3);
    assert_int_equal(world->sent, 0);
    assert_true(world->clients[1].slot.place);
    outbox_begin_turn(&world->outbox, false);
    assert_int_equal(world->clients[2].order, 1);
    assert_int_equal(world->clients[0].order, 2);
    assert_int_equal(world->clients[1].order, 3);
    put(world, 2, " more", 0, 1);
    outbox_send(&world->outbox);
    outbox_send(&world->outbox);
    assert_int_equal(world->sent, 4);
    assert_got(world, 0, "");
    assert_got(world, 1, "one");
    assert_got(world, 2, "two more");
}

static void the_work_on_them_is_limited(void **state)
{
    struct world *world = *state;
    const uint64_t half = LIMIT_NS / 2;

    put(world, 0, "0", 100, 100 + half); /* one more that takes as long is not too much */
    assert_int_equal(world->sent, 0);
    put(world, 1, "1", 100 + half, 100 + 2 * half);
    assert_int_equal(world->sent, 2);
    put(world, 2, "2", 100, 101 + half);
    assert_int_equal(world->sent, 3);
    put(world, 3, "3", 5000, 5010);
    put(world, 4, "4", 5000 + LIMIT_NS - 10, 5000 + LIMIT_NS - 5);
    assert_int_equal(world->sent, 3);
    put(world, 5, "5", 5000 + LIMIT_NS - 5, 5000 + LIMIT_NS - 2);
    assert_int_equal(world->sent, 6);
}

static void other_work_counts_too(void **state)
{
    struct world *world = *state;

    outbox_send_in_time(&world->outbox, LIMIT_NS * 9);
    put(world, 0, "0", 100, 110);
    outbox_send_in_time(&world->outbox, 100 + LIMIT_NS);
    assert_int_equal(world->sent, 0);
    outbox_send_in_time(&world->outbox, 101 + LIMIT_NS);
    assert_int_equal(world->sent, 1);
    outbox_send_in_time(&world->outbox, LIMIT_NS * 9);
    assert_int_equal(world->sent, 1);
}

static void their_number_is_limited(void **state)
{
    struct world *world = *state;
    char text[LIMIT_OUTBOX_RESPONSE_BYTES + 1] = "";

    memset(text, 'x', LIMIT_OUTBOX_RESPONSE_BYTES);
    for (size_t i = 0; i < OUTBOX_RESPONSES; i++) {
        assert_int_equal(world->sent, 0);
        put(world, i, text, 0, 0);
    }
    assert_int_equal(world->sent, OUTBOX_RESPONSES);
    for (size_t i = 0; i < OUTBOX_RESPONSES; i++)
        assert_got(world, i, text);
    put(world, OUTBOX_RESPONSES, "last", 0, 0);
    outbox_send(&world->outbox);
    assert_got(world, OUTBOX_RESPONSES, "last");
}

static void who_leaves_is_not_sent_to_and_the_others_are(void **state)
{
    struct world *world = *state;

    put(world, 0, "zero", 0, 0);
    put(world, 1, "one", 0, 0);
    put(world, 2, "two", 0, 0);
    put(world, 3, "three", 0, 0);
    outbox_forget(&world->outbox, &world->clients[0].slot);
    outbox_forget(&world->outbox, &world->clients[0].slot);
    outbox_forget(&world->outbox, &world->clients[4].slot);
    assert_false(world->clients[0].slot.place);
    world->leaves = &world->clients[2];
    outbox_send(&world->outbox);
    assert_int_equal(world->sent, 2);
    assert_got(world, 1, "one");
    assert_got(world, 3, "three");
    put(world, 0, "again", 0, 0);
    outbox_send(&world->outbox);
    assert_got(world, 0, "again");
}

#define OUTBOX_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUTBOX_TEST(it_takes_short_ones_after_a_turn_with_many),
        OUTBOX_TEST(half_as_many_are_many_if_clients_are_waiting),
        OUTBOX_TEST(they_leave_in_order_at_the_end_of_the_turn),
        OUTBOX_TEST(the_work_on_them_is_limited),
        OUTBOX_TEST(other_work_counts_too),
        OUTBOX_TEST(their_number_is_limited),
        OUTBOX_TEST(who_leaves_is_not_sent_to_and_the_others_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
