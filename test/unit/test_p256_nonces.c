#include "crypto/p256_nonces.h"

#include "crypto/hash.h"
#include "test/unit/vectors.h"

static const char SCALAR[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

/* RFC 6979, A.2.5, and what its rule for a nonce that is out of range gives next. */
static const struct {
    const char *message, *nonce, *second;
} vectors[] = {
    {"sample", "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
     "8e83dc490bc5fc4d5992bd63cd87f254adffcb930f8a8011702a88870f638fdb"},
    {"test", "d16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0",
     "ed6fc87dcb558274e84d7d3799f12f8f279c07fa5301a7cd33f0ad9866cd8ca0"},
};

static struct p256_nonces nonces_of(const char *message)
{
    struct p256_nonces nonces;
    uint8_t scalar[32], digest[32];

    from_hex(SCALAR, scalar, sizeof scalar);
    hash_sha256(message, strlen(message), digest);
    p256_nonces_init(&nonces, scalar, digest);
    return nonces;
}

static void nonces_are_those_of_rfc_6979(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct p256_nonces nonces = nonces_of(vectors[i].message);
        uint8_t nonce[32];

        p256_nonces_draw(&nonces, nonce);
        assert_hex_equal(nonce, sizeof nonce, vectors[i].nonce);
        p256_nonces_draw(&nonces, nonce);
        assert_hex_equal(nonce, sizeof nonce, vectors[i].second);
    }
}

static void a_blind_is_not_a_nonce(void **state)
{
    struct p256_nonces nonces = nonces_of("sample"), others = nonces_of("test");
    uint8_t nonce[32], second[32], blind[32], another[32];

    (void)state;
    p256_nonces_draw(&nonces, nonce);
    p256_nonces_draw_blind(&nonces, blind);
    from_hex(vectors[0].second, second, sizeof second);
    assert_memory_not_equal(blind, nonce, sizeof nonce);
    assert_memory_not_equal(blind, second, sizeof second);
    p256_nonces_draw(&others, nonce);
    p256_nonces_draw_blind(&others, another);
    assert_memory_not_equal(blind, another, sizeof another);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonces_are_those_of_rfc_6979),
        cmocka_unit_test(a_blind_is_not_a_nonce),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
