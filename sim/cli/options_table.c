#include "sim/cli/options_table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define STRING(name) .kind = OPTION_STRING, .field = offsetof(struct options, name)
#define FLAG(name) .kind = OPTION_FLAG, .field = offsetof(struct options, name)
#define WORD(name, words) .kind = OPTION_WORD, .field = offsetof(struct options, name), .word = words
#define PARSED(name, reader) .kind = OPTION_PARSED, .field = offsetof(struct options, name), .read = reader
#define LIST(name, reader) .kind = OPTION_LIST, .field = offsetof(struct options, name), .read = reader
#define SPECS(name, reader) .kind = OPTION_SPECS, .field = offsetof(struct options, name), .read = reader

static const char *level(size_t index)
{
    return log_level_name((enum log_level)index);
}

static const char *format(size_t index)
{
    return log_format_name((enum log_format)index);
}

static const char *status(size_t index)
{
    return index <= TCB_REVOKED ? tcb_status_name((enum tcb_status)index) : NULL;
}

const char *options_table_shell(size_t index)
{
    static const char *const shells[] = {
        [OPTIONS_SHELL_BASH] = "bash",
        [OPTIONS_SHELL_ZSH] = "zsh",
        [OPTIONS_SHELL_FISH] = "fish",
    };

    return index < sizeof shells / sizeof *shells ? shells[index] : NULL;
}

