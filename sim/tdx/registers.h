/* The measurement registers of a TD: MRTD, fixed at its creation, and RTMR0 to
 * RTMR3, extended as it runs (Intel TDX Module specification, "Measurement"). */
#ifndef TDX_REGISTERS_H
#define TDX_REGISTERS_H

#include "sim/base/span.h"

#define REGISTER_BYTES 48
#define RTMR_COUNT 4

struct registers {
    uint8_t mrtd[REGISTER_BYTES];
    uint8_t rtmr[RTMR_COUNT][REGISTER_BYTES];
};

/* RTMR[index] = SHA-384(RTMR[index] || digest). */
void registers_extend(struct registers *registers, unsigned index,
                      const uint8_t digest[static REGISTER_BYTES]);

/* SHA-256(MRTD || RTMR0 .. RTMR3), which stands for the whole bank. */
void registers_aggregate(const struct registers *registers, uint8_t aggregated[static 32]);

/* SHA-256(MRTD || RTMR0 .. RTMR2 || SHA-256(key provider info)): the system without its app. */
void registers_system(const struct registers *registers, struct span key_provider_info,
                      uint8_t system[static 32]);

#endif
