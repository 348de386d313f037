#include "vectors.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

#include "crypto/pem.h"
#include "crypto/x509_write.h"

/* To-be-signed parts of a root certificate and of a CRL that other verifiers accept. */
static const char ROOT_TBS[] =
    "308201a7a003020102020101300a06082a8648ce3d0403023037311a301806035504030c11496e74656c205347582052"
    "6f6f7420434131193017060355040a0c1064737461636b2d73696d756c61746f72301e170d3230303130313030303030"
    "305a170d3439313233313030303030305a3037311a301806035504030c11496e74656c2053475820526f6f7420434131"
    "193017060355040a0c1064737461636b2d73696d756c61746f723059301306072a8648ce3d020106082a8648ce3d0301"
    "070342000408848335f269ef86fa96289262095d31c9565125b960ce13842702b56b6fb7487435bd41e658bbfd3098fe"
    "25601cdd17abd00a02ed18365f105edf8d2f5a31cca381a33081a0301f0603551d2304183016801448f933ae21a45563"
    "5b086384646838c0ec48fb33303a0603551d1f04333031302fa02da02b8629687474703a2f2f3132372e302e302e313a"
    "31383039362f496e74656c534758526f6f7443412e646572301d0603551d0e0416041448f933ae21a455635b08638464"
    "6838c0ec48fb33300e0603551d0f0101ff04040302010630120603551d130101ff040830060101ff020101";
static const char CRL_TBS[] =
    "30819f020101300a06082a8648ce3d040302303f3122302006035504030c19496e74656c205347582050434b20506c61"
    "74666f726d20434131193017060355040a0c1064737461636b2d73696d756c61746f72170d3230303130313030303030"
    "305a170d3439313233313030303030305aa02f302d300a0603551d140403020101301f0603551d23041830168014905a"
    "66932173b8191b4be7f6a6fdd012e3e33a2d";

