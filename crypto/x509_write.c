#include "crypto/x509_write.h"

#include <string.h>

#include "crypto/der.h"
#include "crypto/hash.h"

#define VERSION_3 2 /* of a certificate */
#define VERSION_2 1 /* of a CRL */
#define SERIAL_BYTES_MAX 20

static const uint8_t oid_ecdsa_with_sha256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
static const uint8_t oid_crl_number[] = {0x55, 0x1d, 0x14};
static const uint8_t oid_authority_key_id[] = {0x55, 0x1d, 0x23};

static void write_algorithm(struct der *der)
{
    size_t mark = der_mark(der);

    der_oid(der, oid_ecdsa_with_sha256, sizeof oid_ecdsa_with_sha256);
    der_wrap(der, mark, DER_SEQUENCE);
}

static void write_signature(struct der *der, const uint8_t signature64[static 64])
{
    size_t mark = der_mark(der);

    der_uint_bytes(der, signature64 + 32, 32);
    der_uint_bytes(der, signature64, 32);
    der_wrap(der, mark, DER_SEQUENCE);
    der_raw(der, "\0", 1); /* no unused bits */
    der_wrap(der, mark, DER_BIT_STRING);
}

/* Moves what was written from the end of out to its start. */
static int finish(const struct der *der, uint8_t *out, size_t *out_len)
{
    struct bytes done = der_done(der);

    *out_len = done.len;
    if (!done.data)
        return -1;
    memmove(out, done.data, done.len);
    return 0;
}

/* der holds the to-be-signed part; puts algorithm and signature after it. */
static int sign_and_finish(struct der *der, const struct p256_key *issuer_key, uint8_t *out, size_t *out_len)
{
    struct bytes body = der_done(der);

    if (body.data) {
        uint8_t digest[32], signature[P256_SIGNATURE_BYTES], room[X509_SIGNATURE_BYTES_MAX];
        struct der tail;

        hash_sha256(body.data, body.len, digest);
        p256_sign(issuer_key, digest, signature);
        der_init(&tail, room, sizeof room);
        write_signature(&tail, signature);
        write_algorithm(&tail);
        der_append(der, der_done(&tail).data, der_done(&tail).len);
        der_wrap(der, 0, DER_SEQUENCE);
    }
    return finish(der, out, out_len);
}

static void write_attribute(struct der *der, const struct x509_attribute *attribute)
{
    size_t mark = der_mark(der);

    der_value(der, DER_UTF8_STRING, attribute->text, strlen(attribute->text));
    der_oid(der, attribute->oid, sizeof attribute->oid);
    der_wrap(der, mark, DER_SEQUENCE);
    der_wrap(der, mark, DER_SET);
}

int x509_write_name(const struct x509_attribute *attributes, size_t count, uint8_t *out, size_t out_size,
                    size_t *out_len)
{
    struct der der;

    der_init(&der, out, out_size);
    for (size_t i = count; i-- > 0;)
        write_attribute(&der, &attributes[i]);
    der_wrap(&der, 0, DER_SEQUENCE);
    return finish(&der, out, out_len);
}

static void write_extension(struct der *der, const struct x509_extension *extension)
{
    size_t mark = der_mark(der);

    der_value(der, DER_OCTET_STRING, extension->value.data, extension->value.len);
    if (extension->is_octets)
        der_wrap(der, mark, DER_OCTET_STRING);
    if (extension->is_critical)
        der_bool(der, true);
    der_oid(der, extension->oid.data, extension->oid.len);
    der_wrap(der, mark, DER_SEQUENCE);
}

/* An empty list must be omitted (RFC 5280, 4.1). */
static void write_extensions(struct der *der, const struct x509_extension *extensions, size_t count, int tag)
{
    size_t mark = der_mark(der);

    if (count == 0)
        return;
    for (size_t i = count; i-- > 0;)
        write_extension(der, &extensions[i]);
    der_wrap(der, mark, DER_SEQUENCE);
    der_wrap(der, mark, tag);
}

