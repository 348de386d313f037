/* Signatures of certificates and lists, and which certificates may issue others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/pem.h"
#include "crypto/x509_chain.h"
#include "crypto/x509_extensions.h"
#include "crypto/x509_signed.h"

#define NOW 1700000000
#define DER_BYTES_MAX 1000
#define LENGTH_MAX 4

/* One of a chain: its key, its name, and what it says of itself. */
struct link {
    struct p256_key key;
    uint8_t name[64];
    size_t name_len;
    uint8_t der[DER_BYTES_MAX];
    size_t der_len;
    uint8_t crl[DER_BYTES_MAX]; /* of what it has issued */
    size_t crl_len;
};

static void make_link(struct link *link, const char *name)
{
    const struct x509_attribute attribute = {X509_CN, name};

    p256_key_generate(&link->key);
    assert_int_equal(x509_write_name(&attribute, 1, link->name, sizeof link->name, &link->name_len), 0);
}

/* path_length: X509_NOT_A_CA says that it is none; -2 leaves the extension out. */
static void issue(struct link *link, const struct link *issuer, int path_length, unsigned usage)
{
    const uint8_t serial = 7, id[X509_KEY_ID_BYTES] = {1};
    struct x509_extensions extensions;
    uint8_t room[400];
    struct x509_certificate certificate = {
        .serial = {&serial, 1},
        .issuer = {issuer->name, issuer->name_len},
        .subject = {link->name, link->name_len},
        .not_before = NOW - 10,
        .not_after = NOW + 10,
        .public_key = link->key.public_key,
    };
    const struct x509_crl crl = {
        .issuer = certificate.subject,
        .this_update = NOW - 10,
        .next_update = NOW + 10,
        .number = 1,
        .authority_key_id = id,
    };

    x509_extensions_init(&extensions, room, sizeof room);
    if (path_length != -2)
        x509_extensions_add_basic_constraints(&extensions, path_length);
    if (usage)
        x509_extensions_add_key_usage(&extensions, usage);
    certificate.extensions = extensions.items;
    certificate.extension_count = extensions.count;
    assert_int_equal(
        x509_write_certificate(&certificate, &issuer->key, link->der, sizeof link->der, &link->der_len), 0);
    assert_int_equal(x509_write_crl(&crl, &link->key, link->crl, sizeof link->crl, &link->crl_len), 0);
}

#define CA (X509_KEY_CERT_SIGN | X509_CRL_SIGN)

/* Verifies a chain, leaf first. */
static void assert_chain(const struct link *const *links, size_t count, const char *expected)
{
    struct bytes crls[LENGTH_MAX];
    struct x509_chain_trust trust = {.crls = crls, .now = NOW};
    struct x509_chain *chain;
    const char *reason = NULL;
    char pem[LENGTH_MAX * 2 * DER_BYTES_MAX];
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        pem_encode("CERTIFICATE", links[i]->der, links[i]->der_len, pem + len);
        len += pem_chars("CERTIFICATE", links[i]->der_len);
        trust.root = (struct bytes){links[i]->der, links[i]->der_len};
        if (i > 0)
            crls[trust.crl_count++] = (struct bytes){links[i]->crl, links[i]->crl_len};
    }
    chain = x509_chain_read_pem(pem, len, count, &reason);
    if (!chain)
        fail_msg("%s", reason);
    assert_int_equal(x509_chain_verify(chain, &trust, &reason), expected ? -1 : 0);
    if (expected)
        assert_string_equal(reason, expected);
    x509_chain_free(chain);
}

static void only_a_ca_may_issue(void **state)
{
    static const char no_chain[] = "its certificates do not chain to the root";
    struct link root, middle, leaf;
    const struct link *const chain[] = {&leaf, &middle, &root};

    (void)state;
    make_link(&root, "root");
    make_link(&middle, "middle");
    make_link(&leaf, "leaf");
    issue(&root, &root, 1, CA);
    issue(&leaf, &middle, X509_NOT_A_CA, X509_DIGITAL_SIGNATURE);
    issue(&middle, &root, 0, CA);
    assert_chain(chain, 3, NULL);
    issue(&middle, &root, X509_NOT_A_CA, CA);
    assert_chain(chain, 3, no_chain);
    issue(&middle, &root, -2, CA);
    assert_chain(chain, 3, no_chain);
    issue(&middle, &root, 0, X509_CRL_SIGN);
    assert_chain(chain, 3, no_chain);
    issue(&middle, &root, 0, 0);
    assert_chain(chain, 3, no_chain);
    issue(&middle, &root, 0, X509_KEY_CERT_SIGN);
    assert_chain(chain, 3, "a revocation list is not signed by the issuer it names");
}

