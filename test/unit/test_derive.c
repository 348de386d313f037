/* Keys from keys: the vector of a running agent, and parts that are joined. */
#include "sim/keys/derive.h"

#include "test/unit/vectors.h"

static void derives_with_hkdf(void **state)
{
    uint8_t key[32], whole[32], parts[32];
    const struct bytes one = {"vms", 3}, two[] = {{"v", 1}, {"ms", 2}};

    (void)state;
    from_hex("d6e88992cdeeee35fe70b5db61ab66cdb191fb9b6ec9313757ef162dd7214d5d", key, 32);
    derive_key(key, &one, 1, whole);
    derive_key(key, two, 2, parts);
    assert_memory_equal(whole, parts, 32);
    derive_key(key, &(struct bytes){"a", 1}, 1, whole);
    assert_hex_equal(whole, 32, "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derives_with_hkdf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
