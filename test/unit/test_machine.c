/* The machine file and the sys-config: the default, and one member wrong at a time. */
#include "sim/image/machine.h"

#include "sim/base/embedded.h"
#include "test/unit/json_with.h"

static struct span file(void)
{
    const struct embedded_file *fixture = embedded_find(embedded_fixtures, "machine.json");

    assert_non_null(fixture);
    return span_of(fixture->data, fixture->len);
}

static void the_default_machine(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct machine machine;

    (void)state;
    assert_int_equal(machine_parse(&machine, file(), &error), 0);
    assert_int_equal(machine.cpu_count, 1);
    assert_true(machine.memory_size == 2147483648);
    assert_string_equal(machine.cloud_vendor, "dstack-simulator");
}

static void memory_sizes_that_the_rules_describe(void **state)
{
    static const struct {
        const char *size;
        int result;
    } cases[] = {
        {"2147483648", 0},  {"2952790016", 0},  {"4294967296", 0}, {"70368744177664", 0},  {"2147483647", -1},
        {"2147483649", -1}, {"2952790015", -1}, {"0", -1},         {"70368744177665", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = json_with(file(), NULL, "memory_size", cases[i].size);
        struct error error = {.kind = ERROR_NONE};
        struct machine machine;

        assert_int_equal(machine_parse(&machine, span_text(text), &error), cases[i].result);
        if (cases[i].result)
            assert_non_null(strstr(error.text, "memory_size"));
        free(text);
    }
}

static void the_variant_of_the_measurements(void **state)
{
    char *small = json_with(file(), NULL, "memory_size", "1073741824");
    char *legacy = json_with(span_text(small), NULL, "tdx_attestation_variant", "\"legacy\"");
    char *lite = json_with(file(), NULL, "tdx_attestation_variant", "\"lite\"");
    char *other = json_with(file(), NULL, "tdx_attestation_variant", "\"auto\"");
    struct error error = {.kind = ERROR_NONE};
    struct machine machine;

    (void)state;
    assert_int_equal(machine_parse(&machine, span_text(legacy), &error), 0);
    assert_true(machine.is_legacy && machine.memory_size == 1073741824);
    assert_int_equal(machine_parse(&machine, span_text(lite), &error), 0);
    assert_false(machine.is_legacy);
    assert_int_equal(machine_parse(&machine, span_text(other), &error), -1);
    assert_string_equal(error.text, "tdx_attestation_variant must be lite or legacy");
    free(small);
    free(legacy);
    free(lite);
    free(other);
}

static void small_machines_are_legacy(void **state)
{
    static const struct {
        unsigned megabytes;
        bool is_legacy;
    } rows[] = {{1, true},    {1024, true}, {2047, true}, {2048, false},
                {2049, true}, {3071, true}, {3072, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (machine_wants_legacy((uint64_t)rows[i].megabytes << 20) != rows[i].is_legacy)
            fail_msg("%u MB", rows[i].megabytes);
}

static void machine_errors_name_the_member(void **state)
{
    static const struct {
        const char *member, *value, *expected;
    } cases[] = {
        {"cpu_count", NULL, "cpu_count is missing"},
        {"cpu_count", "4097", "cpu_count must be a whole number"},
        {"memory_size", "\"2G\"", "memory_size must be a whole number"},
        {"cloud_vendor", "1", "cloud_vendor must be a string"},
        {"cloud_product", NULL, "cloud_product is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = json_with(file(), NULL, cases[i].member, cases[i].value);
        struct error error = {.kind = ERROR_NONE};
        struct machine machine;

        assert_int_equal(machine_parse(&machine, span_text(text), &error), -1);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].expected, error.text);
        free(text);
    }
}

static void a_sys_config_changes_what_it_names(void **state)
{
    static const char both[] =
        "{\"kms_urls\":[],\"vm_config\":\"{\\\"cpu_count\\\":4,\\\"memory_size\\\":4294967296}\"}";
    static const char none[] = "{\"vm_config\":\"{}\"}";
    struct machine machine = {.cpu_count = 1, .memory_size = 0x80000000};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(machine_apply_sys_config(&machine, span_text(none), &error), 0);
    assert_int_equal(machine.cpu_count, 1);
    assert_int_equal(machine_apply_sys_config(&machine, span_text(both), &error), 0);
    assert_int_equal(machine.cpu_count, 4);
    assert_true(machine.memory_size == 0x100000000);
}

static void sys_config_errors_name_the_member(void **state)
{
    static const struct {
        const char *json, *expected;
    } cases[] = {
        {"{}", "the member vm_config is missing"},
        {"{\"vm_config\":\"x\"}", "vm_config: not valid JSON"},
        {"{\"vm_config\":\"{\\\"cpu_count\\\":0}\"}", "vm_config: cpu_count must be at least 1"},
        {"{\"vm_config\":\"{\\\"memory_size\\\":1}\"}", "vm_config: memory_size must be"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct machine machine = {.cpu_count = 1, .memory_size = 0x80000000};
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(machine_apply_sys_config(&machine, span_text(cases[i].json), &error), -1);
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].json, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_machine),
        cmocka_unit_test(memory_sizes_that_the_rules_describe),
        cmocka_unit_test(the_variant_of_the_measurements),
        cmocka_unit_test(small_machines_are_legacy),
        cmocka_unit_test(machine_errors_name_the_member),
        cmocka_unit_test(a_sys_config_changes_what_it_names),
        cmocka_unit_test(sys_config_errors_name_the_member),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
