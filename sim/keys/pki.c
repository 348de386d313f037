#include "sim/keys/pki.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/pem.h"
#include "sim/base/memory.h"

#define CERTIFICATE_BYTES 4096

int pki_name(struct pki_entity *entity, const struct x509_attribute *name, size_t count, struct error *error)
{
    x509_key_id(entity->key.public_key, entity->key_id);
    if (x509_write_name(name, count, entity->name, sizeof entity->name, &entity->name_len))
        return error_internal(error, "a certificate's name does not fit");
    return 0;
}

char *pki_pem(const char *label, const uint8_t *der, size_t len)
{
    char *pem = memory_zalloc(pem_chars(label, len) + 1);

    pem_encode(label, der, len, pem);
    return pem;
}

static int issue(struct pki_entity *entity, const struct pki_entity *issuer, struct bytes serial,
                 int64_t not_before, const struct x509_extensions *extensions, struct error *error)
{
    const struct x509_certificate certificate = {
        .serial = serial,
        .issuer = {issuer->name, issuer->name_len},
        .subject = {entity->name, entity->name_len},
        .not_before = not_before,
        .not_after = PKI_NOT_AFTER,
        .public_key = entity->key.public_key,
        .extensions = extensions->items,
        .extension_count = extensions->count,
    };
    uint8_t der[CERTIFICATE_BYTES];

    if (extensions->has_failed ||
        x509_write_certificate(&certificate, &issuer->key, der, sizeof der, &entity->der_len))
        return error_internal(error, "a certificate of the simulator's PKI does not fit in %d bytes",
                              CERTIFICATE_BYTES);
    entity->der = (uint8_t *)memory_copy(der, entity->der_len);
    entity->pem = pki_pem("CERTIFICATE", der, entity->der_len);
    return 0;
}

int pki_issue(struct pki_entity *entity, const struct pki_entity *issuer, uint8_t serial, int64_t not_before,
              const struct x509_extensions *extensions, struct error *error)
{
    return issue(entity, issuer, (struct bytes){&serial, 1}, not_before, extensions, error);
}

int pki_issue_keyed(struct pki_entity *entity, const struct pki_entity *issuer, int64_t not_before,
                    const struct x509_extensions *extensions, struct error *error)
{
    uint8_t serial[X509_KEY_SERIAL_BYTES];

    x509_key_serial(entity->key.public_key, serial);
    return issue(entity, issuer, (struct bytes){serial, sizeof serial}, not_before, extensions, error);
}

void pki_free(struct pki_entity *entity)
{
    free(entity->pem);
    free(entity->der);
    bytes_wipe(entity, sizeof *entity);
}
