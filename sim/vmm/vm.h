/* A deployed TD and the life that the VMM gives it (dstack, VmInfo).
 *
 *   CREATED ──start──▶ booting ──▶ running ──stop──▶ stopping ──▶ stopped ──start──▶ ...
 *
 * A VM has a TD of the cluster while it runs. It is changed by vmm.h; what is here is for those
 * who show it. */
#ifndef VMM_VM_H
#define VMM_VM_H

#include "sim/td/td.h"
#include "sim/vmm/vm_log.h"
#include "sim/vmm/vm_settings.h"

#define VM_ID_LEN 36     /* a UUID */
#define VM_EVENTS_MAX 20 /* the oldest is dropped */
#define VM_EVENT_NAME_BYTES 64
#define VM_EVENT_BODY_BYTES_MAX 4096 /* a longer one is not recorded */
#define VM_PROGRESS_BYTES 256

#define VM_EVENT_URL "simulator.url"             /* where a TD is served on TCP, besides its sockets */
#define VM_EVENT_REGISTERS "simulator.registers" /* that those of the boot are synthetic */

enum vm_status { VM_RUNNING, VM_STOPPING, VM_STOPPED, VM_EXITED, VM_REMOVING };

enum vm_channel { VM_CHANNEL_SERIAL, VM_CHANNEL_STDOUT, VM_CHANNEL_STDERR, VM_CHANNELS };

struct vm_event {
    char name[VM_EVENT_NAME_BYTES];
    char *body; /* heap */
    int64_t millis;
};

struct vm {
    struct vm *next, *previous; /* in order of creation */
    struct vm *next_of_bucket;
    struct vm *queue_next, *queue_previous;
    bool is_queued; /* vmm_run has to look at it */
    struct vmm *vmm;
    char id[VM_ID_LEN + 1];
    uint64_t run;    /* which run of the simulator deployed it */
    uint64_t number; /* which deployment of that run it is, from 1 */
    bool is_first;   /* the TD that the simulator starts with: it cannot be removed */
    struct arena arena;
    struct vm_settings settings; /* in the arena; a running TD has those it was started with */
    char app_id[2 * APP_ID_BYTES + 1];
    bool has_gateway; /* the compose file asks for one; known once it has booted */
    uint8_t instance_seed[APP_INSTANCE_ID_BYTES];    /* stays over every boot and change; not of the first */
    char instance_id[2 * APP_INSTANCE_ID_BYTES + 1]; /* empty until the first boot */

    /* What it should be, and what it is. */
    bool is_started;  /* should run */
    bool has_process; /* runs: between start and the last client of its TD */
    bool is_removed;  /* goes as soon as it has no process */
    bool has_run;     /* it has been started before */
    bool is_closing;  /* its listeners are closing */
    bool is_awaited;  /* was started meanwhile, and boots once they are closed */
    unsigned boot_step;
    int64_t step_millis;  /* when it is due, on the wall clock */
    uint32_t boots;       /* so far, the present one included */
    uint32_t saved_boots; /* as of the last save, */
    uint64_t saved_run;   /* which took place in this run */
    bool is_booting;
    bool is_waiting; /* its boot waits for its keys or its containers */
    struct td *td;   /* of the cluster, while the guest agent runs; or NULL */

    int64_t started_millis; /* on the wall clock; 0: never */
    int64_t exited_millis;  /* 0: never */
    char boot_progress[VM_PROGRESS_BYTES];
    char boot_error[VM_PROGRESS_BYTES];
    char shutdown_progress[VM_PROGRESS_BYTES];
    struct vm_event events[VM_EVENTS_MAX];
    size_t event_count;
    struct vm_log logs[VM_CHANNELS];

    /* Restarts of a TD that exited by itself. */
    unsigned restarts;
    int64_t restart_millis; /* when; 0: not planned */
};

/* A VM that has not run, in no list. Copies the settings. */
struct vm *vm_new(const struct vm_settings *settings);
/* Ends its logs; their readers must leave. */
void vm_free(struct vm *vm);

enum vm_status vm_status_of(const struct vm *vm);
const char *vm_status_name(enum vm_status status);

/* "5m 3s" since it was started, or "never", as VmInfo.uptime and exited_at have it. now: wall
 * clock, in milliseconds. */
void vm_duration(int64_t since_millis, int64_t now, char *out, size_t size);

/* Records what a guest says (dstack, Host API: Notify), and shows it: boot.progress, boot.error and
 * shutdown.progress are kept as such. */
void vm_notify(struct vm *vm, const char *event, const char *body, int64_t now);

#endif
