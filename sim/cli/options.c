#include "sim/cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "sim/cli/options_dstack.h"
#include "sim/cli/options_environment.h"
#include "sim/cli/options_foreign.h"
#include "sim/cli/options_value.h"

enum { SHOWN_MAX = 60 }; /* the most bytes of an argument that an error quotes */

/* By enum options_command. */
static const struct {
    const char *name;
    const char *argument; /* NULL: none */
    const char *what;     /* it is */
} commands[] = {
    [OPTIONS_COMMAND_NONE] = {NULL, NULL, NULL},
    [OPTIONS_COMMAND_DECRYPT_ENV] = {"decrypt-env", "FILE", "the FILE that holds the encrypted environment"},
    [OPTIONS_COMMAND_DEPLOY] = {"deploy", "FILE", "the app-compose or docker-compose FILE of an app"},
    [OPTIONS_COMMAND_PS] = {"ps", NULL, NULL},
    [OPTIONS_COMMAND_LOGS] = {"logs", "VM", "the id or the name of a VM"},
    [OPTIONS_COMMAND_RM] = {"rm", "VM", "the id or the name of a VM"},
};

#define COMMANDS (sizeof commands / sizeof *commands)

struct reader {
    struct options *options;
    int argc;
    char *const *argv;
    int at; /* index of the current argument */
    struct error *error;
};

void options_init(struct options *options)
{
    *options = (struct options){.completion = OPTIONS_SHELL_NONE};
}

void options_free(struct options *options)
{
    for (const struct option_row *row = options_table; row->name; row++) {
        if (row->kind == OPTION_STRING)
            options_texts_replace(options_table_field(options, row), NULL);
        options_texts_free(&options->texts[row - options_table]);
    }
    options_texts_replace(&options->decrypt_env, NULL);
    options_texts_replace(&options->command_argument, NULL);
    options_texts_free(&options->images);
    options_texts_free(&options->kms_urls);
    options_texts_free(&options->warnings);
    free(options->listen);
    free(options->faults);
}

static int accept_argument(struct reader *reader, const struct option_row *row, const char *value)
{
    return options_value_read(reader->options, row, OPTIONS_COMMAND_LINE, value, reader->error);
}

static int error_unknown(struct reader *reader, const char *dashes, const char *typed, size_t len)
{
    const struct option_row *meant = options_table_nearest(typed, len);
    const char *ours = options_foreign(typed, len);
    int shown = len < SHOWN_MAX ? (int)len : SHOWN_MAX;

    if (ours)
        return error_input(reader->error, "unknown option %s%.*s; did you mean %s? See --help", dashes, shown,
                           typed, ours);
    if (meant)
        return error_input(reader->error, "unknown option %s%.*s; did you mean --%s? See --help", dashes,
                           shown, typed, meant->name);
    return error_input(reader->error, "unknown option %s%.*s; see --help", dashes, shown, typed);
}

/* The index-th command, NULL past the last; a spelling_word. */
static const char *command_name(size_t index)
{
    return index + 1 < COMMANDS ? commands[index + 1].name : NULL;
}

/* A port, or an address with one. */
static bool is_address(const char *argument)
{
    struct error error = {.kind = ERROR_NONE};
    struct listen_spec spec;

    return listen_spec_parse(&spec, argument, &error) == 0;
}

static int error_positional(struct reader *reader, const char *argument)
{
    size_t len = strcspn(argument, "=");
    const struct option_row *meant = options_table_nearest(argument, len);
    const char *command = commands[reader->options->command].name;
    const char *nearest = spelling_nearest(argument, len, command_name);

    if (command)
        return error_input(
            reader->error, "unexpected argument \"%.60s\"; %s takes %s%s, see --help", argument, command,
            commands[reader->options->command].argument ? "one " : "no argument",
            commands[reader->options->command].argument ? commands[reader->options->command].argument : "");
    if (nearest)
        return error_input(reader->error, "unexpected argument \"%.60s\"; did you mean %s? See --help",
                           argument, nearest);
    if (meant)
        return error_input(reader->error, "unexpected argument \"%.60s\"; did you mean --%s? See --help",
                           argument, meant->name);
    if (is_address(argument))
        return error_input(reader->error,
                           "unexpected argument \"%.60s\"; did you mean --listen %.60s? See --help", argument,
                           argument);
    return error_input(
        reader->error,
        "unexpected argument \"%.60s\"; expected an option, decrypt-env, deploy, ps, logs or rm, see --help",
        argument);
}

static bool is_option(const char *argument)
{
    if (argument[0] != '-' || !argument[1])
        return false;
    if (argument[1] == '-')
        return options_table_find(argument + 2, strcspn(argument + 2, "="));
    return !argument[2] && options_table_find_letter(argument[1]);
}

/* Reads the value of an option from the next argument. */
static int accept_next(struct reader *reader, const struct option_row *row)
{
    const char *next = reader->at + 1 < reader->argc ? reader->argv[reader->at + 1] : NULL;

    if (options_table_is_optional(row) && (!next || next[0] == '-'))
        return accept_argument(reader, row, "");
    if (!next)
        return error_input(reader->error, "--%s needs an argument, %s; see --help", row->name, row->argument);
    if (is_option(next))
        return error_input(reader->error,
                           "--%s needs an argument, %s, but the option %.60s follows; if that is the value, "
                           "write --%s=%.60s",
                           row->name, row->argument, next, row->name, next);
    reader->at++;
    return accept_argument(reader, row, next);
}

