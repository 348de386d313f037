#include "vectors.h"

#include "app_ca.h"
#include "crypto/pem.h"
#include "crypto/x509_ca.h"
#include "crypto/x509_write.h"

/* A certificate that is not a CA's: a PCK certificate. */
static const char leaf[] = "-----BEGIN CERTIFICATE-----\n"
                           "MIIESTCCA/CgAwIBAgIBAzAKBggqhkjOPQQDAjA/MSIwIAYDVQQDDBlJbnRlbCBT\n"
                           "R1ggUENLIFBsYXRmb3JtIENBMRkwFwYDVQQKDBBkc3RhY2stc2ltdWxhdG9yMB4X\n"
                           "DTIwMDEwMTAwMDAwMFoXDTQ5MTIzMTAwMDAwMFowPzEiMCAGA1UEAwwZSW50ZWwg\n"
                           "U0dYIFBDSyBDZXJ0aWZpY2F0ZTEZMBcGA1UECgwQZHN0YWNrLXNpbXVsYXRvcjBZ\n"
                           "MBMGByqGSM49AgEGCCqGSM49AwEHA0IABOQuONheRfRWQL61vrSz349yl5+6+VBV\n"
                           "4YRL2tvSYeRtNCFBW2TaP8Exy3SU5lvuSvXjo4mlZNEMO28OTZ26kTGjggLbMIIC\n"
                           "1zAfBgNVHSMEGDAWgBSQWmaTIXO4GRtL5/am/dAS4+M6LTA6BgNVHR8EMzAxMC+g\n"
                           "LaArhilodHRwOi8vMTI3LjAuMC4xOjE4MDk2L0ludGVsU0dYUm9vdENBLmRlcjAd\n"
                           "BgNVHQ4EFgQUmky0q1t5l1idmWKuZlOZAa03NPQwDgYDVR0PAQH/BAQDAgbAMAwG\n"
                           "A1UdEwEB/wQCMAAwggI5BgkqhkiG+E0BDQEEggIqMIICJjAeBgoqhkiG+E0BDQEB\n"
                           "BBAAAQIDBAUGBwgJCgsMDQ4PMIIBYwYKKoZIhvhNAQ0BAjCCAVMwEAYLKoZIhvhN\n"
                           "AQ0BAgECAQIwEAYLKoZIhvhNAQ0BAgICAQIwEAYLKoZIhvhNAQ0BAgMCAQIwEAYL\n"
                           "KoZIhvhNAQ0BAgQCAQIwEAYLKoZIhvhNAQ0BAgUCAQMwEAYLKoZIhvhNAQ0BAgYC\n"
                           "AQEwEAYLKoZIhvhNAQ0BAgcCAQAwEAYLKoZIhvhNAQ0BAggCAQMwEAYLKoZIhvhN\n"
                           "AQ0BAgkCAQAwEAYLKoZIhvhNAQ0BAgoCAQAwEAYLKoZIhvhNAQ0BAgsCAQAwEAYL\n"
                           "KoZIhvhNAQ0BAgwCAQAwEAYLKoZIhvhNAQ0BAg0CAQAwEAYLKoZIhvhNAQ0BAg4C\n"
                           "AQAwEAYLKoZIhvhNAQ0BAg8CAQAwEAYLKoZIhvhNAQ0BAhACAQAwEAYLKoZIhvhN\n"
                           "AQ0BAhECAQ0wHwYLKoZIhvhNAQ0BAhIEEAICAgIDAQADAAAAAAAAAAAwEAYKKoZI\n"
                           "hvhNAQ0BAwQCAAAwFAYKKoZIhvhNAQ0BBAQGsMBvAAAAMA8GCiqGSIb4TQENAQUK\n"
                           "AQEwHgYKKoZIhvhNAQ0BBgQQAAAAAAAAAAAAAAAAAAAAADBEBgoqhkiG+E0BDQEH\n"
                           "MDYwEAYLKoZIhvhNAQ0BBwEBAf8wEAYLKoZIhvhNAQ0BBwIBAf8wEAYLKoZIhvhN\n"
                           "AQ0BBwMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgIpXL2czcVRoTH9892PHuwBQhssGl\n"
                           "fRe+8tVaCVVwhcUCIDxKKAPg7Zp+RYDTdF5jEFw0wUSdIo2dKc202hXp2bWQ\n"
                           "-----END CERTIFICATE-----\n";

