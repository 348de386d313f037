#include "sim/kms/kms_peer.h"

#include "crypto/x509_read.h"
#include "sim/kms/kms_authority.h"

static struct bytes bytes_of(struct span span)
{
    return (struct bytes){span.data, span.len};
}

struct span kms_peer_extension(struct span certificate, enum ra_tls_extension which)
{
    struct bytes value = x509_read_extension(bytes_of(certificate), ra_tls_oid(which)), octets;

    return value.data && x509_read_octets(value, &octets) ? span_of(octets.data, octets.len) : SPAN_NONE;
}

int kms_peer_read(struct span certificate, struct arena *arena, struct attested *attested, bool *is_there,
                  struct error *error)
{
    const struct span attestation = kms_peer_extension(certificate, RA_TLS_ATTESTATION);
    const struct span quote = kms_peer_extension(certificate, RA_TLS_QUOTE);
    const struct span event_log = kms_peer_extension(certificate, RA_TLS_EVENT_LOG);

    *is_there = attestation.len > 0 || (quote.len > 0 && event_log.len > 0);
    if (attestation.len)
        return evidence_read_attestation(attestation, arena, &attested->evidence, error);
    return *is_there ? evidence_read_quote(quote, event_log, arena, &attested->evidence, error) : 0;
}

int kms_peer_verify(struct cluster *cluster, struct span certificate, struct arena *arena,
                    struct attested *attested, struct error *error)
{
    uint8_t public_key[P256_PUBLIC_BYTES], spki[X509_SPKI_BYTES], report_data[RA_TLS_REPORT_DATA_BYTES];
    struct quote_authority authority;

    if (!x509_read_key(bytes_of(certificate), public_key))
        return error_input(error, "the certificate's key must be on P-256");
    x509_key_spki(public_key, spki);
    ra_tls_report_data(spki, report_data);
    if (kms_authority_of(cluster, &authority, error))
        return -1;
    return attested_verify(attested, report_data, &authority, arena, error);
}
