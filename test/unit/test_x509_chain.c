/* Chains of the platform's PKI, and every reason not to trust one. */
#include "crypto/x509_chain.h"
#include "test/unit/verify_fixture.h"

struct pki {
    struct td *td;
    struct arena arena;
    struct bytes crls[2];
    struct x509_chain_trust trust;
};

static int setup(void **state)
{
    struct pki *pki = memory_zalloc(sizeof *pki);
    const struct collateral *collateral;

    td_setup((void **)&pki->td);
    arena_init(&pki->arena);
    collateral = td_fixture_collateral(pki->td, SOME_TIME);
    pki->crls[0] = (struct bytes){collateral->root_crl, collateral->root_crl_len};
    pki->crls[1] = (struct bytes){collateral->pck_crl, collateral->pck_crl_len};
    pki->trust.root =
        (struct bytes){pki->td->shared->platform->root.der, pki->td->shared->platform->root.der_len};
    pki->trust.crls = pki->crls;
    pki->trust.crl_count = 2;
    pki->trust.now = SOME_TIME;
    *state = pki;
    return 0;
}

static int teardown(void **state)
{
    struct pki *pki = *state;

    arena_free(&pki->arena);
    td_fixture_free(pki->td);
    free(pki);
    return 0;
}

static char *pem_of(struct pki *pki)
{
    const struct platform *platform = pki->td->shared->platform;

    return arena_printf(&pki->arena, "%s%s%s", platform->first.pck.pem, platform->platform_ca.pem,
                        platform->root.pem);
}

static void assert_unreadable(const char *pem, size_t len, size_t count)
{
    const char *reason = NULL;

    assert_null(x509_chain_read_pem(pem, len, count, &reason));
    assert_non_null(reason);
}

static void assert_verdict(struct pki *pki, const char *pem, size_t count, const char *expected)
{
    const char *reason = NULL;
    struct x509_chain *chain = x509_chain_read_pem(pem, strlen(pem), count, &reason);

    if (!chain)
        fail_msg("%s", reason);
    assert_int_equal(x509_chain_verify(chain, &pki->trust, &reason), expected ? -1 : 0);
    if (expected)
        assert_contains(reason, expected);
    x509_chain_free(chain);
}

static void a_good_chain(void **state)
{
    struct pki *pki = *state;
    const struct platform *platform = pki->td->shared->platform;
    const char *pem = pem_of(pki), *reason;
    struct x509_chain *chain = x509_chain_read_pem(pem, strlen(pem) + 1, 3, &reason); /* with its NUL */
    uint8_t key[P256_PUBLIC_BYTES];

    assert_non_null(chain);
    assert_int_equal(x509_chain_verify(chain, &pki->trust, &reason), 0);
    assert_true(x509_chain_leaf_key(chain, key));
    assert_memory_equal(key, platform->first.pck.key.public_key, sizeof key);
    assert_true(x509_chain_name_is(chain, 0, "Intel SGX PCK Certificate"));
    assert_true(x509_chain_name_is(chain, 2, "Intel SGX Root CA"));
    assert_false(x509_chain_name_is(chain, 1, "Intel SGX PCK Platform"));
    assert_false(x509_chain_name_is(chain, 3, "Intel SGX Root CA"));
    assert_null(x509_chain_leaf_extension(chain, (struct bytes){"\x55\x1d\x63", 3}).data);
    assert_int_equal(x509_chain_leaf_extension(chain, (struct bytes){"\x55\x1d\x0e", 3}).len, 22);
    assert_int_equal(x509_chain_leaf_extension(chain, (struct bytes){"\x55\x1d\x0f", 3}).len,
                     4); /* critical */
    x509_chain_free(chain);
}

static void other_texts(void **state)
{
    struct pki *pki = *state;
    const char *pem = pem_of(pki);
    size_t len = strlen(pem);
    char *changed = arena_copy(&pki->arena, pem, len);

    assert_unreadable("", 0, 3);
    assert_unreadable(pem, len, 2);
    assert_unreadable(pem, len, 4);
    assert_unreadable(arena_printf(&pki->arena, "\n%s", pem), len + 1, 3);
    assert_unreadable(arena_printf(&pki->arena, "%s\n", pem), len + 1, 3);
    assert_unreadable(arena_printf(&pki->arena, "%s%c%c", pem, 0, 0), len + 2, 3);
    for (size_t i = 0; i < len; i++) {
        changed[i] = pem[i] == '\n' ? ' ' : '\n';
        assert_unreadable(changed, len, 3);
        changed[i] = pem[i];
    }
    for (size_t cut = 0; cut < len; cut++)
        assert_unreadable(pem, cut, 3);
}

