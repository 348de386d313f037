#include "sim/verify/quote_verify.h"

#include "crypto/hash.h"
#include "crypto/x509_chain.h"
#include "sim/tdx/certificate_names.h"
#include "sim/verify/signed_document.h"

/* --- certificates --- */

struct chain_shape {
    const char *what;
    const char *const *names; /* common names, leaf first */
    size_t count;
};

static int check_names(const struct x509_chain *chain, const struct chain_shape *shape, struct error *error)
{
    for (size_t i = 0; i < shape->count; i++)
        if (!x509_chain_name_is(chain, i, shape->names[i]))
            return error_input(error, "%s: certificate %zu is not named \"%s\"", shape->what, i + 1,
                               shape->names[i]);
    return 0;
}

/* Reads and verifies a chain. Returns NULL on error. */
static struct x509_chain *trusted_chain(struct span pem, const struct chain_shape *shape,
                                        const struct x509_chain_trust *trust, struct error *error)
{
    const char *reason = NULL;
    struct x509_chain *chain = x509_chain_read_pem((const char *)pem.data, pem.len, shape->count, &reason);

    if (chain && x509_chain_verify(chain, trust, &reason) == 0 && check_names(chain, shape, error) == 0)
        return chain;
    if (reason)
        error_input(error, "%s: %s", shape->what, reason);
    x509_chain_free(chain);
    return NULL;
}

/* Out: what the PCK certificate says, and its key. */
static int read_pck_chain(struct span pem, const struct x509_chain_trust *trust, struct pck *pck,
                          uint8_t key[static P256_PUBLIC_BYTES], struct error *error)
{
    static const char *const names[] = {CERTIFICATE_NAME_PCK, CERTIFICATE_NAME_PLATFORM_CA,
                                        CERTIFICATE_NAME_ROOT};
    const struct chain_shape shape = {"the PCK certificate chain", names, 3};
    struct x509_chain *chain = trusted_chain(pem, &shape, trust, error);
    int result = -1;

    if (chain && !x509_chain_leaf_key(chain, key))
        error_input(error, "the PCK certificate's key is not on P-256");
    else if (chain)
        result = pck_read(pck, x509_chain_leaf_extension(chain, pck_extension_oid()), error);
    x509_chain_free(chain);
    return result;
}

static int read_signing_chain(const char *pem, const struct x509_chain_trust *trust,
                              uint8_t key[static P256_PUBLIC_BYTES], struct error *error)
{
    static const char *const names[] = {CERTIFICATE_NAME_TCB_SIGNING, CERTIFICATE_NAME_ROOT};
    const struct chain_shape shape = {"the TCB signing chain", names, 2};
    struct x509_chain *chain = trusted_chain(span_text(pem), &shape, trust, error);
    bool has_key = chain && x509_chain_leaf_key(chain, key);

    x509_chain_free(chain);
    return has_key ? 0 : error_input(error, "the TCB signing key is not on P-256");
}

/* --- signatures --- */

static bool is_signed(struct p256_memory *memory, struct span data, struct span signature, const uint8_t *key)
{
    uint8_t digest[32];

    hash_sha256(data.data, data.len, digest);
    return p256_memory_verify(memory, key, digest, signature.data);
}

static bool binds_attestation_key(const struct quote_parts *parts)
{
    uint8_t expected[SGX_REPORT_DATA_BYTES];

    sgx_report_data(parts->attestation_key.data, parts->qe_auth, expected);
    return memcmp(parts->qe_report.data + SGX_REPORT_DATA, expected, sizeof expected) == 0;
}

/* The quote's own signature is not remembered: hardly any quote is verified twice. */
static int check_signatures(struct p256_memory *memory, const struct quote_parts *parts,
                            const uint8_t *pck_key, struct error *error)
{
    if (!is_signed(memory, parts->qe_report, parts->qe_signature, pck_key))
        return error_input(error, "the QE report is not signed by the PCK certificate's key");
    if (!binds_attestation_key(parts))
        return error_input(error, "the QE report does not vouch for the attestation key in the quote");
    if (!is_signed(NULL, parts->signed_part, parts->signature, parts->attestation_key.data))
        return error_input(error, "the quote is not signed by the attestation key");
    return 0;
}

