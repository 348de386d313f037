/* Responses leave together where many are served, in order, and none waits for long. */
#include "sim/net/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/http/limits.h"
#include "test/unit/vectors.h"

enum { CLIENTS = OUTBOX_RESPONSES + 1, LIMIT_NS = 1000, FRONT = 5 };

struct client {
    struct outbox_slot slot; /* first */
    struct world *world;
    int peer;
    ssize_t result;
    size_t order; /* of what was sent last, from 1 */
};

struct world {
    struct outbox outbox;
    struct buf holder; /* of responses */
    struct client clients[CLIENTS];
    size_t sent;
    struct client *leaves; /* when another one is sent to */
};

static void on_written(struct outbox_slot *slot, struct span bytes, ssize_t result)
{
    struct client *client = (struct client *)slot;
    struct world *world = client->world;

    assert_int_equal(slot->place, 0);
    assert_true(result < 0 || (size_t)result <= bytes.len);
    client->result = result;
    client->order = ++world->sent;
    if (world->leaves)
        outbox_forget(&world->outbox, &world->leaves->slot);
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    int pair[2];

    outbox_init(&world->outbox, LIMIT_NS);
    buf_init_front(&world->holder, SIZE_MAX, FRONT);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
        world->clients[i] = (struct client){
            .slot = {.descriptor = pair[0], .written = on_written}, .world = world, .peer = pair[1]};
    }
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < CLIENTS; i++) {
        close(world->clients[i].slot.descriptor);
        close(world->clients[i].peer);
    }
    buf_free(&world->holder);
    outbox_free(&world->outbox);
    free(world);
    return 0;
}

static bool takes(struct world *world, size_t len)
{
    return outbox_takes(&world->outbox, len);
}

static void put(struct world *world, size_t client, const char *text, uint64_t began, uint64_t now)
{
    struct span bytes;

    buf_append_text(&world->holder, text);
    bytes = span_of(world->holder.data - FRONT, FRONT + world->holder.len);
    memcpy(world->holder.data - FRONT, "front", FRONT);
    outbox_put(&world->outbox, &world->clients[client].slot, bytes, &world->holder, began, now);
    assert_int_equal(world->holder.len, 0);
}

static void assert_got(const struct world *world, size_t client, const char *text)
{
    char got[LIMIT_OUTBOX_RESPONSE_BYTES + 1];
    ssize_t len = recv(world->clients[client].peer, got, FRONT, 0);

    assert_int_equal(len, FRONT);
    assert_memory_equal(got, "front", FRONT);
    len = recv(world->clients[client].peer, got, sizeof got, 0);
    assert_int_equal(len < 0 ? 0 : len, strlen(text));
    assert_memory_equal(got, text, strlen(text));
}

static void assert_got_nothing(const struct world *world, size_t client)
{
    char byte;

    assert_int_equal(recv(world->clients[client].peer, &byte, 1, 0), -1);
}

static void it_takes_short_ones_after_a_turn_with_many(void **state)
{
    struct world *world = *state;
    struct outbox *outbox = &world->outbox;

    for (int i = 0; i < LIMIT_OUTBOX_MANY; i++)
        assert_false(takes(world, 1));
    outbox_begin_turn(outbox, false);
    for (int i = 1; i < LIMIT_OUTBOX_MANY; i++)
        assert_true(takes(world, LIMIT_OUTBOX_RESPONSE_BYTES));
    outbox_begin_turn(outbox, false);
    for (int i = 0; i < LIMIT_OUTBOX_MANY; i++)
        assert_false(takes(world, 1));
    outbox_begin_turn(outbox, false);
    assert_false(takes(world, LIMIT_OUTBOX_RESPONSE_BYTES + 1));
    outbox_begin_turn(outbox, false);
    assert_false(takes(world, 1));
}

static void half_as_many_are_many_if_clients_are_waiting(void **state)
{
    struct world *world = *state;
    struct outbox *outbox = &world->outbox;

    for (int i = 1; i < LIMIT_OUTBOX_MANY / 2; i++)
        assert_false(takes(world, 1));
    outbox_begin_turn(outbox, true);
    for (int i = 0; i < LIMIT_OUTBOX_MANY / 2; i++)
        assert_false(takes(world, 1));
    outbox_begin_turn(outbox, true);
    for (int i = 0; i < LIMIT_OUTBOX_MANY / 2; i++)
        assert_true(takes(world, 1));
    outbox_begin_turn(outbox, false);
    assert_false(takes(world, 1));
}

