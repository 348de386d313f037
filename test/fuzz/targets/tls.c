/* What a TLS client sends, from its ClientHello on. The first byte is the size of the pieces that it comes
 * in. */
#include "sim/keys/kms.h"
#include "sim/net/tls_session.h"
#include "test/fuzz/fuzz.h"

/* A server with the certificate of a CA, which no client here gets to see. */
static struct tls_config *make_config(void)
{
    struct k256 *k256 = k256_new();
    struct error error = {.kind = ERROR_NONE};
    uint8_t pkcs8[X509_PKCS8_BYTES];
    struct tls_config *config;
    struct seed seed;
    struct kms kms;
    char *key;

    seed_init(&seed, "fuzz");
    FUZZ_EXPECT(kms_init(&kms, &seed, k256, &error) == 0);
    x509_key_pkcs8(&kms.ca.key, pkcs8);
    key = pki_pem("PRIVATE KEY", pkcs8, sizeof pkcs8);
    config = tls_config_new_server(&(struct tls_config_identity){kms.ca.pem, key}, kms.temp_ca.pem, &error);
    FUZZ_EXPECT(config);
    free(key);
    kms_free(&kms);
    k256_free(k256);
    return config;
}

static void take(struct tls_session *session, struct buf *plain)
{
    while (tls_session_state(session) == TLS_SHAKING && tls_session_step(session))
        continue;
    if (tls_session_state(session) == TLS_OPEN)
        tls_session_read(session, plain);
    (void)tls_session_output(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tls_config *config = make_config();
    struct span input = span_of(data, len);
    size_t piece = (size_t)fuzz_choice(&input) + 1;
    struct tls_session *session = tls_session_new(config, NULL);
    struct buf plain;

    buf_init(&plain, SIZE_MAX);
    for (size_t at = 0; at < input.len && tls_session_state(session) < TLS_CLOSED; at += piece) {
        size_t rest = input.len - at;

        if (tls_session_give(session, input.data + at, rest < piece ? rest : piece))
            take(session, &plain);
    }
    buf_free(&plain);
    tls_session_free(session);
    tls_config_free(config);
    return 0;
}
