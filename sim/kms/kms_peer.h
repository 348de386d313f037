/* What the other end of a TLS connection shows of itself in its certificate, which TLS has verified. */
#ifndef KMS_KMS_PEER_H
#define KMS_KMS_PEER_H

#include "sim/cluster/cluster.h"
#include "sim/keys/ra_tls.h"
#include "sim/verify/attested.h"

/* The value of a private extension; empty if there is none. certificate: DER, or nothing. */
struct span kms_peer_extension(struct span certificate, enum ra_tls_extension which);

/* Reads the attestation into attested->evidence, and sets *is_there. Certificates of older guests have a quote
 * and its event log instead. Spans point into the certificate and the arena. */
MUST_CHECK int kms_peer_read(struct span certificate, struct arena *arena, struct attested *attested,
                             bool *is_there, struct error *error);

/* Verifies it: that it vouches for the certificate's key, and comes from the cluster's platform. */
MUST_CHECK int kms_peer_verify(struct cluster *cluster, struct span certificate, struct arena *arena,
                               struct attested *attested, struct error *error);

#endif
