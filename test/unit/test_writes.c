/* Several sockets are written to at once, and each result is that of its own write. */
#include "sim/net/writes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test/unit/vectors.h"

struct world {
    struct writes writes;
    struct writes_item items[WRITES_MAX];
    int peers[WRITES_MAX];
};

static int set_up(void **state, bool is_unavailable)
{
    struct world *world = calloc(1, sizeof *world);
    int pair[2];

    writes_init(&world->writes);
    world->writes.is_unavailable = is_unavailable;
    for (size_t i = 0; i < WRITES_MAX; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
        assert_int_equal(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
        world->items[i] = (struct writes_item){.descriptor = pair[0]};
        world->peers[i] = pair[1];
    }
    *state = world;
    return 0;
}

static int set_up_together(void **state)
{
    return set_up(state, false);
}

static int set_up_alone(void **state)
{
    return set_up(state, true);
}

static int tear_down(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < WRITES_MAX; i++) {
        close(world->items[i].descriptor);
        close(world->peers[i]);
    }
    writes_free(&world->writes);
    free(world);
    return 0;
}

/* Each item gets the first bytes of a text, one more than the one before. */
static void send_some(struct world *world, size_t count)
{
    static const char text[] = "0123456789012345678901234567890123456789012345678901234567890123456789";

    for (size_t i = 0; i < count; i++)
        world->items[i].bytes = span_of(text, i);
    writes_send(&world->writes, world->items, count);
}

static void assert_received(const struct world *world, size_t i)
{
    char got[WRITES_MAX + 1];

    assert_int_equal(world->items[i].result, i);
    if (i > 0)
        assert_int_equal(recv(world->peers[i], got, sizeof got, 0), i);
    assert_int_equal(recv(world->peers[i], got, sizeof got, 0), -1);
    assert_int_equal(errno, EAGAIN);
}

static void each_gets_its_own(void **state)
{
    struct world *world = *state;

    for (size_t count = 0; count <= WRITES_MAX; count += count < 3 ? 1 : 61) {
        send_some(world, count);
        for (size_t i = 0; i < count; i++)
            assert_received(world, i);
    }
}

static void a_full_socket_takes_a_part_or_none(void **state)
{
    struct world *world = *state;
    const size_t len = 8 << 20;
    uint8_t *much = calloc(1, len);

    send_some(world, 4);
    for (size_t i = 1; i < 4; i++)
        assert_received(world, i);
    world->items[1].bytes = world->items[3].bytes = span_of(much, len);
    writes_send(&world->writes, world->items, 4);
    assert_in_range(world->items[1].result, 1, len - 1);
    assert_received(world, 2);
    assert_in_range(world->items[3].result, 1, len - 1);
    while (write(world->items[1].descriptor, much, 1) == 1)
        ;
    writes_send(&world->writes, world->items, 3);
    assert_int_equal(world->items[1].result, -EAGAIN);
    assert_received(world, 2);
    free(much);
}

static void what_cannot_be_written_to_does_not_stop_the_others(void **state)
{
    struct world *world = *state;
    const int descriptor = world->items[3].descriptor;

    close(world->peers[2]);
    world->items[3].descriptor = -1;
    world->items[5].descriptor = -1;
    world->items[6].descriptor = -1;
    send_some(world, 8);
    assert_int_equal(world->items[2].result, -EPIPE);
    assert_int_equal(world->items[3].result, -EBADF);
    assert_int_equal(world->items[5].result, -EBADF);
    assert_int_equal(world->items[6].result, -EBADF);
    assert_received(world, 0);
    assert_received(world, 1);
    assert_received(world, 4);
    assert_received(world, 7);
    close(descriptor);
}

static void the_kernel_is_asked_when_there_are_several(void **state)
{
    struct world *world = *state;

    send_some(world, 1);
    assert_int_equal(world->writes.context, 0);
    send_some(world, 2);
    assert_true(world->writes.context || world->writes.is_unavailable);
}

#define WRITES_TESTS(name)                                                                                   \
    cmocka_unit_test_setup_teardown(name, set_up_together, tear_down),                                       \
        cmocka_unit_test_setup_teardown(name, set_up_alone, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITES_TESTS(each_gets_its_own),
        WRITES_TESTS(a_full_socket_takes_a_part_or_none),
        WRITES_TESTS(what_cannot_be_written_to_does_not_stop_the_others),
        cmocka_unit_test_setup_teardown(the_kernel_is_asked_when_there_are_several, set_up_together,
                                        tear_down),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
