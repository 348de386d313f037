/* A dstack OS image: its version, and the parts that are measured.
 *
 * These and the machine that it boots on determine MRTD and RTMR0 to RTMR2 (see measurement.h). Two
 * images are part of the program: fixtures/os-image.json, the default, and os-image-0.6.json. */
#ifndef IMAGE_OS_IMAGE_H
#define IMAGE_OS_IMAGE_H

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/format/semver.h"
#include "sim/tdx/registers.h"

#define OS_IMAGE_HASH_BYTES 32 /* SHA-256, which identifies an image */
#define OS_IMAGE_VERSION_BYTES 32
#define OS_IMAGE_CMDLINE_BYTES 2048
#define OS_IMAGE_WITNESS_BYTES_MAX 512
#define OS_IMAGE_CHECKSUM_FILE_BYTES 4096 /* with a NUL */
#define OS_IMAGE_MEASUREMENT_BYTES_MAX 2048

/* The lines of dstack that have an image. */
enum os_image_line { OS_IMAGE_LINE_0_5, OS_IMAGE_LINE_0_6 };

struct os_image {
    char version[OS_IMAGE_VERSION_BYTES]; /* "0.5.11"; not measured */
    struct semver release;                /* the same as numbers */
    uint8_t kernel_authenticode[REGISTER_BYTES];
    uint8_t initrd[REGISTER_BYTES];  /* SHA-384 */
    uint8_t cmdline[REGISTER_BYTES]; /* SHA-384 of the command line as the kernel measures it */
    uint8_t mrtd_single_pass[REGISTER_BYTES];
    uint8_t mrtd_two_pass[REGISTER_BYTES];
    uint8_t td_hob_witness[OS_IMAGE_WITNESS_BYTES_MAX];
    size_t td_hob_witness_len;
    uint8_t acpi_loader[REGISTER_BYTES]; /* digests of the ACPI tables */
    uint8_t acpi_rsdp[REGISTER_BYTES];
    uint8_t acpi_tables[REGISTER_BYTES];

    /* Of an image in a directory: the files that its hash commits to. Empty for others, for which
     * measurement_document.h makes them. */
    char checksum_file[OS_IMAGE_CHECKSUM_FILE_BYTES];
    uint8_t measurement[OS_IMAGE_MEASUREMENT_BYTES_MAX];
    size_t measurement_len;
};

MUST_CHECK int os_image_parse(struct os_image *image, struct span json, struct error *error);

/* Whether it is of dstack 0.6 or later, where system and app differ from 0.5: boot events, event logs
 * of version 2, requirements, and RTMR3 closed to apps. */
bool os_image_is_0_6(const struct os_image *image);

/* The description of a line's image, which is part of the program. */
struct span os_image_embedded(enum os_image_line line);

/* "0.5", by enum os_image_line; NULL after the last; a spelling_word. */
const char *os_image_line_name(size_t index);

#endif
