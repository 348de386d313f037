/* The certificate signing requests of a KMS (SignCert), in SCALE.
 *
 *     version 2: confirm word || public key || config || attestation, to the end
 *     version 1: the same, but the config ends after wants_quote, and instead of the attestation there are
 *                a TDX quote and its event log in JSON
 *
 * The requester signs the whole text with the certificate's key (ECDSA P-256, SHA-256, DER). */
#ifndef KEYS_CSR_H
#define KEYS_CSR_H

#include "crypto/p256.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

#define CSR_NAMES_MAX 256
#define CSR_CONFIRM_WORD "please sign cert:"

/* What is asked for, in the arena; spans point into the text. */
struct csr {
    uint8_t public_key[P256_PUBLIC_BYTES];
    struct span spki;
    const char *org_name; /* or NULL */
    const char *subject;  /* common name */
    char **alt_names;
    size_t alt_name_count;
    bool is_for_servers;
    bool is_for_clients;
    bool wants_quote;
    bool wants_app_info;                    /* version 2 only, like the next two */
    const uint64_t *not_before, *not_after; /* Unix seconds, or NULL */

    struct span attestation;      /* version 2 */
    struct span quote, event_log; /* version 1 */
};

/* Reads and checks a request. version: 1 or 2, else an error. The errors are those of dstack-kms: "Failed
 * to parse csr" and "Failed to verify csr signature", each with its cause. */
MUST_CHECK int csr_read(uint32_t version, struct span text, struct span signature, struct arena *arena,
                        struct csr *csr, struct error *error);

#endif
