/* Quotes that are signed as they should be but say what a verifier must refuse. The tests have the
 * platform's keys and sign again after each change, so that a single check decides. */
#include "crypto/hash.h"
#include "sim/verify/quote_verify.h"
#include "test/unit/verify_fixture.h"

enum {
    HEAD_5 = 54,     /* where the TD report begins in version 5 */
    QE_REPORT = 770, /* in version 4 */
    QE_SIGNATURE = QE_REPORT + 384,
    QE_REPORT_DATA = QE_REPORT + 320,
    TD_ATTRIBUTES = 48 + 120,
};

static const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};

static uint8_t *quote_of(struct td *td, enum quote_version version, struct arena *arena, size_t *len)
{
    const struct scenario scenario = {.quote_version = version};
    struct span quote;

    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    quote = td_quote(td, report_data, arena);
    *len = quote.len;
    return (uint8_t *)(uintptr_t)quote.data;
}

static void sign(const struct p256_key *key, const uint8_t *data, size_t len, uint8_t *signature)
{
    uint8_t digest[32];

    hash_sha256(data, len, digest);
    p256_sign(key, digest, signature);
}

/* Signs a TD's quote again, whose signed part has that length. */
static void sign_report(struct td *td, uint8_t *quote, size_t signed_len)
{
    sign(&td->shared->platform->first.attestation_key, quote, signed_len, quote + signed_len + 4);
}

static void sign_qe_report(struct td *td, uint8_t *quote)
{
    sign(&td->shared->platform->first.pck.key, quote + QE_REPORT, 384, quote + QE_SIGNATURE);
}

/* Verifies it; the reason is empty if it is accepted. */
static const char *reason(struct td *td, struct span quote, struct arena *arena)
{
    struct error error = {.kind = ERROR_NONE};
    struct quote_verdict verdict;
    const struct quote_authority authority = {
        .platform = td->shared->platform,
        .collateral = td_fixture_collateral(td, SOME_TIME),
        .now = SOME_TIME,
    };
    int refused = quote_verify(quote, &authority, arena, &verdict, &error);

    assert_int_equal(refused, error.kind == ERROR_NONE ? 0 : -1);
    return error.kind == ERROR_NONE ? "" : arena_copy(arena, error.text, strlen(error.text));
}

static void what_is_signed_again_unchanged_is_accepted(void **state)
{
    struct td *td = *state;
    struct arena arena;
    uint8_t *quote;
    size_t len;

    arena_init(&arena);
    quote = quote_of(td, QUOTE_VERSION_4, &arena, &len);
    sign_report(td, quote, 632);
    sign_qe_report(td, quote);
    assert_string_equal(reason(td, span_of(quote, len), &arena), "");
    arena_free(&arena);
}

/* All 64 bytes of the QE's report data: the hash, and the zeros after it. */
static void the_qe_vouches_with_its_whole_report_data(void **state)
{
    struct td *td = *state;
    struct arena arena;
    uint8_t *quote;
    size_t len;

    arena_init(&arena);
    quote = quote_of(td, QUOTE_VERSION_4, &arena, &len);
    for (size_t i = 0; i < 64; i++) {
        quote[QE_REPORT_DATA + i] ^= 0x80;
        sign_qe_report(td, quote);
        assert_string_equal(reason(td, span_of(quote, len), &arena),
                            "the QE report does not vouch for the attestation key in the quote");
        quote[QE_REPORT_DATA + i] ^= 0x80;
    }
    sign_qe_report(td, quote);
    assert_string_equal(reason(td, span_of(quote, len), &arena), "");
    arena_free(&arena);
}

/* What is expected of each bit of TDATTRIBUTES when it is the other way round. */
static const char *attribute_reason(size_t bit)
{
    if (bit < 8)
        return "the TD is in debug mode, in which its host can read its memory";
    if (bit == 28)
        return "TDATTRIBUTES does not have SEPT_VE_DISABLE set";
    if (bit == 30 || bit == 31 || bit == 63) /* PKS, KL and PERFMON */
        return "";
    return "TDATTRIBUTES has reserved bits set";
}