static int read_long(struct reader *reader, const char *name)
{
    size_t len = strcspn(name, "=");
    const struct option_row *row = options_table_find(name, len);

    if (!row)
        return error_unknown(reader, "--", name, len);
    if (name[len])
        return accept_argument(reader, row, name + len + 1);
    if (options_table_is_bool(row))
        return accept_argument(reader, row, "yes");
    return accept_next(reader, row);
}

/* One dash and several letters: flags, the last of which may be an option with a value. */
static int read_short(struct reader *reader, const char *letters)
{
    size_t len = strcspn(letters, "=");

    if (len > 1 && options_table_find(letters, len))
        return error_unknown(reader, "-", letters, len);
    for (const char *at = letters; *at; at++) {
        const struct option_row *row = options_table_find_letter(*at);

        if (!row)
            return error_unknown(reader, "-", at, 1);
        if (!options_table_is_bool(row))
            return at[1] ? accept_argument(reader, row, at + 1 + (at[1] == '=')) : accept_next(reader, row);
        if (accept_argument(reader, row, "yes") != 0)
            return -1;
    }
    return 0;
}

static char **argument_of(struct options *options)
{
    return options->command == OPTIONS_COMMAND_DECRYPT_ENV ? &options->decrypt_env
                                                           : &options->command_argument;
}

/* A command and its argument; options may be between the two. */
static int read_positional(struct reader *reader, const char *argument)
{
    struct options *options = reader->options;

    for (size_t i = 1; !options->command && i < COMMANDS; i++)
        if (strcmp(argument, commands[i].name) == 0) {
            options->command = (enum options_command)i;
            return 0;
        }
    if (!options->command || !commands[options->command].argument || *argument_of(options))
        return error_positional(reader, argument);
    options_texts_replace(argument_of(options), argument);
    return 0;
}

static int check_command(const struct reader *reader)
{
    struct options *options = reader->options;

    if (!options->command || !commands[options->command].argument || *argument_of(options) ||
        options_asks_for_text(options))
        return 0;
    return error_input(reader->error, "%s needs an argument, %s", commands[options->command].name,
                       commands[options->command].what);
}

static int read_arguments(struct reader *reader)
{
    bool options_end = false;

    for (reader->at = 1; reader->at < reader->argc; reader->at++) {
        const char *argument = reader->argv[reader->at];
        int result = 0;

        if (options_end || argument[0] != '-' || !argument[1])
            result = read_positional(reader, argument);
        else if (strcmp(argument, "--") == 0)
            options_end = true;
        else if (argument[1] == '-')
            result = read_long(reader, argument + 2);
        else
            result = read_short(reader, argument + 1);
        if (result != 0)
            return -1;
    }
    return check_command(reader);
}

bool options_asks_for_text(const struct options *options)
{
    return options->help || options->version || options->man || options->completion != OPTIONS_SHELL_NONE;
}

static int settle_defaults(struct options *options, struct error *error)
{
    for (const struct option_row *row = options_table; row->name; row++)
        if (row->preset && options->sources[row - options_table] == OPTIONS_DEFAULT &&
            !(options->config && row->field == offsetof(struct options, listen)) &&
            options_value_read(options, row, OPTIONS_DEFAULT, row->preset, error))
            return -1;
    return 0;
}

/* Of dstack.sock, for --config without a TCP address. */
static struct listen_spec socket_address(const struct options *options)
{
    struct listen_spec spec = {.kind = LISTEN_UNIX};

    if (options->sockets[0].name)
        return options->sockets[0].spec;
    snprintf(spec.address, sizeof spec.address, "%s/dstack.sock",
             options->socket_dir ? options->socket_dir : ".");
    return spec;
}

/* Without an address, --healthcheck uses the first listener's. */
static void settle_healthcheck(struct options *options)
{
    const struct option_row *listen = options_table_row_of(options, &options->listen);
    const bool listens = options->listen_count > 0;

    if (options->healthcheck.address && !*options->healthcheck.address)
        options->healthcheck = (struct healthcheck_spec){
            .address = listens ? options->texts[listen - options_table].items[0] : "dstack.sock",
            .listen = listens ? options->listen[0] : socket_address(options),
            .path = HEALTHCHECK_SPEC_PATH,
        };
}

int options_parse(struct options *options, int argc, char *const argv[], char *const envp[],
                  struct error *error)
{
    struct reader reader = {.options = options, .argc = argc, .argv = argv, .error = error};

    if (read_arguments(&reader) != 0)
        return -1;
    if (!options_asks_for_text(options) && options_environment_read(options, envp, error) != 0)
        return -1;
    if (!options_asks_for_text(options) &&
        (options_dstack_read(options, error) != 0 || options_dstack_find_files(options, error) != 0))
        return -1;
    if (settle_defaults(options, error) != 0)
        return -1;
    settle_healthcheck(options);
    return 0;
}

bool options_is_given(const struct options *options, const void *field)
{
    return options_table_is_given(options, field);
}

void options_given_as(const struct options *options, const void *field, char *out)
{
    if (field == &options->decrypt_env)
        snprintf(out, OPTIONS_NAME_MAX, "%s", commands[OPTIONS_COMMAND_DECRYPT_ENV].name);
    else
        options_value_name(options, options_table_row_of(options, field), out);
}
