/* Several sockets are written to at once, and each result is that of its own write. */
#include "sim/net/writes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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

/* There would be room for more. */
static void assert_received(const struct world *world, size_t i)
{
    char got[WRITES_MAX + 1];
    const ssize_t len = recv(world->peers[i], got, sizeof got, 0);

    assert_int_equal(len < 0 ? 0 : len, i);
    assert_int_equal(world->items[i].result, i);
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
    static const size_t bad[] = {3, 5, 6};
    struct world *world = *state;

    close(world->peers[2]);
    for (size_t i = 0; i < 3; i++) {
        close(world->items[bad[i]].descriptor);
        world->items[bad[i]].descriptor = -1;
    }
    send_some(world, 8);
    assert_int_equal(world->items[2].result, -EPIPE);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(world->items[bad[i]].result, -EBADF);
    assert_received(world, 0);
    assert_received(world, 1);
    assert_received(world, 4);
    assert_received(world, 7);
}

/* --- kernels that do something else --- */

enum { SETUP, SUBMIT, EVENTS };

static struct {
    long refuses; /* this call */
    int refusal;  /* with this errno */
    int accepts;  /* at first, so many of those calls */
    long most;    /* writes that one io_submit takes, or 0 */
    int result;   /* of each write, which is not done, or 0 */
    int calls[3];
    long submitted;
} kernel;

static bool is_refused(long number)
{
    if (number != kernel.refuses || kernel.accepts-- > 0)
        return false;
    errno = kernel.refusal;
    return true;
}

static long submit(unsigned long context, long count, struct iocb **blocks)
{
    kernel.calls[SUBMIT]++;
    if (is_refused(SYS_io_submit))
        return -1;
    kernel.submitted = kernel.most && count > kernel.most ? kernel.most : count;
    return kernel.result ? count : syscall(SYS_io_submit, context, kernel.submitted, blocks);
}

static long get_events(unsigned long context, long least, long count, struct io_event *events, void *wait)
{
    kernel.calls[EVENTS]++;
    if (is_refused(SYS_io_getevents))
        return -1;
    if (!kernel.result)
        return syscall(SYS_io_getevents, context, least, count, events, wait);
    for (long i = 0; i < kernel.submitted; i++)
        events[i] = (struct io_event){.data = (unsigned long)i, .res = kernel.result};
    return kernel.submitted;
}

static long set_up_context(unsigned count, void *context)
{
    kernel.calls[SETUP]++;
    return is_refused(SYS_io_setup) ? -1 : syscall(SYS_io_setup, count, context);
}

static long call_kernel(long number, ...)
{
    unsigned long context = 0;
    long least = 0, count, found;
    void *place;
    va_list all;

    va_start(all, number);
    if (number == SYS_io_setup) {
        const unsigned room = va_arg(all, unsigned);

        found = set_up_context(room, va_arg(all, void *));
    } else if (number == SYS_io_destroy) {
        found = syscall(SYS_io_destroy, va_arg(all, unsigned long));
    } else {
        context = va_arg(all, unsigned long);
        if (number == SYS_io_getevents)
            least = va_arg(all, long);
        count = va_arg(all, long);
        place = va_arg(all, void *);
        found = number == SYS_io_submit ? submit(context, count, place)
                                        : get_events(context, least, count, place, va_arg(all, void *));
    }
    va_end(all);
    return found;
}

static void send_four(struct world *world)
{
    send_some(world, 4);
    for (size_t i = 0; i < 4; i++)
        assert_received(world, i);
}

/* Returns whether the kernel is asked for the second four, too. */
static bool asks_again(struct world *world)
{
    int calls;

    world->writes.kernel = call_kernel;
    send_four(world);
    calls = kernel.calls[SETUP] + kernel.calls[SUBMIT];
    send_four(world);
    return kernel.calls[SETUP] + kernel.calls[SUBMIT] > calls;
}

static bool has_calls(void)
{
    struct writes writes;
    bool is_there;

    writes_init(&writes);
    writes_send(&writes, (struct writes_item[]){{.descriptor = -1}, {.descriptor = -1}}, 2);
    is_there = writes.context;
    writes_free(&writes);
    return is_there;
}