static void every_bit_of_the_td_s_attributes_is_judged(void **state)
{
    struct td *td = *state;
    struct arena arena;
    uint8_t *quote;
    size_t len;

    arena_init(&arena);
    quote = quote_of(td, QUOTE_VERSION_4, &arena, &len);
    for (size_t bit = 0; bit < 64; bit++) {
        quote[TD_ATTRIBUTES + bit / 8] ^= (uint8_t)(1u << bit % 8);
        sign_report(td, quote, 632);
        assert_string_equal(reason(td, span_of(quote, len), &arena), attribute_reason(bit));
        quote[TD_ATTRIBUTES + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    arena_free(&arena);
}

static void a_td_with_a_service_td_is_refused(void **state)
{
    struct td *td = *state;
    struct arena arena;
    uint8_t *quote;
    size_t len;

    arena_init(&arena);
    quote = quote_of(td, QUOTE_VERSION_5_TD15, &arena, &len);
    assert_string_equal(reason(td, span_of(quote, len), &arena), "");
    for (size_t i = 0; i < 48; i++) {
        quote[HEAD_5 + 600 + i] = 1;
        sign_report(td, quote, HEAD_5 + 648);
        assert_string_equal(reason(td, span_of(quote, len), &arena),
                            "MRSERVICETD is not zero: the TD is bound to a service TD");
        quote[HEAD_5 + 600 + i] = 0;
    }
    arena_free(&arena);
}

/* The module that runs now may be another one than the one that started the TD. */
static void tee_tcb_svn_2_is_not_judged(void **state)
{
    struct td *td = *state;
    struct arena arena;
    uint8_t *quote;
    size_t len;

    arena_init(&arena);
    quote = quote_of(td, QUOTE_VERSION_5_TD15, &arena, &len);
    quote[HEAD_5 + 584] = 0;
    sign_report(td, quote, HEAD_5 + 648);
    assert_string_equal(reason(td, span_of(quote, len), &arena), "");
    arena_free(&arena);
}

/* Otherwise the same bytes could be read as another report. */
static void the_type_of_the_body_is_signed(void **state)
{
    static const size_t fields[] = {0, 2, 4, 8, 12, 28, 48, 50};
    static const size_t report_bytes[] = {[QUOTE_VERSION_5] = 584, [QUOTE_VERSION_5_TD15] = 648};
    struct td *td = *state;
    struct arena arena;

    arena_init(&arena);
    for (enum quote_version version = QUOTE_VERSION_5; version <= QUOTE_VERSION_5_TD15; version++) {
        size_t len, signed_len = HEAD_5 + report_bytes[version];
        uint8_t *quote = quote_of(td, version, &arena, &len);
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            quote[fields[i]] ^= 1;
            assert_string_not_equal(reason(td, span_of(quote, len), &arena), "");
            quote[fields[i]] ^= 1;
        }
        sign(&td->shared->platform->first.attestation_key, quote + HEAD_5, report_bytes[version],
             quote + signed_len + 4);
        assert_string_equal(reason(td, span_of(quote, len), &arena),
                            "the quote is not signed by the attestation key");
    }
    arena_free(&arena);
}

/* --- who signs --- */

/* A certificate of that name for the key, in the arena. */
static const char *certify(const struct p256_key *key, const char *name, const struct pki_entity *issuer,
                           struct arena *arena)
{
    const struct x509_attribute attributes[] = {{X509_CN, name}, {X509_O, "dstack-simulator"}};
    struct pki_entity entity = {.key = *key};
    struct error error = {.kind = ERROR_NONE};
    struct x509_extensions extensions;
    uint8_t room[64];
    const char *pem;

    x509_extensions_init(&extensions, room, sizeof room);
    x509_extensions_add_basic_constraints(&extensions, X509_NOT_A_CA);
    assert_int_equal(pki_name(&entity, attributes, 2, &error), 0);
    assert_int_equal(pki_issue(&entity, issuer, 9, PKI_INTEL_NOT_BEFORE, &extensions, &error), 0);
    pem = arena_copy(arena, entity.pem, strlen(entity.pem));
    pki_free(&entity);
    return pem;
}

/* The quote with another chain. */
static struct span with_chain(const uint8_t *quote, const char *chain, struct arena *arena)
{
    const size_t chain_at = 1258, len = strlen(chain) + 1;
    uint8_t *copy = arena_alloc(arena, chain_at + len);

    memcpy(copy, quote, chain_at);
    memcpy(copy + chain_at, chain, len);
    bytes_put_le32(copy + 632, (uint32_t)(chain_at + len - 636));
    bytes_put_le32(copy + 766, (uint32_t)(chain_at + len - 770));
    bytes_put_le32(copy + 1254, (uint32_t)len);
    return span_of(copy, chain_at + len);
}

/* The platform CA may issue certificates for other things. */
static void the_pck_certificate_has_its_name(void **state)
{
    struct td *td = *state;
    const struct platform *p = td->shared->platform;
    struct arena arena;
    uint8_t *quote;
    size_t len;
    const char *leaf;

    arena_init(&arena);
    quote = quote_of(td, QUOTE_VERSION_4, &arena, &len);
    leaf = arena_printf(&arena, "%s%s%s", p->first.pck.pem, p->platform_ca.pem, p->root.pem);
    assert_string_equal(reason(td, with_chain(quote, leaf, &arena), &arena), "");
    leaf = certify(&p->first.pck.key, "Intel SGX Something Else", &p->platform_ca, &arena);
    leaf = arena_printf(&arena, "%s%s%s", leaf, p->platform_ca.pem, p->root.pem);
    assert_string_equal(
        reason(td, with_chain(quote, leaf, &arena), &arena),
        "the PCK certificate chain: certificate 1 is not named \"Intel SGX PCK Certificate\"");
    arena_free(&arena);
}

/* Verifies a quote of the TD with that collateral. */
static const char *reason_with(struct td *td, const struct collateral *collateral, enum tcb_status *status,
                               struct arena *arena)
{
    struct error error = {.kind = ERROR_NONE};
    struct span quote = td_quote(td, report_data, arena);
    const struct quote_authority authority = {td->shared->platform, collateral, SOME_TIME, NULL};
    struct quote_verdict verdict;

    if (quote_verify(quote, &authority, arena, &verdict, &error))
        return arena_copy(arena, error.text, strlen(error.text));
    *status = verdict.tcb.status;
    return "";
}

static void the_tcb_signing_certificate_has_its_name(void **state)
{
    struct td *td = *state;
    const struct platform *p = td->shared->platform;
    struct collateral collateral = *td_fixture_collateral(td, SOME_TIME);
    enum tcb_status status;
    struct arena arena;
    const char *leaf;

    arena_init(&arena);
    leaf = certify(&p->tcb_signing.key, "Intel SGX TCB Signing", &p->root, &arena);
    collateral.tcb_issuer_chain = arena_printf(&arena, "%s%s", leaf, p->root.pem);
    assert_string_equal(reason_with(td, &collateral, &status, &arena), "");
    leaf = certify(&p->tcb_signing.key, "Intel SGX Something Else", &p->root, &arena);
    collateral.tcb_issuer_chain = arena_printf(&arena, "%s%s", leaf, p->root.pem);
    assert_string_equal(reason_with(td, &collateral, &status, &arena),
                        "the TCB signing chain: certificate 1 is not named \"Intel SGX TCB Signing\"");
    arena_free(&arena);
}

/* --- the quoting enclave's own status --- */

/* A QE identity whose one level has that status, signed by the platform. */
static char *identity_with(struct td *td, const struct collateral *collateral, const char *status,
                           struct arena *arena)
{
    static const char head[] = "{\"enclaveIdentity\":", now[] = "UpToDate\"";
    const char *text = collateral->documents[TCB_TEE_TDX][EVALUATION_STANDARD].qe_identity + strlen(head),
               *at = strstr(text, now);
    const char *end = strstr(text, ",\"signature\"");
    uint8_t signature[64];
    char *body, hex[129];

    assert_true(at && end && !strstr(at + 1, now));
    body = arena_printf(arena, "%.*s%s\"%.*s", (int)(at - text), text, status,
                        (int)(end - (at + strlen(now))), at + strlen(now));
    sign(&td->shared->platform->tcb_signing.key, (const uint8_t *)body, strlen(body), signature);
    hex_encode(signature, sizeof signature, hex);
    return arena_printf(arena, "%s%s,\"signature\":\"%.128s\"}", head, body, hex);
}

static void the_quoting_enclave_s_status_counts(void **state)
{
    static const struct {
        const char *name, *reason;
        enum tcb_status status;
    } rows[] = {
        {"UpToDate", "", TCB_UP_TO_DATE},
        {"OutOfDate", "", TCB_OUT_OF_DATE},
        {"Revoked", "the TCB status is Revoked", TCB_UP_TO_DATE},
    };
    struct td *td = *state;
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct collateral collateral = *td_fixture_collateral(td, SOME_TIME);
        enum tcb_status status = TCB_UP_TO_DATE;
        collateral.documents[TCB_TEE_TDX][EVALUATION_STANDARD].qe_identity =
            identity_with(td, &collateral, rows[i].name, &arena);
        assert_string_equal(reason_with(td, &collateral, &status, &arena), rows[i].reason);
        assert_int_equal(status, rows[i].status);
    }
    arena_free(&arena);
}

#define TD_TEST(name) cmocka_unit_test_setup_teardown(name, td_setup, td_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TD_TEST(what_is_signed_again_unchanged_is_accepted),
        TD_TEST(the_qe_vouches_with_its_whole_report_data),
        TD_TEST(every_bit_of_the_td_s_attributes_is_judged),
        TD_TEST(a_td_with_a_service_td_is_refused),
        TD_TEST(tee_tcb_svn_2_is_not_judged),
        TD_TEST(the_type_of_the_body_is_signed),
        TD_TEST(the_pck_certificate_has_its_name),
        TD_TEST(the_tcb_signing_certificate_has_its_name),
        TD_TEST(the_quoting_enclave_s_status_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
