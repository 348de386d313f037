/* The verifier: checks evidence about a TD by the rules of dstack-verifier, but with the
 * simulator's own root in place of Intel's.
 *
 * It never changes its inputs, and gives a verdict for every input. */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "sim/app/app.h"
#include "sim/verify/evidence_read.h"
#include "sim/verify/image_verify.h"
#include "sim/verify/quote_verify.h"

/* The app's identity, from events before system-ready. Spans point into the arena, and are empty
 * if the log has no such event. */
struct verify_app {
    struct span app_id;
    struct span compose_hash;
    struct span instance_id;
    struct span key_provider_info; /* JSON */
    struct span *init_script_hashes;
    size_t init_script_count;
    const char *key_provider_name; /* from key_provider_info, or NULL if that is malformed */
    const char *key_provider_id;
    uint8_t device_id[32];
    uint8_t mr_system[32];
    uint8_t mr_aggregated[32];
    uint8_t os_image_hash[OS_IMAGE_HASH_BYTES];
};

/* The checks are made in this order; everything after a failed one is unset. As dstack-verifier has it, a
 * quote is verified only with an event log that leads to its registers, and event_log_verified says that
 * all checks have passed. */
struct verify_verdict {
    bool quote_verified; /* then tcb and report_data are set */
    struct tcb_result tcb;
    uint8_t report_data[QUOTE_REPORT_DATA_BYTES];
    bool os_image_hash_verified;
    bool event_log_verified; /* then app is set, and the evidence is valid */
    struct verify_app app;
    struct error reason; /* why it is not valid */
};

/* Returns whether the evidence is valid. What the verdict points to is in the arena. */
bool verify_evidence(const struct evidence_request *request, const struct quote_authority *authority,
                     struct arena *arena, struct verify_verdict *verdict);

#endif
