/* The measurement document of an OS image, its file "measurement.tdx.cbor", and the checksum file
 * that commits to it: all that a verifier needs of the image (dstack's TDX lite rules). */
#ifndef IMAGE_MEASUREMENT_DOCUMENT_H
#define IMAGE_MEASUREMENT_DOCUMENT_H

#include "sim/base/buf.h"
#include "sim/image/os_image.h"

#define MEASUREMENT_DOCUMENT_NAME "measurement.tdx.cbor"

struct measurement_document {
    uint8_t os_image_hash[OS_IMAGE_HASH_BYTES]; /* SHA-256 of checksum_file */
    /* "<SHA-256 of measurement, in hex>  measurement.tdx.cbor\n", perhaps among other such lines */
    char checksum_file[OS_IMAGE_CHECKSUM_FILE_BYTES];
    struct buf measurement; /* CBOR; buf_free it */
};

/* The files of an image that has some, else new ones. */
void measurement_document_write(const struct os_image *image, struct measurement_document *document);

/* Reads a measurement. Out: image, except for its version and the ACPI tables, which it leaves out. */
MUST_CHECK int measurement_document_read(struct span measurement, struct os_image *image,
                                         struct error *error);

/* The SHA-256 of the measurement in a checksum file, which may list other files too. */
MUST_CHECK int measurement_document_checksum(struct span checksum_file, uint8_t checksum[static 32],
                                             struct error *error);

#endif