/* A CA on another curve. */
static const char p384_ca[] = "-----BEGIN CERTIFICATE-----\n"
                              "MIIBszCCATqgAwIBAgIUR5gOkK+Dotj7rKE+rNPB6EUsEJkwCgYIKoZIzj0EAwIw\n"
                              "EDEOMAwGA1UEAwwFUC0zODQwIBcNMjYxMTIxMDk1NjM0WhgPMjEyNjEwMjgwOTU2\n"
                              "MzRaMBAxDjAMBgNVBAMMBVAtMzg0MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEzv1C\n"
                              "aqs1+JoTVvkPk1g3lKkjMBjTk2GZyFW1Ulumo3K10c3QLpOwubhMubuscmaYeSvA\n"
                              "jSDOexob1wxOm487GR6xYRNKoUia0drUyYjhEwy3LucsGo5Oms4xAMpQkr14o1Mw\n"
                              "UTAdBgNVHQ4EFgQUPt+2T9EuHSDbjo8V8Yt0LXCBdJAwHwYDVR0jBBgwFoAUPt+2\n"
                              "T9EuHSDbjo8V8Yt0LXCBdJAwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNn\n"
                              "ADBkAjA2MJM+RVDqky/PeZLZljnuSK0IOcyRXMvLs9iYDXKrUp5MzJqDSVZy6XOc\n"
                              "A3Qk4L8CMBdlIHCJOotRE5usaNIdC/KP768WMPBdrnHv4vs7kLrVJwJ/Dm0o8tOv\n"
                              "EK1t7moiGg==\n"
                              "-----END CERTIFICATE-----\n";
static void assert_no_ca(const char *pem, const char *part_of_reason)
{
    struct x509_ca ca;
    const char *reason = NULL;

    memset(&ca, 0xff, sizeof ca);
    assert_int_equal(x509_ca_read_pem(&ca, pem, &reason), -1);
    assert_non_null(reason);
    assert_non_null(strstr(reason, part_of_reason));
    assert_null(ca.der);
}

static void the_ca_of_app_keys_is_read(void **state)
{
    const char *reason = NULL;
    char pem[sizeof app_ca];
    struct p256_key key;
    struct x509_ca ca;

    (void)state;
    assert_int_equal(x509_ca_read_pem(&ca, app_ca, &reason), 0);
    assert_null(reason);
    assert_hex_equal(ca.subject.data, ca.subject.len,
                     "3029310f300d060355040a0c0644737461636b311630140603550403"
                     "0c0d44737461636b204b4d53204341");
    assert_hex_equal(ca.key_id, sizeof ca.key_id, "7af8c9f9564fbc3c472767a38de21a51830c7047");
    assert_int_equal(x509_key_read_pem(&key, app_ca_key, &reason), 0);
    assert_memory_equal(ca.public_key, key.public_key, sizeof ca.public_key);

    assert_int_equal(pem_chars("CERTIFICATE", ca.der_len), strlen(app_ca));
    pem_encode("CERTIFICATE", ca.der, ca.der_len, pem);
    assert_memory_equal(pem, app_ca, strlen(app_ca));
    x509_ca_free(&ca);
    assert_null(ca.der);
    x509_ca_free(&ca);
}