static const char SCALAR[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

/* The key of the root certificate; the private half is not known. */
static const char ROOT_KEY[] = "08848335f269ef86fa96289262095d31c9565125b960ce13842702b56b6fb748"
                               "7435bd41e658bbfd3098fe25601cdd17abd00a02ed18365f105edf8d2f5a31cc";

static const int64_t FROM = 1577836800, UNTIL = 2524608000 - 86400; /* 2020-01-01 to 2049-12-31 */

struct fixture {
    struct p256_key key;
    uint8_t name[200];
    size_t name_len;
};

static int set_up(void **state)
{
    static const struct x509_attribute attributes[] = {{X509_CN, "Intel SGX Root CA"},
                                                       {X509_O, "dstack-simulator"}};
    static struct fixture fixture;
    uint8_t scalar[32];

    from_hex(SCALAR, scalar, sizeof scalar);
    assert_int_equal(p256_key_from_scalar(&fixture.key, scalar), 0);
    *state = &fixture;
    return x509_write_name(attributes, 2, fixture.name, sizeof fixture.name, &fixture.name_len);
}

static struct bytes name_of(const struct fixture *fixture)
{
    return (struct bytes){fixture->name, fixture->name_len};
}

static void a_name_has_one_attribute_per_rdn(void **state)
{
    uint8_t out[64];
    size_t len;
    const struct x509_attribute attributes[] = {{X509_O, "D\xc3\xa4"}, {X509_CN, ""}};

    (void)state;
    assert_int_equal(x509_write_name(attributes, 2, out, sizeof out, &len), 0);
    assert_hex_equal(out, len,
                     "3019"
                     "310c300a060355040a0c0344c3a4"
                     "3109300706035504030c00");
    assert_int_equal(x509_write_name(NULL, 0, out, sizeof out, &len), 0);
    assert_hex_equal(out, len, "3000");
    assert_int_equal(x509_write_name(attributes, 2, out, 26, &len), -1);
    assert_int_equal(len, 0);
}

#define OID(hex) {hex, 3}

/* The root certificate's fields, with its values. */
static void the_signed_part_of_a_root_certificate(void **state)
{
    const struct fixture *fixture = *state;
    uint8_t public_key[64], key_id[20], authority[24], point[51], out[1024];
    size_t len;
    const struct x509_extension extensions[] = {
        {OID("\x55\x1d\x23"), false, .value = {authority, sizeof authority}},
        {OID("\x55\x1d\x1f"), false, .value = {point, sizeof point}},
        {OID("\x55\x1d\x0e"), false, .value = {key_id, sizeof key_id}, .is_octets = true},
        {OID("\x55\x1d\x0f"), true, .value = {"\x03\x02\x01\x06", 4}},
        {OID("\x55\x1d\x13"), true, .value = {"\x30\x06\x01\x01\xff\x02\x01\x01", 8}},
    };
    const struct x509_certificate certificate = {
        .serial = {"\x01", 1},
        .issuer = name_of(fixture),
        .subject = name_of(fixture),
        .not_before = FROM,
        .not_after = UNTIL,
        .public_key = public_key,
        .extensions = extensions,
        .extension_count = 5,
    };

    from_hex(ROOT_KEY, public_key, sizeof public_key);
    x509_key_id(public_key, key_id);
    memcpy(authority, "\x30\x16\x80\x14", 4);
    memcpy(authority + 4, key_id, 20);
    memcpy(point, "\x30\x31\x30\x2f\xa0\x2d\xa0\x2b\x86\x29", 10);
    memcpy(point + 10, "http://127.0.0.1:18096/IntelSGXRootCA.der", 41);
    assert_int_equal(x509_write_certificate(&certificate, &fixture->key, out, sizeof out, &len), 0);
    assert_hex_equal(out + 4, strlen(ROOT_TBS) / 2, ROOT_TBS);
}

/* A self-signed CA with key usage and basic constraints. */
static int write_ca(const struct fixture *fixture, struct bytes serial, uint8_t *out, size_t size,
                    size_t *len)
{
    const struct x509_extension extensions[] = {
        {OID("\x55\x1d\x0f"), true, .value = {"\x03\x02\x01\x06", 4}},
        {OID("\x55\x1d\x13"), true, .value = {"\x30\x03\x01\x01\xff", 5}},
    };
    const struct x509_certificate certificate = {
        .serial = serial,
        .issuer = name_of(fixture),
        .subject = name_of(fixture),
        .not_before = FROM,
        .not_after = UNTIL,
        .public_key = fixture->key.public_key,
        .extensions = extensions,
        .extension_count = 2,
    };

    return x509_write_certificate(&certificate, &fixture->key, out, size, len);
}

static void mbedtls_reads_and_verifies_a_certificate(void **state)
{
    mbedtls_x509_crt read;
    uint8_t out[1024];
    uint32_t flags = 0;
    size_t len;

    assert_int_equal(write_ca(*state, (struct bytes){"\x9a\x02\x03", 3}, out, sizeof out, &len), 0);
    mbedtls_x509_crt_init(&read);
    assert_int_equal(mbedtls_x509_crt_parse_der(&read, out, len), 0);
    assert_int_equal(read.raw.len, len);
    assert_int_equal(read.version, 3);
    assert_hex_equal(read.serial.p, read.serial.len, "009a0203");
    assert_int_equal(read.valid_from.year, 2020);
    assert_int_equal(read.valid_to.year, 2049);
    assert_int_equal(mbedtls_x509_crt_verify(&read, &read, NULL, NULL, &flags, NULL, NULL), 0);
    assert_int_equal(mbedtls_x509_crt_check_key_usage(&read, MBEDTLS_X509_KU_KEY_CERT_SIGN), 0);
    mbedtls_x509_crt_free(&read);
}

/* A certificate without extensions has none of their list either. */
static void a_certificate_without_extensions(void **state)
{
    const struct fixture *fixture = *state;
    const struct x509_certificate certificate = {
        .serial = {"\x01", 1},
        .issuer = name_of(fixture),
        .subject = name_of(fixture),
        .not_before = FROM,
        .not_after = 253402300799,
        .public_key = fixture->key.public_key,
    };
    mbedtls_x509_crt read;
    uint8_t out[512];
    size_t len;

    assert_int_equal(x509_write_certificate(&certificate, &fixture->key, out, sizeof out, &len), 0);
    mbedtls_x509_crt_init(&read);
    assert_int_equal(mbedtls_x509_crt_parse_der(&read, out, len), 0);
    assert_int_equal(read.v3_ext.len, 0);
    assert_int_equal(read.valid_to.year, 9999);
    mbedtls_x509_crt_free(&read);
}

static void a_certificate_fits_with_the_longest_signature_or_not_at_all(void **state)
{
    const struct bytes serial = {"\x01", 1};
    uint8_t full[1024], *out;
    size_t needed, len = 0, size;

    assert_int_equal(write_ca(*state, serial, full, sizeof full, &needed), 0);
    assert_int_not_equal(needed, 0);
    for (size = 0; len == 0; size++) {
        assert_true(size < needed + X509_SIGNATURE_BYTES_MAX);
        out = malloc(size ? size : 1);
        len = 1;
        if (write_ca(*state, serial, out, size, &len) == 0)
            assert_memory_equal(out, full, needed); /* and the signature repeats */
        else
            assert_int_equal(len, 0);
        free(out);
    }
    assert_int_equal(len, needed);
    assert_true(size > needed);
    assert_true(size - needed < 30);
}

static void serials_have_1_to_20_bytes(void **state)
{
    uint8_t out[1024], serial[21] = {0x7f};
    size_t len;

    assert_int_equal(write_ca(*state, (struct bytes){serial, 20}, out, sizeof out, &len), 0);
    assert_int_equal(write_ca(*state, (struct bytes){serial, 21}, out, sizeof out, &len), -1);
    assert_int_equal(write_ca(*state, (struct bytes){serial, 0}, out, sizeof out, &len), -1);
}

static void the_signed_part_of_a_crl(void **state)
{
    static const struct x509_attribute attributes[] = {{X509_CN, "Intel SGX PCK Platform CA"},
                                                       {X509_O, "dstack-simulator"}};
    const struct fixture *fixture = *state;
    uint8_t name[128], key_id[20], out[512];
    struct x509_crl crl = {.issuer = {name, 0},
                           .this_update = FROM,
                           .next_update = UNTIL,
                           .number = 1,
                           .authority_key_id = key_id};
    size_t len;

    assert_int_equal(x509_write_name(attributes, 2, name, sizeof name, &crl.issuer.len), 0);
    from_hex("905a66932173b8191b4be7f6a6fdd012e3e33a2d", key_id, sizeof key_id);
    assert_int_equal(x509_write_crl(&crl, &fixture->key, out, sizeof out, &len), 0);
    assert_hex_equal(out + 3, strlen(CRL_TBS) / 2, CRL_TBS);
}

static void assert_signed_by(const mbedtls_x509_crl *crl, const struct p256_key *key)
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    /* The signature is the last value of the DER: it ends where the whole ends. */
    const unsigned char *end = crl->raw.p + crl->raw.len;
    const unsigned char *signature = crl->tbs.p + crl->tbs.len + 12 + 3;
    uint8_t spki[X509_SPKI_BYTES], digest[32];
    mbedtls_pk_context pk;

    x509_key_spki(key->public_key, spki);
    mbedtls_pk_init(&pk);
    assert_int_equal(mbedtls_pk_parse_public_key(&pk, spki, sizeof spki), 0);
    assert_int_equal(mbedtls_md(sha256, crl->tbs.p, crl->tbs.len, digest), 0);
    assert_int_equal(mbedtls_pk_verify(&pk, MBEDTLS_MD_SHA256, digest, sizeof digest, signature,
                                       (size_t)(end - signature)),
                     0);
    mbedtls_pk_free(&pk);
}

