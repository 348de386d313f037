/* What the services and pages of one listener serve. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "sim/faults/faults.h"
#include "sim/kms/kms_guest.h"
#include "sim/kms/kms_server.h"
#include "sim/vmm/vmm.h"
#include "sim/watch/stats.h"

struct token_guard;

/* Everything it points to outlives the router made for it. */
struct site {
    struct cluster *cluster;
    struct td *td; /* the listener's TD; on the main port the first */
    struct vmm *vmm;
    struct vm *vm;                           /* whose path it is, /vm/<id>/; else NULL */
    struct kms_server *kms;                  /* of --kms-listen, or NULL */
    const struct kms_guest_asker *kms_asker; /* asks the KMS of a TD elsewhere; NULL: there is none */
    const struct token_guard *vmm_guard;     /* who may use the VMM; NULL: everyone */
    const char *public_url;                  /* of this program */

    /* Shared by the whole program. */
    struct faults *faults;
    const struct faults *faults_at_start;                        /* what Reset restores */
    int (*check_fault)(const char *method, struct error *error); /* may a fault be set on it? */
    const struct stats *stats;
    const char *logs_dir;    /* or NULL */
    const char *socket_dir;  /* absolute, or NULL; a deployed TD has its sockets in vms/<id>/ */
    const bool *is_stopping; /* the program accepts no more requests */
    int64_t started_millis;  /* on the monotonic clock */
    int64_t process_started; /* Unix milliseconds, read once because readings vary; 0 if unknown */

    bool is_strict;   /* take no more from clients than the real agent does */
    bool is_reduced;  /* serve what the real agent serves on this socket, and pages */
    bool has_control; /* the Simulator service is available here; otherwise nothing can be changed */
    bool has_vmm;     /* the VMM is available here */

    /* Closes the TD's listeners once pending responses are sent; NULL where Shutdown is
     * refused. */
    void (*shut_down)(void *data, struct td *td);
    void *data;
};

#endif
