/* Signed documents: exact bytes, exact dates. */
#include <stdio.h>

#include "crypto/hash.h"
#include "sim/verify/signed_document.h"
#include "test/unit/vectors.h"

#define BODY "{\"issueDate\":\"2026-11-20T08:31:11Z\",\"nextUpdate\":\"2026-12-21T08:31:11Z\",\"x\":1}"
#define ISSUED INT64_C(1795163471)
#define NEXT INT64_C(1797841871)

static const uint8_t scalar[32] = {[31] = 7};

static const char *sign(const char *body, const char *member, struct p256_key *key, char text[static 512])
{
    uint8_t digest[32], signature[64];
    char digits[129] = {0};

    assert_int_equal(p256_key_from_scalar(key, scalar), 0);
    hash_sha256(body, strlen(body), digest);
    p256_sign(key, digest, signature);
    hex_encode(signature, sizeof signature, digits);
    snprintf(text, 512, "{\"%s\":%s,\"signature\":\"%s\"}", member, body, digits);
    return text;
}

static void assert_refused(const char *text, const struct p256_key *key, int64_t now, const char *reason)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(signed_document_read(span_text(text), "doc", key->public_key, NULL, now, &error));
    if (!strstr(error.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", error.text, reason);
}

static void dates_bound_it(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct p256_key key;
    char text[512];
    json_t *object;

    (void)state;
    sign(BODY, "doc", &key, text);
    for (int end = 0; end < 2; end++) {
        object =
            signed_document_read(span_text(text), "doc", key.public_key, NULL, end ? NEXT : ISSUED, &error);
        assert_non_null(object);
        assert_int_equal(json_integer_value(json_object_get(object, "x")), 1);
        json_decref(object);
    }
    assert_refused(text, &key, ISSUED - 1, "doc: it is not valid yet: it is dated 2026-11-20T08:31:11Z");
    assert_refused(text, &key, NEXT + 1, "doc: it has expired");
}

static void every_byte_is_signed_or_needed(void **state)
{
    struct p256_key key;
    char text[512];

    (void)state;
    sign(BODY, "doc", &key, text);
    for (size_t i = 0; text[i]; i++) {
        char before = text[i];
        text[i] = before == '5' ? '6' : '5';
        assert_refused(text, &key, ISSUED, "doc: ");
        text[i] = before;
    }
    for (size_t len = strlen(text); len-- > 0;) {
        text[len] = 0;
        assert_refused(text, &key, ISSUED, "doc: ");
    }
}

static void shapes(void **state)
{
    struct p256_key key;
    char text[512];

    (void)state;
    assert_refused(sign(BODY, "other", &key, text), &key, ISSUED, "does not begin with {\"doc\":");
    assert_refused(sign("[]", "doc", &key, text), &key, ISSUED, "must be a JSON object");
    assert_refused(sign("{\"issueDate\":\"2026\",\"nextUpdate\":\"2027\"}", "doc", &key, text), &key, ISSUED,
                   "must be dates such as");
    assert_refused(sign("{\"issueDate\":1}", "doc", &key, text), &key, ISSUED, "issueDate must be a string");
}

static void dates(void **state)
{
    static const char *const wrong[] = {"",
                                        "2026-13-01T00:00:00Z",
                                        "2026-00-01T00:00:00Z",
                                        "2026-01-32T00:00:00Z",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01 00:00:00Z",
                                        "2026-01-01T00:00:00",
                                        "2026-01-01T00:00:00ZZ",
                                        "+026-01-01T00:00:00Z"};
    int64_t seconds;

    (void)state;
    assert_true(signed_document_date("1970-01-01T00:00:00Z", &seconds) && seconds == 0);
    assert_true(signed_document_date("2026-11-20T08:31:11Z", &seconds) && seconds == ISSUED);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(signed_document_date(wrong[i], &seconds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_bound_it),
        cmocka_unit_test(every_byte_is_signed_or_needed),
        cmocka_unit_test(shapes),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
