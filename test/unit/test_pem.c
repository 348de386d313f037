#include "vectors.h"

#include "crypto/pem.h"

/* RFC 4648, 10, and two in which the alphabets differ. */
static const struct {
    const char *data, *base64, *base64url;
} VECTORS[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xef\xff", "++//", "--__"},
    {"\xff\xfe", "//4=", "__4"},
};

/* Nothing behind the text may be touched. */
static void assert_wrote(const char *out, size_t written, const char *expected)
{
    assert_int_equal(written, strlen(expected));
    assert_memory_equal(out, expected, written);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(out[written + i], '#');
}

static void base64_with_padding_and_url_without(void **state)
{
    (void)state;
    char out[32];
    for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++) {
        size_t len = strlen(VECTORS[i].data);
        memset(out, '#', sizeof out);
        assert_wrote(out, base64_encode(VECTORS[i].data, len, out), VECTORS[i].base64);
        memset(out, '#', sizeof out);
        assert_wrote(out, base64url_encode(VECTORS[i].data, len, out), VECTORS[i].base64url);
    }
}

static void nothing_encodes_to_nothing(void **state)
{
    (void)state;
    char out[1] = {'#'};
    assert_int_equal(base64_encode(NULL, 0, out), 0);
    assert_int_equal(base64url_encode(NULL, 0, out), 0);
    assert_int_equal(out[0], '#');
}

static void assert_pem(const char *label, size_t len, const char *expected)
{
    uint8_t zeros[97] = {0};
    char out[400];
    memset(out, '#', sizeof out);
    assert_int_equal(pem_chars(label, len), strlen(expected));
    assert_wrote(out, pem_encode(label, zeros, len, out), expected);
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

static void base64_read_back(void **state)
{
    static const char *const wrong[] = {"A", "AA", "AAA", "AA=A", "AAAA=", "*AAA", "AAA=A", "-_AA"};
    uint8_t bytes[64], out[128];
    char text[128];
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 37);
        assert_int_equal(base64_decode(text, base64_encode(bytes, i, text), out, &len), 0);
        assert_int_equal(len, i);
        assert_memory_equal(out, bytes, i);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(base64_decode(wrong[i], strlen(wrong[i]), out, &len), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_with_padding_and_url_without),
        cmocka_unit_test(nothing_encodes_to_nothing),
        cmocka_unit_test(lines_hold_48_bytes),
        cmocka_unit_test(base64_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
