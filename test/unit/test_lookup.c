#include "sim/process/lookup.h"

#include <netdb.h>

#include "test/unit/vectors.h"

struct asked {
    int calls, result;
    struct names_found found;
};

static void on_done(void *data, int result, const struct names_found *found)
{
    struct asked *asked = data;

    asked->calls++;
    asked->result = result;
    asked->found = *found;
}

static void run(uv_loop_t *loop)
{
    assert_int_equal(uv_run(loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(uv_loop_close(loop), 0);
}

static void what_is_found_is_told_once(void **state)
{
    static const struct {
        const char *host;
        bool is_found;
    } rows[] = {{"localhost", true}, {"192.0.2.1", true}, {"not a name", false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asked asked = {.calls = 0};
        uv_loop_t loop;

        assert_int_equal(uv_loop_init(&loop), 0);
        assert_non_null(lookup_begin(&loop, rows[i].host, 80, on_done, &asked));
        assert_int_equal(asked.calls, 0);
        run(&loop);
        assert_int_equal(asked.calls, 1);
        assert_int_equal(asked.result == 0, rows[i].is_found);
        assert_int_equal(asked.found.count > 0, rows[i].is_found);
    }
}

/* Before its thread has finished, while it does, and after. */
static void what_is_cancelled_is_not_told(void **state)
{
    struct asked asked = {.calls = 0};
    uv_loop_t loop;

    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    for (int i = 0; i < 200; i++) {
        struct lookup *lookup = lookup_begin(&loop, "localhost", 80, on_done, &asked);

        assert_non_null(lookup);
        for (volatile int spin = 0; spin < i * 500; spin++)
            ;
        lookup_cancel(lookup);
    }
    run(&loop);
    assert_int_equal(asked.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_is_told_once),
        cmocka_unit_test(what_is_cancelled_is_not_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
