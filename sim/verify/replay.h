/* Replaying an event log, and what it says about the app once it is known to be the
 * one behind a quote. */
#ifndef VERIFY_REPLAY_H
#define VERIFY_REPLAY_H

#include "sim/tdx/evidence.h"
#include "sim/tdx/quote_parse.h"

/* Recomputes the digests of runtime events from name and payload, and the RTMRs from
 * the digests, and compares them with the quote's.
 *
 * Attestations may leave out the boot events of RTMR0 to RTMR2 but for the three of the
 * ACPI tables; registers of which nothing else is there are not compared here, and must
 * follow from the image (see image_verify.h). */
MUST_CHECK int replay_verify(const struct evidence *evidence, const struct registers *quoted,
                             struct error *error);

/* The payload of the first runtime event of that name before system-ready, from which on
 * events are the app's own. Empty when there is none. */
struct span replay_payload(const struct evidence *evidence, const char *name);

#endif
