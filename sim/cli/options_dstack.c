#include "sim/cli/options_dstack.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/file.h"
#include "sim/base/spelling.h"
#include "sim/cli/options_value.h"
#include "sim/format/toml.h"

#define CONFIG_FILE_BYTES 65536
#define ROCKET_PORT 8000 /* where the real simulator listens if a section has no port */

struct config {
    struct options *options;
    struct toml toml;
    struct arena arena;
    struct error *error;
};

/* The sections with addresses, and which of our sockets each one is. */
static const struct {
    const char *table;
    const char *socket;
} sections[] = {
    {"internal", "dstack.sock"},
    {"internal-v0", "tappd.sock"},
    {"external", "external.sock"},
    {"guest-api", "guest.sock"},
};

#define SECTIONS (sizeof sections / sizeof *sections)

_Static_assert(SECTIONS == OPTIONS_SOCKETS, "each section is a socket");

/* Why settings of the real simulator have no effect. A table of NULL means each section. */
static const struct {
    const char *table;
    const char *key;
    const char *why;
} ignored[] = {
    {NULL, "reuse", "an old socket file is replaced, one in use is not"},
    {"default.core", "data_disks", "the disks are those of this machine"},
    {"default.core.simulator", "enabled", "this is always a simulator"},
    {"default.core.simulator", "attestation_file", "quotes are computed"},
    {"default.core.simulator", "quote_file", "quotes are computed"},
    {"default.core.simulator", "event_log_file", "the event log is computed"},
    {"default.core.simulator", "patch_report_data", "quotes contain the report data of their request"},
    {"default.core.simulator", "mock_attestation_seed", "the seed is that of --seed"},
};

static void warn(struct config *config, const struct toml_value *value, const char *why)
{
    const char *warning = arena_printf(&config->arena, "--config: %s: line %u: %s%s%s has no effect here%s%s",
                                       config->options->config, value->line, value->table,
                                       *value->table ? "." : "", value->key, why ? ": " : "", why ? why : "");

    options_texts_append(&config->options->warnings, warning);
}

/* Begins an error with the option, the file and the line; returns -1. */
static int error_at(struct config *config, const struct toml_value *value)
{
    return error_context(config->error, "--config: %s: line %u", config->options->config, value->line);
}

static int error_type(struct config *config, const struct toml_value *value, const char *expected)
{
    error_input(config->error, "%s.%s must be %s", value->table, value->key, expected);
    return error_at(config, value);
}

/* --- files --- */

/* The value of a row's setting, or NULL. */
static const struct toml_value *find_row(struct config *config, const struct option_row *row)
{
    const char *dot = row->setting ? strrchr(row->setting, '.') : NULL;

    if (!dot)
        return NULL;
    return toml_find(&config->toml, arena_copy(&config->arena, row->setting, (size_t)(dot - row->setting)),
                     dot + 1);
}

static int read_file_names(struct config *config)
{
    struct options *options = config->options;

    for (const struct option_row *row = options_table; row->name; row++) {
        const struct toml_value *value = find_row(config, row);
        bool is_compose = row->field == offsetof(struct options, app_compose);

        if (!value)
            continue;
        if (value->type != TOML_STRING)
            return error_type(config, value, "a string");
        if (options->sources[row - options_table] != OPTIONS_DEFAULT ||
            (is_compose && options->docker_compose))
            continue;
        if (options_value_read(options, row, OPTIONS_CONFIG, value->text, config->error))
            return error_at(config, value);
    }
    return 0;
}

/* --- addresses --- */

static int read_tcp(struct config *config, const char *host, const struct toml_value *port,
                    struct listen_spec *spec)
{
    const char *text = arena_printf(&config->arena, strchr(host, ':') ? "[%s]:%lld" : "%s:%lld", host,
                                    (long long)(port ? port->integer : ROCKET_PORT));

    return listen_spec_parse(spec, text, config->error);
}

static int read_address(struct config *config, const struct toml_value *address,
                        const struct toml_value *port, struct listen_spec *spec)
{
    static const char unix_prefix[] = "unix:";
    const size_t prefix = sizeof unix_prefix - 1;
    const char *text = address ? address->text : "127.0.0.1";

    if (strncmp(text, unix_prefix, prefix) != 0)
        return read_tcp(config, text, port, spec);
    if (!text[prefix] || strlen(text + prefix) > LISTEN_SPEC_PATH_MAX)
        return error_input(config->error, "the path of a Unix socket has 1 to %d bytes",
                           LISTEN_SPEC_PATH_MAX);
    spec->kind = LISTEN_UNIX;
    memcpy(spec->address, text + prefix, strlen(text + prefix) + 1);
    return 0;
}

static int check_types(struct config *config, const struct toml_value *address, const struct toml_value *port)
{
    if (address && address->type != TOML_STRING)
        return error_type(config, address, "a string");
    if (port && (port->type != TOML_INTEGER || port->integer < 0 || port->integer > UINT16_MAX))
        return error_type(config, port, "a whole number from 0 to 65535");
    return 0;
}

