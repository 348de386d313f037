/* An encrypted environment: as it comes (first byte even), or with the input as its plain text (odd). */
#include <mbedtls/gcm.h>

#include "crypto/aes_gcm.h"
#include "crypto/x25519.h"
#include "sim/app/encrypted_env.h"
#include "test/fuzz/fuzz.h"

static const struct encrypted_env_secrets secrets = {.list = {{1, 2, 3}}, .count = 1};

/* Ephemeral key, nonce, ciphertext and tag, as vmm-cli writes it. */
static struct span encrypt(struct span plain, struct arena *arena)
{
    static const uint8_t ephemeral[32] = {4, 5, 6};
    size_t len = 32 + AES_GCM_IV_BYTES + plain.len + AES_GCM_TAG_BYTES;
    uint8_t *out = arena_zalloc(arena, len), public_key[32], shared[32];
    uint8_t *iv = out + 32, *text = iv + AES_GCM_IV_BYTES;
    mbedtls_gcm_context gcm;

    x25519_public_key(ephemeral, out);
    x25519_public_key(secrets.list[0], public_key);
    FUZZ_EXPECT(x25519_shared(ephemeral, public_key, shared) == 0);
    mbedtls_gcm_init(&gcm);
    FUZZ_EXPECT(mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, shared, 256) == 0);
    FUZZ_EXPECT(mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, plain.len, iv, AES_GCM_IV_BYTES, NULL, 0,
                                          plain.data, text, AES_GCM_TAG_BYTES, text + plain.len) == 0);
    mbedtls_gcm_free(&gcm);
    return span_of(out, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static char first[] = "FIRST", second[] = "SECOND";
    char *allowed[] = {first, second};
    const struct app app = {.says = {.allowed_envs = allowed, .allowed_env_count = 2}};
    struct span input = span_of(data, len);
    bool is_plain = fuzz_choice(&input) % 2 != 0;
    struct error error = {.kind = ERROR_NONE};
    struct env env = {.count = 0};
    struct arena arena;

    arena_init(&arena);
    if (is_plain)
        input = encrypt(input, &arena);
    else
        input = encrypted_env_from_file(input, &arena);
    fuzz_expect_sentence(encrypted_env_decrypt(&secrets, &app, input, &arena, &env, &error), &error);
    arena_free(&arena);
    return 0;
}
