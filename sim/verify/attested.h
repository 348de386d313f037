/* An attestation that vouches for a key, as a KMS judges it: whose quote it is, and what its TD has booted.
 *
 * Unlike verify.h this leaves the OS image alone, as dstack-kms does with image.verify = false, and a
 * failure is an error, not a verdict. */
#ifndef VERIFY_ATTESTED_H
#define VERIFY_ATTESTED_H

#include "sim/tdx/app_info.h"
#include "sim/verify/evidence_read.h"
#include "sim/verify/quote_verify.h"

struct attested {
    struct evidence evidence;
    struct quote_verdict quote;
};

/* Verifies the evidence in attested->evidence: its report data, its quote, and that the event log leads to
 * the quote's registers. Spans point into the evidence and the arena. */
MUST_CHECK int attested_verify(struct attested *attested,
                               const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                               const struct quote_authority *authority, struct arena *arena,
                               struct error *error);

/* What a KMS and its authorization decide by: dstack's BootInfo. */
struct attested_boot {
    struct app_info app; /* without init script hashes */
    const char *tcb_status;
    char *const *advisories;
    size_t advisory_count;
};

/* Reads the boot info of verified evidence. is_early: as of boot-mr-done, without a key provider, which a TD
 * has only later. vm_config: JSON; if empty, that of the evidence. In the arena. */
MUST_CHECK int attested_boot_info(const struct attested *attested, bool is_early, struct span vm_config,
                                  struct arena *arena, struct attested_boot *boot, struct error *error);

/* What a certificate says of the app as it runs, with init script hashes. In the arena. */
MUST_CHECK int attested_app_info(const struct attested *attested, struct arena *arena, struct app_info *app,
                                 struct error *error);

/* The attestation, shortened for a certificate (.8), in the arena. */
struct span attested_cut(const struct attested *attested, struct arena *arena);

#endif