static void they_leave_in_order_at_the_end_of_the_turn(void **state)
{
    struct world *world = *state;

    put(world, 2, "two", 0, 1);
    put(world, 0, "", 1, 2);
    put(world, 1, "one", 2, 3);
    assert_int_equal(world->sent, 0);
    assert_true(world->clients[1].slot.place);
    assert_got_nothing(world, 2);
    outbox_begin_turn(&world->outbox, false);
    assert_int_equal(world->clients[2].order, 1);
    assert_int_equal(world->clients[0].order, 2);
    assert_int_equal(world->clients[1].order, 3);
    assert_got(world, 2, "two");
    put(world, 2, " more", 0, 1);
    outbox_send(&world->outbox);
    outbox_send(&world->outbox);
    assert_int_equal(world->sent, 4);
    assert_got(world, 0, "");
    assert_int_equal(world->clients[0].result, FRONT);
    assert_got(world, 1, "one");
    assert_got(world, 2, " more");
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
    char text[LIMIT_OUTBOX_BYTES / OUTBOX_RESPONSES - FRONT + 1] = "";

    memset(text, 'x', sizeof text - 1);
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

static void their_length_is_limited(void **state)
{
    struct world *world = *state;
    const uint32_t much = LIMIT_OUTBOX_BYTES / 4 - FRONT;

    for (size_t i = 0; i < 4; i++) {
        memset(buf_reserve(&world->holder, much), 'x', much);
        world->holder.len = much;
        put(world, i, "", 0, 0);
        assert_int_equal(world->sent, 0);
    }
    put(world, 4, "x", 0, 0);
    assert_int_equal(world->sent, 5);
    put(world, 5, "x", 0, 0);
    assert_int_equal(world->sent, 5);
}

static void what_a_socket_does_not_take_is_said(void **state)
{
    struct world *world = *state;
    struct client *full = &world->clients[1], *gone = &world->clients[2];
    const char byte = 'x';

    while (send(full->slot.descriptor, &byte, 1, 0) == 1)
        ;
    close(gone->peer);
    for (size_t i = 0; i < 4; i++)
        put(world, i, "it", 0, 0);
    outbox_send(&world->outbox);
    assert_int_equal(full->result, -EAGAIN);
    assert_int_equal(gone->result, -EPIPE);
    assert_got(world, 0, "it");
    assert_got(world, 3, "it");
}

static size_t capacity_of_all(const struct world *world)
{
    size_t capacity = 0;

    for (size_t i = 0; i < OUTBOX_RESPONSES; i++)
        capacity += world->outbox.items[i].holder.capacity;
    return capacity;
}

static void memory_is_used_again_and_freed_once_it_is_not(void **state)
{
    struct world *world = *state;
    uint8_t *memory;
    size_t capacity;

    put(world, 0, "one", 0, 0);
    memory = world->outbox.items[0].holder.data;
    outbox_send(&world->outbox);
    put(world, 0, "another", 0, 0);
    assert_ptr_equal(world->holder.data, memory);
    assert_int_equal(world->holder.front, FRONT);
    put(world, 1, "and another", 0, 0);
    outbox_send(&world->outbox);
    capacity = capacity_of_all(world);
    assert_true(outbox_shrink(&world->outbox));
    assert_int_equal(capacity_of_all(world), capacity);
    put(world, 0, "one", 0, 0);
    assert_true(outbox_shrink(&world->outbox)); /* not what waits */
    outbox_send(&world->outbox);
    assert_true(outbox_shrink(&world->outbox));
    assert_in_range(capacity_of_all(world), 1, capacity - 1);
    assert_false(outbox_shrink(&world->outbox));
    assert_int_equal(capacity_of_all(world), 0);
}

static void what_is_in_large_memory_is_copied(void **state)
{
    struct world *world = *state;
    const uint8_t *memory;

    assert_non_null(buf_reserve(&world->holder, LIMIT_KEPT_OUTPUT_BYTES + 1));
    memory = world->holder.data;
    put(world, 0, "here", 0, 0);
    put(world, 1, "and there", 0, 0);
    assert_ptr_equal(world->holder.data, memory);
    outbox_send(&world->outbox);
    assert_got(world, 0, "here");
    assert_got(world, 1, "and there");
    assert_in_range(capacity_of_all(world), 1, LIMIT_KEPT_OUTPUT_BYTES);
    put(world, 0, "again", 0, 0);
    outbox_send(&world->outbox);
    assert_got(world, 0, "again");
}

static void who_has_left_is_not_written_to(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < 4; i++)
        put(world, i, "it", 0, 0);
    outbox_forget(&world->outbox, &world->clients[0].slot);
    outbox_forget(&world->outbox, &world->clients[0].slot);
    outbox_forget(&world->outbox, &world->clients[4].slot);
    assert_false(world->clients[0].slot.place);
    outbox_send(&world->outbox);
    assert_int_equal(world->sent, 3);
    assert_got_nothing(world, 0);
    for (size_t i = 1; i < 4; i++)
        assert_got(world, i, "it");
    put(world, 0, "again", 0, 0);
    outbox_send(&world->outbox);
    assert_got(world, 0, "again");
}

static void who_leaves_meanwhile_is_told_nothing(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < 3; i++)
        put(world, i, "it", 0, 0);
    world->leaves = &world->clients[1];
    outbox_send(&world->outbox);
    assert_int_equal(world->sent, 2);
    assert_int_equal(world->clients[1].order, 0);
    assert_int_equal(world->clients[2].order, 2);
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
        OUTBOX_TEST(their_length_is_limited),
        OUTBOX_TEST(what_a_socket_does_not_take_is_said),
        OUTBOX_TEST(what_is_in_large_memory_is_copied),
        OUTBOX_TEST(memory_is_used_again_and_freed_once_it_is_not),
        OUTBOX_TEST(who_has_left_is_not_written_to),
        OUTBOX_TEST(who_leaves_meanwhile_is_told_nothing),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
