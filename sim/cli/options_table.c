#include "sim/cli/options_table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/cli/tcb_spec.h"
#include "sim/services/registry.h"

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
    {"listen", 'l', "ADDR[=SERVICES]", SPECS(listen, options_read_listen), .preset = OPTIONS_DEFAULT_LISTEN,
     .group = GROUP_LISTENING, .brief = "PORT, HOST:PORT, unix:PATH; repeatable",
     .more = "Serve on this address: PORT, HOST:PORT, [v6]:PORT or unix:PATH; repeatable. To listen beyond "
             "this machine, give a host: a bare port means 127.0.0.1. Port 0 takes a free one. If given at "
             "all, it replaces the default, localhost:8090. SERVICES is all, which is the default, or a "
             "comma-separated list of @SERVICES@."},
    {"socket-dir", 'd', "DIR|none", STRING(socket_dir), .preset = ".", .none = "none",
     .value = VALUE_DIRECTORY, .group = GROUP_LISTENING, .shared = "for the Unix sockets",
     .brief = "directory for the Unix sockets, or none",
     .more = "Create the sockets dstack.sock, tappd.sock, external.sock and guest.sock in this directory; none "
             "creates no sockets. The default is the current directory."},
    {"socket-mode", 0, "MODE", PARSED(socket_mode, options_read_socket_mode), .preset = "0777",
     .group = GROUP_LISTENING, .is_joined = true, .brief = "who may connect to the sockets",
     .more = "The permissions of dstack.sock, tappd.sock and external.sock, in octal. The default is 0777, as in "
             "production: every local user may connect. 0660 is for the user and the group that run the "
             "simulator. guest.sock, and a socket of --listen that serves guest or simulator, are always 0600."},
    {"ready-file", 0, "FILE", STRING(ready_file), .value = VALUE_FILE, .group = GROUP_LISTENING,
     .shared = "URLs, hosts", .brief = "written when ready: endpoints as JSON",
     .more = "Write the endpoints to FILE as JSON once the simulator is ready, and remove FILE at exit."},
    {"public-url", 0, "URL", STRING(public_url), .read = options_read_public_url, .group = GROUP_LISTENING,
     .is_joined = true,
     .brief = "what certificates and collateral point to",
     .more = "The URL that certificates and collateral point to. The default is the first TCP address, as "
             "localhost if it is on this machine."},
    {"allow-host", 0, "NAME", LIST(allow_hosts, options_read_allow_host), .group = GROUP_LISTENING,
     .is_joined = true,
     .brief = "a host name of this machine; repeatable",
     .more = "Serve requests for this host name over TCP; repeatable. Without it the simulator serves requests "
             "for addresses, for names without a dot, for names below .localhost, .local, .internal, .svc and "
             ".cluster.local, and for the hosts of --listen and --public-url: any other name may belong to "
             "a website that makes it lead here (DNS rebinding)."},
    {"config", 'c', "FILE", STRING(config), .value = VALUE_FILE, .group = GROUP_LISTENING,
     .shared = "as dstack's simulator", .brief = "dstack.toml of dstack's own simulator",
     .more = "The dstack.toml of dstack's own simulator, for its addresses and the names of its files; other "
             "options take precedence. There is no TCP address then unless the file or --listen has one. A "
             "line on stderr names each setting that has no effect."},
    {"watchdog", 'w', NULL, FLAG(watchdog), .group = GROUP_LISTENING, .is_joined = true,
     .brief = "no effect: for scripts of that simulator",
     .more = "Has no effect: scripts that start dstack's own simulator have this option. Here the watchdog of "
             "systemd is notified whenever its unit has WatchdogSec=."},
    {"reuse-port", 0, NULL, FLAG(reuse_port), .group = GROUP_LISTENING, .is_joined = true,
     .brief = "share TCP ports with other simulators",
     .more = "Share the TCP ports of --listen with other simulators of the same user that have this option, too: "
             "the system spreads connections over them. With the same seed and app they have the same keys; events, "
             "faults and snapshots are each process's own."},
    {"no-control", 0, NULL, FLAG(no_control), .group = GROUP_LISTENING,
     .shared = "VM", .brief = "do not offer the Simulator service",
     .more = "Do not offer the Simulator service on any address, so that no client can change the state of "
             "the platform."},
    {"strict", 0, NULL, FLAG(strict), .group = GROUP_LISTENING, .is_joined = true,
     .brief = "refuse what a real TD would refuse",
     .more = "Refuse what the real guest agent refuses and the simulator otherwise takes, and arguments with "
             "unknown names, so that a test that passes here passes there. dstack.sock, tappd.sock and "
             "guest.sock serve only what they serve in a real TD."},
    {"vm-ports", 0, NULL, FLAG(vm_ports), .group = GROUP_LISTENING, .is_joined = true,
     .brief = "a TCP port for each deployed TD",
     .more = "Serve each TD that is deployed over the VMM on a free TCP port of this machine as well, for SDKs "
             "that cannot use Unix sockets. The port is in the TD's console and events."},
    {"vmm-token", 0, "TOKEN", STRING(vmm_token), .read = options_read_vmm_token, .is_secret = true,
     .group = GROUP_LISTENING, .is_joined = true, .brief = "who deploys needs this token",
     .more = "The VMM answers only to requests with this token, as Bearer or Basic authorization, in "
             "X-Admin-Token or, of a GET, as ?token=. The guest agent and the other services need none. The "
             "commands deploy, ps, logs and rm send it. Other users of the machine can see it unless it is set "
             "in the environment."},
    {"follow", 'f', NULL, FLAG(follow), .group = GROUP_LISTENING, .is_joined = true,
     .brief = "logs goes on as the log grows",
     .more = "The command logs goes on as the log grows, until Ctrl-C or the end of the VM."},
    {"state-dir", 0, "DIR", STRING(state_dir), .value = VALUE_DIRECTORY, .group = GROUP_LISTENING,
     .shared = "TDs", .brief = "where deployed TDs survive a restart",
     .more = "Keep the TDs that are deployed over the VMM in this directory, which is made if there is none, so "
             "that they are there again after a restart, and those that ran run. By default they end with the "
             "simulator."},
    {"image", 0, "DIR", SPECS(images, options_read_image), .value = VALUE_DIRECTORY, .group = GROUP_LISTENING,
     .is_joined = true, .brief = "an OS image to deploy; repeatable",
     .more = "An OS image that TDs can be deployed with, besides those that are part of the simulator: a directory "
             "as dstack's VMM has it, with metadata.json, digest.txt, sha256sum.txt and measurement.tdx.cbor. "
             "Its name is that of the directory. Repeatable."},
    {"run-containers", 0, NULL, FLAG(run_containers), .group = GROUP_LISTENING, .is_joined = true,
     .brief = "start the containers of deployed apps",
     .more = "Hand the compose file of each TD that is deployed to docker compose, podman compose, podman-compose or "
             "docker-compose, with the TD's sockets at /var/run/ and its environment; their output is in the console. "
             "A client that may deploy runs containers as this user, then: see --vmm-token."},
    {"kms-listen", 0, "ADDR", STRING(kms_listen), .read = options_read_kms_listen,
     .group = GROUP_LISTENING, .is_joined = true,
     .brief = "where the KMS gives out keys, over TLS",
     .more = "Serve the KMS over HTTPS on this address: PORT, HOST:PORT or [v6]:PORT. There it gives out the keys "
             "of an app to a TD whose client certificate attests it, signs certificates, and lets another KMS "
             "start from it."},
    {"kms-domain", 0, "NAME", STRING(kms_domain), .group = GROUP_LISTENING, .shared = "the KMS's",
     .brief = "the name that its certificate is for",
     .more = "The name by which clients call that KMS, which its certificate is for. The default is the host of "
             "--kms-listen if that is a name, or else localhost."},
    {"kms-allowlist", 0, "FILE", STRING(kms_allowlist), .value = VALUE_FILE, .group = GROUP_LISTENING,
     .is_joined = true, .brief = "who gets keys there; else everyone does",
     .more = "Whom that KMS gives keys: a file in the format of dstack's auth-simple. It is read for each "
             "decision. By default, everyone is allowed."},
    {"kms-auth-url", 0, "URL", STRING(kms_auth_url), .read = options_read_kms_auth_url,
     .group = GROUP_LISTENING, .is_joined = true, .brief = "a webhook that says who gets keys",
     .more = "The webhook that says whom that KMS gives keys, as dstack's auth API: it posts boot info to "
             "URL/bootAuth/app and URL/bootAuth/kms. It has 5 seconds to answer. Not together with "
             "--kms-allowlist."},

    {"app-compose", 'a', "FILE", STRING(app_compose), .setting = "default.core.compose_file", .value = VALUE_FILE, .group = GROUP_APP,
     .brief = "its hash and id come from this file",
     .more = "The app. The bytes of this app-compose.json determine its compose hash and id."},
    {"docker-compose", 0, "FILE", STRING(docker_compose), .value = VALUE_FILE, .group = GROUP_APP,
     .shared = "or this, wrapped", .brief = "the app, from a docker-compose file",
     .more = "The app, from a docker-compose file, which is wrapped into the JSON whose hash the SDKs compute."},
    {"name", 0, "NAME", STRING(name), .preset = "app", .group = GROUP_APP, .is_joined = true,
     .brief = "the name of that app",
     .more = "The name of the app from --docker-compose. The default is app."},
    {"instance", 0, "NAME", STRING(instance), .preset = "default", .group = GROUP_APP,
     .is_joined = true, .brief = "another instance of the app",
     .more = "The name of this instance of the app, which determines the instance id."},
    {"app-keys", 'k', "FILE", STRING(app_keys), .setting = "default.core.keys_file", .value = VALUE_FILE, .group = GROUP_APP,
     .shared = "its keys", .brief = "its keys, as in appkeys.json",
     .more = "The app's keys, in the format of the real simulator's appkeys.json."},
    {"encrypted-env", 0, "FILE", STRING(encrypted_env), .value = VALUE_FILE, .group = GROUP_APP,
     .is_joined = true,
     .brief = "its environment, as the SDKs encrypt it",
     .more = "The app's environment, as the SDKs encrypt it. Simulator.DecryptEnv decrypts it unless a request "
             "contains another one."},
    {"user-config", 0, "FILE", STRING(user_config), .value = VALUE_FILE, .group = GROUP_APP, .is_joined = true,
     .brief = "what is deployed with the app",
     .more = "The user config that is deployed with the app. Only the launch token in it is read, if the app "
             "requires one."},
    {"sys-config", 's', "FILE", STRING(sys_config), .setting = "default.core.sys_config_file", .value = VALUE_FILE, .group = GROUP_APP,
     .shared = "the machine, its GPUs", .brief = "its machine, from a sys-config.json",
     .more = "The machine's processors and memory, and mr_config for MRCONFIGID, from a sys-config.json."},
    {"gpu-info", 0, "FILE", STRING(gpu_info), .value = VALUE_FILE, .group = GROUP_APP, .is_joined = true,
     .brief = "what GpuInfo returns",
     .more = "The text that GpuInfo returns, and v1.DstackGuest.Attest as boot-time evidence: what NVIDIA's "
             "nvattest printed. An image of dstack 0.6 measures it, so it must be JSON with claims. The default "
             "is an empty text."},
    {"logs-dir", 0, "DIR", STRING(logs_dir), .value = VALUE_DIRECTORY, .group = GROUP_APP,
     .shared = "its logs, its health", .brief = "/logs/NAME shows DIR/NAME.log"},
    {"health-file", 0, "FILE", STRING(health_file), .value = VALUE_FILE, .group = GROUP_APP, .is_joined = true,
     .brief = "where its health_status_file is",
     .more = "Where the file that the app-compose file calls health_status_file is on this machine. The app "
             "reports its health in it, and the TD reads it every 5 seconds."},
    {"tsm-dir", 0, "DIR", STRING(tsm_dir), .value = VALUE_DIRECTORY, .group = GROUP_APP, .is_joined = true,
     .brief = "TDX as files, for tdx-attest",
     .more = "Offer in this directory what Linux offers in a TD, for programs that use it without the guest agent, "
             "such as those with dstack's tdx-attest: configfs-tsm for quotes, the registers, the CCEL table and "
             "dstack's runtime events. It is made if there is none. The variables with which tdx-attest finds it "
             "are printed at the start."},
    {"dstack-os", 0, "VERSION", WORD(dstack_os, os_image_line_name), .preset = "0.5", .group = GROUP_APP,
     .shared = "image, seed, id", .brief = "the OS image: dstack 0.5 or 0.6",
     .more = "The version of dstack whose OS image the TD boots. On 0.6, apps cannot emit events, and "
             "app-compose files may have requirements, measured init scripts and an event log of version 2. "
             "The default is 0.5."},
    {"seed", 0, "TEXT", STRING(seed), .preset = "dstack-simulator", .read = options_read_seed,
     .group = GROUP_APP, .is_joined = true,
     .brief = "seed of all keys and ids",
     .more = "The seed of all keys and ids: 1 to 256 bytes. It is public and protects nothing. Simulators "
             "with the same seed form one cluster."},
    {"app-id", 0, "HEX", STRING(app_id), .read = options_read_app_id, .group = GROUP_APP, .is_joined = true,
     .brief = "the id that the app was deployed with",
     .more = "The id that the app was first deployed with: 40 hex digits. It and the keys of the KMS survive "
             "changes of the compose file. By default, the id is the beginning of the compose hash."},
    {"kms", 0, NULL, FLAG(kms), .group = GROUP_APP, .is_joined = true,
     .brief = "keys and certificates as under a KMS",
     .more = "The first TD's keys and certificates are those that a KMS gives, as a deployed TD's are: chains of "
             "three certificates, leaf, app CA and root CA, with the app id in the leaf. The default is the form of "
             "dstack's own simulator, a chain of two."},
    {"kms-url", 0, "URL", SPECS(kms_urls, options_read_kms_url), .group = GROUP_APP,
     .shared = "under a KMS",
     .brief = "boot under the KMS there; repeatable",
     .more = "TDs whose apps use a KMS boot as real guests do, under the dstack-kms at this https:// URL: it attests "
             "itself, gets its keys and has its certificates signed there. While it does, or as long as the KMS "
             "refuses, /readyz answers 503 with booting. Repeatable: the next one is asked where one fails. With "
             "--app-keys, a file written under a KMS, only certificates are asked for."},
    {"write-app-keys", 0, "FILE", STRING(write_app_keys), .value = VALUE_FILE, .group = GROUP_APP,
     .is_joined = true, .brief = "where the keys from it are written",
     .more = "Write the keys that the first TD has got from the KMS of --kms-url to this file, as a guest does and as "
             "--app-keys reads them; only its owner can read it."},
    {"kms-flaw", 0, "FLAW", WORD(kms_flaw, kms_flaw_name), .preset = "none", .group = GROUP_APP,
     .is_joined = true, .brief = "what is wrong with the KMS of --kms-listen",
     .more = "What is wrong with the KMS of --kms-listen, to see what its clients make of it: denies, it denies every "
             "app; no-usage, its certificate does not say that it is a KMS's; bad-quote, the quote in its "
             "certificate is over another key. The default is none. Slow, failing and garbled answers are faults."},

    {"tcb-status", 0, "STATUS", LIST(scenario.tcb_status, options_read_tcb_status), .word = tcb_spec_word,
     .preset = "UpToDate", .group = GROUP_PLATFORM,
     .shared = "what verifiers find", .brief = "the TCB status that verifiers find",
     .more = "The TCB status that verifiers find; as PART=STATUS, that of one part only. PART is platform, "
             "tdx-module or qe, or early for everything in the early TCB evaluation data set only. A TDX "
             "module and a QE are UpToDate, OutOfDate or Revoked. Recovered is the day after: the platform, "
             "which was OutOfDate, has been updated, and its quotes are UpToDate. Repeatable."},
    {"advisory", 0, "ID", LIST(scenario.advisories, options_read_advisory), .group = GROUP_PLATFORM,
     .is_joined = true,
     .brief = "an advisory of that TCB status; repeatable",
     .more = "An advisory of that TCB status, such as INTEL-SA-00837; repeatable."},
    {"debug-td", 0, NULL, FLAG(debug_td), .group = GROUP_PLATFORM,
     .is_joined = true, .brief = "quotes say that the TD can be debugged"},
    {"no-mrconfigid", 0, NULL, FLAG(no_mrconfigid), .group = GROUP_PLATFORM,
     .shared = "quotes", .brief = "quotes leave MRCONFIGID zero",
     .more = "Quotes leave MRCONFIGID zero, as on hosts with use_mrconfigid = false. By default it holds the "
             "compose hash or, if the app pins key_provider_id, a hash of that too."},
    {"quote-version", 0, "VERSION", WORD(scenario.quote_version, quote_version_word), .preset = "4",
     .group = GROUP_PLATFORM, .is_joined = true, .brief = "the version of quotes",
     .more = "The version of quotes: 4, which is the default, 5 for version 5 with the same TD report, or "
             "5-td15 for version 5 with the TD report of TDX 1.5."},
    {"fault", 0, "METHOD=WHAT", SPECS(faults, options_read_fault), .group = GROUP_PLATFORM,
     .is_joined = true,
     .brief = "make calls of a method fail; repeatable",
     .more = "Make calls of METHOD fail or wait; * means every method. WHAT is a comma-separated list of "
             "a status from 400 to 599, drop, cut, garbage, delay=MS, times=N, percent=N, seed=N and, last, "
             "message=TEXT. Repeatable."},

    {"log-level", 0, "LEVEL", WORD(log_level, level), .preset = "info", .group = GROUP_LOGGING,
     .shared = "info; text, or json", .brief = "how much is logged",
     .more = "How much is logged on stderr. The default is info."},
    {"log-format", 0, "FORMAT", WORD(log_format, format), .preset = "text", .group = GROUP_LOGGING,
     .is_joined = true, .brief = "log lines for people or JSON",
     .more = "Log lines for people or, as JSON, for machines. The default is text."},

    {"check", 0, NULL, FLAG(check), .group = GROUP_OTHER, .shared = "then exit",
     .brief = "check options and files, then exit",
     .more = "Check the options and the files they name, then exit."},
    {"print-config", 0, NULL, FLAG(print_config), .is_command_line_only = true, .group = GROUP_OTHER,
     .is_joined = true, .brief = "print the settings and their origin",
     .more = "Print the effective settings as lines NAME=value of an environment file, grouped by where they "
             "come from: the command line, the environment or the defaults. Defaults and unset options are "
             "comments, so that other defaults can apply where the file is used."},
    {"print-root-ca", 0, NULL, FLAG(print_root_ca), .group = GROUP_OTHER, .is_joined = true,
     .brief = "print the root that quotes chain to, as PEM",
     .more = "Print the root certificate that quotes chain to, as PEM."},
    {"completion", 0, "SHELL", WORD(completion, options_table_shell), .is_command_line_only = true,
     .group = GROUP_OTHER, .is_joined = true,
     .brief = "print a completion script",
     .more = "Print a script with which this shell completes the options and their values."},
    {"healthcheck", 0, "[URL|SOCKET]", PARSED(healthcheck, options_read_healthcheck),
     .is_command_line_only = true, .value = VALUE_FILE, .group = GROUP_OTHER,
     .shared = "ask, print", .brief = "exit with 0 if a simulator is ready there",
     .more = "Ask a running simulator whether it is ready, and exit with 0 if it is. The address is "
             "http://HOST:PORT[/PATH], the path of a socket, or one as in --listen; the default is the first "
             "address of --listen. The request is for /readyz, or for PATH. Only a 200 within 3 seconds "
             "counts as ready. HTTPS is not supported."},
    {"man", 0, NULL, FLAG(man), .is_command_line_only = true, .group = GROUP_OTHER, .is_joined = true,
     .brief = "print the manual",
     .more = "Print the manual page in roff; man -l - shows it."},
    {"version", 0, NULL, FLAG(version), .is_command_line_only = true, .group = GROUP_OTHER,
     .is_joined = true, .brief = "print the version"},
    {"help", 'h', NULL, FLAG(help), .is_command_line_only = true, .group = GROUP_OTHER, .is_joined = true,
     .brief = "print a summary of the options"},
    {.name = NULL},
};
/* clang-format on */