static void chains_not_to_trust(void **state)
{
    struct pki *pki = *state;
    const struct platform *platform = pki->td->shared->platform;
    char *pem = pem_of(pki);

    assert_verdict(pki, pem, 3, NULL);
    assert_verdict(pki, arena_printf(&pki->arena, "%s%s", platform->first.pck.pem, platform->platform_ca.pem),
                   2, "its root is not trusted");
    assert_verdict(pki, arena_printf(&pki->arena, "%s%s", platform->first.pck.pem, platform->root.pem), 2,
                   "do not chain to the root");
    pki->trust.now = PKI_INTEL_NOT_BEFORE - 1;
    assert_verdict(pki, pem, 3, "a certificate of the chain is not valid yet");
    pki->trust.now = PKI_NOT_AFTER + 1;
    assert_verdict(pki, pem, 3, "a certificate of the chain has expired");
    pki->trust.now = SOME_TIME;
    pki->trust.crl_count = 1;
    assert_verdict(pki, pem, 3, "the revocation list of one of the issuers is missing");
    pki->trust.crl_count = 0;
    assert_verdict(pki, pem, 3, "the revocation list of one of the issuers is missing");
    pki->trust.crl_count = 2;
    pki->crls[1].len--;
    assert_verdict(pki, pem, 3, "a revocation list cannot be read");
    pki->crls[1].len++;
    ((uint8_t *)(uintptr_t)pki->crls[1].data)[pki->crls[1].len - 1] ^= 1;
    assert_verdict(pki, pem, 3, "a revocation list is not signed by the issuer it names");
}

static void a_revoked_certificate(void **state)
{
    const struct scenario scenario = {.pck_revoked = true};
    struct pki *pki = *state;
    const struct collateral *collateral;

    cluster_set_scenario(td_fixture_cluster_of(pki->td), &scenario);
    collateral = td_fixture_collateral(pki->td, SOME_TIME);
    pki->crls[0] = (struct bytes){collateral->root_crl, collateral->root_crl_len};
    pki->crls[1] = (struct bytes){collateral->pck_crl, collateral->pck_crl_len};
    assert_verdict(pki, pem_of(pki), 3, "a certificate of the chain is revoked");
}

/* A CRL of the platform's that is valid between these times. Out: der. */
static struct bytes crl_of(const struct pki_entity *issuer, int64_t from, int64_t until,
                           uint8_t der[static 1024])
{
    const struct x509_crl crl = {
        .issuer = {issuer->name, issuer->name_len},
        .this_update = from,
        .next_update = until,
        .number = 1,
        .authority_key_id = issuer->key_id,
    };
    size_t len;

    assert_int_equal(x509_write_crl(&crl, &issuer->key, der, 1024, &len), 0);
    return (struct bytes){der, len};
}

static void revocation_lists_have_their_time(void **state)
{
    static const struct {
        int64_t from, until;
        const char *reason;
    } rows[] = {
        {SOME_TIME - 1, SOME_TIME + 1, NULL},
        {SOME_TIME, SOME_TIME, NULL},
        {SOME_TIME - 2, SOME_TIME - 1, "a revocation list has expired"},
        {SOME_TIME + 1, SOME_TIME + 2, "a revocation list is not valid yet"},
        {0, 1, "a revocation list has expired"},
    };
    struct pki *pki = *state;
    const struct platform *platform = pki->td->shared->platform;
    const struct pki_entity *const issuers[] = {&platform->root, &platform->platform_ca};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t at = 0; at < 2; at++) {
            const struct bytes good = pki->crls[at];
            uint8_t der[1024];

            pki->crls[at] = crl_of(issuers[at], rows[i].from, rows[i].until, der);
            assert_verdict(pki, pem_of(pki), 3, rows[i].reason);
            pki->crls[at] = good;
        }
    }
}

#define CHAIN(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CHAIN(a_good_chain),
        CHAIN(other_texts),
        CHAIN(chains_not_to_trust),
        CHAIN(a_revoked_certificate),
        CHAIN(revocation_lists_have_their_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
