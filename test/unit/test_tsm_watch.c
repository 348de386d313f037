/* What cannot be watched. */
#include "sim/tsm/tsm_watch.h"

#include <stdlib.h>

#include "test/unit/vectors.h"

static void ignore(void *data)
{
    (void)data;
}

static void a_directory_that_is_not_there(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    uv_loop_t loop;

    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_null(tsm_watch_directory(&loop, "/nowhere", ignore, NULL, &error));
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "cannot watch /nowhere: no such file or directory");
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_descriptor_that_cannot_be_waited_for(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    FILE *file = tmpfile();
    uv_loop_t loop;

    (void)state;
    assert_non_null(file);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_null(tsm_watch_descriptor(&loop, fileno(file), ignore, NULL, &error));
    assert_int_equal(error.kind, ERROR_INTERNAL);
    assert_string_equal(error.text, "cannot wait for a FIFO: operation not permitted");
    assert_int_equal(uv_loop_close(&loop), 0);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_directory_that_is_not_there),
        cmocka_unit_test(a_descriptor_that_cannot_be_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
