/* What slow clients hold: equal bytes once, and never more than the limit. */
#include "sim/net/kept_bytes.h"

#include "sim/http/limits.h"
#include "test/unit/vectors.h"

#define LARGE (KEPT_BYTES_SHARED_MIN + 100)

struct world {
    struct pool pool;
    struct kept_list list;
    uint8_t bytes[LARGE];
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    world->list.pool = &world->pool;
    for (size_t i = 0; i < LARGE; i++)
        world->bytes[i] = (uint8_t)(i * 7 + i / 251);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    assert_int_equal(world->pool.held, 0);
    assert_null(world->list.first);
    free(world);
    return 0;
}

static void small_ones_are_copied(void **state)
{
    struct world *world = *state;
    struct kept_bytes *one = kept_bytes_hold(&world->list, span_text("abc"));
    struct kept_bytes *other = kept_bytes_hold(&world->list, span_text("abc"));

    assert_ptr_not_equal(one, other);
    assert_true(span_is(kept_bytes_last(one, 3), "abc"));
    assert_true(span_is(kept_bytes_last(one, 2), "bc"));
    assert_int_equal(world->pool.held, 6);
    kept_bytes_release(&world->list, one);
    kept_bytes_release(&world->list, other);
    kept_bytes_release(&world->list, NULL);
}

static void large_ones_are_shared(void **state)
{
    struct world *world = *state;
    struct span whole = span_of(world->bytes, LARGE), later = span_of(world->bytes + 50, LARGE - 50);
    struct kept_bytes *one = kept_bytes_hold(&world->list, whole);
    struct kept_bytes *other = kept_bytes_hold(&world->list, later);

    assert_ptr_equal(one, other);
    assert_int_equal(world->pool.held, LARGE);
    assert_true(span_equal(kept_bytes_last(other, later.len), later));
    kept_bytes_release(&world->list, one);
    assert_true(span_equal(kept_bytes_last(other, later.len), later));
    kept_bytes_release(&world->list, other);
    assert_int_equal(world->pool.held, 0);
}

static void others_are_not(void **state)
{
    struct world *world = *state;
    struct kept_bytes *kept[12];

    for (size_t i = 0; i < 12; i++) {
        world->bytes[0] = (uint8_t)i;
        kept[i] = kept_bytes_hold(&world->list, span_of(world->bytes, LARGE));
        for (size_t j = 0; j < i; j++)
            assert_ptr_not_equal(kept[i], kept[j]);
    }
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(kept_bytes_last(kept[i], LARGE).data[0], i);
    assert_int_equal(world->pool.held, 12 * LARGE);
    kept_bytes_release(&world->list, kept[5]); /* neither first nor last */
    for (size_t i = 0; i < 12; i++)
        if (i != 5)
            kept_bytes_release(&world->list, kept[i]);
}

static void a_longer_one_is_not_the_end_of_a_shorter(void **state)
{
    struct world *world = *state;
    struct kept_bytes *one = kept_bytes_hold(&world->list, span_of(world->bytes + 50, LARGE - 50));
    struct kept_bytes *other = kept_bytes_hold(&world->list, span_of(world->bytes, LARGE));

    assert_ptr_not_equal(one, other);
    kept_bytes_release(&world->list, one);
    kept_bytes_release(&world->list, other);
}

static void the_limit_comes_before_the_copy(void **state)
{
    struct world *world = *state;
    struct kept_bytes *last;

    world->pool.held = LIMIT_HELD_BYTES - 3;
    assert_null(kept_bytes_hold(&world->list, span_text("abcd")));
    assert_int_equal(world->pool.held, LIMIT_HELD_BYTES - 3);
    last = kept_bytes_hold(&world->list, span_text("abc"));
    assert_non_null(last);
    assert_null(kept_bytes_hold(&world->list, span_text("a")));
    kept_bytes_release(&world->list, last);
    world->pool.held = LIMIT_HELD_BYTES + 1; /* what is received is counted after it has come */
    assert_null(kept_bytes_hold(&world->list, span_text("a")));
    world->pool.held = 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_ones_are_copied),
        TEST(large_ones_are_shared),
        TEST(others_are_not),
        TEST(a_longer_one_is_not_the_end_of_a_shorter),
        TEST(the_limit_comes_before_the_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
