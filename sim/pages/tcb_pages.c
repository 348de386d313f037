#include "sim/pages/tcb_pages.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "sim/base/hex.h"
#include "sim/pages/collateral_answer.h"
#include "sim/pages/public_pages.h"
#include "sim/rpc/codec.h"

#define TYPE_JSON "application/json"
#define NUMBER_DIGITS_MAX 9
#define FMSPC_DIGITS (2 * PCK_FMSPC_BYTES)

/* --- what is asked for --- */

/* The values in the query string, once they are well-formed. */
struct query {
    struct span fmspc; /* or empty */
    bool is_early;
    bool has_number;
    uint64_t number;
};

static bool fail(struct exchange *exchange, int status, const char *message)
{
    exchange_fail(&exchange->response, status, message);
    return false;
}

static bool find(const struct exchange *exchange, const char *name, struct span *value)
{
    *value = SPAN_NONE;
    return codec_query_find(exchange->request.query, name, exchange->arena, value);
}

static bool read_number(struct exchange *exchange, struct query *query)
{
    struct span text;
    const char *digits;

    query->has_number = find(exchange, "tcbEvaluationDataNumber", &text);
    if (!query->has_number)
        return true;
    digits = arena_copy(exchange->arena, text.data, text.len);
    query->number = strtoul(digits, NULL, 10);
    if (text.len > 0 && text.len <= NUMBER_DIGITS_MAX && strspn(digits, "0123456789") == text.len)
        return true;
    return fail(exchange, 400,
                "tcbEvaluationDataNumber must be a number, such as those of tcbevaluationdatanumbers");
}

/* The reading functions return false after answering 400. */
static bool read_set(struct exchange *exchange, struct query *query)
{
    struct span update;
    bool has_update = find(exchange, "update", &update);

    query->is_early = span_is(update, "early");
    if (has_update && !query->is_early && !span_is(update, "standard"))
        return fail(exchange, 400, "update must be standard or early");
    if (!read_number(exchange, query))
        return false;
    if (has_update && query->has_number)
        return fail(exchange, 400, "update and tcbEvaluationDataNumber cannot be combined; use one of them");
    return true;
}

static bool is_hex(struct span text)
{
    size_t count = 0;

    while (count < text.len && isxdigit(text.data[count]))
        count++;
    return count == text.len;
}

static bool read_fmspc(struct exchange *exchange, struct query *query)
{
    if (!find(exchange, "fmspc", &query->fmspc) || query->fmspc.len == 0)
        return fail(exchange, 400, "fmspc is missing: 12 hex digits, as in the PCK certificate");
    if (query->fmspc.len == FMSPC_DIGITS && is_hex(query->fmspc))
        return true;
    return fail(exchange, 400, "fmspc must have 12 hex digits, as in the PCK certificate");
}

/* Returns false after answering why there is no such set. */
static bool find_set(const struct query *query, struct exchange *exchange, enum evaluation_set *set)
{
    *set = query->is_early ? EVALUATION_EARLY : EVALUATION_STANDARD;
    switch (query->has_number ? evaluation_find(query->number, set) : EVALUATION_FOUND) {
    case EVALUATION_FOUND:
        return true;
    case EVALUATION_TOO_OLD:
        return fail(exchange, 410,
                    "this tcbEvaluationDataNumber is too old; tcbevaluationdatanumbers lists those left");
    case EVALUATION_UNKNOWN:
        break;
    }
    return fail(exchange, 404,
                "there is no such tcbEvaluationDataNumber; tcbevaluationdatanumbers lists all");
}

/* --- pages --- */

static void answer_json(struct exchange *exchange, const char *text)
{
    collateral_answer(exchange, TYPE_JSON, text, strlen(text));
}

/* Returns false after answering that there is no TCB info for this FMSPC. */
static bool check_fmspc(const struct platform *platform, const struct query *query, struct exchange *exchange)
{
    char ours[FMSPC_DIGITS];

    hex_encode(platform->first.tcb.fmspc, sizeof platform->first.tcb.fmspc, ours);
    if (strncasecmp((const char *)query->fmspc.data, ours, sizeof ours) == 0)
        return true;
    return fail(exchange, 404, "there is no TCB info for this fmspc; use the one in the PCK certificate");
}

static void serve_tcb_info(const struct site *site, struct exchange *exchange, enum tcb_tee tee)
{
    const struct collateral *collateral = collateral_answer_fetch(site, exchange);
    struct query query;
    enum evaluation_set set;

    if (!collateral || !read_fmspc(exchange, &query) || !read_set(exchange, &query) ||
        !check_fmspc(&site->cluster->platform, &query, exchange) || !find_set(&query, exchange, &set))
        return;
    collateral_answer_chain(exchange, "TCB-Info-Issuer-Chain", collateral->tcb_issuer_chain);
    collateral_answer_chain(exchange, "SGX-TCB-Info-Issuer-Chain", collateral->tcb_issuer_chain);
    answer_json(exchange, collateral->documents[tee][set].tcb_info);
}

