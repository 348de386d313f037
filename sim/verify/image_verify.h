/* Is the OS image that a vm_config describes the one a quote's registers were measured
 * from? By dstack's public "TDX lite" rules, without the image: vm_config carries its
 * measurement document, and the hash that names the image commits to that. */
#ifndef VERIFY_IMAGE_VERIFY_H
#define VERIFY_IMAGE_VERIFY_H

#include "sim/image/os_image.h"
#include "sim/tdx/evidence.h"

/* Recomputes MRTD and RTMR0 to RTMR2 and compares them with the quote's. The event log
 * must have been replayed. Out: the image's hash, which is also the one in the log's
 * os-image-hash event. */
MUST_CHECK int image_verify(const struct evidence *evidence, const struct registers *quoted,
                            struct arena *arena, uint8_t os_image_hash[static OS_IMAGE_HASH_BYTES],
                            struct error *error);

#endif
