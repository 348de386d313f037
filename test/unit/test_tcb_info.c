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

/* --- scenarios --- */

/* What a level demands, and what it is worth. */
struct expected_level {
    int sgx;    /* the first SGX component */
    int pce;    /* PCESVN */
    int tdx[3]; /* the first TDX components: TDX module, its version, another one */
    const char *status;
    const char *advisory; /* or NULL */
    const char *date;
};

#define NEWEST "2025-06-02T00:00:00Z"
#define OLDER "2024-06-02T00:00:00Z"

static int component(const json_t *tcb, const char *name, size_t index)
{
    const json_t *components = json_object_get(tcb, name);

    return components ? (int)collateral_number(json_array_get(components, index), "svn") : 0;
}

static void assert_end(const json_t *level, const char *status, const char *advisory)
{
    const json_t *ids = json_object_get(level, "advisoryIDs");

    assert_string_equal(collateral_text(level, "tcbStatus"), status);
    if (!advisory) {
        assert_null(ids);
        return;
    }
    assert_int_equal(json_array_size(ids), 1);
    assert_string_equal(json_string_value(json_array_get(ids, 0)), advisory);
}

static void assert_levels(const json_t *info, const struct expected_level *expected, size_t count)
{
    assert_int_equal(json_array_size(json_object_get(info, "tcbLevels")), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *level = collateral_level(info, i), *tcb = json_object_get(level, "tcb");

        assert_int_equal(component(tcb, "sgxtcbcomponents", 0), expected[i].sgx);
        assert_int_equal(collateral_number(tcb, "pcesvn"), expected[i].pce);
        for (size_t at = 0; at < 3; at++)
            assert_int_equal(component(tcb, "tdxtcbcomponents", at), expected[i].tdx[at]);
        assert_string_equal(collateral_text(level, "tcbDate"), expected[i].date);
        assert_end(level, expected[i].status, expected[i].advisory);
    }
}

static void assert_isv_levels(const json_t *document, int svn, const char *older_status, const char *advisory)
{
    assert_int_equal(json_array_size(json_object_get(document, "tcbLevels")), older_status ? 2 : 1);
    for (size_t i = 0; i < (older_status ? 2 : 1); i++) {
        const json_t *level = collateral_level(document, i);
        bool is_newest = i == 0;

        assert_int_equal(collateral_number(json_object_get(level, "tcb"), "isvsvn"),
                         svn + (is_newest && older_status));
        assert_string_equal(collateral_text(level, "tcbDate"), is_newest ? NEWEST : OLDER);
        assert_end(level, is_newest ? "UpToDate" : older_status, is_newest ? NULL : advisory);
    }
}

static const json_t *module_of(const json_t *info)
{
    return json_array_get(json_object_get(info, "tdxModuleIdentities"), 0);
}

static void set(struct td *td, struct scenario scenario)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(scenario_add_advisory(&scenario, "INTEL-SA-00001", &error), 0);
    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
}

static void a_recovery_event_raises_everything(void **state)
{
    static const struct expected_level tdx[] = {
        {3, 14, {6, 1, 3}, "UpToDate", NULL, NEWEST},
        {2, 13, {5, 1, 2}, "OutOfDate", "INTEL-SA-00001", OLDER},
    };
    static const struct expected_level sgx[] = {
        {3, 14, {0, 0, 0}, "UpToDate", NULL, NEWEST},
        {2, 13, {0, 0, 0}, "OutOfDate", "INTEL-SA-00001", OLDER},
    };
    json_t *info, *sgx_info, *qe, *sgx_qe;

    set(*state, (struct scenario){.tcb_status = TCB_OUT_OF_DATE});
    info = collateral_tcb_info(*state, TCB_TEE_TDX);
    sgx_info = collateral_tcb_info(*state, TCB_TEE_SGX);
    qe = collateral_qe_identity(*state, TCB_TEE_TDX);
    sgx_qe = collateral_qe_identity(*state, TCB_TEE_SGX);
    assert_levels(info, tdx, 2);
    assert_levels(sgx_info, sgx, 2);
    assert_isv_levels(module_of(info), 5, "OutOfDate", "INTEL-SA-00001");
    assert_isv_levels(qe, 4, "OutOfDate", "INTEL-SA-00001");
    assert_isv_levels(sgx_qe, 8, "OutOfDate", "INTEL-SA-00001");
    json_decref(info);
    json_decref(sgx_info);
    json_decref(qe);
    json_decref(sgx_qe);
}

