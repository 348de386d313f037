#include "sim/process/service_manager.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "sim/base/memory.h"

#define STATUS_BYTES 1024 /* systemd ignores notifications of more than 4096 bytes */

_Static_assert(SERVICE_MANAGER_FIRST_FD == SD_LISTEN_FDS_START, "see sd_listen_fds(3)");

/* --- reading the environment --- */

static void read_notify_socket(struct service_manager *manager)
{
    const char *path = getenv("NOTIFY_SOCKET");

    if (path && *path)
        manager->notify_socket = memory_copy(path, strlen(path));
    unsetenv("NOTIFY_SOCKET");
}

static int fail_sockets(int result, const char *count, const char *names, struct error *error)
{
    if (result == -EBADF)
        return error_input(error, "LISTEN_FDS=%.20s, but not all descriptors from %d on are open", count,
                           SERVICE_MANAGER_FIRST_FD);
    if (result == -EINVAL && names[0])
        return error_input(
            error,
            "LISTEN_FDS=%.20s with LISTEN_FDNAMES=%.200s: expected a number of sockets and as many "
            "names separated by colons",
            count, names);
    return error_input(error, "LISTEN_FDS=%.20s: cannot take the service manager's sockets: %s", count,
                       strerror(-result));
}

static char *copy_variable(const char *name)
{
    const char *value = getenv(name);

    return memory_copy(value ? value : "", value ? strlen(value) : 0);
}

static int read_sockets(struct service_manager *manager, struct error *error)
{
    char *count = copy_variable("LISTEN_FDS"), *all_names = copy_variable("LISTEN_FDNAMES");
    char **names = NULL;
    int found = sd_listen_fds_with_names(1, &names);
    int result = 0;

    if (found < 0)
        result = fail_sockets(found, count, all_names, error);
    else if (found > SERVICE_MANAGER_SOCKETS_MAX)
        result = error_input(error, "the service manager passes %d sockets; at most %d are allowed", found,
                             SERVICE_MANAGER_SOCKETS_MAX);
    for (int i = 0; i < found; i++)
        if (result == 0)
            manager->socket_names[manager->socket_count++] = names[i];
        else
            free(names[i]);
    free(names);
    free(count);
    free(all_names);
    return result;
}

uint64_t service_manager_ping_ms(uint64_t watchdog_usec)
{
    return watchdog_usec < 2000 ? 1 : watchdog_usec / 2000;
}

static int read_watchdog(struct service_manager *manager, struct error *error)
{
    char *text = copy_variable("WATCHDOG_USEC");
    uint64_t usec = 0;
    int found = sd_watchdog_enabled(1, &usec);
    int result = 0;

    if (found < 0)
        result = error_input(error, "WATCHDOG_USEC=%.40s: expected a positive number of microseconds", text);
    else if (found > 0)
        manager->watchdog_ms = service_manager_ping_ms(usec);
    free(text);
    return result;
}

int service_manager_init(struct service_manager *manager, struct error *error)
{
    *manager = (struct service_manager){.notify_socket = NULL};
    read_notify_socket(manager);
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

/* sd_notify takes the socket from the environment, which has it only during this call. */
static void notify(const struct service_manager *manager, const char *state)
{
    int result;

    if (!manager->notify_socket)
        return;
    setenv("NOTIFY_SOCKET", manager->notify_socket, 1);
    result = sd_notify(1, state);
    if (result < 0)
        log_write(manager->log, LOG_WARN, "cannot send %.*s to the service manager at %.108s: %s",
                  (int)strcspn(state, "\n"), state, manager->notify_socket, strerror(-result));
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
