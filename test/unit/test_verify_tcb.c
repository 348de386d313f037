/* TCB levels by Intel's rules. */
#include "sim/verify/tcb.h"
#include "test/unit/verify_fixture.h"

#define ZEROS8                                                                                               \
    "{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0}"
#define SVNS(a, b, c)                                                                                        \
    "[{\"svn\":" a "},{\"svn\":" b "},{\"svn\":" c                                                           \
    "},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0},{\"svn\":0}," ZEROS8 "]"
#define LEVEL(sgx, pce, tdx, rest)                                                                           \
    "{\"tcb\":{\"sgxtcbcomponents\":" sgx ",\"pcesvn\":" pce ",\"tdxtcbcomponents\":" tdx "}," rest "}"
#define MODULE(levels)                                                                                       \
    "\"mrsigner\":"                                                                                          \
    "\"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\","  \
    "\"attributes\":\"0000000000000000\",\"attributesMask\":\"ffffffffffffffff\"" levels
#define ISV_LEVEL(svn, status) "{\"tcb\":{\"isvsvn\":" svn "},\"tcbStatus\":\"" status "\"}"
#define INFO(module_levels, levels)                                                                          \
    "{\"id\":\"TDX\",\"version\":3,\"fmspc\":\"B0C06F000000\",\"pceId\":\"0000\",\"tdxModule\":{" MODULE(    \
        "") "},"                                                                                             \
            "\"tdxModuleIdentities\":[{\"id\":\"TDX_01\"," MODULE(",\"tcbLevels\":[" module_levels           \
                                                                  "]") "}],"                                 \
                                                                       "\"tcbLevels\":[" levels "]}"

#define UP_TO_DATE "\"tcbStatus\":\"UpToDate\""
#define OUT_OF_DATE                                                                                          \
    "\"tcbStatus\":\"OutOfDate\",\"advisoryIDs\":[\"INTEL-SA-1\",\"INTEL-SA-2\",\"INTEL-SA-1\"]"
#define NEEDS "\"tcbStatus\":\"ConfigurationNeeded\""
#define MODULE_OK ISV_LEVEL("5", "UpToDate") "," ISV_LEVEL("3", "OutOfDate") "," ISV_LEVEL("1", "Revoked")

struct platform_svns {
    uint8_t sgx;
    uint16_t pce;
    uint8_t tee[3];
};

static int check(const char *text, const struct platform_svns *svns, struct arena *arena,
                 struct tcb_result *result, struct error *error)
{
    static const uint8_t zeros[48];
    struct pck pck = {.cpu_svn = {svns->sgx}, .pce_svn = svns->pce, .fmspc = {0xb0, 0xc0, 0x6f}};
    uint8_t tee[16] = {svns->tee[0], svns->tee[1], svns->tee[2]};
    const struct quote_parts parts = {
        .tee_tcb_svn = {tee, 16},
        .mrsigner_seam = {zeros, 48},
        .seam_attributes = {zeros, 8},
    };
    json_t *info = json_loads(text, 0, NULL);
    int outcome;

    assert_non_null(info);
    *error = (struct error){.kind = ERROR_NONE};
    outcome = tcb_check_platform(info, &pck, &parts, arena, result, error);
    json_decref(info);
    return outcome;
}

static void the_first_level_reached_counts(void **state)
{
    static const char info[] =
        INFO(MODULE_OK, LEVEL(SVNS("3", "0", "0"), "13", SVNS("5", "1", "2"), UP_TO_DATE) "," LEVEL(
                            SVNS("2", "0", "0"), "13", SVNS("5", "1", "2"),
                            NEEDS) "," LEVEL(SVNS("2", "0", "0"), "5", SVNS("3", "0", "0"), OUT_OF_DATE));
    static const struct {
        struct platform_svns svns;
        enum tcb_status status;
        size_t advisories;
    } rows[] = {
        {{3, 13, {5, 1, 2}}, TCB_UP_TO_DATE, 0},
        {{9, 99, {9, 1, 9}}, TCB_UP_TO_DATE, 0},
        {{2, 13, {5, 1, 2}}, TCB_CONFIGURATION_NEEDED, 0},
        {{3, 12, {5, 1, 2}}, TCB_OUT_OF_DATE, 2},
        {{3, 13, {5, 1, 1}}, TCB_OUT_OF_DATE, 2},
        {{3, 13, {3, 1, 2}}, TCB_OUT_OF_DATE, 0}, /* by the module */
        {{2, 13, {3, 1, 2}}, TCB_OUT_OF_DATE_CONFIGURATION_NEEDED, 0},
        {{3, 13, {1, 1, 2}}, TCB_REVOKED, 0},
        {{3, 13, {5, 0, 2}}, TCB_OUT_OF_DATE, 2}, /* without a module version all versions count */
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tcb_result result;
        struct error error;
        if (check(info, &rows[i].svns, &arena, &result, &error))
            fail_msg("row %zu: %s", i, error.text);
        assert_int_equal(result.status, rows[i].status);
        assert_int_equal(result.advisory_count, rows[i].advisories);
    }
    arena_free(&arena);
}

