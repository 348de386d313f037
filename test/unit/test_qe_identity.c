/* Quoting enclaves as their identities describe them. */
#include "test/unit/collateral_fixture.h"

static void the_tdx_one_fits_the_report_in_quotes(void **state)
{
    struct td *td = *state;
    json_t *identity = collateral_qe_identity(td, TCB_TEE_TDX);
    uint8_t mrsigner[32];

    assert_string_equal(collateral_text(identity, "id"), "TD_QE");
    assert_int_equal(collateral_number(identity, "version"), 2);
    assert_string_equal(collateral_text(identity, "miscselect"), "00000000");
    assert_string_equal(collateral_text(identity, "miscselectMask"), "FFFFFFFF");
    assert_string_equal(collateral_text(identity, "attributes"), "11000000000000000000000000000000");
    assert_string_equal(collateral_text(identity, "attributesMask"), "FBFFFFFFFFFFFFFF0000000000000000");
    assert_string_equal(collateral_text(identity, "mrsigner"),
                        "4E0C11C4329D2CC95397F89D8DB6DF327D915E6282F037779A2BFC947D25F857");
    from_hex(collateral_text(identity, "mrsigner"), mrsigner, sizeof mrsigner);
    assert_memory_equal(td->shared->platform->first.qe_report + 128, mrsigner, sizeof mrsigner);
    assert_int_equal(collateral_number(identity, "isvprodid"), 2);
    json_decref(identity);
}

static void the_sgx_one_is_another_enclave(void **state)
{
    json_t *identity = collateral_qe_identity(*state, TCB_TEE_SGX);
    json_t *td_qe = collateral_qe_identity(*state, TCB_TEE_TDX);

    assert_string_equal(collateral_text(identity, "id"), "QE");
    assert_int_equal(collateral_number(identity, "version"), 2);
    assert_int_equal(collateral_number(identity, "isvprodid"), 1);
    assert_int_equal(strlen(collateral_text(identity, "mrsigner")), 64);
    assert_string_not_equal(collateral_text(identity, "mrsigner"), collateral_text(td_qe, "mrsigner"));
    json_decref(identity);
    json_decref(td_qe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_tdx_one_fits_the_report_in_quotes, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_sgx_one_is_another_enclave, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
