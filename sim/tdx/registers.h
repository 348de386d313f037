/* The measurement registers of a TD: MRTD and MRCONFIGID, fixed when it is created, and RTMR0 to
 * RTMR3, extended while it runs (Intel TDX Module specification, "Measurement"). */
#ifndef TDX_REGISTERS_H
#define TDX_REGISTERS_H

#include "sim/base/span.h"

#define REGISTER_BYTES 48
#define REGISTERS_OWNER_BYTES (3 * REGISTER_BYTES) /* MRCONFIGID, MROWNER and MROWNERCONFIG */
#define RTMR_COUNT 4
#define REGISTERS_FIRST_OPEN 2 /* programs in the TD may extend RTMR2 and RTMR3 */
#define RTMR_BOOT_COUNT 3      /* RTMR0 to RTMR2: firmware and kernel; the app's events go to RTMR3 */

struct registers {
    uint8_t mrtd[REGISTER_BYTES];
    uint8_t rtmr[RTMR_COUNT][REGISTER_BYTES];
    uint8_t config_id[REGISTER_BYTES]; /* MRCONFIGID: what the host says that it launches; or zeros */
};

/* RTMR[index] = SHA-384(RTMR[index] || digest). */
void registers_extend(struct registers *registers, unsigned index,
                      const uint8_t digest[static REGISTER_BYTES]);

#define REGISTERS_AGGREGATE_BYTES 32

/* mr_aggregated, which covers all registers: SHA-256(MRTD || RTMR0 .. RTMR3), and then MRCONFIGID,
 * MROWNER and MROWNERCONFIG if any of them is set. MROWNER and MROWNERCONFIG are zeros here. */
void registers_aggregate(const struct registers *registers,
                         uint8_t aggregated[static REGISTERS_AGGREGATE_BYTES]);

/* The same for a quote's registers. owner: its MRCONFIGID, MROWNER and MROWNERCONFIG. */
void registers_aggregate_owned(const struct registers *registers, struct span owner,
                               uint8_t aggregated[static 32]);

/* mr_system, which covers the system without its app: SHA-256(MRTD || RTMR0 .. RTMR2 || provider).
 * provider: SHA-256(key provider info), or zeros if there is none. */
void registers_system(const struct registers *registers, struct span key_provider_info,
                      uint8_t mr_system[static 32]);

#endif
