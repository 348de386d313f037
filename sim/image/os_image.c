#include "sim/image/os_image.h"

#include <stdio.h>

#include "sim/format/json_file.h"

#define MEMORY_SMALL 0x80000000u /* the sizes whose memory map the firmware rules describe */
#define MEMORY_LARGE_FROM 0xb0000000u
#define MEMORY_MAX ((uint64_t)1 << 46)
#define CPU_MAX 4096

static int copy_string(const json_t *object, const char *name, char *out, size_t size, struct error *error)
{
    const char *text;

    if (json_file_string(object, name, &text, error))
        return -1;
    if (strlen(text) >= size)
        return error_input(error, "%s is longer than %zu bytes", name, size - 1);
    snprintf(out, size, "%s", text);
    return 0;
}

static int parse_firmware(struct os_image *image, const json_t *root, struct error *error)
{
    const json_t *firmware = json_file_object(root, "firmware", error);

    if (!firmware ||
        json_file_hex(firmware, "mrtd_single_pass", image->mrtd_single_pass, REGISTER_BYTES, error) ||
        json_file_hex(firmware, "mrtd_two_pass", image->mrtd_two_pass, REGISTER_BYTES, error) ||
        json_file_hex_upto(firmware, "td_hob_witness", image->td_hob_witness, sizeof image->td_hob_witness,
                           &image->td_hob_witness_len, error))
        return error_context(error, "firmware");
    return 0;
}

static int parse_acpi(struct os_image *image, const json_t *root, struct error *error)
{
    const json_t *acpi = json_file_object(root, "acpi", error);

    if (!acpi || json_file_hex(acpi, "loader", image->acpi_loader, REGISTER_BYTES, error) ||
        json_file_hex(acpi, "rsdp", image->acpi_rsdp, REGISTER_BYTES, error) ||
        json_file_hex(acpi, "tables", image->acpi_tables, REGISTER_BYTES, error))
        return error_context(error, "acpi");
    return 0;
}

/* It is measured as UTF-16, which the rules describe for ASCII. */
static int check_cmdline(const char *cmdline, struct error *error)
{
    for (; *cmdline; cmdline++)
        if (*cmdline < 0x20 || *cmdline > 0x7e)
            return error_input(error, "cmdline must be printable ASCII");
    return 0;
}

int os_image_parse(struct os_image *image, struct span json, struct error *error)
{
    json_t *root = json_file_parse(json, error);
    int result = -1;

    *image = (struct os_image){0};
    if (root &&
        json_file_hex(root, "kernel_authenticode_sha384", image->kernel_authenticode, REGISTER_BYTES,
                      error) == 0 &&
        json_file_hex(root, "initrd_sha384", image->initrd, REGISTER_BYTES, error) == 0 &&
        copy_string(root, "cmdline", image->cmdline, sizeof image->cmdline, error) == 0 &&
        check_cmdline(image->cmdline, error) == 0 && parse_firmware(image, root, error) == 0 &&
        parse_acpi(image, root, error) == 0)
        result = 0;
    json_decref(root);
    return result;
}

static int check_memory(uint64_t size, struct error *error)
{
    if (size == MEMORY_SMALL || size >= MEMORY_LARGE_FROM)
        return 0;
    return error_input(error, "memory_size must be %u or at least %u bytes", MEMORY_SMALL, MEMORY_LARGE_FROM);
}

static int check_machine(const struct machine *machine, struct error *error)
{
    if (machine->cpu_count == 0)
        return error_input(error, "cpu_count must be at least 1");
    return check_memory(machine->memory_size, error);
}

static int apply_vm_config(struct machine *machine, const json_t *vm_config, struct error *error)
{
    uint64_t cpus = machine->cpu_count;

    if (json_object_get(vm_config, "cpu_count") &&
        json_file_uint(vm_config, "cpu_count", CPU_MAX, &cpus, error))
        return -1;
    if (json_object_get(vm_config, "memory_size") &&
        json_file_uint(vm_config, "memory_size", MEMORY_MAX, &machine->memory_size, error))
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

int machine_parse(struct machine *machine, struct span json, struct error *error)
{
    json_t *root = json_file_parse(json, error);
    uint64_t cpus = 0;
    int result = -1;

    *machine = (struct machine){0};
    if (root && json_file_uint(root, "cpu_count", CPU_MAX, &cpus, error) == 0 &&
        json_file_uint(root, "memory_size", MEMORY_MAX, &machine->memory_size, error) == 0 &&
        copy_string(root, "cloud_vendor", machine->cloud_vendor, MACHINE_NAME_BYTES, error) == 0 &&
        copy_string(root, "cloud_product", machine->cloud_product, MACHINE_NAME_BYTES, error) == 0)
        result = 0;
    machine->cpu_count = (uint32_t)cpus;
    if (result == 0)
        result = check_machine(machine, error);
    json_decref(root);
    return result;
}
