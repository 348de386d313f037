/* The measured parts of a dstack OS image.
 *
 * They and the machine that it boots on determine MRTD and RTMR0 to RTMR2 (see measurement.h).
 * The default is fixtures/os-image.json. */
#ifndef IMAGE_OS_IMAGE_H
#define IMAGE_OS_IMAGE_H

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/tdx/registers.h"

#define OS_IMAGE_HASH_BYTES 32 /* SHA-256, which identifies an image */
#define OS_IMAGE_CMDLINE_BYTES 2048
#define OS_IMAGE_WITNESS_BYTES_MAX 512

struct os_image {
    uint8_t kernel_authenticode[REGISTER_BYTES];
    uint8_t initrd[REGISTER_BYTES]; /* SHA-384 */
    char cmdline[OS_IMAGE_CMDLINE_BYTES];
    uint8_t mrtd_single_pass[REGISTER_BYTES];
    uint8_t mrtd_two_pass[REGISTER_BYTES];
    uint8_t td_hob_witness[OS_IMAGE_WITNESS_BYTES_MAX];
    size_t td_hob_witness_len;
    uint8_t acpi_loader[REGISTER_BYTES]; /* digests of the ACPI tables */
    uint8_t acpi_rsdp[REGISTER_BYTES];
    uint8_t acpi_tables[REGISTER_BYTES];
};

MUST_CHECK int os_image_parse(struct os_image *image, struct span json, struct error *error);

#endif
