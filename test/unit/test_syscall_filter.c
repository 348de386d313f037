/* What is given up fails, in the process and in its threads, and what a server needs works. The filter stays, so each
 * test is a process of its own. */
#include "sim/host/syscall_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/unit/vectors.h"

/* Runs `test` in a child. Returns its exit status, or -1 if it was ended by a signal. */
static int in_child(int (*test)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(test());
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int apply(void)
{
    return syscall_filter_apply() ? 0 : 1;
}

/* The calls that succeed without the filter, for any user. Returns how many do. */
static int calls_that_succeed(void)
{
    char *arguments[] = {(char *)"true", NULL};
    int count = 0;

    count += unshare(0) == 0;
    count += kill(getpid(), 0) == 0;
    count += execve("/", arguments, NULL) != 0 && errno == EACCES; /* it is a directory */
    return count;
}

static int without_the_filter(void)
{
    return calls_that_succeed();
}

static int with_the_filter(void)
{
    return apply() ? 100 : calls_that_succeed();
}

static void *count_in_thread(void *count)
{
    *(int *)count = calls_that_succeed();
    return NULL;
}

static int in_a_thread(void)
{
    pthread_t thread;
    int count = 100;

    if (apply() || pthread_create(&thread, NULL, count_in_thread, &count) != 0)
        return 100;
    pthread_join(thread, NULL);
    return count;
}

static int what_a_server_needs(void)
{
    char directory[] = "/tmp/test_syscall_filter.XXXXXX", path[60];
    int failed, ends[2];

    if (apply())
        return 100;
    failed = !mkdtemp(directory);
    snprintf(path, sizeof path, "%s/file", directory);
    failed |= mkfifo(path, 0600) != 0 || unlink(path) != 0 || rmdir(directory) != 0;
    failed |= pipe(ends) != 0 || socket(AF_INET, SOCK_STREAM, 0) < 0 || socket(AF_UNIX, SOCK_STREAM, 0) < 0;
    failed |= signal(SIGUSR1, SIG_IGN) == SIG_ERR || raise(SIGUSR1) != 0;
    failed |= open("/proc/self/status", O_RDONLY) < 0;
    return failed;
}

static void other_programs_and_processes_are_out_of_reach(void **state)
{
    (void)state;
    if (in_child(apply) != 0)
        skip();
    assert_int_equal(in_child(without_the_filter), 3);
    assert_int_equal(in_child(with_the_filter), 0);
    assert_int_equal(in_child(in_a_thread), 0);
}

static void a_server_misses_nothing(void **state)
{
    (void)state;
    if (in_child(apply) != 0)
        skip();
    assert_int_equal(in_child(what_a_server_needs), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_programs_and_processes_are_out_of_reach),
        cmocka_unit_test(a_server_misses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
