#include "sim/vmm/vm_settings.h"

#include <stdio.h>
#include <string.h>

/* --- copying --- */

static const char *copy_text(const char *text, struct arena *arena)
{
    return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

static struct span copy_bytes(struct span bytes, struct arena *arena)
{
    return span_of(arena_copy(arena, bytes.data, bytes.len), bytes.len);
}

static struct vm_texts copy_texts(struct vm_texts texts, struct arena *arena)
{
    const char **items = arena_alloc(arena, (texts.count + 1) * sizeof *items);

    for (size_t i = 0; i < texts.count; i++)
        items[i] = copy_text(texts.items[i], arena);
    return (struct vm_texts){items, texts.count};
}

static const struct vm_port *copy_ports(const struct vm_port *ports, size_t count, struct arena *arena)
{
    struct vm_port *copy = arena_alloc(arena, (count + 1) * sizeof *copy);

    for (size_t i = 0; i < count; i++) {
        copy[i] = ports[i];
        copy[i].host_address = copy_text(ports[i].host_address, arena);
    }
    return copy;
}

static const struct vm_network *copy_networks(const struct vm_network *networks, size_t count,
                                              struct arena *arena)
{
    struct vm_network *copy = arena_alloc(arena, (count + 1) * sizeof *copy);

    for (size_t i = 0; i < count; i++)
        copy[i] = (struct vm_network){copy_text(networks[i].mode, arena),
                                      copy_text(networks[i].bridge_name, arena)};
    return copy;
}

struct vm_settings vm_settings_copy(const struct vm_settings *settings, struct arena *arena)
{
    struct vm_settings copy = *settings;

    copy.name = copy_text(settings->name, arena);
    copy.image = copy_text(settings->image, arena);
    copy.compose = copy_bytes(settings->compose, arena);
    copy.ports = copy_ports(settings->ports, settings->port_count, arena);
    copy.encrypted_env = copy_bytes(settings->encrypted_env, arena);
    copy.user_config = copy_text(settings->user_config, arena);
    copy.kms_urls = copy_texts(settings->kms_urls, arena);
    copy.gateway_urls = copy_texts(settings->gateway_urls, arena);
    copy.gpu_slots = copy_texts(settings->gpu_slots, arena);
    copy.gpu_attach_mode = copy_text(settings->gpu_attach_mode, arena);
    copy.networks = copy_networks(settings->networks, settings->network_count, arena);
    copy.simulated_tee = copy_text(settings->simulated_tee, arena);
    return copy;
}

/* --- checking --- */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(" -_.@~!$^()", c));
}

static int check_name(const char *name, struct error *error)
{
    const size_t len = strlen(name);

    if (len > VM_NAME_BYTES_MAX)
        return error_input(error, "Invalid name: it has %zu bytes, and %d are allowed", len,
                           VM_NAME_BYTES_MAX);
    for (const char *at = name; *at; at++)
        if (!is_name_byte(*at))
            return error_quote(error, "Invalid name: ", span_text(name),
                               ": use letters, digits, spaces and any of -_.@~!$^()");
    return 0;
}

static int refuse_range(const char *what, uint32_t value, uint32_t most, struct error *error)
{
    char before[80];

    snprintf(before, sizeof before, "%s must be between 1 and %u, not ", what, most);
    return error_quote_number(error, before, value, "");
}

static int check_range(const char *what, uint32_t value, uint32_t most, struct error *error)
{
    if (value == 0 || value > most)
        return refuse_range(what, value, most, error);
    return 0;
}

static int check_size(const char *what, size_t size, size_t most, struct error *error)
{
    if (size > most)
        return error_input(error, "%s is too large: %zu, and at most %zu are allowed", what, size, most);
    return 0;
}

static bool means_all(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static const char *effective_address(const struct vm_port *port)
{
    return port->host_address[0] ? port->host_address : "127.0.0.1";
}

bool vm_settings_ports_clash(const struct vm_port *a, const struct vm_port *b)
{
    const char *left = effective_address(a), *right = effective_address(b);

    return a->is_udp == b->is_udp && a->host_port == b->host_port &&
           (strcmp(left, right) == 0 || means_all(left) || means_all(right));
}

static int refuse_port(const struct vm_port *port, struct error *error)
{
    char which[ERROR_QUOTE_MAX];

    snprintf(which, sizeof which, "%s:%s:%u", port->is_udp ? "udp" : "tcp", effective_address(port),
             port->host_port);
    return error_quote(error, "duplicate host port mapping: ", span_text(which), "%s", "");
}

static int check_ports(const struct vm_settings *settings, struct error *error)
{
    for (size_t i = 0; i < settings->port_count; i++) {
        const struct vm_port *port = &settings->ports[i];

        if (port->host_port == 0 || port->vm_port == 0)
            return error_input(error, "a port mapping needs host_port and vm_port from 1 to 65535");
        for (size_t j = 0; j < i; j++)
            if (vm_settings_ports_clash(port, &settings->ports[j]))
                return refuse_port(port, error);
    }
    return 0;
}

int vm_settings_check(const struct vm_settings *settings, struct error *error)
{
    const size_t lists[] = {settings->port_count, settings->kms_urls.count, settings->gateway_urls.count,
                            settings->gpu_slots.count, settings->network_count};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (check_size("a list", lists[i], VM_LIST_MAX, error))
            return -1;
    if (check_name(settings->name, error) ||
        check_size("compose_file", settings->compose.len, VM_COMPOSE_BYTES_MAX, error) ||
        check_size("encrypted_env", settings->encrypted_env.len, VM_TEXT_BYTES_MAX, error) ||
        check_size("user_config", strlen(settings->user_config), VM_TEXT_BYTES_MAX, error) ||
        check_range("vcpu", settings->vcpu, VM_VCPUS_MAX, error) ||
        check_range("memory", settings->memory_mb, VM_MEMORY_MB_MAX, error) ||
        check_size("disk_size", settings->disk_gb, VM_DISK_GB_MAX, error))
        return -1;
    return check_ports(settings, error);
}