static void every_component_in_use_is_raised(void **state)
{
    const struct platform *platform = ((struct td *)*state)->shared->platform;
    const uint8_t *old = platform->first.tcb.cpu_svn, *raised = platform->updated.tcb.cpu_svn;

    for (int i = 0; i < PCK_SVN_COUNT; i++)
        assert_int_equal(raised[i], old[i] ? old[i] + 1 : 0);
}

static void each_part_can_be_behind_alone(void **state)
{
    static const struct {
        struct scenario scenario;
        struct expected_level levels[2];
        size_t count;
        const char *module, *qe;
    } rows[] = {
        {{.platform_status = TCB_OUT_OF_DATE},
         {{3, 14, {5, 1, 3}, "UpToDate", NULL, NEWEST},
          {2, 13, {5, 1, 2}, "OutOfDate", "INTEL-SA-00001", OLDER}},
         2,
         NULL,
         NULL},
        {{.tdx_module_status = TCB_REVOKED},
         {{2, 13, {6, 1, 2}, "UpToDate", NULL, NEWEST},
          {2, 13, {5, 1, 2}, "Revoked", "INTEL-SA-00001", OLDER}},
         2,
         "Revoked",
         NULL},
        {{.qe_status = TCB_OUT_OF_DATE},
         {{2, 13, {5, 1, 2}, "UpToDate", NULL, NEWEST}},
         1,
         NULL,
         "OutOfDate"},
        {{.tcb_status = TCB_CONFIGURATION_NEEDED, .tdx_module_status = TCB_OUT_OF_DATE},
         {{2, 13, {6, 1, 2}, "ConfigurationNeeded", "INTEL-SA-00001", NEWEST},
          {2, 13, {5, 1, 2}, "OutOfDate", "INTEL-SA-00001", OLDER}},
         2,
         "OutOfDate",
         NULL},
        {{.tcb_status = TCB_UP_TO_DATE},
         {{2, 13, {5, 1, 2}, "UpToDate", "INTEL-SA-00001", NEWEST}},
         1,
         NULL,
         NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *info, *qe;

        set(*state, rows[i].scenario);
        info = collateral_tcb_info(*state, TCB_TEE_TDX);
        qe = collateral_qe_identity(*state, TCB_TEE_TDX);
        assert_levels(info, rows[i].levels, rows[i].count);
        assert_isv_levels(module_of(info), 5, rows[i].module, "INTEL-SA-00001");
        assert_isv_levels(qe, 4, rows[i].qe, "INTEL-SA-00001");
        json_decref(info);
        json_decref(qe);
    }
}

static void the_sgx_one_does_not_follow_the_module(void **state)
{
    static const struct expected_level healthy[] = {{2, 13, {0, 0, 0}, "UpToDate", NULL, NEWEST}};
    json_t *info;

    set(*state, (struct scenario){.tdx_module_status = TCB_OUT_OF_DATE});
    info = collateral_tcb_info(*state, TCB_TEE_SGX);
    assert_levels(info, healthy, 1);
    json_decref(info);
}

static void the_early_set_can_be_ahead(void **state)
{
    struct td *td = *state;
    const struct collateral *collateral;
    const struct collateral_documents *early, *standard;
    json_t *info, *qe, *before;

    set(td, (struct scenario){.early_tcb_status = TCB_OUT_OF_DATE});
    collateral = td_fixture_collateral(td, COLLATERAL_NOW);
    early = &collateral->documents[TCB_TEE_TDX][EVALUATION_EARLY];
    standard = &collateral->documents[TCB_TEE_TDX][EVALUATION_STANDARD];
    info = collateral_open(td, early->tcb_info, "tcbInfo");
    qe = collateral_open(td, early->qe_identity, "enclaveIdentity");
    before = collateral_open(td, standard->tcb_info, "tcbInfo");
    assert_end(collateral_level(info, 1), "OutOfDate", "INTEL-SA-00001");
    assert_end(collateral_level(module_of(info), 1), "OutOfDate", "INTEL-SA-00001");
    assert_end(collateral_level(qe, 1), "OutOfDate", "INTEL-SA-00001");
    assert_string_equal(collateral_text(collateral_level(info, 0), "tcbDate"), "2026-06-02T00:00:00Z");
    assert_int_equal(json_array_size(json_object_get(before, "tcbLevels")), 1);
    assert_end(collateral_level(before, 0), "UpToDate", NULL);
    json_decref(info);
    json_decref(qe);
    json_decref(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_healthy_platform_has_one_level, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_tdx_one_identifies_the_module, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_sgx_one_knows_nothing_of_tdx, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_recovery_event_raises_everything, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(every_component_in_use_is_raised, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(each_part_can_be_behind_alone, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_sgx_one_does_not_follow_the_module, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_early_set_can_be_ahead, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