/* clang-format off */
const struct option_row options_table[] = {
    {"listen", 'l', "ADDR[=SERVICES]", SPECS(listen, options_read_listen), .preset = OPTIONS_DEFAULT_LISTEN, .group = GROUP_LISTENING,
     .brief = "PORT, HOST:PORT, unix:PATH; repeatable",
     .more = "Serve on this address: PORT, HOST:PORT, [v6]:PORT or unix:PATH; repeatable. A host is needed "
             "to listen beyond this machine: a bare port means 127.0.0.1. Port 0 takes a free one. Given at "
             "all, it replaces the default, localhost:8090. SERVICES is all, as when left out, or some of "
             "dstack, tappd, worker, guest, kms, collateral, verifier and simulator with commas between "
             "them."},
    {"socket-dir", 'd', "DIR|none", STRING(socket_dir), .preset = ".", .none = "none", .value = VALUE_FOLDER,
     .group = GROUP_LISTENING, .brief = "folder of the four sockets; none: none",
     .more = "Make the sockets dstack.sock, tappd.sock, external.sock and guest.sock in this folder, which "
             "is the current one unless given; none makes no sockets."},
    {"ready-file", 0, "FILE", STRING(ready_file), .value = VALUE_FILE, .group = GROUP_LISTENING,
     .brief = "gets the endpoints as JSON once it serves",
     .more = "Write the endpoints to FILE as JSON once it serves; it is removed at the end."},
    {"public-url", 0, "URL", STRING(public_url), .read = options_read_public_url, .group = GROUP_LISTENING,
     .brief = "what certificates and collateral point to",
     .more = "What certificates and collateral point to. Unless given, it is the first TCP address, as "
             "localhost where that is this machine."},
    {"no-control", 0, NULL, FLAG(no_control), .group = GROUP_LISTENING,
     .brief = "do not offer the Simulator service",
     .more = "Do not offer the Simulator service on any address, so that no client can change the "
             "platform's state."},

    {"app-compose", 'a', "FILE", STRING(app_compose), .value = VALUE_FILE, .group = GROUP_APP,
     .brief = "its hash and id follow from this file",
     .more = "The app: its compose hash and id follow from the bytes of this app-compose.json."},
    {"docker-compose", 0, "FILE", STRING(docker_compose), .value = VALUE_FILE, .group = GROUP_APP,
     .shared = "or from this, wrapped", .brief = "the app, from a docker-compose file",
     .more = "The app, wrapped from a docker-compose file into the JSON whose hash the SDKs compute."},
    {"name", 0, "NAME", STRING(name), .group = GROUP_APP, .joined = true, .brief = "the name of that app",
     .more = "The name of the app that is wrapped from a docker-compose file; app unless given."},
    {"instance", 0, "NAME", STRING(instance), .group = GROUP_APP, .brief = "another instance of the app"},
    {"app-keys", 'k', "FILE", STRING(app_keys), .value = VALUE_FILE, .group = GROUP_APP,
     .shared = "keys and environment", .brief = "its keys, as in appkeys.json",
     .more = "Its keys, in the format of the real simulator's appkeys.json."},
    {"encrypted-env", 0, "FILE", STRING(encrypted_env), .value = VALUE_FILE, .group = GROUP_APP,
     .joined = true,
     .brief = "its environment, as the SDKs encrypt it",
     .more = "Its environment, as the SDKs encrypt it; what Simulator.DecryptEnv shows when it is asked for "
             "nothing else."},
    {"sys-config", 's', "FILE", STRING(sys_config), .value = VALUE_FILE, .group = GROUP_APP,
     .shared = "the machine, its GPUs", .brief = "its machine, from a sys-config.json",
     .more = "The machine's processors and memory, from a sys-config.json."},
    {"gpu-info", 0, "FILE", STRING(gpu_info), .value = VALUE_FILE, .group = GROUP_APP, .joined = true,
     .brief = "what GpuInfo answers",
     .more = "What GpuInfo answers; nothing unless given."},
    {"logs-dir", 0, "DIR", STRING(logs_dir), .value = VALUE_FOLDER, .group = GROUP_APP,
     .brief = "/logs/NAME shows DIR/NAME.log"},
    {"seed", 0, "TEXT", STRING(seed), .read = options_read_seed, .group = GROUP_APP,
     .brief = "everything random-looking follows from it",
     .more = "Everything random-looking follows from it: 1 to 256 bytes. It is public and protects nothing. "
             "Simulators with one seed are one cluster."},

    {"tcb-status", 0, "STATUS", WORD(scenario.tcb_status, status),
     .group = GROUP_PLATFORM, .shared = "what verifiers find", .brief = "the status verifiers find",
     .more = "The TCB status that verifiers find."},
    {"advisory", 0, "ID", LIST(scenario.advisories, options_read_advisory), .group = GROUP_PLATFORM,
     .joined = true,
     .brief = "an advisory of that TCB status; repeatable",
     .more = "An advisory of that TCB status, such as INTEL-SA-00837; repeatable."},
    {"debug-td", 0, NULL, FLAG(debug_td), .group = GROUP_PLATFORM, .joined = true,
     .brief = "quotes say that the TD can be debugged"},
    {"fault", 0, "METHOD=WHAT", SPECS(faults, options_read_fault), .group = GROUP_PLATFORM,
     .brief = "what goes wrong in a method; repeatable",
     .more = "Let calls of METHOD, or of every one with *, go wrong: WHAT is a status from 400 to 599, drop or "
             "cut, with commas between it and delay=MS, times=N, percent=N, seed=N and, as the last, "
             "message=TEXT. Repeatable."},

    {"log-level", 0, "LEVEL", WORD(log_level, level), .preset = "info",
     .group = GROUP_LOGGING, .shared = "info; text, or json", .brief = "how much is logged",
     .more = "How much is logged on stderr; info unless given."},
    {"log-format", 0, "FORMAT", WORD(log_format, format), .preset = "text",
     .group = GROUP_LOGGING, .joined = true, .brief = "lines for people or JSON",
     .more = "Lines for people or for machines; text unless given."},

    {"check", 0, NULL, FLAG(check), .group = GROUP_OTHER, .shared = "look, then exit",
     .brief = "check options and files, then exit",
     .more = "Check the options and the files they name, then exit."},
    {"print-config", 0, NULL, FLAG(print_config), .no_twin = true, .group = GROUP_OTHER, .joined = true,
     .brief = "print the settings, and where each is from",
     .more = "Print the settings that hold, grouped by where they come from (the command line, the "
             "environment, the defaults), as lines NAME=value of the environment that can be used again; "
             "defaults and what is not set are comments, so that whoever uses them again may have others. See "
             "ENVIRONMENT."},
    {"print-root-ca", 0, NULL, FLAG(print_root_ca), .group = GROUP_OTHER, .joined = true,
     .brief = "print the root that quotes chain to, as PEM",
     .more = "Print the certificate of the root that quotes chain to, as PEM."},
    {"healthcheck", 0, "[URL|SOCKET]", PARSED(healthcheck, options_read_healthcheck), .no_twin = true,
     .value = VALUE_FILE, .group = GROUP_OTHER, .brief = "exit with 0 if one is ready there",
     .more = "Ask a running simulator whether it is ready, and exit with 0 if it is. The address is "
             "http://HOST:PORT[/PATH], the path of a socket, or what --listen takes; unless given, it is "
             "the first one of --listen. It is asked for /readyz, or for the PATH, and only the status 200 "
             "within 3 seconds is an answer of somebody who is ready. There is no HTTPS."},
    {"completion", 0, "SHELL", WORD(completion, options_table_shell), .no_twin = true,
     .group = GROUP_OTHER, .shared = "print it, then exit",
     .brief = "print a completion script",
     .more = "Print a script that lets this shell complete the options and their values."},
    {"man", 0, NULL, FLAG(man), .no_twin = true, .group = GROUP_OTHER, .joined = true,
     .brief = "print the manual",
     .more = "Print this page in roff, which man -l - shows."},
    {"version", 0, NULL, FLAG(version), .no_twin = true, .group = GROUP_OTHER, .joined = true,
     .brief = "print the version"},
    {"help", 'h', NULL, FLAG(help), .no_twin = true, .group = GROUP_OTHER, .joined = true,
     .brief = "print a summary of the options"},
    {.name = NULL},
};
/* clang-format on */

const char *options_table_group(enum option_group group)
{
    static const char *const names[] = {
        [GROUP_LISTENING] = "Listening", [GROUP_APP] = "The app", [GROUP_PLATFORM] = "Platform",
        [GROUP_LOGGING] = "Logging",     [GROUP_OTHER] = "Other",
    };

    return names[group];
}

const struct option_row *options_table_find(const char *name, size_t len)
{
    for (const struct option_row *row = options_table; row->name; row++)
        if (strlen(row->name) == len && memcmp(row->name, name, len) == 0)
            return row;
    return NULL;
}

const struct option_row *options_table_find_letter(char letter)
{
    for (const struct option_row *row = options_table; row->name; row++)
        if (letter && row->letter == letter)
            return row;
    return NULL;
}

static const char *name_at(size_t index)
{
    return options_table[index].name; /* NULL in the last row */
}

const struct option_row *options_table_nearest(const char *typed, size_t len)
{
    const char *name = spelling_nearest(typed, len, name_at);

    return name ? options_table_find(name, strlen(name)) : NULL;
}

void options_table_variable(const struct option_row *row, char *out)
{
    snprintf(out, OPTIONS_NAME_MAX, OPTIONS_PREFIX "%s", row->name);
    for (char *at = out; *at; at++)
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
}
