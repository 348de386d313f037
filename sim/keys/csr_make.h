/* Makes the certificate signing requests of csr.h, version 2, as a guest sends them to its KMS. */
#ifndef KEYS_CSR_MAKE_H
#define KEYS_CSR_MAKE_H

#include "sim/base/arena.h"
#include "sim/base/span.h"
#include "sim/keys/csr.h"

/* What is to be sent, in the arena. */
struct csr_make_result {
    struct span text;
    struct span signature; /* ECDSA-Sig-Value in DER */
};

/* asked: what the certificate is to say; its key, its version 1 and its evidence are not read. attestation: in
 * SCALE or MessagePack, with a quote over ra_tls_report_data of the key. */
void csr_make(const struct csr *asked, const struct p256_key *key, struct span attestation,
              struct arena *arena, struct csr_make_result *result);

#endif
