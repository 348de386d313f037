/* TDs that boot under a KMS elsewhere (--kms-url): asks for them, and again after a pause where that fails, as a
 * guest reboots that has got no keys. */
#ifndef PROCESS_JOINING_H
#define PROCESS_JOINING_H

#include <uv.h>

#include "sim/base/log.h"
#include "sim/cli/options.h"
#include "sim/kms/kms_join.h"
#include "sim/vmm/vmm.h"

struct joining_task;

struct joining {
    uv_loop_t *loop;
    struct log *log;
    const struct options *options;
    struct cluster *cluster;
    struct kms_guest_asker asker;
    struct joining_task *first; /* a list */
};

/* All outlive it. */
void joining_init(struct joining *joining, uv_loop_t *loop, struct log *log, const struct options *options,
                  struct cluster *cluster);

/* Begins for a VM whose TD awaits its keys, unless it has begun already. vmm_launched follows, and vmm_troubled
 * after each attempt that fails. */
void joining_begin(struct joining *joining, struct vm *vm);

/* Gives up for this VM, or for all; the loop has to run afterwards. */
void joining_end(struct joining *joining, const struct vm *vm);
void joining_close(struct joining *joining);

#endif
