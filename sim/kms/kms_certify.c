#include "sim/kms/kms_certify.h"

#include "sim/keys/csr.h"
#include "sim/keys/kms_certificates.h"
#include "sim/kms/kms_authority.h"

enum { VERSION_1 = 1 };

static int verify(const struct kms_gate *gate, const struct csr *csr, uint32_t version,
                  struct attested *attested, struct error *error)
{
    uint8_t spki[X509_SPKI_BYTES], report_data[RA_TLS_REPORT_DATA_BYTES];
    struct quote_authority authority;
    int result;

    if (kms_authority_of(gate->server->cluster, &authority, error))
        return -1;
    result = version == VERSION_1
                 ? evidence_read_quote(csr->quote, csr->event_log, gate->arena, &attested->evidence, error)
                 : evidence_read_attestation(csr->attestation, gate->arena, &attested->evidence, error);
    if (result)
        return error_context(error,
                             version == VERSION_1 ? "Failed to upgrade csr v1 to v2" : "Failed to parse csr");
    x509_key_spki(csr->public_key, spki);
    ra_tls_report_data(spki, report_data);
    return attested_verify(attested, report_data, &authority, gate->arena, error)
               ? error_context(error, "Quote verification failed")
               : 0;
}

static int add_private(const struct kms_gate *gate, const struct csr *csr, const struct attested *attested,
                       struct span app_id, struct leaf_private *extensions, struct error *error)
{
    struct app_info info;
    struct buf out;

    leaf_private_add(extensions, RA_TLS_APP_ID, app_id);
    if (csr->wants_app_info) {
        if (attested_app_info(attested, gate->arena, &info, error))
            return -1;
        buf_init(&out, SIZE_MAX);
        app_info_write(&info, &out);
        leaf_private_add(extensions, RA_TLS_APP_INFO,
                         span_of(arena_copy(gate->arena, out.data, out.len), out.len));
        buf_free(&out);
    }
    leaf_private_add(extensions, RA_TLS_USAGE, span_text("app:custom"));
    if (csr->wants_quote)
        leaf_private_add(extensions, RA_TLS_ATTESTATION, attested_cut(attested, gate->arena));
    return 0;
}

static int issue(const struct kms_gate *gate, const struct csr *csr, const struct attested *attested,
                 const struct pki_entity *ca, struct span app_id, char **pem, struct error *error)
{
    const struct leaf_issuer issuer = {
        {ca->name, ca->name_len}, ca->key_id, &ca->key, clock_seconds(&gate->server->cluster->clock)};
    const struct leaf_request request = {
        .subject = csr->subject,
        .org_name = csr->org_name,
        .alt_names = csr->alt_names,
        .alt_name_count = csr->alt_name_count,
        .is_for_servers = csr->is_for_servers,
        .is_for_clients = csr->is_for_clients,
        .not_before = csr->not_before,
        .not_after = csr->not_after,
    };
    struct leaf_private extensions = {.count = 0};

    if (leaf_check(&request, issuer.now, error) ||
        add_private(gate, csr, attested, app_id, &extensions, error))
        return -1;
    return leaf_issue(&issuer, &request, csr->public_key, &extensions, gate->arena, pem, error);
}

static int issue_chain(const struct kms_gate *gate, const struct csr *csr, const struct attested *attested,
                       struct span app_id, char **chain, struct error *error)
{
    const struct kms *kms = &gate->server->cluster->kms;
    struct pki_entity ca;
    int result;

    if (kms_certificates_app_ca(kms, app_id.data, &ca, error))
        return -1;
    result = issue(gate, csr, attested, &ca, app_id, &chain[0], error);
    chain[1] = arena_copy(gate->arena, ca.pem, strlen(ca.pem));
    chain[2] = kms->ca.pem;
    pki_free(&ca);
    return result ? error_context(error, "Failed to sign certificate") : 0;
}

int kms_certify(const struct kms_gate *gate, const struct kms_certify_request *request,
                char *chain[static KMS_CERTIFY_CHAIN], struct error *error)
{
    struct attested *attested = arena_zalloc(gate->arena, sizeof *attested);
    struct kms_gate_pass pass;
    struct csr csr;

    if (csr_read(request->api_version, request->csr, request->signature, gate->arena, &csr, error) ||
        verify(gate, &csr, request->api_version, attested, error) ||
        kms_gate_admit_early(gate, attested, request->vm_config, &pass, error))
        return -1;
    return issue_chain(gate, &csr, attested, pass.boot.app.app_id, chain, error);
}