const struct option_row *options_table_row_of(const struct options *options, const void *field)
{
    size_t offset = (size_t)((const char *)field - (const char *)options);
    const struct option_row *row = options_table;

    while (row->name && row->field != offset)
        row++;
    return row;
}

bool options_table_is_given(const struct options *options, const void *field)
{
    return options->sources[options_table_row_of(options, field) - options_table] != OPTIONS_DEFAULT;
}

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

void options_table_sentences(const struct option_row *row, char *out)
{
    static const char field[] = "@SERVICES@";
    const char *at = row->more ? strstr(row->more, field) : NULL;
    char names[200];

    registry_names(names, sizeof names);
    if (at)
        snprintf(out, OPTIONS_SENTENCES_MAX, "%.*s%s%s", (int)(at - row->more), row->more, names,
                 at + sizeof field - 1);
    else if (row->more)
        snprintf(out, OPTIONS_SENTENCES_MAX, "%s", row->more);
    else
        snprintf(out, OPTIONS_SENTENCES_MAX, "%c%s.", toupper((unsigned char)row->brief[0]), row->brief + 1);
}

void options_table_variable(const struct option_row *row, char *out)
{
    snprintf(out, OPTIONS_NAME_MAX, OPTIONS_PREFIX "%s", row->name);
    for (char *at = out; *at; at++)
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
}
