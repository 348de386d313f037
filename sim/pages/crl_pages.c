#include "sim/pages/crl_pages.h"

#include "crypto/pem.h"
#include "sim/pages/collateral_answer.h"
#include "sim/pages/public_pages.h"
#include "sim/rpc/codec.h"

#define TYPE_CRL "application/pkix-crl"
#define TYPE_TEXT "text/plain"
#define TYPE_PEM "application/x-pem-file"

static void answer_as_pem(struct exchange *exchange, const uint8_t *der, size_t len)
{
    static const char label[] = "X509 CRL";
    char *pem = arena_alloc(exchange->arena, pem_chars(label, len));

    collateral_answer(exchange, TYPE_PEM, pem, pem_encode(label, der, len, pem));
}

static void serve_pck_crl(const void *context, struct exchange *exchange)
{
    const struct collateral *collateral = collateral_answer_fetch(context, exchange);
    struct span ca = SPAN_NONE, encoding = SPAN_NONE;

    if (!collateral)
        return;
    codec_query_find(exchange->request.query, "ca", exchange->arena, &ca);
    codec_query_find(exchange->request.query, "encoding", exchange->arena, &encoding);
    /* Clients that do not recognise the issuer ask for `processor`; the only CRL serves both. */
    if (!span_is(ca, "platform") && !span_is(ca, "processor")) {
        exchange_fail(&exchange->response, 400, "ca must be platform");
        return;
    }
    collateral_answer_chain(exchange, "SGX-PCK-CRL-Issuer-Chain", collateral->pck_issuer_chain);
    if (span_is(encoding, "der"))
        collateral_answer(exchange, TYPE_CRL, collateral->pck_crl, collateral->pck_crl_len);
    else
        answer_as_pem(exchange, collateral->pck_crl, collateral->pck_crl_len);
}

static void serve_root_crl_hex(const void *context, struct exchange *exchange)
{
    const struct collateral *collateral = collateral_answer_fetch(context, exchange);

    if (collateral)
        collateral_answer(exchange, TYPE_TEXT, collateral->root_crl_hex, strlen(collateral->root_crl_hex));
}

static void serve_root_crl(const void *context, struct exchange *exchange)
{
    const struct collateral *collateral = collateral_answer_fetch(context, exchange);

    if (collateral)
        collateral_answer(exchange, TYPE_CRL, collateral->root_crl, collateral->root_crl_len);
}

static const struct openapi_parameter pck_crl_parameters[] = {
    {"ca", "The CA of the PCK certificates; both have the same CRL.",
     "{\"type\":\"string\",\"enum\":[\"platform\",\"processor\"]}", "\"platform\"", true},
    {"encoding", "der for DER instead of PEM.", "{\"type\":\"string\"}", "\"der\"", false},
    {.name = NULL},
};

static const struct openapi_page pck_crl = {
    .summary = "CRL of PCK certificates", .types = TYPE_PEM ", " TYPE_CRL, .parameters = pck_crl_parameters};
static const struct openapi_page root_crl_hex = {.summary = "CRL of the root, DER in hex",
                                                 .types = TYPE_TEXT};
static const struct openapi_page root_crl = {.summary = "CRL of the root, in DER", .types = TYPE_CRL};

void crl_pages_add(const struct site *site, struct router *router)
{
    static const struct public_page list[] = {
        {"/sgx/certification/v4/pckcrl", serve_pck_crl, &pck_crl},
        {"/sgx/certification/v4/rootcacrl", serve_root_crl_hex, &root_crl_hex},
        {"/tdx/certification/v4/pckcrl", serve_pck_crl, &pck_crl},
        {"/tdx/certification/v4/rootcacrl", serve_root_crl_hex, &root_crl_hex},
        {PLATFORM_ROOT_CRL_PATH, serve_root_crl, &root_crl},
    };

    public_pages_add(site, router, list, sizeof list / sizeof *list);
}
