#include "sim/vmm/vm_record_read.h"

#include "sim/base/hex.h"
#include "sim/format/json_file.h"
#include "sim/vmm/vm_record_write.h"

/* Each returns 0, or -1 with an error that names the member. */

static int read_u32(const json_t *object, const char *name, uint32_t *value, struct error *error)
{
    uint64_t wide;

    if (json_file_uint(object, name, UINT32_MAX, &wide, error))
        return -1;
    *value = (uint32_t)wide;
    return 0;
}

static int read_port_number(const json_t *object, const char *name, uint16_t *value, struct error *error)
{
    uint64_t wide;

    if (json_file_uint(object, name, UINT16_MAX, &wide, error))
        return -1;
    *value = (uint16_t)wide;
    return 0;
}

static int read_millis(const json_t *object, const char *name, int64_t *millis, struct error *error)
{
    uint64_t wide;

    if (json_file_uint(object, name, INT64_MAX, &wide, error))
        return -1;
    *millis = (int64_t)wide;
    return 0;
}

/* Leaves *text as it is, NULL, when the member is null. */
static int read_optional(const json_t *object, const char *name, const char **text, struct error *error)
{
    const json_t *member = json_file_member(object, name, error);

    if (!member)
        return -1;
    return json_is_null(member) ? 0 : json_file_string(object, name, text, error);
}

static const json_t *read_list(const json_t *object, const char *name, size_t most, struct error *error)
{
    const json_t *list = json_file_member(object, name, error);

    if (list && !json_is_array(list)) {
        error_input(error, "%s must be an array", name);
        return NULL;
    }
    if (list && json_array_size(list) > most) {
        error_input(error, "%s has %zu entries; at most %zu are allowed", name, json_array_size(list), most);
        return NULL;
    }
    return list;
}

static int read_texts(const json_t *object, const char *name, struct arena *arena, struct vm_texts *texts,
                      struct error *error)
{
    const json_t *list = read_list(object, name, VM_LIST_MAX, error);
    const char **items;

    if (!list)
        return -1;
    items = arena_alloc(arena, (json_array_size(list) + 1) * sizeof *items);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!(items[i] = json_string_value(json_array_get(list, i))))
            return error_input(error, "%s must contain only strings", name);
    *texts = (struct vm_texts){items, json_array_size(list)};
    return 0;
}

static int read_port(const json_t *entry, struct vm_port *port, struct error *error)
{
    const char *protocol = NULL;

    if (!json_is_object(entry))
        return error_input(error, "ports must contain only objects");
    if (json_file_string(entry, "protocol", &protocol, error) ||
        read_port_number(entry, "host_port", &port->host_port, error) ||
        read_port_number(entry, "vm_port", &port->vm_port, error) ||
        json_file_string(entry, "host_address", &port->host_address, error))
        return -1;
    port->is_udp = strcmp(protocol, "udp") == 0;
    return port->is_udp || strcmp(protocol, "tcp") == 0 ? 0
                                                        : error_input(error, "protocol must be tcp or udp");
}

static int read_ports(const json_t *object, struct arena *arena, struct vm_settings *settings,
                      struct error *error)
{
    const json_t *list = read_list(object, "ports", VM_LIST_MAX, error);
    struct vm_port *ports;

    if (!list)
        return -1;
    ports = arena_zalloc(arena, (json_array_size(list) + 1) * sizeof *ports);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (read_port(json_array_get(list, i), &ports[i], error))
            return -1;
    settings->ports = ports;
    settings->port_count = json_array_size(list);
    return 0;
}

static int read_networks(const json_t *object, struct arena *arena, struct vm_settings *settings,
                         struct error *error)
{
    const json_t *list = read_list(object, "networks", VM_LIST_MAX, error);
    struct vm_network *networks;

    if (!list)
        return -1;
    networks = arena_zalloc(arena, (json_array_size(list) + 1) * sizeof *networks);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);

        if (!json_is_object(entry))
            return error_input(error, "networks must contain only objects");
        if (json_file_string(entry, "mode", &networks[i].mode, error) ||
            json_file_string(entry, "bridge_name", &networks[i].bridge_name, error))
            return -1;
    }
    settings->networks = networks;
    settings->network_count = json_array_size(list);
    return 0;
}

static int read_env(const json_t *object, struct arena *arena, struct span *env, struct error *error)
{
    uint8_t *bytes = arena_alloc(arena, VM_TEXT_BYTES_MAX);
    size_t len;

    if (json_file_hex_upto(object, "encrypted_env", bytes, VM_TEXT_BYTES_MAX, &len, error))
        return -1;
    *env = span_of(bytes, len);
    return 0;
}

static int read_texts_of(const json_t *root, struct arena *arena, struct vm_settings *settings,
                         struct error *error)
{
    const char *compose = NULL;

    if (json_file_string(root, "name", &settings->name, error) ||
        json_file_string(root, "image", &settings->image, error) ||
        json_file_string(root, "compose_file", &compose, error) ||
        json_file_string(root, "user_config", &settings->user_config, error) ||
        read_texts(root, "kms_urls", arena, &settings->kms_urls, error) ||
        read_texts(root, "gateway_urls", arena, &settings->gateway_urls, error) ||
        read_texts(root, "gpu_slots", arena, &settings->gpu_slots, error) ||
        read_optional(root, "gpu_attach_mode", &settings->gpu_attach_mode, error) ||
        read_optional(root, "simulated_tee", &settings->simulated_tee, error))
        return -1;
    settings->compose = span_text(compose);
    return 0;
}

