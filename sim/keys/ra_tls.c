#include "sim/keys/ra_tls.h"

#include "crypto/hash.h"

#define ARC 0x2b, 6, 1, 4, 1, 0x83, 0xe7, 0x3d, 1 /* 1.3.6.1.4.1.62397.1 */
#define ARC_BYTES 10                              /* with one more */

struct bytes ra_tls_oid(enum ra_tls_extension which)
{
    static const uint8_t oids[][ARC_BYTES] = {
        [RA_TLS_QUOTE] = {ARC, 1}, [RA_TLS_EVENT_LOG] = {ARC, 2},   [RA_TLS_APP_ID] = {ARC, 3},
        [RA_TLS_USAGE] = {ARC, 4}, [RA_TLS_ATTESTATION] = {ARC, 8}, [RA_TLS_APP_INFO] = {ARC, 9},
    };

    return (struct bytes){oids[which], ARC_BYTES};
}

void ra_tls_add(struct x509_extensions *list, enum ra_tls_extension which, struct span value)
{
    x509_extensions_add_octets(list, ra_tls_oid(which), (struct bytes){value.data, value.len});
}

void ra_tls_report_data(const uint8_t spki[static X509_SPKI_BYTES],
                        uint8_t out[static RA_TLS_REPORT_DATA_BYTES])
{
    const struct bytes parts[] = {{"ratls-cert:", 11}, {spki, X509_SPKI_BYTES}};

    hash_parts(HASH_SHA512, parts, 2, out);
}
