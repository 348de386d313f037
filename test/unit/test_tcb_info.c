/* The platform's TCB info, for SGX and for TDX. */
#include "test/unit/collateral_fixture.h"

static void assert_platform(const json_t *info, const char *id)
{
    assert_string_equal(collateral_text(info, "id"), id);
    assert_int_equal(collateral_number(info, "version"), 3);
    assert_int_equal(collateral_number(info, "tcbType"), 0);
    assert_string_equal(collateral_text(info, "fmspc"), "B0C06F000000");
    assert_string_equal(collateral_text(info, "pceId"), "0000");
}

static void a_healthy_platform_has_one_level(void **state)
{
    json_t *info = collateral_tcb_info(*state, TCB_TEE_TDX);
    const json_t *level = collateral_level(info, 0), *tcb = json_object_get(level, "tcb");

    assert_platform(info, "TDX");
    assert_int_equal(json_array_size(json_object_get(info, "tcbLevels")), 1);
    assert_string_equal(collateral_text(level, "tcbStatus"), "UpToDate");
    assert_null(json_object_get(level, "advisoryIDs"));
    assert_int_equal(collateral_number(tcb, "pcesvn"), 13);
    assert_int_equal(json_array_size(json_object_get(tcb, "sgxtcbcomponents")), 16);
    assert_int_equal(json_array_size(json_object_get(tcb, "tdxtcbcomponents")), 16);
    json_decref(info);
}

static void the_tdx_one_identifies_the_module(void **state)
{
    json_t *info = collateral_tcb_info(*state, TCB_TEE_TDX);
    const json_t *module = json_array_get(json_object_get(info, "tdxModuleIdentities"), 0);

    assert_string_equal(collateral_text(module, "id"), "TDX_01");
    assert_string_equal(collateral_text(module, "attributesMask"), "FFFFFFFFFFFFFFFF");
    assert_string_equal(collateral_text(json_object_get(info, "tdxModule"), "attributesMask"),
                        "FFFFFFFFFFFFFFFF");
    assert_int_equal(collateral_number(json_object_get(collateral_level(module, 0), "tcb"), "isvsvn"), 5);
    json_decref(info);
}

static void the_sgx_one_knows_nothing_of_tdx(void **state)
{
    json_t *info = collateral_tcb_info(*state, TCB_TEE_SGX), *tdx = collateral_tcb_info(*state, TCB_TEE_TDX);
    const json_t *tcb = json_object_get(collateral_level(info, 0), "tcb");

    assert_platform(info, "SGX");
    assert_null(json_object_get(info, "tdxModule"));
    assert_null(json_object_get(info, "tdxModuleIdentities"));
    assert_null(json_object_get(tcb, "tdxtcbcomponents"));
    assert_true(
        json_equal(json_object_get(tcb, "sgxtcbcomponents"),
                   json_object_get(json_object_get(collateral_level(tdx, 0), "tcb"), "sgxtcbcomponents")));
    assert_int_equal(collateral_number(tcb, "pcesvn"), 13);
    json_decref(info);
    json_decref(tdx);
}

static void a_status_shows_with_its_advisories(void **state)
{
    struct scenario scenario = {
        .tcb_status = TCB_OUT_OF_DATE, .advisories = {"INTEL-SA-1"}, .advisory_count = 1};
    struct td *td = *state;

    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    for (enum tcb_tee tee = 0; tee < TCB_TEES; tee++) {
        json_t *info = collateral_tcb_info(td, tee);
        const json_t *ours = collateral_level(info, 1);

        assert_int_equal(json_array_size(json_object_get(info, "tcbLevels")), 2);
        assert_string_equal(collateral_text(collateral_level(info, 0), "tcbStatus"), "UpToDate");
        assert_string_equal(collateral_text(ours, "tcbStatus"), "OutOfDate");
        assert_string_equal(json_string_value(json_array_get(json_object_get(ours, "advisoryIDs"), 0)),
                            "INTEL-SA-1");
        json_decref(info);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_healthy_platform_has_one_level, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_tdx_one_identifies_the_module, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_sgx_one_knows_nothing_of_tdx, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_status_shows_with_its_advisories, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
