#include "sim/tdx/platform.h"

#include <stdio.h>

#include "crypto/hash.h"
#include "sim/format/json_file.h"
#include "sim/tdx/certificate_names.h"

#define ORGANIZATION "dstack-simulator"
#define CRL_URL_BYTES 640

enum serial {
    SERIAL_ROOT = 1,
    SERIAL_PLATFORM_CA = 2,
    SERIAL_PCK = 3,
    SERIAL_TCB_SIGNING = 4,
    SERIAL_PCK_UPDATED = 5,
};

static int parse_qe(struct platform_qe *qe, const json_t *root, const char *name, struct error *error)
{
    const json_t *member = json_file_object(root, name, error);
    uint64_t prod_id, svn;

    if (!member)
        return -1;
    if (json_file_hex(member, "mrsigner", qe->mrsigner, sizeof qe->mrsigner, error) ||
        json_file_hex(member, "attributes", qe->attributes, sizeof qe->attributes, error) ||
        json_file_uint(member, "isv_prod_id", UINT16_MAX, &prod_id, error) ||
        json_file_uint(member, "isv_svn", UINT16_MAX, &svn, error))
        return error_context(error, "%s", name);
    qe->isv_prod_id = (uint16_t)prod_id;
    qe->isv_svn = (uint16_t)svn;
    return 0;
}

int platform_tcb_parse(struct platform_tcb *tcb, struct span json, struct error *error)
{
    json_t *root = json_file_parse(json, error);
    uint64_t pce_svn = 0;
    int result = -1;

    *tcb = (struct platform_tcb){0};
    if (root && json_file_hex(root, "fmspc", tcb->fmspc, sizeof tcb->fmspc, error) == 0 &&
        json_file_hex(root, "pce_id", tcb->pce_id, sizeof tcb->pce_id, error) == 0 &&
        json_file_hex(root, "cpu_svn", tcb->cpu_svn, sizeof tcb->cpu_svn, error) == 0 &&
        json_file_uint(root, "pce_svn", UINT16_MAX, &pce_svn, error) == 0 &&
        json_file_hex(root, "tee_tcb_svn", tcb->tee_tcb_svn, sizeof tcb->tee_tcb_svn, error) == 0 &&
        parse_qe(&tcb->qe, root, "qe", error) == 0 && parse_qe(&tcb->sgx_qe, root, "sgx_qe", error) == 0)
        result = 0;
    tcb->pce_svn = (uint16_t)pce_svn;
    json_decref(root);
    return result;
}

/* A component that is not in use stays at 0. */
static void raise_components(uint8_t *svns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (svns[i] > 0 && svns[i] < UINT8_MAX)
            svns[i]++;
}

/* Another version of the TDX module would be another module, so that stays. */
static void raise_tcb(const struct platform_tcb *tcb, struct platform_tcb *raised)
{
    *raised = *tcb;
    raise_components(raised->cpu_svn, PCK_SVN_COUNT);
    raise_components(raised->tee_tcb_svn, PCK_SVN_COUNT);
    raised->tee_tcb_svn[1] = tcb->tee_tcb_svn[1];
    raised->pce_svn++;
    raised->qe.isv_svn++;
    raised->sgx_qe.isv_svn++;
}

/* A certificate to issue. */
struct certificate {
    struct pki_entity *entity;
    const struct pki_entity *issuer;
    enum serial serial;
    const char *name;
    int path_length;
    const struct pck *pck; /* what it says about the platform, or NULL */
};

/* A certificate names the CRL of its own issuer: clients look there for the
 * certificate's serial (RFC 5280, 4.2.1.13). */
static int point_to_crl(const struct certificate *what, const char *public_url,
                        char url[static CRL_URL_BYTES], struct error *error)
{
    const char *path = what->pck ? PLATFORM_PCK_CRL_PATH : PLATFORM_ROOT_CRL_PATH;
    int len = snprintf(url, CRL_URL_BYTES, "%s%s", public_url, path);

    if (len < 0 || len >= CRL_URL_BYTES)
        return error_input(error,
                           "the public URL does not fit in certificates: with %s it has more than %d bytes",
                           path, CRL_URL_BYTES - 1);
    return 0;
}

/* Every certificate of the chain carries these extensions, in this order. */
static int issue(const struct certificate *what, const char *public_url, struct error *error)
{
    const struct x509_attribute name[] = {{X509_CN, what->name}, {X509_O, ORGANIZATION}};
    struct x509_extensions extensions;
    uint8_t room[2048];
    char crl_url[CRL_URL_BYTES];

    x509_extensions_init(&extensions, room, sizeof room);
    if (point_to_crl(what, public_url, crl_url, error) || pki_name(what->entity, name, 2, error))
        return -1;
    x509_extensions_add_authority_key_id(&extensions, what->issuer->key_id);
    x509_extensions_add_crl_distribution_point(&extensions, crl_url);
    x509_extensions_add_subject_key_id(&extensions, what->entity->key_id);
    x509_extensions_add_key_usage(&extensions, what->path_length == X509_NOT_A_CA
                                                   ? X509_DIGITAL_SIGNATURE | X509_NON_REPUDIATION
                                                   : X509_KEY_CERT_SIGN | X509_CRL_SIGN);
    x509_extensions_add_basic_constraints(&extensions, what->path_length);
    if (what->pck)
        pck_add_extension(&extensions, what->pck);
    return pki_issue(what->entity, what->issuer, (uint8_t)what->serial, PKI_INTEL_NOT_BEFORE, &extensions,
                     error);
}

