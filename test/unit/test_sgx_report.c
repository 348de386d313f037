/* What a quoting enclave's report data holds, against SHA-2 computed elsewhere. */
#include "sim/tdx/sgx_report.h"

#include "test/unit/vectors.h"

static void report_data_is_the_hash_of_key_and_authentication_data(void **state)
{
    static const char expected[] = "eb1c9345c34c8a4911d0006df18e6ab431cb9751a49921977fdc00a24ecaffb7"
                                   "0000000000000000000000000000000000000000000000000000000000000000";
    uint8_t key[P256_PUBLIC_BYTES], report_data[SGX_REPORT_DATA_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    memset(report_data, 0xee, sizeof report_data);
    sgx_report_data(key, span_text("abc"), report_data);
    assert_hex_equal(report_data, sizeof report_data, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_data_is_the_hash_of_key_and_authentication_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
