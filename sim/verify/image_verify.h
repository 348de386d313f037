/* Verifies that a quote's registers were measured from the OS image that vm_config describes.
 * This follows dstack's public "TDX lite" rules and needs no image: vm_config carries its
 * measurement document, and the image's hash commits to that document. */
#ifndef VERIFY_IMAGE_VERIFY_H
#define VERIFY_IMAGE_VERIFY_H

#include "sim/image/os_image.h"
#include "sim/tdx/evidence.h"

/* Recomputes MRTD and RTMR0 to RTMR2 and compares them with the quote's. replay_verify must have
 * accepted the event log. Out: the image's hash, which is also in the log's os-image-hash event if the app
 * uses a KMS. */
MUST_CHECK int image_verify(const struct evidence *evidence, const struct registers *quoted,
                            struct arena *arena, uint8_t os_image_hash[static OS_IMAGE_HASH_BYTES],
                            struct error *error);

#endif