static int clear_kernel(void **state)
{
    memset(&kernel, 0, sizeof kernel);
    return set_up_together(state);
}

static void one_alone_does_not_need_them(void **state)
{
    struct world *world = *state;

    world->writes.kernel = call_kernel;
    send_some(world, 1);
    assert_int_equal(kernel.calls[SETUP], 0);
    send_some(world, 2);
    assert_int_equal(kernel.calls[SETUP], 1);
}

static void a_system_without_them_is_asked_once(void **state)
{
    kernel.refuses = SYS_io_setup;
    kernel.refusal = ENOSYS;
    assert_false(asks_again(*state));
    assert_int_equal(kernel.calls[SETUP], 1);
}

static void writes_that_are_refused_are_found_out(void **state)
{
    kernel.refuses = SYS_io_submit;
    kernel.refusal = EPERM;
    assert_false(asks_again(*state));
}

static void writes_that_are_refused_later_are_found_out(void **state)
{
    if (!has_calls())
        skip();
    kernel.refuses = SYS_io_submit;
    kernel.refusal = EPERM;
    kernel.accepts = 1;
    assert_false(asks_again(*state));
}

static void results_that_are_refused_are_found_out(void **state)
{
    struct world *world = *state;

    kernel.refuses = SYS_io_getevents;
    kernel.refusal = EPERM;
    assert_false(asks_again(world));
    assert_int_equal(world->writes.context, 0);
}

static void writes_that_it_does_not_do_are_found_out(void **state)
{
    kernel.result = -ESPIPE;
    assert_false(asks_again(*state));
}

static void few_at_a_time_will_do(void **state)
{
    if (!has_calls())
        skip();
    kernel.most = 2;
    assert_true(asks_again(*state));
    assert_int_equal(kernel.calls[SUBMIT], 1 + 2 + 2);
}

static void want_of_room_passes(void **state)
{
    struct world *world = *state;

    if (!has_calls())
        skip();
    kernel.refuses = SYS_io_submit;
    kernel.refusal = EAGAIN;
    kernel.accepts = 1;
    assert_true(asks_again(world));
    assert_false(world->writes.is_unavailable);
}

/* It may have been done. */
static void what_has_no_result_is_not_written_again(void **state)
{
    struct world *world = *state;
    char got[10];

    if (!has_calls())
        skip();
    kernel.refuses = SYS_io_getevents;
    kernel.refusal = EINVAL;
    kernel.accepts = 1;
    world->writes.kernel = call_kernel;
    send_some(world, 4);
    assert_true(world->writes.is_unavailable);
    for (size_t i = 1; i < 4; i++) {
        assert_int_equal(world->items[i].result, -EIO);
        assert_int_equal(recv(world->peers[i], got, sizeof got, 0), i);
    }
    send_four(world);
}

#define KERNEL_TEST(name) cmocka_unit_test_setup_teardown(name, clear_kernel, tear_down)
#define WRITES_TESTS(name)                                                                                   \
    cmocka_unit_test_setup_teardown(name, set_up_together, tear_down),                                       \
        cmocka_unit_test_setup_teardown(name, set_up_alone, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WRITES_TESTS(each_gets_its_own),
        WRITES_TESTS(a_full_socket_takes_a_part_or_none),
        WRITES_TESTS(what_cannot_be_written_to_does_not_stop_the_others),
        KERNEL_TEST(one_alone_does_not_need_them),
        KERNEL_TEST(a_system_without_them_is_asked_once),
        KERNEL_TEST(writes_that_are_refused_are_found_out),
        KERNEL_TEST(writes_that_are_refused_later_are_found_out),
        KERNEL_TEST(results_that_are_refused_are_found_out),
        KERNEL_TEST(writes_that_it_does_not_do_are_found_out),
        KERNEL_TEST(few_at_a_time_will_do),
        KERNEL_TEST(want_of_room_passes),
        KERNEL_TEST(what_has_no_result_is_not_written_again),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
