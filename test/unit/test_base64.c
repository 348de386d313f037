#include "vectors.h"

#include "crypto/base64.h"

/* RFC 4648, 10, and two in which the alphabets differ. */
static const struct {
    const char *data, *base64, *base64url;
} vectors[] = {
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

/* Nothing after the text may be touched. */
static void assert_wrote(const char *out, size_t written, const char *expected)
{
    assert_int_equal(written, strlen(expected));
    assert_memory_equal(out, expected, written);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(out[written + i], '#');
}

static void base64_has_padding_and_base64url_has_none(void **state)
{
    char out[32];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        size_t len = strlen(vectors[i].data);

        memset(out, '#', sizeof out);
        assert_wrote(out, base64_encode(vectors[i].data, len, out), vectors[i].base64);
        assert_int_equal(strlen(vectors[i].base64), BASE64_CHARS(len));
        memset(out, '#', sizeof out);
        assert_wrote(out, base64_url_encode(vectors[i].data, len, out), vectors[i].base64url);
    }
}

static void nothing_encodes_to_nothing(void **state)
{
    char out[1] = {'#'};

    (void)state;
    assert_int_equal(base64_encode(NULL, 0, out), 0);
    assert_int_equal(base64_url_encode(NULL, 0, out), 0);
    assert_int_equal(out[0], '#');
}

static void base64_is_read_back(void **state)
{
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
}

static void what_is_not_base64_is_refused(void **state)
{
    static const char *const wrong[] = {"A", "AA", "AAA", "AA=A", "AAAA=", "*AAA", "AAA=A", "-_AA"};
    uint8_t out[8];
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(base64_decode(wrong[i], strlen(wrong[i]), out, &len), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_has_padding_and_base64url_has_none),
        cmocka_unit_test(nothing_encodes_to_nothing),
        cmocka_unit_test(base64_is_read_back),
        cmocka_unit_test(what_is_not_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
