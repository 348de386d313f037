/* Certificate signing requests, written in SCALE and signed as a guest does it. */
#ifndef TEST_CSR_FIXTURE_H
#define TEST_CSR_FIXTURE_H

#include "crypto/hash.h"
#include "crypto/x509_key.h"
#include "crypto/x509_signed.h"
#include "sim/base/buf.h"
#include "sim/format/scale.h"
#include "sim/keys/csr.h"
#include "test/unit/vectors.h"

struct csr_given {
    const char *confirm; /* NULL: the right word */
    const char *org_name, *subject;
    const char *alt_name; /* or NULL */
    bool flags[4];        /* server, client, quote, app info */
    const uint64_t *not_before, *not_after;
    struct span attestation;      /* version 2 */
    struct span quote, event_log; /* version 1 */
};

static inline void csr_write_text(struct buf *out, const char *text)
{
    scale_write_bytes(out, text, strlen(text));
}

static inline void csr_write_time(struct buf *out, const uint64_t *time)
{
    buf_append_byte(out, time != NULL);
    if (time)
        buf_append_le64(out, *time);
}

static inline void csr_write(struct buf *out, uint32_t version, const struct csr_given *given,
                             const struct p256_key *key)
{
    uint8_t spki[X509_SPKI_BYTES];

    x509_key_spki(key->public_key, spki);
    csr_write_text(out, given->confirm ? given->confirm : "please sign cert:");
    scale_write_bytes(out, spki, sizeof spki);
    buf_append_byte(out, given->org_name != NULL);
    if (given->org_name)
        csr_write_text(out, given->org_name);
    csr_write_text(out, given->subject ? given->subject : "");
    scale_write_compact(out, given->alt_name != NULL);
    if (given->alt_name)
        csr_write_text(out, given->alt_name);
    for (size_t i = 0; i < (version == 1 ? 3 : 4); i++)
        buf_append_byte(out, given->flags[i]);
    if (version == 1) {
        scale_write_bytes(out, given->quote.data, given->quote.len);
        scale_write_bytes(out, given->event_log.data, given->event_log.len);
        return;
    }
    csr_write_time(out, given->not_before);
    csr_write_time(out, given->not_after);
    buf_append_span(out, given->attestation);
}

/* DER; out needs 72 bytes. Returns its length. */
static inline size_t csr_sign(struct span text, const struct p256_key *key, uint8_t *out)
{
    uint8_t digest[32], pair[P256_SIGNATURE_BYTES];

    hash_sha256(text.data, text.len, digest);
    p256_sign(key, digest, pair);
    return x509_signed_write(pair, out);
}

#endif
