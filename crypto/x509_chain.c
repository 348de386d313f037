#include "crypto/x509_chain.h"

#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/base64.h"
#include "crypto/der_read.h"
#include "crypto/pem.h"
#include "crypto/x509_certificate.h"
#include "crypto/x509_signed.h"
#include "crypto/x509_write.h"

#define LABEL "CERTIFICATE"
#define BEGIN "-----BEGIN " LABEL "-----"
#define END "-----END " LABEL "-----"

struct x509_chain {
    mbedtls_x509_crt certificates; /* leaf first */
};

/* --- reading --- */

/* Reads the certificate between two labels. mbedTLS reads PEM too, but its base64 takes as long as two
 * signatures, because it is also for private keys. */
static bool read_between(struct x509_chain *chain, const char *begin, const char *end)
{
    size_t len = (size_t)(end - begin);
    uint8_t *der = malloc(len + 1);
    bool is_read = der && base64_decode(begin, len, der, &len) == 0 &&
                   mbedtls_x509_crt_parse_der(&chain->certificates, der, len) == 0;

    free(der);
    return is_read;
}

static bool read_all(struct x509_chain *chain, const char *pem)
{
    const char *begin = strstr(pem, BEGIN), *end;

    if (!begin)
        return false;
    for (; begin; begin = strstr(end, BEGIN)) {
        begin += strlen(BEGIN);
        end = strstr(begin, END);
        if (!end || !read_between(chain, begin, end))
            return false;
    }
    return true;
}

/* Unknown text between certificates has been skipped; here, none is allowed. */
static bool takes_canonical(const char **at, const char *end, const mbedtls_x509_crt *certificate)
{
    size_t chars = pem_chars(LABEL, certificate->raw.len);
    char *text;
    bool same;

    if ((size_t)(end - *at) < chars || !(text = malloc(chars + 1)))
        return false;
    pem_encode(LABEL, certificate->raw.p, certificate->raw.len, text);
    same = memcmp(*at, text, chars) == 0;
    free(text);
    *at += chars;
    return same;
}

/* Returns NULL, or the reason why it is not such a chain. */
static const char *read_pem(struct x509_chain *chain, const char *pem, size_t len, size_t count)
{
    const char *at = pem, *end = pem + len;

    if (!read_all(chain, pem))
        return "it is not PEM text with certificates";
    for (const mbedtls_x509_crt *one = &chain->certificates; one; one = one->next, count--)
        if (count == 0 || !takes_canonical(&at, end, one))
            return "it must be PEM, in lines of 64, with the expected number of certificates and nothing "
                   "else";
    if (at < end && *at == '\0')
        at++;
    return count == 0 && at == end
               ? NULL
               : "it must be PEM with the expected number of certificates and nothing else";
}

struct x509_chain *x509_chain_read_pem(const char *pem, size_t len, size_t count, const char **reason)
{
    struct x509_chain *chain = malloc(sizeof *chain);
    char *text = malloc(len + 1); /* with a NUL */

    if (!chain || !text) {
        free(chain);
        free(text);
        *reason = "out of memory";
        return NULL;
    }
    if (len > 0)
        memcpy(text, pem, len);
    text[len] = '\0';
    mbedtls_x509_crt_init(&chain->certificates);
    *reason = read_pem(chain, text, len, count);
    free(text);
    if (!*reason)
        return chain;
    x509_chain_free(chain);
    return NULL;
}

void x509_chain_free(struct x509_chain *chain)
{
    if (!chain)
        return;
    mbedtls_x509_crt_free(&chain->certificates);
    free(chain);
}

/* --- dates --- */

/* Unix seconds; mbedTLS has checked the fields. */
static int64_t seconds_of(const mbedtls_x509_time *time)
{
    struct tm tm = {
        .tm_year = time->year - 1900,
        .tm_mon = time->mon - 1,
        .tm_mday = time->day,
        .tm_hour = time->hour,
        .tm_min = time->min,
        .tm_sec = time->sec,
    };

    return timegm(&tm);
}

static const char *check_dates(const struct x509_chain *chain, int64_t now)
{
    for (const mbedtls_x509_crt *one = &chain->certificates; one; one = one->next) {
        if (now < seconds_of(&one->valid_from))
            return "a certificate of the chain is not valid yet";
        if (now > seconds_of(&one->valid_to))
            return "a certificate of the chain has expired";
    }
    return NULL;
}

/* --- revocation lists --- */

