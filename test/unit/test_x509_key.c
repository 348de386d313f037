#include "vectors.h"

#include "app_ca.h"
#include "crypto/x509_key.h"

/* The same key as SEC 1, with and without its public half. */
static const char sec1_key[] = "-----BEGIN EC PRIVATE KEY-----\n"
                               "MHcCAQEEINT2AhSmHw5lH7+X5LLaaWrH+Jjxqp89HxKCxJxsfApyoAoGCCqGSM49\n"
                               "AwEHoUQDQgAEGbJFfdm4qmRG2YDxNv/3gS7NbHd0DusOKLENVsDAACiltuWdzqMH\n"
                               "1YO9H3B2npwRbfK8+xdYqV2GE+feHISCwA==\n"
                               "-----END EC PRIVATE KEY-----\n";
static const char sec1_scalar_only[] = "-----BEGIN EC PRIVATE KEY-----\n"
                                       "MDECAQEEINT2AhSmHw5lH7+X5LLaaWrH+Jjxqp89HxKCxJxsfApyoAoGCCqGSM49\n"
                                       "AwEH\n"
                                       "-----END EC PRIVATE KEY-----\n";

/* On another curve. */
static const char p384_key[] = "-----BEGIN PRIVATE KEY-----\n"
                               "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAXHx/dCmrfSly5SaT8\n"
                               "cFslYvWARbL5XDJb8VpSoXjf0GQTxCzKHrUW3Tp81lSKsDChZANiAATO/UJqqzX4\n"
                               "mhNW+Q+TWDeUqSMwGNOTYZnIVbVSW6ajcrXRzdAuk7C5uEy5u6xyZph5K8CNIM57\n"
                               "GhvXDE6bjzsZHrFhE0qhSJrR2tTJiOETDLcu5ywajk6azjEAylCSvXg=\n"
                               "-----END PRIVATE KEY-----\n";

static void private_keys_in_three_forms(void **state)
{
    const char *pems[] = {app_ca_key, sec1_key, sec1_scalar_only};

    (void)state;
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
    assert_no_key(app_ca, "not a PEM private key");
    assert_no_key("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "not a PEM private key");
    assert_no_key(p384_key, "P-256");
}

static void a_public_half_of_another_key(void **state)
{
    struct p256_key key, other;
    const char *reason;
    const uint8_t scalar[32] = {1};
    char pem[X509_KEY_PEM_CHARS + 1];

    (void)state;
    assert_int_equal(x509_key_read_pem(&key, app_ca_key, &reason), 0);
    assert_int_equal(p256_key_from_scalar(&other, scalar), 0);
    memcpy(key.scalar, other.scalar, sizeof key.scalar);
    x509_key_write_pem(&key, pem);
    assert_no_key(pem, "do not match");
}

/* What a running guest agent gave for Tappd DeriveKey with path "/". */
static void a_guest_agents_private_key(void **state)
{
    static const char pem_text[] = "-----BEGIN PRIVATE KEY-----\n"
                                   "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9sHtlEiDlNeOCk5a\n"
                                   "t11i6fCF1zsLVV0GFPuQyhPZRk2hRANCAATzZ6Uv0OjV+N7V/9AFegAIN4Cq4ZtK\n"
                                   "/NF7lrkzf2ntB8cPCLhxA9GLjoZejwV4rSjF9rQnWO6rR7BJgkjpwDas\n"
                                   "-----END PRIVATE KEY-----\n";
    char pem[X509_KEY_PEM_CHARS + 1];
    uint8_t scalar[32];
    struct p256_key key;

    (void)state;
    from_hex("f6c1ed94488394d78e0a4e5ab75d62e9f085d73b0b555d0614fb90ca13d9464d", scalar, sizeof scalar);
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    x509_key_write_pem(&key, pem);
    assert_string_equal(pem, pem_text);
}

static void the_public_key_info_holds_the_key(void **state)
{
    const uint8_t scalar[32] = {1};
    uint8_t spki[X509_SPKI_BYTES];
    struct p256_key key;

    (void)state;
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    x509_key_spki(key.public_key, spki);
    assert_hex_equal(spki, 27, "3059301306072a8648ce3d020106082a8648ce3d03010703420004");
    assert_memory_equal(spki + 27, key.public_key, 64);
}

/* The SHA-256 begins with d3. */
static void a_serial_number_follows_from_the_key_and_is_positive(void **state)
{
    uint8_t serial[X509_KEY_SERIAL_BYTES];
    struct p256_key key;
    const char *reason;

    (void)state;
    assert_int_equal(x509_key_read_pem(&key, sec1_key, &reason), 0);
    x509_key_serial(key.public_key, serial);
    assert_hex_equal(serial, sizeof serial, "53bf34d7e92b0acd8ea487677b7b7a396ac9d9f3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_keys_in_three_forms),
        cmocka_unit_test(what_is_no_private_key),
        cmocka_unit_test(a_public_half_of_another_key),
        cmocka_unit_test(a_guest_agents_private_key),
        cmocka_unit_test(the_public_key_info_holds_the_key),
        cmocka_unit_test(a_serial_number_follows_from_the_key_and_is_positive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
