#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/process/exit_status.h"

static void what_the_user_can_mend_is_status_2(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(error_input(&error, "no such file"), -1);
    assert_int_equal(exit_status_of(&error), 2);
}

static void a_fault_of_the_program_is_status_1(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(error_internal(&error, "a certificate does not fit"), -1);
    assert_int_equal(exit_status_of(&error), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_user_can_mend_is_status_2),
        cmocka_unit_test(a_fault_of_the_program_is_status_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
