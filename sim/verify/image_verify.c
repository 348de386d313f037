#include "sim/verify/image_verify.h"

#include "crypto/base64.h"
#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/format/cbor.h"
#include "sim/format/json_file.h"
#include "sim/image/measurement.h"
#include "sim/tdx/event_names.h"
#include "sim/verify/replay.h"

#define DOCUMENT_VERSION 3
#define DOCUMENT_NAME "measurement.tdx.cbor"
#define OVMF_VARIANT "pre202505"
#define VARIANT_LITE "lite"
#define MEMORY_MAX ((uint64_t)1 << 46)

/* Memory sizes at which the kernel is measured as the document says. */
#define MEMORY_SMALL UINT64_C(0x80000000)
#define MEMORY_LARGE_FROM UINT64_C(0xb0000000)

/* What a vm_config says, as far as it is measured. */
struct claim {
    uint8_t os_image_hash[IMAGE_HASH_BYTES];
    uint64_t memory_size;
    struct span checksum_file;
    struct span measurement; /* CBOR */
};

/* --- vm_config --- */

static int read_base64(const json_t *object, const char *name, struct arena *arena, struct span *bytes,
                       struct error *error)
{
    const char *text;
    uint8_t *out;
    size_t len;

    if (json_file_string(object, name, &text, error))
        return -1;
    out = arena_alloc(arena, strlen(text) + 1);
    if (base64_decode(text, strlen(text), out, &len))
        return error_input(error, "%s must be base64", name);
    *bytes = span_of(out, len);
    return 0;
}

static int check_variants(const json_t *root, struct error *error)
{
    const json_t *ovmf = json_object_get(root, "ovmf_variant"); /* may be missing */
    const char *variant;

    if (json_file_string(root, "tdx_attestation_variant", &variant, error))
        return -1;
    if (strcmp(variant, VARIANT_LITE) != 0)
        return error_input(error,
                           "tdx_attestation_variant is \"%.40s\"; only \"" VARIANT_LITE "\" is verified here",
                           variant);
    if (ovmf && !(json_is_string(ovmf) && strcmp(json_string_value(ovmf), OVMF_VARIANT) == 0))
        return error_input(error, "ovmf_variant must be " OVMF_VARIANT);
    return 0;
}

static int read_claim(const json_t *root, struct arena *arena, struct claim *claim, struct error *error)
{
    const json_t *document = json_file_object(root, "tdx_measurement", error);

    if (check_variants(root, error) ||
        json_file_hex(root, "os_image_hash", claim->os_image_hash, IMAGE_HASH_BYTES, error) ||
        json_file_uint(root, "memory_size", MEMORY_MAX, &claim->memory_size, error))
        return -1;
    if (!document || read_base64(document, "checksum_file", arena, &claim->checksum_file, error) ||
        read_base64(document, "measurement", arena, &claim->measurement, error))
        return error_context(error, "tdx_measurement");
    if (claim->memory_size != MEMORY_SMALL && claim->memory_size < MEMORY_LARGE_FROM)
        return error_input(error, "memory_size must be 0x80000000 or at least 0xb0000000 bytes");
    return 0;
}

static int read_vm_config(struct span text, struct arena *arena, struct claim *claim, struct error *error)
{
    json_t *root;
    int result;

    if (text.len == 0)
        return error_input(error, "vm_config is missing: the image is verified by what it says");
    root = json_file_parse(text, error);
    result = root ? read_claim(root, arena, claim, error) : -1;
    json_decref(root);
    return result ? error_context(error, "vm_config") : 0;
}

/* --- from the image's hash to its measurement document --- */

/* Looks for the line "<64 hex>  measurement.tdx.cbor". */
static int find_checksum(struct span file, uint8_t checksum[static 32], struct error *error)
{
    static const char name[] = "  " DOCUMENT_NAME;

    while (file.len > 0) {
        const uint8_t *end = memchr(file.data, '\n', file.len);
        struct span line = span_of(file.data, end ? (size_t)(end - file.data) : file.len);
        size_t len, bad_at;
        if (line.len == 64 + strlen(name) && memcmp(line.data + 64, name, strlen(name)) == 0 &&
            hex_decode((const char *)line.data, 64, checksum, &len, &bad_at) == HEX_OK && len == 32)
            return 0;
        file = end ? span_of(end + 1, file.len - line.len - 1) : NO_SPAN;
    }
    return error_input(error, "checksum_file has no line for " DOCUMENT_NAME);
}

