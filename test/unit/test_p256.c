#include "crypto/p256.h"

#include <mbedtls/ecdsa.h>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "test/unit/reference_quote.h"
#include "test/unit/vectors.h"

/* RFC 6979, A.2.5. */
static const char SCALAR[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
static const char PUBLIC_KEY[] = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                                 "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const char SAMPLE[] = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                             "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
static const char TEST[] = "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
                           "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";

static const char ORDER[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
static const char BELOW_ORDER[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
static const char ZERO[] = "0000000000000000000000000000000000000000000000000000000000000000";
static const char ONE[] = "0000000000000000000000000000000000000000000000000000000000000001";
static const char ONES[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
static const char GENERATOR[] = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

static struct p256_key key_of(const char *scalar_hex)
{
    struct p256_key key;
    uint8_t scalar[32];
    from_hex(scalar_hex, scalar, sizeof scalar);
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    return key;
}

static void assert_signs(const struct p256_key *key, const uint8_t digest[static 32], const char *expected)
{
    uint8_t signature[64];

    p256_sign(key, digest, signature);
    assert_hex_equal(signature, sizeof signature, expected);
    assert_true(p256_verify(key->public_key, digest, signature));
}

static void rfc_6979_signatures(void **state)
{
    struct p256_key key = key_of(SCALAR);
    uint8_t digest[32];

    (void)state;
    assert_hex_equal(key.public_key, sizeof key.public_key, PUBLIC_KEY);
    hash_sha256("sample", 6, digest);
    assert_signs(&key, digest, SAMPLE);
    hash_sha256("test", 4, digest);
    assert_signs(&key, digest, TEST);
}

static int blind_mbedtls(void *context, unsigned char *out, size_t len)
{
    (void)context;
    random_bytes(out, len);
    return 0;
}

/* As mbedTLS signs with the nonces of RFC 6979. */
static void sign_by_mbedtls(const struct p256_key *key, const uint8_t digest[static 32],
                            uint8_t signature[static 64])
{
    mbedtls_ecp_group group;
    mbedtls_mpi d, r, s;

    mbedtls_ecp_group_init(&group);
    mbedtls_mpi_init(&d);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    assert_int_equal(mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1), 0);
    assert_int_equal(mbedtls_mpi_read_binary(&d, key->scalar, sizeof key->scalar), 0);
    assert_int_equal(
        mbedtls_ecdsa_sign_det_ext(&group, &r, &s, &d, digest, 32, MBEDTLS_MD_SHA256, blind_mbedtls, NULL),
        0);
    assert_int_equal(mbedtls_mpi_write_binary(&r, signature, 32), 0);
    assert_int_equal(mbedtls_mpi_write_binary(&s, signature + 32, 32), 0);
    mbedtls_mpi_free(&d);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
    mbedtls_ecp_group_free(&group);
}

static void another_library_signs_the_same(void **state)
{
    uint8_t digest[32], expected[64], signature[64];
    struct p256_key key;

    (void)state;
    for (uint8_t i = 0; i < 32; i++) {
        hash_sha256(&i, 1, digest);
        assert_int_equal(p256_key_from_scalar(&key, digest), 0);
        hash_sha256(digest, sizeof digest, digest);
        p256_sign(&key, digest, signature);
        sign_by_mbedtls(&key, digest, expected);
        assert_memory_equal(signature, expected, sizeof expected);
    }
    key = key_of(ONE);
    memset(digest, 0, sizeof digest);
    p256_sign(&key, digest, signature);
    sign_by_mbedtls(&key, digest, expected);
    assert_memory_equal(signature, expected, sizeof expected);
}

/* These go into the nonce modulo the order (bits2octets); the signatures come from
 * another implementation. */
static void digests_not_below_the_order(void **state)
{
    struct p256_key key = key_of(SCALAR);
    uint8_t digest[32];

    (void)state;
    from_hex(ONES, digest, sizeof digest);
    assert_signs(&key, digest,
                 "1f2adbc54b88764c279f689fc9505959fc9e73e80dc20889a4e0be91865de75b"
                 "9d109b65e2fbfc0ae42ba0b2e5f03670cd458cff4882df6783f3d93d607d1755");
    from_hex(ORDER, digest, sizeof digest);
    assert_signs(&key, digest,
                 "68897a78df51058b490c6012251c95921abba96e2e488c8cc998942e440db9b7"
                 "80587fb387363a1df2c9e83c00f8ca990fc0a55b5e470946499b82ca3b552a87");
}

static void scalars_are_between_zero_and_the_order(void **state)
{
    const char *wrong[] = {ZERO, ORDER, ONES};
    uint8_t scalar[32], mirrored[32];
    struct p256_key key;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        memset(&key, 0xff, sizeof key);
        from_hex(wrong[i], scalar, sizeof scalar);
        assert_int_equal(p256_key_from_scalar(&key, scalar), -1);
        assert_hex_equal(key.scalar, 32, ZERO);
        assert_hex_equal(key.public_key + 32, 32, ZERO);
    }
    /* A scalar of one has the generator for key, minus one its mirror image. */
    key = key_of(ONE);
    assert_hex_equal(key.public_key, 64, GENERATOR);
    memcpy(mirrored, key.public_key, sizeof mirrored);
    key = key_of(BELOW_ORDER);
    assert_memory_equal(key.public_key, mirrored, sizeof mirrored);
}

static void a_key_that_is_none_signs_zeros(void **state)
{
    struct p256_key none = {{0}, {0}};
    uint8_t digest[32] = {1}, signature[64];

    (void)state;
    p256_sign(&none, digest, signature);
    assert_hex_equal(signature, 32, ZERO);
    assert_hex_equal(signature + 32, 32, ZERO);
}

static void generated_keys_differ_and_work(void **state)
{
    uint8_t digest[32], signature[64];
    struct p256_key a, b;

    (void)state;
    p256_key_generate(&a);
    p256_key_generate(&b);
    assert_memory_not_equal(a.scalar, b.scalar, 32);
    hash_sha256("x", 1, digest);
    p256_sign(&a, digest, signature);
    assert_true(p256_verify(a.public_key, digest, signature));
    assert_false(p256_verify(b.public_key, digest, signature));
}

static void a_changed_signature_digest_or_key_does_not_verify(void **state)
{
    uint8_t public_key[64], digest[32], signature[64];

    (void)state;
    from_hex(PUBLIC_KEY, public_key, sizeof public_key);
    from_hex(SAMPLE, signature, sizeof signature);
    hash_sha256("sample", 6, digest);
    assert_true(p256_verify(public_key, digest, signature));
    for (size_t i = 0; i < 64; i += 21) {
        signature[i] ^= 0x10;
        assert_false(p256_verify(public_key, digest, signature));
        signature[i] ^= 0x10;
        public_key[i] ^= 0x10; /* no longer a point */
        assert_false(p256_verify(public_key, digest, signature));
        public_key[i] ^= 0x10;
    }
    digest[0] ^= 1;
    assert_false(p256_verify(public_key, digest, signature));
}

static void numbers_out_of_range_do_not_verify(void **state)
{
    const char *wrong[] = {ZERO, ORDER, ONES};
    uint8_t public_key[64], digest[32], signature[64];

    (void)state;
    hash_sha256("sample", 6, digest);
    for (size_t i = 0; i < 3; i++)
        for (size_t half = 0; half < 64; half += 32) {
            from_hex(PUBLIC_KEY, public_key, sizeof public_key);
            from_hex(SAMPLE, signature, sizeof signature);
            from_hex(wrong[i], signature + half, 32);
            assert_false(p256_verify(public_key, digest, signature));
            from_hex(SAMPLE, signature, sizeof signature);
            from_hex(wrong[i], public_key + half, 32);
            assert_false(p256_verify(public_key, digest, signature));
        }
    memset(public_key, 0, sizeof public_key);
    assert_false(p256_verify(public_key, digest, signature));
}

/* The attestation key of a quote that other verifiers accept, over its header and report. */
static void a_quotes_signature_verifies(void **state)
{
    uint8_t signed_part[632], public_key[64], signature[64], digest[32];

    (void)state;
    from_hex(reference_quote_signed, signed_part, sizeof signed_part);
    from_hex(reference_quote_key, public_key, sizeof public_key);
    from_hex(reference_quote_signature, signature, sizeof signature);
    hash_sha256(signed_part, sizeof signed_part, digest);
    assert_true(p256_verify(public_key, digest, signature));
    signed_part[48] ^= 1;
    hash_sha256(signed_part, sizeof signed_part, digest);
    assert_false(p256_verify(public_key, digest, signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_6979_signatures),
        cmocka_unit_test(another_library_signs_the_same),
        cmocka_unit_test(digests_not_below_the_order),
        cmocka_unit_test(scalars_are_between_zero_and_the_order),
        cmocka_unit_test(a_key_that_is_none_signs_zeros),
        cmocka_unit_test(generated_keys_differ_and_work),
        cmocka_unit_test(a_changed_signature_digest_or_key_does_not_verify),
        cmocka_unit_test(numbers_out_of_range_do_not_verify),
        cmocka_unit_test(a_quotes_signature_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
