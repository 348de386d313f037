/* The console of a VM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/vmm/vm_log.h"

static int set_up(void **state)
{
    static struct vm_log log;

    vm_log_init(&log);
    *state = &log;
    return 0;
}

static int tear_down(void **state)
{
    vm_log_free(*state);
    return 0;
}

static void lines_are_read_once(void **state)
{
    struct vm_log *log = *state;
    uint64_t position = 0;

    vm_log_line(log, "one %d", 1);
    vm_log_line(log, "two");
    assert_true(span_is(vm_log_read(log, &position), "one 1\ntwo\n"));
    assert_int_equal(vm_log_read(log, &position).len, 0);
    vm_log_line(log, "three");
    assert_true(span_is(vm_log_read(log, &position), "three\n"));
}

static void the_tail_has_whole_lines(void **state)
{
    struct vm_log *log = *state;
    const char *const expected[] = {"", "c\n", "b\nc\n", "a\nb\nc\n", "a\nb\nc\n"};

    for (size_t i = 0; i < 3; i++)
        vm_log_line(log, "%c", (int)('a' + i));
    for (size_t lines = 0; lines < 5; lines++) {
        uint64_t position = vm_log_tail(log, lines);

        assert_true(span_is(vm_log_read(log, &position), expected[lines]));
    }
}

static void old_lines_are_dropped_whole(void **state)
{
    struct vm_log *log = *state;
    uint64_t position = 0;
    struct span rest;

    for (int i = 0; i < 30000; i++)
        vm_log_line(log, "this is line number %060d", i);
    assert_true(log->text.len <= VM_LOG_BYTES_MAX);
    assert_true(log->start > 0);
    rest = vm_log_read(log, &position);
    assert_memory_equal(rest.data, "this is line", 12);
    assert_int_equal(position, log->start + log->text.len);
    assert_int_equal(position, 30000 * 81);
}

static void a_long_line_is_cut(void **state)
{
    struct vm_log *log = *state;
    char text[10000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    vm_log_line(log, "%s", text);
    assert_in_range(log->text.len, 1000, 4096);
    assert_int_equal(log->text.data[log->text.len - 1], '\n');
}

static void count(void *data)
{
    ++*(unsigned *)data;
}

static void readers_are_told(void **state)
{
    struct vm_log *log = *state;
    unsigned first = 0, second = 0;
    struct vm_log_reader one = {.more = count, .data = &first}, two = {.more = count, .data = &second};

    vm_log_join(log, &one);
    vm_log_join(log, &two);
    vm_log_line(log, "x");
    vm_log_leave(log, &one);
    vm_log_leave(log, &one); /* once more changes nothing */
    vm_log_end(log);
    vm_log_leave(log, &two);
    vm_log_line(log, "y");
    assert_int_equal(first, 1);
    assert_int_equal(second, 2);
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(lines_are_read_once),
        LOG_TEST(the_tail_has_whole_lines),
        LOG_TEST(old_lines_are_dropped_whole),
        LOG_TEST(a_long_line_is_cut),
        LOG_TEST(readers_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
