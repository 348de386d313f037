#include <setjmp.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/arena.h"

static void memory_is_aligned_and_does_not_overlap(void **state)
{
    enum { COUNT = 3000 };
    static uint8_t *pieces[COUNT];
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT; i++) {
        pieces[i] = arena_alloc(&arena, i % 97);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        memset(pieces[i], (int)(i % 251), i % 97);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t at = 0; at < i % 97; at++)
            assert_int_equal(pieces[i][at], i % 251);
    arena_free(&arena);
}

static void zeroed_memory_is_zero_after_a_reset_too(void **state)
{
    static const uint8_t zeros[5000];
    struct arena arena;

    (void)state;
    arena_init(&arena);
    memset(arena_alloc(&arena, sizeof zeros), 0xff, sizeof zeros);
    arena_reset(&arena);
    assert_memory_equal(arena_zalloc(&arena, sizeof zeros), zeros, sizeof zeros);
    arena_free(&arena);
}

static void one_piece_may_be_larger_than_a_block(void **state)
{
    struct arena arena;
    size_t size = (size_t)3 << 20;

    (void)state;
    arena_init(&arena);
    memset(arena_alloc(&arena, size), 1, size);
    memset(arena_alloc(&arena, 1), 1, 1);
    memset(arena_alloc(&arena, size), 1, size);
    arena_reset(&arena);
    memset(arena_alloc(&arena, 100), 1, 100);
    arena_free(&arena);
}

static void a_reset_gives_the_same_memory_again(void **state)
{
    struct arena arena;
    void *first;

    (void)state;
    arena_init(&arena);
    first = arena_alloc(&arena, 10);
    arena_alloc(&arena, 1000);
    arena_reset(&arena);
    assert_ptr_equal(arena_alloc(&arena, 10), first);
    arena_free(&arena);
    assert_non_null(arena_alloc(&arena, 10));
    arena_free(&arena);
}

static void what_is_forgotten_is_wiped(void **state)
{
    static const char zeros[7];
    struct arena arena;
    const char *secret;

    (void)state;
    arena_init(&arena);
    secret = arena_copy(&arena, "secret", 6);
    arena_alloc(&arena, 100000);
    arena_reset(&arena);
    assert_ptr_equal(arena_copy(&arena, "secret", 6), secret);
    arena_reset(&arena);
    assert_memory_equal(secret, zeros, sizeof zeros);
    arena_free(&arena);
}

static void a_copy_ends_with_a_nul(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(arena_copy(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_string_equal(arena_printf(&arena, "%d and %s", 7, "seven"), "7 and seven");
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_aligned_and_does_not_overlap),
        cmocka_unit_test(zeroed_memory_is_zero_after_a_reset_too),
        cmocka_unit_test(one_piece_may_be_larger_than_a_block),
        cmocka_unit_test(a_reset_gives_the_same_memory_again),
        cmocka_unit_test(what_is_forgotten_is_wiped),
        cmocka_unit_test(a_copy_ends_with_a_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
