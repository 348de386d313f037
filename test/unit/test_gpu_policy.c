/* The hash of a GPU policy, with those of an independent SHA-256 over RFC 8785 texts, and its members. */
#include "sim/app/gpu_policy.h"

#include "test/unit/vectors.h"

static void assert_hash(const char *policy, const char *expected)
{
    struct app_compose compose = {.gpu_policy = (char *)(uintptr_t)policy};
    uint8_t hash[GPU_POLICY_HASH_BYTES];

    gpu_policy_hash(&compose, hash);
    assert_hex_equal(hash, sizeof hash, expected);
}

static void a_policy_that_is_missing_is_an_empty_one(void **state)
{
    (void)state;
    assert_hash(NULL, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    assert_hash("{}", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

static void null_is_measured_as_such(void **state)
{
    (void)state;
    assert_hash("null", "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b");
}

/* {"allow_debug":false,"attest_gpu":true,"rego":"default x = \"a\"\n/é"} */
static void the_order_of_members_and_their_escapes_do_not_count(void **state)
{
    static const char hash[] = "731729cc657a362d68bf932c31bb6e9cf6c2f9158a277ce84c9b2771675cd69d";

    (void)state;
    assert_hash(
        "{\"rego\":\"default x = \\\"a\\\"\\n\\/\\u00e9\", \"attest_gpu\" : true,\"allow_debug\":false}",
        hash);
    assert_hash("{\"allow_debug\":false,\"attest_gpu\":true,\"rego\":\"default x = \\\"a\\\"\\n/\xc3\xa9\"}",
                hash);
}

static void a_member_with_its_default_counts(void **state)
{
    (void)state;
    assert_hash("{\"attest_gpu\":true}", "81f5d3ad40653341232238c4ca656bddddc297d6382ae2ab391e4bb36dd80b66");
}

static void check(const char *policy, const char *expected)
{
    json_t *value = json_loads(policy, JSON_DECODE_ANY, NULL);
    struct error error = {.kind = ERROR_NONE};

    assert_non_null(value);
    assert_int_equal(gpu_policy_check(value, &error), expected ? -1 : 0);
    if (expected)
        assert_string_equal(error.text, expected);
    json_decref(value);
}

static void known_members(void **state)
{
    (void)state;
    check("{}", NULL);
    check("null", NULL);
    check("{\"attest_gpu\":false,\"rego\":\"x\",\"allow_devtools\":true,\"allow_debug\":true,"
          "\"allow_insecure_boot\":true}",
          NULL);
    check("{\"rego\":null}", NULL);
}

static void others_are_refused(void **state)
{
    (void)state;
    check("[]", "gpu_policy must be an object");
    check("{\"attest_gpu\":1}", "gpu_policy: attest_gpu must be true or false");
    check("{\"allow_debug\":null}", "gpu_policy: allow_debug must be true or false");
    check("{\"rego\":{}}", "gpu_policy: rego must be a string");
    check("{\"alow_debug\":true}", "gpu_policy: unknown member alow_debug; did you mean allow_debug?");
    check("{\"quota\":1}", "gpu_policy: unknown member quota");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_that_is_missing_is_an_empty_one),
        cmocka_unit_test(null_is_measured_as_such),
        cmocka_unit_test(the_order_of_members_and_their_escapes_do_not_count),
        cmocka_unit_test(a_member_with_its_default_counts),
        cmocka_unit_test(known_members),
        cmocka_unit_test(others_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
