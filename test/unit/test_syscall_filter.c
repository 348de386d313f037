/* What is given up fails, in the process and in its threads, and what a server needs works. The filter stays, so each
 * test is a process of its own. */
#include "sim/host/syscall_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

#if defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
#define IS_SUPPORTED true
#else
#define IS_SUPPORTED false
#endif

/* Whether the kernel takes filters, found out with one that allows everything. */
static int allow_everything(void)
{
    struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {.len = 1, .filter = &code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0;
}

static void skip_without_filters(void)
{
    if (!IS_SUPPORTED || in_child(allow_everything) != 0)
        skip();
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
    skip_without_filters();
    assert_int_equal(in_child(without_the_filter), 3);
    assert_int_equal(in_child(with_the_filter), 0);
    assert_int_equal(in_child(in_a_thread), 0);
}

/* With arguments with which none does anything. */
static bool is_refused(long number)
{
    return syscall(number, -1, -1, -1, -1, -1, -1) == -1 && errno == EPERM;
}

static const long given_up[] = {
    SYS_execve,
    SYS_execveat,
    SYS_kill,
    SYS_pidfd_send_signal,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,
    SYS_kcmp,
#if !defined(__SANITIZE_ADDRESS__)
    SYS_ptrace,
#endif
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_unshare,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_open_by_handle_at,
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_setgroups,
    SYS_capset,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_quotactl,
    SYS_syslog,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
};

/* The place in given_up, from 1, of a call that is not refused; 0 if there is none. */
static int first_not_refused(void)
{
    if (apply())
        return 100;
    for (size_t i = 0; i < sizeof given_up / sizeof *given_up; i++)
        if (!is_refused(given_up[i]))
            return (int)i + 1;
    return 0;
}

static void each_is_refused(void **state)
{
    (void)state;
    skip_without_filters();
    assert_int_equal(in_child(first_not_refused), 0);
}

#ifdef __x86_64__

/* Numbers of the x32 ABI, from the first one on; without the filter there is no such call, or it fails otherwise. */
static int other_abis(void)
{
    const long x32 = 0x40000000;

    return apply() || !is_refused(x32) || !is_refused(x32 + SYS_close) || !is_refused(x32 + SYS_execve) ||
           is_refused(SYS_close);
}

static void calls_of_another_abi_are_refused(void **state)
{
    (void)state;
    skip_without_filters();
    assert_int_equal(in_child(other_abis), 0);
}

#endif

static void a_server_misses_nothing(void **state)
{
    (void)state;
    skip_without_filters();
    assert_int_equal(in_child(what_a_server_needs), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_programs_and_processes_are_out_of_reach),
        cmocka_unit_test(each_is_refused),
#ifdef __x86_64__
        cmocka_unit_test(calls_of_another_abi_are_refused),
#endif
        cmocka_unit_test(a_server_misses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
