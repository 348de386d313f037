/* REPORTDATA for each algorithm, against digests computed elsewhere. */
#include "sim/td/report_data.h"

#include <stdio.h>

#include "test/unit/vectors.h"

/* Of "app-data:" and the bytes 12 34. */
static const struct {
    const char *algorithm, *digest;
} digests[] = {
    {"sha256", "12037e81c91be2b0f510ae4b9a8bbee7b72da7dca686a5bc526dd0bf1d1dc5c7"},
    {"sha384", "3bb3c1f8626004b2f2e4872f8a5f7b3fceb8e269593abac8"
               "74b05c6c7456709b5a922c8fe841ede6417aeaec4bdb7d6a"},
    {"sha512", "3749b9c26283f7cb8c57a5397ea8159515861a57826448450495e685616c04e8"
               "9514df1c0510b365d15bca775ee99c808fd7e0afbe82f381781996f22267aceb"},
    {"sha3-256", "b00b2ee3b61736701bd183ee0c36559031ec8d0111b78f0bc41b71c6af10fee6"},
    {"sha3-384", "2fd36af501cf53580e9c345c88243f643442eaaabe476d3f"
                 "dd0de97856cb7579f1b13573ee0e4d60dd5c452df7a56cce"},
    {"sha3-512", "9d0f6dbc384a837e863d72b9cbe652dd3b9b5b7355fe8c6427290e175f0768e6"
                 "2b323e984fc8829f4dbbcfb8cfc200eb88ec9de399cbb213b9cff5524736d166"},
    {"keccak256", "0f4d1a5f17b8daf7a1eefd2c5a00165f4247d24eb26294dd9b9c459b69675371"},
    {"keccak384", "152d12f6f6be53ca041d8d3689c0a58fd1cfe6236fdda919"
                  "71532c497ef8f2e123aeaa9a592f478b8d1e1764c2359b3a"},
    {"keccak512", "c4ea9584a4ae9f1572173d84adb0593851b025fcb186eeec806b13cbfa753d68"
                  "e39c36149bf3c7ccb93f5832a4885d543dfc7650af61d87133ec68b882cb7a8c"},
};

static void hashes_prefix_and_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
        struct error error = {.kind = ERROR_NONE};
        uint8_t out[REPORT_DATA_BYTES], expected[REPORT_DATA_BYTES] = {0};

        memset(out, 0xee, sizeof out);
        from_hex(digests[i].digest, expected, strlen(digests[i].digest) / 2);
        assert_int_equal(
            report_data_hash(digests[i].algorithm, "app-data", span_of("\x12\x34", 2), out, &error), 0);
        assert_memory_equal(out, expected, sizeof out);
    }
}

static void raw_takes_64_bytes_as_they_are(void **state)
{
    static const size_t refused[] = {63, 65, 0};
    uint8_t data[65], out[REPORT_DATA_BYTES] = {0};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i + 1);
    for (int i = 0; i < 2; i++) {
        memset(out, 0, sizeof out);
        assert_int_equal(report_data_hash("raw", i ? "ignored" : "", span_of(data, 64), out, &error), 0);
        assert_memory_equal(out, data, 64);
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        error.kind = ERROR_NONE;
        assert_int_equal(report_data_hash("raw", "", span_of(data, refused[i]), out, &error), -1);
        assert_non_null(strstr(error.text, "invalid content length"));
    }
}

static void refuses_other_algorithms_by_name(void **state)
{
    static const char *const refused[] = {"md5", "SHA256", "", "sha", "sha3_256", "keccak"};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct error error = {.kind = ERROR_NONE};
        uint8_t out[REPORT_DATA_BYTES];
        char reason[64];

        snprintf(reason, sizeof reason, "invalid hash algorithm: %s;", refused[i]);
        assert_int_equal(report_data_hash(refused[i], "p", SPAN_NONE, out, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        if (!strstr(error.text, reason))
            fail_msg("%s: %s", reason, error.text);
    }
}

static void pads_with_zeros(void **state)
{
    uint8_t data[65], out[REPORT_DATA_BYTES], zeros[REPORT_DATA_BYTES] = {0};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    memset(data, 0xab, sizeof data);
    memset(out, 0xee, sizeof out);
    assert_int_equal(report_data_pad(SPAN_NONE, out, &error), 0);
    assert_memory_equal(out, zeros, sizeof out);
    assert_int_equal(report_data_pad(span_of(data, 2), out, &error), 0);
    assert_memory_equal(out, data, 2);
    assert_memory_equal(out + 2, zeros, 62);
    assert_int_equal(report_data_pad(span_of(data, 64), out, &error), 0);
    assert_memory_equal(out, data, 64);
    assert_int_equal(report_data_pad(span_of(data, 65), out, &error), -1);
    assert_non_null(strstr(error.text, "Report data is too long: 65 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_prefix_and_content),
        cmocka_unit_test(raw_takes_64_bytes_as_they_are),
        cmocka_unit_test(refuses_other_algorithms_by_name),
        cmocka_unit_test(pads_with_zeros),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
