/* Extending and aggregating, against SHA-2 computed elsewhere. */
#include "sim/tdx/registers.h"

#include "crypto/hash.h"
#include "test/unit/vectors.h"

static const char *const reference[] = {
    "93c6404515f4f317125c83fee461f249d1174a410ee11d47e39effd8b49a69594c7d20d653468f09529bde011d3ff046",
    "b3affb6a025af8cfaed4256a517a4d5759f8d136be5df29c18e889f404f2aa94b38a88e76ce6b7842b3dfd19f24f1f1f",
    "7ab9db7df5c002ccf434b7f19c291737b26e316c18f6cb30d6d71ae54bc0846ed1cb0fdfc721ade2ee77101d71c69394",
    "0b3d57b3d45a56e985728d022ccc7e1ef9c16ddcdcfc87b7edbe05e69352cb35058bb9ae09f8f61c192ab8fe12298362",
    "3f33dd645492907e0ab4638b2c716b8993137b4e58449351a44fdb197cff9a00533066b41bc8d91d6a7638f96415c34d",
};

static void extending_hashes_register_and_digest(void **state)
{
    struct registers registers = {.mrtd = {0}}, zero = {.mrtd = {0}};
    uint8_t digest[REGISTER_BYTES];

    (void)state;
    hash_sha384("abc", 3, digest);
    registers_extend(&registers, 2, digest);
    assert_hex_equal(registers.rtmr[2], REGISTER_BYTES,
                     "93732e3733514a841c982cfa75ea76ab55fe011acb9cd980"
                     "ef4523913c65be1b0998e04d77f8c174f81a82151619ca40");
    memset(registers.rtmr[2], 0, REGISTER_BYTES);
    assert_memory_equal(&registers, &zero, sizeof zero);
}

static int read_reference(void **state)
{
    static struct registers registers;

    from_hex(reference[0], registers.mrtd, REGISTER_BYTES);
    for (int i = 0; i < RTMR_COUNT; i++)
        from_hex(reference[1 + i], registers.rtmr[i], REGISTER_BYTES);
    *state = &registers;
    return 0;
}

static void the_aggregate_is_of_mrtd_and_all_rtmrs(void **state)
{
    uint8_t aggregated[32];

    registers_aggregate(*state, aggregated);
    assert_hex_equal(aggregated, 32, "92660bad336c829a01a3e45ba0f82daa2cd22493d9b49608316a0c79cfe26ea2");
}

static void an_owner_counts_where_it_is_set(void **state)
{
    uint8_t owner[3 * REGISTER_BYTES] = {0}, aggregated[32];

    registers_aggregate_owned(*state, span_of(owner, sizeof owner), aggregated);
    assert_hex_equal(aggregated, 32, "92660bad336c829a01a3e45ba0f82daa2cd22493d9b49608316a0c79cfe26ea2");
    owner[100] = 1;
    registers_aggregate_owned(*state, span_of(owner, sizeof owner), aggregated);
    assert_hex_equal(aggregated, 32, "aebd33aaedb63163d3d7c8c33e594a2ed158a1de926e048ef7a7ff0d50fb56f4");
}

static void the_system_is_all_but_the_app(void **state)
{
    struct registers registers = *(const struct registers *)*state;
    uint8_t mr_system[32];

    registers_system(&registers, span_text("{\"name\":\"kms\",\"id\":\"00\"}"), mr_system);
    assert_hex_equal(mr_system, 32, "0d3fee4ec846bbe64ce7287d78c9b33b54c811c6ee94ea1c77291e6a961e49ca");
    registers.rtmr[3][0] ^= 1;
    registers_system(&registers, span_text("{\"name\":\"kms\",\"id\":\"00\"}"), mr_system);
    assert_hex_equal(mr_system, 32, "0d3fee4ec846bbe64ce7287d78c9b33b54c811c6ee94ea1c77291e6a961e49ca");
    registers_system(&registers, SPAN_NONE, mr_system);
    assert_hex_equal(mr_system, 32, "4863c077cc50673c1c1a50f98ddd0432577bf42d6415c386d1ea2b08bd82cdfd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extending_hashes_register_and_digest),
        cmocka_unit_test_setup(the_aggregate_is_of_mrtd_and_all_rtmrs, read_reference),
        cmocka_unit_test_setup(an_owner_counts_where_it_is_set, read_reference),
        cmocka_unit_test_setup(the_system_is_all_but_the_app, read_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
