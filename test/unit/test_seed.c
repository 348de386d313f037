/* What follows from a seed, against HKDF-SHA-256 computed elsewhere. */
#include "sim/keys/seed.h"

#include "test/unit/vectors.h"

static void the_same_label_gives_the_same_bytes(void **state)
{
    struct seed seed;
    uint8_t out[40];

    (void)state;
    seed_init(&seed, "seed");
    seed_bytes(&seed, "label", SPAN_NONE, out, 32);
    assert_hex_equal(out, 32, "cb1ad9d276f6bf25d7f44ed414d81537dc7c2b6bbe9b8fccf02157c276f93673");
    seed_bytes(&seed, "label", span_text("which"), out, 40);
    assert_hex_equal(out, 40,
                     "19a916a40241f656233b50efba65f8eb5203298cc36a0322955b2d02d11354c67159bf7cb20031e1");
}

static void seeds_labels_and_what_tells_apart_all_count(void **state)
{
    struct seed seed, other;
    uint8_t base[32], out[32];

    (void)state;
    seed_init(&seed, "seed");
    seed_init(&other, "see");
    seed_bytes(&seed, "label", span_text("a"), base, sizeof base);
    seed_bytes(&other, "label", span_text("a"), out, sizeof out);
    assert_memory_not_equal(base, out, sizeof out);
    seed_bytes(&seed, "labels", span_text("a"), out, sizeof out);
    assert_memory_not_equal(base, out, sizeof out);
    seed_bytes(&seed, "label", span_text("b"), out, sizeof out);
    assert_memory_not_equal(base, out, sizeof out);
}

static void a_p256_key_has_the_derived_scalar(void **state)
{
    struct p256_key key, expected;
    struct seed seed;
    uint8_t scalar[32];

    (void)state;
    seed_init(&seed, "seed");
    seed_p256(&seed, "label", span_text("which"), &key);
    from_hex("88402c07c6ffb45ff3f708c6710bd8aa79d7419c233e472e33b88966a52cfa77", scalar, sizeof scalar);
    assert_int_equal(p256_key_from_scalar(&expected, scalar), 0);
    assert_memory_equal(&key, &expected, sizeof key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_label_gives_the_same_bytes),
        cmocka_unit_test(seeds_labels_and_what_tells_apart_all_count),
        cmocka_unit_test(a_p256_key_has_the_derived_scalar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
