#include "sim/image/machine.h"

#include <string.h>

#include "sim/format/json_file.h"

#define CPUS_MAX 4096
#define GPUS_MAX UINT32_MAX
#define LEGACY_BELOW (UINT64_C(3) << 30)

bool machine_memory_is_described(uint64_t size)
{
    return size == MACHINE_MEMORY_LOW || size >= MACHINE_MEMORY_SPLIT_FROM;
}

bool machine_wants_legacy(uint64_t memory_size)
{
    return memory_size < LEGACY_BELOW && memory_size != MACHINE_MEMORY_LOW;
}

static int check_machine(const struct machine *machine, struct error *error)
{
    if (machine->cpu_count == 0)
        return error_input(error, "cpu_count must be at least 1");
    if (!machine->is_legacy && !machine_memory_is_described(machine->memory_size))
        return error_input(error, "memory_size must be %u or at least %u bytes", MACHINE_MEMORY_LOW,
                           MACHINE_MEMORY_SPLIT_FROM);
    return 0;
}

static int apply_vm_config(struct machine *machine, const json_t *vm_config, struct error *error)
{
    uint64_t cpus = machine->cpu_count;

    if (json_object_get(vm_config, "cpu_count") &&
        json_file_uint(vm_config, "cpu_count", CPUS_MAX, &cpus, error))
        return -1;
    if (json_object_get(vm_config, "memory_size") &&
        json_file_uint(vm_config, "memory_size", MACHINE_MEMORY_BYTES_MAX, &machine->memory_size, error))
        return -1;
    machine->cpu_count = (uint32_t)cpus;
    return check_machine(machine, error);
}

int machine_apply_sys_config(struct machine *machine, struct span json, struct error *error)
{
    json_t *root = json_file_parse(json, error), *vm_config = NULL;
    const char *text;
    int result = -1;

    if (root && json_file_string(root, "vm_config", &text, error) == 0) {
        vm_config = json_file_parse(span_text(text), error);
        if (!vm_config || apply_vm_config(machine, vm_config, error))
            error_context(error, "vm_config");
        else
            result = 0;
    }
    json_decref(vm_config);
    json_decref(root);
    return result;
}

static int parse_variant(struct machine *machine, const json_t *root, struct error *error)
{
    const char *variant = "lite";

    if (json_object_get(root, "tdx_attestation_variant") &&
        json_file_string(root, "tdx_attestation_variant", &variant, error))
        return -1;
    machine->is_legacy = strcmp(variant, "legacy") == 0;
    return machine->is_legacy || strcmp(variant, "lite") == 0
               ? 0
               : error_input(error, "tdx_attestation_variant must be lite or legacy");
}

static int parse_deployment(struct machine *machine, const json_t *root, struct error *error)
{
    const json_t *deployment;
    uint64_t gpus;

    if (!json_object_get(root, "deployment"))
        return 0;
    deployment = json_file_object(root, "deployment", error);
    if (!deployment ||
        json_file_copy(deployment, "image", machine->deployed_image, MACHINE_NAME_BYTES, error) ||
        json_file_bool(deployment, "hugepages", &machine->has_hugepages, error) ||
        json_file_uint(deployment, "num_gpus", GPUS_MAX, &gpus, error))
        return -1;
    machine->gpu_count = (uint32_t)gpus;
    return 0;
}

int machine_parse(struct machine *machine, struct span json, struct error *error)
{
    json_t *root = json_file_parse(json, error);
    uint64_t cpus = 0;
    int result = -1;

    *machine = (struct machine){0};
    if (root && json_file_uint(root, "cpu_count", CPUS_MAX, &cpus, error) == 0 &&
        json_file_uint(root, "memory_size", MACHINE_MEMORY_BYTES_MAX, &machine->memory_size, error) == 0 &&
        json_file_copy(root, "cloud_vendor", machine->cloud_vendor, MACHINE_NAME_BYTES, error) == 0 &&
        json_file_copy(root, "cloud_product", machine->cloud_product, MACHINE_NAME_BYTES, error) == 0 &&
        parse_variant(machine, root, error) == 0 && parse_deployment(machine, root, error) == 0)
        result = 0;
    machine->cpu_count = (uint32_t)cpus;
    if (result == 0)
        result = check_machine(machine, error);
    json_decref(root);
    return result;
}
