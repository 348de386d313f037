#include "sim/tdx/collateral.h"

#include <stdlib.h>

#include "sim/base/hex.h"
#include "sim/base/memory.h"

#define CRL_NUMBER 1

/* --- CRLs and chains --- */

static uint8_t *render_crl(const struct pki_entity *issuer, const struct bytes *revoked, size_t count,
                           size_t *len, struct error *error)
{
    const struct x509_crl crl = {
        .issuer = {issuer->name, issuer->name_len},
        .this_update = PKI_INTEL_NOT_BEFORE,
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
    for (enum tcb_tee tee = 0; tee < TCB_TEES; tee++) {
        collateral->tcb_info[tee] = tcb_info_render(platform, scenario, tee, now);
        collateral->qe_identity[tee] = qe_identity_render(platform, scenario, tee, now);
    }
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
    for (enum tcb_tee tee = 0; tee < TCB_TEES; tee++) {
        free(collateral->tcb_info[tee]);
        free(collateral->qe_identity[tee]);
    }
    free(collateral->root_crl_hex);
    free(collateral->root_crl);
    free(collateral->pck_crl);
    free(collateral->tcb_issuer_chain);
    free(collateral->pck_issuer_chain);
    *collateral = (struct collateral){.root_crl = NULL};
}
