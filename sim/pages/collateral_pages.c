#include "sim/pages/collateral_pages.h"

#include <strings.h>

#include "crypto/pem.h"
#include "sim/base/hex.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/openapi.h"

#define TYPE_JSON "application/json"
#define TYPE_CRL "application/pkix-crl"
#define TYPE_TEXT "text/plain"
#define TYPE_PEM "application/x-pem-file"

/* The current collateral, or NULL after answering 500. */
static const struct collateral *fetch(const void *context, struct exchange *exchange)
{
    struct error error = {.kind = ERROR_NONE};
    const struct collateral *collateral = cluster_collateral(((const struct site *)context)->cluster, &error);

    if (!collateral)
        exchange_fail(&exchange->response, 500, error.text);
    return collateral;
}

/* --- issuer chains, percent-encoded in a header (RFC 3986, 2.1) --- */

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("-._~", c) != NULL;
}

static char *percent_encode(struct arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = arena_alloc(arena, 3 * strlen(text) + 1);
    char *to = encoded;

    for (; *text; text++) {
        if (is_unreserved(*text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[(uint8_t)*text >> 4];
            *to++ = digits[(uint8_t)*text & 15];
        }
    }
    *to = '\0';
    return encoded;
}

static const char *chain_header(struct arena *arena, const char *name, const char *chain)
{
    return arena_printf(arena, "%s: %s\r\n", name, percent_encode(arena, chain));
}

/* --- pages --- */

static void answer(struct exchange *exchange, const char *type, const void *body, size_t len)
{
    exchange->response.content_type = type;
    buf_append(exchange->response.body, body, len);
}

static void answer_crl(struct exchange *exchange, const uint8_t *der, size_t len, bool as_pem)
{
    static const char label[] = "X509 CRL";
    char *pem;

    if (!as_pem) {
        answer(exchange, TYPE_CRL, der, len);
        return;
    }
    pem = arena_alloc(exchange->arena, pem_chars(label, len));
    answer(exchange, TYPE_PEM, pem, pem_encode(label, der, len, pem));
}

static void serve_pck_crl(const void *context, struct exchange *exchange)
{
    const struct collateral *collateral = fetch(context, exchange);
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
    exchange->response.headers =
        chain_header(exchange->arena, "SGX-PCK-CRL-Issuer-Chain", collateral->pck_issuer_chain);
    answer_crl(exchange, collateral->pck_crl, collateral->pck_crl_len, !span_is(encoding, "der"));
}

static void serve_root_crl_hex(const void *context, struct exchange *exchange)
{
    const struct collateral *collateral = fetch(context, exchange);

    if (collateral)
        answer(exchange, TYPE_TEXT, collateral->root_crl_hex, strlen(collateral->root_crl_hex));
}

static void serve_root_crl(const void *context, struct exchange *exchange)
{
    const struct collateral *collateral = fetch(context, exchange);

    if (collateral)
        answer_crl(exchange, collateral->root_crl, collateral->root_crl_len, false);
}

static bool is_our_fmspc(const struct platform *platform, struct span fmspc)
{
    char digits[2 * sizeof platform->tcb.fmspc];

    hex_encode(platform->tcb.fmspc, sizeof platform->tcb.fmspc, digits);
    return fmspc.len == sizeof digits && strncasecmp((const char *)fmspc.data, digits, sizeof digits) == 0;
}

static void serve_tcb_info(const void *context, struct exchange *exchange, enum tcb_tee tee)
{
    const struct platform *platform = &((const struct site *)context)->cluster->platform;
    const struct collateral *collateral = fetch(context, exchange);
    struct span fmspc = SPAN_NONE;
    const char *chain;

    if (!collateral)
        return;
    codec_query_find(exchange->request.query, "fmspc", exchange->arena, &fmspc);
    if (!is_our_fmspc(platform, fmspc)) {
        exchange_fail(&exchange->response, fmspc.len == 2 * sizeof platform->tcb.fmspc ? 404 : 400,
                      fmspc.len ? "there is no TCB info for this fmspc; use the one in the PCK certificate"
                                : "fmspc is missing: 12 hex digits, as in the PCK certificate");
        return;
    }
    chain = collateral->tcb_issuer_chain;
    exchange->response.headers =
        arena_printf(exchange->arena, "%s%s", chain_header(exchange->arena, "TCB-Info-Issuer-Chain", chain),
                     chain_header(exchange->arena, "SGX-TCB-Info-Issuer-Chain", chain));
    answer(exchange, TYPE_JSON, collateral->tcb_info[tee], strlen(collateral->tcb_info[tee]));
}

static void serve_sgx_tcb_info(const void *context, struct exchange *exchange)
{
    serve_tcb_info(context, exchange, TCB_TEE_SGX);
}

static void serve_tdx_tcb_info(const void *context, struct exchange *exchange)
{
    serve_tcb_info(context, exchange, TCB_TEE_TDX);
}

static void serve_qe_identity(const void *context, struct exchange *exchange, enum tcb_tee tee)
{
    const struct collateral *collateral = fetch(context, exchange);

    if (!collateral)
        return;
    exchange->response.headers =
        chain_header(exchange->arena, "SGX-Enclave-Identity-Issuer-Chain", collateral->tcb_issuer_chain);
    answer(exchange, TYPE_JSON, collateral->qe_identity[tee], strlen(collateral->qe_identity[tee]));
}

static void serve_sgx_qe_identity(const void *context, struct exchange *exchange)
{
    serve_qe_identity(context, exchange, TCB_TEE_SGX);
}

static void serve_tdx_qe_identity(const void *context, struct exchange *exchange)
{
    serve_qe_identity(context, exchange, TCB_TEE_TDX);
}

/* --- paths --- */

static const struct openapi_parameter pck_crl_parameters[] = {
    {"ca", "The CA of the PCK certificates; both have the same CRL.",
     "{\"type\":\"string\",\"enum\":[\"platform\",\"processor\"]}", "\"platform\"", true},
    {"encoding", "der for DER instead of PEM.", "{\"type\":\"string\"}", "\"der\"", false},
    {.name = NULL},
};
static const struct openapi_parameter tcb_parameters[] = {
    {"fmspc", "The platform's FMSPC, as in its PCK certificate: 6 bytes in hex.",
     "{\"type\":\"string\",\"pattern\":\"^[0-9a-fA-F]{12}$\"}", "\"b0c06f000000\"", true},
    {.name = NULL},
};

static const struct openapi_page pck_crl = {
    .summary = "CRL of PCK certificates", .types = TYPE_PEM ", " TYPE_CRL, .parameters = pck_crl_parameters};
static const struct openapi_page root_crl_hex = {.summary = "CRL of the root, DER in hex",
                                                 .types = TYPE_TEXT};
static const struct openapi_page root_crl = {.summary = "CRL of the root, in DER", .types = TYPE_CRL};
static const struct openapi_page sgx_tcb_info = {
    .summary = "TCB info of a platform, for SGX", .types = TYPE_JSON, .parameters = tcb_parameters};
static const struct openapi_page tdx_tcb_info = {
    .summary = "TCB info of a platform, for TDX", .types = TYPE_JSON, .parameters = tcb_parameters};
static const struct openapi_page sgx_qe_identity = {
    .summary = "Identity of the quoting enclave for quotes of enclaves", .types = TYPE_JSON};
static const struct openapi_page tdx_qe_identity = {
    .summary = "Identity of the quoting enclave for quotes of TDs", .types = TYPE_JSON};

void collateral_pages_add(const struct site *site, struct router *router)
{
    static const struct {
        const char *path;
        void (*serve)(const void *context, struct exchange *exchange);
        const struct openapi_page *openapi;
    } list[] = {
        {"/sgx/certification/v4/pckcrl", serve_pck_crl, &pck_crl},
        {"/sgx/certification/v4/rootcacrl", serve_root_crl_hex, &root_crl_hex},
        {"/sgx/certification/v4/tcb", serve_sgx_tcb_info, &sgx_tcb_info},
        {"/sgx/certification/v4/qe/identity", serve_sgx_qe_identity, &sgx_qe_identity},
        {"/tdx/certification/v4/pckcrl", serve_pck_crl, &pck_crl},
        {"/tdx/certification/v4/rootcacrl", serve_root_crl_hex, &root_crl_hex},
        {"/tdx/certification/v4/tcb", serve_tdx_tcb_info, &tdx_tcb_info},
        {"/tdx/certification/v4/qe/identity", serve_tdx_qe_identity, &tdx_qe_identity},
        {PLATFORM_ROOT_CRL_PATH, serve_root_crl, &root_crl},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const struct router_page page = {.path = list[i].path,
                                         .serve = list[i].serve,
                                         .context = site,
                                         .is_public = true,
                                         .openapi = list[i].openapi};
        router_add_page(router, &page);
    }
}
