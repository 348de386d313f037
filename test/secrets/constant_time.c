/* What the program does with secrets neither branches on them nor reads memory at addresses that depend on
 * them. To run below valgrind: secrets are marked undefined, and memcheck reports both of anything that is
 * computed from them, until reveal() is told that it may be known. What libraries do is not looked at, see
 * libraries.supp. */
#include <valgrind/memcheck.h>

#include "crypto/aes_gcm.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/p256_nonces.h"
#include "crypto/pem.h"
#include "crypto/reveal.h"
#include "crypto/x25519.h"
#include "sim/base/hex.h"
#include "sim/keys/derive.h"
#include "sim/keys/domain_key.h"
#include "sim/keys/kms_secrets.h"
#include "sim/keys/path_key.h"
#include "sim/rpc/token_guard.h"
#include "test/unit/keyring_fixture.h"

/* Linked instead of the program's. */
void reveal(const void *known, size_t len)
{
    VALGRIND_MAKE_MEM_DEFINED(known, len);
}

static void hide(const void *secret, size_t len)
{
    VALGRIND_MAKE_MEM_UNDEFINED(secret, len);
}

/* Fills it with a secret. */
static void draw(uint8_t *secret, size_t len)
{
    for (size_t i = 0; i < len; i++)
        secret[i] = (uint8_t)(0x5a + 7 * i);
    hide(secret, len);
}

static int begin(void **state)
{
    *state = (void *)(uintptr_t)VALGRIND_COUNT_ERRORS;
    return 0;
}

/* The test fails if memcheck has found something. */
static int finish(void **state)
{
    return VALGRIND_COUNT_ERRORS == (unsigned)(uintptr_t)*state ? 0 : -1;
}

/* --- what is wrong is seen: memcheck finds it --- */

static void a_branch_is_seen(void **state)
{
    const uint8_t other[32] = {0};
    uint8_t secret[32];
    unsigned before = VALGRIND_COUNT_ERRORS;
    volatile int count = 0;

    (void)state;
    draw(secret, sizeof secret);
    if (memcmp(secret, other, sizeof secret) == 0)
        count++;
    assert_true(VALGRIND_COUNT_ERRORS > before);
}

static void an_address_is_seen(void **state)
{
    static const char digits[] = "0123456789abcdef";
    unsigned before = VALGRIND_COUNT_ERRORS;
    volatile char digit;
    uint8_t secret;

    (void)state;
    draw(&secret, 1);
    digit = digits[secret & 15];
    (void)digit;
    assert_true(VALGRIND_COUNT_ERRORS > before);
}

/* --- texts and comparison --- */

static void comparison(void **state)
{
    uint8_t a[32], b[32];

    (void)state;
    draw(a, sizeof a);
    draw(b, sizeof b);
    assert_true(bytes_equal_secret(a, b, sizeof a));
}

static void tokens(void **state)
{
    struct arena arena;
    struct buf body;
    struct token_guard guard;
    struct exchange exchange = {.arena = &arena, .response.body = &body};

    (void)state;
    arena_init(&arena);
    buf_init(&body, 1024);
    token_guard_init(&guard, "the token", "", false);
    hide(guard.digest, sizeof guard.digest);
    exchange.request.authorization = span_text("Bearer the token");
    assert_true(token_guard_admits(&guard, &exchange));
    exchange.request.authorization = span_text("Bearer the tokem");
    assert_false(token_guard_admits(&guard, &exchange));
    buf_free(&body);
    arena_free(&arena);
}

static void hex(void **state)
{
    uint8_t key[32], read[32];
    char text[64];
    size_t len, bad_at;

    (void)state;
    draw(key, sizeof key);
    hex_encode(key, sizeof key, text);
    /* Whether it begins with 0x is looked at. */
    reveal(text, 2);
    assert_int_equal(hex_decode(text, sizeof text, read, &len, &bad_at), HEX_OK);
    assert_int_equal(len, sizeof key);
}

static void pem(void **state)
{
    struct p256_key key;
    char text[X509_KEY_PEM_CHARS + 1];

    (void)state;
    draw(key.scalar, sizeof key.scalar);
    memset(key.public_key, 1, sizeof key.public_key);
    x509_key_write_pem(&key, text);
}

/* --- derivation --- */

static void hashes(void **state)
{
    uint8_t secret[300], digest[64];
    const struct bytes parts[] = {{secret, 100}, {secret + 100, 200}};

    (void)state;
    draw(secret, sizeof secret);
    for (int i = HASH_SHA256; i <= HASH_KECCAK512; i++)
        hash_parts((enum hash_algorithm)i, parts, 2, digest);
}

static void derivation(void **state)
{
    const struct bytes info[] = {{"label", 5}, {"/", 1}};
    uint8_t key[32], out[100];

    (void)state;
    draw(key, sizeof key);
    hkdf_sha256((struct bytes){"salt", 4}, (struct bytes){key, sizeof key}, info, 2, out, sizeof out);
    derive_key(key, info, 2, out);
}

static void seeds(void **state)
{
    struct seed seed;
    struct p256_key key;
    uint8_t out[32];

    (void)state;
    draw(seed.key, sizeof seed.key);
    seed_bytes(&seed, "label", SPAN_NONE, out, sizeof out);
    seed_p256(&seed, "label", SPAN_NONE, &key);
}

