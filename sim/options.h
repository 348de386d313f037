/* What the user asked for: the command line and its environment twins.
 *
 * Each option is one row of the table in options_table.c. The parser, the
 * environment, --help and the error sentences all walk that table, so a new
 * option is one field here and one row there. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/error.h"
#include "sim/base/log.h"

#define OPTIONS_DEFAULT_LISTEN "localhost:8090"

struct options_list {
    char **items; /* owned, as is each item */
    size_t count;
};

/* Strings are owned by the struct; an option nobody gave is NULL, false or its
 * default. */
struct options {
    struct options_list listen; /* each one good for listen_spec_parse; never empty after options_parse */
    char *ready_file;
    char *socket_dir; /* "." unless given; NULL when it was "none" */
    bool listen_given; /* or is it the default, which sockets of a service manager replace? */
    bool socket_dir_given;
    char *app_compose;
    char *docker_compose;
    char *name; /* of the app that wraps docker_compose */
    char *instance;
    char *app_keys;
    char *gpu_info;
    char *logs_dir;
    char *sys_config;
    char *encrypted_env;
    char *decrypt_env; /* the file of the command decrypt-env */
    char *tcb_status; /* a name of scenario.h */
    struct options_list advisories;
    bool debug_td;
    char *seed;       /* 1 to 256 bytes */
    char *public_url; /* http:// or https://, no slash at the end */
    enum log_level log_level;
    enum log_format log_format;
    bool check;
    bool print_root_ca;
    bool healthcheck;
    bool version;
    bool help;

    struct options_list warnings; /* sentences about the environment, to be shown on stderr */
};

void options_init(struct options *options);

/* Reads the command line (argv[0] is skipped) and, for every option it does not
 * give, the environment (`NAME=value` strings, NULL behind the last). An option
 * given twice takes its last value, a list takes all. An empty environment
 * variable counts as absent. With --help or --version on the command line the
 * environment is not looked at.
 *
 * In: options from options_init.
 * Returns 0, or -1 with a sentence that names the option or the variable;
 * options_free is due either way. */
int options_parse(struct options *options, int argc, char *const argv[], char *const envp[],
                  struct error *error);

/* The text of --help. */
void options_help(FILE *stream);

void options_free(struct options *options);

#endif