static void what_is_not_a_certificate_is_refused(void **state)
{
    (void)state;
    assert_no_ca("", "not a PEM certificate");
    assert_no_ca("no PEM", "not a PEM certificate");
    assert_no_ca(app_ca_key, "not a PEM certificate");
    assert_no_ca("-----BEGIN CERTIFICATE-----\n", "not a PEM certificate");
    assert_no_ca("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "not a PEM certificate");
}

static void a_damaged_certificate_is_no_harm(void **state)
{
    char pem[sizeof app_ca];

    (void)state;
    for (size_t i = 0; i < strlen(app_ca); i++) {
        struct x509_ca ca;
        const char *reason;

        memcpy(pem, app_ca, sizeof pem);
        pem[i] = pem[i] == 'A' ? 'B' : 'A';
        if (x509_ca_read_pem(&ca, pem, &reason) == 0) {
            assert_true((const uint8_t *)ca.subject.data > ca.der);
            assert_true((const uint8_t *)ca.subject.data + ca.subject.len < ca.der + ca.der_len);
        }
        x509_ca_free(&ca);
    }
    /* The last character is a line break, which may be missing. */
    for (size_t i = 0; i < strlen(app_ca) - 1; i++) {
        memcpy(pem, app_ca, i);
        pem[i] = '\0';
        assert_no_ca(pem, "not a PEM certificate");
    }
}

static void certificates_that_may_not_issue(void **state)
{
    char two[2 * sizeof app_ca];

    (void)state;
    assert_no_ca(leaf, "basic constraints");
    assert_no_ca(p384_ca, "P-256");
    strcpy(two, app_ca);
    strcat(two, app_ca);
    assert_no_ca(two, "more than one");
}

/* Writes a CA with key usage bits and, when it has a length, a subject key id. */
static void write_ca(uint8_t usage, size_t key_id_len, char *pem)
{
    const uint8_t scalar[32] = {1}, key_usage[4] = {0x03, 0x02, 0x01, usage};
    const struct x509_attribute cn = {X509_CN, "x"};
    uint8_t name[64], out[512], key_id[66] = {0x04, (uint8_t)key_id_len};
    size_t name_len, len;
    struct p256_key key;
    const struct x509_extension extensions[] = {
        {{"\x55\x1d\x13", 3}, true, .value = {"\x30\x03\x01\x01\xff", 5}},
        {{"\x55\x1d\x0f", 3}, true, .value = {key_usage, sizeof key_usage}},
        {{"\x55\x1d\x0e", 3}, false, .value = {key_id, 2 + key_id_len}},
    };
    struct x509_certificate certificate = {
        .serial = {"\x01", 1},
        .not_after = 2000000000,
        .public_key = key.public_key,
        .extensions = extensions,
        .extension_count = key_id_len > 0 ? 3 : 2,
    };

    for (size_t i = 0; i < key_id_len; i++)
        key_id[2 + i] = (uint8_t)i;
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    assert_int_equal(x509_write_name(&cn, 1, name, sizeof name, &name_len), 0);
    certificate.issuer = certificate.subject = (struct bytes){name, name_len};
    assert_int_equal(x509_write_certificate(&certificate, &key, out, sizeof out, &len), 0);
    pem[pem_encode("CERTIFICATE", out, len, pem)] = '\0';
}

static void the_key_id_is_the_certificates_own_or_computed(void **state)
{
    uint8_t computed[X509_KEY_ID_BYTES];
    char pem[1024];
    struct x509_ca ca;
    const char *reason;

    (void)state;
    write_ca(0x06, 20, pem);
    assert_int_equal(x509_ca_read_pem(&ca, pem, &reason), 0);
    assert_hex_equal(ca.key_id, sizeof ca.key_id, "000102030405060708090a0b0c0d0e0f10111213");
    x509_ca_free(&ca);

    write_ca(0x06, 0, pem);
    assert_int_equal(x509_ca_read_pem(&ca, pem, &reason), 0);
    x509_key_id(ca.public_key, computed);
    assert_memory_equal(ca.key_id, computed, sizeof computed);
    x509_ca_free(&ca);

    write_ca(0x06, 32, pem);
    assert_no_ca(pem, "20 bytes");
    write_ca(0x02, 20, pem);
    assert_no_ca(pem, "key usage");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ca_of_app_keys_is_read),
        cmocka_unit_test(what_is_not_a_certificate_is_refused),
        cmocka_unit_test(a_damaged_certificate_is_no_harm),
        cmocka_unit_test(certificates_that_may_not_issue),
        cmocka_unit_test(the_key_id_is_the_certificates_own_or_computed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