static void secrets_of_a_kms(void **state)
{
    const uint8_t app_id[APP_ID_BYTES] = {1};
    struct k256 *k256 = k256_new();
    struct kms *kms = calloc(1, sizeof *kms);
    uint8_t key[32], public_key[K256_PUBLIC_BYTES], signature[K256_RECOVERABLE_BYTES];
    struct kms_env_key env_key;
    struct p256_key ca_key;
    struct error error;

    (void)state;
    draw(kms->root_key, sizeof kms->root_key);
    draw(kms->ca.key.scalar, sizeof kms->ca.key.scalar);
    assert_int_equal(kms_issue_app_key(kms, k256, app_id, key, public_key, signature, &error), 0);
    assert_int_equal(kms_derive_env_key(kms, k256, app_id, 1, &env_key, &error), 0);
    assert_int_equal(kms_secrets_disk_key(kms, app_id, SPAN_NONE, key, &error), 0);
    assert_int_equal(kms_secrets_env_key(kms, app_id, key, &error), 0);
    assert_int_equal(kms_secrets_app_ca_key(kms, app_id, &ca_key, &error), 0);
    free(kms);
    k256_free(k256);
}

static void keys_of_an_app(void **state)
{
    struct keyring_fixture *fixture;
    struct app_key key;
    struct error error;
    void *made;

    (void)state;
    keyring_setup(&made);
    fixture = made;
    hide(fixture->keys.k256_key, sizeof fixture->keys.k256_key);
    for (int i = APP_KEY_SECP256K1; i <= APP_KEY_ED25519; i++) {
        enum app_key_algorithm algorithm = (enum app_key_algorithm)i;

        /* The second time it comes from the cache. */
        for (int time = 0; time < 2; time++) {
            assert_int_equal(path_key_get(&fixture->keyring, algorithm, "path", "purpose", &key, &error), 0);
            assert_int_equal(domain_key_get(&fixture->keyring, algorithm, span_text("domain"), &key, &error),
                             0);
        }
    }
    keyring_teardown(&made);
}

/* Of another key provider than a KMS. */
static void keys_of_a_seed(void **state)
{
    struct k256 *k256 = k256_new();
    struct app_keys keys;
    struct error error;
    uint8_t seed[32];

    (void)state;
    draw(seed, sizeof seed);
    assert_int_equal(app_keys_derive(&keys, seed, k256, &error), 0);
    app_keys_free(&keys);
    k256_free(k256);
}

/* --- signatures and encryption --- */

static void nonces(void **state)
{
    const uint8_t digest[32] = {0xff, 0xff, 0xff, 0xff, 0xff};
    struct p256_nonces nonces;
    uint8_t scalar[32], nonce[32];

    (void)state;
    draw(scalar, sizeof scalar);
    p256_nonces_init(&nonces, scalar, digest);
    p256_nonces_draw(&nonces, nonce);
    p256_nonces_draw(&nonces, nonce);
    p256_nonces_draw_blind(&nonces, nonce);
}

static void p256(void **state)
{
    const uint8_t digest[32] = {0xff, 0xff, 0xff, 0xff, 0xff};
    struct p256_key key;
    uint8_t scalar[32], signature[64];

    (void)state;
    draw(scalar, sizeof scalar);
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    p256_sign(&key, digest, signature);
    assert_true(p256_verify(key.public_key, digest, signature));
}

/* That it is out of range is revealed, and nothing else. */
static void scalars_that_are_none(void **state)
{
    struct p256_key key;
    uint8_t scalar[32] = {0};

    (void)state;
    hide(scalar, sizeof scalar);
    assert_int_equal(p256_key_from_scalar(&key, scalar), -1);
    memset(scalar, 0xff, sizeof scalar);
    hide(scalar, sizeof scalar);
    assert_int_equal(p256_key_from_scalar(&key, scalar), -1);
}

static void k256(void **state)
{
    const uint8_t digest[32] = {1};
    struct k256 *k256 = k256_new();
    uint8_t key[32], public_key[K256_PUBLIC_BYTES], signature[K256_RECOVERABLE_BYTES];

    (void)state;
    draw(key, sizeof key);
    assert_int_equal(k256_public_key(k256, key, public_key), 0);
    assert_int_equal(k256_sign_recoverable(k256, key, digest, signature), 0);
    assert_int_equal(k256_sign(k256, key, digest, signature), 0);
    assert_true(k256_verify(k256, public_key, sizeof public_key, digest, signature));
    k256_free(k256);
}

static void ed25519(void **state)
{
    uint8_t seed[32], public_key[32], signature[64];

    (void)state;
    draw(seed, sizeof seed);
    ed25519_public_key(seed, public_key);
    ed25519_sign(seed, public_key, "message", 7, signature);
    assert_true(ed25519_verify(public_key, "message", 7, signature));
}

static void x25519(void **state)
{
    uint8_t secret[32], public_key[32], shared[32];

    (void)state;
    draw(secret, sizeof secret);
    x25519_public_key(secret, public_key);
    assert_int_equal(x25519_shared(secret, public_key, shared), 0);
}

static void aes_gcm(void **state)
{
    const uint8_t iv[AES_GCM_IV_BYTES] = {1}, in[40] = {2}, tag[AES_GCM_TAG_BYTES] = {3};
    uint8_t key[32], plain[40];

    (void)state;
    draw(key, sizeof key);
    assert_int_equal(aes_gcm_decrypt(key, iv, in, sizeof in, tag, plain), -1);
}

#define WATCHED(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_branch_is_seen),
        cmocka_unit_test(an_address_is_seen),
        WATCHED(comparison),
        WATCHED(tokens),
        WATCHED(hex),
        WATCHED(pem),
        WATCHED(hashes),
        WATCHED(derivation),
        WATCHED(seeds),
        WATCHED(secrets_of_a_kms),
        WATCHED(keys_of_an_app),
        WATCHED(keys_of_a_seed),
        WATCHED(nonces),
        WATCHED(p256),
        WATCHED(scalars_that_are_none),
        WATCHED(k256),
        WATCHED(ed25519),
        WATCHED(x25519),
        WATCHED(aes_gcm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
