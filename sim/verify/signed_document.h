/* Reads TCB info and QE identity as Intel's PCS serves them: a JSON object, and a signature
 * over its exact bytes (Intel PCS API, version 4). */
#ifndef VERIFY_SIGNED_DOCUMENT_H
#define VERIFY_SIGNED_DOCUMENT_H

#include <jansson.h>

#include "crypto/p256_memory.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

/* Reads {"<member>":{...},"signature":"<128 hex>"} and verifies that the TCB signing key signed it
 * and that now (Unix seconds) is between issueDate and nextUpdate. memory: of
 * signatures verified before, or NULL. Returns the inner object, to be
 * freed with json_decref, or NULL with an error. */
json_t *signed_document_read(struct span text, const char *member,
                             const uint8_t key[static P256_PUBLIC_BYTES], struct p256_memory *memory,
                             int64_t now, struct error *error);

/* Converts a date such as "2024-03-13T00:00:00Z" to Unix seconds. Returns false if it is malformed. */
bool signed_document_date(const char *text, int64_t *seconds);

#endif