static void a_path_has_a_length(void **state)
{
    struct link root, first, second, leaf;
    const struct link *const chain[] = {&leaf, &second, &first, &root};

    (void)state;
    make_link(&root, "root");
    make_link(&first, "first");
    make_link(&second, "second");
    make_link(&leaf, "leaf");
    issue(&leaf, &second, X509_NOT_A_CA, X509_DIGITAL_SIGNATURE);
    issue(&second, &first, 0, CA);
    issue(&first, &root, 1, CA);
    issue(&root, &root, 2, CA);
    assert_chain(chain, 4, NULL);
    issue(&first, &root, 0, CA);
    assert_chain(chain, 4, "its certificates do not chain to the root");
    issue(&first, &root, 1, CA);
    issue(&root, &root, 1, CA);
    assert_chain(chain, 4, "its certificates do not chain to the root");
}

static void names_and_keys_must_agree(void **state)
{
    struct link root, other, leaf;
    const struct link *const chain[] = {&leaf, &root};

    (void)state;
    make_link(&root, "root");
    make_link(&other, "other");
    make_link(&leaf, "leaf");
    issue(&root, &root, 1, CA);
    issue(&leaf, &root, X509_NOT_A_CA, X509_DIGITAL_SIGNATURE);
    assert_chain(chain, 2, NULL);
    other.key = root.key; /* the right key under another name: there is no list of that issuer */
    issue(&leaf, &other, X509_NOT_A_CA, X509_DIGITAL_SIGNATURE);
    assert_chain(chain, 2, "the revocation list of one of the issuers is missing");
    make_link(&other, "root"); /* the right name with another key */
    issue(&leaf, &other, X509_NOT_A_CA, X509_DIGITAL_SIGNATURE);
    assert_chain(chain, 2, "its certificates do not chain to the root");
}

static void every_byte_is_signed(void **state)
{
    struct link root, leaf;
    uint8_t changed[DER_BYTES_MAX + 1];

    (void)state;
    make_link(&root, "root");
    make_link(&leaf, "leaf");
    issue(&root, &root, 1, CA);
    issue(&leaf, &root, X509_NOT_A_CA, X509_DIGITAL_SIGNATURE);
    assert_true(x509_signed_by(NULL, (struct bytes){leaf.der, leaf.der_len}, root.key.public_key));
    assert_true(x509_signed_by(NULL, (struct bytes){root.crl, root.crl_len}, root.key.public_key));
    assert_false(x509_signed_by(NULL, (struct bytes){leaf.der, leaf.der_len}, leaf.key.public_key));
    memcpy(changed, leaf.der, leaf.der_len);
    changed[leaf.der_len] = 0;
    assert_false(x509_signed_by(NULL, (struct bytes){changed, leaf.der_len + 1}, root.key.public_key));
    for (size_t i = 0; i < leaf.der_len; i++) {
        assert_false(x509_signed_by(NULL, (struct bytes){leaf.der, i}, root.key.public_key));
        changed[i] ^= 1;
        assert_false(x509_signed_by(NULL, (struct bytes){changed, leaf.der_len}, root.key.public_key));
        changed[i] ^= 1;
    }
}

static void the_numbers_of_a_signature_are_positive(void **state)
{
    uint8_t der[2 + 2 * 34] = {0x30, 2 * 34}, signature[P256_SIGNATURE_BYTES];

    (void)state;
    der[2] = der[36] = 0x02;
    der[3] = der[37] = 32;
    memset(der + 4, 0x7f, 32);
    memset(der + 38, 0x7f, 32);
    assert_true(x509_signed_signature((struct bytes){der, sizeof der}, signature));
    der[4] = 0x80;
    assert_false(x509_signed_signature((struct bytes){der, sizeof der}, signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_ca_may_issue),
        cmocka_unit_test(a_path_has_a_length),
        cmocka_unit_test(names_and_keys_must_agree),
        cmocka_unit_test(the_numbers_of_a_signature_are_positive),
        cmocka_unit_test(every_byte_is_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
