#include "vectors.h"

#include "crypto/pem.h"

/* Nothing after the text may be touched. */
static void assert_pem(const char *label, size_t len, const char *expected)
{
    uint8_t zeros[97] = {0};
    char out[400];
    size_t written;

    memset(out, '#', sizeof out);
    assert_int_equal(pem_chars(label, len), strlen(expected));
    written = pem_encode(label, zeros, len, out);
    assert_int_equal(written, strlen(expected));
    assert_memory_equal(out, expected, written);
    assert_int_equal(out[written], '#');
}

#define LINE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

static void lines_hold_48_bytes(void **state)
{
    (void)state;
    assert_pem("X", 0, "-----BEGIN X-----\n-----END X-----\n");
    assert_pem("X509 CRL", 1, "-----BEGIN X509 CRL-----\nAA==\n-----END X509 CRL-----\n");
    assert_pem("X", 48, "-----BEGIN X-----\n" LINE "-----END X-----\n");
    assert_pem("X", 49, "-----BEGIN X-----\n" LINE "AA==\n-----END X-----\n");
    assert_pem("X", 96, "-----BEGIN X-----\n" LINE LINE "-----END X-----\n");
    assert_pem("X", 97, "-----BEGIN X-----\n" LINE LINE "AA==\n-----END X-----\n");
}

static void a_secret_part_is_encoded_likewise(void **state)
{
    uint8_t der[97];
    char expected[400], out[400];

    (void)state;
    for (size_t i = 0; i < sizeof der; i++)
        der[i] = (uint8_t)(37 * i);
    for (size_t len = sizeof der - 3; len <= sizeof der; len++) {
        const size_t chars = pem_encode("X", der, len, expected);

        for (size_t from = 0; from <= len; from++)
            for (size_t count = 0; count <= len - from; count++) {
                memset(out, '#', sizeof out);
                assert_int_equal(pem_encode_secret("X", der, len, from, count, out), chars);
                assert_memory_equal(out, expected, chars);
                assert_int_equal(out[chars], '#');
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_hold_48_bytes),
        cmocka_unit_test(a_secret_part_is_encoded_likewise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