/* Their texts are the JSON's. */
static int read_settings(const json_t *root, struct arena *arena, struct vm_settings *settings,
                         struct error *error)
{
    *settings = (struct vm_settings){.vcpu = 0};
    if (read_texts_of(root, arena, settings, error) || read_u32(root, "vcpu", &settings->vcpu, error) ||
        read_u32(root, "memory", &settings->memory_mb, error) ||
        read_u32(root, "disk_size", &settings->disk_gb, error) || read_ports(root, arena, settings, error) ||
        read_networks(root, arena, settings, error) ||
        read_env(root, arena, &settings->encrypted_env, error) ||
        json_file_bool(root, "hugepages", &settings->has_hugepages, error) ||
        json_file_bool(root, "pin_numa", &settings->is_numa_pinned, error) ||
        json_file_bool(root, "no_tee", &settings->has_no_tee, error))
        return -1;
    return vm_settings_check(settings, error);
}

static int read_events(const json_t *root, struct vm *vm, struct error *error)
{
    const json_t *list = read_list(root, "events", VM_EVENTS_MAX, error);

    for (size_t i = 0; list && i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        char name[VM_EVENT_NAME_BYTES];
        const char *body = NULL;
        int64_t millis;

        if (!json_is_object(entry))
            return error_input(error, "events must contain only objects");
        if (json_file_copy(entry, "event", name, sizeof name, error) ||
            json_file_string(entry, "body", &body, error) || read_millis(entry, "timestamp", &millis, error))
            return -1;
        vm_notify(vm, name, body, millis);
    }
    return list ? 0 : -1;
}

/* Checks that an id is hex, and copies it. */
static int read_id(const json_t *root, const char *name, size_t bytes, bool may_be_empty, char *out,
                   struct error *error)
{
    uint8_t id[APP_ID_BYTES];
    _Static_assert(APP_INSTANCE_ID_BYTES <= sizeof id, "it is for both");
    size_t len;

    if (json_file_hex_upto(root, name, id, bytes, &len, error))
        return -1;
    if (len != bytes && !(may_be_empty && len == 0))
        return error_input(error, "%s must have %zu bytes, but has %zu", name, bytes, len);
    hex_encode(id, len, out);
    out[2 * len] = '\0';
    return 0;
}

/* A UUID, as make_id of the VMM writes it. */
static int read_uuid(const json_t *root, char id[static VM_ID_LEN + 1], struct error *error)
{
    static const char form[VM_ID_LEN + 1] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (json_file_copy(root, "id", id, VM_ID_LEN + 1, error))
        return -1;
    for (size_t i = 0; i < VM_ID_LEN; i++)
        if (form[i] == '-' ? id[i] != '-' : !id[i] || !strchr("0123456789abcdef", id[i]))
            return error_input(error, "id must be a UUID in lower case");
    return 0;
}

static int read_identity(const json_t *root, struct vm *vm, struct error *error)
{
    if (read_uuid(root, vm->id, error) || json_file_uint(root, "run", INT64_MAX, &vm->run, error) ||
        json_file_uint(root, "number", INT64_MAX, &vm->number, error) ||
        read_id(root, "app_id", APP_ID_BYTES, false, vm->app_id, error) ||
        read_id(root, "instance_id", APP_INSTANCE_ID_BYTES, true, vm->instance_id, error))
        return -1;
    return json_file_hex(root, "instance_seed", vm->instance_seed, sizeof vm->instance_seed, error);
}

static int read_life(const json_t *root, struct vm *vm, struct error *error)
{
    if (read_events(root, vm, error) || json_file_bool(root, "started", &vm->is_started, error) ||
        json_file_bool(root, "has_run", &vm->has_run, error) || read_u32(root, "boots", &vm->boots, error) ||
        json_file_uint(root, "saved_run", INT64_MAX, &vm->saved_run, error) ||
        read_millis(root, "started_at", &vm->started_millis, error) ||
        read_millis(root, "exited_at", &vm->exited_millis, error) ||
        json_file_copy(root, "boot_progress", vm->boot_progress, sizeof vm->boot_progress, error) ||
        json_file_copy(root, "boot_error", vm->boot_error, sizeof vm->boot_error, error))
        return -1;
    vm->saved_boots = vm->boots;
    return json_file_copy(root, "shutdown_progress", vm->shutdown_progress, sizeof vm->shutdown_progress,
                          error);
}

static int check_version(const json_t *root, struct error *error)
{
    uint64_t version;

    if (json_file_uint(root, "version", INT64_MAX, &version, error))
        return -1;
    return version == VM_RECORD_VERSION
               ? 0
               : error_input(error, "version must be %d: another release of the simulator wrote this",
                             VM_RECORD_VERSION);
}

static struct vm *read_vm(const json_t *root, struct error *error)
{
    struct vm_settings settings;
    struct vm *vm = NULL;
    struct arena arena;

    arena_init(&arena);
    if (check_version(root, error) == 0 && read_settings(root, &arena, &settings, error) == 0)
        vm = vm_new(&settings);
    arena_free(&arena);
    if (!vm || (read_identity(root, vm, error) == 0 && read_life(root, vm, error) == 0))
        return vm;
    vm_free(vm);
    return NULL;
}

struct vm *vm_record_read(struct span text, struct error *error)
{
    json_t *root = json_file_parse(text, error);
    struct vm *vm = root ? read_vm(root, error) : NULL;

    json_decref(root);
    return vm;
}