static int read_section(struct config *config, size_t index)
{
    const struct toml_value *address = toml_find(&config->toml, sections[index].table, "address");
    const struct toml_value *port = toml_find(&config->toml, sections[index].table, "port");
    const struct toml_value *first = address ? address : port;
    struct options *options = config->options;
    struct options_socket *socket = &options->sockets[index];

    if (!first)
        return 0;
    if (check_types(config, address, port))
        return -1;
    if (options_table_is_given(options, &options->socket_dir)) {
        warn(config, first, "--socket-dir is given");
        return 0;
    }
    if (address && strncmp(address->text, "vsock:", 6) == 0) {
        warn(config, address, "there is no virtual machine that a vsock belongs to");
        return 0;
    }
    socket->name = sections[index].socket;
    socket->setting = sections[index].table;
    if (read_address(config, address, port, &socket->spec) == 0)
        return 0;
    error_context(config->error, "%s.%s", first->table, first->key);
    return error_at(config, first);
}

/* --- what has no effect --- */

static int index_of_section(const char *table)
{
    for (size_t i = 0; i < SECTIONS; i++)
        if (strcmp(sections[i].table, table) == 0)
            return (int)i;
    return -1;
}

/* Whether a value is read here. */
static bool is_read(struct config *config, const struct toml_value *value)
{
    if (index_of_section(value->table) >= 0 &&
        (strcmp(value->key, "address") == 0 || strcmp(value->key, "port") == 0))
        return true;
    for (const struct option_row *row = options_table; row->name; row++)
        if (find_row(config, row) == value)
            return true;
    return false;
}

static const char *reason(const struct toml_value *value)
{
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (strcmp(value->key, ignored[i].key) == 0 &&
            (ignored[i].table ? strcmp(value->table, ignored[i].table) == 0
                              : index_of_section(value->table) >= 0))
            return ignored[i].why;
    return NULL;
}

/* The names of settings that are read in the table default.core; a spelling_word. */
static const char *core_setting(size_t index)
{
    static const char core[] = "default.core.";

    for (const struct option_row *row = options_table; row->name; row++)
        if (row->setting && strncmp(row->setting, core, sizeof core - 1) == 0 && index-- == 0)
            return row->setting + sizeof core - 1;
    return NULL;
}

static const char *section_setting(size_t index)
{
    return index == 0 ? "address" : index == 1 ? "port" : NULL;
}

static void warn_of_others(struct config *config)
{
    for (size_t i = 0; i < config->toml.count; i++) {
        const struct toml_value *value = &config->toml.values[i];
        const char *why = reason(value), *meant = NULL;

        if (is_read(config, value))
            continue;
        if (!why && strcmp(value->table, "default.core") == 0)
            meant = spelling_nearest(value->key, strlen(value->key), core_setting);
        else if (!why && index_of_section(value->table) >= 0)
            meant = spelling_nearest(value->key, strlen(value->key), section_setting);
        warn(config, value, meant ? arena_printf(&config->arena, "did you mean %s?", meant) : why);
    }
}

/* --- the whole file --- */

static int read_config(struct config *config, struct span text)
{
    if (toml_parse(text, &config->arena, &config->toml, config->error))
        return error_context(config->error, "--config: %s", config->options->config);
    if (read_file_names(config))
        return -1;
    for (size_t i = 0; i < SECTIONS; i++)
        if (read_section(config, i))
            return -1;
    warn_of_others(config);
    return 0;
}

int options_dstack_read(struct options *options, struct error *error)
{
    struct config config = {.options = options, .error = error};
    char *text = NULL;
    size_t len;
    int result;

    if (options->watchdog)
        options_texts_append(&options->warnings,
                             "--watchdog has no effect here: WatchdogSec= of the systemd unit is enough");
    if (!options->config)
        return 0;
    if (file_read(options->config, CONFIG_FILE_BYTES, &text, &len, error))
        return error_context(error, "--config");
    arena_init(&config.arena);
    result = read_config(&config, span_of(text, len));
    arena_free(&config.arena);
    free(text);
    return result;
}

/* --- the files of the directory --- */

static const struct {
    const char *option;
    const char *file;
} found[] = {
    {"app-compose", "app-compose.json"},
    {"app-keys", "appkeys.json"},
    {"sys-config", "sys-config.json"},
};

#define FOUND (sizeof found / sizeof *found)

static bool says_what_the_app_is(const struct options *options)
{
    for (const struct option_row *row = options_table; row->name; row++)
        if (row->group == GROUP_APP && options->sources[row - options_table] != OPTIONS_DEFAULT)
            return true;
    return options->config;
}

int options_dstack_find_files(struct options *options, struct error *error)
{
    struct stat status;

    if (says_what_the_app_is(options))
        return 0;
    for (size_t i = 0; i < FOUND; i++)
        if (stat(found[i].file, &status) != 0 || !S_ISREG(status.st_mode))
            return 0;
    for (size_t i = 0; i < FOUND; i++)
        if (options_value_read(options, options_table_find(found[i].option, strlen(found[i].option)),
                               OPTIONS_FOUND, found[i].file, error))
            return -1;
    options->uses_found_files = true;
    return 0;
}
