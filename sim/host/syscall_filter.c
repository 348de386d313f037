#include "sim/host/syscall_filter.h"

#include <stddef.h>

#if defined(__linux__) &&                                                                                    \
    (defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64))

#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define NUMBERS_END 0x40000000u /* from here on they are those of the x32 ABI, which nothing uses */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define NUMBERS_END UINT32_MAX
#else
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#define NUMBERS_END UINT32_MAX
#endif

/* The headers of Linux 5.6 have them all. */
static const unsigned given_up[] = {
    /* other programs and processes */
    SYS_execve,
    SYS_execveat,
    SYS_kill,
    SYS_pidfd_send_signal,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,
    SYS_kcmp,
#if !defined(__SANITIZE_ADDRESS__) /* whose search for leaks traces the program itself */
    SYS_ptrace,
#endif
    /* mounts and namespaces */
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
    /* other rights */
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
    /* what is done in the kernel past a filter, or widens what can be attacked */
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    /* the system's settings */
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

#define GIVEN_UP (sizeof given_up / sizeof *given_up)
#define HEAD 4
#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))

static_assert(GIVEN_UP + HEAD <= UINT8_MAX, "a jump leads over so many instructions at most");

/* A program for the kernel: to allow what is not listed, or to jump to the refusal, which is its last instruction. */
bool syscall_filter_apply(void)
{
    struct sock_filter code[HEAD + GIVEN_UP + 2] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, GIVEN_UP + 3),
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, NUMBERS_END, GIVEN_UP + 1, 0),
    };
    const struct sock_fprog program = {.len = HEAD + GIVEN_UP + 2, .filter = code};

    for (size_t i = 0; i < GIVEN_UP; i++)
        code[HEAD + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, given_up[i],
                                                      (unsigned char)(GIVEN_UP - i), 0);
    code[HEAD + GIVEN_UP] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
    code[HEAD + GIVEN_UP + 1] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM);
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

bool syscall_filter_apply(void)
{
    return false;
}

#endif
