#include "sim/vmm/vm_record_write.h"

#include "sim/base/json_text.h"

static void write_flag(struct buf *out, const char *name, bool is_set)
{
    json_text_key(out, ',', name);
    buf_append_text(out, is_set ? "true" : "false");
}

static void write_optional(struct buf *out, const char *name, const char *text)
{
    json_text_key(out, ',', name);
    if (text)
        json_text_string(out, text, strlen(text));
    else
        buf_append_text(out, "null");
}

static void begin_list(struct buf *out, const char *name)
{
    json_text_key(out, ',', name);
    buf_append_byte(out, '[');
}

static void write_texts(struct buf *out, const char *name, struct vm_texts texts)
{
    begin_list(out, name);
    for (size_t i = 0; i < texts.count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        json_text_string(out, texts.items[i], strlen(texts.items[i]));
    }
    buf_append_byte(out, ']');
}

static void write_ports(struct buf *out, const struct vm_settings *settings)
{
    begin_list(out, "ports");
    for (size_t i = 0; i < settings->port_count; i++) {
        const struct vm_port *port = &settings->ports[i];

        if (i > 0)
            buf_append_byte(out, ',');
        json_text_member(out, '{', "protocol", port->is_udp ? "udp" : "tcp");
        json_text_member_uint(out, ',', "host_port", port->host_port);
        json_text_member_uint(out, ',', "vm_port", port->vm_port);
        json_text_member(out, ',', "host_address", port->host_address);
        buf_append_byte(out, '}');
    }
    buf_append_byte(out, ']');
}

static void write_networks(struct buf *out, const struct vm_settings *settings)
{
    begin_list(out, "networks");
    for (size_t i = 0; i < settings->network_count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        json_text_member(out, '{', "mode", settings->networks[i].mode);
        json_text_member(out, ',', "bridge_name", settings->networks[i].bridge_name);
        buf_append_byte(out, '}');
    }
    buf_append_byte(out, ']');
}

static void write_settings(struct buf *out, const struct vm_settings *settings)
{
    json_text_member(out, ',', "name", settings->name);
    json_text_member(out, ',', "image", settings->image);
    json_text_key(out, ',', "compose_file");
    json_text_string(out, (const char *)settings->compose.data, settings->compose.len);
    json_text_member_uint(out, ',', "vcpu", settings->vcpu);
    json_text_member_uint(out, ',', "memory", settings->memory_mb);
    json_text_member_uint(out, ',', "disk_size", settings->disk_gb);
    write_ports(out, settings);
    json_text_member_hex(out, ',', "encrypted_env", settings->encrypted_env.data,
                         settings->encrypted_env.len);
    json_text_member(out, ',', "user_config", settings->user_config);
    write_texts(out, "kms_urls", settings->kms_urls);
    write_texts(out, "gateway_urls", settings->gateway_urls);
    write_texts(out, "gpu_slots", settings->gpu_slots);
    write_optional(out, "gpu_attach_mode", settings->gpu_attach_mode);
    write_networks(out, settings);
    write_optional(out, "simulated_tee", settings->simulated_tee);
    write_flag(out, "hugepages", settings->has_hugepages);
    write_flag(out, "pin_numa", settings->is_numa_pinned);
    write_flag(out, "no_tee", settings->has_no_tee);
}

static void write_events(struct buf *out, const struct vm *vm)
{
    begin_list(out, "events");
    for (size_t i = 0; i < vm->event_count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        json_text_member(out, '{', "event", vm->events[i].name);
        json_text_member(out, ',', "body", vm->events[i].body);
        json_text_member_uint(out, ',', "timestamp", (uint64_t)vm->events[i].millis);
        buf_append_byte(out, '}');
    }
    buf_append_byte(out, ']');
}

void vm_record_write(const struct vm *vm, struct buf *out)
{
    json_text_member_uint(out, '{', "version", VM_RECORD_VERSION);
    json_text_member(out, ',', "id", vm->id);
    json_text_member_uint(out, ',', "run", vm->run);
    json_text_member_uint(out, ',', "number", vm->number);
    json_text_member(out, ',', "app_id", vm->app_id);
    json_text_member_hex(out, ',', "instance_seed", vm->instance_seed, sizeof vm->instance_seed);
    json_text_member(out, ',', "instance_id", vm->instance_id);
    write_settings(out, &vm->settings);
    write_flag(out, "started", vm->is_started);
    write_flag(out, "has_run", vm->has_run);
    json_text_member_uint(out, ',', "boots", vm->boots);
    json_text_member_uint(out, ',', "saved_run", vm->saved_run);
    json_text_member_uint(out, ',', "started_at", (uint64_t)vm->started_millis);
    json_text_member_uint(out, ',', "exited_at", (uint64_t)vm->exited_millis);
    json_text_member(out, ',', "boot_progress", vm->boot_progress);
    json_text_member(out, ',', "boot_error", vm->boot_error);
    json_text_member(out, ',', "shutdown_progress", vm->shutdown_progress);
    write_events(out, vm);
    buf_append_text(out, "}\n");
}