/* --- TCB --- */

static int evaluate(const json_t *tcb_info, const json_t *identity, struct arena *arena,
                    struct quote_verdict *verdict, struct error *error)
{
    struct tcb_result qe;

    if (tcb_check_qe(identity, verdict->parts.qe_report.data, arena, &qe, error) ||
        tcb_check_platform(tcb_info, &verdict->pck, &verdict->parts, arena, &verdict->tcb, error))
        return -1;
    tcb_converge(&verdict->tcb, &qe);
    if (verdict->tcb.status == TCB_REVOKED)
        return error_input(error, "the TCB status is Revoked");
    return 0;
}

static int check_tcb(const struct quote_authority *authority, const struct x509_chain_trust *trust,
                     struct arena *arena, struct quote_verdict *verdict, struct error *error)
{
    const struct collateral *collateral = authority->collateral;
    const struct collateral_documents *documents = &collateral->documents[TCB_TEE_TDX][EVALUATION_STANDARD];
    uint8_t key[P256_PUBLIC_BYTES];
    json_t *tcb_info, *identity = NULL;
    int result = -1;

    if (read_signing_chain(collateral->tcb_issuer_chain, trust, key, error))
        return -1;
    tcb_info = signed_document_read(span_text(documents->tcb_info), TCB_DOCUMENT_INFO, key, trust->memory,
                                    trust->now, error);
    if (tcb_info)
        identity = signed_document_read(span_text(documents->qe_identity), TCB_DOCUMENT_QE_IDENTITY, key,
                                        trust->memory, trust->now, error);
    if (identity)
        result = evaluate(tcb_info, identity, arena, verdict, error);
    json_decref(tcb_info);
    json_decref(identity);
    return result;
}

/* --- the TD --- */

static bool has_reserved_attributes(const uint8_t *attributes)
{
    static const uint8_t reserved[TD_REPORT_ATTRIBUTES_BYTES] = TD_REPORT_RESERVED_ATTRIBUTES;

    for (size_t i = 0; i < sizeof reserved; i++)
        if (attributes[i] & reserved[i])
            return true;
    return false;
}

static bool is_zero(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

static int check_td(const struct quote_parts *parts, struct error *error)
{
    const uint8_t *attributes = parts->td_attributes.data;

    if (attributes[0] & TD_REPORT_UNDER_DEBUG)
        return error_input(error, "the TD is in debug mode, in which its host can read its memory");
    if (has_reserved_attributes(attributes))
        return error_input(error, "TDATTRIBUTES has reserved bits set");
    if (!(attributes[3] & TD_REPORT_SEPT_VE_DISABLE))
        return error_input(error, "TDATTRIBUTES does not have SEPT_VE_DISABLE set");
    if (!is_zero(parts->mrservicetd))
        return error_input(error, "MRSERVICETD is not zero: the TD is bound to a service TD");
    return 0;
}

int quote_verify(struct span quote, const struct quote_authority *authority, struct arena *arena,
                 struct quote_verdict *verdict, struct error *error)
{
    const struct collateral *collateral = authority->collateral;
    const struct bytes crls[] = {
        {collateral->root_crl, collateral->root_crl_len},
        {collateral->pck_crl, collateral->pck_crl_len},
    };
    const struct x509_chain_trust trust = {
        .root = {authority->platform->root.der, authority->platform->root.der_len},
        .crls = crls,
        .crl_count = 2,
        .now = authority->now,
        .memory = authority->memory,
    };
    uint8_t pck_key[P256_PUBLIC_BYTES];

    if (quote_parse(quote, &verdict->parts, error) ||
        read_pck_chain(verdict->parts.pck_chain, &trust, &verdict->pck, pck_key, error) ||
        check_signatures(authority->memory, &verdict->parts, pck_key, error) ||
        check_tcb(authority, &trust, arena, verdict, error) || check_td(&verdict->parts, error))
        return -1;
    return 0;
}
