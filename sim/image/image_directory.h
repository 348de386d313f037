/* An OS image as dstack's VMM has it: a directory with metadata.json, and with the files that its
 * measurements follow from.
 *
 *   metadata.json         names kernel, initrd and other files, which are not needed here
 *   sha256sum.txt         SHA-256 of each file of the image, among them of
 *   measurement.tdx.cbor  what MRTD and RTMR0 to RTMR2 are computed from
 *   digest.txt            SHA-256 of sha256sum.txt, which is the hash of the image
 */
#ifndef IMAGE_IMAGE_DIRECTORY_H
#define IMAGE_IMAGE_DIRECTORY_H

#include "sim/image/os_image.h"

#define IMAGE_DIRECTORY_NAME_BYTES 256

struct image_directory {
    char name[IMAGE_DIRECTORY_NAME_BYTES]; /* of the directory */
    char *metadata;                        /* heap: the text of metadata.json */
    bool is_dev;
    struct os_image image;
};

/* Fails with a sentence that names the directory and what is wrong with it. Call image_directory_free in both
 * cases. */
MUST_CHECK int image_directory_read(struct image_directory *directory, const char *path, struct error *error);
void image_directory_free(struct image_directory *directory);

#endif
