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

static void render_documents(struct collateral *collateral, const struct platform *platform,
                             const struct scenario *scenario)
{
    struct tcb_edition edition = {.now = collateral->rendered_at};

    for (unsigned tee = 0; tee < TCB_TEES; tee++) {
        edition.tee = (enum tcb_tee)tee;
        collateral->evaluation_numbers[tee] = evaluation_numbers_render(platform, scenario, &edition);
        for (unsigned set = 0; set < EVALUATION_SETS; set++) {
            struct collateral_documents *documents = &collateral->documents[tee][set];

            edition.set = (enum evaluation_set)set;
            documents->tcb_info = tcb_info_render(platform, scenario, &edition);
            documents->qe_identity = qe_identity_render(platform, scenario, &edition);
        }
    }
}

int collateral_render(struct collateral *collateral, const struct platform *platform,
                      const struct scenario *scenario, int64_t now, struct error *error)
{
    const struct bytes revoked = {&scenario_level(scenario, platform)->pck_serial, 1};
    char *hex;

    collateral_free(collateral);
    collateral->rendered_at = now;
    render_documents(collateral, platform, scenario);
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
    for (unsigned tee = 0; tee < TCB_TEES; tee++) {
        free(collateral->evaluation_numbers[tee]);
        for (unsigned set = 0; set < EVALUATION_SETS; set++) {
            free(collateral->documents[tee][set].tcb_info);
            free(collateral->documents[tee][set].qe_identity);
        }
    }
    free(collateral->root_crl_hex);
    free(collateral->root_crl);
    free(collateral->pck_crl);
    free(collateral->tcb_issuer_chain);
    free(collateral->pck_issuer_chain);
    *collateral = (struct collateral){.root_crl = NULL};
}
