#include "sim/options_table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sim/listen_spec.h"
#include "sim/td/scenario.h"

enum { SEED_MAX = 256, URL_MAX = 200 };

static int check_listen(char *value, struct error *error)
{
    struct listen_spec spec;

    return listen_spec_parse(&spec, value, error);
}

static int check_seed(char *value, struct error *error)
{
    size_t len = strlen(value);

    if (len > SEED_MAX)
        return error_input(error, "a seed has at most %d bytes, this one has %zu", SEED_MAX, len);
    return 0;
}

/* Certificates and JSON carry the URL as it is and put paths behind it, so it
 * holds nothing that would have to be escaped and no query. */
static int check_url(char *value, struct error *error)
{
    size_t scheme = !strncmp(value, "http://", 7) ? 7 : !strncmp(value, "https://", 8) ? 8 : 0;
    size_t len = strlen(value);

    if (!scheme)
        return error_input(error, "a URL that begins with http:// or https:// is wanted");
    for (size_t i = 0; i < len; i++) {
        if (value[i] <= ' ' || value[i] > '~' || strchr("\"<>\\^`{|}?#@", value[i]))
            return error_input(
                error,
                "byte %zu of the URL is out of place; only a scheme, a host, a port and a path "
                "in plain ASCII belong there",
                i + 1);
    }
    while (len > scheme && value[len - 1] == '/')
        value[--len] = '\0';
    if (len == scheme || strchr(":/", value[scheme]))
        return error_input(error, "the URL names no host; http://localhost:8090 does");
    if (len > URL_MAX)
        return error_input(error, "a URL has at most %d bytes, this one has %zu", URL_MAX, len);
    return 0;
}

static int check_tcb_status(char *value, struct error *error)
{
    struct scenario scenario;

    return scenario_set_status(&scenario, value, error);
}

static int check_advisory(char *value, struct error *error)
{
    struct scenario scenario = {.advisory_count = 0};

    return scenario_add_advisory(&scenario, value, error);
}

#define STRING(name) OPTION_STRING, offsetof(struct options, name)
#define SPECS(name) OPTION_SPECS, offsetof(struct options, name)
#define LIST(name) OPTION_LIST, offsetof(struct options, name)
#define FLAG(name) OPTION_FLAG, offsetof(struct options, name)
#define COMMAND(name) OPTION_COMMAND, offsetof(struct options, name)
#define LEVEL(name) OPTION_LEVEL, offsetof(struct options, name)
#define FORMAT(name) OPTION_FORMAT, offsetof(struct options, name)

