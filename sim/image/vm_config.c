#include "sim/image/vm_config.h"

#include "sim/base/json_text.h"
#include "sim/format/json_base64.h"
#include "sim/format/json_file.h"
#include "sim/image/measurement.h"

#define VARIANT_LITE "lite"
#define VARIANT_LEGACY "legacy" /* what a missing member means */

/* --- writing --- */

static void member_measurement(struct buf *out, const struct measurement_document *document)
{
    json_text_key(out, ',', "tdx_measurement");
    json_base64_member(out, '{', "checksum_file", span_text(document->checksum_file));
    json_base64_member(out, ',', "measurement", buf_span(&document->measurement));
    buf_append_byte(out, '}');
}

static void member_bool(struct buf *out, const char *name, bool value)
{
    json_text_key(out, ',', name);
    buf_append_text(out, value ? "true" : "false");
}

/* What dstack's VMM says of a machine that it deploys, as a verifier expects it for one without other
 * devices. */
static void members_of_deployment(struct buf *out, const struct machine *machine)
{
    json_text_member_uint(out, ',', "spec_version", 1);
    json_text_member_uint(out, ',', "pci_hole64_size", 0);
    member_bool(out, "hugepages", machine->has_hugepages);
    json_text_member_uint(out, ',', "num_gpus", machine->gpu_count);
    json_text_member_uint(out, ',', "num_nvswitches", 0);
    member_bool(out, "hotplug_off", false);
    json_text_member(out, ',', "host_share_mode", "9p");
    json_text_member(out, ',', "image", machine->deployed_image);
}

char *vm_config_write(const struct measurement_document *document, const struct machine *machine, size_t *len)
{
    struct buf out;

    buf_init(&out, SIZE_MAX);
    json_text_member_hex(&out, '{', "os_image_hash", document->os_image_hash, sizeof document->os_image_hash);
    json_text_member_uint(&out, ',', "cpu_count", machine->cpu_count);
    json_text_member_uint(&out, ',', "memory_size", machine->memory_size);
    if (!machine->is_legacy)
        json_text_member(&out, ',', "tdx_attestation_variant", VARIANT_LITE);
    member_measurement(&out, document);
    json_text_member(&out, ',', "ovmf_variant", MEASUREMENT_OVMF_VARIANT);
    if (machine->deployed_image[0])
        members_of_deployment(&out, machine);
    buf_append_byte(&out, '}');
    return buf_take(&out, len);
}

/* --- reading --- */

static int check_variants(const json_t *root, struct error *error)
{
    const json_t *ovmf = json_object_get(root, "ovmf_variant"); /* may be missing */
    const char *variant = VARIANT_LEGACY;

    if (json_object_get(root, "tdx_attestation_variant") &&
        json_file_string(root, "tdx_attestation_variant", &variant, error))
        return -1;
    if (strcmp(variant, VARIANT_LEGACY) == 0)
        return error_input(error, "the image cannot be checked offline: its measurements are of the legacy "
                                  "variant, which depend on QEMU; only those of lite can be computed");
    if (strcmp(variant, VARIANT_LITE) != 0)
        return error_quote(error, "tdx_attestation_variant is \"", span_text(variant),
                           "\"; only \"" VARIANT_LITE "\" is supported");
    if (ovmf && !(json_is_string(ovmf) && strcmp(json_string_value(ovmf), MEASUREMENT_OVMF_VARIANT) == 0))
        return error_input(error, "ovmf_variant must be " MEASUREMENT_OVMF_VARIANT);
    return 0;
}

static int read_members(const json_t *root, struct arena *arena, struct vm_config *config,
                        struct error *error)
{
    const json_t *document;

    if (check_variants(root, error) || !(document = json_file_object(root, "tdx_measurement", error)) ||
        json_file_hex(root, "os_image_hash", config->os_image_hash, OS_IMAGE_HASH_BYTES, error) ||
        json_file_uint(root, "memory_size", MACHINE_MEMORY_BYTES_MAX, &config->memory_size, error))
        return -1;
    if (json_base64_read(document, "checksum_file", arena, &config->checksum_file, error) ||
        json_base64_read(document, "measurement", arena, &config->measurement, error))
        return error_context(error, "tdx_measurement");
    if (!machine_memory_is_described(config->memory_size))
        return error_input(error, "memory_size must be 0x%x or at least 0x%x bytes", MACHINE_MEMORY_LOW,
                           MACHINE_MEMORY_SPLIT_FROM);
    return 0;
}

int vm_config_read(struct span text, struct arena *arena, struct vm_config *config, struct error *error)
{
    static const char *const members[] = {"tdx_attestation_variant", "ovmf_variant", "tdx_measurement",
                                          "os_image_hash",           "memory_size",  NULL};
    json_t *root = json_file_parse_some(text, members, error);
    int result = root ? read_members(root, arena, config, error) : -1;

    json_decref(root);
    return result;
}
