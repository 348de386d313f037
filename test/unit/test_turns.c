/* Who waits goes on in turn: at least one, and no more than there is time for. */
#include "sim/net/turns.h"

#include "test/unit/vectors.h"

enum { WAITERS = 4, LIMIT = 10 };

struct waiter {
    struct turns_waiter turn; /* first */
    struct world *world;
    int times;  /* that it went on */
    bool again; /* joins the queue each time */
};

struct world {
    struct turns turns;
    struct waiter waiters[WAITERS];
    struct waiter *last; /* that went on */
};

static uint64_t now;

static uint64_t stands_still(void)
{
    return now;
}

static uint64_t flies(void)
{
    return now += LIMIT + 1;
}

static void go_on(struct turns_waiter *turn)
{
    struct waiter *waiter = (struct waiter *)turn;

    waiter->times++;
    waiter->world->last = waiter;
    if (waiter->again)
        turns_wait(&waiter->world->turns, turn);
}

static void set_up(struct world *world)
{
    *world = (struct world){.turns = {.limit_ns = LIMIT}};
    for (int i = 0; i < WAITERS; i++) {
        world->waiters[i] = (struct waiter){.turn = {.go_on = go_on}, .world = world};
        turns_wait(&world->turns, &world->waiters[i].turn);
    }
}

static void a_turn_is_over_after_its_time(void **state)
{
    struct turns turns = {.limit_ns = LIMIT};

    (void)state;
    assert_false(turns_are_over(&turns, 100)); /* where it begins */
    assert_false(turns_are_over(&turns, 100 + LIMIT));
    assert_true(turns_are_over(&turns, 101 + LIMIT));
    turns_begin(&turns);
    assert_false(turns_are_over(&turns, 200 + LIMIT));
}

static void all_go_on_while_there_is_time(void **state)
{
    struct world world;

    (void)state;
    set_up(&world);
    world.waiters[0].again = true; /* in a later turn */
    assert_true(turns_go_on(&world.turns, stands_still));
    for (int i = 0; i < WAITERS; i++)
        assert_int_equal(world.waiters[i].times, 1);
    assert_ptr_equal(world.turns.first, &world.waiters[0].turn);
    world.waiters[0].again = false;
    assert_false(turns_go_on(&world.turns, stands_still));
    assert_false(turns_go_on(&world.turns, stands_still));
    assert_int_equal(world.waiters[0].times, 2);
}

static void who_waits_already_keeps_the_place(void **state)
{
    struct world world;

    (void)state;
    set_up(&world);
    turns_wait(&world.turns, &world.waiters[0].turn);
    turns_wait(&world.turns, &world.waiters[WAITERS - 1].turn);
    assert_ptr_equal(world.turns.first, &world.waiters[0].turn);
    assert_ptr_equal(world.turns.last, &world.waiters[WAITERS - 1].turn);
    assert_false(turns_go_on(&world.turns, stands_still));
    for (int i = 0; i < WAITERS; i++)
        assert_int_equal(world.waiters[i].times, 1);
}

static void one_goes_on_even_without_time(void **state)
{
    struct world world;

    (void)state;
    set_up(&world);
    for (int i = 0; i < 2 * WAITERS; i++) {
        world.waiters[i % WAITERS].again = i < WAITERS;
        assert_int_equal(turns_go_on(&world.turns, flies), i < 2 * WAITERS - 1);
        assert_ptr_equal(world.last, &world.waiters[i % WAITERS]);
    }
}

static void who_leaves_does_not_go_on(void **state)
{
    static const int orders[][WAITERS] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}};

    (void)state;
    for (size_t order = 0; order < sizeof orders / sizeof *orders; order++)
        for (int count = 1; count <= WAITERS; count++) {
            struct world world;

            set_up(&world);
            for (int i = 0; i < count; i++) {
                turns_leave(&world.turns, &world.waiters[orders[order][i]].turn);
                turns_leave(&world.turns, &world.waiters[orders[order][i]].turn);
            }
            assert_false(turns_go_on(&world.turns, stands_still));
            for (int i = 0; i < WAITERS; i++)
                assert_int_equal(world.waiters[orders[order][i]].times, i >= count);
        }
}

static void who_never_waited_leaves_the_others(void **state)
{
    struct world world;
    struct turns_waiter other = {.go_on = go_on};

    (void)state;
    set_up(&world);
    turns_leave(&world.turns, &other);
    assert_false(turns_go_on(&world.turns, stands_still));
    for (int i = 0; i < WAITERS; i++)
        assert_int_equal(world.waiters[i].times, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_is_over_after_its_time),
        cmocka_unit_test(all_go_on_while_there_is_time),
        cmocka_unit_test(who_waits_already_keeps_the_place),
        cmocka_unit_test(one_goes_on_even_without_time),
        cmocka_unit_test(who_leaves_does_not_go_on),
        cmocka_unit_test(who_never_waited_leaves_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
