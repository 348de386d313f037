#include "sim/image/measurement_document.h"

#include <stdio.h>

#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/format/cbor.h"
#include "sim/image/measurement.h"

#define VERSION 3
#define CHECKSUM_FILE_NAME "  " MEASUREMENT_DOCUMENT_NAME /* follows the checksum, as in sha256sum's output */

/* --- the measurement; the order of its members is fixed --- */

static void write_digest(struct buf *out, const char *name, const uint8_t *digest)
{
    cbor_write_text(out, name);
    cbor_write_bytes(out, digest, REGISTER_BYTES);
}

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

static void write_kernel(struct buf *out, const struct os_image *image)
{
    cbor_write_text(out, "image");
    cbor_write_map(out, 3);
    write_digest(out, "cmdline_sha384", image->cmdline);
    write_digest(out, "kernel_authenticode", image->kernel_authenticode);
    write_digest(out, "initrd_sha384", image->initrd);
}

static bool read_kernel(struct span *rest, struct os_image *image)
{
    return cbor_read_key(rest, "image") && read_map(rest, 3) &&
           read_digest(rest, "cmdline_sha384", image->cmdline) &&
           read_digest(rest, "kernel_authenticode", image->kernel_authenticode) &&
           read_digest(rest, "initrd_sha384", image->initrd);
}

static void write_firmware(struct buf *out, const struct os_image *image)
{
    cbor_write_text(out, "tdvf");
    cbor_write_map(out, 3);
    cbor_write_text(out, "ovmf");
    cbor_write_text(out, MEASUREMENT_OVMF_VARIANT);
    cbor_write_text(out, "mrtd");
    cbor_write_map(out, 2);
    write_digest(out, "single_pass", image->mrtd_single_pass);
    write_digest(out, "two_pass", image->mrtd_two_pass);
    cbor_write_text(out, "td_hob");
    cbor_write_bytes(out, image->td_hob_witness, image->td_hob_witness_len);
}

static bool read_firmware(struct span *rest, struct os_image *image)
{
    struct span ovmf, witness;

    if (!cbor_read_key(rest, "tdvf") || !read_map(rest, 3) || !cbor_read_key(rest, "ovmf") ||
        !cbor_read_text(rest, &ovmf) || !span_is(ovmf, MEASUREMENT_OVMF_VARIANT) ||
        !cbor_read_key(rest, "mrtd") || !read_map(rest, 2) ||
        !read_digest(rest, "single_pass", image->mrtd_single_pass) ||
        !read_digest(rest, "two_pass", image->mrtd_two_pass) || !cbor_read_key(rest, "td_hob") ||
        !cbor_read_bytes(rest, &witness) || witness.len > sizeof image->td_hob_witness)
        return false;
    if (witness.len)
        memcpy(image->td_hob_witness, witness.data, witness.len);
    image->td_hob_witness_len = witness.len;
    return true;
}

static void write_measurement(struct buf *out, const struct os_image *image)
{
    cbor_write_map(out, 3);
    cbor_write_text(out, "version");
    cbor_write_uint(out, VERSION);
    write_kernel(out, image);
    write_firmware(out, image);
}

int measurement_document_read(struct span measurement, struct os_image *image, struct error *error)
{
    struct span rest = measurement;
    uint64_t version = 0;

    if (!read_map(&rest, 3) || !cbor_read_key(&rest, "version") || !cbor_read_uint(&rest, &version) ||
        version != VERSION)
        return error_input(error, "the measurement is not a CBOR map of version %d", VERSION);
    if (!read_kernel(&rest, image))
        return error_input(error, "the measurement's member image is malformed");
    if (!read_firmware(&rest, image))
        return error_input(error,
                           "the measurement's member tdvf is malformed or not for " MEASUREMENT_OVMF_VARIANT);
    return rest.len == 0 ? 0 : error_input(error, "trailing bytes after the measurement: %zu", rest.len);
}

/* --- the checksum file --- */

static void write_checksum(struct measurement_document *document)
{
    uint8_t digest[32];
    char digits[64];

    hash_sha256(document->measurement.data, document->measurement.len, digest);
    hex_encode(digest, sizeof digest, digits);
    snprintf(document->checksum_file, sizeof document->checksum_file, "%.64s" CHECKSUM_FILE_NAME "\n",
             digits);
}

void measurement_document_write(const struct os_image *image, struct measurement_document *document)
{
    buf_init(&document->measurement, SIZE_MAX);
    if (image->measurement_len) {
        buf_append(&document->measurement, image->measurement, image->measurement_len);
        memcpy(document->checksum_file, image->checksum_file, sizeof document->checksum_file);
    } else {
        write_measurement(&document->measurement, image);
        write_checksum(document);
    }
    hash_sha256(document->checksum_file, strlen(document->checksum_file), document->os_image_hash);
}

int measurement_document_checksum(struct span file, uint8_t checksum[static 32], struct error *error)
{
    static const char name[] = CHECKSUM_FILE_NAME;

    while (file.len > 0) {
        const uint8_t *end = memchr(file.data, '\n', file.len);
        struct span line = span_of(file.data, end ? (size_t)(end - file.data) : file.len);
        size_t len, bad_at;
        if (line.len == 64 + strlen(name) && memcmp(line.data + 64, name, strlen(name)) == 0 &&
            hex_decode((const char *)line.data, 64, checksum, &len, &bad_at) == HEX_OK && len == 32)
            return 0;
        file = end ? span_of(end + 1, file.len - line.len - 1) : SPAN_NONE;
    }
    return error_input(error, "checksum_file has no line for " MEASUREMENT_DOCUMENT_NAME);
}
