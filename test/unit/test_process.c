/* What the process reads of itself, against what it can tell in other ways. */
#include "sim/host/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "test/unit/vectors.h"

#define MEBIBYTE (1024u * 1024)

static struct host_process read_process(void)
{
    struct host_process process;

    process_read(&process);
    return process;
}

static void memory_grows_by_what_is_touched(void **state)
{
    const size_t size = 64 * MEBIBYTE;
    struct host_process before = read_process(), after;
    uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)state;
    assert_true(memory != MAP_FAILED);
    after = read_process();
    assert_true(after.virtual_bytes >= before.virtual_bytes + size);
    assert_true(after.resident_bytes < before.resident_bytes + size / 2);
    memset(memory, 1, size / 2);
    after = read_process();
    assert_true(after.resident_bytes > before.resident_bytes + size / 4);
    assert_true(after.resident_bytes < after.virtual_bytes);
    munmap(memory, size);
}

static void processor_time_rises_with_work(void **state)
{
    struct host_process before = read_process();
    struct timespec used;

    (void)state;
    while (read_process().cpu_micros < before.cpu_micros + 20000)
        ; /* reading is work */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    assert_true(read_process().cpu_micros >= before.cpu_micros + 20000);
    assert_true(before.cpu_micros <= (uint64_t)used.tv_sec * 1000000 + (uint64_t)used.tv_nsec / 1000);
}

static void descriptors_are_counted(void **state)
{
    uint64_t before = read_process().open_fds;
    int fds[20];

    (void)state;
    assert_true(before >= 3);
    for (size_t i = 0; i < 20; i++)
        fds[i] = open("/dev/null", O_RDONLY);
    assert_int_equal(read_process().open_fds, before + 20);
    for (size_t i = 0; i < 20; i++)
        close(fds[i]);
    assert_int_equal(read_process().open_fds, before);
}

static void the_limit_of_descriptors_is_the_soft_one(void **state)
{
    struct rlimit limit;

    (void)state;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 100;
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(read_process().max_fds, 100);
}

/* It was started after this file was compiled, and not in the future. */
static void the_start_lies_in_the_past(void **state)
{
    struct tm built = {.tm_isdst = -1};
    int64_t started = process_started(), now = (int64_t)time(NULL) * 1000;

    (void)state;
    assert_non_null(strptime(__DATE__ " " __TIME__, "%b %d %Y %T", &built));
    assert_true(started <= now + 1000);
    assert_true(started >= (int64_t)mktime(&built) * 1000 - 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_grows_by_what_is_touched),
        cmocka_unit_test(processor_time_rises_with_work),
        cmocka_unit_test(descriptors_are_counted),
        cmocka_unit_test(the_limit_of_descriptors_is_the_soft_one),
        cmocka_unit_test(the_start_lies_in_the_past),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
