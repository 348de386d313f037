#include "vectors.h"

#include "crypto/pem.h"
#include "crypto/x509_write.h"

/* The CA and its key of an app keys file as the real simulator has it. */
static const char APP_CA[] = "-----BEGIN CERTIFICATE-----\n"
                             "MIIBmzCCAUCgAwIBAgIUU7801+krCs2OpIdne3t6OWrJ2fMwCgYIKoZIzj0EAwIw\n"
                             "KTEPMA0GA1UECgwGRHN0YWNrMRYwFAYDVQQDDA1Ec3RhY2sgS01TIENBMB4XDTc1\n"
                             "MDEwMTAwMDAwMFoXDTM1MTIxOTAyNTEzOVowKTEPMA0GA1UECgwGRHN0YWNrMRYw\n"
                             "FAYDVQQDDA1Ec3RhY2sgS01TIENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
                             "GbJFfdm4qmRG2YDxNv/3gS7NbHd0DusOKLENVsDAACiltuWdzqMH1YO9H3B2npwR\n"
                             "bfK8+xdYqV2GE+feHISCwKNGMEQwDwYDVR0PAQH/BAUDAweGADAdBgNVHQ4EFgQU\n"
                             "evjJ+VZPvDxHJ2ejjeIaUYMMcEcwEgYDVR0TAQH/BAgwBgEB/wIBATAKBggqhkjO\n"
                             "PQQDAgNJADBGAiEAvAYUOGbU5QC23zzQtJqm7/hGzVK5SlI0P7yGDii+/4ACIQCN\n"
                             "bKkagb0uncr6sUKlhKrpHhID+WWTvqJj0TrkvbVdCg==\n"
                             "-----END CERTIFICATE-----\n";
static const char APP_CA_KEY[] = "-----BEGIN PRIVATE KEY-----\n"
                                 "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1PYCFKYfDmUfv5fk\n"
                                 "stppasf4mPGqnz0fEoLEnGx8CnKhRANCAAQZskV92biqZEbZgPE2//eBLs1sd3QO\n"
                                 "6w4osQ1WwMAAKKW25Z3OowfVg70fcHaenBFt8rz7F1ipXYYT594chILA\n"
                                 "-----END PRIVATE KEY-----\n";

/* The same key as SEC 1, with and without its public half. */
static const char SEC1_KEY[] = "-----BEGIN EC PRIVATE KEY-----\n"
                               "MHcCAQEEINT2AhSmHw5lH7+X5LLaaWrH+Jjxqp89HxKCxJxsfApyoAoGCCqGSM49\n"
                               "AwEHoUQDQgAEGbJFfdm4qmRG2YDxNv/3gS7NbHd0DusOKLENVsDAACiltuWdzqMH\n"
                               "1YO9H3B2npwRbfK8+xdYqV2GE+feHISCwA==\n"
                               "-----END EC PRIVATE KEY-----\n";
static const char SEC1_SCALAR_ONLY[] = "-----BEGIN EC PRIVATE KEY-----\n"
                                       "MDECAQEEINT2AhSmHw5lH7+X5LLaaWrH+Jjxqp89HxKCxJxsfApyoAoGCCqGSM49\n"
                                       "AwEH\n"
                                       "-----END EC PRIVATE KEY-----\n";

/* A certificate that is no CA's: a PCK certificate. */
static const char LEAF[] = "-----BEGIN CERTIFICATE-----\n"
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

/* A CA on another curve, and its key. */
static const char P384_CA[] = "-----BEGIN CERTIFICATE-----\n"
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
static const char P384_KEY[] = "-----BEGIN PRIVATE KEY-----\n"
                               "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAXHx/dCmrfSly5SaT8\n"
                               "cFslYvWARbL5XDJb8VpSoXjf0GQTxCzKHrUW3Tp81lSKsDChZANiAATO/UJqqzX4\n"
                               "mhNW+Q+TWDeUqSMwGNOTYZnIVbVSW6ajcrXRzdAuk7C5uEy5u6xyZph5K8CNIM57\n"
                               "GhvXDE6bjzsZHrFhE0qhSJrR2tTJiOETDLcu5ywajk6azjEAylCSvXg=\n"
                               "-----END PRIVATE KEY-----\n";

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

