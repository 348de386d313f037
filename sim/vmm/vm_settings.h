/* What a TD is deployed with (dstack, VmConfiguration). */
#ifndef VMM_VM_SETTINGS_H
#define VMM_VM_SETTINGS_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

#define VM_NAME_BYTES_MAX 128
#define VM_COMPOSE_BYTES_MAX (1024 * 1024)
#define VM_TEXT_BYTES_MAX (1024 * 1024) /* of a user config, and of an encrypted environment */
#define VM_LIST_MAX 64                  /* ports, URLs, GPUs, networks */
#define VM_VCPUS_MAX 4096
#define VM_MEMORY_MB_MAX (64u * 1024 * 1024)
#define VM_DISK_GB_MAX (1024u * 1024)

struct vm_port {
    bool is_udp;
    uint16_t host_port;
    uint16_t vm_port;
    const char *host_address; /* as given; empty: 127.0.0.1 */
};

struct vm_network {
    const char *mode;
    const char *bridge_name;
};

struct vm_texts {
    const char *const *items;
    size_t count;
};

struct vm_settings {
    const char *name;
    const char *image;
    struct span compose; /* with a NUL after it */
    uint32_t vcpu;
    uint32_t memory_mb;
    uint32_t disk_gb;
    const struct vm_port *ports;
    size_t port_count;
    struct span encrypted_env;
    const char *user_config;
    struct vm_texts kms_urls;
    struct vm_texts gateway_urls;
    struct vm_texts gpu_slots;
    const char *gpu_attach_mode; /* NULL: no GPUs were asked for */
    const struct vm_network *networks;
    size_t network_count;
    const char *simulated_tee; /* or NULL */
    bool has_hugepages;
    bool is_numa_pinned;
    bool has_no_tee;
};

/* A copy whose texts and lists are in the arena. */
struct vm_settings vm_settings_copy(const struct vm_settings *settings, struct arena *arena);

/* Checks name, sizes and ports by themselves; the VMM checks what depends on other VMs. */
MUST_CHECK int vm_settings_check(const struct vm_settings *settings, struct error *error);

/* Whether two ports on the host cannot both be opened: the same protocol and port, and addresses
 * that are equal or of which one means all. */
bool vm_settings_ports_clash(const struct vm_port *a, const struct vm_port *b);

#endif