static void mbedtls_reads_a_crl_and_what_it_revokes(void **state)
{
    const struct fixture *fixture = *state;
    const struct bytes revoked[] = {{"\x05", 1}, {"\x80\x01", 2}};
    uint8_t key_id[20], out[512];
    const struct x509_crl crl = {.issuer = name_of(fixture),
                                 .this_update = FROM,
                                 .next_update = UNTIL,
                                 .number = 300,
                                 .authority_key_id = key_id,
                                 .revoked = revoked,
                                 .revoked_count = 2};
    mbedtls_x509_crl read;
    size_t len;

    x509_key_id(fixture->key.public_key, key_id);
    assert_int_equal(x509_write_crl(&crl, &fixture->key, out, sizeof out, &len), 0);
    mbedtls_x509_crl_init(&read);
    assert_int_equal(mbedtls_x509_crl_parse_der(&read, out, len), 0);
    assert_int_equal(read.version, 2);
    assert_int_equal(read.next_update.year, 2049);
    assert_hex_equal(read.entry.serial.p, read.entry.serial.len, "05");
    assert_int_equal(read.entry.revocation_date.year, 2020);
    assert_non_null(read.entry.next);
    assert_hex_equal(read.entry.next->serial.p, read.entry.next->serial.len, "008001");
    assert_null(read.entry.next->next);
    assert_hex_equal(read.crl_ext.p + 2, 13, "300b0603551d1404040202012c");
    assert_signed_by(&read, &fixture->key);
    mbedtls_x509_crl_free(&read);
    assert_int_equal(x509_write_crl(&crl, &fixture->key, out, len - 1, &len), -1);
    assert_int_equal(len, 0);
}

/* Signatures have numbers of 30 to 33 bytes: every shape has to parse and verify. */
static void signatures_of_every_length_verify(void **state)
{
    uint8_t out[1024];
    size_t len, shortest = SIZE_MAX, longest = 0;

    for (uint16_t i = 1; i <= 64; i++) {
        uint8_t serial[2] = {0x40, (uint8_t)i};
        mbedtls_x509_crt read;
        uint32_t flags = 0;

        assert_int_equal(write_ca(*state, (struct bytes){serial, 2}, out, sizeof out, &len), 0);
        mbedtls_x509_crt_init(&read);
        assert_int_equal(mbedtls_x509_crt_parse_der(&read, out, len), 0);
        assert_int_equal(mbedtls_x509_crt_verify(&read, &read, NULL, NULL, &flags, NULL, NULL), 0);
        mbedtls_x509_crt_free(&read);
        shortest = len < shortest ? len : shortest;
        longest = len > longest ? len : longest;
    }
    assert_true(longest - shortest >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_one_attribute_per_rdn),
        cmocka_unit_test(the_signed_part_of_a_root_certificate),
        cmocka_unit_test(mbedtls_reads_and_verifies_a_certificate),
        cmocka_unit_test(a_certificate_without_extensions),
        cmocka_unit_test(a_certificate_fits_with_the_longest_signature_or_not_at_all),
        cmocka_unit_test(serials_have_1_to_20_bytes),
        cmocka_unit_test(the_signed_part_of_a_crl),
        cmocka_unit_test(mbedtls_reads_a_crl_and_what_it_revokes),
        cmocka_unit_test(signatures_of_every_length_verify),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
