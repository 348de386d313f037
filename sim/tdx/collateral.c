#include "sim/tdx/collateral.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"

#define DAY INT64_C(86400)
#define VALID_BEFORE (1 * DAY)
#define VALID_AFTER (30 * DAY)
#define EXPIRED_FOR (1 * DAY)

#define TCB_DATE "2024-03-13T00:00:00Z" /* of the platform's TCB level */
#define TCB_DATE_NEWER "2025-05-14T00:00:00Z"
#define TCB_EVALUATION_NUMBER 17
#define TDX_MODULE_ID "TDX_01"
#define CRL_NUMBER 1

/* --- dates --- */

static void member_date(struct buf *out, const char *name, int64_t seconds)
{
    char text[32];
    time_t moment = (time_t)seconds;
    struct tm tm;

    gmtime_r(&moment, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    json_text_member(out, ',', name, text);
}

static void member_dates(struct buf *out, const struct scenario *scenario, int64_t now)
{
    int64_t end = scenario->collateral_expired ? now - EXPIRED_FOR : now + VALID_AFTER;

    member_date(out, "issueDate", end - VALID_AFTER - VALID_BEFORE);
    member_date(out, "nextUpdate", end);
}

/* --- signed documents --- */

/* {"<name>":<inner>,"signature":"<r || s>"}: the signature is over inner's bytes. Frees inner. */
static char *sign_document(const char *name, struct buf *inner, const struct p256_key *key)
{
    uint8_t digest[32], signature[P256_SIGNATURE_BYTES];
    struct buf out;
    size_t len;

    hash_sha256(inner->data, inner->len, digest);
    p256_sign(key, digest, signature);
    buf_init(&out, SIZE_MAX);
    json_text_key(&out, '{', name);
    buf_append_span(&out, buf_span(inner));
    json_text_member_hex(&out, ',', "signature", signature, sizeof signature);
    buf_append_byte(&out, '}');
    buf_free(inner);
    return buf_take(&out, &len);
}

static void member_components(struct buf *out, char separator, const char *name, const uint8_t *svns)
{
    json_text_key(out, separator, name);
    for (int i = 0; i < PCK_SVN_COUNT; i++) {
        buf_append_byte(out, i == 0 ? '[' : ',');
        json_text_member_uint(out, '{', "svn", svns[i]);
        buf_append_byte(out, '}');
    }
    buf_append_byte(out, ']');
}

static void tcb_level(struct buf *out, const struct platform_tcb *tcb, unsigned pce_svn, const char *date,
                      enum tcb_status status)
{
    json_text_key(out, '{', "tcb");
    member_components(out, '{', "sgxtcbcomponents", tcb->cpu_svn);
    json_text_member_uint(out, ',', "pcesvn", pce_svn);
    member_components(out, ',', "tdxtcbcomponents", tcb->tee_tcb_svn);
    buf_append_byte(out, '}');
    json_text_member(out, ',', "tcbDate", date);
    json_text_member(out, ',', "tcbStatus", tcb_status_name(status));
}

static void member_advisories(struct buf *out, const struct scenario *scenario)
{
    if (scenario->advisory_count == 0)
        return;
    json_text_key(out, ',', "advisoryIDs");
    for (size_t i = 0; i < scenario->advisory_count; i++) {
        buf_append_byte(out, i == 0 ? '[' : ',');
        json_text_string(out, scenario->advisories[i], strlen(scenario->advisories[i]));
    }
    buf_append_byte(out, ']');
}

static bool is_behind(enum tcb_status status)
{
    return status == TCB_OUT_OF_DATE || status == TCB_OUT_OF_DATE_CONFIGURATION_NEEDED ||
           status == TCB_REVOKED;
}

/* A platform is out of date because a newer level exists that it does not reach. */
static void member_tcb_levels(struct buf *out, const struct platform_tcb *tcb,
                              const struct scenario *scenario)
{
    json_text_key(out, ',', "tcbLevels");
    buf_append_byte(out, '[');
    if (is_behind(scenario->tcb_status)) {
        tcb_level(out, tcb, tcb->pce_svn + 1u, TCB_DATE_NEWER, TCB_UP_TO_DATE);
        buf_append_text(out, "},");
    }
    tcb_level(out, tcb, tcb->pce_svn, TCB_DATE, scenario->tcb_status);
    member_advisories(out, scenario);
    buf_append_text(out, "}]");
}

/* The single level of a TDX module or QE, by its ISVSVN. */
static void member_isv_levels(struct buf *out, unsigned isv_svn)
{
    json_text_key(out, ',', "tcbLevels");
    buf_append_byte(out, '[');
    json_text_key(out, '{', "tcb");
    json_text_member_uint(out, '{', "isvsvn", isv_svn);
    buf_append_byte(out, '}');
    json_text_member(out, ',', "tcbDate", TCB_DATE);
    json_text_member(out, ',', "tcbStatus", tcb_status_name(TCB_UP_TO_DATE));
    buf_append_text(out, "}]");
}

static void members_module(struct buf *out, char separator)
{
    static const uint8_t mrsigner[48];

    json_text_member_hex(out, separator, "mrsigner", mrsigner, sizeof mrsigner);
    json_text_member(out, ',', "attributes", "0000000000000000");
    json_text_member(out, ',', "attributesMask", "ffffffffffffffff");
}

static char *render_tcb_info(const struct platform *platform, const struct scenario *scenario, int64_t now)
{
    const struct platform_tcb *tcb = &platform->tcb;
    struct buf out;

    buf_init(&out, SIZE_MAX);
    json_text_member(&out, '{', "id", COLLATERAL_TCB_INFO_ID);
    json_text_member_uint(&out, ',', "version", COLLATERAL_TCB_INFO_VERSION);
    member_dates(&out, scenario, now);
    json_text_member_hex(&out, ',', "fmspc", tcb->fmspc, sizeof tcb->fmspc);
    json_text_member_hex(&out, ',', "pceId", tcb->pce_id, sizeof tcb->pce_id);
    json_text_member_uint(&out, ',', "tcbType", 0);
    json_text_member_uint(&out, ',', "tcbEvaluationDataNumber", TCB_EVALUATION_NUMBER);
    json_text_key(&out, ',', "tdxModule");
    members_module(&out, '{');
    buf_append_byte(&out, '}');
    json_text_key(&out, ',', "tdxModuleIdentities");
    buf_append_byte(&out, '[');
    json_text_member(&out, '{', "id", TDX_MODULE_ID);
    members_module(&out, ',');
    member_isv_levels(&out, tcb->tee_tcb_svn[0]);
    buf_append_text(&out, "}]");
    member_tcb_levels(&out, tcb, scenario);
    buf_append_byte(&out, '}');
    return sign_document(COLLATERAL_TCB_INFO, &out, &platform->tcb_signing.key);
}

static char *render_qe_identity(const struct platform *platform, const struct scenario *scenario, int64_t now)
{
    /* The bits that identify the QE: all except those that may differ between launches. */
    static const uint8_t mask[16] = {0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const struct platform_tcb *tcb = &platform->tcb;
    uint8_t attributes[sizeof mask];
    struct buf out;

    for (size_t i = 0; i < sizeof mask; i++)
        attributes[i] = tcb->qe_attributes[i] & mask[i];
    buf_init(&out, SIZE_MAX);
    json_text_member(&out, '{', "id", COLLATERAL_QE_IDENTITY_ID);
    json_text_member_uint(&out, ',', "version", COLLATERAL_QE_IDENTITY_VERSION);
    member_dates(&out, scenario, now);
    json_text_member_uint(&out, ',', "tcbEvaluationDataNumber", TCB_EVALUATION_NUMBER);
    json_text_member(&out, ',', "miscselect", "00000000");
    json_text_member(&out, ',', "miscselectMask", "ffffffff");
    json_text_member_hex(&out, ',', "attributes", attributes, sizeof attributes);
    json_text_member_hex(&out, ',', "attributesMask", mask, sizeof mask);
    json_text_member_hex(&out, ',', "mrsigner", tcb->qe_mrsigner, sizeof tcb->qe_mrsigner);
    json_text_member_uint(&out, ',', "isvprodid", tcb->qe_isv_prod_id);
    member_isv_levels(&out, tcb->qe_isv_svn);
    buf_append_byte(&out, '}');
    return sign_document(COLLATERAL_QE_IDENTITY, &out, &platform->tcb_signing.key);
}

/* --- CRLs and chains --- */

static uint8_t *render_crl(const struct pki_entity *issuer, const struct bytes *revoked, size_t count,
                           size_t *len, struct error *error)
{
    const struct x509_crl crl = {
        .issuer = {issuer->name, issuer->name_len},
        .this_update = PKI_NOT_BEFORE,
        .next_update = PKI_NOT_AFTER,
        .number = CRL_NUMBER,
        .authority_key_id = issuer->key_id,
        .revoked = revoked,
        .revoked_count = count,
    };
    uint8_t der[1024];

    if (x509_write_crl(&crl, &issuer->key, der, sizeof der, len)) {
        error_internal(error, "a CRL does not fit in %zu bytes", sizeof der);
        return NULL;
    }
    return (uint8_t *)memory_copy(der, *len);
}

static char *join(const char *first, const char *second)
{
    size_t first_len = strlen(first), second_len = strlen(second);
    char *joined = memory_alloc(first_len + second_len + 1);

    memcpy(joined, first, first_len);
    memcpy(joined + first_len, second, second_len + 1);
    return joined;
}

int collateral_render(struct collateral *collateral, const struct platform *platform,
                      const struct scenario *scenario, int64_t now, struct error *error)
{
    static const uint8_t pck_serial = PLATFORM_SERIAL_PCK;
    const struct bytes revoked = {&pck_serial, 1};
    char *hex;

    collateral_free(collateral);
    collateral->rendered_at = now;
    collateral->tcb_info = render_tcb_info(platform, scenario, now);
    collateral->qe_identity = render_qe_identity(platform, scenario, now);
    collateral->tcb_issuer_chain = join(platform->tcb_signing.pem, platform->root.pem);
    collateral->pck_issuer_chain = join(platform->platform_ca.pem, platform->root.pem);
    collateral->root_crl = render_crl(&platform->root, NULL, 0, &collateral->root_crl_len, error);
    collateral->pck_crl =
        render_crl(&platform->platform_ca, &revoked, scenario->pck_revoked, &collateral->pck_crl_len, error);
    if (!collateral->root_crl || !collateral->pck_crl)
        return -1;
    hex = memory_zalloc(2 * collateral->root_crl_len + 1);
    hex_encode(collateral->root_crl, collateral->root_crl_len, hex);
    collateral->root_crl_hex = hex;
    return 0;
}

void collateral_free(struct collateral *collateral)
{
    free(collateral->tcb_info);
    free(collateral->qe_identity);
    free(collateral->root_crl_hex);
    free(collateral->root_crl);
    free(collateral->pck_crl);
    free(collateral->tcb_issuer_chain);
    free(collateral->pck_issuer_chain);
    *collateral = (struct collateral){.tcb_info = NULL};
}