static struct pck describe(const struct platform *platform, const struct platform_tcb *tcb)
{
    struct pck pck = {.pce_svn = tcb->pce_svn};

    memcpy(pck.ppid, platform->ppid, sizeof pck.ppid);
    memcpy(pck.cpu_svn, tcb->cpu_svn, sizeof pck.cpu_svn);
    memcpy(pck.pce_id, tcb->pce_id, sizeof pck.pce_id);
    memcpy(pck.fmspc, tcb->fmspc, sizeof pck.fmspc);
    return pck;
}

static int issue_chain(struct platform *p, const struct seed *seed, const char *public_url,
                       struct error *error)
{
    const struct pck first = describe(p, &p->first.tcb), updated = describe(p, &p->updated.tcb);
    const struct certificate chain[] = {
        {&p->root, &p->root, SERIAL_ROOT, CERTIFICATE_NAME_ROOT, 1, NULL},
        {&p->platform_ca, &p->root, SERIAL_PLATFORM_CA, CERTIFICATE_NAME_PLATFORM_CA, 0, NULL},
        {&p->first.pck, &p->platform_ca, SERIAL_PCK, CERTIFICATE_NAME_PCK, X509_NOT_A_CA, &first},
        {&p->updated.pck, &p->platform_ca, SERIAL_PCK_UPDATED, CERTIFICATE_NAME_PCK, X509_NOT_A_CA, &updated},
        {&p->tcb_signing, &p->root, SERIAL_TCB_SIGNING, CERTIFICATE_NAME_TCB_SIGNING, X509_NOT_A_CA, NULL},
    };

    seed_p256(seed, "pki/root", SPAN_NONE, &p->root.key);
    seed_p256(seed, "pki/platform-ca", SPAN_NONE, &p->platform_ca.key);
    seed_p256(seed, "pki/pck", SPAN_NONE, &p->first.pck.key);
    seed_p256(seed, "pki/pck-updated", SPAN_NONE, &p->updated.pck.key);
    seed_p256(seed, "pki/tcb-signing", SPAN_NONE, &p->tcb_signing.key);
    for (size_t i = 0; i < sizeof chain / sizeof *chain; i++)
        if (issue(&chain[i], public_url, error))
            return -1;
    return 0;
}

/* The labels of what follows from the seed, for one level. */
struct level_labels {
    const char *attestation_key, *auth_data, *mrenclave;
};

static const struct level_labels first_labels = {"qe/attestation-key", "qe/auth-data", "qe/mrenclave"};
static const struct level_labels updated_labels = {"qe-updated/attestation-key", "qe-updated/auth-data",
                                                   "qe-updated/mrenclave"};

/* The quoting enclave, which vouches for the attestation key. */
static void init_qe(struct platform_level *level, const struct seed *seed, const struct level_labels *labels)
{
    uint8_t *report = level->qe_report;
    const struct platform_tcb *tcb = &level->tcb;
    uint8_t digest[32];

    seed_p256(seed, labels->attestation_key, SPAN_NONE, &level->attestation_key);
    seed_bytes(seed, labels->auth_data, SPAN_NONE, level->qe_auth, sizeof level->qe_auth);
    memcpy(report + SGX_REPORT_CPU_SVN, tcb->cpu_svn, sizeof tcb->cpu_svn);
    memcpy(report + SGX_REPORT_ATTRIBUTES, tcb->qe.attributes, sizeof tcb->qe.attributes);
    seed_bytes(seed, labels->mrenclave, SPAN_NONE, report + SGX_REPORT_MRENCLAVE, SGX_REPORT_MR_BYTES);
    memcpy(report + SGX_REPORT_MRSIGNER, tcb->qe.mrsigner, sizeof tcb->qe.mrsigner);
    bytes_put_le16(report + SGX_REPORT_ISV_PROD_ID, tcb->qe.isv_prod_id);
    bytes_put_le16(report + SGX_REPORT_ISV_SVN, tcb->qe.isv_svn);
    sgx_report_data(level->attestation_key.public_key, span_of(level->qe_auth, PLATFORM_AUTH_BYTES),
                    report + SGX_REPORT_DATA);
    hash_sha256(report, SGX_REPORT_BYTES, digest);
    p256_sign(&level->pck.key, digest, level->qe_report_signature);
}

int platform_init(struct platform *platform, const struct seed *seed, const char *public_url,
                  struct error *error)
{
    raise_tcb(&platform->first.tcb, &platform->updated.tcb);
    platform->first.pck_serial = SERIAL_PCK;
    platform->updated.pck_serial = SERIAL_PCK_UPDATED;
    seed_bytes(seed, "platform/ppid", SPAN_NONE, platform->ppid, sizeof platform->ppid);
    hash_sha256(platform->ppid, sizeof platform->ppid, platform->device_id);
    if (issue_chain(platform, seed, public_url, error))
        return -1;
    seed_p256(seed, "qe/stranger-key", SPAN_NONE, &platform->stranger_key);
    init_qe(&platform->first, seed, &first_labels);
    init_qe(&platform->updated, seed, &updated_labels);
    return 0;
}

void platform_free(struct platform *platform)
{
    pki_free(&platform->root);
    pki_free(&platform->platform_ca);
    pki_free(&platform->first.pck);
    pki_free(&platform->updated.pck);
    pki_free(&platform->tcb_signing);
    bytes_wipe(platform, sizeof *platform);
}
