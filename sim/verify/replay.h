/* Replays an event log to verify it, and reads what it says about the app. */
#ifndef VERIFY_REPLAY_H
#define VERIFY_REPLAY_H

#include "sim/tdx/evidence.h"
#include "sim/tdx/quote_parse.h"

/* Recomputes the preimages and digests of runtime events from name and payload, and the RTMRs from
 * the digests, and compares them with the log's and the quote's. Every event of version 2 must have
 * its preimage.
 *
 * Attestations may leave out all boot events of RTMR0 to RTMR2 except the three of the ACPI
 * tables. Registers without any other event are not compared here; image_verify.h recomputes
 * them from the image. */
MUST_CHECK int replay_verify(const struct evidence *evidence, const struct registers *quoted,
                             struct error *error);

/* RTMR3 after the first runtime event with that name, or after the last event if there is none.
 * replay_verify must have accepted the log. */
void replay_until(const struct evidence *evidence, const char *name, uint8_t rtmr3[static REGISTER_BYTES]);

/* The payload of the first runtime event with that name before system-ready; later events are the
 * app's own. Empty if there is none. */
struct span replay_payload(const struct evidence *evidence, const char *name);

/* Whether there is one. */
bool replay_has(const struct evidence *evidence, const char *name);

/* The payloads of all of them, in order. Returns how many there are; the array is in the arena. */
size_t replay_payloads(const struct evidence *evidence, const char *name, struct arena *arena,
                       struct span **payloads);

#endif
