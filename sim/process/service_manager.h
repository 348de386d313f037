/* Being a service of systemd, or of anything that speaks its two protocols: passed
 * sockets (sd_listen_fds(3)) and notifications (sd_notify(3)).
 *
 * What the manager says in the environment is read once and taken out of it, so that
 * no child takes it for its own. Without a manager everything here does nothing. */
#ifndef PROCESS_SERVICE_MANAGER_H
#define PROCESS_SERVICE_MANAGER_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "sim/base/error.h"
#include "sim/base/log.h"

enum { SERVICE_MANAGER_FIRST_FD = 3, SERVICE_MANAGER_SOCKETS_MAX = 64 };

struct service_manager {
    struct log *log;
    char *notify_socket; /* heap, or NULL: nobody wants to be told */
    char *
        socket_names[SERVICE_MANAGER_SOCKETS_MAX]; /* heap; of descriptors from SERVICE_MANAGER_FIRST_FD on */
    size_t socket_count;
    uint64_t watchdog_ms; /* 0: there is none */
    uv_timer_t watchdog;
};

/* Reads the environment. To be called before the process opens descriptors of its own,
 * which could pass for a missing socket. Returns 0, or -1 with a sentence;
 * service_manager_free is due either way. */
MUST_CHECK int service_manager_init(struct service_manager *manager, struct error *error);

/* Makes it part of a loop; loop and log outlive it. service_manager_close is due then. */
void service_manager_attach(struct service_manager *manager, uv_loop_t *loop, struct log *log);

/* Half the interval of sd_watchdog_enabled(3) in ms, and at least 1: how often to ping. */
uint64_t service_manager_ping_ms(uint64_t watchdog_usec);

/* It serves. `status` is for people, one line; what would end the line becomes '?'.
 * From now on the watchdog is pinged out of the loop. */
void service_manager_ready(struct service_manager *manager, const char *status);

void service_manager_stopping(struct service_manager *manager);

/* Ends the pings; the loop has to run once more before service_manager_free. */
void service_manager_close(struct service_manager *manager);
void service_manager_free(struct service_manager *manager);

#endif
