/* The TD HOB: the list of memory ranges that is passed to the firmware, which measures it
 * into RTMR0 (UEFI PI specification, volume 3, "HOB"). */
#ifndef IMAGE_TD_HOB_H
#define IMAGE_TD_HOB_H

#include "sim/base/buf.h"
#include "sim/base/error.h"

/* Writes the measured bytes for a machine with that memory size.
 * witness: the firmware's memory use, from the image, as varints: base page, HOB page
 * delta, range count, then for each range its start delta from the base page and its
 * page count.
 * Fails if the witness is truncated or too long, or its ranges are not in order. */
MUST_CHECK int td_hob_write(struct buf *out, struct span witness, uint64_t memory_size, struct error *error);

#endif
