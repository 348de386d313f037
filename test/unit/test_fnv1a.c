#include "sim/base/fnv1a.h"
#include "test/unit/vectors.h"

/* From the authors' own test suite. */
static void hashes_are_the_published_ones(void **state)
{
    (void)state;
    assert_int_equal(fnv1a(NULL, 0), 0x811c9dc5);
    assert_int_equal(fnv1a("a", 1), 0xe40c292c);
    assert_int_equal(fnv1a("foobar", 6), 0xbf9cf968);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_the_published_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
