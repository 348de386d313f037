#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"

static void no_size_is_a_size_too(void **state)
{
    void *memory = memory_alloc(0);
    void *zeroed = memory_zalloc(0);

    (void)state;
    assert_non_null(memory);
    assert_non_null(zeroed);
    memory = memory_grow(memory, 0);
    assert_non_null(memory);
    free(memory);
    free(zeroed);
}

static void zeroed_memory_is_zero(void **state)
{
    static const uint8_t zeros[1000];
    uint8_t *memory = memory_zalloc(sizeof zeros);

    (void)state;
    assert_memory_equal(memory, zeros, sizeof zeros);
    free(memory);
}

static void grown_memory_holds_what_it_held(void **state)
{
    char *memory = memory_grow(NULL, 4);

    (void)state;
    memcpy(memory, "abc", 4);
    memory = memory_grow(memory, 100000);
    assert_string_equal(memory, "abc");
    free(memory);
}

static void a_copy_ends_with_a_nul(void **state)
{
    char *copy = memory_copy("abcdef", 3);
    char *empty = memory_copy(NULL, 0);

    (void)state;
    assert_string_equal(copy, "abc");
    assert_string_equal(empty, "");
    free(copy);
    free(empty);
}

/* Returns the signal that ended a child which asked for far too much, and what it said. */
static int ask_for_too_much(char *said, size_t size)
{
    const struct rlimit no_core = {0, 0};
    int pipe_ends[2], status = 0;
    size_t len = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(pipe_ends), 0);
    child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL); /* cmocka's own handler would take it for a failed test */
        dup2(pipe_ends[1], STDERR_FILENO);
        memory_alloc(SIZE_MAX / 4);
        _exit(0);
    }
    close(pipe_ends[1]);
    while ((got = read(pipe_ends[0], said + len, size - 1 - len)) > 0)
        len += (size_t)got;
    said[len] = 0;
    close(pipe_ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void without_memory_the_process_says_so_and_ends(void **state)
{
    char said[4096];
    int number = ask_for_too_much(said, sizeof said);

    (void)state;
    /* Under ASan it is that which refuses, in its own words. */
    if (strstr(said, "Sanitizer"))
        skip();
    assert_int_equal(number, SIGABRT);
    assert_non_null(strstr(said, "out of memory"));
}

/* Whether the system was asked for huge pages where the memory is: a flag of proc(5). */
static bool is_advised(const void *memory)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    bool is_here = false, is_advised = false;
    unsigned long from, to;
    char line[4096];

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            is_here = (uintptr_t)memory >= from && (uintptr_t)memory < to;
        else if (is_here && strncmp(line, "VmFlags:", 8) == 0)
            is_advised = strstr(line, " hg") != NULL;
    fclose(maps);
    return is_advised;
}

static void large_memory_is_on_huge_pages(void **state)
{
    const size_t size = 8 << 20, middle = size / 4;
    uint8_t *large, *grown, *small;

    (void)state;
    if (access("/sys/kernel/mm/transparent_hugepage/enabled", F_OK) != 0)
        skip();
    large = memory_alloc(size);
    small = memory_alloc(3 << 20);
    grown = memory_grow(NULL, 3 << 20);
    assert_true(is_advised(large)); /* all of it, or it could not be moved */
    assert_true(is_advised(large + middle));
    assert_true(is_advised(large + size - 1));
    assert_false(is_advised(small + middle));
    assert_false(is_advised(grown + middle));
    grown = memory_grow(grown, 8 << 20);
    assert_true(is_advised(grown + middle));
    free(large);
    free(grown);
    free(small);
}

static void moved_memory_holds_what_it_held(void **state)
{
    const size_t sizes[] = {0, 1, 100, 4096, 1 << 20, 3 << 20};
    uint8_t *memory = NULL;
    size_t held = 0;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        memory = memory_move(memory, held, sizes[i]);
        for (size_t j = 0; j < held; j++)
            assert_int_equal(memory[j], j % 251);
        for (size_t j = held; j < sizes[i]; j++)
            memory[j] = (uint8_t)(j % 251);
        held = sizes[i];
    }
    memory = memory_move(memory, held, 10);
    assert_int_equal(memory[9], 9);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_size_is_a_size_too),
        cmocka_unit_test(zeroed_memory_is_zero),
        cmocka_unit_test(grown_memory_holds_what_it_held),
        cmocka_unit_test(large_memory_is_on_huge_pages),
        cmocka_unit_test(moved_memory_holds_what_it_held),
        cmocka_unit_test(a_copy_ends_with_a_nul),
        cmocka_unit_test(without_memory_the_process_says_so_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