static int check_hashes(const struct claim *claim, const struct evidence *evidence, struct error *error)
{
    uint8_t named[32], computed[32];

    hash_sha256(claim->checksum_file.data, claim->checksum_file.len, computed);
    if (memcmp(computed, claim->os_image_hash, sizeof computed) != 0)
        return error_input(error, "vm_config's os_image_hash is not the SHA-256 of its checksum_file");
    if (!span_equal(replay_payload(evidence, EVENT_NAME_OS_IMAGE_HASH), span_of(computed, sizeof computed)))
        return error_input(error, "the os-image-hash event does not hold vm_config's os_image_hash");
    if (find_checksum(claim->checksum_file, named, error))
        return -1;
    hash_sha256(claim->measurement.data, claim->measurement.len, computed);
    if (memcmp(named, computed, sizeof computed) != 0)
        return error_input(error,
                           "checksum_file has another SHA-256 for " DOCUMENT_NAME " than the measurement's");
    return 0;
}

/* --- the measurement document --- */

static bool read_digest(struct span *rest, const char *name, uint8_t digest[static REGISTER_BYTES])
{
    struct span bytes;

    if (!cbor_read_key(rest, name) || !cbor_read_bytes(rest, &bytes) || bytes.len != REGISTER_BYTES)
        return false;
    memcpy(digest, bytes.data, bytes.len);
    return true;
}

static bool read_map(struct span *rest, uint64_t members)
{
    uint64_t pairs;

    return cbor_read_map(rest, &pairs) && pairs == members;
}

static bool read_firmware(struct span *rest, struct os_image *image)
{
    struct span ovmf, witness;

    if (!cbor_read_key(rest, "tdvf") || !read_map(rest, 3) || !cbor_read_key(rest, "ovmf") ||
        !cbor_read_text(rest, &ovmf) || !span_is(ovmf, OVMF_VARIANT) || !cbor_read_key(rest, "mrtd") ||
        !read_map(rest, 2) || !read_digest(rest, "single_pass", image->mrtd_single_pass) ||
        !read_digest(rest, "two_pass", image->mrtd_two_pass) || !cbor_read_key(rest, "td_hob") ||
        !cbor_read_bytes(rest, &witness) || witness.len > sizeof image->td_hob_witness)
        return false;
    if (witness.len)
        memcpy(image->td_hob_witness, witness.data, witness.len);
    image->td_hob_witness_len = witness.len;
    return true;
}

/* Members stand in the order of the writer (sim/image/measurement.c). */
static int read_document(struct span rest, struct os_image *image, uint8_t cmdline[static REGISTER_BYTES],
                         struct error *error)
{
    uint64_t version = 0;

    if (!read_map(&rest, 3) || !cbor_read_key(&rest, "version") || !cbor_read_uint(&rest, &version) ||
        version != DOCUMENT_VERSION)
        return error_input(error, "the measurement is no CBOR map of version %d", DOCUMENT_VERSION);
    if (!cbor_read_key(&rest, "image") || !read_map(&rest, 3) ||
        !read_digest(&rest, "cmdline_sha384", cmdline) ||
        !read_digest(&rest, "kernel_authenticode", image->kernel_authenticode) ||
        !read_digest(&rest, "initrd_sha384", image->initrd))
        return error_input(error, "the measurement's member image is malformed");
    if (!read_firmware(&rest, image))
        return error_input(error, "the measurement's member tdvf is malformed, or not of " OVMF_VARIANT);
    return rest.len == 0 ? 0 : error_input(error, "behind the measurement stand %zu more bytes", rest.len);
}

/* --- registers --- */

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
        return error_input(error, "the quote's MRTD is neither of those of the image's firmware");
    for (int i = 0; i < RTMR_BOOT_COUNT; i++)
        if (memcmp(quoted->rtmr[i], computed->rtmr[i], REGISTER_BYTES) != 0)
            return error_input(error, "RTMR%d computed from the image and vm_config is not the quote's", i);
    return 0;
}

int image_verify(const struct evidence *evidence, const struct registers *quoted, struct arena *arena,
                 uint8_t os_image_hash[static IMAGE_HASH_BYTES], struct error *error)
{
    struct os_image image = {.cmdline = ""};
    uint8_t cmdline[REGISTER_BYTES];
    struct registers computed;
    struct claim claim = {.memory_size = 0};

    if (read_vm_config(evidence->vm_config, arena, &claim, error) || check_hashes(&claim, evidence, error) ||
        read_document(claim.measurement, &image, cmdline, error) ||
        find_acpi(evidence, EVENT_NAME_ACPI_LOADER, image.acpi_loader, error) ||
        find_acpi(evidence, EVENT_NAME_ACPI_RSDP, image.acpi_rsdp, error) ||
        find_acpi(evidence, EVENT_NAME_ACPI_TABLES, image.acpi_tables, error) ||
        measurement_recompute(&image, cmdline, claim.memory_size, &computed, error) ||
        compare(&image, &computed, quoted, error))
        return -1;
    memcpy(os_image_hash, claim.os_image_hash, IMAGE_HASH_BYTES);
    return 0;
}
