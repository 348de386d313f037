#include "sim/verify/image_verify.h"

#include "crypto/base64.h"
#include "crypto/hash.h"

#include "sim/image/measurement.h"
#include "sim/image/vm_config.h"
#include "sim/tdx/event_names.h"
#include "sim/verify/replay.h"

static int read_vm_config(struct span text, struct arena *arena, struct vm_config *config,
                          struct error *error)
{
    if (text.len == 0)
        return error_input(error, "vm_config is missing: it is needed to verify the OS image");
    return vm_config_read(text, arena, config, error) ? error_context(error, "vm_config") : 0;
}

static int check_hashes(const struct vm_config *config, const struct evidence *evidence, struct error *error)
{
    uint8_t named[32], computed[32];

    hash_sha256(config->checksum_file.data, config->checksum_file.len, computed);
    if (memcmp(computed, config->os_image_hash, sizeof computed) != 0)
        return error_input(error, "vm_config's os_image_hash is not the SHA-256 of its checksum_file");
    if (replay_has(evidence, EVENT_NAME_OS_IMAGE_HASH) &&
        !span_equal(replay_payload(evidence, EVENT_NAME_OS_IMAGE_HASH), span_of(computed, sizeof computed)))
        return error_input(error,
                           "the " EVENT_NAME_OS_IMAGE_HASH " event does not hold vm_config's os_image_hash");
    if (measurement_document_checksum(config->checksum_file, named, error))
        return -1;
    hash_sha256(config->measurement.data, config->measurement.len, computed);
    if (memcmp(named, computed, sizeof computed) != 0)
        return error_input(error, "checksum_file's SHA-256 of " MEASUREMENT_DOCUMENT_NAME
                                  " does not match the measurement");
    return 0;
}

/* The digest of the one ACPI event of that name. */
static int find_acpi(const struct evidence *evidence, const char *name, uint8_t digest[static REGISTER_BYTES],
                     struct error *error)
{
    const struct event *found = NULL;

    for (size_t i = 0; i < evidence->count; i++) {
        const struct event *event = &evidence->events[i];
        if (!event_is_acpi(event) || strcmp(event->name, name) != 0)
            continue;
        if (found)
            return error_input(error, "the event log has two events named %s", name);
        found = event;
    }
    if (!found)
        return error_input(error, "the event log has no event named %s for an ACPI table", name);
    memcpy(digest, found->digest, REGISTER_BYTES);
    return 0;
}

static int compare(const struct os_image *image, const struct registers *computed,
                   const struct registers *quoted, struct error *error)
{
    if (memcmp(quoted->mrtd, image->mrtd_single_pass, REGISTER_BYTES) != 0 &&
        memcmp(quoted->mrtd, image->mrtd_two_pass, REGISTER_BYTES) != 0)
        return error_input(error, "the quote's MRTD does not match the image's firmware");
    for (int i = 0; i < RTMR_BOOT_COUNT; i++)
        if (memcmp(quoted->rtmr[i], computed->rtmr[i], REGISTER_BYTES) != 0)
            return error_input(error, "RTMR%d computed from the image and vm_config differs from the quote's",
                               i);
    return 0;
}

int image_verify(const struct evidence *evidence, const struct registers *quoted, struct arena *arena,
                 uint8_t os_image_hash[static OS_IMAGE_HASH_BYTES], struct error *error)
{
    struct os_image image = {.version = ""};
    struct registers computed;
    struct vm_config config = {.memory_size = 0};

    if (read_vm_config(evidence->vm_config, arena, &config, error) ||
        check_hashes(&config, evidence, error) ||
        measurement_document_read(config.measurement, &image, error) ||
        find_acpi(evidence, EVENT_NAME_ACPI_LOADER, image.acpi_loader, error) ||
        find_acpi(evidence, EVENT_NAME_ACPI_RSDP, image.acpi_rsdp, error) ||
        find_acpi(evidence, EVENT_NAME_ACPI_TABLES, image.acpi_tables, error) ||
        measurement_recompute(&image, config.memory_size, &computed, error) ||
        compare(&image, &computed, quoted, error))
        return -1;
    memcpy(os_image_hash, config.os_image_hash, OS_IMAGE_HASH_BYTES);
    return 0;
}