static void write_serial(struct der *der, struct bytes serial)
{
    if (serial.len == 0 || serial.len > SERIAL_BYTES_MAX)
        der->has_failed = true;
    else
        der_uint_bytes(der, serial.data, serial.len);
}

static void write_validity(struct der *der, int64_t not_before, int64_t not_after)
{
    size_t mark = der_mark(der);

    der_time(der, not_after);
    der_time(der, not_before);
    der_wrap(der, mark, DER_SEQUENCE);
}

static void write_public_key(struct der *der, const uint8_t public_key[static P256_PUBLIC_BYTES])
{
    uint8_t spki[X509_SPKI_BYTES];

    x509_key_spki(public_key, spki);
    der_raw(der, spki, sizeof spki);
}

int x509_write_certificate(const struct x509_certificate *certificate, const struct p256_key *issuer_key,
                           uint8_t *out, size_t out_size, size_t *out_len)
{
    struct der der;
    size_t mark;

    der_init_with_tail(&der, out, out_size, X509_SIGNATURE_BYTES_MAX);
    write_extensions(&der, certificate->extensions, certificate->extension_count, DER_CONTEXT_CONSTRUCTED(3));
    write_public_key(&der, certificate->public_key);
    der_raw(&der, certificate->subject.data, certificate->subject.len);
    write_validity(&der, certificate->not_before, certificate->not_after);
    der_raw(&der, certificate->issuer.data, certificate->issuer.len);
    write_algorithm(&der);
    write_serial(&der, certificate->serial);
    mark = der_mark(&der);
    der_uint(&der, VERSION_3);
    der_wrap(&der, mark, DER_CONTEXT_CONSTRUCTED(0));
    der_wrap(&der, 0, DER_SEQUENCE);
    return sign_and_finish(&der, issuer_key, out, out_len);
}

static void write_crl_extensions(struct der *der, const struct x509_crl *crl)
{
    struct x509_extension extensions[] = {
        {.oid = {oid_crl_number, sizeof oid_crl_number}},
        {.oid = {oid_authority_key_id, sizeof oid_authority_key_id}},
    };
    uint8_t number_room[8], key_id_room[X509_KEY_ID_BYTES + 4];
    struct der number, key_id;

    der_init(&number, number_room, sizeof number_room);
    der_uint(&number, crl->number);
    extensions[0].value = der_done(&number);
    der_init(&key_id, key_id_room, sizeof key_id_room);
    der_value(&key_id, DER_CONTEXT(0), crl->authority_key_id, X509_KEY_ID_BYTES);
    der_wrap(&key_id, 0, DER_SEQUENCE);
    extensions[1].value = der_done(&key_id);
    write_extensions(der, extensions, 2, DER_CONTEXT_CONSTRUCTED(0));
}

static void write_revoked(struct der *der, const struct x509_crl *crl)
{
    size_t list = der_mark(der);

    if (crl->revoked_count == 0)
        return;
    for (size_t i = crl->revoked_count; i-- > 0;) {
        size_t entry = der_mark(der);

        der_time(der, crl->this_update);
        write_serial(der, crl->revoked[i]);
        der_wrap(der, entry, DER_SEQUENCE);
    }
    der_wrap(der, list, DER_SEQUENCE);
}

int x509_write_crl(const struct x509_crl *crl, const struct p256_key *issuer_key, uint8_t *out,
                   size_t out_size, size_t *out_len)
{
    struct der der;

    der_init_with_tail(&der, out, out_size, X509_SIGNATURE_BYTES_MAX);
    write_crl_extensions(&der, crl);
    write_revoked(&der, crl);
    der_time(&der, crl->next_update);
    der_time(&der, crl->this_update);
    der_raw(&der, crl->issuer.data, crl->issuer.len);
    write_algorithm(&der);
    der_uint(&der, VERSION_2);
    der_wrap(&der, 0, DER_SEQUENCE);
    return sign_and_finish(&der, issuer_key, out, out_len);
}
