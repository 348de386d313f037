/* Each extension against its DER as RFC 5280 has it. */
#include "crypto/x509_extensions.h"

#include "test/unit/vectors.h"

static uint8_t room[1024];
static struct x509_extensions list;

static int start(void **state)
{
    (void)state;
    x509_extensions_init(&list, room, sizeof room);
    return 0;
}

static void assert_added(const char *oid, bool critical, const char *value)
{
    const struct x509_extension *last = &list.items[list.count - 1];

    assert_false(list.has_failed);
    assert_hex_equal(last->oid.data, last->oid.len, oid);
    assert_hex_equal(last->value.data, last->value.len, value);
    assert_int_equal(last->is_critical, critical);
}

static void key_usage_drops_trailing_zero_bits(void **state)
{
    (void)state;
    x509_extensions_add_key_usage(&list, X509_DIGITAL_SIGNATURE);
    assert_added("551d0f", true, "03020780");
    x509_extensions_add_key_usage(&list, X509_DIGITAL_SIGNATURE | X509_NON_REPUDIATION);
    assert_added("551d0f", true, "030206c0");
    x509_extensions_add_key_usage(&list, X509_KEY_CERT_SIGN | X509_CRL_SIGN);
    assert_added("551d0f", true, "03020106");
    assert_int_equal(list.count, 3);
}

static void extended_key_usage_names_what_is_asked(void **state)
{
    (void)state;
    x509_extensions_add_extended_key_usage(&list, true, false);
    assert_added("551d25", false, "300a06082b06010505070301");
    x509_extensions_add_extended_key_usage(&list, false, true);
    assert_added("551d25", false, "300a06082b06010505070302");
    x509_extensions_add_extended_key_usage(&list, true, true);
    assert_added("551d25", false, "301406082b0601050507030106082b06010505070302");
}

static void basic_constraints_of_a_ca_and_of_none(void **state)
{
    (void)state;
    x509_extensions_add_basic_constraints(&list, X509_NOT_A_CA);
    assert_added("551d13", true, "3000");
    x509_extensions_add_basic_constraints(&list, 0);
    assert_added("551d13", true, "30060101ff020100");
    x509_extensions_add_basic_constraints(&list, 1);
    assert_added("551d13", true, "30060101ff020101");
}

static void key_ids_of_subject_and_authority_are_written(void **state)
{
    uint8_t id[X509_KEY_ID_BYTES];

    (void)state;
    from_hex("905a66932173b8191b4be7f6a6fdd012e3e33a2d", id, sizeof id);
    x509_extensions_add_subject_key_id(&list, id);
    assert_added("551d0e", false, "0414905a66932173b8191b4be7f6a6fdd012e3e33a2d");
    x509_extensions_add_authority_key_id(&list, id);
    assert_added("551d23", false, "30168014905a66932173b8191b4be7f6a6fdd012e3e33a2d");
}

static void a_crl_distribution_point_is_one_url(void **state)
{
    (void)state;
    x509_extensions_add_crl_distribution_point(&list, "http://127.0.0.1:18096/IntelSGXRootCA.der");
    assert_added("551d1f", false,
                 "3031302fa02da02b8629687474703a2f2f3132372e302e302e313a31383039362f"
                 "496e74656c534758526f6f7443412e646572");
}

static void alt_names_are_addresses_or_dns_names(void **state)
{
    static char *const names[] = {"localhost", "127.0.0.1", "::1",  "2001:db8::a",
                                  "1.2.3",     "1.2.3.256", "[::1]"};

    (void)state;
    x509_extensions_add_alt_names(&list, names, sizeof names / sizeof *names);
    assert_added("551d11", false,
                 "304e"
                 "82096c6f63616c686f7374"
                 "87047f000001"
                 "871000000000000000000000000000000001"
                 "871020010db800000000000000000000000a"
                 "8205312e322e33"
                 "8209312e322e332e323536"
                 "82055b3a3a315d");
}

static void any_extension_can_be_added(void **state)
{
    static const uint8_t oid[] = {0x2a, 3, 4};
    struct der der;

    (void)state;
    x509_extensions_add(&list, (struct bytes){oid, sizeof oid}, true, (struct bytes){"\x05\x00", 2});
    assert_added("2a0304", true, "0500");
    x509_extensions_add_octets(&list, (struct bytes){oid, sizeof oid}, (struct bytes){"abc", 3});
    assert_added("2a0304", false, "616263");
    assert_true(list.items[list.count - 1].is_octets);
    x509_extensions_begin(&list, &der);
    der_value(&der, DER_OCTET_STRING, "abc", 3);
    x509_extensions_end(&list, &der, (struct bytes){oid, sizeof oid}, false);
    assert_added("2a0304", false, "0403616263");
    assert_hex_equal(list.items[0].value.data, list.items[0].value.len, "0500");
}

static void running_out_of_room_sticks(void **state)
{
    (void)state;
    x509_extensions_init(&list, room, 7);
    x509_extensions_add_key_usage(&list, X509_DIGITAL_SIGNATURE);
    assert_false(list.has_failed);
    x509_extensions_add_key_usage(&list, X509_DIGITAL_SIGNATURE);
    assert_true(list.has_failed);
    x509_extensions_add_basic_constraints(&list, X509_NOT_A_CA);
    assert_true(list.has_failed);
}

static void running_out_of_places_sticks(void **state)
{
    (void)state;
    for (int i = 0; i < X509_EXTENSIONS_MAX; i++)
        x509_extensions_add_basic_constraints(&list, X509_NOT_A_CA);
    assert_false(list.has_failed);
    x509_extensions_add_basic_constraints(&list, X509_NOT_A_CA);
    assert_true(list.has_failed);
    assert_int_equal(list.count, X509_EXTENSIONS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(key_usage_drops_trailing_zero_bits, start),
        cmocka_unit_test_setup(extended_key_usage_names_what_is_asked, start),
        cmocka_unit_test_setup(basic_constraints_of_a_ca_and_of_none, start),
        cmocka_unit_test_setup(key_ids_of_subject_and_authority_are_written, start),
        cmocka_unit_test_setup(a_crl_distribution_point_is_one_url, start),
        cmocka_unit_test_setup(alt_names_are_addresses_or_dns_names, start),
        cmocka_unit_test_setup(any_extension_can_be_added, start),
        cmocka_unit_test_setup(running_out_of_room_sticks, start),
        cmocka_unit_test_setup(running_out_of_places_sticks, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
