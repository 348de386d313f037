/* The host of the VMM: gives a TD that boots its sockets and ports, and runs what is due.
 *
 * A deployed TD is served in <socket dir>/vms/<id>/, and on a TCP port for each mapping to port 8090
 * of the guest, where the real guest serves external.sock's services. The first TD has the sockets
 * that the program was started with. */
#ifndef PROCESS_HOSTING_H
#define PROCESS_HOSTING_H

#include <limits.h>
#include <uv.h>

#include "sim/engine/engine.h"
#include "sim/process/endpoints.h"
#include "sim/process/inputs.h"
#include "sim/process/key_requests.h"
#include "sim/process/joining.h"
#include "sim/services/vmm_access.h"

struct hosting {
    struct endpoints *endpoints;
    const struct options *options;
    struct log *log;
    struct site site; /* of a deployed TD, but for the TD */
    struct vmm_store *store;
    struct vmm *vmm;
    struct engine *engine; /* with --run-containers, or NULL */
    struct key_requests key_requests;
    struct joining joining;
    bool is_first_open; /* the first TD has its listeners */
    bool is_closing;
    struct token_guard guard; /* of the VMM, with --vmm-token */
    uv_timer_t timer;
    char socket_dir[PATH_MAX]; /* absolute */
};

/* Call hosting_close, which takes containers down, and run the loop before hosting_free. */
void hosting_init(struct hosting *hosting, uv_loop_t *loop, struct endpoints *endpoints,
                  const struct options *options, struct log *log);

/* Makes the VMM, with the embedded OS images and those of the inputs, hands it the first TD of the
 * site's cluster, and starts what the state directory holds. Sets the site's vmm, who may use it, and
 * its socket_dir. */
MUST_CHECK int hosting_start(struct hosting *hosting, const struct inputs *inputs, struct site *site,
                             struct error *error);

/* Shuts a TD down as its guest agent asks for. */
void hosting_shut_down(struct hosting *hosting, struct td *td);

void hosting_close(struct hosting *hosting);
void hosting_free(struct hosting *hosting);

#endif
