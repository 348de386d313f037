/* What can be wrong with a KMS has names. */
#include "sim/kms/kms_flaw.h"

#include "test/unit/vectors.h"

static void each_has_a_name_and_there_is_a_last(void **state)
{
    (void)state;
    assert_string_equal(kms_flaw_name(KMS_FLAW_NONE), "none");
    assert_string_equal(kms_flaw_name(KMS_FLAW_DENIES), "denies");
    assert_string_equal(kms_flaw_name(KMS_FLAW_NO_USAGE), "no-usage");
    assert_string_equal(kms_flaw_name(KMS_FLAW_BAD_QUOTE), "bad-quote");
    assert_null(kms_flaw_name(KMS_FLAW_BAD_QUOTE + 1));
    assert_null(kms_flaw_name(SIZE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_name_and_there_is_a_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