static bool same_buf(const mbedtls_x509_buf *a, const mbedtls_x509_buf *b)
{
    return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static const mbedtls_x509_crl *find_crl(const mbedtls_x509_crl *crls, const mbedtls_x509_crt *certificate)
{
    for (; crls && crls->version != 0; crls = crls->next)
        if (same_buf(&crls->issuer_raw, &certificate->issuer_raw))
            return crls;
    return NULL;
}

/* mbedTLS treats a certificate as not revoked if there is no CRL of its issuer. */
static const char *check_crls(const struct x509_chain *chain, const mbedtls_x509_crl *crls, int64_t now)
{
    for (const mbedtls_x509_crt *one = &chain->certificates; one->next; one = one->next) {
        const mbedtls_x509_crl *crl = find_crl(crls, one);

        if (!crl)
            return "the revocation list of one of the issuers is missing";
        if (now < seconds_of(&crl->this_update))
            return "a revocation list is not valid yet";
        if (now > seconds_of(&crl->next_update))
            return "a revocation list has expired";
    }
    return NULL;
}

static const char *read_crls(mbedtls_x509_crl *crls, const struct x509_chain_trust *trust)
{
    for (size_t i = 0; i < trust->crl_count; i++)
        if (mbedtls_x509_crl_parse_der(crls, trust->crls[i].data, trust->crls[i].len) != 0)
            return "a revocation list cannot be read";
    return NULL;
}

/* --- verifying --- */

static struct bytes der_of(const mbedtls_x509_buf *raw)
{
    return (struct bytes){raw->p, raw->len};
}

/* The issuer's certificate must be a CA that may have `below` CAs under it and sign what it has
 * signed (RFC 5280, 6.1.4 and 4.2.1.3, which demand both extensions of a CA). */
static bool may_issue(const mbedtls_x509_crt *issuer, size_t below)
{
    static const uint8_t basic_constraints[] = {0x55, 0x1d, 0x13}, key_usage[] = {0x55, 0x1d, 0x0f};
    struct bytes value =
        x509_certificate_extension(issuer, (struct bytes){basic_constraints, sizeof basic_constraints});
    struct bytes fields, is_ca;
    uint32_t most;

    if (!der_read(&value, DER_SEQUENCE, &fields) || !der_read(&fields, DER_BOOLEAN, &is_ca) ||
        is_ca.len != 1 || !*(const uint8_t *)is_ca.data)
        return false;
    if (fields.len > 0 && (!der_read_uint(&fields, UINT32_MAX, &most) || below > most))
        return false;
    return x509_certificate_extension(issuer, (struct bytes){key_usage, sizeof key_usage}).data &&
           mbedtls_x509_crt_check_key_usage(issuer, MBEDTLS_X509_KU_KEY_CERT_SIGN) == 0;
}

static bool is_issued_by(struct p256_memory *memory, const mbedtls_x509_crt *certificate,
                         const mbedtls_x509_crt *issuer, size_t below)
{
    uint8_t key[P256_PUBLIC_BYTES];

    return same_buf(&certificate->issuer_raw, &issuer->subject_raw) && may_issue(issuer, below) &&
           x509_certificate_key(issuer, key) && x509_signed_by(memory, der_of(&certificate->raw), key);
}

static bool is_crl_of(struct p256_memory *memory, const mbedtls_x509_crl *crl, const mbedtls_x509_crt *issuer)
{
    uint8_t key[P256_PUBLIC_BYTES];

    return mbedtls_x509_crt_check_key_usage(issuer, MBEDTLS_X509_KU_CRL_SIGN) == 0 &&
           x509_certificate_key(issuer, key) && x509_signed_by(memory, der_of(&crl->raw), key);
}

/* Each certificate but the last, which is the root, by the one after it. */
static const char *verify_signatures(const struct x509_chain *chain, const mbedtls_x509_crl *crls,
                                     struct p256_memory *memory)
{
    size_t below = 0;

    for (const mbedtls_x509_crt *one = &chain->certificates; one->next; one = one->next, below++) {
        const mbedtls_x509_crl *crl = find_crl(crls, one);

        if (!is_issued_by(memory, one, one->next, below))
            return "its certificates do not chain to the root";
        if (!crl || !is_crl_of(memory, crl, one->next))
            return "a revocation list is not signed by the issuer it names";
        if (mbedtls_x509_crt_is_revoked(one, crl))
            return "a certificate of the chain is revoked";
    }
    return NULL;
}

static bool ends_in_root(const struct x509_chain *chain, struct bytes root)
{
    const mbedtls_x509_crt *last = &chain->certificates;

    while (last->next)
        last = last->next;
    return last->raw.len == root.len && memcmp(last->raw.p, root.data, root.len) == 0;
}

int x509_chain_verify(struct x509_chain *chain, const struct x509_chain_trust *trust, const char **reason)
{
    mbedtls_x509_crl crls;

    mbedtls_x509_crl_init(&crls);
    if (!ends_in_root(chain, trust->root))
        *reason = "its root is not trusted: it is not the verifier's own";
    else if (!(*reason = read_crls(&crls, trust)) && !(*reason = check_dates(chain, trust->now)) &&
             !(*reason = check_crls(chain, &crls, trust->now)))
        *reason = verify_signatures(chain, &crls, trust->memory);
    mbedtls_x509_crl_free(&crls);
    return *reason ? -1 : 0;
}

/* --- what is in it --- */

bool x509_chain_name_is(const struct x509_chain *chain, size_t index, const char *common_name)
{
    static const uint8_t oid[] = X509_CN;
    const mbedtls_x509_crt *one = &chain->certificates;

    while (one && index-- > 0)
        one = one->next;
    for (const mbedtls_x509_name *name = one ? &one->subject : NULL; name; name = name->next)
        if (name->oid.len == sizeof oid && memcmp(name->oid.p, oid, sizeof oid) == 0)
            return name->val.len == strlen(common_name) &&
                   memcmp(name->val.p, common_name, name->val.len) == 0;
    return false;
}

bool x509_chain_leaf_key(const struct x509_chain *chain, uint8_t public_key[static P256_PUBLIC_BYTES])
{
    return x509_certificate_key(&chain->certificates, public_key);
}

struct bytes x509_chain_leaf_extension(const struct x509_chain *chain, struct bytes oid)
{
    return x509_certificate_extension(&chain->certificates, oid);
}
