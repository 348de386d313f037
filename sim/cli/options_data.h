/* The options, as read from the command line and the environment.
 *
 * Each option is one row of the table in options_table.c. The parser, the environment, --help, the
 * manual, the completions and the errors all use that table, so a new option is one field here
 * and one row there. */
#ifndef CLI_OPTIONS_DATA_H
#define CLI_OPTIONS_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/error.h"
#include "sim/base/log.h"
#include "sim/cli/healthcheck_spec.h"
#include "sim/cli/listen_spec.h"
#include "sim/cli/options_texts.h"
#include "sim/faults/faults.h"
#include "sim/image/os_image.h"
#include "sim/kms/kms_flaw.h"
#include "sim/tdx/scenario.h"

#define OPTIONS_DEFAULT_LISTEN "localhost:8090"
#define OPTIONS_PREFIX "DSTACK_SIMULATOR_"

enum {
    OPTIONS_MAX = 64,      /* rows of the table */
    OPTIONS_NAME_MAX = 64, /* of "DSTACK_SIMULATOR_LISTEN" or "--listen", with its NUL */
};

/* Where a setting comes from; a greater value takes precedence. */
enum options_source {
    OPTIONS_DEFAULT,
    OPTIONS_FOUND,  /* a file of the working directory: see options_dstack.h */
    OPTIONS_CONFIG, /* the file of --config */
    OPTIONS_ENVIRONMENT,
    OPTIONS_COMMAND_LINE,
};

/* The shells that have a completion script. */
enum options_shell { OPTIONS_SHELL_NONE = -1, OPTIONS_SHELL_BASH, OPTIONS_SHELL_ZSH, OPTIONS_SHELL_FISH };

enum { OPTIONS_SOCKETS = 4, OPTIONS_HOSTS_MAX = 32, OPTIONS_KMS_URLS_MAX = 16 };

/* Where a socket of --socket-dir is instead, which may also be a TCP address. */
struct options_socket {
    const char *name;        /* "dstack.sock"; NULL: in --socket-dir */
    const char *setting;     /* "internal", for errors */
    struct listen_spec spec; /* without services, which the name decides */
};

/* What the first argument may be instead of an option. */
enum options_command {
    OPTIONS_COMMAND_NONE, /* serve */
    OPTIONS_COMMAND_DECRYPT_ENV,
    OPTIONS_COMMAND_DEPLOY,
    OPTIONS_COMMAND_PS,
    OPTIONS_COMMAND_LOGS,
    OPTIONS_COMMAND_RM,
};

/* Owns its strings and arrays. An option that was not given is NULL, zero or its default. */
struct options {
    struct listen_spec *listen; /* after options_parse, empty only with --config */
    size_t listen_count;
    char *socket_dir;     /* NULL: "none" */
    unsigned socket_mode; /* permissions of Unix sockets that are not private */
    char *ready_file;
    char *public_url;                           /* http:// or https://, no slash at the end */
    const char *allow_hosts[OPTIONS_HOSTS_MAX]; /* names without a port; into texts */
    size_t allow_host_count;
    char *state_dir;
    bool vm_ports;
    bool run_containers;
    struct options_texts images; /* paths of directories */
    char *kms_listen;            /* an address without services */
    char *kms_domain;
    char *kms_allowlist;
    char *kms_auth_url; /* http:// */
    char *vmm_token;    /* visible ASCII */
    char *config;
    bool watchdog;
    bool reuse_port;
    bool no_control;
    bool strict;
    char *app_compose;
    char *docker_compose;
    char *name;   /* of the app that wraps docker_compose; never NULL after options_parse */
    char *app_id; /* APP_ID_BYTES in hex */
    bool kms;
    struct options_texts kms_urls; /* https:// */
    char *write_app_keys;
    enum kms_flaw kms_flaw;
    char *instance; /* never NULL after options_parse */
    enum os_image_line dstack_os;
    char *app_keys;
    char *user_config;
    char *health_file;
    char *tsm_dir;
    char *encrypted_env;
    char *logs_dir;
    char *sys_config;
    char *gpu_info;
    char *seed;               /* 1 to 256 bytes; never NULL after options_parse */
    struct scenario scenario; /* TCB status, advisories and quote version */
    bool debug_td;
    bool no_mrconfigid;
    struct fault *faults; /* of existing methods; their seeds are in fault->random */
    size_t fault_count;
    enum log_level log_level;
    enum log_format log_format;

    bool check;
    bool print_config;
    bool print_root_ca;
    bool follow;                         /* logs goes on */
    struct healthcheck_spec healthcheck; /* its address is NULL if not given */
    enum options_shell completion;
    bool man;
    bool version;
    bool help;
    enum options_command command;
    char *decrypt_env;      /* the argument of the command decrypt-env */
    char *command_argument; /* that of another command */

    struct options_socket sockets[OPTIONS_SOCKETS]; /* from --config */
    bool uses_found_files;                          /* see options_dstack.h */
    enum options_source sources[OPTIONS_MAX];       /* by row */
    struct options_texts texts[OPTIONS_MAX];        /* by row: lists and healthcheck as given */
    struct options_texts warnings;                  /* sentences for stderr */
};

#endif
