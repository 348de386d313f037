/* Writes the boot's part of an event log as the firmware leaves it for the operating system, in the ACPI
 * table CCEL (UEFI, "Confidential Computing"; its data: TCG PC Client Platform Firmware Profile,
 * "Event Logging"):
 *
 *     TCG_PCClientPCREvent: the header, of which digests there are
 *     TCG_PCR_EVENT2 for each event of RTMR0 to RTMR2:  u32 register + 1, u32 type, its SHA-384, its data
 *     0xff to the end */
#ifndef TDX_CCEL_H
#define TDX_CCEL_H

#include "sim/tdx/event_log.h"

#define CCEL_BYTES (64 * 1024) /* as the firmware of dstack's images reserves for it */

void ccel_write(const struct event_log *log, struct buf *out);

#endif
