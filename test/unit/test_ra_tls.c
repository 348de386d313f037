/* dstack's private extensions, and what binds a quote to a key. */
#include "sim/keys/ra_tls.h"

#include "test/unit/vectors.h"

static void the_report_data_binds_the_public_key_info(void **state)
{
    uint8_t spki[X509_SPKI_BYTES], out[RA_TLS_REPORT_DATA_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof spki; i++)
        spki[i] = (uint8_t)i;
    ra_tls_report_data(spki, out);
    assert_hex_equal(out, sizeof out,
                     "3fc3deaabdc18ef2640a107def2bbf8efc5103b4f0f9bda3cb234b39b29d8da8"
                     "d00d814e005adfc6a7ecfb292c359ff4a4120052a877e007c08ad8f75472a8a9");
}

static void a_value_is_wrapped_under_its_arc(void **state)
{
    uint8_t room[64];
    struct x509_extensions list;

    (void)state;
    x509_extensions_init(&list, room, sizeof room);
    ra_tls_add(&list, RA_TLS_APP_ID, span_text("id"));
    ra_tls_add(&list, RA_TLS_APP_INFO, span_text("abc"));
    assert_int_equal(list.count, 2);
    assert_hex_equal(list.items[0].oid.data, list.items[0].oid.len, "2b0601040183e73d0103");
    assert_hex_equal(list.items[0].value.data, list.items[0].value.len, "6964");
    assert_hex_equal(list.items[1].oid.data, list.items[1].oid.len, "2b0601040183e73d0109");
    assert_hex_equal(list.items[1].value.data, list.items[1].value.len, "616263");
    assert_false(list.items[0].is_critical);
    assert_true(list.items[0].is_octets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_data_binds_the_public_key_info),
        cmocka_unit_test(a_value_is_wrapped_under_its_arc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