static void serve_qe_identity(const struct site *site, struct exchange *exchange, enum tcb_tee tee)
{
    const struct collateral *collateral = collateral_answer_fetch(site, exchange);
    struct query query;
    enum evaluation_set set;

    if (!collateral || !read_set(exchange, &query) || !find_set(&query, exchange, &set))
        return;
    collateral_answer_chain(exchange, "SGX-Enclave-Identity-Issuer-Chain", collateral->tcb_issuer_chain);
    answer_json(exchange, collateral->documents[tee][set].qe_identity);
}

static void serve_numbers(const struct site *site, struct exchange *exchange, enum tcb_tee tee)
{
    const struct collateral *collateral = collateral_answer_fetch(site, exchange);

    if (!collateral)
        return;
    collateral_answer_chain(exchange, "TCB-Evaluation-Data-Numbers-Issuer-Chain",
                            collateral->tcb_issuer_chain);
    answer_json(exchange, collateral->evaluation_numbers[tee]);
}

static void serve_sgx_tcb_info(const void *context, struct exchange *exchange)
{
    serve_tcb_info(context, exchange, TCB_TEE_SGX);
}

static void serve_tdx_tcb_info(const void *context, struct exchange *exchange)
{
    serve_tcb_info(context, exchange, TCB_TEE_TDX);
}

static void serve_sgx_qe_identity(const void *context, struct exchange *exchange)
{
    serve_qe_identity(context, exchange, TCB_TEE_SGX);
}

static void serve_tdx_qe_identity(const void *context, struct exchange *exchange)
{
    serve_qe_identity(context, exchange, TCB_TEE_TDX);
}

static void serve_sgx_numbers(const void *context, struct exchange *exchange)
{
    serve_numbers(context, exchange, TCB_TEE_SGX);
}

static void serve_tdx_numbers(const void *context, struct exchange *exchange)
{
    serve_numbers(context, exchange, TCB_TEE_TDX);
}

/* --- paths --- */

#define SET_BY_NAME                                                                                          \
    {.name = "update",                                                                                       \
     .text = "Which TCB evaluation data set: the newest (early), or the newest that is a year old.",         \
     .schema = "{\"type\":\"string\",\"enum\":[\"standard\",\"early\"]}"}
#define SET_BY_NUMBER                                                                                        \
    {.name = "tcbEvaluationDataNumber",                                                                      \
     .text = "The data set by its number, instead of by update.",                                            \
     .schema = "{\"type\":\"integer\",\"minimum\":0,\"maximum\":999999999}"}
#define SET_GONE .other = 410, .other_text = "The data set is too old."

static const struct openapi_parameter tcb_parameters[] = {
    {"fmspc", "The platform's FMSPC, as in its PCK certificate: 6 bytes in hex.",
     "{\"type\":\"string\",\"pattern\":\"^[0-9a-fA-F]{12}$\"}", "\"b0c06f000000\"", true},
    SET_BY_NAME,
    SET_BY_NUMBER,
    {.name = NULL},
};
static const struct openapi_parameter identity_parameters[] = {
    SET_BY_NAME,
    SET_BY_NUMBER,
    {.name = NULL},
};

static const struct openapi_page sgx_tcb_info = {
    .summary = "TCB info of a platform, for SGX", .types = TYPE_JSON, .parameters = tcb_parameters, SET_GONE};
static const struct openapi_page tdx_tcb_info = {
    .summary = "TCB info of a platform, for TDX", .types = TYPE_JSON, .parameters = tcb_parameters, SET_GONE};
static const struct openapi_page sgx_qe_identity = {
    .summary = "Identity of the quoting enclave for quotes of enclaves",
    .types = TYPE_JSON,
    .parameters = identity_parameters,
    SET_GONE};
static const struct openapi_page tdx_qe_identity = {.summary =
                                                        "Identity of the quoting enclave for quotes of TDs",
                                                    .types = TYPE_JSON,
                                                    .parameters = identity_parameters,
                                                    SET_GONE};
static const struct openapi_page numbers = {.summary = "TCB evaluation data sets, newest first",
                                            .types = TYPE_JSON};

void tcb_pages_add(const struct site *site, struct router *router)
{
    static const struct public_page list[] = {
        {"/sgx/certification/v4/tcb", serve_sgx_tcb_info, &sgx_tcb_info},
        {"/tdx/certification/v4/tcb", serve_tdx_tcb_info, &tdx_tcb_info},
        {"/sgx/certification/v4/qe/identity", serve_sgx_qe_identity, &sgx_qe_identity},
        {"/tdx/certification/v4/qe/identity", serve_tdx_qe_identity, &tdx_qe_identity},
        {"/sgx/certification/v4/tcbevaluationdatanumbers", serve_sgx_numbers, &numbers},
        {"/tdx/certification/v4/tcbevaluationdatanumbers", serve_tdx_numbers, &numbers},
    };

    public_pages_add(site, router, list, sizeof list / sizeof *list);
}
