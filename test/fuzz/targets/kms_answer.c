/* What a KMS elsewhere answers; the first byte chooses the call, and every other answer is an error's. */
#include "crypto/base64.h"
#include "sim/keys/kms_certificates.h"
#include "sim/kms/kms_guest.h"
#include "test/fuzz/fuzz.h"

#define CERTIFICATE_BYTES 2048

/* Made once, because that takes as long as a thousand inputs. */
static struct cluster *cluster;
static uint8_t certificate[CERTIFICATE_BYTES];
static size_t certificate_len;

static void make_server(void)
{
    const struct kms_certificates_site site = {.domain = "localhost", .now = 1900000000};
    struct error error = {.kind = ERROR_NONE};
    struct cluster_config config;
    struct p256_key key;
    struct arena arena;
    char *pem = NULL, *text;

    cluster_config_init(&config);
    cluster = cluster_new(&config, &error);
    FUZZ_EXPECT(cluster != NULL);
    arena_init(&arena);
    p256_key_generate(&key);
    FUZZ_EXPECT(kms_certificates_server(&cluster->kms, &site, &key, &arena, &pem, &error) == 0);
    text = strchr(pem, '\n');
    FUZZ_EXPECT(strlen(pem) < CERTIFICATE_BYTES);
    FUZZ_EXPECT(
        base64_decode(text, (size_t)(strstr(text, "-----END") - text), certificate, &certificate_len) == 0);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct span input = span_of(data, len);
    const uint8_t choice = fuzz_choice(&input);
    struct kms_guest_answer answer = {.status = choice % 2 ? 400 : 200, .body = input};
    struct error error = {.kind = ERROR_NONE};
    struct app_keys keys = {.ca_cert = NULL};
    struct kms_guest_image_hash image_hash;
    char *chain[KMS_GUEST_CHAIN_MAX + 1];
    struct arena arena;
    int result;

    if (!cluster)
        make_server();
    answer.certificate = span_of(certificate, certificate_len);
    arena_init(&arena);
    result = choice / 2 % 3 == 0   ? kms_guest_take_temp_ca(&answer, &keys, &error)
             : choice / 2 % 3 == 1 ? kms_guest_take_app_key(cluster, &answer, &keys, &image_hash, &error)
                                   : kms_guest_take_chain(cluster, &answer, &arena, chain, &error);
    fuzz_expect_sentence(result, &error);
    FUZZ_EXPECT(choice % 2 == 0 || result != 0);
    app_keys_free(&keys);
    arena_free(&arena);
    return 0;
}