/* clang-format off */
const struct option_row options_table[] = {
    {"listen", 'l', "ADDR[=SERVICES]", SPECS(listen), check_listen, GROUP_LISTENING,
     "repeatable: PORT HOST:PORT [v6]:PORT unix:PATH;\n"
     "SERVICES: all (default) or some of dstack,tappd,\n"
     "worker,guest,kms,collateral,verifier,simulator"},
    {"socket-dir", 'd', "DIR|none", STRING(socket_dir), NULL, GROUP_LISTENING,
     "folder of the four sockets; none makes none"},
    {"ready-file", 0, "FILE", STRING(ready_file), NULL, GROUP_LISTENING,
     "gets the endpoints as JSON once it serves"},
    {"public-url", 0, "URL", STRING(public_url), check_url, GROUP_LISTENING,
     "what certificates and collateral point to"},

    {"app-compose", 'a', "FILE", STRING(app_compose), NULL, GROUP_APP,
     "the app: its hash and id follow from this file"},
    {"docker-compose", 0, "FILE", STRING(docker_compose), NULL, GROUP_APP, "the app, wrapped from a docker-compose file"},
    {"name", 0, "NAME", STRING(name), NULL, GROUP_APP, "the name of that app"},
    {"instance", 0, "NAME", STRING(instance), NULL, GROUP_APP, "another instance of the app"},
    {"app-keys", 'k', "FILE", STRING(app_keys), NULL, GROUP_APP,
     "its keys, in the format of appkeys.json"},
    {"encrypted-env", 0, "FILE", STRING(encrypted_env), NULL, GROUP_APP, "its environment, as the SDKs encrypt it"},
    {"logs-dir", 0, "DIR", STRING(logs_dir), NULL, GROUP_APP, "/logs/NAME shows DIR/NAME.log"},
    {"sys-config", 's', "FILE", STRING(sys_config), NULL, GROUP_APP, "its machine, from a sys-config.json"},
    {"gpu-info", 0, "FILE", STRING(gpu_info), NULL, GROUP_APP, "what GpuInfo answers; nothing unless given"},
    {"seed", 0, "TEXT", STRING(seed), check_seed, GROUP_APP,
     "everything random-looking follows from it"},

    {"tcb-status", 0, "STATUS", STRING(tcb_status), check_tcb_status, GROUP_PLATFORM, "UpToDate (default), OutOfDate, Revoked, ..."},
    {"advisory", 0, "ID", LIST(advisories), check_advisory, GROUP_PLATFORM, "repeatable: an advisory of that TCB status"},
    {"debug-td", 0, NULL, FLAG(debug_td), NULL, GROUP_PLATFORM, "quotes say that the TD can be debugged"},

    {"log-level", 0, "LEVEL", LEVEL(log_level), NULL, GROUP_LOGGING,
     "error, warn, info (default), debug or off"},
    {"log-format", 0, "FORMAT", FORMAT(log_format), NULL, GROUP_LOGGING,
     "text (default) or json"},

    {"check", 0, NULL, FLAG(check), NULL, GROUP_OTHER,
     "check options and files, then exit"},
    {"healthcheck", 0, NULL, COMMAND(healthcheck), NULL, GROUP_OTHER,
     "ask the first --listen address; 0 if it serves"},
    {"print-root-ca", 0, NULL, FLAG(print_root_ca), NULL, GROUP_OTHER,
     "print the root that quotes chain to, as PEM"},
    {"version", 0, NULL, COMMAND(version), NULL, GROUP_OTHER, "print the version"},
    {"help", 'h', NULL, COMMAND(help), NULL, GROUP_OTHER, "print this"},
    {.name = NULL},
};
/* clang-format on */

const struct option_row *options_table_find(const char *name, size_t len)
{
    for (const struct option_row *row = options_table; row->name; row++) {
        if (strlen(row->name) == len && !memcmp(row->name, name, len))
            return row;
    }
    return NULL;
}

const struct option_row *options_table_find_letter(char letter)
{
    for (const struct option_row *row = options_table; row->name; row++) {
        if (letter && row->letter == letter)
            return row;
    }
    return NULL;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters have to be put in, taken out, replaced or swapped with their
 * neighbour to make one word of the other; each letter is touched once at most. */
static size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][OPTIONS_TABLE_NAME_MAX]; /* for prefixes of a: of this length, one less, two less */

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3];
        const size_t *earlier = rows[(i + 1) % 3];

        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            now[j] = least(before[j], now[j - 1]) + 1;
            now[j] = least(now[j], before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

static bool is_part(const char *whole, const char *part, size_t part_len)
{
    return part_len >= 3 && memmem(whole, strlen(whole), part, part_len);
}

const struct option_row *options_table_nearest(const char *typed, size_t len)
{
    const struct option_row *nearest = NULL;
    size_t best = len / 3 + 1; /* the first distance that is too far */

    if (len < 2 || len >= OPTIONS_TABLE_NAME_MAX)
        return NULL;
    if (best == 1)
        best = 2;
    for (const struct option_row *row = options_table; row->name; row++) {
        size_t distance = edit_distance(typed, len, row->name, strlen(row->name));

        if (distance < best) {
            nearest = row;
            best = distance;
        }
    }
    for (const struct option_row *row = options_table; row->name && !nearest; row++) {
        if (is_part(row->name, typed, len))
            nearest = row;
    }
    return nearest;
}

void options_table_variable(const struct option_row *row, char *out)
{
    snprintf(out, OPTIONS_TABLE_NAME_MAX, OPTIONS_TABLE_PREFIX "%s", row->name);
    for (char *at = out; *at; at++)
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
}