static void an_app_keys_ca(void **state)
{
    (void)state;
    struct x509_ca ca;
    const char *reason = NULL;
    assert_int_equal(x509_ca_read_pem(&ca, APP_CA, &reason), 0);
    assert_null(reason);
    assert_hex_equal(ca.subject.data, ca.subject.len,
                     "3029310f300d060355040a0c0644737461636b311630140603550403"
                     "0c0d44737461636b204b4d53204341");
    assert_hex_equal(ca.key_id, sizeof ca.key_id, "7af8c9f9564fbc3c472767a38de21a51830c7047");
    struct p256_key key;
    assert_int_equal(x509_key_read_pem(&key, APP_CA_KEY, &reason), 0);
    assert_memory_equal(ca.public_key, key.public_key, sizeof ca.public_key);

    char pem[sizeof APP_CA];
    assert_int_equal(pem_chars("CERTIFICATE", ca.der_len), strlen(APP_CA));
    pem_encode("CERTIFICATE", ca.der, ca.der_len, pem);
    assert_memory_equal(pem, APP_CA, strlen(APP_CA));
    x509_ca_free(&ca);
    assert_null(ca.der);
    x509_ca_free(&ca);
}

static void what_is_no_certificate(void **state)
{
    (void)state;
    assert_no_ca("", "not a PEM certificate");
    assert_no_ca("no PEM", "not a PEM certificate");
    assert_no_ca(APP_CA_KEY, "not a PEM certificate");
    assert_no_ca("-----BEGIN CERTIFICATE-----\n", "not a PEM certificate");
    assert_no_ca("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "not a PEM certificate");
}

static void a_damaged_certificate_is_no_harm(void **state)
{
    (void)state;
    char pem[sizeof APP_CA];
    for (size_t i = 0; i < strlen(APP_CA); i++) {
        memcpy(pem, APP_CA, sizeof pem);
        pem[i] = pem[i] == 'A' ? 'B' : 'A';
        struct x509_ca ca;
        const char *reason;
        if (x509_ca_read_pem(&ca, pem, &reason) == 0) {
            assert_true((const uint8_t *)ca.subject.data > ca.der);
            assert_true((const uint8_t *)ca.subject.data + ca.subject.len < ca.der + ca.der_len);
        }
        x509_ca_free(&ca);
    }
    /* The last character is a line's end that nobody needs. */
    for (size_t i = 0; i < strlen(APP_CA) - 1; i++) {
        memcpy(pem, APP_CA, i);
        pem[i] = '\0';
        assert_no_ca(pem, "not a PEM certificate");
    }
}

static void certificates_that_may_not_issue(void **state)
{
    (void)state;
    assert_no_ca(LEAF, "basic constraints");
    assert_no_ca(P384_CA, "P-256");
    char two[2 * sizeof APP_CA];
    strcpy(two, APP_CA);
    strcat(two, APP_CA);
    assert_no_ca(two, "more than one");
}

/* Writes a CA with key usage bits and, when it has a length, a subject key id. */
static void write_ca(uint8_t usage, size_t key_id_len, char *pem)
{
    uint8_t name[64], out[512];
    const uint8_t key_usage[4] = {0x03, 0x02, 0x01, usage};
    uint8_t key_id[66] = {0x04, (uint8_t)key_id_len};
    size_t name_len, len;
    struct p256_key key;
    const uint8_t scalar[32] = {1};
    for (size_t i = 0; i < key_id_len; i++)
        key_id[2 + i] = (uint8_t)i;
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    const struct x509_attribute cn = {X509_CN, "x"};
    assert_int_equal(x509_write_name(&cn, 1, name, sizeof name, &name_len), 0);
    const struct x509_extension extensions[] = {
        {{"\x55\x1d\x13", 3}, true, {"\x30\x03\x01\x01\xff", 5}},
        {{"\x55\x1d\x0f", 3}, true, {key_usage, sizeof key_usage}},
        {{"\x55\x1d\x0e", 3}, false, {key_id, 2 + key_id_len}},
    };
    const struct x509_certificate certificate = {
        .serial = {"\x01", 1},
        .issuer = {name, name_len},
        .subject = {name, name_len},
        .not_after = 2000000000,
        .public_key = key.public_key,
        .extensions = extensions,
        .extension_count = key_id_len > 0 ? 3 : 2,
    };
    assert_int_equal(x509_write_certificate(&certificate, &key, out, sizeof out, &len), 0);
    pem[pem_encode("CERTIFICATE", out, len, pem)] = '\0';
}

static void the_key_id_is_the_certificates_own_or_computed(void **state)
{
    (void)state;
    char pem[1024];
    struct x509_ca ca;
    const char *reason;
    write_ca(0x06, 20, pem);
    assert_int_equal(x509_ca_read_pem(&ca, pem, &reason), 0);
    assert_hex_equal(ca.key_id, sizeof ca.key_id, "000102030405060708090a0b0c0d0e0f10111213");
    x509_ca_free(&ca);

    uint8_t computed[X509_KEY_ID_BYTES];
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

static void private_keys_in_three_forms(void **state)
{
    (void)state;
    const char *pems[] = {APP_CA_KEY, SEC1_KEY, SEC1_SCALAR_ONLY};
    for (size_t i = 0; i < 3; i++) {
        struct p256_key key;
        const char *reason = "untouched";
        assert_int_equal(x509_key_read_pem(&key, pems[i], &reason), 0);
        assert_null(reason);
        assert_hex_equal(key.scalar, sizeof key.scalar,
                         "d4f60214a61f0e651fbf97e4b2da696ac7f898f1aa9f3d1f1282c49c6c7c0a72");
        assert_hex_equal(key.public_key, 32,
                         "19b2457dd9b8aa6446d980f136fff7812ecd6c77740eeb0e28b10d56c0c00028");
    }
}

static void assert_no_key(const char *pem, const char *part_of_reason)
{
    struct p256_key key;
    const char *reason = NULL;
    memset(&key, 0xff, sizeof key);
    assert_int_equal(x509_key_read_pem(&key, pem, &reason), -1);
    assert_non_null(strstr(reason, part_of_reason));
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(key.scalar[i], 0);
}

static void what_is_no_private_key(void **state)
{
    (void)state;
    assert_no_key("", "not a PEM private key");
    assert_no_key(APP_CA, "not a PEM private key");
    assert_no_key("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "not a PEM private key");
    assert_no_key(P384_KEY, "P-256");
}

static void a_public_half_of_another_key(void **state)
{
    (void)state;
    struct p256_key key, other;
    const char *reason;
    const uint8_t scalar[32] = {1};
    uint8_t pkcs8[X509_PKCS8_BYTES];
    char pem[512];
    assert_int_equal(x509_key_read_pem(&key, APP_CA_KEY, &reason), 0);
    assert_int_equal(p256_key_from_scalar(&other, scalar), 0);
    memcpy(key.scalar, other.scalar, sizeof key.scalar);
    x509_write_pkcs8(&key, pkcs8);
    pem[pem_encode("PRIVATE KEY", pkcs8, sizeof pkcs8, pem)] = '\0';
    assert_no_key(pem, "belong together");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_app_keys_ca),
        cmocka_unit_test(what_is_no_certificate),
        cmocka_unit_test(a_damaged_certificate_is_no_harm),
        cmocka_unit_test(certificates_that_may_not_issue),
        cmocka_unit_test(the_key_id_is_the_certificates_own_or_computed),
        cmocka_unit_test(private_keys_in_three_forms),
        cmocka_unit_test(what_is_no_private_key),
        cmocka_unit_test(a_public_half_of_another_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
