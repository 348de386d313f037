/* Running as a service of systemd, or of anything else that uses its protocols for passing
 * sockets (sd_listen_fds(3)) and for notifications (sd_notify(3)).
 *
 * The manager's environment variables are read once and removed, so that child processes do
 * not inherit them. Without a manager all functions do nothing. */
#ifndef PROCESS_SERVICE_MANAGER_H
#define PROCESS_SERVICE_MANAGER_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "sim/base/error.h"
#include "sim/base/log.h"

enum { SERVICE_MANAGER_FIRST_FD = 3 /* SD_LISTEN_FDS_START */, SERVICE_MANAGER_SOCKETS_MAX = 64 };

struct service_manager {
    struct log *log;
    char *notify_socket; /* heap, or NULL: no notifications */
    char *
        socket_names[SERVICE_MANAGER_SOCKETS_MAX]; /* heap; of descriptors from SERVICE_MANAGER_FIRST_FD on */
    size_t socket_count;
    uint64_t watchdog_ms; /* 0: no watchdog */
    uv_timer_t watchdog;
};

/* Reads the environment. Call it before the process opens descriptors of its own, which could
 * be mistaken for a missing socket. Returns 0, or -1 with an error; call service_manager_free in
 * both cases. */
MUST_CHECK int service_manager_init(struct service_manager *manager, struct error *error);

/* Adds it to a loop; loop and log must outlive it. Call service_manager_close afterwards. */
void service_manager_attach(struct service_manager *manager, uv_loop_t *loop, struct log *log);

/* How often to ping: half the interval of sd_watchdog_enabled(3), in ms, but at least 1. */
uint64_t service_manager_ping_ms(uint64_t watchdog_usec);

/* Reports that the simulator is ready and starts pinging the watchdog from the loop. status is
 * one line for people; control characters become '?'. */
void service_manager_ready(struct service_manager *manager, const char *status);

void service_manager_stopping(struct service_manager *manager);

/* Stops the pings; the loop must run once more before service_manager_free. */
void service_manager_close(struct service_manager *manager);
void service_manager_free(struct service_manager *manager);

#endif
