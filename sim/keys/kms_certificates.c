#include "sim/keys/kms_certificates.h"

#include "sim/keys/kms_secrets.h"

#define EXTENSIONS_BYTES 512
#define LOCAL_DOMAIN "localhost" /* whose clients may also call its addresses */

static int issue_app_ca(const struct kms *kms, const uint8_t *app_id, struct pki_entity *ca,
                        struct error *error)
{
    static const struct x509_attribute name[] = {{X509_O, "Dstack"}, {X509_CN, "Dstack App CA"}};
    struct x509_extensions extensions;
    uint8_t room[EXTENSIONS_BYTES];

    if (pki_name(ca, name, 2, error))
        return -1;
    x509_extensions_init(&extensions, room, sizeof room);
    x509_extensions_add_key_usage(&extensions, X509_DIGITAL_SIGNATURE | X509_KEY_CERT_SIGN | X509_CRL_SIGN);
    x509_extensions_add_subject_key_id(&extensions, ca->key_id);
    x509_extensions_add_authority_key_id(&extensions, kms->ca.key_id);
    x509_extensions_add_basic_constraints(&extensions, 0);
    ra_tls_add(&extensions, RA_TLS_APP_ID, span_of(app_id, APP_ID_BYTES));
    ra_tls_add(&extensions, RA_TLS_USAGE, span_text("app:ca"));
    return pki_issue_keyed(ca, &kms->ca, PKI_DSTACK_NOT_BEFORE, &extensions, error);
}

int kms_certificates_app_ca(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                            struct pki_entity *ca, struct error *error)
{
    *ca = (struct pki_entity){.pem = NULL};
    if (kms_secrets_app_ca_key(kms, app_id, &ca->key, error) == 0 &&
        issue_app_ca(kms, app_id, ca, error) == 0)
        return 0;
    pki_free(ca);
    return -1;
}

int kms_certificates_server(const struct kms *kms, const struct kms_certificates_site *site,
                            const struct p256_key *key, struct arena *arena, char **pem, struct error *error)
{
    char *const names[] = {arena_printf(arena, "%s", site->domain), arena_printf(arena, "127.0.0.1"),
                           arena_printf(arena, "::1")};
    const struct leaf_issuer issuer = {
        {kms->ca.name, kms->ca.name_len}, kms->ca.key_id, &kms->ca.key, site->now};
    const struct leaf_request request = {
        .subject = site->domain,
        .alt_names = names,
        .alt_name_count = strcmp(site->domain, LOCAL_DOMAIN) == 0 ? 3 : 1,
    };
    struct leaf_private extensions = {.count = 0};

    if (!site->lacks_usage)
        leaf_private_add(&extensions, RA_TLS_USAGE, span_text("kms:rpc"));
    if (site->attestation.len)
        leaf_private_add(&extensions, RA_TLS_ATTESTATION, site->attestation);
    if (leaf_check(&request, site->now, error))
        return -1;
    return leaf_issue(&issuer, &request, key->public_key, &extensions, arena, pem, error);
}
