#include "sim/process/service_manager.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/process/notify_socket.h"

#define STATUS_BYTES 1024 /* systemd ignores notifications of more than 4096 bytes */

/* --- reading the environment --- */

/* Takes a variable out of the environment: the copy is the caller's to free, NULL if it is not set. */
static char *take_variable(const char *name)
{
    const char *value = getenv(name);
    char *copy = value ? memory_copy(value, strlen(value)) : NULL;

    unsetenv(name);
    return copy;
}

/* Reads a decimal number. Returns false if it is anything else, or more than max. */
static bool read_number(const char *text, uint64_t max, uint64_t *number)
{
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return !*end && errno == 0 && *number <= max;
}

/* Whether a variable with a process id is for this process. */
static bool is_ours(const char *pid)
{
    uint64_t number;

    return pid && read_number(pid, INT32_MAX, &number) && number == (uint64_t)getpid();
}

static int check_open(uint64_t count, struct error *error)
{
    for (uint64_t i = 0; i < count; i++)
        if (fcntl(SERVICE_MANAGER_FIRST_FD + (int)i, F_GETFD) < 0)
            return error_input(error, "LISTEN_FDS=%" PRIu64 ", but not all descriptors from %d on are open",
                               count, SERVICE_MANAGER_FIRST_FD);
    if (count > SERVICE_MANAGER_SOCKETS_MAX)
        return error_input(error, "the service manager passes %" PRIu64 " sockets; at most %d are allowed",
                           count, SERVICE_MANAGER_SOCKETS_MAX);
    return 0;
}

/* names: separated by colons, or NULL: all sockets are "unknown" then. */
static int name_sockets(struct service_manager *manager, size_t count, const char *names, struct error *error)
{
    const char *at = names;

    while (manager->socket_count < count && at) {
        size_t len = strcspn(at, ":");

        manager->socket_names[manager->socket_count++] = memory_copy(at, len);
        at = at[len] ? at + len + 1 : NULL;
    }
    if (names && (manager->socket_count < count || at))
        return error_input(
            error, "LISTEN_FDS=%zu with LISTEN_FDNAMES=%.200s: expected as many names, separated by colons",
            count, names);
    while (manager->socket_count < count)
        manager->socket_names[manager->socket_count++] = memory_copy("unknown", strlen("unknown"));
    return 0;
}

/* See sd_listen_fds_with_names(3). */
static int read_sockets(struct service_manager *manager, struct error *error)
{
    char *pid = take_variable("LISTEN_PID"), *fds = take_variable("LISTEN_FDS");
    char *names = take_variable("LISTEN_FDNAMES");
    uint64_t count;
    int result = 0;

    if (!fds || !is_ours(pid))
        result = 0;
    else if (!read_number(fds, INT32_MAX, &count) || count == 0)
        result = error_input(error, "LISTEN_FDS=%.20s: expected a number of sockets", fds);
    else if (check_open(count, error) || name_sockets(manager, (size_t)count, names, error))
        result = -1;
    free(pid);
    free(fds);
    free(names);
    return result;
}

uint64_t service_manager_ping_ms(uint64_t watchdog_usec)
{
    return watchdog_usec < 2000 ? 1 : watchdog_usec / 2000;
}

/* See sd_watchdog_enabled(3). */
static int read_watchdog(struct service_manager *manager, struct error *error)
{
    char *usec = take_variable("WATCHDOG_USEC"), *pid = take_variable("WATCHDOG_PID");
    uint64_t number;
    int result = 0;

    if (!usec || (pid && !is_ours(pid)))
        result = 0;
    else if (!read_number(usec, UINT64_MAX - 1, &number) || number == 0)
        result = error_input(error, "WATCHDOG_USEC=%.40s: expected a positive number of microseconds", usec);
    else
        manager->watchdog_ms = service_manager_ping_ms(number);
    free(usec);
    free(pid);
    return result;
}

int service_manager_init(struct service_manager *manager, struct error *error)
{
    *manager = (struct service_manager){.notify_socket = take_variable("NOTIFY_SOCKET")};
    if (manager->notify_socket && !*manager->notify_socket) {
        free(manager->notify_socket);
        manager->notify_socket = NULL;
    }
    if (read_sockets(manager, error))
        return -1;
    return read_watchdog(manager, error);
}

void service_manager_attach(struct service_manager *manager, uv_loop_t *loop, struct log *log)
{
    manager->log = log;
    uv_timer_init(loop, &manager->watchdog);
    manager->watchdog.data = manager;
}

/* --- notifying the manager --- */

static void notify(const struct service_manager *manager, const char *state)
{
    int cause = manager->notify_socket ? notify_socket_send(manager->notify_socket, state) : 0;

    if (cause)
        log_write(manager->log, LOG_WARN, "cannot send %.*s to the service manager at %.108s: %s",
                  (int)strcspn(state, "\n"), state, manager->notify_socket, strerror(cause));
}

static void on_watchdog(uv_timer_t *timer)
{
    notify(timer->data, "WATCHDOG=1");
}

void service_manager_ready(struct service_manager *manager, const char *status)
{
    char state[STATUS_BYTES];
    size_t start = (size_t)snprintf(state, sizeof state, "READY=1\nSTATUS=");

    snprintf(state + start, sizeof state - start, "%s", status);
    for (char *at = state + start; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?'; /* a new line would start another variable */
    notify(manager, state);
    if (manager->watchdog_ms && manager->notify_socket)
        uv_timer_start(&manager->watchdog, on_watchdog, manager->watchdog_ms, manager->watchdog_ms);
}

void service_manager_stopping(struct service_manager *manager)
{
    notify(manager, "STOPPING=1");
}

/* --- the end --- */

void service_manager_close(struct service_manager *manager)
{
    uv_close((uv_handle_t *)&manager->watchdog, NULL);
}

void service_manager_free(struct service_manager *manager)
{
    for (size_t i = 0; i < manager->socket_count; i++)
        free(manager->socket_names[i]);
    free(manager->notify_socket);
    *manager = (struct service_manager){.notify_socket = NULL};
}