static void what_matches_nothing(void **state)
{
    static const struct platform_svns svns = {3, 13, {5, 1, 2}}, old = {0, 13, {5, 1, 2}},
                                      other = {3, 13, {5, 2, 2}}, module = {3, 13, {0, 1, 2}};
    static const char info[] =
        INFO(MODULE_OK, LEVEL(SVNS("1", "0", "0"), "1", SVNS("0", "0", "0"), UP_TO_DATE));
    static const struct {
        const char *info;
        const struct platform_svns *svns;
        const char *reason;
    } rows[] = {
        {info, &old, "the platform's security versions do not reach any TCB level"},
        {info, &other, "the TCB info does not list TDX module TDX_02"},
        {info, &module, "the TDX module does not reach any TCB level with its ISVSVN 0"},
        {INFO(MODULE_OK, ""), &svns, "do not reach any TCB level"},
        {INFO(MODULE_OK, "5"), &svns, "tcb is missing"},
        {INFO(MODULE_OK, LEVEL("[]", "1", "[]", UP_TO_DATE)), &svns,
         "sgxtcbcomponents must be an array of 16 elements"},
        {INFO(MODULE_OK, LEVEL(SVNS("1", "0", "0"), "1", SVNS("0", "0", "0"), "\"tcbStatus\":\"Fine\"")),
         &svns, "unknown TCB status \"Fine\""},
        {INFO(MODULE_OK,
              LEVEL(SVNS("1", "0", "0"), "1", SVNS("0", "0", "0"), UP_TO_DATE ",\"advisoryIDs\":[1]")),
         &svns, "an advisory id must be a string"},
        {"{\"id\":\"SGX\",\"version\":3}", &svns, "must have id TDX and version 3"},
        {"{\"id\":\"TDX\",\"version\":3,\"fmspc\":\"000000000000\",\"pceId\":\"0000\"}", &svns,
         "a different FMSPC"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tcb_result result;
        struct error error;
        assert_int_equal(check(rows[i].info, rows[i].svns, &arena, &result, &error), -1);
        assert_contains(error.text, rows[i].reason);
    }
    arena_free(&arena);
}

/* --- the quoting enclave --- */

#define SIGNER "4e0c11c4329d2cc95397f89d8db6df327d915e6282f037779a2bfc947d25f857"
static const char identity_text[] =
    "{\"id\":\"TD_QE\",\"version\":2,\"miscselect\":\"00000000\",\"miscselectMask\":\"fffffffe\","
    "\"attributes\":\"11000000000000000000000000000000\",\"attributesMask\":"
    "\"fbffffffffffffff0000000000000000\","
    "\"mrsigner\":\"" SIGNER
    "\",\"isvprodid\":2,\"tcbLevels\":[" ISV_LEVEL("4", "UpToDate") "," ISV_LEVEL("2", "OutOfDate") "]}";

static void fill_qe_report(uint8_t report[static SGX_REPORT_BYTES])
{
    memset(report, 0, SGX_REPORT_BYTES);
    from_hex("1500000000000000e700000000000000", report + 48, 16);
    from_hex(SIGNER, report + 128, 32);
    report[256] = 2;
    report[258] = 4;
    report[19] = 1; /* of MISCSELECT, outside its mask */
}

static void the_quoting_enclave(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        const char *reason; /* NULL: fits */
        enum tcb_status status;
    } rows[] = {
        {48, 0x15, NULL, TCB_UP_TO_DATE},
        {48, 0x11, NULL, TCB_UP_TO_DATE}, /* outside the mask */
        {258, 5, NULL, TCB_UP_TO_DATE},
        {258, 3, NULL, TCB_OUT_OF_DATE},
        {258, 1, "the quoting enclave does not reach any TCB level with its ISVSVN 1", TCB_UP_TO_DATE},
        {48, 0x17, "attributes of the quoting enclave", TCB_UP_TO_DATE}, /* debug */
        {16, 1, "miscselect of the quoting enclave", TCB_UP_TO_DATE},
        {128, 0, "mrsigner of the quoting enclave", TCB_UP_TO_DATE},
        {256, 1, "ISVPRODID is 1, not 2", TCB_UP_TO_DATE},
    };
    json_t *identity = json_loads(identity_text, 0, NULL);
    struct arena arena;

    (void)state;
    assert_non_null(identity);
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {.kind = ERROR_NONE};
        uint8_t report[SGX_REPORT_BYTES];
        struct tcb_result result;
        fill_qe_report(report);
        report[rows[i].at] = rows[i].value;
        assert_int_equal(tcb_check_qe(identity, report, &arena, &result, &error), rows[i].reason ? -1 : 0);
        if (rows[i].reason)
            assert_contains(error.text, rows[i].reason);
        else
            assert_int_equal(result.status, rows[i].status);
    }
    json_decref(identity);
    arena_free(&arena);
}

static void statuses_converge(void **state)
{
    static const enum tcb_status with_old_part[] = {
        [TCB_UP_TO_DATE] = TCB_OUT_OF_DATE,
        [TCB_SW_HARDENING_NEEDED] = TCB_OUT_OF_DATE,
        [TCB_CONFIGURATION_NEEDED] = TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
        [TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
        [TCB_OUT_OF_DATE] = TCB_OUT_OF_DATE,
        [TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
        [TCB_REVOKED] = TCB_REVOKED,
    };

    (void)state;
    for (int i = TCB_UP_TO_DATE; i <= TCB_REVOKED; i++) {
        struct tcb_result good = {.status = TCB_UP_TO_DATE}, old = {.status = TCB_OUT_OF_DATE},
                          revoked = {.status = TCB_REVOKED}, platform = {.status = (enum tcb_status)i};
        tcb_converge(&platform, &good);
        assert_int_equal(platform.status, i);
        tcb_converge(&platform, &old);
        assert_int_equal(platform.status, with_old_part[i]);
        tcb_converge(&platform, &revoked);
        assert_int_equal(platform.status, TCB_REVOKED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_level_reached_counts),
        cmocka_unit_test(what_matches_nothing),
        cmocka_unit_test(the_quoting_enclave),
        cmocka_unit_test(statuses_converge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
