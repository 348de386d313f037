#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/process/service_manager.h"

static const char *const variables[] = {
    "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID",
};

struct world {
    uv_loop_t loop;
    struct log log;
    struct service_manager manager;
    int listener; /* of notifications, on an abstract socket */
    char name[64];
};

static void forget_variables(void)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
}

static int forget(void **state)
{
    (void)state;
    forget_variables();
    return 0;
}

static void assert_forgotten(void)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (getenv(variables[i]))
            fail_msg("%s=%s is still there", variables[i], getenv(variables[i]));
}

static int open_listener(struct world *world)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = snprintf(world->name, sizeof world->name, "@test_service_manager.%d", (int)getpid());

    memcpy(address.sun_path + 1, world->name + 1, (size_t)len - 1);
    world->listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return bind(world->listener, (const struct sockaddr *)&address,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len));
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    forget_variables();
    uv_loop_init(&world->loop);
    world->log = (struct log){.level = LOG_OFF};
    *state = world;
    return open_listener(world);
}

static int tear_down(void **state)
{
    struct world *world = *state;
    int result;

    service_manager_close(&world->manager);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    service_manager_free(&world->manager);
    result = uv_loop_close(&world->loop);
    close(world->listener);
    forget_variables();
    free(world);
    return result;
}

static void set(const char *name, const char *value)
{
    assert_int_equal(setenv(name, value, 1), 0);
}

static void set_pid(const char *name, int pid)
{
    char text[16];

    snprintf(text, sizeof text, "%d", pid);
    set(name, text);
}

static void init(struct world *world)
{
    struct error error = {.kind = ERROR_NONE};

    if (service_manager_init(&world->manager, &error) != 0)
        fail_msg("%s", error.text);
    service_manager_attach(&world->manager, &world->loop, &world->log);
    assert_forgotten();
}

static void assert_refused(const char *words)
{
    struct error error = {.kind = ERROR_NONE};
    struct service_manager manager;

    assert_int_equal(service_manager_init(&manager, &error), -1);
    service_manager_free(&manager);
    assert_int_equal(error.kind, ERROR_INPUT);
    if (!strstr(error.text, words))
        fail_msg("\"%s\" does not say \"%s\"", error.text, words);
}

/* The next notification, or "" when there is none. */
static const char *told(struct world *world, char *text, size_t size)
{
    ssize_t len = recv(world->listener, text, size - 1, 0);

    text[len > 0 ? len : 0] = '\0';
    return text;
}

static void without_a_manager_nothing_happens(void **state)
{
    struct world *world = *state;
    char text[256];

    init(world);
    assert_int_equal(world->manager.socket_count, 0);
    service_manager_ready(&world->manager, "Serving");
    service_manager_stopping(&world->manager);
    assert_false(uv_is_active((uv_handle_t *)&world->manager.watchdog));
    assert_string_equal(told(world, text, sizeof text), "");
    assert_forgotten();
}

static void the_manager_is_told(void **state)
{
    struct world *world = *state;
    char text[256];

    set("NOTIFY_SOCKET", world->name);
    init(world);
    service_manager_ready(&world->manager, "Serving /a\nSTOPPING=1\x7f");
    assert_string_equal(told(world, text, sizeof text), "READY=1\nSTATUS=Serving /a?STOPPING=1?");
    service_manager_stopping(&world->manager);
    assert_string_equal(told(world, text, sizeof text), "STOPPING=1");
    assert_forgotten();
}

static void a_long_status_is_cut(void **state)
{
    struct world *world = *state;
    char status[8192] = {0}, text[8192];

    memset(status, 's', sizeof status - 1);
    set("NOTIFY_SOCKET", world->name);
    init(world);
    service_manager_ready(&world->manager, status);
    assert_int_equal(strlen(told(world, text, sizeof text)), 1023);
}

static void a_manager_that_has_gone_is_no_error(void **state)
{
    struct world *world = *state;

    set("NOTIFY_SOCKET", "/nonexistent/socket");
    init(world);
    service_manager_ready(&world->manager, "Serving");
    service_manager_stopping(&world->manager);
    assert_forgotten();
}

static void the_watchdog_is_pinged_from_ready_on(void **state)
{
    struct world *world = *state;
    char text[256];

    set("NOTIFY_SOCKET", world->name);
    set("WATCHDOG_USEC", "4000");
    set_pid("WATCHDOG_PID", (int)getpid());
    init(world);
    assert_int_equal(world->manager.watchdog_ms, 2);
    assert_false(uv_is_active((uv_handle_t *)&world->manager.watchdog));
    service_manager_ready(&world->manager, "Serving");
    told(world, text, sizeof text);
    for (int i = 0; i < 3; i++) {
        uv_run(&world->loop, UV_RUN_ONCE);
        assert_string_equal(told(world, text, sizeof text), "WATCHDOG=1");
    }
}

static void the_watchdog_of_another_process(void **state)
{
    struct world *world = *state;

    set("WATCHDOG_USEC", "4000");
    set_pid("WATCHDOG_PID", (int)getppid());
    init(world);
    assert_int_equal(world->manager.watchdog_ms, 0);
}

static void the_pings_come_twice_an_interval(void **state)
{
    (void)state;
    assert_int_equal(service_manager_ping_ms(30000000), 15000);
    assert_int_equal(service_manager_ping_ms(3000), 1);
    assert_int_equal(service_manager_ping_ms(1), 1);
}

static void a_bad_watchdog(void **state)
{
    (void)state;
    set("WATCHDOG_USEC", "soon");
    assert_refused("WATCHDOG_USEC=soon: expected a positive number of microseconds");
}

static void the_sockets_of_another_process(void **state)
{
    struct world *world = *state;

    set("LISTEN_FDS", "1");
    set_pid("LISTEN_PID", (int)getppid());
    init(world);
    assert_int_equal(world->manager.socket_count, 0);
}

/* Which descriptors are open here is the test runner's affair, so these are never. */
static void bad_sockets(void **state)
{
    (void)state;
    set_pid("LISTEN_PID", (int)getpid());
    set("LISTEN_FDS", "1000000");
    assert_refused("LISTEN_FDS=1000000, but not all descriptors from 3 on are open");

    set_pid("LISTEN_PID", (int)getpid());
    set("LISTEN_FDS", "some");
    assert_refused("LISTEN_FDS=some: expected");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_manager_nothing_happens),
        TEST(the_manager_is_told),
        TEST(a_long_status_is_cut),
        TEST(a_manager_that_has_gone_is_no_error),
        TEST(the_watchdog_is_pinged_from_ready_on),
        TEST(the_watchdog_of_another_process),
        cmocka_unit_test(the_pings_come_twice_an_interval),
        cmocka_unit_test_setup_teardown(a_bad_watchdog, forget, forget),
        TEST(the_sockets_of_another_process),
        cmocka_unit_test_setup_teardown(bad_sockets, forget, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
