/* Evidence to verify: what a TD answers, and the reference of fixtures/vectors, which
 * another implementation made and other verifiers accept. */
#ifndef TEST_VERIFY_FIXTURE_H
#define TEST_VERIFY_FIXTURE_H

#include <jansson.h>

#include "crypto/x509_ca.h"
#include "sim/base/file.h"
#include "sim/base/memory.h"
#include "sim/verify/verify.h"
#include "test/unit/td_fixture.h"

#define REFERENCE_VECTOR "fixtures/vectors/reference_quote.json"
#define SOME_TIME INT64_C(1900000000) /* 2030 */

/* Bytes as hex text, in the arena. */
static inline struct span hex_text(struct span bytes, struct arena *arena)
{
    char *text = arena_alloc(arena, 2 * bytes.len + 1);

    hex_encode(bytes.data, bytes.len, text);
    return span_of(text, 2 * bytes.len);
}

static inline struct span bytes_of_hex(const char *hex, struct arena *arena)
{
    uint8_t *out = arena_alloc(arena, strlen(hex) / 2 + 1);

    from_hex(hex, out, strlen(hex) / 2);
    return span_of(out, strlen(hex) / 2);
}

/* What GetQuote of a TD answers. */
static inline struct evidence_request request_of(struct td *td, struct arena *arena)
{
    static const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};
    const struct text *event_log = td_event_log(td);

    return (struct evidence_request){
        .quote = hex_text(td_quote(td, report_data, arena), arena),
        .event_log = span_of(event_log->plain, event_log->len),
        .vm_config = span_of(td->identity.vm_config.plain, td->identity.vm_config.len),
    };
}

/* The verdict by a TD's own root and collateral. */
static inline bool verdict_of(struct td *td, const struct evidence_request *request, int64_t now,
                              struct arena *arena, struct verify_verdict *verdict)
{
    static struct p256_memory memory; /* of all tests: what was valid in one is so in another */
    const struct quote_authority authority = {
        .platform = td->shared->platform,
        .collateral = td_fixture_collateral(td, now),
        .now = now,
        .memory = &memory,
    };

    return verify_evidence(request, &authority, arena, verdict);
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static inline void assert_valid(struct td *td, const struct evidence_request *request, struct arena *arena)
{
    struct verify_verdict verdict;

    if (!verdict_of(td, request, SOME_TIME, arena, &verdict))
        fail_msg("not valid: %s", verdict.reason.text);
}

static inline void assert_refused(struct td *td, const struct evidence_request *request, struct arena *arena,
                                  const char *reason)
{
    struct verify_verdict verdict;

    assert_false(verdict_of(td, request, SOME_TIME, arena, &verdict));
    assert_contains(verdict.reason.text, reason);
}

/* --- the reference --- */

#define REFERENCE_TIME INT64_C(1795250000) /* 2026-11-21 */

struct reference {
    json_t *json;
    struct evidence_request request;
    struct collateral collateral;
    struct platform platform; /* its root alone */
    struct x509_ca root;
};

static inline const char *reference_text(const struct reference *reference, const char *group,
                                         const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(reference->json, group), name));

    assert_non_null(text);
    return text;
}

static inline char *reference_document(const struct reference *reference, const char *member,
                                       const char *name, const char *signature, struct arena *arena)
{
    return arena_printf(arena, "{\"%s\":%s,\"signature\":\"%s\"}", member,
                        reference_text(reference, "collateral", name),
                        reference_text(reference, "collateral", signature));
}

static inline void reference_collateral(struct reference *reference, struct arena *arena)
{
    struct collateral *collateral = &reference->collateral;
    struct span root_crl = bytes_of_hex(reference_text(reference, "collateral", "root_ca_crl_der"), arena);
    struct span pck_crl = bytes_of_hex(reference_text(reference, "collateral", "pck_crl_der"), arena);
    const char *chain = reference_text(reference, "collateral", "tcb_signing_chain_pem");

    collateral->root_crl = (uint8_t *)(uintptr_t)root_crl.data;
    collateral->root_crl_len = root_crl.len;
    collateral->pck_crl = (uint8_t *)(uintptr_t)pck_crl.data;
    collateral->pck_crl_len = pck_crl.len;
    collateral->tcb_issuer_chain = arena_copy(arena, chain, strlen(chain));
    collateral->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info =
        reference_document(reference, "tcbInfo", "tcb_info", "tcb_info_signature", arena);
    collateral->documents[TCB_TEE_TDX][EVALUATION_STANDARD].qe_identity =
        reference_document(reference, "enclaveIdentity", "qe_identity", "qe_identity_signature", arena);
}

/* To be freed with reference_free; the rest lives in the arena. */
static inline void reference_read(struct reference *reference, struct arena *arena)
{
    const char *reason;

    *reference = (struct reference){.json = json_load_file(REFERENCE_VECTOR, 0, NULL)};
    assert_non_null(reference->json);
    reference->request.quote = span_text(reference_text(reference, "get_quote_response", "quote"));
    reference->request.event_log = span_text(reference_text(reference, "get_quote_response", "event_log"));
    reference->request.vm_config = span_text(reference_text(reference, "get_quote_response", "vm_config"));
    reference_collateral(reference, arena);
    assert_int_equal(
        x509_ca_read_pem(&reference->root, reference_text(reference, "collateral", "root_ca_pem"), &reason),
        0);
    reference->platform.root.der = reference->root.der;
    reference->platform.root.der_len = reference->root.der_len;
}

static inline void reference_free(struct reference *reference)
{
    x509_ca_free(&reference->root);
    json_decref(reference->json);
}

#endif
